// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/use.hpp"

#include <asioauth/html_reader.hpp>

namespace asioauth::detail {

flow<integration> described(integration i, describe_params params, flow_settings settings)
{
    constexpr std::chrono::seconds patience(5);
    params.timeout(patience);
    auto profile = co_await describe(std::move(params), &read_html_head, settings);
    if (!profile)
        co_return i;
    // Nothing that is known already is given up for nothing.
    if (!profile->title.empty())
        i.title = profile->title;
    if (!profile->description.empty())
        i.description = profile->description;
    i.website = profile->website.empty() ? i.website : profile->website.str();
    i.documentation =
        profile->documentation.empty() ? i.documentation : profile->documentation.str();
    i.policy = profile->policy.empty() ? i.policy : profile->policy.str();
    i.tos = profile->tos.empty() ? i.tos : profile->tos.str();
    if (!profile->icon.empty())
    {
        auto kept = co_await put_icon(i, profile->icon_type + "\n" + profile->icon);
        if (kept)
            i.icon = std::move(*kept);
    }
    co_return i;
}

} // namespace asioauth::detail
