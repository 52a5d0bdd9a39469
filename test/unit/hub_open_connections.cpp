// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Which connection of a hub's own server goes if there are too many.

#include "hub/open_connections.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_open_connections)

using namespace asioauth;

namespace {

class connection
{
public:
    explicit connection(std::uint64_t n) : number_(n) {}

    std::uint64_t number() const { return number_; }
    bool is_idle() const { return idle; }
    bool has_asked() const { return asked; }
    bool is_signed_in() const { return signed_in; }
    void close() { closed = true; }

    bool idle = true;
    bool asked = false;
    bool signed_in = false;
    bool closed = false;

private:
    std::uint64_t number_;
};

class server
{
public:
    explicit server(std::size_t most) : subject(most) {}

    bool enter(bool idle, bool asked, bool signed_in)
    {
        const auto c = std::make_shared<connection>(subject.number());
        c->idle = idle;
        c->asked = asked;
        c->signed_in = signed_in;
        const bool entered = subject.enter(c);
        if (entered)
            all.push_back(c);
        return entered;
    }

    /// One for each that has entered: `-` if it was closed.
    std::string shown() const
    {
        std::string out;
        for (const auto& c : all)
            out += c->closed ? '-' : '+';
        return out;
    }

    detail::open_connections<connection> subject;
    std::vector<std::shared_ptr<connection>> all;
};

} // namespace

BOOST_AUTO_TEST_CASE(who_has_to_go_has_said_nothing_or_is_a_stranger_or_wants_nothing)
{
    server s(6);
    BOOST_TEST(s.enter(false, true, true));  // being answered
    BOOST_TEST(s.enter(true, true, true));   // between two requests
    BOOST_TEST(s.enter(false, true, false)); // a stranger who does not take the answer
    BOOST_TEST(s.enter(true, true, false));
    BOOST_TEST(s.enter(true, false, false)); // has said nothing
    BOOST_TEST(s.enter(true, false, false));
    BOOST_TEST(s.shown() == "++++++");
    for (const char* wanted : {"++++-++", "++++--++", "++-+--+++", "++----++++"})
    {
        BOOST_TEST(s.enter(false, true, true));
        BOOST_TEST(s.shown() == wanted);
    }
    BOOST_TEST(s.enter(false, true, true));
    BOOST_TEST(s.shown() == "+-----+++++");
    // All of them are being answered.
    BOOST_TEST(!s.enter(true, false, false));
    BOOST_TEST(s.shown() == "+-----+++++");
    // One goes.
    s.subject.leave(s.all.front()->number());
    BOOST_TEST(s.enter(true, false, false));
    BOOST_TEST(s.shown() == "+-----++++++");
}

BOOST_AUTO_TEST_CASE(closing_ends_those_that_are_there)
{
    server s(2);
    s.enter(true, false, false);
    s.enter(false, true, true);
    s.subject.leave(s.all.front()->number());
    s.subject.close_all();
    BOOST_TEST(s.shown() == "+-");
}

BOOST_AUTO_TEST_CASE(none_is_taken_where_none_may_be)
{
    server s(0);
    BOOST_TEST(!s.enter(true, false, false));
}

BOOST_AUTO_TEST_SUITE_END()
