// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/token.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// The `token_type_hint` values of RFC 7009.
enum class token_hint
{
    access_token,  ///< probably an access token
    refresh_token, ///< probably a refresh token
};

/// The value as it is sent, for example `"refresh_token"`.
ASIOAUTH_DECL std::string_view name_of(token_hint h) noexcept;

/** A request to make a token worthless.
    @return the request, or errc::endpoint_missing if the server has no revocation endpoint,
        errc::invalid_argument for an empty token, or an error of make_authenticated_request()
    @par Specification
    @li RFC 7009 section 2.1
*/
ASIOAUTH_DECL result<http_request> make_revocation_request(
    const discovery& found,
    const registration& client,
    const secret& token,
    token_hint hint,
    const request_stamp& stamp
);

/** Read the answer. Success means that the token does not work any more, also if the server never
    knew it (some answer 400 with `invalid_token` then). A 503 means that it still works; the hint
    says how long the server wants to be left alone. A 200 with an OAuth error is that error.
    @return success, or the server's error, errc::temporarily_unavailable for a 503 or 429,
        errc::http_status_unexpected
    @par Specification
    @li RFC 7009 section 2.2
*/
ASIOAUTH_DECL result<void> read_revocation_response(const http_response& response);

/// What a server says of a token.
class introspection
{
public:
    introspection() = default;

    bool active = false;               ///< everything else is empty unless it is
    std::string scope;                 ///< space-separated
    std::string client_id;             ///< whom it was issued to
    std::string subject;               ///< `sub`: for whom, at that issuer
    std::string username;              ///< untrusted text
    std::string token_type;            ///< as the server says
    std::string issuer;                ///< `iss`
    std::vector<std::string> audience; ///< `aud`: where it may be used
    std::optional<std::chrono::system_clock::time_point>
        expires_at;     ///< wall-clock time; nothing if the server did not say
    std::string claims; ///< all of them: a JSON object as text
};

/** A request to tell about a token.
    @return the request, or an error as of make_revocation_request(): errc::endpoint_missing if the
        server has no introspection endpoint
    @par Specification
    @li RFC 7662 section 2.1
*/
ASIOAUTH_DECL result<http_request> make_introspection_request(
    const discovery& found,
    const registration& client,
    const secret& token,
    token_hint hint,
    const request_stamp& stamp
);

/** Read the answer. An `exp` that is no date that the clock can express counts as absent.
    @return what the server says, or the server's error, errc::http_status_unexpected, or a JSON
        error: errc::json_member_missing without `active`, errc::content_type_not_json for a signed
        answer (RFC 9701)
    @par Specification
    @li RFC 7662 section 2.2
*/
ASIOAUTH_DECL result<introspection> read_introspection_response(const http_response& response);

} // namespace asioauth
