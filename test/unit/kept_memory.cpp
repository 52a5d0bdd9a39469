// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/kept_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(kept_memory)

namespace {

using memory = asioauth::detail::kept_memory;

void* filled(std::size_t size)
{
    void* const p = memory::take(size);
    std::memset(p, 0x5a, size);
    return p;
}

} // namespace

BOOST_AUTO_TEST_CASE(blocks_of_every_size_have_room_for_all_of_it_also_when_used_again)
{
    for (int round = 0; round != 3; ++round)
    {
        for (const std::size_t size :
             {1U, 64U, 65U, 1'000U, 1'024U, 1'025U, 4'096U, 16'384U, 100'000U})
        {
            void* const p = filled(size);
            BOOST_TEST(static_cast<const char*>(p)[size - 1] == 0x5a);
            memory::give(p, size);
        }
    }
}

BOOST_AUTO_TEST_CASE(blocks_that_live_at_once_are_different_ones)
{
    constexpr std::size_t size = 600;
    std::vector<void*> living;
    for (int i = 0; i != 80; ++i)
        living.push_back(filled(size));
    for (std::size_t i = 0; i != living.size(); ++i)
    {
        for (std::size_t k = 0; k != i; ++k)
            BOOST_TEST(living[i] != living[k]);
    }
    for (void* p : living)
        memory::give(p, size); // more than are kept
    BOOST_TEST(living.size() == 80U);
}

BOOST_AUTO_TEST_CASE(a_block_may_end_on_another_thread_than_it_began_on)
{
    constexpr std::size_t size = 300;
    void* const here = filled(size);
    void* there = nullptr;
    std::thread other([&] {
        memory::give(here, size);
        there = filled(size);
    });
    other.join();
    memory::give(there, size);
    BOOST_TEST(there != nullptr);
}

BOOST_AUTO_TEST_CASE(containers_and_shared_objects_take_what_they_need_from_it)
{
    std::vector<int, asioauth::detail::kept_allocator<int>> numbers;
    for (int i = 0; i != 1'000; ++i)
        numbers.push_back(i);
    BOOST_TEST(numbers.back() == 999);
    const asioauth::detail::kept_allocator<void> any;
    const auto text = std::allocate_shared<std::string>(any, "a text that is not short");
    BOOST_TEST(text->size() == 24U);
    BOOST_CHECK_THROW(
        asioauth::detail::kept_allocator<int>().allocate(static_cast<std::size_t>(-1)),
        std::bad_array_new_length
    );
}

BOOST_AUTO_TEST_SUITE_END()
