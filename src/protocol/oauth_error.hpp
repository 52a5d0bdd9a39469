// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "base/octets.hpp"
#include "protocol/json_access.hpp"

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/json/array.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace asioauth::detail {

/// The failure `code`, with the response's URL and status.
inline failure failure_from(const http_response& response, stage where, errc code)
{
    failure out(code);
    out.where(where).http_status(response.status());
    if (!response.from().empty())
        out.url(response.from().without_query());
    return out;
}

/// Add stage, URL and status to a failure that an inner reader made.
inline failure place(failure f, const http_response& response, stage where)
{
    f.where(where).http_status(response.status());
    if (!response.from().empty())
        f.url(response.from().without_query());
    return f;
}

/// Whether a text has something like a member that must not be shown, or a field of a form.
inline bool has_secret_member(std::string_view text) noexcept
{
    for (const std::string_view name :
         {"client_secret", "access_token", "refresh_token", "id_token"})
    {
        for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at))
        {
            // `invalid_token` is none.
            const bool whole = at == 0 || !is_lower(text[at - 1]);
            at += name.size();
            // The last is JSON inside of JSON.
            if (whole && at != text.size()
                && (text[at] == '"' || text[at] == '=' || text[at] == '\\'))
                return true;
        }
    }
    return false;
}

/// Whether a body that is not understood seems to hold what must not be shown.
inline bool may_hold_secrets(std::string_view body) noexcept
{
    return has_secret_member(body) || body.find("client_secret") != std::string_view::npos;
}

/** The OAuth error that a JSON object names, with the server's text; nothing if it names none.

    Servers whose API has errors of its own kind put them in the place of OAuth's: `error` is then an
    object, or there is a list `errors`.
*/
inline std::optional<failure>
named_oauth_error(const json_members& json, const http_response& response, stage where)
{
    const auto& members = json.raw();
    std::string_view name = string_member(members, "error");
    std::string text = json.display_string("error_description");
    const auto* const details = object_member(members, "error");
    const auto* const list = members.if_contains("errors");
    if (details != nullptr)
    {
        const std::string_view code = string_member(*details, "code");
        name = code.empty() ? string_member(*details, "type") : code;
        text = presentable(string_member(*details, "message"));
        if (name.empty() && !text.empty())
            name = "error";
    }
    else if (name.empty() && list != nullptr && list->is_array() && !list->empty())
    {
        if (const auto* const first = list->front().if_object())
        {
            name = string_member(*first, "errorType");
            text = presentable(string_member(*first, "message"));
        }
    }
    if (name.empty())
        return std::nullopt;
    failure out = failure_from(response, where, oauth_error_from_name(name));
    // Where a broken document was taken for an error, the rest of it may be part of a text.
    if (!has_secret_member(name))
        out.server_error(name);
    if (!has_secret_member(text))
        out.server_message(text);
    return out;
}

/** The failure that a response stands for which is not the one asked for.

    The content type is not looked at: a refusal is used for nothing but to tell the user, and
    servers label refusals with less care than answers.

    @param excerpt the most bytes of a body that is not an OAuth error to keep as server text
*/
inline failure read_refusal(const http_response& response, stage where, std::size_t excerpt)
{
    if (response.status() >= 400)
    {
        if (const auto json = json_object::parse(response.body()))
        {
            if (auto named = named_oauth_error(*json, response, where))
                return *named;
        }
    }
    failure out = failure_from(response, where, errc::http_status_unexpected);
    if (excerpt != 0 && response.status() >= 400 && !may_hold_secrets(response.body()))
        out.server_message(presentable(response.body(), excerpt));
    return out;
}

/// True if every byte is visible ASCII, or a space where `space` says so.
inline bool is_visible_ascii(std::string_view text, bool space = false) noexcept
{
    const unsigned char least = space ? ' ' : ' ' + 1;
    return !any_octet(text, [least](octets in) {
        return less_than(in, least) | equal_to(in, 0x7f) | not_ascii(in);
    });
}

} // namespace asioauth::detail
