// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/mcp_identity.hpp"

#include "protocol/json_access.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

server_identity read_server_identity(const json_value& from)
{
    constexpr std::size_t longest = 4096;
    constexpr std::size_t most_icons = 16;
    const auto text = [&](const char* name) {
        return string_member(from, name).substr(0, longest);
    };
    server_identity out;
    out.name(text("name")).title(text("title")).description(text("description"));
    out.website_url(text("websiteUrl"));
    const auto* icons = from.if_contains("icons");
    const auto* all = icons != nullptr ? icons->if_array() : nullptr;
    if (all == nullptr)
        return out;
    for (const auto& one : *all)
    {
        const auto* icon = one.if_object();
        if (icon == nullptr || out.icons().size() == most_icons)
            continue;
        server_icon i(string_member(*icon, "src"));
        i.mime_type(string_member(*icon, "mimeType"));
        // An array in the newer revisions, a text in the first.
        std::string sizes(string_member(*icon, "sizes"));
        const auto* list = icon->if_contains("sizes");
        if (const auto* each = list != nullptr ? list->if_array() : nullptr)
        {
            for (const auto& size : *each)
            {
                const auto* s = size.if_string();
                if (s != nullptr && sizes.size() < longest)
                    sizes.append(sizes.empty() ? "" : " ").append(*s);
            }
        }
        i.sizes(sizes);
        out.add_icon(std::move(i));
    }
    return out;
}

} // namespace asioauth::detail
