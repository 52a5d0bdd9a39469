// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/pool.hpp"

#include "net/http_client_fixture.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace asioauth {
namespace {

using namespace testing;
using detail::pool;
using detail::pool_key;

struct pool_fixture
{
    void make(std::size_t per_origin, std::size_t total, std::size_t queued = 100)
    {
        subject = std::make_shared<pool>(
            pool::settings{per_origin, total, 10, queued, std::chrono::hours(1)},
            std::make_shared<detail::transport_counts>()
        );
    }

    class named_waiter final : public pool::waiter
    {
    public:
        named_waiter(std::string name, std::string& order) : name_(std::move(name)), order_(order)
        {}
        void granted(pool::lease l) override
        {
            order_ += name_ + " ";
            held = std::move(l);
        }

        pool::lease held;

    private:
        const std::string name_;
        std::string& order_;
    };

    static pool_key key(const std::string& host)
    {
        return {url::parse("https://" + host).value(), address_policy(), tls_identity()};
    }

    // The host is the first letter.
    named_waiter& ask(const std::string& name)
    {
        auto& w = waiters.emplace_back(name, order);
        auto l = subject->acquire(key(name.substr(0, 1) + ".test"), w);
        BOOST_REQUIRE(l.has_value());
        if (*l)
        {
            w.granted(std::move(**l));
        }
        return w;
    }

    std::shared_ptr<pool> subject;
    std::string order;
    std::list<named_waiter> waiters;
};

BOOST_FIXTURE_TEST_SUITE(pool_, pool_fixture)

BOOST_AUTO_TEST_CASE(origins_that_wait_for_the_total_take_turns)
{
    make(10, 1);
    auto* holder = &ask("a1");
    ask("a2");
    ask("a3");
    ask("b1");
    ask("c1");
    ask("b2");
    BOOST_TEST(order == "a1 ");
    for (auto& w : waiters)
    {
        (void)w;
        for (auto& h : waiters)
        {
            if (h.held)
            {
                holder = &h;
            }
        }
        holder->held.reset();
    }
    BOOST_TEST(order == "a1 a2 b1 c1 a3 b2 ");
}

BOOST_AUTO_TEST_CASE(limit_of_an_origin_holds_within_the_total)
{
    make(1, 3);
    auto& a = ask("a1");
    ask("a2");
    ask("b1");
    BOOST_TEST(order == "a1 b1 ");
    a.held.reset();
    BOOST_TEST(order == "a1 b1 a2 ");
}

BOOST_AUTO_TEST_CASE(one_that_waits_no_longer_loses_its_turn_and_holds_nobody_up)
{
    make(10, 1);
    auto& a = ask("a1");
    auto& b = ask("b1");
    ask("c1");
    subject->withdraw(b);
    a.held.reset();
    BOOST_TEST(order == "a1 c1 ");
}

BOOST_AUTO_TEST_CASE(origin_whose_last_waiter_has_gone_can_be_forgotten)
{
    make(10, 1);
    auto& a = ask("a1");
    subject->withdraw(ask("b1"));
    a.held.reset();
    ask("b2");
    ask("a2");
    BOOST_TEST(order == "a1 b2 ");
}

BOOST_AUTO_TEST_CASE(queue_that_is_full_is_refused_where_the_total_is_used_up_too)
{
    make(10, 1, 1);
    ask("a1");
    ask("b1");
    named_waiter late("b2", order);
    const auto l = subject->acquire(key("b.test"), late);
    BOOST_TEST((l.error().code() == errc::too_many_requests_queued));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(pool_of_a_client, http_client_fixture)

BOOST_AUTO_TEST_CASE(unused_connection_makes_room_for_another_origin)
{
    loopback_server one(answer_all);
    loopback_server two(answer_all);
    settings.connections(1);
    for (int i = 0; i != 3; ++i)
    {
        BOOST_TEST(get(one.url()).body() == "ok");
        BOOST_TEST(get(two.url()).body() == "ok");
        BOOST_TEST(client().connections().idle_count() == 1U);
    }
    BOOST_TEST(one.accepted() == 3U);
}

BOOST_AUTO_TEST_CASE(many_origins_are_all_served_with_few_connections)
{
    std::list<loopback_server> servers;
    for (int i = 0; i != 5; ++i)
    {
        servers.emplace_back(answer_all);
    }
    settings.connections(2);
    std::list<std::shared_ptr<outcome>> all;
    for (int i = 0; i != 10; ++i)
    {
        for (const auto& s : servers)
        {
            all.push_back(start(request(s.url())));
        }
    }
    run();
    for (const auto& o : all)
    {
        BOOST_TEST(o->body() == "ok");
    }
    BOOST_TEST(client().connections().idle_count() <= 2U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
