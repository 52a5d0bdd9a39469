// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <algorithm>

namespace asioauth::detail {
namespace {

// Each call gets one scope off the front.
std::string_view next_scope(std::string_view& scopes)
{
    const auto end = std::min(scopes.find(' '), scopes.size());
    const auto one = scopes.substr(0, end);
    scopes.remove_prefix(std::min(end + 1, scopes.size()));
    return one;
}

bool contains_scope(std::string_view scopes, std::string_view wanted)
{
    while (!scopes.empty())
    {
        if (next_scope(scopes) == wanted)
            return true;
    }
    return false;
}

} // namespace

bool covers_scopes(std::string_view granted, std::string_view wanted)
{
    while (!wanted.empty())
    {
        const auto one = next_scope(wanted);
        if (!one.empty() && !contains_scope(granted, one))
            return false;
    }
    return true;
}

std::string union_of_scopes(std::string_view a, std::string_view b)
{
    std::string out;
    for (std::string_view from : {a, b})
    {
        while (!from.empty())
        {
            const auto one = next_scope(from);
            if (one.empty() || contains_scope(out, one))
                continue;
            if (!out.empty())
                out += ' ';
            out += one;
        }
    }
    return out;
}

std::string filtered_scope(const discovery& found, const flow_settings& settings)
{
    const std::string selected = select_scope(found, "");
    return settings.scope_filter ? settings.scope_filter(found, selected) : selected;
}

} // namespace asioauth::detail
