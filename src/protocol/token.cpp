// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/token.hpp>

#include <algorithm>

namespace asioauth {
namespace {

constexpr std::size_t longest_token = 64 * 1024;

// A form that holds secrets: nothing of it is left behind when it is done.
class secret_form
{
public:
    secret_form() = default;
    secret_form(const secret_form&) = delete;
    secret_form& operator=(const secret_form&) = delete;
    ~secret_form() { wipe(text_); }

    void add(std::string_view name, std::string_view value)
    {
        std::string encoded = form_encode(value);
        std::string longer;
        longer.reserve(text_.size() + name.size() + encoded.size() + 2);
        longer.append(text_);
        if (!longer.empty())
            longer += '&';
        longer.append(name).append(1, '=').append(encoded);
        wipe(encoded);
        text_.swap(longer);
        wipe(longer);
    }

    secret content() const { return secret(text_); }

private:
    std::string text_;
};

failure bad_request(errc code, std::string_view message)
{
    failure out(code);
    out.where(stage::token).message(message);
    return out;
}

result<http_request> make_token_request(
    const discovery& found, const registration& client, std::string_view resource, secret_form& form
)
{
    if (found.server.token_endpoint.empty())
        return bad_request(
            errc::endpoint_missing, "The authorization server has no token endpoint."
        );
    if (client.client_id.empty())
        return bad_request(errc::client_information_required, "The client has no identifier.");
    const bool confidential = client.auth_method != token_endpoint_auth_method::none;
    if (confidential && client.client_secret.empty())
        return bad_request(errc::client_information_required, "The client has no secret.");
    if (resource.empty())
        return bad_request(errc::invalid_argument, "No resource is named.");
    form.add("resource", resource);

    http_request out(request_kind::token, "POST", found.server.token_endpoint);
    out.field("Accept", "application/json");
    switch (client.auth_method)
    {
    case token_endpoint_auth_method::none: form.add("client_id", client.client_id); break;
    case token_endpoint_auth_method::client_secret_basic:
        out.authorization(make_basic_credentials(client.client_id, client.client_secret));
        break;
    case token_endpoint_auth_method::client_secret_post:
        form.add("client_id", client.client_id);
        form.add("client_secret", client.client_secret.reveal());
        break;
    }
    out.body("application/x-www-form-urlencoded", form.content());
    out.policy(found.policy);
    return out;
}

failure other_issuer(std::string_view with, std::string_view server)
{
    return bad_request(
        errc::registration_issuer_mismatch,
        "The login began with " + presentable(with, 128) + ", the authorization server is "
            + presentable(server, 128) + "."
    );
}

bool is_bearer(std::string_view type)
{
    constexpr std::string_view bearer = "bearer";
    return std::equal(type.begin(), type.end(), bearer.begin(), bearer.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

// `when + by`, held inside what the clock can express.
std::chrono::system_clock::time_point
later(std::chrono::system_clock::time_point when, std::chrono::seconds by)
{
    using time_point = std::chrono::system_clock::time_point;
    using std::chrono::seconds;
    const auto whole = [](time_point t) {
        return std::chrono::duration_cast<seconds>(t.time_since_epoch());
    };
    if (by >= whole(time_point::max()) - whole(when) - seconds(1))
        return time_point::max();
    if (by <= whole(time_point::min()) - whole(when) + seconds(1))
        return time_point::min();
    return when + by;
}

} // namespace

bool token_set::expires_within(
    std::chrono::seconds margin, std::chrono::system_clock::time_point now
) const noexcept
{
    return expires_at && *expires_at <= later(now, margin);
}

result<http_request> make_code_token_request(
    const discovery& found,
    const registration& client,
    const pending_authorization& pending,
    const secret& code
)
{
    const std::string& issuer = found.server.issuer;
    // The code goes to the server that the user was sent to, and to no other.
    if (issuer.empty() || pending.issuer != issuer)
        return other_issuer(pending.issuer, issuer);
    if (client.issuer != issuer)
        return other_issuer(client.issuer, issuer);
    if (pending.client_id != client.client_id)
        return bad_request(
            errc::registration_issuer_mismatch, "The login began with another client."
        );
    if (code.empty())
        return bad_request(errc::code_missing, "There is no code to exchange.");

    secret_form form;
    form.add("grant_type", "authorization_code");
    form.add("code", code.reveal());
    form.add("redirect_uri", pending.redirect_uri);
    form.add("code_verifier", pending.code_verifier.reveal());
    return make_token_request(found, client, pending.resource, form);
}

result<http_request> make_refresh_token_request(
    const discovery& found, const registration& client, const secret& refresh_token
)
{
    if (found.server.issuer.empty() || client.issuer != found.server.issuer)
        return other_issuer(client.issuer, found.server.issuer);
    if (refresh_token.empty())
        return bad_request(errc::login_required, "There is no refresh token.");
    secret_form form;
    form.add("grant_type", "refresh_token");
    form.add("refresh_token", refresh_token.reveal());
    return make_token_request(found, client, found.resource, form);
}

result<token_set> read_token_response(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now
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
    if (!type->empty() && !is_bearer(*type))
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
        out.expires_at = later(now, std::chrono::seconds(**seconds));
    return out;
}

secret make_bearer_credentials(const secret& access_token)
{
    std::string value;
    value.reserve(7 + access_token.size());
    value.append("Bearer ").append(access_token.reveal());
    secret out(value);
    wipe(value);
    return out;
}

} // namespace asioauth
