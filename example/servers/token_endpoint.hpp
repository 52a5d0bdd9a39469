// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The token endpoint (OAuth 2.1 section 3.2) with the grants authorization_code and
// refresh_token, and the revocation endpoint (RFC 7009), which authenticates clients in the same
// three ways. Access tokens are JWTs after RFC 9068, bound to one resource by their audience.

#pragma once

#include "client_registry.hpp"
#include "form.hpp"
#include "http_messages.hpp"
#include "jwt.hpp"
#include "token_store.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace example {

class token_endpoint
{
public:
    token_endpoint(
        std::string issuer,
        std::chrono::seconds access_token_lifetime,
        const client_registry& clients,
        token_store& tokens
    );

    /// POST /token
    http_response handle_token(const http_request& request);

    /// POST /revoke
    http_response handle_revocation(const http_request& request);

    /// GET /jwks
    http_response handle_jwks() const;

private:
    const registered_client* authenticate(const http_request& request, const form& fields) const;
    http_response redeem_code(const registered_client& client, const form& fields);
    http_response refresh(const registered_client& client, const form& fields);
    http_response
    token_response(const registered_client& client, const grant& granted, std::string_view scope);

    std::string issuer_;
    std::chrono::seconds access_token_lifetime_;
    const client_registry& clients_;
    token_store& tokens_;
    signing_key key_;
};

} // namespace example
