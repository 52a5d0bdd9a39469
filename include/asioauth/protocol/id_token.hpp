// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/jose.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// What an ID token is checked against.
class id_token_expectations
{
public:
    id_token_expectations() = default;

    std::string issuer;    ///< what `iss` has to be
    std::string client_id; ///< what `aud` has to name
    std::string nonce;     ///< as sent; empty: none was sent, and none is asked for
    std::chrono::system_clock::time_point now; ///< wall-clock time
    std::chrono::seconds clock_skew{60};       ///< by how much clocks may differ
    std::vector<jws_algorithm> algorithms;     ///< empty: all that the library knows
    secret access_token; ///< if not empty, an `at_hash` in the token has to fit it
};

/// Who logged in, from a checked ID token.
class id_token_claims
{
public:
    id_token_claims() = default;

    std::string issuer;                               ///< `iss`
    std::string subject;                              ///< `sub`: who it is, at that issuer
    std::chrono::system_clock::time_point expires_at; ///< `exp`
    std::string name;                                 ///< untrusted text
    std::string email;                                ///< untrusted text
    std::string preferred_username;                   ///< untrusted text
    std::string claims;                               ///< all of them: a JSON object as text
};

/** Check an ID token: signature, `iss`, `aud` (and `azp`), `exp`, `iat`, `nonce`, `at_hash`.

    Tokens whose `typ` says that they are something else, such as an access token, are refused; so
    are, as everywhere, MACs (HS256): errc::jwt_algorithm_not_allowed.

    @return its claims, or errc::id_token_invalid (the detail names the claim), or an error of
        verify_jwt(); errc::jwt_key_not_found asks for a fresh key set; errc::invalid_argument
        without an issuer or client to expect
    @par Specification
    @li OpenID Connect Core 1.0 sections 3.1.3.7 and 3.1.3.8
*/
ASIOAUTH_DECL result<id_token_claims>
read_id_token(const secret& id_token, const jwk_set& keys, const id_token_expectations& expected);

} // namespace asioauth
