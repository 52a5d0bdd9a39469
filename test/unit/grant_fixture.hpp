// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Every request that a client authenticates, so that what holds for all of them is tested with all
// of them.

#include "protocol_fixture.hpp"

#include <asioauth/protocol/grants.hpp>
#include <asioauth/protocol/revocation.hpp>

#include <boost/json/serialize.hpp>

#include <functional>

namespace asioauth::test {

using method = token_endpoint_auth_method;

inline constexpr std::string_view issuer = "https://as.example";
inline const std::chrono::system_clock::time_point moment_of_test{
    std::chrono::seconds(1'700'000'000)};

inline constexpr method every_method[] = {
    method::none,
    method::client_secret_basic,
    method::client_secret_post,
    method::client_secret_jwt,
    method::private_key_jwt,
    method::tls_client_auth,
    method::self_signed_tls_client_auth,
};

inline request_stamp stamp(std::uint8_t fill = 9)
{
    return {moment_of_test, octets(fill)};
}

inline const signing_key& test_key()
{
    static const signing_key key = signing_key::generate(jws_algorithm::es256).value();
    return key;
}

inline tls_identity test_identity()
{
    return {"a certificate", secret("CANARY-key")};
}

/// A client that has the means for its method and no other.
inline registration client_of(method m)
{
    registration out = sample_client();
    out.auth_method = m;
    if (uses_client_secret(m))
        out.client_secret = secret("CANARY-client-secret-of-32-bytes");
    if (m == method::private_key_jwt)
        out.key = test_key();
    if (uses_client_certificate(m))
        out.identity = test_identity();
    return out;
}

/// A server that has every endpoint.
inline discovery full_discovery()
{
    discovery out = sample_discovery();
    server_metadata& server = out.server;
    server.pushed_authorization_request_endpoint = make_url("https://as.example/par");
    server.device_authorization_endpoint = make_url("https://as.example/device");
    server.revocation_endpoint = make_url("https://as.example/revoke");
    server.introspection_endpoint = make_url("https://as.example/introspect");
    return out;
}

inline provider_policy policy()
{
    return provider_policy(issuer);
}

inline pending_authorization pending_login()
{
    pending_authorization out;
    out.issuer = issuer;
    out.client_id = "client-1";
    out.redirect_uri = "http://127.0.0.1:8123/callback";
    out.resource = "https://mcp.example/mcp";
    out.state = "CANARY-state";
    out.code_verifier = secret("CANARY-verifier");
    return out;
}

inline token_exchange_options exchange_of(std::string_view type = token_types::access_token)
{
    return {secret("CANARY-subject"), type};
}

class request_maker
{
public:
    std::string_view name;
    server_endpoint which;
    std::function<result<http_request>(const discovery&, const registration&)> make;
};

inline result<http_request> push(const discovery& found, const registration& client)
{
    auto request = make_authorization_request(
        found,
        client,
        "http://127.0.0.1:8123/callback",
        authorization_options().pushed(true),
        octets(1),
        octets(2),
        moment_of_test
    );
    if (!request)
        return request.error();
    return make_pushed_authorization_request(found, client, *request, stamp());
}

inline const std::vector<request_maker>& every_maker()
{
    using found_ref = const discovery&;
    using client_ref = const registration&;
    static const std::vector<request_maker> all = {
        {"code",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_code_token_request(
                 found, client, pending_login(), secret("CANARY-code"), stamp()
             );
         }},
        {"refresh",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_refresh_token_request(
                 found, client, secret("CANARY-refresh"), "", stamp()
             );
         }},
        {"client credentials",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_client_credentials_request(found, client, "a b", stamp());
         }},
        {"JWT bearer",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_jwt_bearer_request(
                 found, client, secret("CANARY-assertion"), "a b", stamp()
             );
         }},
        {"token exchange",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_token_exchange_request(found, client, exchange_of(), stamp());
         }},
        {"identity assertion",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             return make_identity_assertion_request(
                 found, client, sample_discovery(), secret("CANARY-id-token"), "", stamp()
             );
         }},
        {"device token",
         server_endpoint::token,
         [](found_ref found, client_ref client) {
             device_authorization device;
             device.device_code = secret("CANARY-device");
             return make_device_token_request(found, client, device, stamp());
         }},
        {"device authorization",
         server_endpoint::device_authorization,
         [](found_ref found, client_ref client) {
             return make_device_authorization_request(found, client, "a b", stamp());
         }},
        {"pushed request", server_endpoint::pushed_authorization_request, push},
        {"revocation",
         server_endpoint::revocation,
         [](found_ref found, client_ref client) {
             return make_revocation_request(
                 found, client, secret("CANARY-token"), token_hint::refresh_token, stamp()
             );
         }},
        {"introspection",
         server_endpoint::introspection,
         [](found_ref found, client_ref client) {
             return make_introspection_request(
                 found, client, secret("CANARY-token"), token_hint::access_token, stamp()
             );
         }},
    };
    return all;
}

inline std::string body_of(const result<http_request>& request)
{
    return std::string(request.value().body().reveal());
}

/// The value of a parameter in the form of a request, or how often it occurs.
inline std::string sent(const result<http_request>& request, std::string_view name)
{
    return request ? value_of(body_of(request), name) : outcome(request);
}

inline boost::json::object claims_of(std::string_view token)
{
    return boost::json::parse(unverified_claims(token).value()).as_object();
}

/// A claim as it stands in JSON; empty if it is not there.
inline std::string claim(const boost::json::object& claims, std::string_view name)
{
    const auto* value = claims.if_contains(name);
    if (value == nullptr)
        return {};
    return value->is_string() ? std::string(value->as_string()) : boost::json::serialize(*value);
}

/// The header and claims of a token that the test key signed; nothing if it did not.
inline std::optional<verified_jwt> verified(std::string_view token)
{
    const auto keys = jwk_set::parse(make_jwk_set({test_key()}));
    const auto got = verify_jwt(token, keys.value());
    if (!got)
        return std::nullopt;
    return *got;
}

} // namespace asioauth::test
