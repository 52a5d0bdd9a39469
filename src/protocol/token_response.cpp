// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/time_arithmetic.hpp"

#include <asioauth/protocol/token.hpp>

#include <algorithm>

namespace asioauth {
namespace {

constexpr std::size_t longest_token = 64 * 1024;

bool is_bearer(std::string_view type)
{
    constexpr std::string_view bearer = "bearer";
    return std::equal(type.begin(), type.end(), bearer.begin(), bearer.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

} // namespace

result<token_set> read_token_response(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop,
    const provider_policy* /*provider*/
)
{
    // 200 by the RFC; there is a server that says 201. No part of another body is kept: it may
    // repeat what was sent.
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, stage::token, 0);
    const auto json = detail::read_json_body(response);
    const auto wrong = [&](const failure& f) { return detail::place(f, response, stage::token); };
    if (!json)
        return wrong(json.error());
    if (auto named = detail::named_oauth_error(*json, response, stage::token))
        return *named;
    const auto invalid = [&](errc code, std::string_view message) {
        failure out = detail::failure_from(response, stage::token, code);
        out.message(message);
        return out;
    };
    const auto usable = [](std::string_view token) {
        return token.size() <= longest_token && detail::is_visible_ascii(token);
    };

    token_set out;
    auto access_token = json->string("access_token");
    if (!access_token)
        return wrong(access_token.error());
    out.access_token = secret(*access_token);
    wipe(*access_token);
    if (!usable(out.access_token.reveal()))
        return invalid(
            errc::token_response_invalid,
            "Member \"access_token\" is too long or has characters that no token has."
        );

    const auto type = json->optional_string("token_type");
    if (!type)
        return wrong(type.error());
    // The member is required, but there are servers that leave it out, and all of those mean
    // Bearer.
    if (dpop && *type == "DPoP")
        out.kind = token_kind::dpop;
    else if (!type->empty() && !is_bearer(*type))
        return invalid(
            errc::token_type_not_supported, "The token type is \"" + presentable(*type, 64) + "\"."
        );

    auto refresh_token = json->optional_string("refresh_token");
    if (!refresh_token)
        return wrong(refresh_token.error());
    out.refresh_token = secret(*refresh_token);
    wipe(*refresh_token);
    if (!usable(out.refresh_token.reveal()))
        return invalid(
            errc::token_response_invalid,
            "Member \"refresh_token\" is too long or has characters that no token has."
        );

    auto id_token = json->optional_string("id_token");
    if (!id_token)
        return wrong(id_token.error());
    out.id_token = secret(*id_token);
    wipe(*id_token);

    auto scope = json->optional_string("scope");
    if (!scope)
        return wrong(scope.error());
    out.scope = scope->empty() ? std::string(requested_scope) : std::move(*scope);

    const auto seconds = json->optional_seconds("expires_in");
    if (!seconds)
        return wrong(seconds.error());
    if (*seconds)
        out.expires_at = detail::later(now, std::chrono::seconds(**seconds));
    return out;
}

} // namespace asioauth
