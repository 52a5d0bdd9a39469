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
    /// @param i the issuer @param b the binding
    take_guard(std::string i, std::string b) : issuer(std::move(i)), binding(std::move(b)) {}

    std::string issuer;  ///< as record::issuer
    std::string binding; ///< as record::binding
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

    Nothing here waits longer than the store's own deadline. The compare-and-swap in async_commit is
    the only way to change a record, so that of two who read the same record only one can replace or
    delete it; async_take gives a record to one caller only. Who writes a store checks it with
    testing::store_checks().

    @par Parameters
    `key` says which record.
    @par Executor
    Handlers are invoked exactly once, never inside the function, on any thread. A store with
    threads of its own neither invokes nor destroys a handler after its execution context is gone.
    @par Per-operation cancellation
    None: a store need not hear of it, and what was begun runs to its end. One that does says so.
    @par Errors
    @li condition::storage what cannot be done now; it has changed nothing, unless it is
        errc::store_outcome_unknown
    @li errc::invalid_argument a value that no store can keep
    @li errc::out_of_memory, errc::entropy_unavailable nothing was changed either
    @par Object lifetimes
    Parameters are copied or moved from. Whether a store may be destroyed with operations pending is
    its own to say; the @ref client keeps its store until they have completed.
    @par Thread safety
    Safe: everything may be called from any thread. The destructor may run on any thread too,
    such as that of whoever drops the last session.
*/
class store
{
public:
    /// Gets a record; generation 0 if there is none, or a failure.
    using load_handler = boost::asio::any_completion_handler<void(result<stored_record>)>;
    /// Gets the generation that the record has now, or a failure.
    using commit_handler = boost::asio::any_completion_handler<void(result<generation>)>;
    /// Gets a lease, whoever has it, or a failure.
    using lease_handler = boost::asio::any_completion_handler<void(result<lease>)>;
    /// Gets that it was done, or a failure.
    using done_handler = boost::asio::any_completion_handler<void(result<void>)>;
    /// Gets the records, or a failure.
    using list_handler =
        boost::asio::any_completion_handler<void(result<std::vector<listed_record>>)>;
    /// Gets how many, or a failure.
    using count_handler = boost::asio::any_completion_handler<void(result<std::uint64_t>)>;

    virtual ~store() = default;

    /// Read the record of `key`; one that does not exist, or has expired, is a success with
    /// generation 0.
    virtual void async_load(record_key key, load_handler h) = 0;

    /** Replace (or with no value delete) a record if it is still at `expected`; 0 stands for "does
        not exist", and an expired record does not.

        Durable before it completes, with `next` (0 after a deletion).

        @param next the new generation, larger than `expected`; no matter for a deletion
        @param value what to keep; nothing to delete it

        @par Errors
        @li errc::store_conflict somebody else was faster: read again and decide again
        @li errc::invalid_argument `next` is not larger
        @li condition::storage as for every operation
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

        Completes with the record; with generation 0 if there is none (any more), or it has expired.

        @param guard what its issuer and binding have to be

        @par Errors
        @li errc::store_guard_refused the guard does not fit: the record stays as it is
        @li condition::storage as for every operation
    */
    virtual void async_take(record_key key, take_guard guard, load_handler h) = 0;

    /** Ask for the exclusive right to work on a record, or ask to keep it: it is a promise between
        those who ask, and changes nothing for others.

        Who asks again under the same name while holding it has it, with the same fence, for `ttl`
        from now. A lease that has run out is free. Completes with a lease, acquired or held by
        somebody else; an error means that nobody knows.

        @param owner unique in the world for each acquisition, such as random octets as text
        @param ttl whole milliseconds, more than 0
    */
    virtual void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) = 0;

    /** Keep a lease for `ttl` from now.

        Completes with one that is not acquired if it is not this `owner`'s with this `fence` any
        more; it cannot be renewed then, not even if it is free.
    */
    virtual void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) = 0;

    /// Give a lease back; a success too if it was not this `owner`'s with this `fence`.
    virtual void
    async_release_lease(record_key key, std::string owner, std::uint64_t fence, done_handler h) = 0;

    /// List the records that `filter` lets through and that have not expired, ordered by kind and
    /// identifier.
    virtual void async_list(record_filter filter, list_handler h) = 0;

    /// Delete the records that `filter` lets through, whatever their generation is, as for a user
    /// who goes away. Completes with how many they were.
    virtual void async_erase(record_filter filter, count_handler h) = 0;
};

} // namespace asioauth
