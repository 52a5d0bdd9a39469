// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace asioauth::test {

/** The memory of OpenSSL in this program, in the hands of a test: one allocation fails, and what is
    not given back is known.

    Meant is what failing_memory means: the provider of the test uses OpenSSL too.
*/
class failing_crypto
{
public:
    /// Whether OpenSSL has asked for memory here before a test could have a hand in it.
    static bool came_too_late() noexcept;
    /// How often it has asked, of whoever's.
    static std::size_t ever() noexcept;

    /// Count anew. The allocation of that number fails, from 1; none for 0.
    static void fail_at(std::size_t number) noexcept;
    /// Instead of a number: nothing fails, but it is noted where OpenSSL asks.
    static constexpr std::size_t noting = SIZE_MAX;
    /// The numbers of the allocations that were noted at places where none was noted before, in this
    /// process or another that the same one has started; in order. They are forgotten.
    static std::size_t take_firsts(std::size_t* numbers, std::size_t room) noexcept;
    static bool has_struck() noexcept;
    /// Where in OpenSSL that was.
    static const char* struck() noexcept;

    /// How many allocations there are that were not given back yet.
    static std::size_t kept() noexcept;
    /// Where in OpenSSL the newest of them were made.
    static std::string newest(std::size_t how_many);
};

} // namespace asioauth::test
