// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/frame_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(frame_memory)

namespace {

using frames = asioauth::detail::frame_memory;

void* filled(std::size_t size)
{
    void* const p = frames::take(size);
    std::memset(p, 0x5a, size);
    return p;
}

} // namespace

BOOST_AUTO_TEST_CASE(frames_of_every_size_have_room_for_all_of_it_also_when_used_again)
{
    for (int round = 0; round != 3; ++round)
    {
        for (const std::size_t size : {1U, 255U, 256U, 257U, 1'000U, 4'096U, 100'000U})
        {
            void* const p = filled(size);
            BOOST_TEST(static_cast<const char*>(p)[size - 1] == 0x5a);
            frames::give(p, size);
        }
    }
}

BOOST_AUTO_TEST_CASE(frames_that_live_at_once_are_different_ones)
{
    constexpr std::size_t size = 600;
    std::vector<void*> living;
    for (int i = 0; i != 20; ++i)
        living.push_back(filled(size));
    for (std::size_t i = 0; i != living.size(); ++i)
    {
        for (std::size_t k = 0; k != i; ++k)
            BOOST_TEST(living[i] != living[k]);
    }
    for (void* p : living)
        frames::give(p, size); // more than are kept
    BOOST_TEST(living.size() == 20U);
}

BOOST_AUTO_TEST_CASE(a_frame_may_end_on_another_thread_than_it_began_on)
{
    constexpr std::size_t size = 300;
    void* const here = filled(size);
    void* there = nullptr;
    std::thread other([&] {
        frames::give(here, size);
        there = filled(size);
    });
    other.join();
    frames::give(there, size);
    BOOST_TEST(there != nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
