// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A connection that breaks at any octet of a whole login, in either direction: how the login ends,
// and what is left of it. All octets if ASIOAUTH_FAULTS is `all`, otherwise some.

#include "faults/support/how_many.hpp"
#include "faults/support/whole_login.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace asioauth {
namespace {

using namespace test;
using namespace std::chrono_literals;

class tally
{
public:
    std::size_t runs = 0;
    std::size_t struck = 0;
    std::size_t failed = 0;
    std::size_t hangs = 0;
    std::size_t untyped = 0;
    std::size_t leaks = 0;
    std::size_t late = 0;
    std::size_t dead = 0; // clients that could not do it again
    std::chrono::nanoseconds slowest{0};

    std::size_t bad() const { return hangs + untyped + leaks + late + dead; }
};

// What one operation may take. Both have their deadline; the transport's own are shorter.
constexpr std::chrono::milliseconds allowed = 120s + 100ms;

void run(scenery& where, const fault_plan& plan, tally& t)
{
    const auto before = open_descriptors();
    const auto complain = [&](std::size_t& counter, const std::string& what) {
        ++counter;
        if (t.bad() < 20)
            BOOST_ERROR(
                name_of(plan.what)
                << ' ' << name_of(plan.where) << " after " << plan.at << " octets: " << what
            );
    };
    ++t.runs;
    {
        customer c(where);
        where.between.plan(plan);
        const auto o = c.log_in();
        t.struck += where.between.has_struck() ? 1U : 0U;
        t.failed += o->good() ? 0U : 1U;
        if (o->hung)
            complain(t.hangs, "it hung");
        else if (const auto why = fault_of(where, c, *o); !why.empty())
            complain(t.untyped, why);
        if (o->took > allowed)
            complain(t.late, "it was late");
        t.slowest = std::max(t.slowest, o->took);
        where.between.plan({});
        auto again = c.log_in();
        // A connection that has stalled once all was said is found out by whoever uses it next.
        if (!again->good() && plan.what == fault::stall && o->good())
            again = c.log_in();
        if (!again->good())
            complain(t.dead, "and then: " + describe(again->ec, again->info));
        if (!c.leave())
            complain(t.leaks, "the context still has something to do");
    }
    if (!where.clear())
        complain(t.leaks, "a connection stayed");
    if (const auto after = open_descriptors(); after != before)
        complain(t.leaks, std::to_string(after) + " descriptors after " + std::to_string(before));
    where.server.seen.clear();
    where.states.clear();
}

void every_octet(bool tls)
{
    constexpr std::size_t stride = 17;
    const standing_clock clock;
    scenery where(tls);
    // Signatures and tickets are not always of the same length.
    std::size_t longest[2] = {0, 0};
    for (int i = 0; i != 3; ++i)
    {
        customer c(where);
        where.between.plan({});
        const auto o = c.log_in();
        BOOST_REQUIRE_MESSAGE(o->good(), describe(o->ec, o->info));
        for (const auto d : {direction::to_server, direction::to_client})
        {
            auto& most = longest[d == direction::to_client];
            most = std::max(most, where.between.passed(d));
        }
        c.leave();
        where.clear();
    }
    tally t;
    std::size_t begin = 0;
    for (const auto what : {fault::reset, fault::finish, fault::stall})
    {
        for (const auto d : {direction::to_server, direction::to_client})
        {
            const std::size_t end = longest[d == direction::to_client] + (tls ? 8 : 1);
            begin = (begin + 5) % stride;
            const bool all = all_of_them();
            for (std::size_t at = all ? 0 : begin; at < end; at += all ? 1 : stride)
                run(where, fault_plan(what, d, at), t);
        }
    }
    BOOST_TEST(t.bad() == 0U);
    BOOST_TEST(t.struck > t.runs - t.runs / 20);
    BOOST_TEST(t.failed > t.runs / 2);
    std::printf(
        "faults: %s, %zu octets to the server, %zu to the client: %zu runs, %zu hangs, %zu "
        "untyped, "
        "%zu leaks, %zu late, %zu clients broken; %zu logins failed, the slowest after %lld ms of "
        "its own time\n",
        tls ? "TLS" : "plain",
        longest[0],
        longest[1],
        t.runs,
        t.hangs,
        t.untyped,
        t.leaks,
        t.late,
        t.dead,
        t.failed,
        static_cast<long long>(t.slowest / 1ms)
    );
}

BOOST_AUTO_TEST_SUITE(broken_connections)

BOOST_AUTO_TEST_CASE(
    plain_login_that_breaks_at_any_octet_ends_once_typed_in_time_and_without_a_trace
)
{
    every_octet(false);
}

BOOST_AUTO_TEST_CASE(tls_login_that_breaks_at_any_octet_ends_once_typed_in_time_and_without_a_trace)
{
    every_octet(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
