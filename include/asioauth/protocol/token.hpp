// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/jose.hpp>
#include <asioauth/protocol/registration.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace asioauth {

/// How an access token is presented.
enum class token_kind
{
    bearer, ///< RFC 6750
    dpop,   ///< RFC 9449: with a proof for each request
};

/// The scheme of the Authorization field, `"Bearer"` or `"DPoP"`.
ASIOAUTH_DECL std::string_view name_of(token_kind k) noexcept;

/// The tokens of one grant.
class token_set
{
public:
    token_set() = default;

    secret access_token;                  ///< for the resource
    secret refresh_token;                 ///< empty if the server issued none
    secret id_token;                      ///< empty if the server issued none
    std::string scope;                    ///< granted: as the server says, otherwise as requested
    token_kind kind = token_kind::bearer; ///< how the access token is presented
    /// The key that the tokens are bound to; empty if they are not bound to one. Set by the client's
    /// operations, not by readers.
    signing_key dpop_key;
    std::string issued_token_type; ///< RFC 8693; empty for other grants
    /// Wall-clock time at which the access token ends; nothing if the server did not say.
    std::optional<std::chrono::system_clock::time_point> expires_at;

    /// True if the access token ends at or before `now + margin`. False if the server did not say
    /// when it ends.
    ASIOAUTH_DECL bool expires_within(
        std::chrono::seconds margin, std::chrono::system_clock::time_point now
    ) const noexcept;
};

/** A token request for an authorization code.

    It names the resource that the user agreed to, as it was recorded.

    @return the request, or errc::registration_issuer_mismatch, errc::code_missing,
        errc::invalid_argument for a record that lacks something, or an error of
        make_authenticated_request()
    @par Specification
    @li OAuth 2.1 section 4.1.3; RFC 7636 section 4.5; RFC 8707 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_code_token_request(
    const discovery& found,
    const registration& client,
    const pending_authorization& pending,
    const secret& code,
    const request_stamp& stamp
);

/** A token request for a refresh token.

    @param scope narrower than what was granted; usually empty: the same
    @return the request, or errc::login_required without a refresh token, or an error of
        make_authenticated_request()
    @par Specification
    @li OAuth 2.1 section 4.3.1; RFC 8707 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_refresh_token_request(
    const discovery& found,
    const registration& client,
    const secret& refresh_token,
    std::string_view scope,
    const request_stamp& stamp
);

/** Read and check a token response.

    Takes what real servers send and what can mean only one thing: `expires_in` as a string, scope
    as an array or separated by commas, any case of `token_type`, a missing `token_type` (Bearer),
    null members, 200 with an OAuth error, errors as objects, a form-encoded body, and JSON that is
    labelled as something else. Optional members that cannot be understood count as absent, since
    the code or refresh token is spent. Where the policy of the issuer says so, the token is looked
    for below another member, and names of types and errors mean what the policy says.

    @param requested_scope what was asked for: the granted scope if the response names none
    @param now wall-clock time of the response; `expires_in` counts from it
    @param dpop whether the request carried a proof; a token of type DPoP is refused otherwise. A
        Bearer token is accepted in any case, see token_set::kind.
    @param provider the policy of the issuer, if there is one
    @return the tokens; the server's own error (errc::invalid_grant, errc::invalid_client, ...) with
        its text in the diagnostics; errc::token_response_invalid, errc::token_type_not_supported,
        or the JSON errors
    @par Specification
    @li OAuth 2.1 sections 3.2.3 and 3.2.4
*/
ASIOAUTH_DECL result<token_set> read_token_response(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop = false,
    const provider_policy* provider = nullptr
);

/// The value of an Authorization field that carries the access token (RFC 6750 section 2.1).
ASIOAUTH_DECL secret make_bearer_credentials(const secret& access_token);

} // namespace asioauth
