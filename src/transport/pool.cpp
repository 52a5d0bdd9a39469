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
    const auto at = origins_.try_emplace(key).first;
    auto& o = at->second;
    o.key = &at->first;
    if (auto c = take_idle(o))
    {
        begin_lease(o);
        return std::optional(lease(shared_from_this(), &o, std::move(c)));
    }
    if (o.leased < std::max<std::size_t>(settings_.per_origin, 1))
    {
        begin_lease(o);
        return std::optional(lease(shared_from_this(), &o, nullptr));
    }
    if (o.waiters.size() >= settings_.queued_per_origin)
    {
        return failure(errc::too_many_requests_queued);
    }
    w.place_ = o.waiters.insert(o.waiters.end(), &w);
    w.origin_ = &o;
    counts_->waiting.add();
    return std::optional<lease>();
}

void pool::withdraw(waiter& w) noexcept
{
    if (auto* const o = std::exchange(w.origin_, nullptr))
    {
        o->waiters.erase(w.place_);
        counts_->waiting.subtract();
        forget_if_unused(*o);
    }
}

void pool::put(const pool_key& key, std::shared_ptr<connection> c) noexcept
{
    drop_expired();
    origin* o = nullptr;
    try
    {
        const auto at = origins_.try_emplace(key).first;
        o = &at->second;
        o->key = &at->first;
    }
    catch (const std::exception&)
    {
        return c->close(); // out of memory
    }
    // Whoever waits does so because there are enough.
    if (o->leased + o->idle.size() < std::max<std::size_t>(settings_.per_origin, 1))
    {
        begin_lease(*o);
        give_back(*o, std::move(c));
        return;
    }
    c->close();
    forget_if_unused(*o);
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
    counts_->in_use.subtract();
    try
    {
        serve_waiters(o);
    }
    catch (const std::exception&)
    {
        return; // out of memory: the one whose turn it was runs into its deadline
    }
    forget_if_unused(o);
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

void pool::serve_waiters(origin& o)
{
    const auto limit = std::max<std::size_t>(settings_.per_origin, 1);
    while (!o.waiters.empty() && o.leased < limit)
    {
        auto c = take_idle(o);
        auto* const w = o.waiters.front();
        o.waiters.pop_front();
        counts_->waiting.subtract();
        w->origin_ = nullptr;
        begin_lease(o);
        w->granted(lease(shared_from_this(), &o, std::move(c)));
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
