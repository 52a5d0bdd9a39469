// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

namespace asioauth::test {

/** The memory of SQLite in this program, in the hands of a test: one allocation fails.

    Meant is what failing_memory means. SQLite asks for some again, and goes on without some.
*/
class failing_sqlite
{
public:
    /// Before SQLite is used the first time.
    static void take_over();

    /// Count anew. The allocation of that number fails, from 1; none for 0.
    static void fail_at(std::size_t number) noexcept;
    static bool has_struck() noexcept;
};

} // namespace asioauth::test
