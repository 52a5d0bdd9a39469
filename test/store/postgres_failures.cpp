// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the PostgreSQL store does when connections are cut and servers go away.

#include "store/postgres_fixture.hpp"

#include <map>
#include <random>

namespace {

using namespace asioauth;
using namespace asioauth::test;

class proxied : public postgres_fixture
{
public:
    proxied() { static_cast<void>(load(*direct, key())); }

    postgres_settings through() const
    {
        postgres_settings s(proxy.connection_string());
        return s.schema(schema);
    }

    postgres_proxy proxy{io};
    std::unique_ptr<postgres_store> direct = open();
    std::unique_ptr<postgres_store> store = open(through());
};

constexpr auto inserting = "INSERT INTO";
constexpr auto updating = "SET\n    generation";
constexpr auto removing = "SET taken = $3::text, taken_at = clock_timestamp()";
constexpr auto taking = "taken_at = coalesce";
constexpr auto leasing = "nextval";

BOOST_FIXTURE_TEST_SUITE(postgres_cut, proxied)

BOOST_AUTO_TEST_CASE(a_creation_whose_answer_was_lost_succeeds)
{
    proxy.cut_answer(inserting);
    const auto r = commit(*store, key(), 0, 5, value());
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(*r == 5U);
    BOOST_TEST(proxy.cuts_left() == 0);
    BOOST_TEST(load(*direct, key()).value().at == 5U);
}

BOOST_AUTO_TEST_CASE(an_update_whose_answer_was_lost_succeeds)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(updating);
    const auto r = commit(*store, key(), 5, 6, value("new"));
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(*r == 6U);
    BOOST_TEST(proxy.cuts_left() == 0);
}

BOOST_AUTO_TEST_CASE(a_deletion_whose_answer_was_lost_succeeds)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(removing);
    const auto r = remove(*store, key(), 5);
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(*r == 0U);
    BOOST_TEST(proxy.cuts_left() == 0);
    BOOST_TEST(load(*direct, key()).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(a_deletion_is_recognised_though_the_record_was_made_again)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.on_cut = [&] {
        direct->async_commit(key(), 0, 9, value("other"), [](const result<generation>&) {});
        console("SELECT 1");
    };
    proxy.cut_answer(removing);
    const auto r = remove(*store, key(), 5);
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    run_until([&] { return load(*direct, key()).value().at == 9; });
}

BOOST_AUTO_TEST_CASE(a_take_whose_answer_was_lost_gives_the_record)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(taking);
    proxy.on_cut = [&] { // for all others it is gone
        BOOST_TEST(console("SELECT taken_at IS NOT NULL FROM " + table("asioauth_records")) == "t");
    };
    const auto r = take(*store, key());
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(r->at == 5U);
    BOOST_TEST((r->value == value()));
    BOOST_TEST(proxy.cuts_left() == 0);
    BOOST_TEST(take(*direct, key()).value().at == 0U);
    BOOST_TEST(take(*store, key()).value().at == 0U);
    BOOST_TEST(list(*store, record_filter()).value().empty());
}

BOOST_AUTO_TEST_CASE(a_take_that_did_not_arrive_gives_the_record_once)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_statement(taking);
    BOOST_TEST(take(*store, key()).value().at == 5U);
    BOOST_TEST(proxy.cuts_left() == 0);
    BOOST_TEST(take(*direct, key()).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(a_take_that_lost_meanwhile_gets_nothing)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_statement(taking);
    proxy.on_cut = [&] {
        console("UPDATE " + table("asioauth_records") + " SET taken = 'another', taken_at = now()");
    };
    const auto r = take(*store, key());
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(r->at == 0U);
}

BOOST_AUTO_TEST_CASE(a_take_does_not_take_the_next_record_as_well)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(taking);
    proxy.on_cut = [&] { // as a creation does it
        console("UPDATE " + table("asioauth_records") + " SET taken_at = NULL, generation = 9");
    };
    BOOST_TEST(code_of(take(*store, key())) == errc::store_outcome_unknown);
    BOOST_TEST(load(*direct, key()).value().at == 9U);
}

BOOST_AUTO_TEST_CASE(an_update_that_cannot_be_told_from_anothers_says_so)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(updating);
    proxy.on_cut = [&] {
        console("UPDATE " + table("asioauth_records") + " SET generation = generation + 1");
    };
    BOOST_TEST(code_of(commit(*store, key(), 5, 6, value("new"))) == errc::store_outcome_unknown);
}

BOOST_AUTO_TEST_CASE(a_deletion_that_cannot_be_told_from_anothers_says_so)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(removing);
    proxy.on_cut = [&] { console("DELETE FROM " + table("asioauth_records")); };
    BOOST_TEST(code_of(remove(*store, key(), 5)) == errc::store_outcome_unknown);
}

BOOST_AUTO_TEST_CASE(what_is_cut_twice_has_an_unknown_outcome)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer(updating, 2);
    BOOST_TEST(code_of(commit(*store, key(), 5, 6, value("new"))) == errc::store_outcome_unknown);
    proxy.cut_statement(taking, 2);
    BOOST_TEST(code_of(take(*store, key())) == errc::store_outcome_unknown);
    proxy.cut_answer("SELECT r.generation", 2);
    BOOST_TEST(code_of(load(*store, key())) == errc::store_unavailable);
    BOOST_TEST(load(*store, key()).value().at == 6U);
}

BOOST_AUTO_TEST_CASE(what_was_read_when_the_connection_was_cut_is_read_again)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer("SELECT r.generation");
    BOOST_TEST(load(*store, key()).value().at == 5U);
    BOOST_TEST(proxy.cuts_left() == 0);
}

BOOST_AUTO_TEST_CASE(a_conflict_stays_a_conflict_when_nothing_was_cut)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    BOOST_TEST(code_of(commit(*store, key(), 0, 5, value())) == errc::store_conflict);
    BOOST_TEST(code_of(commit(*store, key(), 4, 5, value())) == errc::store_conflict);
}

BOOST_AUTO_TEST_CASE(a_lease_whose_answer_was_lost_is_held)
{
    proxy.cut_answer(leasing);
    const auto r = acquire(*store, key(), "owner");
    BOOST_TEST_REQUIRE(r.has_value(), text_of(r));
    BOOST_TEST(r->acquired);
    BOOST_TEST(proxy.cuts_left() == 0);
    BOOST_TEST(
        std::to_string(r->fence) == console("SELECT fence FROM " + table("asioauth_leases"))
    );
    BOOST_TEST(!acquire(*direct, key(), "another").value().acquired);
}

BOOST_AUTO_TEST_CASE(an_erasure_whose_answer_was_lost_has_an_unknown_outcome)
{
    BOOST_TEST_REQUIRE(commit(*store, key(), 0, 5, value()).has_value());
    proxy.cut_answer("DELETE FROM \"" + schema + "\".asioauth_records AS r");
    BOOST_TEST(code_of(erase(*store, record_filter().user("user"))) == errc::store_outcome_unknown);
    BOOST_TEST(erase(*store, record_filter().user("user")).value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

// --- A server that goes away -----------------------------------------------------------------

class away : public postgres_fixture
{
public:
    ~away()
    {
        server().resume();
        if (is_down)
            server().start();
    }

    bool is_down = false;
};

BOOST_FIXTURE_TEST_SUITE(postgres_away, away)

BOOST_AUTO_TEST_CASE(operations_fail_long_before_their_time_is_over_and_work_again)
{
    const auto s = open(settings().operation_timeout(std::chrono::minutes(5)));
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 5, value()).has_value());
    server().stop();
    is_down = true;
    for (int i = 0; i < 5; ++i)
    {
        const auto r = load(*s, key());
        BOOST_TEST(code_of(r) == errc::store_unavailable);
        BOOST_TEST(!r.error().info().message().empty());
        // It was not sent, so that it is known that nothing was changed.
        BOOST_TEST(code_of(commit(*s, key(), 5, 6, value())) == errc::store_unavailable);
    }
    server().start();
    is_down = false;
    run_until([&] { return load(*s, key()).has_value(); });
    BOOST_TEST(load(*s, key()).value().at == 5U);
}

BOOST_AUTO_TEST_CASE(idle_connections_that_a_restart_has_closed_are_not_used)
{
    const auto s = open();
    for (generation g = 0; g < 3; ++g)
    {
        BOOST_TEST(commit(*s, key(), g, g + 1, value()).value() == g + 1);
        server().stop_immediately();
        server().start();
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_is_waited_for_as_long_as_was_said)
{
    const auto s =
        open(settings()
                 .operation_timeout(std::chrono::seconds(2)) // what works has to be done in
                 .connect_timeout(std::chrono::seconds(1)));
    BOOST_TEST_REQUIRE(commit(*s, key(), 0, 5, value()).has_value());
    BOOST_TEST_REQUIRE(load(*s, key()).has_value());
    server().pause();
    // This one gets sent, on the connection that has just been of use.
    BOOST_TEST(code_of(commit(*s, key(), 5, 6, value())) == errc::store_outcome_unknown);
    BOOST_TEST(code_of(commit(*s, key(), 5, 6, value())) == errc::store_unavailable);
    BOOST_TEST(code_of(load(*s, key())) == errc::store_unavailable);
    server().resume();
    run_until([&] { return load(*s, key()).has_value(); });
    const auto at = load(*s, key()).value().at;
    BOOST_TEST((at == 5U || at == 6U));
}

BOOST_AUTO_TEST_CASE(reading_from_a_server_that_hangs_ends_in_time)
{
    const auto s = open(settings().operation_timeout(std::chrono::seconds(2)));
    BOOST_TEST_REQUIRE(load(*s, key()).has_value());
    server().pause();
    BOOST_TEST(code_of(load(*s, key())) == errc::store_unavailable);
}

// Clients that count, and takers of records, while the server is shot again and again. What was
// acknowledged has to be there, and what was taken has one taker.
class load_under_fire : public away
{
public:
    static constexpr int clients = 8;
    static constexpr int logins = 200;

    class counter
    {
    public:
        record_key where;
        generation acknowledged = 0; // the last one that was, and what may be there beyond it
        generation possible = 0;
        bool has_stopped = false;
    };

    void count(counter& c)
    {
        if (is_over)
        {
            c.has_stopped = true;
            return;
        }
        const auto next = c.acknowledged + 1;
        c.possible = next;
        stores.at(random() % stores.size())
            ->async_commit(
                c.where,
                c.acknowledged,
                next,
                value(std::to_string(next)),
                [this, &c, next](const result<generation>& r) {
                    if (r)
                    {
                        ++successes;
                        c.acknowledged = next;
                        count(c);
                        return;
                    }
                    // One client alone writes here: no conflict can come from anybody else.
                    const auto code = r.error().code();
                    BOOST_TEST(
                        (code == errc::store_unavailable || code == errc::store_outcome_unknown),
                        code.message()
                    );
                    if (code == errc::store_outcome_unknown)
                        ++unknowns;
                    else
                        ++refusals;
                    look(c, code == errc::store_outcome_unknown);
                }
            );
    }

    void look(counter& c, bool is_unknown)
    {
        stores.front()->async_load(c.where, [this, &c, is_unknown](const result<stored_record>& r) {
            if (!r)
            {
                ++refusals;
                look(c, is_unknown);
                return;
            }
            const bool is_right = r->at == c.acknowledged || (is_unknown && r->at == c.possible);
            BOOST_TEST(is_right, "acknowledged " << c.acknowledged << ", found " << r->at);
            c.acknowledged = r->at;
            count(c);
        });
    }

    void take_next(int login)
    {
        if (login >= logins)
        {
            ++takers_done;
            return;
        }
        stores.at(random() % stores.size())
            ->async_take(
                key("login " + std::to_string(login)),
                {"issuer", "binding"},
                [this, login](const result<stored_record>& r) {
                    if (r && r->at != 0)
                        ++takers[login];
                    if (!r && r.error().code() == errc::store_outcome_unknown)
                        ++unknown_takes[login];
                    // Unavailable means that it was not taken: try again.
                    take_next(
                        !r && r.error().code() == errc::store_unavailable ? login : login + 1
                    );
                }
            );
    }

    std::vector<std::unique_ptr<postgres_store>> stores;
    std::array<counter, clients> counters;
    std::map<int, int> takers;
    std::map<int, int> unknown_takes;
    std::mt19937 random{1};
    bool is_over = false;
    int takers_done = 0;
    int successes = 0;
    int unknowns = 0;
    int refusals = 0;
};

BOOST_FIXTURE_TEST_CASE(nothing_acknowledged_is_lost_when_the_server_is_shot, load_under_fire)
{
    for (int i = 0; i < 4; ++i)
        stores.push_back(open());
    for (int i = 0; i < logins; ++i)
        BOOST_TEST_REQUIRE(
            commit(*stores[0], key("login " + std::to_string(i)), 0, 1, value()).has_value()
        );
    for (int i = 0; i < clients; ++i)
    {
        counters.at(static_cast<std::size_t>(i)).where = key("counter " + std::to_string(i));
        count(counters.at(static_cast<std::size_t>(i)));
    }
    for (int i = 0; i < 4; ++i)
        take_next(0);
    for (int round = 0; round < 4; ++round)
    {
        const int before = successes;
        run_until([&] { return successes > before + 50; });
        if (round % 2 == 0)
            server().stop_immediately();
        else
            server().kill();
        is_down = true;
        const int seen = refusals;
        run_until([&] { return refusals > seen + 5; });
        server().start();
        is_down = false;
    }
    const int before = successes;
    run_until([&] { return successes > before + 50; });
    run_until([&] { return takers_done == 4; });
    is_over = true;
    run_until([&] {
        return std::all_of(counters.begin(), counters.end(), [](const auto& c) {
            return c.has_stopped;
        });
    });
    for (const auto& c : counters)
        BOOST_TEST(load(*stores[1], c.where).value().at == c.acknowledged);
    int lost = 0;
    for (int i = 0; i < logins; ++i)
    {
        BOOST_TEST(takers[i] <= 1);
        if (takers[i] != 0)
            continue;
        // Only who was told that the outcome is unknown may have it.
        BOOST_TEST(unknown_takes[i] > 0);
        ++lost;
    }
    BOOST_TEST_MESSAGE(
        successes << " commits, " << refusals << " refused, " << unknowns << " unknown; " << lost
                  << " takes unknown"
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
