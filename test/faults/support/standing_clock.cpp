// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/standing_clock.hpp"

#include <atomic>
#include <ctime>

namespace asioauth::test {
namespace {

std::atomic<bool> stands = false;
std::atomic<std::int64_t> stood_at = 0; // what the steady clock shows while it stands
std::atomic<std::int64_t> ahead = 0;    // of the system's steady clock
std::atomic<std::int64_t> wrong = 0;    // of the system's wall clock

std::int64_t system_time(clockid_t which) noexcept
{
    timespec t{};
    ::clock_gettime(which, &t);
    return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

std::int64_t steady_time() noexcept
{
    return stands ? stood_at.load() : system_time(CLOCK_MONOTONIC) + ahead;
}

} // namespace

standing_clock::standing_clock() noexcept
{
    stood_at = steady_time();
    stands = true;
}

// Never back.
standing_clock::~standing_clock()
{
    ahead = stood_at - system_time(CLOCK_MONOTONIC);
    stands = false;
    wrong = 0;
}

void standing_clock::advance(std::chrono::nanoseconds by) noexcept
{
    stood_at += by.count();
}

void standing_clock::jump(std::chrono::nanoseconds by) noexcept
{
    wrong += by.count();
}

void standing_clock::set_right() noexcept
{
    wrong = 0;
}

} // namespace asioauth::test

// In place of those of the standard library, for everything in this program.

// NOLINTNEXTLINE(cert-dcl58-cpp)
std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept
{
    return time_point(duration(asioauth::test::steady_time()));
}

// NOLINTNEXTLINE(cert-dcl58-cpp)
std::chrono::system_clock::time_point std::chrono::system_clock::now() noexcept
{
    return time_point(duration(asioauth::test::system_time(CLOCK_REALTIME) + asioauth::test::wrong)
    );
}
