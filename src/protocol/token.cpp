// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/authenticated_request.hpp"
#include "protocol/time_arithmetic.hpp"

#include <asioauth/access_token.hpp>
#include <asioauth/protocol/dpop.hpp>
#include <asioauth/protocol/token.hpp>

namespace asioauth {

bool token_set::expires_within(
    std::chrono::seconds margin, std::chrono::system_clock::time_point now
) const noexcept
{
    return expires_at && *expires_at <= detail::later(now, margin);
}

secret access_token::credentials() const
{
    return detail::credentials_of(value, kind);
}

secret detail::credentials_of(const secret& token, token_kind kind)
{
    if (token.empty())
        return {};
    return kind == token_kind::dpop ? make_dpop_credentials(token) : make_bearer_credentials(token);
}

result<http_request> make_code_token_request(
    const discovery& found,
    const registration& client,
    const pending_authorization& pending,
    const secret& code,
    const request_stamp& stamp
)
{
    const auto refuse = [](errc code_, std::string_view message) {
        return detail::bad_request(stage::token, code_, message);
    };
    // The code goes to the server that the user was sent to, and to no other.
    if (pending.issuer != found.server.issuer)
    {
        return refuse(
            errc::registration_issuer_mismatch,
            "The login began with " + presentable(pending.issuer, 128)
                + ", the authorization server is " + presentable(found.server.issuer, 128) + "."
        );
    }
    if (const auto own = detail::check_issuer(found, client, stage::token); !own)
        return own.error();
    if (pending.client_id != client.client_id)
        return refuse(errc::registration_issuer_mismatch, "The login began with another client.");
    if (code.empty())
        return refuse(errc::code_missing, "There is no code to exchange.");
    if (pending.redirect_uri.empty() || pending.code_verifier.empty())
        return refuse(errc::invalid_argument, "The record of the login is not complete.");
    // What the user agreed to is asked for, whatever the policy says by now.
    if (pending.resource.empty() && !detail::omits_resource(found))
        return refuse(errc::invalid_argument, "No resource is named.");

    secret_fields fields;
    fields.reserve(8); // with those that show who the client is
    fields.emplace_back("grant_type", secret("authorization_code"));
    fields.emplace_back("code", code);
    fields.emplace_back("redirect_uri", secret(pending.redirect_uri));
    fields.emplace_back("code_verifier", pending.code_verifier);
    fields.emplace_back("resource", secret(pending.resource));
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
}

result<http_request> make_refresh_token_request(
    const discovery& found,
    const registration& client,
    const secret& refresh_token,
    std::string_view scope,
    const request_stamp& stamp
)
{
    if (const auto own = detail::check_issuer(found, client, stage::token); !own)
        return own.error();
    if (refresh_token.empty())
        return detail::bad_request(
            stage::token, errc::login_required, "There is no refresh token."
        );
    const auto resource = detail::resource_parameter(found, stage::token);
    if (!resource)
        return resource.error();

    secret_fields fields;
    fields.emplace_back("grant_type", secret("refresh_token"));
    fields.emplace_back("refresh_token", refresh_token);
    fields.emplace_back("scope", secret(scope));
    fields.emplace_back("resource", secret(*resource));
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
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
