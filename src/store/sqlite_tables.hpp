// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/sqlite_database.hpp"
#include "store/sqlite_file.hpp"

#include <asioauth/store.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace asioauth::detail {

/** What a store does, done at once, for one thread at a time. Throws sqlite_failed beside what is
    in a result; nothing has changed then, unless that says errc::store_outcome_unknown.
*/
class sqlite_tables
{
public:
    /// Opens the file and makes what is missing in it.
    sqlite_tables(const sqlite_file& file, sqlite_database::clock::time_point deadline);

    sqlite_database& database() noexcept { return db_; }

    // Records.
    result<stored_record> load(const record_key& key);
    result<generation> commit(
        const record_key& key,
        generation expected,
        generation next,
        const std::optional<record>& value
    );
    result<stored_record> take(const record_key& key, const take_guard& guard);
    result<std::vector<listed_record>> list(const record_filter& filter);
    result<std::uint64_t> erase(const record_filter& filter);

    // Leases.
    result<lease>
    acquire(const record_key& key, const std::string& owner, std::chrono::milliseconds ttl);
    result<lease> renew(
        const record_key& key,
        const std::string& owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl
    );
    result<void> release(const record_key& key, const std::string& owner, std::uint64_t fence);

private:
    class held_lease
    {
    public:
        bool of(const std::string& o, std::uint64_t f) const { return owner == o && fence == f; }

        std::string owner;
        std::uint64_t fence = 0;
        std::int64_t remaining = 0; // milliseconds, more than 0
        bool clock_went_back = false;
    };

    void tidy_now_and_then(std::int64_t now);
    // Nothing if the lease is free. To be called within a transaction.
    std::optional<held_lease> find(const record_key& key, std::int64_t now);
    void keep(const record_key& key, const held_lease& l, std::int64_t now, std::int64_t ttl);

    sqlite_database db_;
    sqlite_database::clock::time_point next_tidying_;
};

/// Milliseconds of the wall clock since 1970.
std::int64_t wall_clock_now() noexcept;

/// What records and leases are found by.
std::string digest_of_id(const record_key& key);

/// A record's kind in the file.
inline std::int64_t number_of(record_kind k) noexcept
{
    static_assert(static_cast<int>(record_kind::registration) == 0);
    static_assert(static_cast<int>(record_kind::grant) == 1);
    static_assert(static_cast<int>(record_kind::pending_login) == 2);
    static_assert(static_cast<int>(record_kind::integration) == 3);
    return static_cast<std::int64_t>(k);
}

} // namespace asioauth::detail
