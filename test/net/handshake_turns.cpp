// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/handshake_turns.hpp"

#include "net/http_client_fixture.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using detail::handshake_turns;

struct turns_fixture
{
    void make(std::size_t at_once, handshake_turns::clock::duration counted)
    {
        subject = std::make_shared<handshake_turns>(
            io.get_executor(), handshake_turns::settings{at_once, counted}
        );
    }

    handshake_turns::ticket enter(int name)
    {
        const auto before = begun;
        const auto t = subject->enter([this, name] { begun.push_back(name); });
        BOOST_TEST(begun == before); // never inside
        return t;
    }

    void poll()
    {
        io.restart();
        io.poll();
    }

    boost::asio::io_context io;
    std::shared_ptr<handshake_turns> subject;
    std::vector<int> begun;
};

BOOST_FIXTURE_TEST_SUITE(handshake_turns_, turns_fixture)

BOOST_AUTO_TEST_CASE(so_many_begin_and_each_that_leaves_lets_in_who_waits_longest)
{
    make(2, 1h);
    std::vector<handshake_turns::ticket> tickets;
    for (const int name : {1, 2, 3, 4, 5})
    {
        tickets.push_back(enter(name));
    }
    poll();
    BOOST_TEST((begun == std::vector{1, 2}));
    subject->leave(tickets[1]);
    poll();
    BOOST_TEST((begun == std::vector{1, 2, 3}));
    subject->leave(tickets[1]); // a second time
    subject->leave(tickets[3]); // did not come to it
    subject->leave(tickets[0]);
    poll();
    BOOST_TEST((begun == std::vector{1, 2, 3, 5}));
}

BOOST_AUTO_TEST_CASE(one_that_leaves_before_it_is_called_is_not_called)
{
    make(1, 1h);
    const auto first = enter(1);
    enter(2);
    subject->leave(first);
    poll();
    BOOST_TEST((begun == std::vector{2}));
}

BOOST_AUTO_TEST_CASE(slow_ones_do_not_hold_up_others_for_ever)
{
    make(1, 0s);
    for (const int name : {1, 2, 3})
    {
        enter(name);
    }
    io.run();
    BOOST_TEST((begun == std::vector{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(nothing_keeps_the_context_running_when_nobody_waits)
{
    make(1, 1h);
    enter(1);
    const auto waits = enter(2);
    poll();
    subject->leave(waits);
    io.restart();
    io.run(); // returns
    BOOST_TEST((begun == std::vector{1}));
}

BOOST_AUTO_TEST_CASE(nobody_is_called_after_the_end)
{
    make(1, 0s);
    enter(1);
    enter(2);
    subject.reset();
    io.run();
    BOOST_TEST(begun.empty());
}

BOOST_AUTO_TEST_SUITE_END()

struct client_fixture : http_client_fixture
{
    // The server's side of a connection is there before the client's; one round more is for that.
    void poll_until_accepted(const loopback_server& server, std::size_t connections)
    {
        io.restart();
        while (server.accepted() != connections)
        {
            io.poll();
        }
        io.poll();
    }
};

BOOST_FIXTURE_TEST_SUITE(handshake_turns_of_a_client, client_fixture)

BOOST_AUTO_TEST_CASE(no_more_are_begun_than_may_be_under_way)
{
    hooks.handshakes = {2, 1h};
    std::atomic<int> hellos = 0;
    {
        loopback_server silent([&](peer& p) { hellos += p.read_to_end().empty() ? 0 : 1; });
        const auto there = "https://127.0.0.1:" + std::to_string(silent.port()) + "/";
        for (int i = 0; i != 5; ++i)
        {
            start(request(there));
        }
        poll_until_accepted(silent, 5);
        client().close();
        run();
    }
    BOOST_TEST(hellos == 2);
}

BOOST_AUTO_TEST_CASE(all_are_done_in_the_end)
{
    hooks.handshakes = {2, 1h};
    loopback_server server(test_pki::get().good(), answer_all);
    std::vector<std::shared_ptr<outcome>> all;
    for (int i = 0; i != 10; ++i)
    {
        all.push_back(start(request(server.url())));
    }
    run();
    for (const auto& one : all)
    {
        BOOST_TEST(one->body() == "ok");
    }
}

BOOST_AUTO_TEST_CASE(one_that_fails_or_is_given_up_lets_the_next_one_begin)
{
    hooks.handshakes = {1, 1h};
    loopback_server silent([](peer& p) { p.read_to_end(); });
    loopback_server server(test_pki::get().good(), answer_all);
    loopback_server strange(make_identity(test_pki::good_options()), answer_all);
    const auto there = "https://127.0.0.1:" + std::to_string(silent.port()) + "/";
    boost::asio::cancellation_signal first;
    boost::asio::cancellation_signal second;
    const auto stuck = start(request(there), first.slot());
    poll_until_accepted(silent, 1);
    const auto waits = start(request(there), second.slot());
    const auto fails = start(request(strange.url()));
    const auto last = start(request(server.url()));
    poll_until_accepted(silent, 2);
    BOOST_TEST(fails->calls + last->calls == 0);
    second.emit(boost::asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(waits->calls == 1);
    BOOST_TEST(fails->calls + last->calls == 0);
    first.emit(boost::asio::cancellation_type::terminal);
    run();
    BOOST_TEST((stuck->code() == operation_aborted()));
    BOOST_TEST((fails->code() == errc::tls_certificate_untrusted));
    BOOST_TEST(last->body() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
