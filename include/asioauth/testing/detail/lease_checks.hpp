// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/testing/detail/record_checks.hpp>

#include <mutex>

namespace asioauth::testing::detail {

inline constexpr std::chrono::milliseconds long_lease = std::chrono::minutes(10);
inline constexpr std::chrono::milliseconds short_lease{30};

inline void
expect_held_by_caller(const lease& l, std::chrono::milliseconds ttl, std::string_view what)
{
    const std::string of(what);
    expect_equal(l.acquired, true, of + ", whether it was acquired");
    expect(l.fence > 0, of + ": expected a fence larger than 0");
    expect(
        l.remaining.count() > 0 && l.remaining <= ttl,
        of + ": expected that more than 0 and at most " + text_of(ttl) + " remain, came "
            + text_of(l.remaining)
    );
}

inline lease acquired(store_handle& h, const record_key& key, const std::string& owner)
{
    auto l = value_of(h.acquire(key, owner, long_lease), "asking for a lease");
    expect_held_by_caller(l, long_lease, "a lease that was free");
    return l;
}

inline void expect_refused(result<lease> r, std::string_view what)
{
    const auto l = value_of(std::move(r), what);
    expect_equal(l.acquired, false, std::string(what) + ", whether it was acquired");
    expect_equal<std::uint64_t>(l.fence, 0, std::string(what) + ", the fence");
}

inline void a_held_lease_is_not_given(store_bench& b)
{
    const auto key = b.key();
    const auto first = acquired(b.handle(), key, "a");
    const auto held =
        value_of(b.handle(1).acquire(key, "b", short_lease), "asking for a held lease");
    expect_refused(held, "a held lease");
    expect(
        held.remaining > long_lease / 2 && held.remaining <= long_lease,
        "what remains of a held lease: expected about, and at most, " + text_of(long_lease)
            + ", came " + text_of(held.remaining)
    );
    value_of(b.handle().release(key, "a", first.fence), "releasing");
}

inline void asking_again_keeps_the_fence(store_bench& b)
{
    const auto key = b.key();
    const auto first = acquired(b.handle(), key, "a");
    const std::chrono::milliseconds shorter = long_lease / 2;
    const auto again = value_of(b.handle(1).acquire(key, "a", shorter), "asking again");
    expect_held_by_caller(again, shorter, "asked for again");
    expect_equal(again.fence, first.fence, "the fence of the same owner");
    value_of(b.handle().release(key, "a", first.fence), "releasing");
}

inline void the_fence_grows(store_bench& b)
{
    const auto key = b.key();
    std::uint64_t last = 0;
    for (int i = 0; i != 5; ++i)
    {
        auto& h = b.handle(static_cast<std::size_t>(i) % 2);
        const auto owner = "owner " + std::to_string(i % 2);
        const auto l = acquired(h, key, owner);
        expect(
            l.fence > last,
            "the fence of another holder: expected more than " + text_of(last) + ", came "
                + text_of(l.fence)
        );
        last = l.fence;
        value_of(h.release(key, owner, l.fence), "releasing");
    }
}

inline void a_renewal_keeps_the_lease(store_bench& b)
{
    const auto key = b.key();
    const auto first = value_of(b.handle().acquire(key, "a", long_lease / 2), "asking for a lease");
    const auto more = value_of(b.handle(1).renew(key, "a", first.fence, long_lease), "renewing");
    expect_held_by_caller(more, long_lease, "a renewed lease");
    expect_equal(more.fence, first.fence, "the fence after a renewal");
    const auto held = value_of(b.handle().acquire(key, "b", long_lease), "asking");
    expect_refused(held, "a renewed lease");
    expect(
        held.remaining > long_lease / 2,
        "what remains of a renewed lease: expected the new time, came " + text_of(held.remaining)
    );
    value_of(b.handle().release(key, "a", first.fence), "releasing");
}

inline void only_the_holder_renews(store_bench& b)
{
    const auto key = b.key();
    expect_refused(b.handle().renew(key, "a", 1, long_lease), "renewing what nobody holds");
    const auto old = acquired(b.handle(), key, "a");
    value_of(b.handle().release(key, "a", old.fence), "releasing");
    expect_refused(b.handle().renew(key, "a", old.fence, long_lease), "renewing what was released");
    const auto l = acquired(b.handle(), key, "a");
    expect_refused(b.handle(1).renew(key, "b", l.fence, long_lease), "renewing as another owner");
    expect_refused(
        b.handle(1).renew(key, "a", old.fence, long_lease), "renewing with an old fence"
    );
    expect_refused(
        b.handle(1).renew(key, "a", l.fence + 1, long_lease), "renewing with a fence to come"
    );
    expect_held_by_caller(
        value_of(b.handle().renew(key, "a", l.fence, long_lease), "renewing"),
        long_lease,
        "the holder's own renewal"
    );
    value_of(b.handle().release(key, "a", l.fence), "releasing");
}

inline void a_lease_runs_out(store_bench& b)
{
    const auto key = b.key();
    const auto first = value_of(b.handle().acquire(key, "a", short_lease), "asking for a lease");
    expect_held_by_caller(first, short_lease, "a short lease");
    lease second;
    b.poll("that a lease runs out", [&] {
        second = value_of(b.handle(1).acquire(key, "b", long_lease), "asking");
        return second.acquired;
    });
    expect(second.fence > first.fence, "after a lease ran out: expected a larger fence");
    expect_refused(
        b.handle().renew(key, "a", first.fence, long_lease), "renewing what another one has now"
    );
    value_of(b.handle().release(key, "a", first.fence), "releasing what another one has now");
    expect_refused(b.handle().acquire(key, "a", long_lease), "a lease that is another's");
    value_of(b.handle().release(key, "b", second.fence), "releasing");
}

inline void a_lease_that_ran_out_is_not_renewed(store_bench& b)
{
    const auto key = b.key();
    const auto first = value_of(b.handle().acquire(key, "a", short_lease), "asking for a lease");
    b.pause(10 * short_lease);
    expect_refused(
        b.handle().renew(key, "a", first.fence, long_lease), "renewing what has run out"
    );
    const auto again = acquired(b.handle(), key, "a");
    expect(
        again.fence > first.fence, "the same owner after a lease ran out: expected a larger fence"
    );
    value_of(b.handle().release(key, "a", again.fence), "releasing");
}

inline void only_the_holder_releases(store_bench& b)
{
    const auto key = b.key();
    const auto l = acquired(b.handle(), key, "a");
    value_of(b.handle(1).release(key, "b", l.fence), "releasing as another owner");
    value_of(b.handle(1).release(key, "a", l.fence + 1), "releasing with another fence");
    expect_refused(b.handle(1).acquire(key, "b", long_lease), "a lease after others released it");
    value_of(b.handle(1).release(key, "a", l.fence), "releasing");
    const auto next = acquired(b.handle(1), key, "b");
    value_of(b.handle().release(key, "a", l.fence), "releasing once more");
    expect_refused(b.handle().acquire(key, "c", long_lease), "the next holder's lease");
    value_of(b.handle().release(key, "b", next.fence), "releasing");
}

inline void leases_are_independent(store_bench& b)
{
    const std::array keys{
        b.key("one"),
        b.key("two"),
        b.key("One"),
        b.key("one", record_kind::registration),
        b.key("one", record_kind::pending_login)};
    std::vector<lease> held;
    for (const auto& key : keys)
        held.push_back(acquired(b.handle(), key, "a"));
    value_of(b.handle().release(keys[0], "a", held[0].fence), "releasing");
    for (std::size_t i = 1; i != keys.size(); ++i)
    {
        expect_refused(b.handle(1).acquire(keys.at(i), "b", long_lease), "a lease of another key");
        value_of(b.handle().release(keys.at(i), "a", held[i].fence), "releasing");
    }
}

inline void leases_and_records_do_not_touch(store_bench& b)
{
    const auto key = b.key();
    const auto l = acquired(b.handle(), key, "a");
    expect_absent(b.get(key), "a record that has only a lease");
    b.put(key, b.value(), 1);
    value_of(b.handle(1).commit(key, 1, 2, b.value("other")), "changing a leased record");
    value_of(b.handle(1).commit(key, 2, 0, std::nullopt), "deleting a leased record");
    expect_refused(b.handle(1).acquire(key, "b", long_lease), "the lease after all this");
    value_of(b.handle().release(key, "a", l.fence), "releasing");
}

inline void a_race_for_a_lease_has_one_winner(store_bench& b)
{
    const auto key = b.key();
    std::uint64_t last = 0;
    for (int round = 0; round != 10; ++round)
    {
        std::mutex mutex;
        std::vector<std::pair<std::string, lease>> winners;
        b.in_parallel(racers, [&](store_handle& h, std::size_t i) {
            const auto owner = "owner " + std::to_string(i);
            const auto l = value_of(h.acquire(key, owner, long_lease), "asking for a lease");
            const std::lock_guard lock(mutex);
            if (l.acquired)
                winners.emplace_back(owner, l);
        });
        expect_equal<std::uint64_t>(winners.size(), 1, "holders of one lease");
        const auto& [owner, l] = winners.front();
        expect(l.fence > last, "the fence of the next holder: expected a larger one");
        last = l.fence;
        value_of(b.handle().release(key, owner, l.fence), "releasing");
    }
}

template <class Checks>
void add_lease_checks(Checks& out)
{
    constexpr std::string_view lease = "a lease has one holder";
    out.emplace_back(
        "a lease that somebody holds is not given to another", lease, a_held_lease_is_not_given
    );
    out.emplace_back(
        "who asks again for a lease keeps the fence", lease, asking_again_keeps_the_fence
    );
    out.emplace_back("each next holder of a lease has a larger fence", lease, the_fence_grows);
    out.emplace_back("a renewed lease lasts from now on", lease, a_renewal_keeps_the_lease);
    out.emplace_back("a lease is renewed by its holder only", lease, only_the_holder_renews);
    out.emplace_back("a lease runs out by itself", lease, a_lease_runs_out);
    out.emplace_back(
        "a lease that has run out is not renewed", lease, a_lease_that_ran_out_is_not_renewed
    );
    out.emplace_back(
        "a release by another than the holder changes nothing", lease, only_the_holder_releases
    );
    out.emplace_back("leases of different keys are independent", lease, leases_are_independent);
    out.emplace_back(
        "a lease and the record of its key leave each other alone",
        lease,
        leases_and_records_do_not_touch
    );
    out.emplace_back("a race for a lease has one winner", lease, a_race_for_a_lease_has_one_winner);
}

} // namespace asioauth::testing::detail
