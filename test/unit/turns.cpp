// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/turns.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <new>
#include <string>

BOOST_AUTO_TEST_SUITE(turns)

namespace {

using asioauth::detail::turns;

class waiter final : public turns::waiter
{
public:
    void its_turn() override
    {
        if (has_no_memory)
            throw std::bad_alloc();
        ++told;
    }

    bool has_no_memory = false;
    int told = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(so_many_have_a_place_and_the_others_wait_in_order)
{
    turns all;
    auto& line = all.line_of("a");
    BOOST_TEST(turns::take_at_once(line, 2));
    BOOST_TEST(turns::take_at_once(all.line_of("a"), 2));
    BOOST_TEST(!turns::take_at_once(line, 2));
    std::array<waiter, 3> w;
    for (auto& one : w)
        turns::wait(line, one);
    BOOST_TEST(line.waiting() == 3u);
    // Who comes later does not go first, however many may have a place.
    BOOST_TEST(!turns::take_at_once(line, 10));
    for (std::size_t i = 0; i != 3; ++i)
    {
        all.give(line);
        for (std::size_t k = 0; k != 3; ++k)
            BOOST_TEST(w[k].told == (k <= i ? 1 : 0));
        BOOST_TEST(!w[i].waits());
    }
    all.give(line);
    BOOST_TEST(!all.empty());
    all.give(line);
    BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_CASE(names_have_nothing_to_do_with_each_other)
{
    turns all;
    BOOST_TEST(turns::take_at_once(all.line_of("a"), 1));
    BOOST_TEST(turns::take_at_once(all.line_of("b"), 1));
    BOOST_TEST(&all.line_of("a") != &all.line_of("b"));
    BOOST_TEST(all.line_of("b").name() == "b");
    all.give(all.line_of("a"));
    BOOST_TEST(!all.empty());
    all.give(all.line_of("b"));
    BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_CASE(whoever_waits_no_more_is_passed_over)
{
    for (std::size_t gone = 0; gone != 3; ++gone)
    {
        turns all;
        auto& line = all.line_of("a");
        BOOST_TEST(turns::take_at_once(line, 1));
        std::array<waiter, 3> w;
        for (auto& one : w)
            turns::wait(line, one);
        turns::forget(w[gone]);
        turns::forget(w[gone]); // waits no more
        BOOST_TEST(line.waiting() == 2u);
        all.give(line);
        all.give(line);
        for (std::size_t k = 0; k != 3; ++k)
            BOOST_TEST(w[k].told == (k == gone ? 0 : 1));
        all.give(line);
        BOOST_TEST(all.empty());
    }
}

BOOST_AUTO_TEST_CASE(whoever_cannot_be_told_for_want_of_memory_is_passed_over)
{
    turns all;
    auto& line = all.line_of("a");
    BOOST_TEST(turns::take_at_once(line, 1));
    std::array<waiter, 3> w;
    w[0].has_no_memory = w[1].has_no_memory = true;
    for (auto& one : w)
        turns::wait(line, one);
    all.give(line);
    BOOST_TEST(w[2].told == 1);
    BOOST_TEST(line.waiting() == 0u);
    all.give(line);
    BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_CASE(a_place_can_be_given_back_by_who_has_just_got_it)
{
    // As by a flow that was cancelled while the news was on its way.
    turns all;
    class short_lived final : public turns::waiter
    {
    public:
        explicit short_lived(turns& t) : all(t) {}
        void its_turn() override { all.give(all.line_of("a")); }

        turns& all;
    };
    auto& line = all.line_of("a");
    BOOST_TEST(turns::take_at_once(line, 1));
    short_lived first(all);
    short_lived second(all);
    waiter last;
    turns::wait(line, first);
    turns::wait(line, second);
    turns::wait(line, last);
    all.give(line);
    BOOST_TEST(last.told == 1);
    all.give(line);
    BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_SUITE_END()
