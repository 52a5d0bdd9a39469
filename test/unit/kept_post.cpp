// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/kept_post.hpp"

#include "unit/watched_memory.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <list>

BOOST_AUTO_TEST_SUITE(kept_post)

namespace {

namespace asio = boost::asio;
using asioauth::detail::home_executor;
using asioauth::detail::kept_memory;
using asioauth::detail::room_to_post;

// False under sanitizers, where each block is a new one.
bool something_is_kept()
{
    const std::size_t before = asioauth::test::blocks_given_back();
    kept_memory::give(kept_memory::take(1), 1);
    return asioauth::test::blocks_given_back() == before;
}

// How many blocks go back to the system where so many rooms are in use at once again and again.
template <class Executor>
std::size_t given_back(asio::io_context& io, const Executor& ex)
{
    constexpr int at_once = 200;
    constexpr int rounds = 12;
    std::array<char, 90> what{}; // what is posted takes less than it could
    int came = 0;
    std::size_t before = 0;
    const room_to_post in_use(1); // nothing is kept for long where nothing is
    for (int round = 0; round != rounds; ++round)
    {
        if (round == rounds / 2)
            before = asioauth::test::blocks_given_back();
        std::list<room_to_post> rooms;
        for (int i = 0; i != at_once; ++i)
            rooms.emplace_back(sizeof(what) + sizeof(void*));
        for (auto& one : rooms)
            one.post(ex, [what, &came] { came += 1 + what.front(); });
        io.run();
        io.restart();
    }
    BOOST_TEST(came == at_once * rounds);
    // The list itself is no concern of this.
    return asioauth::test::blocks_given_back() - before - rounds / 2 * at_once;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_room_goes_back_to_where_it_was_taken_from)
{
    if (!something_is_kept())
        return;
    asio::io_context io;
    constexpr std::size_t hardly_any = 20;
    BOOST_TEST(given_back(io, asio::any_io_executor(io.get_executor())) <= hardly_any);
    BOOST_TEST(given_back(io, home_executor::serial(io.get_executor())) <= hardly_any);
}

BOOST_AUTO_TEST_SUITE_END()
