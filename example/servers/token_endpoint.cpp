// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "token_endpoint.hpp"

#include "crypto.hpp"
#include "words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace example {
namespace {

http_response make_error(http::status status, std::string_view error, std::string_view description)
{
    json::object body;
    body["error"] = json::string_view(error.data(), error.size());
    body["error_description"] = json::string_view(description.data(), description.size());
    auto response = make_json(status, body);
    response.set(http::field::cache_control, "no-store");
    return response;
}

http_response invalid_request(std::string_view description)
{
    return make_error(http::status::bad_request, "invalid_request", description);
}

http_response invalid_client(const http_request& request)
{
    auto response =
        make_error(http::status::unauthorized, "invalid_client", "client authentication failed");
    // HTTP wants a challenge in every 401; RFC 6749 section 5.2 wants it to match the attempt.
    if (request.find(http::field::authorization) != request.end())
        response.set(http::field::www_authenticate, "Basic realm=\"token endpoint\"");
    return response;
}

// The request's form, or `nullopt` for everything that cannot be a request for this endpoint.
std::optional<form> read_form(const http_request& request)
{
    if (!has_media_type(request, "application/x-www-form-urlencoded"))
        return std::nullopt;
    auto fields = form::parse(request.body());
    if (!fields || fields->repeated_name())
        return std::nullopt;
    return fields;
}

// Both sides of `client_secret_basic` are form-encoded before base64 (RFC 6749 section 2.3.1).
std::optional<std::pair<std::string, std::string>> read_basic(const std::string& authorization)
{
    const auto space = authorization.find(' ');
    if (space == std::string::npos || !equal_ignoring_case(authorization.substr(0, space), "Basic"))
        return std::nullopt;
    const auto pair = base64_decode(std::string_view(authorization).substr(space + 1));
    const auto colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos)
        return std::nullopt;
    auto user = form_decode(std::string_view(*pair).substr(0, colon));
    auto password = form_decode(std::string_view(*pair).substr(colon + 1));
    if (!user || !password)
        return std::nullopt;
    return std::make_pair(std::move(*user), std::move(*password));
}

} // namespace

token_endpoint::token_endpoint(
    std::string issuer,
    std::chrono::seconds access_token_lifetime,
    const client_registry& clients,
    token_store& tokens
)
    : issuer_(std::move(issuer))
    , access_token_lifetime_(access_token_lifetime)
    , clients_(clients)
    , tokens_(tokens)
    , key_(signing_key::generate())
{}

http_response token_endpoint::handle_token(const http_request& request)
{
    const auto fields = read_form(request);
    if (!fields)
        return invalid_request("the request must be one clean form, no parameter twice");
    const auto* const client = authenticate(request, *fields);
    if (!client)
        return invalid_client(request);
    const auto grant_type = fields->get("grant_type");
    if (grant_type.empty())
        return invalid_request("grant_type is missing");
    if (fields->all("resource").size() > 1)
        return make_error(
            http::status::bad_request, "invalid_target", "one resource per token, please"
        );
    if (grant_type == "authorization_code")
        return redeem_code(*client, *fields);
    if (grant_type == "refresh_token")
        return refresh(*client, *fields);
    return make_error(
        http::status::bad_request, "unsupported_grant_type", "this grant is not supported"
    );
}

http_response token_endpoint::handle_revocation(const http_request& request)
{
    const auto fields = read_form(request);
    if (!fields)
        return invalid_request("the request must be one clean form, no parameter twice");
    const auto* const client = authenticate(request, *fields);
    if (!client)
        return invalid_client(request);
    if (!fields->find("token"))
        return invalid_request("token is missing");
    tokens_.revoke_refresh_token(fields->get("token"), client->client_id);
    // The same answer for every token, known or not (RFC 7009 section 2.2).
    auto response = make_text(http::status::ok, "", "text/plain");
    response.set(http::field::cache_control, "no-store");
    return response;
}

http_response token_endpoint::handle_jwks() const
{
    json::array keys;
    keys.emplace_back(key_.public_jwk());
    auto response = make_json(http::status::ok, json::object{{"keys", keys}});
    response.set(http::field::cache_control, "max-age=60");
    return response;
}

// A client authenticates in exactly the way it registered for, and in one way at a time.
const registered_client*
token_endpoint::authenticate(const http_request& request, const form& fields) const
{
    const auto* const body_secret = fields.find("client_secret");
    auto client_id = fields.get("client_id");
    if (request.find(http::field::authorization) != request.end())
    {
        const auto basic = read_basic(header(request, "Authorization"));
        if (!basic || body_secret || (!client_id.empty() && client_id != basic->first))
            return nullptr;
        const auto* const client = clients_.find(basic->first);
        return client && client->allows_auth_method("client_secret_basic")
                && client->has_secret(basic->second)
            ? client
            : nullptr;
    }
    const auto* const client = clients_.find(client_id);
    if (!client)
        return nullptr;
    const bool welcome = body_secret
        ? client->allows_auth_method("client_secret_post") && client->has_secret(*body_secret)
        : client->allows_auth_method("none");
    return welcome ? client : nullptr;
}

http_response token_endpoint::redeem_code(const registered_client& client, const form& fields)
{
    if (!fields.find("code"))
        return invalid_request("code is missing");
    if (!fields.find("code_verifier"))
        return invalid_request("code_verifier is missing");
    const auto redeemed = tokens_.redeem_code(
        fields.get("code"),
        client.client_id,
        fields.get("redirect_uri"),
        fields.get("code_verifier"),
        fields.get("resource")
    );
    if (!redeemed.granted && redeemed.failure == std::string_view("temporarily_unavailable"))
        return make_error(
            http::status::service_unavailable, redeemed.failure, "no room for another grant"
        );
    if (!redeemed.granted)
        return make_error(
            http::status::bad_request,
            redeemed.failure,
            "the code is unknown, used, expired, or was issued for another request"
        );
    return token_response(client, *redeemed.granted, redeemed.granted->scope);
}

http_response token_endpoint::refresh(const registered_client& client, const form& fields)
{
    if (!fields.find("refresh_token"))
        return invalid_request("refresh_token is missing");
    if (!client.may_refresh)
        return make_error(
            http::status::bad_request, "unauthorized_client", "the client registered no refresh"
        );
    const auto* const granted =
        tokens_.find_refresh_token(fields.get("refresh_token"), client.client_id);
    if (!granted)
        return make_error(
            http::status::bad_request, "invalid_grant", "the refresh token is not valid (any more)"
        );
    // All checks come before the rotation: a refused request must not cost the client its token.
    if (fields.find("resource") && fields.get("resource") != granted->resource)
        return make_error(
            http::status::bad_request, "invalid_target", "the grant is for another resource"
        );
    const auto scope = fields.find("scope") ? fields.get("scope") : granted->scope;
    if (!contains_words(granted->scope, scope))
        return make_error(
            http::status::bad_request, "invalid_scope", "a refresh cannot widen the scope"
        );
    return token_response(client, *granted, scope);
}

http_response token_endpoint::token_response(
    const registered_client& client, const grant& granted, std::string_view scope
)
{
    const json::string scope_text(scope.data(), scope.size());
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch()
    )
                         .count();
    json::object claims;
    claims["iss"] = issuer_;
    // A token for nobody in particular is good at the issuer only (RFC 9068 section 3).
    claims["aud"] = granted.resource.empty() ? issuer_ : granted.resource;
    claims["sub"] = granted.subject;
    claims["client_id"] = granted.client_id;
    claims["scope"] = scope_text;
    claims["iat"] = now;
    claims["exp"] = now + access_token_lifetime_.count();
    claims["jti"] = random_token(16);

    json::object body;
    body["access_token"] = key_.sign("at+jwt", claims);
    body["token_type"] = "Bearer";
    body["expires_in"] = access_token_lifetime_.count();
    body["scope"] = scope_text;
    if (client.may_refresh)
        if (const auto token = tokens_.rotate_refresh_token(granted.id))
            body["refresh_token"] = *token;
    auto response = make_json(http::status::ok, body);
    response.set(http::field::cache_control, "no-store");
    response.set(http::field::pragma, "no-cache");
    return response;
}

} // namespace example
