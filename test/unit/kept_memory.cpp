// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/kept_memory.hpp"

#include "unit/watched_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

namespace asioauth::test {
namespace {

const void* watched = nullptr;
char content[16];
thread_local std::size_t given_back = 0;

void* get(std::size_t size)
{
    if (void* const block = std::malloc(size == 0 ? 1 : size))
        return block;
    throw std::bad_alloc();
}

void give_back(void* block) noexcept
{
    if (block != nullptr && block == watched)
    {
        std::memcpy(content, block, sizeof content);
        watched = nullptr;
    }
    given_back += block != nullptr ? 1 : 0;
    std::free(block);
}

} // namespace

void watch(const void* block) noexcept
{
    std::memset(content, '?', sizeof content);
    watched = block;
}

bool has_gone() noexcept
{
    return watched == nullptr;
}

std::string_view last_content() noexcept
{
    return {content, sizeof content};
}

std::size_t blocks_given_back() noexcept
{
    return given_back;
}

} // namespace asioauth::test

void* operator new(std::size_t size)
{
    return asioauth::test::get(size);
}

void* operator new[](std::size_t size)
{
    return asioauth::test::get(size);
}

void operator delete(void* block) noexcept
{
    asioauth::test::give_back(block);
}

void operator delete(void* block, std::size_t) noexcept
{
    asioauth::test::give_back(block);
}

void operator delete[](void* block) noexcept
{
    asioauth::test::give_back(block);
}

void operator delete[](void* block, std::size_t) noexcept
{
    asioauth::test::give_back(block);
}

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

namespace {

// On a thread of its own, which has nothing yet.
template <class What>
std::size_t given_back_by(What what)
{
    std::size_t out = 0;
    std::thread other([&] {
        const std::size_t before = asioauth::test::blocks_given_back();
        what();
        out = asioauth::test::blocks_given_back() - before;
    });
    other.join();
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(as_many_as_were_in_use_lately_are_kept_and_at_rest_none)
{
    constexpr std::size_t size = 2'000;
    constexpr std::size_t many = 300;
    constexpr std::size_t wave = many - 1;
    std::array<void*, many> blocks{};
    bool same = false;
    const std::size_t in_waves = given_back_by([&] {
        for (auto& p : blocks)
            p = memory::take(size);
        std::array<void*, wave> before{};
        std::copy_n(blocks.begin(), wave, before.begin());
        const std::size_t here = asioauth::test::blocks_given_back();
        for (std::size_t i = 0; i != wave; ++i)
            memory::give(blocks[i], size);
        // With a sanitizer nothing is kept.
        same = asioauth::test::blocks_given_back() != here;
        for (std::size_t i = 0; i != wave; ++i)
            blocks[i] = memory::take(size);
        same = same || std::is_permutation(before.begin(), before.end(), blocks.begin());
        for (void* p : blocks)
            memory::give(p, size);
    });
    BOOST_TEST(same);
    BOOST_TEST(in_waves >= many);
}

BOOST_AUTO_TEST_CASE(what_was_in_use_once_is_not_kept_for_ever)
{
    constexpr std::size_t size = 2'000;
    constexpr std::size_t many = 300;
    constexpr std::size_t few = 5;
    std::size_t rest = 0;
    given_back_by([&rest] {
        void* const stays = memory::take(size); // at rest everything goes
        std::array<void*, many> blocks{};
        for (auto& p : blocks)
            p = memory::take(size);
        const std::size_t before = asioauth::test::blocks_given_back();
        for (void* p : blocks)
            memory::give(p, size);
        for (std::size_t i = 0; i != 10 * many; ++i)
        {
            for (std::size_t k = 0; k != few; ++k)
                blocks[k] = memory::take(size);
            for (std::size_t k = 0; k != few; ++k)
                memory::give(blocks[k], size);
        }
        rest = asioauth::test::blocks_given_back() - before;
        memory::give(stays, size);
    });
    BOOST_TEST(rest >= many - few);
}

BOOST_AUTO_TEST_CASE(what_others_give_back_does_not_make_a_thread_keep_without_end)
{
    constexpr std::size_t size = 16'000;
    constexpr std::size_t many = 2'000;
    std::vector<void*> blocks(many);
    const std::size_t in_the_end = given_back_by([&blocks] {
        for (auto& p : blocks)
            p = memory::take(size);
        std::thread other([&] {
            for (void* p : blocks)
                memory::give(p, size);
        });
        other.join();
        // It takes itself for one with as many in use.
        for (auto& p : blocks)
            p = memory::take(size);
        for (void* p : blocks)
            memory::give(p, size);
    });
    BOOST_TEST(in_the_end > many * 9 / 10); // of 32 MB no more than 1 is kept
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
