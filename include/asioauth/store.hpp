// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/record.hpp>
#include <asioauth/record_filter.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asioauth {

/** Whom store::async_take may give a record to: both have to be equal to the record's own. They are
    compared in the same atomic step in which the record is taken.
*/
class take_guard
{
public:
    take_guard() = default;
    take_guard(std::string i, std::string b) : issuer(std::move(i)), binding(std::move(b)) {}

    std::string issuer;
    std::string binding;
};

/// The answer to a request for a lease.
class lease
{
public:
    lease() = default;

    bool acquired = false; ///< false: somebody else holds it
    /// Larger for each new holder of one lease; 0 if it was not acquired.
    std::uint64_t fence = 0;
    /// How long it lasts from now on, by the store's clock.
    std::chrono::milliseconds remaining{0};
};

/** Port: where registrations, grants and pending logins are kept.

    Handlers are invoked exactly once, never inside the function, on any thread. What cannot be done
    now ends with an error of condition::storage and has changed nothing, or it says
    errc::store_outcome_unknown. Nothing here waits longer than the store's own deadline. A store with
    threads of its own neither invokes nor destroys a handler after its execution context is gone.

    The compare-and-swap in async_commit is the only way to change a record, so that of two who read
    the same record only one can replace or delete it; async_take gives a record to one caller only.
    Who writes a store checks it with @ref asioauth::testing::store_checks.
*/
class store
{
public:
    using load_handler = boost::asio::any_completion_handler<void(result<stored_record>)>;
    using commit_handler = boost::asio::any_completion_handler<void(result<generation>)>;
    using lease_handler = boost::asio::any_completion_handler<void(result<lease>)>;
    using done_handler = boost::asio::any_completion_handler<void(result<void>)>;
    using list_handler =
        boost::asio::any_completion_handler<void(result<std::vector<listed_record>>)>;
    using count_handler = boost::asio::any_completion_handler<void(result<std::uint64_t>)>;

    virtual ~store() = default;

    /// Read a record; one that does not exist, or has expired, is a success with generation 0.
    virtual void async_load(record_key key, load_handler h) = 0;

    /** Replace (or with no value delete) a record if it is still at `expected`; 0 stands for "does
        not exist", and an expired record does not.

        Durable before it completes.
        @param next the new generation, larger than `expected`; no matter for a deletion
        @return `next` (0 after a deletion), or errc::store_conflict if somebody else was faster:
            read again and decide again.
    */
    virtual void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) = 0;

    /** Read and delete a record in one step, if the guard allows it. Of any number of callers at
        any number of processes at most one gets it.

        @return the record; generation 0 if there is none (any more), or it has expired;
            errc::store_guard_refused if the guard does not fit: the record stays as it is
    */
    virtual void async_take(record_key key, take_guard guard, load_handler h) = 0;

    /** Ask for the exclusive right to work on a record, or ask to keep it: it is a promise between
        those who ask, and changes nothing for others.

        Who asks again under the same name while holding it has it, with the same fence, for `ttl`
        from now. A lease that has run out is free.
        @param owner unique in the world for each acquisition, such as random octets as text
        @param ttl whole milliseconds, more than 0
        @return a lease, acquired or held by somebody else. An error means that nobody knows.
    */
    virtual void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) = 0;

    /** Keep a lease for `ttl` from now.
        @return not acquired if it is not this owner's with this fence any more; it cannot be
            renewed then, not even if it is free
    */
    virtual void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) = 0;

    /// Give a lease back; a success too if it was not this owner's with this fence.
    virtual void
    async_release_lease(record_key key, std::string owner, std::uint64_t fence, done_handler h) = 0;

    /// Records that have not expired, ordered by kind and identifier.
    virtual void async_list(record_filter filter, list_handler h) = 0;

    /// Delete records whatever their generation is, as for a user who goes away. @return how many
    virtual void async_erase(record_filter filter, count_handler h) = 0;
};

} // namespace asioauth
