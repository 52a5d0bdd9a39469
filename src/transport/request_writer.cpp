// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/request_writer.hpp"

#include "base/http_chars.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace asioauth::detail {
namespace {

namespace beast = boost::beast;

// Fields that say how the message is carried. The client decides that; a caller's word would
// contradict it, or tell the server what is for a proxy.
constexpr std::array<std::string_view, 13> own_fields{
    "Host",
    "Authorization",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Upgrade",
    "Expect",
    "Accept-Encoding",
};

bool is_own(std::string_view name)
{
    return std::any_of(own_fields.begin(), own_fields.end(), [name](std::string_view own) {
        return beast::iequals(own, name);
    });
}

bool has_body(const http_request& r)
{
    return !r.body().empty() || r.method() == "POST" || r.method() == "PUT"
        || r.method() == "PATCH";
}

// Every piece of the request in order.
template <class Put>
void pieces(
    const http_request& r,
    const url& target,
    std::string_view authority,
    std::string_view user_agent,
    Put put
)
{
    constexpr std::string_view eol = "\r\n";
    put(r.method());
    put(" ");
    put(target.path().empty() ? std::string_view("/") : target.path());
    if (target.has_query())
    {
        put("?");
        put(target.query());
    }
    put(" HTTP/1.1\r\nHost: ");
    put(authority);
    put(eol);
    if (r.field("User-Agent").empty())
    {
        put("User-Agent: ");
        put(user_agent);
        put(eol);
    }
    for (const auto& [name, value] : r.fields())
    {
        if (!is_own(name))
        {
            put(name);
            put(": ");
            put(value);
            put(eol);
        }
    }
    if (!r.authorization().empty())
    {
        put("Authorization: ");
        put(r.authorization().reveal());
        put(eol);
    }
    if (has_body(r))
    {
        put("Content-Length: ");
        put(std::to_string(r.body().size()));
        put(eol);
    }
    put(eol);
    put(r.body().reveal());
}

} // namespace

void request_bytes::assign(const http_request& r, const url& target, std::string_view user_agent)
{
    const std::string authority = target.authority();
    assign_pieces([&](auto put) { pieces(r, target, authority, user_agent, put); });
}

result<void> check_sendable(const http_request& r, std::string_view user_agent)
{
    if (auto checked = check_request(r); !checked)
    {
        return checked.error();
    }
    if (r.method() == "CONNECT" || r.method() == "HEAD" || r.method() == "TRACE")
    {
        return failure(errc::request_invalid).message("Requests of this method are not supported.");
    }
    if (!is_text(user_agent))
    {
        return failure(errc::request_invalid)
            .message("The User-Agent contains a control character.");
    }
    return {};
}

} // namespace asioauth::detail
