// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/entropy.hpp"

#include "support/no_randomness.hpp"

#include <asioauth/protocol/pkce.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(entropy)

namespace {

random_octets next()
{
    return system_entropy().value();
}

// What a process draws that is forked now.
random_octets drawn_by_a_child()
{
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    const auto child = ::fork();
    if (child == 0)
    {
        const auto drawn = system_entropy();
        const bool told = drawn
            && ::write(ends[1], drawn->data(), drawn->size())
                == static_cast<ssize_t>(drawn->size());
        ::_exit(told ? 0 : 1);
    }
    random_octets out{};
    BOOST_TEST(::close(ends[1]) == 0);
    BOOST_TEST(::read(ends[0], out.data(), out.size()) == static_cast<ssize_t>(out.size()));
    BOOST_TEST(::close(ends[0]) == 0);
    int status = -1;
    BOOST_TEST(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
    return out;
}

// Asked for when the thread's other things are gone.
class late
{
public:
    late(const late&) = delete;
    late& operator=(const late&) = delete;
    explicit late(bool& good) : good_(good) {}
    ~late() { good_ = system_entropy().has_value(); }

private:
    bool& good_;
};

} // namespace

BOOST_AUTO_TEST_CASE(forked_process_has_values_of_its_own)
{
    // However many have been drawn before.
    for (int before = 0; before != 40; ++before)
    {
        std::set<random_octets> ours{next()};
        const auto theirs = drawn_by_a_child();
        const auto others = drawn_by_a_child();
        for (int i = 0; i != 70; ++i)
            ours.insert(next());
        BOOST_TEST(ours.size() == 71U);
        BOOST_TEST(!ours.contains(theirs));
        BOOST_TEST(!ours.contains(others));
        BOOST_TEST((theirs != others));
    }
}

BOOST_AUTO_TEST_CASE(threads_have_different_values)
{
    std::array<std::set<random_octets>, 4> drawn;
    std::array<std::thread, 4> threads;
    for (std::size_t i = 0; i != threads.size(); ++i)
    {
        threads[i] = std::thread([&all = drawn[i]] {
            for (int n = 0; n != 1000; ++n)
                all.insert(next());
        });
    }
    std::set<random_octets> all;
    for (std::size_t i = 0; i != threads.size(); ++i)
    {
        threads[i].join();
        all.insert(drawn[i].begin(), drawn[i].end());
    }
    BOOST_TEST(all.size() == 4000U);
}

BOOST_AUTO_TEST_CASE(thread_may_ask_to_its_end)
{
    bool good = false;
    std::thread([&good] {
        thread_local const late last(good);
        static_cast<void>(last);
        static_cast<void>(next());
    }).join();
    BOOST_TEST(good);
}

BOOST_AUTO_TEST_CASE(without_randomness_there_is_a_failure_and_later_none)
{
    {
        const test::no_randomness none;
        for (int i = 0; i != 3; ++i)
        {
            const auto drawn = system_entropy();
            BOOST_REQUIRE(!drawn.has_value());
            BOOST_TEST((drawn.error().code() == errc::entropy_unavailable));
        }
    }
    std::set<random_octets> all;
    for (int i = 0; i != 100; ++i)
        all.insert(next());
    BOOST_TEST(all.size() == 100U);
    BOOST_TEST(!all.contains(random_octets()));
}

BOOST_AUTO_TEST_CASE(values_that_were_dropped_do_not_come)
{
    std::set<random_octets> all;
    for (int i = 0; i != 100; ++i)
    {
        all.insert(next());
        detail::drop_entropy();
        detail::drop_entropy();
    }
    BOOST_TEST(all.size() == 100U);
    BOOST_TEST(!all.contains(random_octets()));
}

BOOST_AUTO_TEST_SUITE_END()
