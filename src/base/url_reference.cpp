// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/url.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace asioauth {
namespace {

bool has_scheme(std::string_view reference) noexcept
{
    const auto colon = reference.find(':');
    return colon != std::string_view::npos
        && colon < std::min(reference.find_first_of("/?"), reference.size());
}

// RFC 3986 section 5.2.4, for a path that begins with a slash.
std::string remove_dot_segments(std::string_view path)
{
    std::string out;
    while (!path.empty())
    {
        const auto end = std::min(path.find('/', 1), path.size());
        const auto segment = path.substr(0, end);
        path.remove_prefix(end);
        if (segment == "/..")
        {
            out.resize(out.empty() ? 0 : out.rfind('/'));
        }
        if (segment != "/." && segment != "/..")
        {
            out += segment;
        }
        else if (path.empty())
        {
            out += '/';
        }
    }
    return out;
}

} // namespace

// RFC 3986 section 5.2.2, and every result passes our own stricter reading. Boost.URL is not used:
// it rewrites what it resolves, and keeps dot segments that lead above the root. The fragment is
// for user agents.
result<url> resolve_reference(const url& base, std::string_view reference)
{
    reference = reference.substr(0, reference.find('#'));
    if (has_scheme(reference))
    {
        return url::parse(reference);
    }
    if (reference.starts_with("//"))
    {
        return url::parse(std::string(base.scheme()) + ":" + std::string(reference));
    }
    const auto query_at = std::min(reference.find('?'), reference.size());
    std::string path(reference.substr(0, query_at));
    std::string query(reference.substr(query_at));
    if (path.empty())
    {
        if (query.empty() && base.has_query())
            query = "?" + std::string(base.query());
        path = base.path().empty() ? "/" : std::string(base.path());
    }
    else if (path.front() != '/')
    {
        const auto parent = base.path().substr(0, base.path().rfind('/') + 1);
        path.insert(0, parent.empty() ? "/" : std::string(parent));
    }
    return with_path(base, remove_dot_segments(path) + query);
}

} // namespace asioauth
