// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What goes back to the system in this test program: all of operator delete comes by kept_memory.cpp.

#include <cstddef>
#include <string_view>

namespace asioauth::test {

/// From now on wait for this block. One at a time.
void watch(const void* block) noexcept;
/// Whether it has gone back.
bool has_gone() noexcept;
/// The first octets of it at that moment, which nobody can look at afterwards.
std::string_view last_content() noexcept;

/// How many blocks the calling thread has given back.
std::size_t blocks_given_back() noexcept;

} // namespace asioauth::test
