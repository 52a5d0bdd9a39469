// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

namespace asioauth::test {

/** The system of this program, in the hands of a test: one call fails.

    Calls of the C library are meant that open, connect, configure, read and write descriptors, start
    threads or get random octets. As with @ref failing_memory, only what is called on the thread of
    the test while a @ref failing_memory::counted lives counts.
*/
class failing_calls
{
public:
    /// Count anew. The call of that number fails, from 1; none for 0.
    static void fail_at(std::size_t number) noexcept;
    static bool has_struck() noexcept;
    /// The one that has failed.
    static const char* struck() noexcept;
};

} // namespace asioauth::test
