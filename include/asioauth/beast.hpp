// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Requests and responses of Boost.Beast for session::async_send. For those who have Beast anyway:
// nothing else of the library includes it.

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/session.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>
#include <string_view>

namespace asioauth {

/** The request to the resource of `who` that a Beast request stands for.

    The target of `from` is taken for a path and query at the origin of session::requested(). Hop
    by hop fields and `Host` are the library's own; an `Authorization` is replaced by the session's.
    @return the request, or errc::invalid_url for a target that is not in origin form (`/path?query`)
*/
inline result<http_request> from_beast(
    const session& who, const boost::beast::http::request<boost::beast::http::string_body>& from
)
{
    const std::string target(from.target().data(), from.target().size());
    auto where = with_path(who.requested(), target);
    if (!where)
        return where.error();
    const auto method = from.method_string();
    http_request out(
        request_kind::resource, std::string_view(method.data(), method.size()), std::move(*where)
    );
    std::string type;
    for (const auto& field : from)
    {
        const std::string_view name(field.name_string().data(), field.name_string().size());
        const std::string_view value(field.value().data(), field.value().size());
        if (field.name() == boost::beast::http::field::content_type)
            type = value;
        else if (field.name() == boost::beast::http::field::authorization)
            continue;
        else if (const auto before = out.field(name); !before.empty())
        {
            // One list; that of cookies has another separator (RFC 6265 section 4.2.1).
            const bool cookies = field.name() == boost::beast::http::field::cookie;
            out.field(name, std::string(before).append(cookies ? "; " : ", ").append(value));
        }
        else
            out.field(name, value);
    }
    if (!from.body().empty() || !type.empty())
        out.body(type, secret(from.body()));
    return out;
}

/// A response as a Beast message. Content-Length is that of the body; there is no Transfer-Encoding.
inline boost::beast::http::response<boost::beast::http::string_body>
to_beast(const http_response& from)
{
    namespace http = boost::beast::http;
    http::response<http::string_body> out;
    out.version(11);
    out.result(static_cast<unsigned>(from.status()));
    for (const auto& [name, value] : from.fields())
    {
        const auto known = http::string_to_field(name);
        if (known != http::field::transfer_encoding && known != http::field::content_length
            && known != http::field::connection)
            out.insert(name, value);
    }
    out.body() = from.body();
    out.prepare_payload();
    return out;
}

} // namespace asioauth
