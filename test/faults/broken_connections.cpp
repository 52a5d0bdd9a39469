// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A connection that breaks at any octet of a whole login, in either direction: how the login ends,
// and what is left of it. All octets if ASIOAUTH_FAULTS is `all`, otherwise some.

#include "faults/support/how_many.hpp"
#include "faults/support/tally.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace asioauth {
namespace {

using namespace test;
using namespace std::chrono_literals;

// What one operation may take. Both have their deadline; the transport's own are shorter.
constexpr std::chrono::milliseconds allowed = 120s + 100ms;

// @return how long the longest operation took
std::chrono::nanoseconds run(scenery& where, const fault_plan& plan, tally& t)
{
    std::chrono::nanoseconds took{0};
    bool struck = false;
    disturbance d;
    d.what = std::string(name_of(plan.what)) + " " + name_of(plan.where) + " after "
        + std::to_string(plan.at) + " octets";
    d.begin = [&](customer&, outcome&) { where.between.plan(plan); };
    d.end = [&] {
        struck = where.between.has_struck();
        where.between.plan({});
    };
    d.has_struck = [&] { return struck; };
    d.fault = [&](const outcome& o) {
        took = o.took;
        return std::string(took > allowed ? "it was late" : "");
    };
    d.lingers = plan.what == fault::stall;
    run_disturbed(where, whole_flows().front(), d, t);
    return took;
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
    std::chrono::nanoseconds slowest{0};
    std::size_t begin = 0;
    for (const auto what : {fault::reset, fault::finish, fault::stall})
    {
        for (const auto d : {direction::to_server, direction::to_client})
        {
            const std::size_t end = longest[d == direction::to_client] + (tls ? 8 : 1);
            begin = (begin + 5) % stride;
            const bool all = all_of_them();
            for (std::size_t at = all ? 0 : begin; at < end; at += all ? 1 : stride)
                slowest = std::max(slowest, run(where, fault_plan(what, d, at), t));
        }
    }
    BOOST_TEST(t.bad() == 0U);
    BOOST_TEST(t.struck > t.runs - t.runs / 20);
    BOOST_TEST(t.failed > t.runs / 2);
    std::printf(
        "faults: %s, %zu octets to the server, %zu to the client: %s; the slowest after %lld ms of "
        "its own time\n",
        tls ? "TLS" : "plain",
        longest[0],
        longest[1],
        t.text().c_str(),
        static_cast<long long>(slowest / 1ms)
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
