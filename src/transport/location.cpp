// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/location.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace asioauth::detail {
namespace {

failure refuse(const std::string& why)
{
    return failure(errc::redirect_refused).message(why);
}

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

// RFC 3986 section 5.2.2, and every result passes our own stricter reading. Boost.URL is not used:
// it rewrites what it resolves, and keeps dot segments that lead above the root. The fragment is
// for user agents.
result<url> resolve(const url& base, std::string_view reference)
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
    if (path.empty())
    {
        path = base.path().empty() ? "/" : std::string(base.path());
    }
    else if (path.front() != '/')
    {
        const auto parent = base.path().substr(0, base.path().rfind('/') + 1);
        path.insert(0, parent.empty() ? "/" : std::string(parent));
    }
    return with_path(base, remove_dot_segments(path) + std::string(reference.substr(query_at)));
}

} // namespace

bool is_redirect(int status) noexcept
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

result<url>
redirect_target(const http_request& request, const url& from, const http_response& response)
{
    const auto locations = response.all("Location");
    if (locations.size() != 1 || locations.front().empty())
    {
        return refuse("The server redirects without saying where to, or to several places.");
    }
    auto target = resolve(from, locations.front());
    if (!target)
    {
        return refuse("The server redirects to something that is not a usable URL.");
    }
    if (!may_be_redirected(request.kind()) || request.method() != "GET"
        || !request.authorization().empty() || !request.body().empty())
    {
        return refuse(
            "The server redirects to " + presentable(target->origin())
            + ", and requests of this kind do not follow redirects."
        );
    }
    if (!same_origin(*target, from))
    {
        return refuse(
            "The server redirects to another origin, " + presentable(target->origin()) + "."
        );
    }
    return target;
}

} // namespace asioauth::detail
