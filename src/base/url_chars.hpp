// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The characters that URLs are made of (RFC 3986), and those that are refused wherever they are.

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace asioauth::detail {

// Objects, so that algorithms have them in their loops and call nothing.

inline constexpr auto is_digit = [](char c) noexcept { return c >= '0' && c <= '9'; };

constexpr bool is_alpha(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

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

// Whether some octet is one of the refused, or may be: eight are looked at together.
inline bool may_have_refused_chars(std::string_view text) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    const auto zeros = [](std::uint64_t v) { return (v - ones) & ~v; };
    std::uint64_t found = 0;
    std::size_t i = 0;
    for (std::uint64_t eight = 0; text.size() - i >= sizeof(eight); i += sizeof(eight))
    {
        std::memcpy(&eight, text.data() + i, sizeof(eight));
        found |= eight | (eight - ones * 0x21U) | zeros(eight ^ (ones * 0x7fU))
            | zeros(eight ^ (ones * '\\'));
    }
    return (found & (ones * 0x80U)) != 0
        || std::any_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_refused_char);
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
