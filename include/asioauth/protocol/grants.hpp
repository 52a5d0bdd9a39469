// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/token.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {

// Grants without a redirect. Their answers are read by read_token_response() unless said otherwise.
// Each names the `resource` of the discovery (errc::invalid_argument if there is none that can be
// asked for), unless the policy of the issuer leaves it out or replaces it.

/// Token types (RFC 8693 section 3, and the ID-JAG draft).
namespace token_types {
/// @{
/// The type of that name.
inline constexpr std::string_view access_token = "urn:ietf:params:oauth:token-type:access_token";
inline constexpr std::string_view refresh_token = "urn:ietf:params:oauth:token-type:refresh_token";
inline constexpr std::string_view id_token = "urn:ietf:params:oauth:token-type:id_token";
inline constexpr std::string_view jwt = "urn:ietf:params:oauth:token-type:jwt";
inline constexpr std::string_view saml2 = "urn:ietf:params:oauth:token-type:saml2";
inline constexpr std::string_view id_jag = "urn:ietf:params:oauth:token-type:id-jag";
/// @}
} // namespace token_types

/** A token request of the client itself.

    @return the request, or errc::unauthorized_client for a public client (with none as its method),
        or an error of make_authenticated_request()
    @par Specification
    @li OAuth 2.1 section 4.2; MCP extension "OAuth Client Credentials" (SEP-1046)
*/
ASIOAUTH_DECL result<http_request> make_client_credentials_request(
    const discovery& found,
    const registration& client,
    std::string_view scope,
    const request_stamp& stamp
);

/** A token request with an assertion: a JWT that somebody else signed, for example a workload
    identity or an identity-assertion authorization grant. A public client may use it, and so may
    nobody in particular: a default-constructed @ref registration sends no `client_id`.

    @return the request, or errc::invalid_argument for an empty assertion, or an error of
        make_authenticated_request()
    @par Specification
    @li RFC 7523 section 2.1; MCP extension "Workload identity federation" (SEP-1933)
*/
ASIOAUTH_DECL result<http_request> make_jwt_bearer_request(
    const discovery& found,
    const registration& client,
    const secret& assertion,
    std::string_view scope,
    const request_stamp& stamp
);

/// What to exchange for what (RFC 8693 section 2.1). Setters chain.
class token_exchange_options
{
public:
    /// @param subject_token the token to exchange
    /// @param subject_token_type one of token_types
    token_exchange_options(secret subject_token, std::string_view subject_token_type)
        : subject_token_(std::move(subject_token))
        , subject_token_type_(subject_token_type)
    {}

    /// Who acts for the subject: a token, and its type as of token_types.
    token_exchange_options& actor(secret token, std::string_view type)
    {
        actor_token_ = std::move(token);
        actor_token_type_ = type;
        return *this;
    }
    /// One of token_types. Default: the server chooses.
    token_exchange_options& requested_token_type(std::string_view v)
    {
        return requested_token_type_ = v, *this;
    }
    /// A logical name of the target; `resource` is taken from the discovery unless set here.
    token_exchange_options& audience(std::string_view v) { return audience_ = v, *this; }
    /// Where the token shall be used. Default: the resource of the discovery.
    token_exchange_options& resource(std::string_view v) { return resource_ = v, *this; }
    /// Space-separated. Default: what a login would ask for; in make_token_exchange_request(),
    /// none.
    token_exchange_options& scope(std::string_view v) { return scope_ = v, *this; }

    /// @{
    /// What was set; empty if it was not.
    const secret& subject_token() const noexcept { return subject_token_; }
    const std::string& subject_token_type() const noexcept { return subject_token_type_; }
    const secret& actor_token() const noexcept { return actor_token_; }
    const std::string& actor_token_type() const noexcept { return actor_token_type_; }
    const std::string& requested_token_type() const noexcept { return requested_token_type_; }
    const std::string& audience() const noexcept { return audience_; }
    const std::string& resource() const noexcept { return resource_; }
    const std::string& scope() const noexcept { return scope_; }
    /// @}

private:
    secret subject_token_;
    std::string subject_token_type_;
    secret actor_token_;
    std::string actor_token_type_;
    std::string requested_token_type_;
    std::string audience_;
    std::string resource_;
    std::string scope_;
};

/** A token exchange request.
    @return the request, or errc::invalid_argument if a token lacks its type or a type its token, or
        an error of make_authenticated_request()
    @par Specification
    @li RFC 8693 section 2.1
*/
ASIOAUTH_DECL result<http_request> make_token_exchange_request(
    const discovery& found,
    const registration& client,
    const token_exchange_options& options,
    const request_stamp& stamp
);

/** Read the answer to a token exchange: `issued_token_type` is required, and `token_type` may be
    `N_A` for a token that is not an access token.

    @param requested_token_type what was asked for; another one is errc::token_type_not_supported;
        empty takes any
    @return the tokens, or what read_token_response() returns
    @par Specification
    @li RFC 8693 section 2.2
*/
ASIOAUTH_DECL result<token_set> read_token_exchange_response(
    const http_response& response,
    std::string_view requested_token_type,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop = false
);

/** First leg of enterprise-managed authorization: exchange the user's ID token at the company's
    identity provider for an identity-assertion authorization grant (ID-JAG) for one authorization
    server and one resource. Read the answer with read_token_exchange_response() and
    token_types::id_jag, and use the token with make_jwt_bearer_request().

    @param idp the identity provider, @param idp_client our client there
    @param target the discovery of the resource: its issuer becomes `audience`, its resource
        `resource`
    @return the request, or errc::invalid_argument if the target names no issuer or resource, or an
        error of make_token_exchange_request()
    @par Specification
    @li MCP extension "Enterprise-Managed Authorization" (SEP-990);
        draft-ietf-oauth-identity-assertion-authz-grant section 4
*/
ASIOAUTH_DECL result<http_request> make_identity_assertion_request(
    const discovery& idp,
    const registration& idp_client,
    const discovery& target,
    const secret& id_token,
    std::string_view scope,
    const request_stamp& stamp
);

/// What the user has to do on another device.
class device_authorization
{
public:
    device_authorization() = default;

    secret device_code;            ///< what tokens are asked for with
    std::string user_code;         ///< presentable
    url verification_uri;          ///< checked: https, or loopback where that is allowed
    url verification_uri_complete; ///< with the code in it; empty if there is none or it is unsafe
    std::chrono::system_clock::time_point expires_at; ///< a day from now at most
    std::chrono::seconds interval{5};                 ///< between requests: 1 to 300
};

/** A device authorization request.
    @return the request, or errc::invalid_argument without a resource that can be asked for, or an
        error of make_authenticated_request()
    @par Specification
    @li RFC 8628 section 3.1; RFC 8707
*/
ASIOAUTH_DECL result<http_request> make_device_authorization_request(
    const discovery& found,
    const registration& client,
    std::string_view scope,
    const request_stamp& stamp
);

/** Read the answer.
    @return it, or the server's error, errc::token_response_invalid for a code that cannot be shown
        or sent, errc::endpoint_insecure for a page that is no safe web address, or a JSON error
    @par Specification
    @li RFC 8628 section 3.2
*/
ASIOAUTH_DECL result<device_authorization> read_device_authorization_response(
    const http_response& response, const discovery& found, std::chrono::system_clock::time_point now
);

/** A token request for a device code. Errors to go on after: errc::authorization_pending, and
    errc::slow_down (5 seconds more between requests, for good).
    @return the request, or errc::invalid_argument without a device code, or an error of
        make_authenticated_request()
    @par Specification
    @li RFC 8628 sections 3.4 and 3.5
*/
ASIOAUTH_DECL result<http_request> make_device_token_request(
    const discovery& found,
    const registration& client,
    const device_authorization& device,
    const request_stamp& stamp
);

} // namespace asioauth
