// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/registration.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace asioauth {

/// The tokens of one grant.
class token_set
{
public:
    token_set() = default;

    secret access_token;
    secret refresh_token; ///< empty if the server issued none
    secret id_token;      ///< empty if the server issued none
    std::string scope;    ///< granted: as the server says, otherwise as requested
    /// Wall-clock time at which the access token ends; nothing if the server did not say.
    std::optional<std::chrono::system_clock::time_point> expires_at;

    /// True if the access token ends at or before `now + margin`. False if the server did not say
    /// when it ends.
    ASIOAUTH_DECL bool expires_within(
        std::chrono::seconds margin, std::chrono::system_clock::time_point now
    ) const noexcept;
};

/** A token request for an authorization code.

    @return the request, or errc::registration_issuer_mismatch
    @par Specification
    @li OAuth 2.1 section 4.1.3; RFC 7636 section 4.5; RFC 8707 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_code_token_request(
    const discovery& found,
    const registration& client,
    const pending_authorization& pending,
    const secret& code
);

/** A token request for a refresh token.

    @par Specification
    @li OAuth 2.1 section 4.3.1; RFC 8707 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_refresh_token_request(
    const discovery& found, const registration& client, const secret& refresh_token
);

/** Read and check a token response.

    @param requested_scope what was asked for: the granted scope if the response names none
    @param now wall-clock time of the response; `expires_in` counts from it
    @return the tokens; the server's own error (errc::invalid_grant, errc::invalid_client, ...) with
        its text in the diagnostics; errc::token_response_invalid, errc::token_type_not_supported,
        or the JSON errors
    @par Specification
    @li OAuth 2.1 sections 3.2.3 and 3.2.4
*/
ASIOAUTH_DECL result<token_set> read_token_response(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now
);

/// The value of an Authorization field that carries the access token (RFC 6750 section 2.1).
ASIOAUTH_DECL secret make_bearer_credentials(const secret& access_token);

} // namespace asioauth
