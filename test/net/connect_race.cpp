// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connect_race.hpp"

#include "net/refusing_port.hpp"
#include "net/silent_listener.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace std::chrono_literals;
using detail::connect_race;
namespace asio = boost::asio;
using asio::ip::tcp;

const asio::ip::address here = asio::ip::address_v4::loopback();

struct race_fixture
{
    tcp::endpoint answering()
    {
        auto& a = acceptors.emplace_back(io, tcp::endpoint(here, 0));
        return a.local_endpoint();
    }

    tcp::endpoint refusing() { return taken.emplace_back().at(); }

    tcp::endpoint silent() { return all_mute.emplace_back(io).at(); }

    void start(std::vector<tcp::endpoint> peers, std::chrono::milliseconds delay)
    {
        connect_race::settings s;
        s.delay = delay;
        s.may_connect = [this](const tcp::endpoint& peer) {
            tried.push_back(peer);
            return peer != forbidden;
        };
        subject = std::make_shared<connect_race>(io.get_executor(), std::move(peers), std::move(s));
        subject->start([this](error_code e, const connect_race::connection_ptr& c, const auto& at) {
            ++calls;
            ec = e;
            won = c;
            to = at;
        });
    }

    asio::io_context io;
    std::list<tcp::acceptor> acceptors;
    std::list<testing::refusing_port> taken;
    std::list<testing::silent_listener> all_mute;
    std::shared_ptr<connect_race> subject;
    std::vector<tcp::endpoint> tried;
    tcp::endpoint forbidden;
    int calls = 0;
    error_code ec;
    connect_race::connection_ptr won;
    tcp::endpoint to;
};

BOOST_FIXTURE_TEST_SUITE(connect_race_, race_fixture)

BOOST_AUTO_TEST_CASE(first_that_answers_at_once_is_the_only_one_tried)
{
    const auto good = answering();
    start({good, refusing(), silent()}, 1h);
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(!ec);
    BOOST_TEST((to == good));
    BOOST_TEST(won->socket().is_open());
    BOOST_TEST(tried.size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_that_refuses_is_followed_by_the_next_without_a_wait)
{
    const auto good = answering();
    start({refusing(), refusing(), good}, 1h);
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST((to == good));
    BOOST_TEST(tried.size() == 3U);
}

BOOST_AUTO_TEST_CASE(one_that_swallows_packets_costs_the_delay_alone_and_is_closed_afterwards)
{
    const auto good = answering();
    start({silent(), silent(), good}, 1ms);
    io.run(); // ends, so that nothing is under way any more
    BOOST_TEST(calls == 1);
    BOOST_TEST(!ec);
    BOOST_TEST((to == good));
}

BOOST_AUTO_TEST_CASE(failure_while_another_is_under_way_is_not_the_end)
{
    const auto mute = silent();
    start({mute, refusing()}, 1ms);
    io.restart();
    while (tried.size() != 2 && io.run_one() != 0)
    {}
    for (int i = 0; i != 3; ++i)
    {
        io.poll();
    }
    BOOST_TEST(calls == 0);
    subject->cancel();
    io.restart();
    io.run();
    BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(all_that_refuse_make_one_failure)
{
    start({refusing(), refusing()}, 1h);
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(ec);
    BOOST_TEST(won == nullptr);
}

BOOST_AUTO_TEST_CASE(blocked_address_is_not_connected_to_and_ends_the_race)
{
    forbidden = answering();
    start({refusing(), forbidden, answering()}, 1h);
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST((ec == errc::address_blocked));
    BOOST_TEST(tried.size() == 2U);
    acceptors.front().non_blocking(true);
    error_code none;
    acceptors.front().accept(none);
    BOOST_TEST(none == asio::error::would_block);
}

BOOST_AUTO_TEST_CASE(nobody_is_called_after_cancel)
{
    start({answering()}, 1h);
    subject->cancel();
    io.run();
    BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(families_take_turns_beginning_with_the_first)
{
    const auto order = [](std::vector<std::string> texts) {
        std::vector<asio::ip::address> found;
        for (const auto& t : texts)
        {
            found.push_back(asio::ip::make_address(t));
        }
        std::string out;
        for (const auto& a : connect_race::in_turn(found))
        {
            out += (out.empty() ? "" : " ") + a.to_string();
        }
        return out;
    };
    BOOST_TEST(order({}) == "");
    BOOST_TEST(order({"::1", "::2", "::3", "1.1.1.1"}) == "::1 1.1.1.1 ::2 ::3");
    BOOST_TEST(order({"1.1.1.1", "::1", "::2", "::3"}) == "1.1.1.1 ::1 ::2 ::3");
    BOOST_TEST(order({"1.1.1.1", "2.2.2.2", "::1", "::2"}) == "1.1.1.1 ::1 2.2.2.2 ::2");
    BOOST_TEST(order({"1.1.1.1", "2.2.2.2"}) == "1.1.1.1 2.2.2.2");
}

BOOST_AUTO_TEST_CASE(without_a_rule_every_address_may_be_connected_to)
{
    const auto good = answering();
    subject = std::make_shared<connect_race>(
        io.get_executor(), std::vector<tcp::endpoint>{refusing(), good}, connect_race::settings()
    );
    subject->start([this](error_code e, const connect_race::connection_ptr& c, const auto& at) {
        ++calls;
        ec = e;
        won = c;
        to = at;
    });
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(!ec);
    BOOST_TEST((to == good));
}

BOOST_AUTO_TEST_CASE(families_of_addresses_take_turns_with_that_of_the_first_in_front)
{
    const auto turns = [](std::initializer_list<const char*> all) {
        std::vector<asio::ip::address> found;
        for (const auto* const text : all)
            found.push_back(asio::ip::make_address(text));
        std::string out;
        for (const auto& a : connect_race::in_turn(found))
            out += a.to_string() + ' ';
        return out;
    };
    BOOST_TEST(turns({}).empty());
    BOOST_TEST(turns({"::1"}) == "::1 ");
    BOOST_TEST(turns({"::1", "::2", "10.0.0.1", "10.0.0.2"}) == "::1 10.0.0.1 ::2 10.0.0.2 ");
    BOOST_TEST(turns({"10.0.0.1", "::1", "::2", "::3"}) == "10.0.0.1 ::1 ::2 ::3 ");
    BOOST_TEST(
        turns({"10.0.0.1", "10.0.0.2", "10.0.0.3", "::1"}) == "10.0.0.1 ::1 10.0.0.2 10.0.0.3 "
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
