// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/pkce.hpp>
#include <asioauth/protocol/registration.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/** What must be remembered between sending the user away and the user's coming back.

    It is recorded before the redirect and is the only thing that the callback is checked against.
*/
class pending_authorization
{
public:
    pending_authorization() = default;

    std::string issuer;        ///< of the validated metadata
    bool iss_required = false; ///< `authorization_response_iss_parameter_supported`
    std::string client_id;     ///< who asked
    std::string redirect_uri;  ///< where the answer has to come
    std::string resource;      ///< as requested; empty if the policy of the issuer leaves it out
    std::string scope;         ///< as requested; empty if the parameter was left out
    std::string state;         ///< what the answer has to bring back
    secret code_verifier;      ///< of PKCE
    std::string nonce;         ///< of OpenID Connect; empty if none was sent
};

/// Parameters for one authorization request, beyond what discovery and registration say. Setters
/// chain.
class authorization_options
{
public:
    authorization_options() = default;

    /// @{
    /// What was set.
    const std::string& scope() const noexcept { return scope_; }
    const std::vector<std::pair<std::string, std::string>>& extra() const noexcept
    {
        return extra_;
    }
    /// @}

    /// Space-separated scopes; they win over those of the challenge and of the metadata.
    ASIOAUTH_DECL authorization_options& scope(std::string_view v);
    /// A further parameter, for example `prompt`. Those that the library sets itself are refused
    /// later with errc::reserved_parameter. An empty value is not sent, nor is then the policy's.
    ASIOAUTH_DECL authorization_options& extra(std::string_view name, std::string_view value);
    /// The thumbprint of the key that the tokens shall be bound to (RFC 9449 section 10).
    ASIOAUTH_DECL authorization_options& dpop_jkt(std::string_view v);
    /// `form_post` for a redirect URI that takes POST; default: the server's (query). Any other
    /// is refused later with errc::invalid_argument.
    ASIOAUTH_DECL authorization_options& response_mode(std::string_view v);
    /// Push the request (RFC 9126) even if the server does not ask for that; no effect on a server
    /// that cannot.
    authorization_options& pushed(bool v) noexcept { return pushed_ = v, *this; }
    /// Sign the request (RFC 9101) even if the server does not ask for that.
    authorization_options& signed_request(bool v) noexcept { return signed_request_ = v, *this; }
    /// Send an OpenID Connect `nonce`. Default: whenever the scope has `openid`, unless extra()
    /// brings one.
    authorization_options& nonce(bool v) noexcept { return nonce_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& dpop_jkt() const noexcept { return dpop_jkt_; }
    const std::string& response_mode() const noexcept { return response_mode_; }
    bool pushed() const noexcept { return pushed_; }
    bool signed_request() const noexcept { return signed_request_; }
    bool nonce() const noexcept { return nonce_; }
    /// @}

private:
    std::string scope_;
    std::vector<std::pair<std::string, std::string>> extra_;
    std::string dpop_jkt_;
    std::string response_mode_;
    bool pushed_ = false;
    bool signed_request_ = false;
    bool nonce_ = false;
};

/// An authorization request: the URL to send the user to, and what to remember.
class authorization_request
{
public:
    authorization_request() = default;

    url where;                     ///< empty if the request has to be pushed first
    pending_authorization pending; ///< what read_callback() wants
    /// The parameters, for make_pushed_authorization_request(). Of a signed request: it and what
    /// stands beside it in the URL.
    form_fields parameters;
    bool push = false; ///< the server asks for it, or the options do
};

/** Make an authorization request with PKCE (S256), `state`, `resource` and the selected scope.

    @param state_random, verifier_random fresh random octets, two different ones; a `nonce` is
        derived from the first
    @param now for a signed request
    @return the request, or errc::registration_issuer_mismatch if the client belongs to another
        authorization server, errc::redirect_uri_invalid, errc::reserved_parameter,
        errc::invalid_argument, errc::url_too_long, errc::endpoint_missing if requests have to be
        pushed and cannot, errc::key_invalid if the request is to be signed and there is no key
    @par Specification
    @li OAuth 2.1 section 4.1.1; RFC 7636; RFC 8707 section 2; RFC 9700 section 4.7; RFC 9101
        sections 4 and 5
*/
ASIOAUTH_DECL result<authorization_request> make_authorization_request(
    const discovery& found,
    const registration& client,
    std::string_view redirect_uri,
    const authorization_options& options,
    const random_octets& state_random,
    const random_octets& verifier_random,
    std::chrono::system_clock::time_point now
);

/** A pushed authorization request with the parameters of `request`.
    @return the request, or errc::registration_issuer_mismatch if it was made for another client or
        server, or an error of make_authenticated_request()
    @par Specification
    @li RFC 9126 sections 2.1 and 3
*/
ASIOAUTH_DECL result<http_request> make_pushed_authorization_request(
    const discovery& found,
    const registration& client,
    const authorization_request& request,
    const request_stamp& stamp
);

/** Read the answer, and make the URL to send the user to.
    @return the URL, or the server's error, errc::pushed_authorization_response_invalid, a JSON error
    @par Specification
    @li RFC 9126 sections 2.2 and 4
*/
ASIOAUTH_DECL result<url> read_pushed_authorization_response(
    const http_response& response, const discovery& found, const registration& client
);

/** Check the redirect that came back, from its whole URL, and take the code out.

    Checked in this order: the URL is the redirect URI of this request plus a query; no parameter
    that counts occurs twice; `state` is equal; `iss` by the four rows of the table below; only then
    `error` and `code` are looked at.

    | server advertises `iss` | `iss` present | outcome |
    |---|---|---|
    | yes | yes | must be equal, byte for byte |
    | yes | no | errc::issuer_parameter_missing |
    | no | yes | must be equal, byte for byte |
    | no | no | goes on |

    @return the code, or errc::callback_invalid, errc::callback_redirect_uri_mismatch,
        errc::callback_parameter_duplicated, errc::state_missing, errc::state_mismatch,
        errc::issuer_parameter_missing, errc::issuer_parameter_mismatch, errc::code_missing, or the
        server's own error with its text in the diagnostics
    @par Specification
    @li OAuth 2.1 section 4.1.2; RFC 9207 section 2.4; MCP 2026-07-28 "Authorization Response
        Validation"
*/
ASIOAUTH_DECL result<secret>
read_callback(std::string_view redirected_to, const pending_authorization& pending);

/** The same for an answer that came as a form (`response_mode=form_post`): `posted_to` is the URL
    of the request, `body` its form. The URL has to be the redirect URI as it is: what a query adds
    is refused with errc::callback_redirect_uri_mismatch.
    @par Specification
    @li OAuth 2.0 Form Post Response Mode
*/
ASIOAUTH_DECL result<secret> read_callback_form(
    std::string_view posted_to, std::string_view body, const pending_authorization& pending
);

/// The `state` parameter of a redirect, form-decoded, if there is exactly one; empty otherwise.
ASIOAUTH_DECL std::string state_of(std::string_view redirected_to);

/// The same for the form of read_callback_form().
ASIOAUTH_DECL std::string state_of_form(std::string_view body);

} // namespace asioauth
