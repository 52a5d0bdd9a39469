// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/jose.hpp>

#include <string>
#include <string_view>

namespace asioauth {

// Demonstrating proof of possession (RFC 9449): a token that only the holder of a key can use.

/** A DPoP proof for one request.

    Each request, also the second attempt at one, needs a proof of its own.

    @param target its query and fragment are left out; origin and root path are written as they are
        on the wire
    @param access_token for requests to a resource: its hash goes into `ath`; empty for requests to
        an authorization server
    @param nonce what the server of that origin gave last; empty if it gave none
    @return the value of a `DPoP` field, or errc::key_invalid
    @par Specification
    @li RFC 9449 sections 4.2, 8 and 9
*/
ASIOAUTH_DECL result<std::string> make_dpop_proof(
    const signing_key& key,
    std::string_view method,
    const url& target,
    const request_stamp& stamp,
    std::string_view nonce,
    const secret& access_token
);

/// The nonce that a response gives for the next request to its origin; empty if it gives none, or
/// several, or one with characters that no nonce has.
ASIOAUTH_DECL std::string dpop_nonce_of(const http_response& response);

/** True if the request was refused only because its proof had no or an old nonce, and a new one is
    in the response: nothing was done or spent, and it may be sent again.

    @par Specification
    @li RFC 9449 sections 8 (token endpoint: 400 with `use_dpop_nonce`) and 9 (resource: 401 with a
        DPoP challenge)
*/
ASIOAUTH_DECL bool wants_dpop_nonce(const http_response& response);

/// The value of an Authorization field that carries a DPoP-bound access token.
ASIOAUTH_DECL secret make_dpop_credentials(const secret& access_token);

} // namespace asioauth
