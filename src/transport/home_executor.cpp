// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/home_executor.hpp"

#include <exception>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

// The homes that this thread is inside of, from the innermost.
thread_local const home::visit* innermost = nullptr;

std::optional<asio::io_context::executor_type> own_of(const asio::any_io_executor& ex)
{
    const auto* const own = ex.target<asio::io_context::executor_type>();
    constexpr auto blocking = asio::execution::blocking;
    if (own == nullptr || asio::query(*own, blocking) != blocking.possibly)
        return std::nullopt;
    return *own;
}

} // namespace

home::visit::visit(home& h) noexcept : home_(h), outer_(innermost)
{
    innermost = this;
}

home::visit::~visit()
{
    innermost = outer_;
    home_.leave();
}

/// The memory of a turn: one is on its way at a time, and it has given it back before it begins.
template <class T>
class home::reserve
{
public:
    using value_type = T;

    explicit reserve(home& h) noexcept : home_(&h) {}
    template <class U>
    reserve(const reserve<U>& other) noexcept // NOLINT(google-explicit-constructor)
        : home_(other.home_)
    {}

    T* allocate(std::size_t n)
    {
        if (n * sizeof(T) > reserved)
            return kept_allocator<T>().allocate(n);
        return reinterpret_cast<T*>(home_->turn_);
    }

    void deallocate(T* p, std::size_t n) noexcept
    {
        if (n * sizeof(T) > reserved)
            kept_allocator<T>().deallocate(p, n);
    }

    template <class U>
    friend bool operator==(const reserve& a, const reserve<U>& b) noexcept
    {
        return a.home_ == b.home_;
    }

private:
    template <class U>
    friend class reserve;

    home* home_;
};

/// A turn that this thread is about to hand to the executor. One that is destroyed meanwhile was not
/// taken.
class home::sending
{
public:
    explicit sending(const home& h) noexcept : home_(&h), outer_(now) { now = this; }
    sending(const sending&) = delete;
    sending& operator=(const sending&) = delete;
    ~sending() { now = outer_; }

    /// Whether it was of one of these.
    static bool is_not_taken(const home& h) noexcept
    {
        for (sending* s = now; s != nullptr; s = s->outer_)
        {
            if (s->home_ == &h)
                return s->refused_ = true;
        }
        return false;
    }

    bool refused() const noexcept { return refused_; }

private:
    static thread_local sending* now;

    const home* const home_;
    sending* const outer_;
    bool refused_ = false;
};

thread_local home::sending* home::sending::now = nullptr;

/// On its way through the context. If the context drops it, it goes, and with it what has waited.
class home::turn
{
public:
    explicit turn(std::shared_ptr<home> h) noexcept : home_(std::move(h)) {}
    turn(turn&&) noexcept = default;
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn()
    {
        if (home_ && !sending::is_not_taken(*home_))
            home_->drop_all();
    }

    void operator()()
    {
        const auto at = std::exchange(home_, nullptr);
        at->take_turn();
    }

private:
    std::shared_ptr<home> home_;
};

home::home(asio::any_io_executor ex, bool serial)
    : inner_(std::move(ex))
    , own_(own_of(inner_))
    , serial_(serial)
{}

home::~home()
{
    drop_all(); // what its executor has never called
}

bool home::is_inside() const noexcept
{
    for (const visit* v = innermost; v != nullptr; v = v->outer_)
    {
        if (&v->home_ == this)
            return true;
    }
    return false;
}

bool home::try_enter() noexcept
{
    if (!own_ || !own_->running_in_this_thread())
        return false;
    const std::lock_guard lock(mutex_);
    return !std::exchange(shut_, true);
}

// Whoever shuts the door sends a turn, and holds no lock while the executor does what it does.
void home::add(task* t)
{
    {
        const std::lock_guard lock(mutex_);
        t->next_ = nullptr; // it may have waited before
        (last_ != nullptr ? last_->next_ : first_) = t;
        last_ = t;
        if (std::exchange(shut_, true))
            return;
    }
    try
    {
        if (!send_turn())
            drop_all();
    }
    catch (...)
    {
        take_back(t);
        throw;
    }
}

void home::take_back(task* t) noexcept
{
    const std::lock_guard lock(mutex_);
    shut_ = false; // if others have come meanwhile, who comes next sends a turn
    task* before = nullptr;
    task* at = first_;
    for (; at != t; at = at->next_)
        before = at;
    (before != nullptr ? before->next_ : first_) = t->next_;
    if (last_ == t)
        last_ = before;
}

// False if the executor has dropped it.
bool home::send_turn()
{
    constexpr auto later = asio::execution::blocking.never;
    const sending s(*this);
    if (own_)
        asio::prefer(
            asio::require(*own_, later), asio::execution::allocator(reserve<std::byte>(*this))
        )
            .execute(turn(shared_from_this()));
    else
        asio::require(inner_, later).execute(turn(shared_from_this()));
    return !s.refused();
}

home::task* home::next() noexcept
{
    const std::lock_guard lock(mutex_);
    task* const t = first_;
    if (t != nullptr)
        first_ = t->next_;
    if (first_ == nullptr)
        last_ = nullptr;
    return t;
}

// The context has others to run too.
void home::take_turn()
{
    constexpr int enough = 32;
    const visit inside(*this);
    for (int i = 0; i != enough; ++i)
    {
        task* const t = next();
        if (t == nullptr)
            return;
        t->run();
    }
}

void home::leave() noexcept
{
    {
        const std::lock_guard lock(mutex_);
        if (first_ == nullptr)
        {
            shut_ = false;
            return;
        }
    }
    try
    {
        if (!send_turn())
            drop_all();
    }
    catch (...)
    {
        const std::lock_guard lock(mutex_);
        shut_ = false; // who comes next sends one
    }
}

// Foreign code runs: no lock is held.
void home::drop_all() noexcept
{
    for (;;)
    {
        std::unique_lock lock(mutex_);
        task* const t = std::exchange(first_, nullptr);
        last_ = nullptr;
        if (t == nullptr)
        {
            shut_ = false;
            return;
        }
        lock.unlock();
        for (task* at = t; at != nullptr;)
            std::exchange(at, at->next_)->drop();
    }
}

void home::begin_work()
{
    for (auto n = work_.load(); n != 0;)
    {
        if (work_.compare_exchange_weak(n, n + 1))
            return;
    }
    const std::lock_guard lock(work_mutex_);
    if (work_ == 0)
        busy_ = asio::prefer(inner_, asio::execution::outstanding_work.tracked);
    ++work_;
}

void home::end_work() noexcept
{
    for (auto n = work_.load(); n > 1;)
    {
        if (work_.compare_exchange_weak(n, n - 1))
            return;
    }
    asio::any_io_executor idle; // its end may be the context's
    const std::lock_guard lock(work_mutex_);
    if (--work_ == 0)
        idle.swap(busy_);
}

home_executor home_executor::of(const asio::any_io_executor& ex)
{
    if (const auto* h = ex.target<home_executor>())
        return home_executor(h->home_);
    return home_executor(std::make_shared<home>(ex, false));
}

home_executor home_executor::serial(const asio::any_io_executor& ex)
{
    return home_executor(std::make_shared<home>(ex, true));
}

home_executor::home_executor(const home_executor& other) noexcept
    : home_(other.home_)
    , never_(other.never_)
    , tracked_(other.tracked_)
{
    if (tracked_)
        home_->begin_more_work();
}

home_executor::home_executor(home_executor&& other) noexcept
    : home_(std::move(other.home_))
    , never_(other.never_)
    , tracked_(std::exchange(other.tracked_, false))
{}

home_executor& home_executor::operator=(const home_executor& other) noexcept
{
    return *this = home_executor(other);
}

home_executor& home_executor::operator=(home_executor&& other) noexcept
{
    home_executor old(std::move(*this));
    home_ = std::move(other.home_);
    never_ = other.never_;
    tracked_ = std::exchange(other.tracked_, false);
    return *this;
}

home_executor::~home_executor()
{
    if (tracked_)
        home_->end_work();
}

asio::execution::blocking_t home_executor::query(asio::execution::blocking_t) const noexcept
{
    return never_ ? asio::execution::blocking_t(asio::execution::blocking.never)
                  : asio::execution::blocking_t(asio::execution::blocking.possibly);
}

asio::execution::outstanding_work_t home_executor::query(asio::execution::outstanding_work_t
) const noexcept
{
    return tracked_
        ? asio::execution::outstanding_work_t(asio::execution::outstanding_work.tracked)
        : asio::execution::outstanding_work_t(asio::execution::outstanding_work.untracked);
}

home_executor home_executor::require(asio::execution::blocking_t::possibly_t) const noexcept
{
    home_executor out(*this);
    out.never_ = false;
    return out;
}

home_executor home_executor::require(asio::execution::blocking_t::never_t) const noexcept
{
    home_executor out(*this);
    out.never_ = true;
    return out;
}

home_executor home_executor::require(asio::execution::outstanding_work_t::tracked_t) const
{
    home_executor out(*this);
    if (!tracked_)
        home_->begin_work();
    out.tracked_ = true;
    return out;
}

home_executor home_executor::require(asio::execution::outstanding_work_t::untracked_t
) const noexcept
{
    home_executor out(*this);
    if (std::exchange(out.tracked_, false))
        home_->end_work();
    return out;
}

} // namespace asioauth::detail
