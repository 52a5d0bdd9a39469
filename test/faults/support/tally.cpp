// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/tally.hpp"

#include <cstdio>

namespace asioauth::test {

std::string tally::text() const
{
    return std::to_string(runs) + " runs, " + std::to_string(failed) + " failed, "
        + std::to_string(refused) + " were not begun; " + std::to_string(crashes) + " crashes, "
        + std::to_string(hangs) + " hangs, " + std::to_string(untyped) + " untyped, "
        + std::to_string(leaks) + " leaks, " + std::to_string(dead) + " clients broken";
}

void run_disturbed(scenery& where, const whole_flow& flow, const disturbance& d, tally& t)
{
    constexpr std::size_t most_messages = 20;
    const auto before = open_descriptors();
    const auto complain = [&](std::size_t& counter, const std::string& why) {
        ++counter;
        if (t.bad() <= most_messages)
        {
            std::printf(
                "found: %s%s, %s: %s\n",
                flow.name,
                where.tls ? " (TLS)" : "",
                d.what.c_str(),
                why.c_str()
            );
            std::fflush(stdout);
        }
    };
    ++t.runs;
    {
        customer c(where);
        const auto o = std::make_shared<outcome>();
        d.begin(c, *o);
        flow.run(c, o);
        d.end();
        const bool struck = d.has_struck();
        t.struck += struck ? 1U : 0U;
        t.failed += o->ec ? 1U : 0U;
        t.refused += o->refused ? 1U : 0U;
        const bool ended = d.ends_client && struck;
        const int calls = o->calls;
        if (o->hung)
            complain(t.hangs, "it hung");
        else if (ended && o->calls == o->begun - 1)
            ; // the last one was destroyed
        else if (o->calls == o->begun && d.cancels && o->ec == condition::cancelled)
            ;
        else if (const auto why = fault_of(where, c, *o); !why.empty())
            complain(t.untyped, why);
        else if (const auto more = d.fault ? d.fault(*o) : std::string(); !more.empty())
            complain(t.untyped, more);
        if (!ended)
        {
            auto again = c.log_in();
            if (!again->good() && d.lingers && o->good())
                again = c.log_in();
            if (!again->good())
                complain(t.dead, "and then: " + describe(again->ec, again->info));
        }
        if (!c.leave())
            complain(t.leaks, "the context still has something to do");
        if (o->calls != calls)
            complain(t.untyped, "it completed after its end");
    }
    if (!where.clear())
        complain(t.leaks, "a connection stayed");
    if (const auto after = open_descriptors(); after != before)
        complain(t.leaks, std::to_string(after) + " descriptors after " + std::to_string(before));
    where.server.seen.clear();
    where.states.clear();
}

} // namespace asioauth::test
