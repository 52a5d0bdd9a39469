// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The characters that fields of HTTP messages are made of (RFC 9110 sections 5.5 and 5.6).

#include "base/ascii.hpp"
#include "base/octets.hpp"

#include <algorithm>
#include <string_view>

namespace asioauth::detail {

inline constexpr auto token_chars = table_of([](char c) {
    return is_digit(c) || is_alpha(c)
        || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});

// Objects, so that algorithms have them in their loops and call nothing.
inline constexpr auto is_token_char = [](char c) noexcept {
    return token_chars[static_cast<unsigned char>(c)];
};

/// Visible, blank or obs-text: what may stand in a line.
inline constexpr auto is_text_char = [](char c) noexcept {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
};

inline bool is_token(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Whether each character may stand in a line.
inline bool is_text(std::string_view text) noexcept
{
    return !any_octet(text, [](octets in) {
        return (less_than(in, 0x20) & ~equal_to(in, '\t')) | equal_to(in, 0x7f);
    });
}

} // namespace asioauth::detail
