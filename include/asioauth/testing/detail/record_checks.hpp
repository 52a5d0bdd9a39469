// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/testing/detail/store_bench.hpp>

#include <atomic>

namespace asioauth::testing::detail {

inline constexpr std::size_t racers = 16;

inline std::chrono::system_clock::time_point in_milliseconds(std::chrono::milliseconds from_now)
{
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())
        + from_now;
}

inline record expiring(record r, std::chrono::milliseconds from_now)
{
    r.expires_at = in_milliseconds(from_now);
    return r;
}

inline constexpr std::chrono::hours an_hour(1);

// Stores it, loads it through another handle and takes it away again.
inline void expect_round_trip(store_bench& b, const record_key& key, const record& r)
{
    b.put(key, r, 7);
    expect_stored(value_of(b.handle(1).load(key), "loading"), 7, r, "what was loaded");
    const auto taken = value_of(b.handle().take(key, b.guard_of(r)), "taking");
    expect_stored(taken, 7, r, "what was taken");
}

inline void an_absent_record_has_generation_0(store_bench& b)
{
    for (const auto kind :
         {record_kind::registration, record_kind::grant, record_kind::pending_login})
        expect_absent(b.get(b.key("absent", kind)), "an absent record");
}

inline void every_attribute_comes_back(store_bench& b)
{
    record r = b.value();
    r.user = b.name("user 'or' 1=1; -- %_\\\" \xc3\xa4\xe2\x82\xac");
    r.issuer = b.name("issuer $1 ? :a \xf0\x9f\x94\x91");
    r.binding = b.name("binding\n\t\r");
    expect_round_trip(b, b.key(), r);
}

inline void empty_attributes_come_back(store_bench& b)
{
    record r;
    expect_round_trip(b, b.key(), r);
}

inline void binary_documents_come_back(store_bench& b)
{
    std::string octets;
    for (int round = 0; round != 3; ++round)
        for (int i = 0; i != 256; ++i)
            octets.push_back(static_cast<char>(static_cast<unsigned char>(i)));
    expect_round_trip(b, b.key("every octet"), b.value(octets));
    expect_round_trip(b, b.key("zeros"), b.value(std::string(5, '\0')));
    expect_round_trip(b, b.key("zero within"), b.value(std::string("a\0b", 3)));
    expect_round_trip(b, b.key("not UTF-8"), b.value("\xff\xfe\xc0\x80"));
}

inline void large_documents_come_back(store_bench& b)
{
    std::string octets(1024U * 1024U, '\0');
    std::uint32_t x = 1;
    for (auto& c : octets)
    {
        x = x * 1'664'525U + 1'013'904'223U;
        c = static_cast<char>(static_cast<unsigned char>(x >> 24U));
    }
    expect_round_trip(b, b.key(), b.value(octets));
}

inline void expiry_comes_back(store_bench& b)
{
    for (const int milliseconds : {0, 1, 123, 999})
        expect_round_trip(
            b, b.key(), expiring(b.value(), an_hour + std::chrono::milliseconds(milliseconds))
        );
}

inline void large_generations_come_back(store_bench& b)
{
    constexpr generation largest = (std::uint64_t{1} << 63U) - 1;
    const auto key = b.key();
    b.put(key, b.value(), largest - 1);
    const auto answer =
        value_of(b.handle().commit(key, largest - 1, largest, b.value()), "updating");
    expect_equal(answer, largest, "the answer to an update");
    expect_equal(b.get(key).at, largest, "the generation loaded");
}

inline void identifiers_are_kept_apart(store_bench& b)
{
    const std::string long_name(8 * 1024, 'x');
    std::vector<record_key> keys;
    for (const auto& end :
         {std::string("id"),
          std::string("ID"),
          std::string("id "),
          std::string(" id"),
          std::string("i"),
          std::string("i%"),
          std::string("i_"),
          std::string("id'"),
          std::string("i\\d"),
          std::string("i\xc3\xa4"),
          std::string("ia\xcc\x88"),
          std::string("\xe6\x97\xa5\xe6\x9c\xac"),
          long_name,
          long_name + "x"})
        keys.push_back(b.key(end));
    for (std::size_t i = 0; i != keys.size(); ++i)
        b.put(keys[i], b.value("of " + std::to_string(i)), i + 1);
    for (std::size_t i = 0; i != keys.size(); ++i)
        expect_stored(
            b.get(keys[i]), i + 1, b.value("of " + std::to_string(i)), "a record among similar ones"
        );
}

inline void kinds_are_kept_apart(store_bench& b)
{
    const auto registration = b.key("same", record_kind::registration);
    const auto grant = b.key("same", record_kind::grant);
    const auto login = b.key("same", record_kind::pending_login);
    b.put(registration, b.value("registration"), 1);
    expect_absent(b.get(grant), "a record of another kind");
    b.put(grant, b.value("grant"), 2);
    b.put(login, b.value("login"), 3);
    value_of(b.handle().commit(grant, 2, 0, std::nullopt), "deleting the grant");
    expect_stored(b.get(registration), 1, b.value("registration"), "the registration");
    expect_absent(b.get(grant), "the grant");
    expect_stored(b.get(login), 3, b.value("login"), "the login");
}

inline void other_handles_see_what_was_committed(store_bench& b)
{
    const auto key = b.key();
    for (generation g = 0; g != 10; ++g)
    {
        const auto r = b.value("round " + std::to_string(g));
        value_of(b.handle(g % 2).commit(key, g, g + 1, r), "committing");
        expect_stored(
            value_of(b.handle((g + 1) % 2).load(key), "loading"), g + 1, r, "at the other handle"
        );
    }
    value_of(b.handle(0).commit(key, 10, 0, std::nullopt), "deleting");
    expect_absent(value_of(b.handle(1).load(key), "loading"), "at the other handle");
}

inline void an_update_replaces_everything(store_bench& b)
{
    const auto key = b.key();
    b.put(key, expiring(b.value("the first and longer one"), an_hour), 5);
    record r = b.value("second");
    r.user = b.name("another user");
    r.issuer.clear();
    r.binding = b.name("another binding");
    expect_equal<generation>(
        value_of(b.handle().commit(key, 5, 900, r), "updating"), 900, "the answer to an update"
    );
    expect_stored(b.get(key), 900, r, "after the update");
}

inline void a_conflict_changes_nothing(store_bench& b)
{
    const auto key = b.key();
    const auto other = b.value("of the loser");
    expect_error(
        b.handle().commit(key, 1, 2, other), errc::store_conflict, "updating what is not there"
    );
    expect_absent(b.get(key), "after a refused update");
    const auto r = b.value("of the winner");
    b.put(key, r, 10);
    expect_error(b.handle().commit(key, 0, 20, other), errc::store_conflict, "creating it again");
    expect_stored(b.get(key), 10, r, "after a second creation");
    expect_error(
        b.handle().commit(key, 9, 20, other), errc::store_conflict, "an update that is late"
    );
    expect_error(
        b.handle().commit(key, 11, 20, other), errc::store_conflict, "an update from the future"
    );
    expect_stored(b.get(key), 10, r, "after refused updates");
    expect_error(
        b.handle().commit(key, 9, 0, std::nullopt), errc::store_conflict, "a deletion that is late"
    );
    expect_error(
        b.handle().commit(key, 0, 0, std::nullopt), errc::store_conflict, "deleting from 0"
    );
    expect_stored(b.get(key), 10, r, "after refused deletions");
}

inline void a_deletion_answers_0(store_bench& b)
{
    const auto key = b.key();
    b.put(key, b.value(), 3);
    expect_equal<generation>(
        value_of(b.handle().commit(key, 3, 99, std::nullopt), "deleting"), 0, "the answer"
    );
    expect_absent(b.get(key), "after the deletion");
    expect_equal<generation>(
        value_of(b.handle().commit(key, 0, 0, std::nullopt), "deleting what is not there from 0"),
        0,
        "the answer"
    );
    expect_error(
        b.handle().commit(key, 3, 0, std::nullopt), errc::store_conflict, "deleting what is gone"
    );
}

inline void a_generation_must_grow(store_bench& b)
{
    const auto key = b.key();
    expect_error(b.handle().commit(key, 0, 0, b.value()), errc::invalid_argument, "creating at 0");
    expect_absent(b.get(key), "after a refused creation");
    const auto r = b.value();
    b.put(key, r, 8);
    for (const generation next : {generation(8), generation(7), generation(0)})
        expect_error(
            b.handle().commit(key, 8, next, b.value("other")),
            errc::invalid_argument,
            "an update from 8 to " + std::to_string(next)
        );
    expect_stored(b.get(key), 8, r, "after refused updates");
}

inline void a_new_record_is_not_the_old_one(store_bench& b)
{
    const auto key = b.key();
    b.put(key, b.value("old"), 100);
    value_of(b.handle().commit(key, 100, 0, std::nullopt), "deleting");
    b.put(key, b.value("new"), 200);
    expect_error(
        b.handle(1).commit(key, 100, 300, b.value("late")),
        errc::store_conflict,
        "an update of the old record"
    );
    expect_error(
        b.handle(1).commit(key, 100, 0, std::nullopt),
        errc::store_conflict,
        "a deletion of the old record"
    );
    expect_stored(b.get(key), 200, b.value("new"), "the new record");
}

inline void a_race_of_updates_has_one_winner(store_bench& b)
{
    const auto key = b.key();
    generation at = 0;
    for (int round = 0; round != 20; ++round)
    {
        std::atomic<std::uint64_t> winners{0};
        std::atomic<generation> won{0};
        b.in_parallel(racers, [&](store_handle& h, std::size_t i) {
            const generation next = at + 1 + i;
            const auto r = h.commit(key, at, next, b.value("of " + std::to_string(next)));
            if (r.has_error())
                return expect_error(r, errc::store_conflict, "an update that lost");
            expect_equal(*r, next, "the answer to an update");
            ++winners;
            won = next;
        });
        expect_equal<std::uint64_t>(winners, 1, "winners of one generation");
        expect_stored(
            b.get(key), won, b.value("of " + std::to_string(won)), "what the winner stored"
        );
        at = won;
    }
}

inline void a_race_of_creations_has_one_winner(store_bench& b)
{
    for (int round = 0; round != 10; ++round)
    {
        const auto key = b.key("round " + std::to_string(round));
        std::atomic<std::uint64_t> winners{0};
        b.in_parallel(racers, [&](store_handle& h, std::size_t i) {
            const auto r = h.commit(key, 0, 1 + i, b.value());
            if (r.has_error())
                return expect_error(r, errc::store_conflict, "a creation that lost");
            ++winners;
        });
        expect_equal<std::uint64_t>(winners, 1, "creations that succeeded");
    }
}

// --- Expiry -----------------------------------------------------------------------------------

inline void an_expired_record_is_absent(store_bench& b)
{
    const auto key = b.key();
    b.put(key, expiring(b.value(), -an_hour), 5);
    expect_absent(b.get(key), "an expired record");
    expect_error(
        b.handle().commit(key, 5, 6, b.value()), errc::store_conflict, "updating an expired record"
    );
    const auto soon = b.key("soon");
    b.put(soon, expiring(b.value(), std::chrono::milliseconds(150)));
    b.poll("that a record expires", [&] { return b.get(soon).at == 0; });
}

inline void an_expired_record_makes_room(store_bench& b)
{
    const auto key = b.key();
    b.put(key, expiring(b.value("old"), -an_hour), 5);
    b.put(key, b.value("new"), 6);
    expect_stored(b.get(key), 6, b.value("new"), "the new record");
}

inline void an_expired_record_is_not_given_away(store_bench& b)
{
    const auto key = b.key("login", record_kind::pending_login);
    const auto r = expiring(b.value(), -an_hour);
    b.put(key, r);
    expect_absent(value_of(b.handle().take(key, b.guard_of(r)), "taking"), "an expired record");
}

// --- Take -------------------------------------------------------------------------------------

inline void a_record_is_taken_once(store_bench& b)
{
    const auto key = b.key("login", record_kind::pending_login);
    const auto r = expiring(b.value(), an_hour);
    b.put(key, r, 4);
    expect_stored(value_of(b.handle().take(key, b.guard_of(r)), "taking"), 4, r, "what was taken");
    expect_absent(
        value_of(b.handle(1).take(key, b.guard_of(r)), "taking again"), "what was taken again"
    );
    expect_absent(b.get(key), "after it was taken");
}

inline void taking_nothing_gives_generation_0(store_bench& b)
{
    const auto r = b.value();
    const auto key = b.key("absent", record_kind::pending_login);
    expect_absent(value_of(b.handle().take(key, b.guard_of(r)), "taking"), "what is not there");
}

inline void a_wrong_guard_burns_nothing(store_bench& b)
{
    const auto key = b.key("login", record_kind::pending_login);
    const auto r = b.value();
    b.put(key, r, 4);
    const auto refused = [&](std::string issuer, std::string binding, std::string_view what) {
        expect_error(
            b.handle().take(key, take_guard(std::move(issuer), std::move(binding))),
            errc::store_guard_refused,
            what
        );
        expect_stored(b.get(key), 4, r, "after it was refused");
    };
    refused(r.issuer + "/", r.binding, "taking with another issuer");
    refused(r.issuer, r.binding + "x", "taking with another binding");
    refused(r.issuer, "", "taking without a binding");
    refused("", r.binding, "taking without an issuer");
    refused(r.binding, r.issuer, "taking with the two exchanged");
    refused("", "", "taking without a guard");
    expect_stored(value_of(b.handle().take(key, b.guard_of(r)), "taking"), 4, r, "what was taken");
}

inline void a_race_of_takes_has_one_winner(store_bench& b)
{
    constexpr std::size_t logins = 40;
    std::vector<record_key> keys;
    const auto r = b.value();
    for (std::size_t i = 0; i != logins; ++i)
        b.put(
            keys.emplace_back(b.key("login " + std::to_string(i), record_kind::pending_login)), r
        );
    std::array<std::atomic<std::uint64_t>, logins> winners{};
    b.in_parallel(racers, [&](store_handle& h, std::size_t thread) {
        for (std::size_t i = 0; i != logins; ++i)
        {
            const bool even = (i + thread) % 2 == 0;
            const auto forged = h.take(
                keys[i], even ? take_guard(r.issuer, "forged") : take_guard("forged", r.binding)
            );
            if (forged.has_error())
                expect_error(forged, errc::store_guard_refused, "a forged take");
            else
                expect_absent(*forged, "a forged take");
            const auto taken = value_of(h.take(keys[i], store_bench::guard_of(r)), "taking");
            if (taken.at == 0)
                continue;
            expect_stored(taken, 1, r, "what was taken");
            ++winners.at(i);
        }
    });
    for (const auto& w : winners)
        expect_equal<std::uint64_t>(w, 1, "callers that got one record");
}

// --- Handlers ---------------------------------------------------------------------------------

// Whether a handler comes inside the function is looked at with every operation; here are all of
// them, with each kind of answer.
inline void handlers_come_later(store_bench& b)
{
    auto& h = b.handle();
    const auto key = b.key();
    const auto r = b.value();
    static_cast<void>(h.load(key));
    static_cast<void>(h.commit(key, 0, 0, r));
    static_cast<void>(h.commit(key, 0, 1, r));
    static_cast<void>(h.commit(key, 0, 1, r));
    static_cast<void>(h.load(key));
    static_cast<void>(h.take(key, take_guard("forged", "forged")));
    static_cast<void>(h.take(key, b.guard_of(r)));
    static_cast<void>(h.take(key, b.guard_of(r)));
    const auto l = h.acquire(key, "owner", std::chrono::seconds(30));
    const std::uint64_t fence = l.has_value() ? l->fence : 0;
    static_cast<void>(h.renew(key, "owner", fence, std::chrono::seconds(30)));
    static_cast<void>(h.release(key, "owner", fence));
    static_cast<void>(h.list(record_filter().user(r.user)));
    static_cast<void>(h.erase(record_filter().user(r.user)));
}

template <class Checks>
void add_record_checks(Checks& out)
{
    constexpr std::string_view faithful = "what is stored comes back";
    out.emplace_back(
        "an absent record is loaded as generation 0", faithful, an_absent_record_has_generation_0
    );
    out.emplace_back(
        "every attribute of a record comes back", faithful, every_attribute_comes_back
    );
    out.emplace_back(
        "a record whose attributes are all empty comes back", faithful, empty_attributes_come_back
    );
    out.emplace_back("documents of any octets come back", faithful, binary_documents_come_back);
    out.emplace_back("a document of 1 MiB comes back", faithful, large_documents_come_back);
    out.emplace_back(
        "the time of expiry comes back to the millisecond", faithful, expiry_comes_back
    );
    out.emplace_back(
        "generations of up to 63 bits come back", faithful, large_generations_come_back
    );
    out.emplace_back(
        "similar, long and non-ASCII identifiers are kept apart",
        faithful,
        identifiers_are_kept_apart
    );
    out.emplace_back("records of different kinds are kept apart", faithful, kinds_are_kept_apart);
    out.emplace_back(
        "what one handle commits another one sees", faithful, other_handles_see_what_was_committed
    );
    constexpr std::string_view swap = "compare-and-swap";
    out.emplace_back(
        "an update replaces everything and answers the new generation",
        swap,
        an_update_replaces_everything
    );
    out.emplace_back(
        "a commit from another generation conflicts and changes nothing",
        swap,
        a_conflict_changes_nothing
    );
    out.emplace_back("a deletion answers 0 and leaves nothing", swap, a_deletion_answers_0);
    out.emplace_back("a generation that does not grow is refused", swap, a_generation_must_grow);
    out.emplace_back(
        "a record made again is not taken for the old one", swap, a_new_record_is_not_the_old_one
    );
    out.emplace_back("a race of updates has one winner", swap, a_race_of_updates_has_one_winner);
    out.emplace_back(
        "a race of creations has one winner", swap, a_race_of_creations_has_one_winner
    );
    constexpr std::string_view expiry = "an expired record counts as gone";
    out.emplace_back(
        "an expired record is loaded as generation 0", expiry, an_expired_record_is_absent
    );
    out.emplace_back(
        "where a record has expired a new one is created", expiry, an_expired_record_makes_room
    );
    out.emplace_back(
        "an expired record is taken as generation 0", expiry, an_expired_record_is_not_given_away
    );
    constexpr std::string_view take = "take gives a record to one caller only";
    out.emplace_back("a record is taken once", take, a_record_is_taken_once);
    out.emplace_back(
        "taking what is not there gives generation 0", take, taking_nothing_gives_generation_0
    );
    out.emplace_back(
        "a take with a wrong guard is refused and burns nothing", take, a_wrong_guard_burns_nothing
    );
    out.emplace_back(
        "a race of takes has one winner for each record", take, a_race_of_takes_has_one_winner
    );
    out.emplace_back(
        "handlers are not invoked inside the function", "handlers", handlers_come_later
    );
}

} // namespace asioauth::testing::detail
