// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Letters, digits and blanks of protocols: ASCII, whatever the locale is.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace asioauth::detail {

constexpr char to_lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_lower(char c) noexcept
{
    return c >= 'a' && c <= 'z';
}

// Objects, so that algorithms have them in their loops and call nothing.

inline constexpr auto is_digit = [](char c) noexcept { return c >= '0' && c <= '9'; };

inline constexpr auto is_alpha = [](char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
};

/// Whether each character is of a class, for who asks of many.
template <class Predicate>
constexpr std::array<bool, 256> table_of(Predicate is_in)
{
    std::array<bool, 256> out{};
    for (unsigned i = 0; i != out.size(); ++i)
        out[i] = is_in(static_cast<char>(i));
    return out;
}

inline std::string lower_case(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), to_lower);
    return out;
}

/// Without the blanks at both ends; RFC 9110 section 5.6.3 has these two.
inline std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") noexcept
{
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Equal but for the case of letters.
inline bool same_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return to_lower(x) == to_lower(y);
    });
}

} // namespace asioauth::detail
