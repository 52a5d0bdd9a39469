// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Flows at one place go on together, everybody has a turn, and nobody is lost.

#include "flow/ready_flows.hpp"

#include "net/moody_executor.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace asioauth {
namespace {

namespace asio = boost::asio;
using detail::home_executor;
using detail::ready_flows;

class flow_like : public ready_flows::member
{
public:
    explicit flow_like(std::function<void()> f) : then_(std::move(f)) {}

    void take_turn() override { then_(); }

private:
    std::function<void()> then_;
};

class fixture
{
public:
    std::shared_ptr<flow_like> flow(const std::string& name)
    {
        return std::make_shared<flow_like>([this, name] { said += name + " "; });
    }

    asio::io_context io{1};
    home_executor home = home_executor::serial(io.get_executor());
    std::shared_ptr<ready_flows> subject = std::make_shared<ready_flows>(home);
    std::string said;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ready_flows_of_a_client, fixture)

BOOST_AUTO_TEST_CASE(those_at_one_place_go_on_together)
{
    home.execute([this] {
        for (const char* n : {"1", "2", "3"})
        {
            BOOST_TEST(subject->add(flow(std::string("probe") + n), stage::probe));
            BOOST_TEST(subject->add(flow(std::string("token") + n), stage::token));
        }
        BOOST_TEST(said.empty()); // never within the call
    });
    io.run();
    BOOST_TEST(said == "probe1 probe2 probe3 token1 token2 token3 ");
}

BOOST_AUTO_TEST_CASE(what_they_send_goes_out_before_those_at_the_next_place_have_their_turn)
{
    const auto sending = std::make_shared<flow_like>([this] { said += "sends "; });
    const auto asks = std::make_shared<flow_like>([&] {
        said += "asks ";
        BOOST_TEST(subject->add(sending, stage::none));
    });
    home.execute([&] {
        BOOST_TEST(subject->add(asks, stage::probe));
        BOOST_TEST(subject->add(flow("probe"), stage::probe));
        BOOST_TEST(subject->add(flow("token"), stage::token));
    });
    io.run();
    BOOST_TEST(said == "asks probe sends token ");
}

BOOST_AUTO_TEST_CASE(whoever_waits_already_has_one_turn)
{
    const auto one = flow("one");
    home.execute([&] {
        BOOST_TEST(subject->add(one, stage::token));
        BOOST_TEST(subject->add(one, stage::none));
        BOOST_TEST(subject->add(one, stage::token));
    });
    io.run();
    BOOST_TEST(said == "one ");
    BOOST_TEST(one.use_count() == 1);
    home.execute([&] { BOOST_TEST(subject->add(one, stage::probe)); });
    io.restart();
    io.run();
    BOOST_TEST(said == "one one ");
}

BOOST_AUTO_TEST_CASE(what_the_context_has_ready_goes_first)
{
    // Two answers that have come by now: the flow of the first waits for that of the second.
    asio::post(io, [this] {
        home.execute([this] { BOOST_TEST(subject->add(flow("a"), stage::token)); });
    });
    asio::post(io, [this] {
        home.execute([this] { BOOST_TEST(subject->add(flow("b"), stage::probe)); });
        said += "come ";
    });
    io.run();
    BOOST_TEST(said == "come b a ");
}

BOOST_AUTO_TEST_CASE(others_of_the_context_have_their_turn_between_many)
{
    int done = 0;
    int done_then = 0;
    home.execute([&] {
        for (int i = 0; i != 1000; ++i)
        {
            const auto f = std::make_shared<flow_like>([&] { ++done; });
            BOOST_TEST(subject->add(f, i % 2 == 0 ? stage::probe : stage::token));
        }
        asio::post(io, [&] { done_then = done; });
    });
    io.run();
    BOOST_TEST(done == 1000);
    BOOST_TEST(done_then > 0);
    BOOST_TEST(done_then <= 32);
}

BOOST_AUTO_TEST_CASE(nobody_is_kept_waiting_by_those_at_another_place)
{
    // Probes that never end, 40 at once.
    int probes = 0;
    std::function<void()> again = [&] {
        if (++probes < 10'000 && said.empty())
            BOOST_TEST(subject->add(std::make_shared<flow_like>(again), stage::probe));
    };
    home.execute([&] {
        for (int i = 0; i != 40; ++i)
            BOOST_TEST(subject->add(std::make_shared<flow_like>(again), stage::probe));
        BOOST_TEST(subject->add(flow("token"), stage::token));
    });
    io.run();
    BOOST_TEST(said == "token ");
    BOOST_TEST(probes < 200);
}

BOOST_AUTO_TEST_CASE(one_that_throws_takes_no_turn_from_the_others)
{
    home.execute([&] {
        const auto bad = std::make_shared<flow_like>([] { throw std::runtime_error("as it is"); });
        BOOST_TEST(subject->add(bad, stage::probe));
        BOOST_TEST(subject->add(flow("good"), stage::probe));
        BOOST_TEST(subject->add(flow("late"), stage::none));
    });
    BOOST_CHECK_THROW(io.run(), std::runtime_error);
    io.run();
    BOOST_TEST(said == "late good ");
}

BOOST_AUTO_TEST_CASE(where_nobody_can_be_asked_for_a_turn_it_is_said)
{
    for (const auto how : {testing::mood::has_no_memory, testing::mood::drops})
    {
        const testing::moody_executor unwilling(io, how);
        const auto other = std::make_shared<ready_flows>(home_executor::serial(unwilling));
        const auto one = flow("one");
        BOOST_TEST(!other->add(one, stage::probe));
        BOOST_TEST(!other->add(one, stage::probe)); // it does not wait
        BOOST_TEST(one.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(those_who_wait_go_on_at_once_if_nobody_can_be_asked_any_more)
{
    auto how = testing::mood::takes;
    const auto there = home_executor::serial(testing::moody_executor(io, how));
    const auto other = std::make_shared<ready_flows>(there);
    there.execute([&] {
        BOOST_TEST(other->add(flow("a"), stage::probe));
        BOOST_TEST(other->add(flow("b"), stage::token));
        BOOST_TEST(other->add(flow("c"), stage::resource));
    });
    BOOST_TEST(io.run_one() == 1U);
    BOOST_TEST(io.run_one() == 1U);
    how = testing::mood::has_no_memory;
    io.run();
    BOOST_TEST(said == "a b c ");
}

BOOST_AUTO_TEST_CASE(while_another_thread_is_at_home_their_turn_waits)
{
    asio::io_context many;
    const auto there = home_executor::serial(many.get_executor());
    const auto other = std::make_shared<ready_flows>(there);
    for (int again = 0; again != 3; ++again)
    {
        said.clear();
        there.execute([&] {
            BOOST_TEST(other->add(flow("one"), stage::probe));
            std::thread([&] { many.run_one(); }).join(); // the turn comes, and we are here
            BOOST_TEST(said.empty());
            BOOST_TEST(other->add(flow("two"), stage::token));
            detail::post_kept(there, [this] { said += "behind "; });
        });
        many.run();
        many.restart();
        BOOST_TEST(said == "one behind two ");
    }
}

BOOST_AUTO_TEST_CASE(who_waits_goes_with_the_context)
{
    const auto one = flow("one");
    {
        asio::io_context gone(1);
        const auto there = home_executor::serial(gone.get_executor());
        subject = std::make_shared<ready_flows>(there);
        there.execute([&] { BOOST_TEST(subject->add(one, stage::probe)); });
        gone.run_one(); // as far as to wait
        BOOST_TEST(one.use_count() == 2);
        home = home_executor();
    }
    BOOST_TEST(one.use_count() == 1);
    subject->abandon();
    BOOST_TEST(!subject->add(one, stage::probe));
    BOOST_TEST(said.empty());
}

BOOST_AUTO_TEST_CASE(an_executor_that_takes_nothing_any_more_keeps_nobody_waiting)
{
    asio::thread_pool pool(1);
    const auto there = home_executor::serial(pool.get_executor());
    const auto other = std::make_shared<ready_flows>(there);
    pool.stop();
    pool.join();
    const auto one = flow("one");
    (void)other->add(one, stage::probe);
    other->abandon();
    BOOST_TEST(one.use_count() == 1);
    BOOST_TEST(said.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asioauth
