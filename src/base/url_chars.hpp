// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The characters that URLs are made of (RFC 3986), and those that are refused wherever they are.

#include "base/ascii.hpp"
#include "base/octets.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace asioauth::detail {

inline constexpr auto is_hex = [](char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
};

inline bool starts_with_ignoring_case(std::string_view text, std::string_view lower_prefix) noexcept
{
    return text.size() >= lower_prefix.size()
        && std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(), [](char a, char b) {
               return a == to_lower(b);
           });
}

// RFC 3986 pchar and slash, without percent-encoding.
inline constexpr auto path_chars = table_of([](char c) {
    return is_alpha(c) || is_digit(c)
        || std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string_view::npos;
});

constexpr bool is_path_char(char c) noexcept
{
    return path_chars[static_cast<unsigned char>(c)];
}

// Wherever they are.
constexpr bool is_refused_char(char c) noexcept
{
    return c <= ' ' || c >= '\x7f'
        || c == '\\'; // bytes above 0x7f are negative where char is signed
}

inline bool has_refused_chars(std::string_view text) noexcept
{
    return any_octet(text, [](octets in) {
        return less_than(in, ' ' + 1) | equal_to(in, 0x7f) | equal_to(in, '\\') | not_ascii(in);
    });
}

inline std::size_t end_of_authority(std::string_view text, std::size_t from) noexcept
{
    while (from != text.size() && text[from] != '/' && text[from] != '?' && text[from] != '#')
    {
        ++from;
    }
    return from;
}

// The first character from there that a path does not have as it is, or the end. Queries and fragments
// have question marks too.
inline std::size_t
end_of_path_chars(std::string_view text, std::size_t from, bool question_marks) noexcept
{
    for (; from != text.size(); ++from)
    {
        if (is_path_char(text[from]) || (question_marks && text[from] == '?'))
        {
            continue;
        }
        if (text[from] != '%' || text.size() - from < 3 || !is_hex(text[from + 1])
            || !is_hex(text[from + 2]))
        {
            break;
        }
        from += 2;
    }
    return from;
}

} // namespace asioauth::detail
