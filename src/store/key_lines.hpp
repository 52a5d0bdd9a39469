// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/key_source.hpp>

#include <string_view>

namespace asioauth::detail {

/// Keys as text: `id key` in each line, the last one active. What separates lines is the caller's.
/// @param where what the message of a failure calls the text
result<key_ring>
read_key_lines(std::string_view text, std::string_view separators, std::string_view where);

/// One line, with its end.
secret key_line(const sealing_key& key);

} // namespace asioauth::detail
