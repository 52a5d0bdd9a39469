// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/postgres_pool.hpp"

#include "base/said.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <string_view>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t most_waiting = 10'000;
constexpr int most_turns = 10;

// Knows the pools of one execution context, so that a context which is destroyed with operations
// pending frees them.
class postgres_registry final : public asio::execution_context::service
{
public:
    using key_type = postgres_registry;

    inline static asio::execution_context::id id;

    explicit postgres_registry(asio::execution_context& context) : service(context) {}

    void add(const std::shared_ptr<postgres_pool>& pool)
    {
        const std::lock_guard lock(mutex_);
        pools_.remove_if([](const auto& p) { return p.expired(); });
        pools_.push_back(pool);
    }

private:
    void shutdown() override
    {
        std::list<std::weak_ptr<postgres_pool>> pools;
        {
            const std::lock_guard lock(mutex_);
            pools.swap(pools_);
        }
        for (const auto& weak : pools)
        {
            if (const auto pool = weak.lock())
                pool->abandon();
        }
    }

    std::mutex mutex_;
    std::list<std::weak_ptr<postgres_pool>> pools_;
};

bool is_identifier(std::string_view name)
{
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    constexpr std::string_view digits = "0123456789";
    return name.size() <= 63
        && (name.empty()
            || (letters.find(name.front()) != std::string_view::npos
                && std::all_of(name.begin(), name.end(), [&](char c) {
                       return letters.find(c) != std::string_view::npos
                           || digits.find(c) != std::string_view::npos;
                   })));
}

postgres_settings usable(postgres_settings s)
{
    constexpr milliseconds least(1);
    s.connections(std::clamp(s.connections(), 1, 1'000));
    s.connect_timeout(std::clamp<milliseconds>(s.connect_timeout(), least, std::chrono::minutes(10))
    );
    // Marks are kept for longer than any operation may want to see them.
    s.operation_timeout(
        std::clamp<milliseconds>(s.operation_timeout(), least, std::chrono::minutes(10))
    );
    return s;
}

result<postgres_target> target_of(const postgres_settings& s)
{
    if (!is_identifier(s.schema()))
        return failure(errc::invalid_argument)
            .where(stage::store)
            .message("The schema is not a plain identifier.");
    return postgres_target::parse(s.connection_string());
}

failure unknown(const failure& why) noexcept
{
    return said(errc::store_outcome_unknown, stage::store, why.info().message());
}

} // namespace

std::string random_token()
{
    std::array<unsigned char, 16> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
        return {};
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned char o : octets)
    {
        out += digits[o >> 4U];
        out += digits[o & 15U];
    }
    return out;
}

std::shared_ptr<postgres_pool>
postgres_pool::make(asio::any_io_executor ex, const postgres_settings& settings)
{
    auto& context = asio::query(ex, asio::execution::context);
    auto out = std::make_shared<postgres_pool>(std::move(ex), settings);
    // A context shuts its newest services down first. The registry has to be newer than those that
    // operations stand on, so that cancelling them is still possible then.
    const asio::steady_timer makes_timers(out->home_);
    const asio::posix::stream_descriptor makes_reactor(out->home_);
    asio::use_service<postgres_registry>(context).add(out);
    return out;
}

postgres_pool::postgres_pool(asio::any_io_executor ex, const postgres_settings& settings)
    : ex_(std::move(ex))
    , home_(home_executor::serial(ex_))
    , settings_(usable(settings))
    , sql_(is_identifier(settings.schema()) ? settings.schema() : std::string())
    , target_(target_of(settings_))
    , resolver_(std::make_shared<resolver>(home_, &resolver::system_lookup))
{}

postgres_pool::~postgres_pool() = default;

void postgres_pool::start(std::shared_ptr<postgres_operation> op)
{
    post_kept(home_, [self = shared_from_this(), op = std::move(op)] { self->enqueue(op); });
}

void postgres_pool::cancel(const std::shared_ptr<postgres_operation>& op)
{
    if (abandoned_)
        return;
    try
    {
        post_kept(home_, [self = shared_from_this(), op] { self->give_up(op); });
    }
    catch (const std::bad_alloc&)
    {
        return; // it runs to its end
    }
}

void postgres_pool::close() noexcept
{
    if (abandoned_)
        return;
    farewell_.pool = shared_from_this();
    try
    {
        home_.post(farewell_);
    }
    catch (const std::exception&)
    {
        farewell_.pool.reset(); // what is pending runs to its end
    }
}

void postgres_pool::farewell::act(home::task* t, bool run)
{
    const auto p = std::exchange(static_cast<farewell*>(t)->pool, nullptr);
    if (!run)
        return;
    p->closed_ = true;
    while (const auto op = p->take_any())
        op->fail(operation_aborted());
    p->drop_everything();
}

void postgres_pool::abandon()
{
    const auto keep_alive = shared_from_this();
    abandoned_ = true;
    closed_ = true;
    while (const auto op = take_any())
        op->drop();
    drop_everything();
    resolver_.reset();
    home_ = home_executor();
    ex_ = asio::any_io_executor();
}

// One that waits, or one that is under way, with its connection; none if there is none.
postgres_pool::operation_ptr postgres_pool::take_any() noexcept
{
    operation_ptr op;
    if (!queue_.empty())
    {
        op = std::move(queue_.front());
        queue_.pop_front();
    }
    else
    {
        const auto l = std::find_if(links_.begin(), links_.end(), [](const link_ptr& candidate) {
            return candidate->operation != nullptr;
        });
        if (l == links_.end())
            return nullptr;
        op = (*l)->operation;
        drop(*l);
    }
    op->waits_ = false;
    op->deadline_.reset();
    return op;
}

void postgres_pool::drop_everything() noexcept
{
    while (!links_.empty())
        drop(links_.front());
    backoff_.reset();
    resolver_->close();
}

void postgres_pool::enqueue(const std::shared_ptr<postgres_operation>& op)
{
    if (closed_)
    {
        op->fail(operation_aborted());
        return;
    }
    if (!target_)
    {
        op->fail(target_.error());
        return;
    }
    if (queue_.size() >= most_waiting)
    {
        op->fail(unavailable("Too many operations wait for a connection already."));
        return;
    }
    try
    {
        op->deadline_.emplace(home_);
        op->deadline_->expires_after(settings_.operation_timeout());
        op->deadline_->async_wait([self = shared_from_this(), op](const error_code& ec) {
            if (!ec)
                self->timed_out(op);
        });
        op->place_ = queue_.insert(queue_.end(), op);
    }
    catch (const std::bad_alloc&)
    {
        finish(op, failure(errc::out_of_memory));
        return;
    }
    op->waits_ = true;
    pump();
}

void postgres_pool::give_up(const std::shared_ptr<postgres_operation>& op)
{
    if (!op->waits_ || op->repeated_)
        return;
    queue_.erase(op->place_);
    op->waits_ = false;
    op->deadline_.reset();
    op->fail(operation_aborted());
}

void postgres_pool::timed_out(const std::shared_ptr<postgres_operation>& op)
{
    const auto late = unavailable("The database did not answer in time.");
    if (op->waits_)
    {
        queue_.erase(op->place_);
        op->waits_ = false;
        finish(op, late);
        return;
    }
    const auto l = std::find_if(links_.begin(), links_.end(), [&](const link_ptr& candidate) {
        return candidate->operation == op;
    });
    if (l == links_.end())
        return; // it has just ended
    drop(*l);
    drop_idle();
    finish(op, op->effect_ == postgres_operation::effect::none ? late : unknown(late));
    pump();
}

// What was sent before, and may have been carried out, cannot fail in another way.
void postgres_pool::finish(const std::shared_ptr<postgres_operation>& op, failure f) noexcept
{
    op->deadline_.reset();
    op->over_ = true;
    if (op->repeated_ && op->effect_ != postgres_operation::effect::none)
        f = unknown(f);
    op->fail(std::move(f));
}

void postgres_pool::pump() noexcept
{
    while (!queue_.empty())
    {
        const auto l = idle_link();
        if (!l)
            break;
        const auto op = queue_.front();
        queue_.pop_front();
        op->waits_ = false;
        send(l, op);
    }
    open_links();
}

void postgres_pool::send(const link_ptr& l, const std::shared_ptr<postgres_operation>& op) noexcept
{
    l->is_busy = true;
    l->operation = op;
    take_step(l, op, [&] {
        l->connection->execute(
            op->statement(),
            [self = shared_from_this(), l, op](const postgres_answer& a) {
                self->take_step(l, op, [&] { self->answered(l, op, a); });
            }
        );
    });
}

void postgres_pool::answered(
    const link_ptr& l, const std::shared_ptr<postgres_operation>& op, const postgres_answer& a
)
{
    l->operation.reset();
    if (a.is_lost())
    {
        drop(l);
        drop_idle(); // what the server did to one it will have done to the others
        lost(op);
        pump();
        return;
    }
    bool ask_again = false;
    if (a.is_good())
    {
        ask_again = !op->answered(a);
        op->over_ = !ask_again;
    }
    else if (a.state() == "40001" || a.state() == "40P01")
    {
        ask_again = true; // nothing was done, because somebody else did something
    }
    else
    {
        finish(op, failure_of(a));
        if (a.state() == "25006" || a.state() == "42P01" || a.state() == "3F000")
        {
            // Perhaps another server has become the primary, or the tables have been moved.
            drop(l);
            drop_idle();
            pump();
            return;
        }
    }
    if (ask_again)
    {
        if (++op->turns_ < most_turns)
        {
            send(l, op);
            return;
        }
        finish(op, unavailable("Too many others work on the same record."));
    }
    op->deadline_.reset();
    rest(l);
}

void postgres_pool::lost(const std::shared_ptr<postgres_operation>& op) noexcept
{
    if (op->over_)
        return;
    const auto f = unavailable("The connection to the database was lost.");
    if (op->effect_ == postgres_operation::effect::unrepeatable)
    {
        finish(op, unknown(f));
        return;
    }
    if (std::exchange(op->repeated_, true))
    {
        finish(op, f);
        return;
    }
    try
    {
        op->place_ = queue_.insert(queue_.begin(), op);
        op->waits_ = true;
    }
    catch (const std::bad_alloc&)
    {
        finish(op, failure(errc::out_of_memory));
    }
}

// Not known is also whether the server has been asked already.
void postgres_pool::no_memory(const link_ptr& l, const operation_ptr& op) noexcept
{
    if (l->is_open)
        drop(l);
    else
        note_failed(l, failure(errc::out_of_memory), false);
    if (op)
        lost(op);
    pump();
}

} // namespace asioauth::detail
