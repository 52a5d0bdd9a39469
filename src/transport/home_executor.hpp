// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/bad_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

/** What copies of a home_executor share: who is inside, and what waits.

    While somebody is inside, or a turn is on its way to the context, the door is shut: others wait.
*/
class ASIOAUTH_DECL home : public std::enable_shared_from_this<home>
{
public:
    /// Something that waits. Made before it may be lost.
    class task
    {
    public:
        /// Runs it if `run`; is gone afterwards.
        using act = void (*)(task*, bool run);

        explicit task(act a) noexcept : act_(a) {}

        void run() { act_(this, true); }
        void drop() noexcept { act_(this, false); }

    private:
        friend home;

        const act act_;
        task* next_ = nullptr;
    };

    /// Says for its life that this thread is inside. Lets others in afterwards.
    class visit
    {
    public:
        explicit visit(home& h) noexcept;
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;
        ~visit();

    private:
        friend home;

        home& home_;
        const visit* const outer_;
    };

    /// @param serial one function at a time
    home(boost::asio::any_io_executor ex, bool serial);
    home(const home&) = delete;
    home& operator=(const home&) = delete;
    ~home();

    const boost::asio::any_io_executor& inner() const noexcept { return inner_; }
    /// The same if it is an io_context's.
    const boost::asio::io_context::executor_type* own() const noexcept
    {
        return own_ ? &*own_ : nullptr;
    }
    bool is_serial() const noexcept { return serial_; }
    bool is_inside() const noexcept;
    /// Shut the door, if it is open and this thread runs the context: the caller makes a visit.
    bool try_enter() noexcept;
    /** Let it wait, and see to it that it gets its turn.
        @throws whatever the executor does; then it does not wait
    */
    void add(task* t);

    /// The context is kept busy. @throws whatever the executor does
    void begin_work();
    /// The same once more, where it is kept busy already.
    void begin_more_work() noexcept { ++work_; }
    void end_work() noexcept;

private:
    class turn;
    class sending;
    template <class T>
    class reserve;

    bool send_turn();
    void take_turn();
    void leave() noexcept;
    void take_back(task* t) noexcept;
    void drop_all() noexcept;
    task* next() noexcept;

    const boost::asio::any_io_executor inner_;
    const std::optional<boost::asio::io_context::executor_type> own_;
    const bool serial_;

    std::mutex mutex_; // for what follows
    bool shut_ = false;
    task* first_ = nullptr;
    task* last_ = nullptr;

    std::mutex work_mutex_; // for busy_, and for work_ to become or leave 0
    std::atomic<std::size_t> work_ = 0;
    boost::asio::any_io_executor busy_;

    // Of the turn that is on its way, if the context takes it: so that there is always memory for one.
    static constexpr std::size_t reserved = 128;
    alignas(std::max_align_t) unsigned char turn_[reserved] = {};
};

/** The executor of an object's own, on which one function runs at a time.

    As Asio's strand, but that nothing is lost where memory is. What a strand has to run is gone, with
    the strand, if the context has no memory for its turn, and an erased executor needs memory to find
    out that a handler is where it belongs. Here a handler that comes from the context is called at
    once if nobody is inside, for nothing; memory is taken for a function that has to wait, before it
    is taken from whoever brings it; and a turn has its memory in reserve. So I/O objects name this
    type instead of an erased executor.

    What is posted while another function runs is not called by the same call. What has waited is
    called in its order. An executor may be copied and called from any thread.
*/
class ASIOAUTH_DECL home_executor
{
public:
    /// None.
    home_executor() noexcept = default;
    /** The one that `ex` is, or one that is `ex`: the program says that one thread at a time runs it.
        @throws std::bad_alloc
    */
    static home_executor of(const boost::asio::any_io_executor& ex);
    /// One function at a time. @throws std::bad_alloc
    static home_executor serial(const boost::asio::any_io_executor& ex);

    home_executor(const home_executor& other) noexcept;
    home_executor(home_executor&& other) noexcept;
    home_executor& operator=(const home_executor& other) noexcept;
    home_executor& operator=(home_executor&& other) noexcept;
    ~home_executor();

    explicit operator bool() const noexcept { return home_ != nullptr; }
    /// What the program has given. Not of none.
    const boost::asio::any_io_executor& inner() const noexcept { return home_->inner(); }
    bool is_serial() const noexcept { return home_->is_serial(); } ///< not of none
    bool running_in_this_thread() const noexcept { return home_->is_inside(); }

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept
    {
        return boost::asio::query(home_->inner(), boost::asio::execution::context);
    }
    boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept;
    boost::asio::execution::outstanding_work_t query(boost::asio::execution::outstanding_work_t
    ) const noexcept;
    home_executor require(boost::asio::execution::blocking_t::possibly_t) const noexcept;
    home_executor require(boost::asio::execution::blocking_t::never_t) const noexcept;
    /// @throws whatever that of the program does
    home_executor require(boost::asio::execution::outstanding_work_t::tracked_t) const;
    home_executor require(boost::asio::execution::outstanding_work_t::untracked_t) const noexcept;

    /** Call `f` at once if it is at home, or if nobody is and this is a thread of the context;
        otherwise it waits.
        @throws what `f` throws. std::bad_alloc, and whatever the executor of the program does, where it
        would have to wait: then `f` was not taken, if to move it cannot fail
    */
    template <class Function>
    void execute(Function&& f) const
    {
        if constexpr (std::is_lvalue_reference_v<Function>)
        {
            std::decay_t<Function> copy(f);
            enter(copy, 1);
        }
        else
            enter(f, 1);
    }

    /// The same for what must not be lost: memory for it to wait is asked for once more.
    template <class Function>
    void insist(Function f) const
    {
        enter(f, 2);
    }

    /// Call `f` at once, as execute(), if that can be; false if not. Of one that is serial.
    template <class Function>
    bool call_now(Function f) const
    {
        const std::shared_ptr<home> at = home_; // `f` may let go of this
        return call_inside(*at, f);
    }

    /// Let this wait for its turn, for which no memory is needed where the program's executor needs
    /// none. @throws whatever that does; then it does not wait
    void post(home::task& t) const { home_->add(&t); }

    friend bool operator==(const home_executor& a, const home_executor& b) noexcept
    {
        return a.home_ == b.home_;
    }

private:
    template <class Function>
    class waiting : public home::task
    {
    public:
        /// Takes `f` once there is memory for it.
        static waiting* make(Function& f, int tries)
        {
            waiting* const p = memory(tries);
            try
            {
                return new (p) waiting(f);
            }
            catch (...)
            {
                kept_allocator<waiting>().deallocate(p, 1);
                throw;
            }
        }

        void give_back(Function& f) noexcept
        {
            if constexpr (std::is_nothrow_move_constructible_v<Function>)
            {
                std::destroy_at(&f); // a lambda cannot be assigned to
                std::construct_at(&f, std::move(function_));
            }
            drop();
        }

    private:
        explicit waiting(Function& f) : task(&waiting::act), function_(std::move(f)) {}

        static waiting* memory(int tries)
        {
            for (;;)
            {
                try
                {
                    return kept_allocator<waiting>().allocate(1);
                }
                catch (const std::bad_alloc&)
                {
                    if (--tries == 0)
                        throw;
                }
            }
        }

        static void discard(waiting* self) noexcept
        {
            self->~waiting();
            kept_allocator<waiting>().deallocate(self, 1);
        }

        static Function taken_from(waiting* self)
        {
            const std::unique_ptr<waiting, void (*)(waiting*) noexcept> gone(self, &discard);
            return std::move(self->function_);
        }

        static void act(task* t, bool run)
        {
            auto* const self = static_cast<waiting*>(t);
            if (!run)
                return discard(self);
            Function f = taken_from(self);
            std::move(f)();
        }

        Function function_;
    };

    explicit home_executor(std::shared_ptr<home> h) noexcept : home_(std::move(h)) {}

    template <class Function>
    void enter(Function& f, int tries) const
    {
        if (!home_)
            throw boost::asio::execution::bad_executor();
        const std::shared_ptr<home> at = home_; // `f` may be all that keeps this
        if (!at->is_serial())
            return pass_on(*at, f);
        if (!never_ && call_inside(*at, [&f] { call(f); }))
            return;
        auto* const t = waiting<Function>::make(f, tries);
        try
        {
            at->add(t);
        }
        catch (...)
        {
            t->give_back(f);
            throw;
        }
    }

    // False if somebody else is inside.
    template <class Function>
    static bool call_inside(home& at, const Function& f)
    {
        if (at.is_inside())
        {
            f();
            return true;
        }
        if (!at.try_enter())
            return false;
        const home::visit inside(at);
        f();
        return true;
    }

    // What is called is gone when it is over, whoever keeps the original.
    template <class Function>
    static void call(Function& f)
    {
        Function mine(std::move(f));
        std::move(mine)();
    }

    template <class Function>
    void pass_on(const home& at, Function& f) const
    {
        namespace execution = boost::asio::execution;
        if (const auto* own = at.own())
        {
            const execution::allocator_t<kept_allocator<void>> memory =
                execution::allocator(kept_allocator<void>());
            if (never_)
                boost::asio::require(*own, execution::blocking.never, memory).execute(std::move(f));
            else
                boost::asio::require(*own, memory).execute(std::move(f));
        }
        else if (never_)
            boost::asio::require(at.inner(), execution::blocking.never).execute(std::move(f));
        else
            at.inner().execute(std::move(f));
    }

    std::shared_ptr<home> home_;
    bool never_ = false; // is it called within the call that hands it over
    bool tracked_ = false;
};

} // namespace asioauth::detail
