// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/store.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace asioauth {

/// Settings of @ref postgres_store. Setters chain.
class postgres_settings
{
public:
    /** @param connection_string what libpq takes: `host=db.example dbname=logins user=app
            sslmode=verify-full`, or a `postgresql://` URI. What it leaves out comes from the
            environment (`PGHOST`, ...), a service file and a password file, as everywhere.
            Without `sslmode` libpq takes `prefer`, which an attacker on the network can turn into no
            TLS at all: say `sslmode=verify-full` for a server that is not on this machine.
    */
    explicit postgres_settings(std::string_view connection_string)
        : connection_string_(connection_string)
    {}

    /// Connections at most, from 1 to 1,000. Default 4. They are opened when there is need.
    postgres_settings& connections(int v) { return connections_ = v, *this; }
    /// Time for opening a connection, looking up its name included. Default 5 s.
    postgres_settings& connect_timeout(std::chrono::milliseconds v)
    {
        return connect_timeout_ = v, *this;
    }
    /** Time for one operation with everything: waiting for a connection, repeating what was
        interrupted. Default 10 s, at most 10 min. Then it fails with errc::store_unavailable, or
        with errc::store_outcome_unknown if it may have changed something.
    */
    postgres_settings& operation_timeout(std::chrono::milliseconds v)
    {
        return operation_timeout_ = v, *this;
    }
    /// Create the tables (and the schema) if they are not there. Default true; otherwise they have
    /// to exist, made by a store that was allowed to, and the user needs no right to create.
    postgres_settings& create_schema(bool v) { return create_schema_ = v, *this; }
    /// The schema that the tables are in: a plain identifier of at most 63 letters, digits and
    /// underscores. Empty, the default, for what the server's `search_path` says.
    postgres_settings& schema(std::string_view v) { return schema_ = std::string(v), *this; }

    /// @{
    /// What was set, or the default.
    const secret& connection_string() const noexcept { return connection_string_; }
    int connections() const noexcept { return connections_; }
    std::chrono::milliseconds connect_timeout() const noexcept { return connect_timeout_; }
    std::chrono::milliseconds operation_timeout() const noexcept { return operation_timeout_; }
    bool create_schema() const noexcept { return create_schema_; }
    const std::string& schema() const noexcept { return schema_; }
    /// @}

private:
    secret connection_string_;
    int connections_ = 4;
    std::chrono::milliseconds connect_timeout_{5'000};
    std::chrono::milliseconds operation_timeout_{10'000};
    bool create_schema_ = true;
    std::string schema_;
};

static_assert(!std::is_aggregate_v<postgres_settings>);

/** A @ref store in a PostgreSQL database (14 or newer, encoding UTF8), for any number of processes
    on any number of machines.

    Needs nothing of a session, so that PgBouncer's transaction pooling may be in between. Expiry
    and leases go by the server's clock. What is taken or deleted stays as a mark for up to an hour,
    so that an operation whose connection was lost is repeated on another one and still gets its own
    answer; only where even that cannot tell it ends with errc::store_outcome_unknown.

    While the server is away an operation fails with errc::store_unavailable as soon as an attempt
    to connect has failed; attempts are made while somebody waits, at most about one a second.

    @par Completes when
    The server has answered, or the time is over. A text with a NUL octet or invalid UTF-8 in a
    record's attributes is refused with errc::invalid_argument.

    @par Executor
    The handler runs on the executor given to the constructor, never inside the function. All work
    runs there too; nothing blocks it but libpq's reading of local files. If the connection string
    names a service, the service should give `hostaddr`: libpq looks up names there by itself.

    @par Per-operation cancellation
    All types: an operation that waits for a connection is given up; one that was sent runs to its
    end. Destroying the store ends all with operation_aborted(), and what was sent may or may not
    have been done.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe.
*/
class postgres_store final : public store
{
public:
    /** Does not connect yet. Settings that cannot be used make each operation fail with
        errc::invalid_argument.
        @param ex where handlers run; it need not be a strand
    */
    ASIOAUTH_DECL postgres_store(boost::asio::any_io_executor ex, postgres_settings settings);
    postgres_store(const postgres_store&) = delete;
    postgres_store& operator=(const postgres_store&) = delete;
    ASIOAUTH_DECL ~postgres_store() override;

    ASIOAUTH_DECL void async_load(record_key key, load_handler h) override;
    ASIOAUTH_DECL void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override;
    ASIOAUTH_DECL void async_take(record_key key, take_guard guard, load_handler h) override;
    ASIOAUTH_DECL void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override;
    ASIOAUTH_DECL void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override;
    ASIOAUTH_DECL void async_release_lease(
        record_key key, std::string owner, std::uint64_t fence, done_handler h
    ) override;
    ASIOAUTH_DECL void async_list(record_filter filter, list_handler h) override;
    ASIOAUTH_DECL void async_erase(record_filter filter, count_handler h) override;

private:
    class impl;
    std::shared_ptr<impl> impl_;
};

} // namespace asioauth
