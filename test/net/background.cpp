// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What is done beside the event loop: in order, one at a time, and not for longer than the context
// lives.

#include "transport/background.hpp"

#include "support/loopback_server.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace asioauth {
namespace {

namespace asio = boost::asio;
using detail::background;
using testing::gate;

// One that can be shut down while it is still there, as happens to its services.
class own_context : public asio::execution_context
{
public:
    using asio::execution_context::shutdown;
};

BOOST_AUTO_TEST_SUITE(background_)

BOOST_AUTO_TEST_CASE(work_is_done_in_order_on_a_thread_of_its_own)
{
    asio::io_context io;
    background& subject = background::of(io.get_executor());
    BOOST_TEST(&subject == &background::of(io.get_executor()));
    std::string order; // touched by one thread at a time: ThreadSanitizer would say so
    std::thread::id where;
    gate done;
    for (const char c : {'a', 'b', 'c'})
        subject.run([&order, c] { order += c; });
    subject.run([&] {
        where = std::this_thread::get_id();
        done.open();
    });
    done.wait();
    BOOST_TEST(order == "abc");
    BOOST_TEST((where != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(there_is_a_thread_again_after_there_was_nothing_to_do)
{
    asio::io_context io;
    background& subject = background::of(io.get_executor());
    int count = 0;
    for (int i = 0; i != 100; ++i)
    {
        gate done;
        subject.run([&] {
            ++count;
            done.open();
        });
        done.wait();
    }
    BOOST_TEST(count == 100);
}

BOOST_AUTO_TEST_CASE(work_that_throws_does_not_hold_up_the_next)
{
    asio::io_context io;
    background& subject = background::of(io.get_executor());
    gate done;
    subject.run([] { throw std::runtime_error("mine"); });
    subject.run([] { throw 7; });
    subject.run([&] { done.open(); });
    done.wait();
}

BOOST_AUTO_TEST_CASE(context_that_goes_waits_for_what_is_under_way_and_drops_the_rest)
{
    std::atomic<bool> has_ended = false;
    std::atomic<bool> came_later = false;
    const auto held = std::make_shared<int>();
    {
        asio::io_context io;
        background& subject = background::of(io.get_executor());
        gate begun;
        subject.run([&] {
            begun.open();
            // What comes once the context goes is dropped, which is how that is seen from here.
            for (bool is_going = false; !is_going; std::this_thread::yield())
            {
                const auto probe = std::make_shared<int>();
                subject.run([probe] {});
                is_going = probe.use_count() == 1;
            }
            has_ended = true;
        });
        begun.wait();
        subject.run([&, held] { came_later = true; });
    }
    BOOST_TEST(has_ended.load());
    BOOST_TEST(!came_later.load());
    BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(work_that_comes_too_late_is_dropped)
{
    own_context context;
    auto& subject = asio::use_service<background>(context);
    context.shutdown();
    const auto held = std::make_shared<int>();
    bool came = false;
    subject.run([&came, held] { came = true; });
    BOOST_TEST(!came);
    BOOST_TEST(held.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
