// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <algorithm>
#include <string_view>

namespace asioauth::detail {

/// Takes the first of space-separated scopes off the list; empty where two spaces meet.
inline std::string_view next_scope(std::string_view& list)
{
    const auto end = std::min(list.find(' '), list.size());
    const auto one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    return one;
}

/// Whether this scope is on the list.
inline bool has_scope(std::string_view list, std::string_view wanted)
{
    while (!list.empty())
    {
        if (next_scope(list) == wanted)
            return true;
    }
    return false;
}

} // namespace asioauth::detail
