// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/pool.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace asioauth::detail {

pool::lease::lease(std::shared_ptr<pool> p, origin* o, std::shared_ptr<connection> c) noexcept
    : pool_(std::move(p))
    , origin_(o)
    , connection_(std::move(c))
{}

pool::lease& pool::lease::operator=(lease&& other) noexcept
{
    if (this != &other)
    {
        reset();
        pool_ = std::move(other.pool_);
        origin_ = std::exchange(other.origin_, nullptr);
        connection_ = std::move(other.connection_);
        keep_ = std::exchange(other.keep_, false);
    }
    return *this;
}

void pool::lease::replace(std::shared_ptr<connection> c) noexcept
{
    if (connection_)
    {
        connection_->close();
    }
    connection_ = std::move(c);
}

void pool::lease::reset() noexcept
{
    if (!pool_)
    {
        return;
    }
    if (!keep_)
    {
        replace(nullptr);
    }
    keep_ = false;
    const auto p = std::move(pool_);
    p->give_back(*std::exchange(origin_, nullptr), std::move(connection_));
}

std::shared_ptr<connection> pool::lease::take_out() noexcept
{
    auto c = std::move(connection_);
    reset();
    return c;
}

pool::pool(settings s, std::shared_ptr<transport_counts> counts)
    : settings_(s)
    , counts_(std::move(counts))
{}

pool::~pool() = default;

result<std::optional<pool::lease>> pool::acquire(const pool_key& key, waiter& w)
{
    drop_expired();
    auto& o = origin_of(key);
    if (auto c = take_idle(o))
    {
        return std::optional(lend(o, std::move(c)));
    }
    const bool room_here = o.leased < limit();
    if (room_here && make_room())
    {
        return std::optional(lend(o, nullptr));
    }
    if (o.waiters.size() >= settings_.queued_per_origin)
    {
        forget_if_unused(o);
        return failure(errc::too_many_requests_queued);
    }
    w.place_ = o.waiters.insert(o.waiters.end(), &w);
    w.origin_ = &o;
    counts_->waiting.add();
    if (room_here)
    {
        get_in_line(o);
    }
    return std::optional<lease>();
}

void pool::withdraw(waiter& w) noexcept
{
    if (auto* const o = std::exchange(w.origin_, nullptr))
    {
        o->waiters.erase(w.place_);
        counts_->waiting.subtract();
        if (o->waiters.empty())
        {
            leave_line(*o);
        }
        forget_if_unused(*o);
    }
}

void pool::put(const pool_key& key, std::shared_ptr<connection> c) noexcept
{
    drop_expired();
    origin* o = nullptr;
    try
    {
        o = &origin_of(key);
    }
    catch (const std::exception&)
    {
        return c->close(); // out of memory
    }
    // Whoever waits does so because there are enough.
    const bool wanted = o->leased + o->idle.size() < limit();
    ++o->leased; // the origin cannot go, whatever is dropped
    if (!wanted || !make_room())
    {
        c->close();
        c.reset();
    }
    ++leased_;
    give_back(*o, std::move(c));
}

void pool::close() noexcept
{
    closed_ = true;
    close_idle();
}

void pool::close_idle() noexcept
{
    while (!idle_.empty())
    {
        drop_idle(idle_.begin());
    }
}

// The one used last is the likeliest to be alive.
std::shared_ptr<connection> pool::take_idle(origin& o)
{
    while (!o.idle.empty())
    {
        const auto i = o.idle.back();
        o.idle.pop_back();
        auto c = std::move(i->link);
        idle_.erase(i);
        count_idle();
        if (c->is_quiet())
        {
            return c;
        }
        c->close();
    }
    return nullptr;
}

void pool::give_back(origin& o, std::shared_ptr<connection> c) noexcept
{
    // While the lease still counts the origin cannot go, whatever is dropped.
    drop_expired();
    if (c && !closed_ && settings_.idle != 0)
    {
        if (idle_.size() >= settings_.idle)
        {
            drop_idle(idle_.begin());
        }
        park(o, std::move(c));
    }
    else if (c)
    {
        c->close();
    }
    --o.leased;
    --leased_;
    counts_->in_use.set(leased_);
    get_in_line(o);
    forget_if_unused(o); // now, since it may go with its idle connections
    try
    {
        serve_waiters();
    }
    catch (const std::exception&)
    {
        return; // out of memory: the one whose turn it was runs into its deadline
    }
}

void pool::park(origin& o, std::shared_ptr<connection> c) noexcept
{
    try
    {
        c->rest();
        o.idle.push_back(idle_.end());
    }
    catch (const std::exception&)
    {
        return; // out of memory: the connection goes
    }
    try
    {
        o.idle.back() = idle_.insert(idle_.end(), idle_connection{std::move(c), &o, clock::now()});
        count_idle();
    }
    catch (const std::exception&)
    {
        o.idle.pop_back();
    }
}

pool::origin& pool::origin_of(const pool_key& key)
{
    const auto [at, is_new] = origins_.try_emplace(key);
    auto& o = at->second;
    if (is_new)
    {
        o.key = &at->first;
        try
        {
            o.place.push_back(&o);
        }
        catch (const std::exception&)
        {
            origins_.erase(at);
            throw;
        }
        o.here = o.place.begin();
    }
    return o;
}

pool::lease pool::lend(origin& o, std::shared_ptr<connection> c) noexcept
{
    ++o.leased;
    counts_->in_use.set(++leased_);
    return {shared_from_this(), &o, std::move(c)};
}

// For one connection more. What nobody uses goes first.
bool pool::make_room() noexcept
{
    const auto total = std::max<std::size_t>(settings_.total, 1);
    if (leased_ + idle_.size() >= total && !idle_.empty())
    {
        drop_idle(idle_.begin());
    }
    return leased_ + idle_.size() < total;
}

void pool::get_in_line(origin& o) noexcept
{
    if (!o.in_line && !o.waiters.empty() && o.leased < limit())
    {
        line_.splice(line_.end(), o.place);
        o.in_line = true;
    }
}

void pool::leave_line(origin& o) noexcept
{
    if (std::exchange(o.in_line, false))
    {
        o.place.splice(o.place.end(), line_, o.here);
    }
}

// One for each origin in turn, so that those with many requests do not keep the others waiting.
void pool::serve_waiters()
{
    while (!line_.empty())
    {
        auto& o = *line_.front();
        auto c = take_idle(o);
        if (!c && !make_room())
        {
            return;
        }
        leave_line(o);
        auto* const w = o.waiters.front();
        o.waiters.pop_front();
        counts_->waiting.subtract();
        w->origin_ = nullptr;
        auto l = lend(o, std::move(c));
        get_in_line(o);
        w->granted(std::move(l));
    }
}

void pool::drop_idle(idle_list::iterator i) noexcept
{
    auto& o = *i->home;
    o.idle.erase(std::find(o.idle.begin(), o.idle.end(), i));
    i->link->close();
    idle_.erase(i);
    count_idle();
    forget_if_unused(o);
}

void pool::drop_expired() noexcept
{
    const auto now = clock::now();
    while (!idle_.empty() && now - idle_.front().since >= settings_.idle_timeout)
    {
        drop_idle(idle_.begin());
    }
}

void pool::forget_if_unused(origin& o) noexcept
{
    if (o.leased == 0 && o.idle.empty() && o.waiters.empty())
    {
        origins_.erase(origins_.find(*o.key));
    }
}

} // namespace asioauth::detail
