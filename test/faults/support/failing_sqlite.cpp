// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/failing_sqlite.hpp"

#include "faults/support/failing_memory.hpp"

#include <sqlite3.h>

#include <atomic>
#include <stdexcept>

namespace asioauth::test {
namespace {

std::atomic<std::size_t> number = 0;
std::atomic<std::size_t> fails = 0;
sqlite3_mem_methods own = {};

bool is_to_fail() noexcept
{
    return failing_memory::is_counting() && ++number == fails;
}

void* allocate(int size)
{
    return is_to_fail() ? nullptr : own.xMalloc(size);
}

void* reallocate(void* p, int size)
{
    return is_to_fail() ? nullptr : own.xRealloc(p, size);
}

} // namespace

void failing_sqlite::take_over()
{
    if (own.xMalloc != nullptr)
        return;
    bool good = ::sqlite3_shutdown() == SQLITE_OK
        && ::sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own) == SQLITE_OK;
    auto mine = own;
    mine.xMalloc = &allocate;
    mine.xRealloc = &reallocate;
    good = good && ::sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) == SQLITE_OK;
    if (!good)
        throw std::runtime_error("SQLite keeps its memory");
}

void failing_sqlite::fail_at(std::size_t n) noexcept
{
    number = 0;
    fails = n;
}

bool failing_sqlite::has_struck() noexcept
{
    return fails != 0 && number >= fails;
}

} // namespace asioauth::test
