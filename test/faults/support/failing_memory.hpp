// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

namespace asioauth::test {

/** The memory of this program, in the hands of a test: one allocation fails.

    What is meant is what is allocated on the thread of the test while a @ref counted lives, except
    what the test itself needs in between, while an @ref uncounted lives; and on all other threads,
    which are the library's.
*/
class failing_memory
{
public:
    /// Count anew. The allocation of that number fails, from 1; none for 0.
    static void fail_at(std::size_t number) noexcept;
    /// How many there were since then.
    static std::size_t seen() noexcept;
    static bool has_struck() noexcept;
    /// Whether this thread is in the library.
    static bool is_counting() noexcept;

    class counted
    {
    public:
        counted() noexcept;
        counted(const counted&) = delete;
        counted& operator=(const counted&) = delete;
        ~counted();

    private:
        const bool before_;
    };

    class uncounted
    {
    public:
        uncounted() noexcept;
        uncounted(const uncounted&) = delete;
        uncounted& operator=(const uncounted&) = delete;
        ~uncounted();

    private:
        const bool before_;
    };
};

} // namespace asioauth::test
