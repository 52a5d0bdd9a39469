// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "protocol/scope_list.hpp"

#include <set>

namespace asioauth::detail {

// Both lists may be a server's: sets, since each compared with all would take too long.

bool covers_scopes(std::string_view granted, std::string_view wanted)
{
    std::set<std::string_view> known;
    while (!granted.empty())
        known.insert(next_scope(granted));
    while (!wanted.empty())
    {
        const auto one = next_scope(wanted);
        if (!one.empty() && !known.contains(one))
            return false;
    }
    return true;
}

std::string union_of_scopes(std::string_view a, std::string_view b)
{
    std::set<std::string_view> known;
    std::string out;
    for (std::string_view from : {a, b})
    {
        while (!from.empty())
        {
            const auto one = next_scope(from);
            if (one.empty() || !known.insert(one).second)
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
