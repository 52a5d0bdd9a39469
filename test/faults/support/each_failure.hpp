// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace asioauth::test {

/// Something that can be made to fail once.
class fault_source
{
public:
    const char* name;
    void (*fail_at)(std::size_t number);
    bool (*has_struck)();
    const char* (*struck)(); ///< which it was
};

/// @{
/// Allocations of C++, of SQLite, of OpenSSL.
fault_source memory();
fault_source sqlite_memory();
fault_source openssl_memory();
/// @}

/** Do something again and again, with one more of them failing each time, until there is no more.
    Findings are printed, and fail the test.

    @param once is done while one fails. It may throw std::bad_alloc
    @param fault says afterwards what is wrong; empty if nothing is
    @param step of how many of them one fails
    @return how many have failed
*/
std::size_t each_failure(
    const fault_source& source,
    std::string_view what,
    const std::function<void()>& once,
    const std::function<std::string()>& fault,
    std::size_t step = 1
);

} // namespace asioauth::test
