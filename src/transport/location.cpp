// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/location.hpp"

#include <asioauth/limits.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <string>
#include <string_view>

namespace asioauth::detail {
namespace {

failure refuse(std::string const& why)
{
    return failure(errc::redirect_refused).message(why);
}

// RFC 3986 section 5, then our own stricter reading of the result. The fragment is for user agents.
result<url> resolve(url const& base, std::string_view reference)
{
    if (reference.size() > limits::url_size)
    {
        return failure(errc::url_too_long);
    }
    reference = reference.substr(0, reference.find('#'));
    auto const from = boost::urls::parse_uri(base.str());
    auto const to = boost::urls::parse_uri_reference({reference.data(), reference.size()});
    if (!from || !to)
    {
        return failure(errc::invalid_url);
    }
    boost::urls::url resolved;
    if (!boost::urls::resolve(*from, *to, resolved))
    {
        return failure(errc::invalid_url);
    }
    return url::parse({resolved.buffer().data(), resolved.buffer().size()});
}

} // namespace

bool is_redirect(int status) noexcept
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

result<url> redirect_target(http_request const& request, url const& from, http_response const& response)
{
    auto const locations = response.all("Location");
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
