// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "protocol_fixture.hpp"

#include <asioauth/html_reader.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::test {

/// A page, and what has to be read from it.
class page
{
public:
    page(
        std::string w,
        std::string b,
        std::string t,
        std::string i = "",
        std::string d = "",
        std::string c = ""
    )
        : what(std::move(w))
        , bytes(std::move(b))
        , title(std::move(t))
        , icon(std::move(i))
        , description(std::move(d))
        , content_type(std::move(c))
    {}

    std::string what;
    std::string bytes;
    std::string title;
    std::string icon; ///< empty: none but the usual one
    std::string description;
    std::string content_type;
};

inline std::string repeated(std::string_view text, std::size_t times)
{
    std::string out;
    while (times-- != 0)
        out += text;
    return out;
}

inline std::string first_icon(const html_head& head)
{
    if (head.icons.empty())
        return {};
    const auto& first = head.icons.front();
    return first.where.empty() ? "data:" + first.data : first.where.str();
}

} // namespace asioauth::test
