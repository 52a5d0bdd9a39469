// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole flows that are interrupted after any handler that their context runs, in every way in which
// a program can do that; and clocks that jump. All of them if ASIOAUTH_FAULTS is `all`, otherwise
// some.

#include "faults/support/how_many.hpp"
#include "faults/support/tally.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <iterator>
#include <string>

namespace asioauth {
namespace {

using namespace test;
using namespace std::chrono_literals;

// What happens to a flow.
class way
{
public:
    const char* name;
    void (*interrupt)(customer& c, outcome& o);
    bool cancels = false;
    bool ends_client = false;
};

template <asio::cancellation_type Type>
void cancel(customer&, outcome& o)
{
    o.stop.emit(Type);
}

void let_time_pass(customer&, outcome&)
{
    standing_clock::advance(130s);
}

template <int Years>
void set_clock(customer&, outcome&)
{
    standing_clock::jump(std::chrono::hours(24 * 365) * Years);
}

void destroy_client(customer& c, outcome&)
{
    c.with.reset();
    c.subject.reset();
}

void destroy_context(customer& c, outcome&)
{
    c.cut_short([](customer& gone) {
        gone.io.reset();
        gone.with.reset();
        gone.subject.reset();
    });
}

void destroy_stopped_context(customer& c, outcome&)
{
    c.io->stop();
    c.cut_short([](customer& gone) {
        gone.with.reset();
        gone.subject.reset();
        gone.io.reset();
    });
}

constexpr way ways[] = {
    {"terminal cancellation", cancel<asio::cancellation_type::terminal>, true},
    {"partial cancellation", cancel<asio::cancellation_type::partial>, true},
    {"total cancellation", cancel<asio::cancellation_type::total>, true},
    {"the end of its time", let_time_pass},
    {"a clock set ahead by 10 years", set_clock<10>},
    {"a clock set back by 10 years", set_clock<-10>},
    {"destruction of the client", destroy_client, true, true},
    {"destruction of the context", destroy_context, true, true},
    {"destruction of a stopped context", destroy_stopped_context, true, true},
};

// How many handlers the context of a client runs.
std::size_t steps_of(scenery& where, const whole_flow& flow)
{
    std::size_t steps = 0;
    customer c(where);
    where.after_step = [&] { ++steps; };
    const auto o = std::make_shared<outcome>();
    flow.run(c, o);
    where.after_step = nullptr;
    BOOST_TEST_REQUIRE(o->going(), flow.name << ": " << describe(o->ec, o->info));
    c.leave();
    where.clear();
    return steps;
}

void interrupt_everywhere(bool tls)
{
    constexpr std::size_t stride = 7;
    const standing_clock clock;
    scenery where(tls);
    tally t;
    std::size_t points = 0;
    std::size_t begin = 0;
    for (const auto& flow : whole_flows())
    {
        const auto steps = steps_of(where, flow);
        points += steps;
        for (const auto& w : ways)
        {
            begin = (begin + 3) % stride;
            for (std::size_t at = all_of_them() ? 1 : begin + 1; at <= steps;
                 at += all_of_them() ? 1 : stride)
            {
                std::size_t seen = 0;
                disturbance d;
                d.what = std::string(w.name) + " after step " + std::to_string(at);
                d.begin = [&](customer& c, outcome& o) {
                    where.after_step = [&] {
                        if (++seen == at)
                            w.interrupt(c, o);
                    };
                };
                d.end = [&] { where.after_step = nullptr; };
                d.has_struck = [&] { return seen >= at; };
                d.cancels = w.cancels;
                d.ends_client = w.ends_client;
                run_disturbed(where, flow, d, t);
                standing_clock::set_right();
            }
        }
    }
    BOOST_TEST(t.bad() == 0U);
    BOOST_TEST(t.struck > t.runs - t.runs / 20);
    BOOST_TEST(t.failed > t.runs / 5);
    std::printf(
        "interruptions: %s, %zu flows, %zu steps, %zu ways: %s\n",
        tls ? "TLS" : "plain",
        whole_flows().size(),
        points,
        std::size(ways),
        t.text().c_str()
    );
}

BOOST_AUTO_TEST_SUITE(interruptions)

BOOST_AUTO_TEST_CASE(plain_flow_that_is_interrupted_anywhere_completes_once_or_never_again)
{
    interrupt_everywhere(false);
}

BOOST_AUTO_TEST_CASE(tls_flow_that_is_interrupted_anywhere_completes_once_or_never_again)
{
    interrupt_everywhere(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
