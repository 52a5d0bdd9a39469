// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/display_text.hpp"

#include <asioauth/diagnostics.hpp>

#include <array>

namespace asioauth::detail {
namespace {

// White space of Unicode that presentable() keeps.
constexpr std::array<std::string_view, 18> spaces{
    " ",
    "\xc2\xa0",
    "\xe1\x9a\x80",
    "\xe2\x80\x80",
    "\xe2\x80\x81",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x84",
    "\xe2\x80\x85",
    "\xe2\x80\x86",
    "\xe2\x80\x87",
    "\xe2\x80\x88",
    "\xe2\x80\x89",
    "\xe2\x80\x8a",
    "\xe2\x80\xaf",
    "\xe2\x81\x9f",
    "\xe3\x80\x80",
    "\xe2\xa0\x80"};

std::size_t space_at(std::string_view text) noexcept
{
    for (const auto s : spaces)
    {
        if (text.starts_with(s))
            return s.size();
    }
    return 0;
}

} // namespace

std::string display_text(std::string_view untrusted, std::size_t cap)
{
    // A bound for the work; what is invisible takes room here and none in the end.
    const std::string clean = presentable(untrusted, 64 * cap);
    std::string out;
    bool gap = false;
    for (std::size_t i = 0; i != clean.size();)
    {
        const auto n = space_at(std::string_view(clean).substr(i));
        if (n != 0)
        {
            gap = true;
            i += n;
            continue;
        }
        if (gap && !out.empty())
            out += ' ';
        gap = false;
        out += clean[i++];
        if (out.size() > cap + 4)
            break;
    }
    out = presentable(out, cap);
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

} // namespace asioauth::detail
