// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/counters.hpp"
#include "base/kept_memory.hpp"
#include "transport/connection.hpp"
#include "transport/pool_key.hpp"

#include <asioauth/diagnostics.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace asioauth::detail {

/** The connections of a client, by origin.

    Idle connections have no operation pending and no timer, so that they do not keep a context
    running. Those that are too old are dropped whenever the pool is used. Whether one still lives
    is found out when it is taken.
*/
class pool : public std::enable_shared_from_this<pool>
{
    struct origin;

public:
    class waiter;
    using waiter_list = std::list<waiter*, kept_allocator<waiter*>>;

    using clock = std::chrono::steady_clock;

    struct settings
    {
        std::size_t per_origin;
        std::size_t total; // of all origins, idle ones included
        std::size_t idle;
        std::size_t queued_per_origin;
        clock::duration idle_timeout;
    };

    /// The right to have one connection to an origin, with that connection once there is one. Gives
    /// both back when it is destroyed; the connection survives only after keep().
    class lease
    {
    public:
        lease() = default;
        lease(lease&&) noexcept = default;
        lease& operator=(lease&& other) noexcept;
        ~lease() { reset(); }

        explicit operator bool() const noexcept { return pool_ != nullptr; }
        const std::shared_ptr<connection>& get() const noexcept { return connection_; }
        /// Put in a connection, or nothing; the one before is closed.
        void replace(std::shared_ptr<connection> c) noexcept;
        /// Let the connection be used again.
        void keep() noexcept { keep_ = true; }
        void reset() noexcept;
        /// Take the connection out and give back the right to it, so that others may have one; see
        /// put().
        std::shared_ptr<connection> take_out() noexcept;

    private:
        friend class pool;
        lease(std::shared_ptr<pool> p, origin* o, std::shared_ptr<connection> c) noexcept;

        std::shared_ptr<pool> pool_;
        origin* origin_ = nullptr;
        std::shared_ptr<connection> connection_;
        bool keep_ = false;
    };

    /// One who waits for a lease.
    class waiter
    {
    public:
        waiter() = default;
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;
        /// It is this one's turn. Must not use the pool before it returns.
        virtual void granted(lease l) = 0;

        virtual ~waiter() = default;

    private:
        friend class pool;
        origin* origin_ = nullptr;
        waiter_list::iterator place_;
    };

    pool(settings s, std::shared_ptr<transport_counts> counts);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    ~pool();

    /// @return a lease; nothing if `w` has to wait, first come first served at its origin; or
    /// errc::too_many_requests_queued. Where the total is what is waited for, origins take turns.
    result<std::optional<lease>> acquire(const pool_key& key, waiter& w);
    /// Wait no longer.
    void withdraw(waiter& w) noexcept;
    /// Bring a connection that was taken out, for others to use, if there is room for it among those
    /// of its origin.
    void put(const pool_key& key, std::shared_ptr<connection> c) noexcept;
    void close_idle() noexcept;
    /// Close all idle connections, and from now on every one that comes back.
    void close() noexcept;

    std::size_t idle_count() const noexcept { return idle_.size(); }

private:
    struct idle_connection
    {
        std::shared_ptr<connection> link;
        origin* home;
        clock::time_point since;
    };

    using idle_list = std::list<idle_connection, kept_allocator<idle_connection>>;

    struct origin
    {
        const pool_key* key = nullptr;
        std::size_t leased = 0;
        std::list<origin*> place; // the origin itself, unless that is in line
        std::list<origin*>::iterator here;
        bool in_line = false;
        // The oldest first. There are few, and most often one.
        std::vector<idle_list::iterator, kept_allocator<idle_list::iterator>> idle;
        waiter_list waiters;
    };

    origin& origin_of(const pool_key& key);
    lease lend(origin& o, std::shared_ptr<connection> c) noexcept;
    std::shared_ptr<connection> take_idle(origin& o);
    void give_back(origin& o, std::shared_ptr<connection> c) noexcept;
    void park(origin& o, std::shared_ptr<connection> c) noexcept;
    std::size_t limit() const noexcept { return std::max<std::size_t>(settings_.per_origin, 1); }
    bool make_room() noexcept;
    void get_in_line(origin& o) noexcept;
    void leave_line(origin& o) noexcept;
    void serve_waiters();
    void drop_idle(idle_list::iterator i) noexcept;
    void drop_expired() noexcept;
    void forget_if_unused(origin& o) noexcept;
    void count_idle() noexcept { counts_->idle.set(idle_.size()); }

    const settings settings_;
    const std::shared_ptr<transport_counts> counts_;
    std::unordered_map<pool_key, origin, pool_key_hash> origins_;
    idle_list idle_;          // the least recently used first
    std::list<origin*> line_; // those with waiters that may have another connection
    std::size_t leased_ = 0;
    bool closed_ = false;
};

} // namespace asioauth::detail
