// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/resolver.hpp"

#include "support/loopback_server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace asioauth {
namespace {

using detail::resolver;
using testing::gate;
namespace asio = boost::asio;

// Shared with workers, which may outlive a test.
struct scripted_lookup
{
    gate slow;
    gate started;
    std::atomic<int> calls = 0;
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;

    error_code operator()(const std::string& host, resolver::addresses& found)
    {
        ++calls;
        const int now = ++running;
        for (int m = most; m < now && !most.compare_exchange_weak(m, now);)
        {}
        if (host.starts_with("slow"))
        {
            started.open();
            slow.wait();
        }
        --running;
        if (host == "missing.test")
        {
            return errc::name_not_resolved;
        }
        found.assign(host == "many.test" ? 500 : 1, asio::ip::make_address("192.0.2.1"));
        return {};
    }
};

struct fixture
{
    std::shared_ptr<scripted_lookup> script = std::make_shared<scripted_lookup>();
    asio::io_context io;
    std::shared_ptr<resolver> names = std::make_shared<resolver>(
        io.get_executor(),
        [s = script](const std::string& host, resolver::addresses& found) {
            return (*s)(host, found);
        }
    );
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};

    // Another one, for which other lookups are slow.
    void slow_after(resolver::clock::duration counted)
    {
        names = std::make_shared<resolver>(
            io.get_executor(),
            [s = script](const std::string& host, resolver::addresses& found) {
                return (*s)(host, found);
            },
            resolver::clock::duration::zero(),
            counted
        );
    }

    // Workers that a test left behind end, so that the next test starts with none.
    ~fixture() { script->slow.open(); }

    // Until the last worker has gone, which holds the lookup.
    void finish()
    {
        script->slow.open();
        names.reset();
        while (script.use_count() != 1)
        {
            std::this_thread::yield();
        }
    }

    template <class Condition>
    void run_until(Condition c)
    {
        while (!c())
        {
            io.run_one();
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(resolver_, fixture)

BOOST_AUTO_TEST_CASE(name_is_looked_up_and_the_handler_is_called_later)
{
    std::optional<resolver::addresses> answer;
    names->start("a.test", [&](error_code ec, const resolver::addresses& found) {
        BOOST_TEST(!ec);
        answer = found;
    });
    BOOST_TEST(!answer.has_value());
    run_until([&] { return answer.has_value(); });
    BOOST_TEST(answer->size() == 1U);
}

BOOST_AUTO_TEST_CASE(missing_name_is_an_error)
{
    error_code answer;
    names->start("missing.test", [&](error_code ec, const resolver::addresses&) { answer = ec; });
    run_until([&] { return answer.failed(); });
    BOOST_TEST((answer == errc::name_not_resolved));
}

BOOST_AUTO_TEST_CASE(addresses_of_one_answer_are_capped)
{
    std::size_t n = 0;
    names->start("many.test", [&](error_code, const resolver::addresses& found) {
        n = found.size();
    });
    run_until([&] { return n != 0; });
    BOOST_TEST(n == resolver::max_addresses);
}

BOOST_AUTO_TEST_CASE(slow_host_does_not_delay_another)
{
    bool slow_done = false;
    for (int i = 0; i != 20; ++i)
    {
        names->start("slow.test", [&](error_code, const resolver::addresses&) {
            slow_done = true;
        });
    }
    script->started.wait();
    bool done = false;
    names->start("fast.test", [&](error_code, const resolver::addresses&) { done = true; });
    run_until([&] { return done; });
    BOOST_TEST(!slow_done);
    script->slow.open();
    run_until([&] { return slow_done; });
}

BOOST_AUTO_TEST_CASE(concurrent_lookups_of_one_host_are_one_lookup)
{
    int answers = 0;
    for (int i = 0; i != 50; ++i)
    {
        names->start("slow.test", [&](error_code, const resolver::addresses&) { ++answers; });
    }
    script->slow.open();
    run_until([&] { return answers == 50; });
    BOOST_TEST(script->calls == 1);
}

BOOST_AUTO_TEST_CASE(slow_hosts_do_not_delay_another_however_many_there_are)
{
    slow_after(std::chrono::milliseconds(1));
    int slow_answers = 0;
    for (std::size_t i = 0; i != 2 * resolver::max_wanted; ++i)
    {
        names->start("slow" + std::to_string(i), [&](error_code, const resolver::addresses&) {
            ++slow_answers;
        });
    }
    bool done = false;
    names->start("fast.test", [&](error_code ec, const resolver::addresses&) { done = !ec; });
    run_until([&] { return done; });
    BOOST_TEST(slow_answers == 0);
    script->slow.open();
    run_until([&] { return slow_answers == static_cast<int>(2 * resolver::max_wanted); });
}

// Nobody can end them, so that only so many may be stuck; who comes later waits until one is not.
BOOST_AUTO_TEST_CASE(slow_lookups_have_no_more_threads_than_there_may_be)
{
    slow_after(std::chrono::nanoseconds(0));
    constexpr int beyond = 20;
    constexpr int all = static_cast<int>(resolver::max_workers) + beyond;
    int answers = 0;
    for (int i = 0; i != all; ++i)
    {
        names->start("slow" + std::to_string(i), [&](error_code, const resolver::addresses&) {
            ++answers;
        });
    }
    script->slow.open();
    run_until([&] { return answers == all; });
    BOOST_TEST(script->most <= static_cast<int>(resolver::max_workers));
}

// As after a login that was given up: the context ends although a lookup is stuck.
BOOST_AUTO_TEST_CASE(giving_up_ends_the_wait_for_a_turn)
{
    slow_after(std::chrono::hours(1));
    work.reset();
    std::vector<resolver::ticket> all;
    for (std::size_t i = 0; i != 2 * resolver::max_wanted; ++i)
    {
        all.push_back(names->start(
            "slow" + std::to_string(i),
            [](error_code, const resolver::addresses&) {
                BOOST_ERROR("a lookup that was given up has answered");
            }
        ));
    }
    for (const auto t : all)
    {
        names->abandon(t);
    }
    io.run();
    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(lookups_in_parallel_are_bounded)
{
    slow_after(std::chrono::hours(1));
    int answers = 0;
    for (int i = 0; i != 40; ++i)
    {
        names->start("slow" + std::to_string(i), [&](error_code, const resolver::addresses&) {
            ++answers;
        });
    }
    while (script->running < static_cast<int>(resolver::max_wanted))
        std::this_thread::yield();
    // If there were more threads, they would come as far as this by now.
    const auto others =
        std::make_shared<resolver>(io.get_executor(), [](const std::string&, resolver::addresses&) {
            return error_code();
        });
    for (int i = 0; i != 20; ++i)
    {
        bool done = false;
        others->start("other" + std::to_string(i), [&](error_code, const resolver::addresses&) {
            done = true;
        });
        run_until([&] { return done; });
    }
    BOOST_TEST(script->running == static_cast<int>(resolver::max_wanted));
    script->slow.open();
    run_until([&] { return answers == 40; });
    BOOST_TEST(script->most <= static_cast<int>(resolver::max_wanted));
}

BOOST_AUTO_TEST_CASE(given_up_lookups_make_room_for_others)
{
    for (int i = 0; i != 16; ++i)
    {
        const auto t =
            names->start("slow" + std::to_string(i), [](error_code, const resolver::addresses&) {
                BOOST_ERROR("a lookup that was given up has answered");
            });
        names->abandon(t);
    }
    bool done = false;
    names->start("fast.test", [&](error_code, const resolver::addresses&) { done = true; });
    run_until([&] { return done; });
    BOOST_TEST(done);
}

// Those that were given up go on, since nothing ends a lookup; only so many may.
BOOST_AUTO_TEST_CASE(given_up_lookups_have_no_more_threads_than_there_may_be)
{
    for (int i = 0; i != 100; ++i)
    {
        const std::string host = "slow" + std::to_string(i);
        names->abandon(names->start(host, [](error_code, const resolver::addresses&) {}));
    }
    finish();
    BOOST_TEST(script->calls == static_cast<int>(resolver::max_workers));
}

BOOST_AUTO_TEST_CASE(given_up_lookups_of_one_host_leave_the_threads_to_others)
{
    for (int i = 0; i != 100; ++i)
    {
        names->abandon(names->start("slow.test", [](error_code, const resolver::addresses&) {}));
    }
    finish();
    BOOST_TEST(script->calls == static_cast<int>(resolver::max_workers_per_host));
}

BOOST_AUTO_TEST_CASE(late_answer_of_a_given_up_lookup_is_dropped)
{
    const auto t = names->start("slow.test", [](error_code, const resolver::addresses&) {
        BOOST_ERROR("a lookup that was given up has answered");
    });
    script->started.wait();
    names->abandon(t);
    script->slow.open();
    bool done = false;
    names->start("fast.test", [&](error_code, const resolver::addresses&) { done = true; });
    run_until([&] { return done; });
    io.poll();
}

BOOST_AUTO_TEST_CASE(one_of_several_waiting_can_give_up)
{
    bool done = false;
    const auto t = names->start("slow.test", [](error_code, const resolver::addresses&) {
        BOOST_ERROR("a lookup that was given up has answered");
    });
    names->start("slow.test", [&](error_code, const resolver::addresses&) { done = true; });
    script->started.wait();
    names->abandon(t);
    script->slow.open();
    run_until([&] { return done; });
    BOOST_TEST(script->calls == 1);
}

BOOST_AUTO_TEST_CASE(handler_may_give_up_another_that_is_answered_with_it)
{
    resolver::ticket second = 0;
    bool done = false;
    names->start("slow.test", [&](error_code, const resolver::addresses&) {
        done = true;
        names->abandon(second);
    });
    second = names->start("slow.test", [](error_code, const resolver::addresses&) {
        BOOST_ERROR("a lookup that was given up has answered");
    });
    script->slow.open();
    run_until([&] { return done; });
    io.poll();
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(destruction_does_not_wait_for_a_lookup)
{
    names->start("slow.test", [](error_code, const resolver::addresses&) {
        BOOST_ERROR("a lookup of a destroyed resolver has answered");
    });
    script->started.wait();
    names.reset();
    BOOST_TEST(script->running == 1); // it is still stuck
    script->slow.open();
    io.poll();
}

BOOST_AUTO_TEST_CASE(throwing_lookup_is_a_failed_lookup)
{
    const auto throwing = std::make_shared<resolver>(
        io.get_executor(),
        [](const std::string&, resolver::addresses&) -> error_code { throw std::bad_alloc(); }
    );
    error_code answer;
    throwing->start("a.test", [&](error_code ec, const resolver::addresses&) { answer = ec; });
    run_until([&] { return answer.failed(); });
    BOOST_TEST((answer == errc::name_not_resolved));
}

BOOST_AUTO_TEST_SUITE_END()

struct remembering_fixture : fixture
{
    void remember_for(std::chrono::steady_clock::duration d)
    {
        names = std::make_shared<resolver>(
            io.get_executor(),
            [s = script](const std::string& host, resolver::addresses& found) {
                return (*s)(host, found);
            },
            d
        );
    }

    std::size_t ask(const std::string& host)
    {
        std::optional<std::size_t> found;
        names->start(host, [&](error_code, const resolver::addresses& a) { found = a.size(); });
        BOOST_TEST(!found.has_value()); // never inside
        run_until([&] { return found.has_value(); });
        return *found;
    }
};

BOOST_FIXTURE_TEST_SUITE(resolver_that_remembers, remembering_fixture)

BOOST_AUTO_TEST_CASE(answer_is_given_again_without_a_lookup)
{
    remember_for(std::chrono::hours(1));
    BOOST_TEST(ask("a.test") == 1U);
    BOOST_TEST(ask("a.test") == 1U);
    BOOST_TEST(ask("b.test") == 1U);
    BOOST_TEST(script->calls == 2);
}

BOOST_AUTO_TEST_CASE(answer_that_is_forgotten_or_too_old_is_asked_for_again)
{
    remember_for(std::chrono::hours(1));
    ask("a.test");
    names->forget("a.test");
    ask("a.test");
    BOOST_TEST(script->calls == 2);
    remember_for(std::chrono::nanoseconds(1));
    ask("a.test");
    ask("a.test");
    BOOST_TEST(script->calls == 4);
}

BOOST_AUTO_TEST_CASE(failure_is_not_remembered)
{
    remember_for(std::chrono::hours(1));
    ask("missing.test");
    ask("missing.test");
    BOOST_TEST(script->calls == 2);
}

BOOST_AUTO_TEST_CASE(answer_from_memory_can_be_given_up)
{
    remember_for(std::chrono::hours(1));
    ask("a.test");
    const auto t = names->start("a.test", [](error_code, const resolver::addresses&) {
        BOOST_ERROR("a lookup that was given up has answered");
    });
    names->abandon(t);
    ask("a.test");
}

BOOST_AUTO_TEST_CASE(so_many_hosts_are_remembered_and_no_more)
{
    remember_for(std::chrono::hours(1));
    const auto host = [](std::size_t i) { return "h" + std::to_string(i) + ".test"; };
    for (std::size_t i = 0; i != resolver::max_remembered + 1; ++i)
    {
        ask(host(i));
    }
    const int before = script->calls;
    ask(host(0));
    BOOST_TEST(script->calls == before);
    ask(host(resolver::max_remembered));
    BOOST_TEST(script->calls == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resolver_lifetime)

BOOST_AUTO_TEST_CASE(context_may_go_before_a_late_answer)
{
    const auto script = std::make_shared<scripted_lookup>();
    {
        std::shared_ptr<resolver> names;
        asio::io_context io;
        names = std::make_shared<resolver>(
            asio::make_strand(io),
            [script](const std::string& host, resolver::addresses& found) {
                return (*script)(host, found);
            }
        );
        names->start("slow.test", [](error_code, const resolver::addresses&) {
            BOOST_ERROR("a lookup of a destroyed context has answered");
        });
        script->started.wait();
        // Owned by a handler of the context, as it is in a program whose coroutine owns its client.
        asio::post(io, [n = std::move(names)] {});
    }
    BOOST_TEST(script->running == 1);
    script->slow.open();
}

BOOST_AUTO_TEST_CASE(system_lookup_knows_localhost_and_not_nonsense)
{
    resolver::addresses found;
    BOOST_TEST(!resolver::system_lookup("localhost", found).failed());
    BOOST_REQUIRE(!found.empty());
    BOOST_TEST(found.front().is_loopback());
    found.clear();
    BOOST_TEST((resolver::system_lookup("no-such-name.invalid", found) == errc::name_not_resolved));
}

BOOST_AUTO_TEST_CASE(system_lookup_takes_addresses_of_both_families_as_they_are)
{
    for (const auto* const text : {"192.0.2.7", "127.0.0.1", "2001:db8::7", "::1"})
    {
        resolver::addresses found;
        BOOST_TEST(!resolver::system_lookup(text, found).failed(), text);
        BOOST_REQUIRE_MESSAGE(!found.empty(), text);
        for (const auto& a : found)
            BOOST_TEST((a == asio::ip::make_address(text)), a);
    }
}

BOOST_AUTO_TEST_CASE(system_lookup_finds_no_more_than_are_kept)
{
    // What is there already counts.
    resolver::addresses found(resolver::max_addresses, asio::ip::make_address("192.0.2.1"));
    BOOST_TEST(!resolver::system_lookup("192.0.2.7", found).failed());
    BOOST_TEST(found.size() == resolver::max_addresses);
    BOOST_TEST((found.back() == asio::ip::make_address("192.0.2.1")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
