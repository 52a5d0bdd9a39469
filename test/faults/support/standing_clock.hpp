// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <chrono>

namespace asioauth::test {

/** The clocks of this program, of the library and of Asio in it, in the hands of a test.

    The steady clock stands still while one of these lives, so that a deadline comes when a test
    says so and no test waits for one. The wall clock can be set wrong.
*/
class standing_clock
{
public:
    standing_clock() noexcept;
    standing_clock(const standing_clock&) = delete;
    standing_clock& operator=(const standing_clock&) = delete;
    ~standing_clock();

    /// The steady clock goes on by this much, at once.
    static void advance(std::chrono::nanoseconds by) noexcept;
    /// The wall clock is set: this much is added to what it shows. Undone at the end.
    static void jump(std::chrono::nanoseconds by) noexcept;
    /// Undo jumps.
    static void set_right() noexcept;
};

} // namespace asioauth::test
