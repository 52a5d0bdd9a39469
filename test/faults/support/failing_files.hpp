// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

namespace asioauth::test {

/** The files of this program, in the hands of a test: one call of the C library that is about files
    fails, SQLite's too.

    Meant is what failing_memory means: the library on the thread of the test, and its other threads.
*/
class failing_files
{
public:
    /// Count anew. The call of that number fails, from 1; none for 0.
    /// @param error what errno says then; 0: that the disk fails
    static void fail_at(std::size_t number, int error = 0) noexcept;
    static bool has_struck() noexcept;
    /// The one that has failed.
    static const char* struck() noexcept;
};

} // namespace asioauth::test
