// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_schema.hpp"
#include "store/sqlite_tables.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace asioauth::detail {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

constexpr auto between_tidyings = std::chrono::minutes(1);
constexpr std::int64_t most_tidied = 1'000;
constexpr generation highest_generation = std::numeric_limits<std::int64_t>::max();

std::optional<std::int64_t> expiry_of(const record& r)
{
    if (!r.expires_at)
        return std::nullopt;
    return std::chrono::floor<milliseconds>(r.expires_at->time_since_epoch()).count();
}

// The columns of a record, in this order, from `first` on.
constexpr std::string_view columns = "generation, document, user, issuer, binding, expires_at";

stored_record read(const sqlite_statement& row, int first)
{
    stored_record out;
    out.at = static_cast<generation>(row.number(first));
    out.value.document = secret(row.octets(first + 1));
    out.value.user = row.octets(first + 2);
    out.value.issuer = row.octets(first + 3);
    out.value.binding = row.octets(first + 4);
    if (const auto at = row.number_if_any(first + 5))
    {
        constexpr auto last = std::chrono::floor<milliseconds>(system_clock::duration::max());
        out.value.expires_at = system_clock::time_point(
            std::clamp(milliseconds(*at), milliseconds(0), milliseconds(last))
        );
    }
    return out;
}

std::optional<stored_record>
find_record(sqlite_database& db, const record_key& key, std::string_view digest, std::int64_t now)
{
    static const std::string sql = "SELECT " + std::string(columns)
        + " FROM records WHERE kind = ?1 AND digest = ?2"
          " AND (expires_at IS NULL OR expires_at > ?3)";
    const auto found = db.query(sql);
    found->bind(1, number_of(key.kind)).bind_octets(2, digest).bind(3, now);
    if (!found->step())
        return std::nullopt;
    return read(*found, 0);
}

void remove(sqlite_database& db, const record_key& key, std::string_view digest)
{
    const auto removal = db.query("DELETE FROM records WHERE kind = ?1 AND digest = ?2");
    removal->bind(1, number_of(key.kind)).bind_octets(2, digest);
    removal->step();
}

void remove_expired(sqlite_database& db, std::int64_t now, std::int64_t most)
{
    const auto removal = db.query("DELETE FROM records WHERE rowid IN"
                                  " (SELECT rowid FROM records WHERE expires_at <= ?1 LIMIT ?2)");
    removal->bind(1, now).bind(2, most);
    removal->step();
}

// Only what is set becomes part of the statement, so that an index can serve it.
std::string conditions(const record_filter& f)
{
    std::string out;
    if (f.kind())
        out += " AND kind = ?2";
    if (f.user())
        out += " AND user = ?3";
    if (f.issuer())
        out += " AND issuer = ?4";
    return out;
}

void bind_conditions(const sqlite_query& q, const record_filter& f)
{
    if (f.kind())
        q->bind(2, number_of(*f.kind()));
    if (f.user())
        q->bind(3, std::string_view(*f.user()));
    if (f.issuer())
        q->bind(4, std::string_view(*f.issuer()));
}

} // namespace

std::int64_t wall_clock_now() noexcept
{
    const auto now = system_clock::now().time_since_epoch();
    return std::max<std::int64_t>(std::chrono::floor<milliseconds>(now).count(), 0);
}

std::string digest_of_id(const record_key& key)
{
    std::array<unsigned char, 32> out{};
    unsigned int size = 0;
    if (EVP_Digest(key.id.data(), key.id.size(), out.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::bad_alloc();
    return {out.begin(), out.end()};
}

sqlite_tables::sqlite_tables(const sqlite_file& file, sqlite_database::clock::time_point deadline)
    : db_(file.path)
{
    db_.wait_until(deadline);
    prepare_sqlite_schema(db_, file);
}

void sqlite_tables::tidy_now_and_then(std::int64_t now)
{
    const auto at = sqlite_database::clock::now();
    if (at < next_tidying_)
        return;
    next_tidying_ = at + between_tidyings;
    remove_expired(db_, now, most_tidied);
    const auto removal = db_.query("DELETE FROM leases WHERE until_ms <= ?1");
    removal->bind(1, now);
    removal->step();
}

result<stored_record> sqlite_tables::load(const record_key& key)
{
    auto found = find_record(db_, key, digest_of_id(key), wall_clock_now());
    return found ? std::move(*found) : stored_record();
}

result<generation> sqlite_tables::commit(
    const record_key& key, generation expected, generation next, const std::optional<record>& value
)
{
    const auto digest = digest_of_id(key);
    const auto now = wall_clock_now();
    sqlite_transaction changing(db_);
    const auto found = find_record(db_, key, digest, now);
    if ((found ? found->at : 0) != expected)
        return failure(errc::store_conflict).where(stage::store);
    if (!value)
    {
        remove(db_, key, digest);
        tidy_now_and_then(now);
        changing.commit();
        return generation(0);
    }
    if (next <= expected || next > highest_generation)
        return failure(errc::invalid_argument).where(stage::store);
    {
        const auto change =
            db_.query("INSERT INTO records (kind, digest, id, generation, document, user, issuer,"
                      " binding, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
                      " ON CONFLICT (kind, digest) DO UPDATE SET generation = ?4, document = ?5,"
                      " user = ?6, issuer = ?7, binding = ?8, expires_at = ?9");
        change->bind(1, number_of(key.kind))
            .bind_octets(2, digest)
            .bind(3, std::string_view(key.id))
            .bind(4, static_cast<std::int64_t>(next))
            .bind_octets(5, value->document.reveal())
            .bind(6, std::string_view(value->user))
            .bind(7, std::string_view(value->issuer))
            .bind(8, std::string_view(value->binding))
            .bind(9, expiry_of(*value));
        change->step();
    }
    tidy_now_and_then(now);
    changing.commit();
    return next;
}

result<stored_record> sqlite_tables::take(const record_key& key, const take_guard& guard)
{
    const auto digest = digest_of_id(key);
    const auto now = wall_clock_now();
    sqlite_transaction changing(db_);
    auto found = find_record(db_, key, digest, now);
    if (!found)
        return stored_record();
    if (found->value.issuer != guard.issuer || found->value.binding != guard.binding)
        return failure(errc::store_guard_refused).where(stage::store);
    remove(db_, key, digest);
    tidy_now_and_then(now);
    changing.commit();
    return std::move(*found);
}

result<std::vector<listed_record>> sqlite_tables::list(const record_filter& filter)
{
    std::string sql = "SELECT kind, id, " + std::string(columns)
        + " FROM records WHERE (expires_at IS NULL OR expires_at > ?1)" + conditions(filter);
    if (filter.after())
        sql += " AND (kind, id) > (?5, ?6)";
    sql += " ORDER BY kind, id LIMIT ?7";
    const auto rows = db_.query(sql);
    rows->bind(1, wall_clock_now());
    bind_conditions(rows, filter);
    if (filter.after())
        rows->bind(5, number_of(filter.after()->kind))
            .bind(6, std::string_view(filter.after()->id));
    rows->bind(7, static_cast<std::int64_t>(filter.limit()));
    std::vector<listed_record> out;
    while (rows->step())
    {
        record_key key(static_cast<record_kind>(rows->number(0)), std::string(rows->octets(1)));
        out.emplace_back(std::move(key), read(*rows, 2));
    }
    return out;
}

result<std::uint64_t> sqlite_tables::erase(const record_filter& filter)
{
    std::uint64_t erased = 0;
    {
        sqlite_transaction changing(db_);
        // First, so that they are not counted: they do not exist.
        remove_expired(db_, wall_clock_now(), -1);
        {
            const auto removal = db_.query("DELETE FROM records WHERE true" + conditions(filter));
            bind_conditions(removal, filter);
            removal->step();
        }
        erased = static_cast<std::uint64_t>(db_.changes());
        changing.commit();
    }
    db_.empty_log();
    return erased;
}

} // namespace asioauth::detail
