// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/jose.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/protocol/token.hpp>

#include <string>
#include <string_view>

// What the makers of requests to an authorization server have in common.

namespace asioauth::detail {

/// A failure of a request that cannot be made.
inline failure bad_request(stage where, errc code, std::string_view message)
{
    failure out(code);
    out.where(where).message(message);
    return out;
}

/// Success if the client is registered with the server of this discovery, and with no other.
result<void> check_issuer(const discovery& found, const registration& client, stage where);

/// The method that this client uses at this server: the one that the policy of the issuer asks for,
/// if the client has the means for it, otherwise its own.
token_endpoint_auth_method
auth_method_at(const discovery& found, const registration& client) noexcept;

/** make_authenticated_request() without authentication and without any client at all: for grants
    that say by themselves who asks.
*/
result<http_request>
make_anonymous_request(const discovery& found, server_endpoint which, secret_fields fields);

/// The `resource` of a request; empty where the policy of the issuer leaves it out.
/// @return it, or errc::invalid_argument if there is none that can be asked for
result<std::string> resource_parameter(const discovery& found, stage where);

/// The value of an Authorization field with this token; empty for an empty one.
secret credentials_of(const secret& token, token_kind kind);

/// Whether the policy of the issuer leaves `resource` out.
inline bool omits_resource(const discovery& found) noexcept
{
    return found.provider && found.provider->resource() == resource_indicator::omit;
}

} // namespace asioauth::detail
