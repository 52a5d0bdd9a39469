// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/authenticated_request.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/time_arithmetic.hpp"

#include <asioauth/protocol/revocation.hpp>

#include <boost/json/serialize.hpp>

namespace asioauth {
namespace {

result<http_request> make_request_about(
    const discovery& found,
    const registration& client,
    server_endpoint which,
    const secret& token,
    token_hint hint,
    const request_stamp& stamp
)
{
    if (token.empty())
        return detail::bad_request(stage::token, errc::invalid_argument, "There is no token.");
    secret_fields fields;
    fields.emplace_back("token", token);
    fields.emplace_back("token_type_hint", secret(name_of(hint)));
    return make_authenticated_request(found, client, which, std::move(fields), stamp);
}

// A NumericDate of a claim; nothing if it is absent, no number or beyond what the clock can say.
std::optional<std::chrono::system_clock::time_point> date(const detail::json_value* value)
{
    if (value == nullptr)
        return std::nullopt;
    if (const auto* whole = value->if_int64(); whole != nullptr && *whole >= 0)
        return detail::time_at(*whole);
    const auto* real = value->if_double();
    if (real != nullptr && *real >= 0 && *real < 9e18)
        return detail::time_at(static_cast<std::int64_t>(*real));
    return std::nullopt;
}

// `aud`: a string or an array of strings.
result<std::vector<std::string>> read_audience(const detail::json_object& json)
{
    std::vector<std::string> out;
    const auto* value = json.raw().if_contains("aud");
    if (value != nullptr && value->is_string())
    {
        out.emplace_back(*value->if_string());
        return out;
    }
    auto list = json.optional_strings("aud");
    if (!list)
        return list.error();
    if (*list)
        out = **std::move(list);
    return out;
}

} // namespace

std::string_view name_of(token_hint h) noexcept
{
    return h == token_hint::refresh_token ? "refresh_token" : "access_token";
}

result<http_request> make_revocation_request(
    const discovery& found,
    const registration& client,
    const secret& token,
    token_hint hint,
    const request_stamp& stamp
)
{
    return make_request_about(found, client, server_endpoint::revocation, token, hint, stamp);
}

result<void> read_revocation_response(const http_response& response)
{
    const auto json = detail::json_object::parse(response.body());
    std::optional<failure> named;
    if (json)
        named = detail::named_oauth_error(*json, response, stage::token);
    if (response.status() == 503 || response.status() == 429)
    {
        failure later = detail::failure_from(response, stage::token, errc::temporarily_unavailable);
        later.message("The token was not revoked and still works.");
        const std::string_view wait = response.field("Retry-After");
        if (!wait.empty() && wait.size() <= 6
            && wait.find_first_not_of("0123456789") == std::string_view::npos)
            later.hint("Try again in " + std::string(wait) + " seconds.");
        if (named)
            later.server_error(named->info().server_error())
                .server_message(named->info().server_message());
        return later;
    }
    // Some servers report a token that they do not know; whatever they do not know does not work.
    if (named && named->code() == errc::invalid_token && response.status() == 400)
        return {};
    if (named)
        return *named;
    if (response.status() == 200 || response.status() == 204)
        return {};
    return detail::read_refusal(response, stage::token, 0);
}

result<http_request> make_introspection_request(
    const discovery& found,
    const registration& client,
    const secret& token,
    token_hint hint,
    const request_stamp& stamp
)
{
    return make_request_about(found, client, server_endpoint::introspection, token, hint, stamp);
}

result<introspection> read_introspection_response(const http_response& response)
{
    if (response.status() != 200)
        return detail::read_refusal(response, stage::token, 0);
    const auto wrong = [&](const failure& f) { return detail::place(f, response, stage::token); };
    const auto json = detail::read_json_body(response);
    if (!json)
        return wrong(json.error());
    if (auto named = detail::named_oauth_error(*json, response, stage::token))
        return *named;
    if (!json->has("active"))
        return wrong(failure(errc::json_member_missing).message("Member \"active\" is missing."));
    const auto active = json->optional_bool("active");
    if (!active)
        return wrong(active.error());

    introspection out;
    if (!*active)
        return out;
    out.active = true;
    for (const auto& [name, place] : {
             std::pair("scope", &introspection::scope),
             std::pair("client_id", &introspection::client_id),
             std::pair("sub", &introspection::subject),
             std::pair("token_type", &introspection::token_type),
             std::pair("iss", &introspection::issuer),
         })
    {
        auto text = json->optional_string(name);
        if (!text)
            return wrong(text.error());
        out.*place = *std::move(text);
    }
    out.username = json->display_string("username");
    auto audience = read_audience(*json);
    if (!audience)
        return wrong(audience.error());
    out.audience = *std::move(audience);
    out.expires_at = date(json->raw().if_contains("exp"));
    out.claims = boost::json::serialize(json->copy());
    return out;
}

} // namespace asioauth
