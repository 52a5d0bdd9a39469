// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace asioauth::detail {

/// Untrusted text as presentable() leaves it, in one line: white space at the ends removed, and one
/// space for each run of it inside.
std::string display_text(std::string_view untrusted, std::size_t cap);

constexpr std::size_t title_size = 256;
constexpr std::size_t description_size = 1024;

} // namespace asioauth::detail
