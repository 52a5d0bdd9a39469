// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_tables.hpp"

#include <algorithm>
#include <limits>

namespace asioauth::detail {

namespace {

std::int64_t next_fence(sqlite_database& db)
{
    const auto next = db.query("UPDATE fences SET last = last + 1 RETURNING last");
    if (!next->step())
        throw sqlite_failed(
            failure(errc::store_corrupt)
                .where(stage::store)
                .message(db.path() + ": the counter of leases is missing"),
            SQLITE_CORRUPT
        );
    return next->number(0);
}

lease answer(bool acquired, std::uint64_t fence, std::int64_t remaining)
{
    lease out;
    out.acquired = acquired;
    out.fence = acquired ? fence : 0;
    out.remaining = std::chrono::milliseconds(remaining);
    return out;
}

} // namespace

std::optional<sqlite_tables::held_lease>
sqlite_tables::find(const record_key& key, std::int64_t now)
{
    const auto digest = digest_of_id(key);
    const auto row = db_.query("SELECT owner, fence, until_ms, ttl_ms FROM leases"
                               " WHERE kind = ?1 AND digest = ?2");
    row->bind(1, number_of(key.kind)).bind_octets(2, digest);
    if (!row->step() || row->number(2) <= now)
        return std::nullopt;
    held_lease out;
    out.owner = row->octets(0);
    out.fence = static_cast<std::uint64_t>(row->number(1));
    out.remaining = row->number(2) - now;
    // It cannot last for longer than it was given, so the wall clock went back meanwhile.
    if (out.remaining > row->number(3))
    {
        out.clock_went_back = true;
        out.remaining = row->number(3);
    }
    return out;
}

void sqlite_tables::keep(
    const record_key& key, const held_lease& l, std::int64_t now, std::int64_t ttl
)
{
    const auto digest = digest_of_id(key);
    const auto until = now + std::min(ttl, std::numeric_limits<std::int64_t>::max() - now);
    const auto change = db_.query("INSERT OR REPLACE INTO leases"
                                  " (kind, digest, owner, fence, until_ms, ttl_ms)"
                                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    change->bind(1, number_of(key.kind))
        .bind_octets(2, digest)
        .bind(3, std::string_view(l.owner))
        .bind(4, static_cast<std::int64_t>(l.fence))
        .bind(5, until)
        .bind(6, ttl);
    change->step();
}

result<lease> sqlite_tables::acquire(
    const record_key& key, const std::string& owner, std::chrono::milliseconds ttl
)
{
    if (ttl.count() <= 0)
        return failure(errc::invalid_argument).where(stage::store);
    const auto now = wall_clock_now();
    sqlite_transaction changing(db_);
    auto held = find(key, now);
    if (held && held->owner != owner)
    {
        // Let it run from now on, or it would be held until the clock is where it was.
        if (held->clock_went_back)
        {
            keep(key, *held, now, held->remaining);
            changing.commit();
        }
        return answer(false, 0, held->remaining);
    }
    if (!held)
    {
        held.emplace();
        held->owner = owner;
        held->fence = static_cast<std::uint64_t>(next_fence(db_));
    }
    keep(key, *held, now, ttl.count());
    tidy_now_and_then(now);
    changing.commit();
    return answer(true, held->fence, ttl.count());
}

result<lease> sqlite_tables::renew(
    const record_key& key,
    const std::string& owner,
    std::uint64_t fence,
    std::chrono::milliseconds ttl
)
{
    if (ttl.count() <= 0)
        return failure(errc::invalid_argument).where(stage::store);
    const auto now = wall_clock_now();
    sqlite_transaction changing(db_);
    const auto held = find(key, now);
    if (!held)
        return answer(false, 0, 0);
    if (!held->of(owner, fence))
        return answer(false, 0, held->remaining);
    keep(key, *held, now, ttl.count());
    changing.commit();
    return answer(true, fence, ttl.count());
}

result<void>
sqlite_tables::release(const record_key& key, const std::string& owner, std::uint64_t fence)
{
    const auto digest = digest_of_id(key);
    sqlite_transaction changing(db_);
    {
        const auto removal = db_.query("DELETE FROM leases WHERE kind = ?1 AND digest = ?2"
                                       " AND owner = ?3 AND fence = ?4");
        removal->bind(1, number_of(key.kind))
            .bind_octets(2, digest)
            .bind(3, std::string_view(owner))
            .bind(4, static_cast<std::int64_t>(fence));
        removal->step();
    }
    changing.commit();
    return {};
}

} // namespace asioauth::detail
