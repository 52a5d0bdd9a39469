// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "protocol/scope_list.hpp"

namespace asioauth::detail {
bool covers_scopes(std::string_view granted, std::string_view wanted)
{
    while (!wanted.empty())
    {
        const auto one = next_scope(wanted);
        if (!one.empty() && !has_scope(granted, one))
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
            if (one.empty() || has_scope(out, one))
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
