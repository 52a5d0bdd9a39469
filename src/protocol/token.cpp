// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/time_arithmetic.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/token.hpp>

namespace asioauth {
namespace {

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
    default: return bad_request(errc::client_information_required, "This method is not there yet.");
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

} // namespace

bool token_set::expires_within(
    std::chrono::seconds margin, std::chrono::system_clock::time_point now
) const noexcept
{
    return expires_at && *expires_at <= detail::later(now, margin);
}

result<http_request> make_code_token_request(
    const discovery& found,
    const registration& client,
    const pending_authorization& pending,
    const secret& code,
    const request_stamp& /*stamp*/
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
    const discovery& found,
    const registration& client,
    const secret& refresh_token,
    std::string_view scope,
    const request_stamp& /*stamp*/
)
{
    if (found.server.issuer.empty() || client.issuer != found.server.issuer)
        return other_issuer(client.issuer, found.server.issuer);
    if (refresh_token.empty())
        return bad_request(errc::login_required, "There is no refresh token.");
    secret_form form;
    form.add("grant_type", "refresh_token");
    form.add("refresh_token", refresh_token.reveal());
    if (!scope.empty())
        form.add("scope", scope);
    return make_token_request(found, client, found.resource, form);
}

std::string_view name_of(token_kind k) noexcept
{
    return k == token_kind::dpop ? "DPoP" : "Bearer";
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
