// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Eight octets of a text looked at together. Where one is found, its upper bit is set and no other.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace asioauth::detail {

using octets = std::uint64_t;

constexpr octets upper_bits = 0x8080808080808080U;

constexpr octets eight_of(unsigned char c) noexcept
{
    return octets{0x0101010101010101U} * c;
}

/// Those that are less than c, which is at most 0x80.
constexpr octets less_than(octets in, unsigned char c) noexcept
{
    return ~((in | upper_bits) - eight_of(c)) & ~in & upper_bits;
}

constexpr octets equal_to(octets in, unsigned char c) noexcept
{
    const octets difference = in ^ eight_of(c);
    return ~(((difference & ~upper_bits) + ~upper_bits) | difference) & upper_bits;
}

constexpr octets not_ascii(octets in) noexcept
{
    return in & upper_bits;
}

/// Of a text of less than eight; behind it comes what is never found, a letter.
inline octets fewer_octets(std::string_view text) noexcept
{
    char all[sizeof(octets)] = {'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x'};
    char* at = all;
    for (const char c : text)
        *at++ = c;
    octets out = 0;
    std::memcpy(&out, all, sizeof(out));
    return out;
}

/// Whether `find` finds some octet of a text. It gets eight of them at a time.
template <class Find>
bool any_octet(std::string_view text, Find find) noexcept
{
    octets eight = 0;
    if (text.size() < sizeof(eight))
        return find(fewer_octets(text)) != 0;
    octets found = 0;
    const char* const last = text.data() + text.size() - sizeof(eight);
    for (const char* at = text.data(); at < last; at += sizeof(eight))
    {
        std::memcpy(&eight, at, sizeof(eight));
        found |= find(eight);
    }
    std::memcpy(&eight, last, sizeof(eight)); // some of them once more
    return (found | find(eight)) != 0;
}

} // namespace asioauth::detail
