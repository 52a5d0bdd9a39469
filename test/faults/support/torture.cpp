// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/torture.hpp"

#include "faults/support/how_many.hpp"
#include "support/leave.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <new>
#include <stdexcept>

namespace asioauth::test {

// What both processes see.
class torture::page
{
public:
    static constexpr std::size_t unknown = SIZE_MAX;

    std::size_t at = 0;
    bool over = false;
    tally counted;
    std::size_t firsts[1024] = {};
    std::size_t first_count = unknown;
    std::size_t firsts_done = 0;
};

class torture::shared_page
{
public:
    shared_page()
        : where_(
            ::mmap(nullptr, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        )
    {
        if (where_ == MAP_FAILED)
            throw std::runtime_error("no memory to share");
        it_ = new (where_) page;
    }
    shared_page(const shared_page&) = delete;
    shared_page& operator=(const shared_page&) = delete;
    ~shared_page() { ::munmap(where_, sizeof(page)); }

    page* operator->() const noexcept { return it_; }
    page& operator*() const noexcept { return *it_; }

private:
    void* where_;
    page* it_ = nullptr;
};

namespace {

void report(const whole_flow& flow, bool tls, const torture& t, std::size_t at, int signal)
{
    std::printf(
        "found: %s%s, %s %zu: the process ended by signal %d\n",
        flow.name,
        tls ? " (TLS)" : "",
        t.what,
        at,
        signal
    );
}

} // namespace

bool torture::once(scenery& where, const whole_flow& flow, std::size_t at, tally& t) const
{
    bool has = false;
    disturbance d;
    d.what = std::string(what) + " " + std::to_string(at);
    d.begin = [&](customer&, outcome&) { fail_at(at); };
    d.has_struck = [&] { return has; };
    d.end = [&] {
        has = has_struck();
        if (has && struck != nullptr)
            d.what += std::string(" (") + struck() + ")";
        fail_at(0);
    };
    d.fault = [&](const outcome& o) { return has && fault != nullptr ? fault(o) : std::string(); };
    run_disturbed(where, flow, d, t);
    return has;
}

// What is remembered is asked for once. What is lost is lost every time.
bool torture::attempt(scenery& where, const whole_flow& flow, std::size_t at, tally& t) const
{
    constexpr int enough = 4;
    auto before = kept != nullptr ? kept() : 0;
    const bool has = once(where, flow, at, t);
    tally unused;
    for (int grown = 1; kept != nullptr && kept() > before; ++grown)
    {
        const auto after = kept();
        if (grown == enough)
        {
            ++t.leaks;
            std::printf(
                "found: %s%s, %s %zu (%s): %zu of it stay each time, newest from %s\n",
                flow.name,
                where.tls ? " (TLS)" : "",
                what,
                at,
                struck != nullptr ? struck() : "",
                after - before,
                newest(after - before).c_str()
            );
            break;
        }
        before = after;
        once(where, flow, at, unused);
    }
    return has;
}

constexpr unsigned patience = 300; // s; of one attempt

void torture::attempt_firsts(scenery& where, const whole_flow& flow, page& both) const
{
    if (both.first_count == page::unknown)
    {
        tally unused;
        once(where, flow, noting, unused);
        both.first_count = firsts(both.firsts, std::size(both.firsts));
    }
    while (both.firsts_done != both.first_count)
    {
        ::alarm(patience);
        both.at = both.firsts[both.firsts_done++];
        attempt(where, flow, both.at, both.counted);
    }
    both.at = 0;
}

void torture::attempts(scenery& where, const whole_flow& flow, page& both) const
{
    const std::size_t step = all_of_them() ? 1 : stride;
    tally unused;
    if (warm)
        once(where, flow, 0, unused);
    if (firsts != nullptr && !all_of_them() && only_one() == 0
        && both.firsts_done != both.first_count)
        attempt_firsts(where, flow, both);
    for (bool more = true; more;)
    {
        ::alarm(patience);
        both.at += only_one() == 0 ? (both.at == 0 ? 1 : step) : 0;
        more = attempt(where, flow, both.at, both.counted) && only_one() == 0;
    }
}

tally torture::run(bool tls) const
{
    tally all;
    for (const auto& flow : whole_flows())
    {
        const shared_page both;
        both->counted = all;
        both->at = only_one();
        while (!both->over)
        {
            std::fflush(nullptr);
            const pid_t child = ::fork();
            if (child < 0)
                throw std::runtime_error("no process");
            if (child == 0)
            {
                for (const int s : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
                    std::signal(s, SIG_DFL);
                const standing_clock clock;
                scenery where(tls);
                attempts(where, flow, *both);
                both->over = true;
                std::fflush(nullptr);
                leave(0);
            }
            int status = 0;
            ::waitpid(child, &status, 0);
            if (both->over)
                break;
            ++both->counted.crashes;
            report(flow, tls, *this, both->at, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
            both->over = only_one() != 0;
        }
        all = both->counted;
    }
    std::printf(
        "%s: %s, %zu flows, %zu failed: %s\n",
        whats,
        tls ? "TLS" : "plain",
        whole_flows().size(),
        all.struck,
        all.text().c_str()
    );
    return all;
}

} // namespace asioauth::test
