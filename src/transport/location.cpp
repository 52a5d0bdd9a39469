// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/location.hpp"

#include <string>

namespace asioauth::detail {
namespace {

failure refuse(const std::string& why)
{
    return failure(errc::redirect_refused).message(why);
}

// A remote server must not lead to this machine, whatever the user typed at first, and nobody to
// plain http.
bool may_lead_to(const url& from, const url& target)
{
    if (target.host_is_loopback() && !from.host_is_loopback())
        return false;
    return target.is_https() || (!from.is_https() && target.host_is_loopback());
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
    auto target = resolve_reference(from, locations.front());
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
    if (may_leave_origin(request.kind()))
    {
        if (!same_origin(*target, from) && !may_lead_to(from, *target))
        {
            return refuse(
                "The server redirects to a place that it must not lead to, "
                + presentable(target->origin()) + "."
            );
        }
    }
    else if (!same_origin(*target, from))
    {
        return refuse(
            "The server redirects to another origin, " + presentable(target->origin()) + "."
        );
    }
    return target;
}

} // namespace asioauth::detail
