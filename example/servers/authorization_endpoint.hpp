// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The authorization endpoint (OAuth 2.1 with PKCE, RFC 8707, RFC 9207) and the two forms behind
// it: log in, then allow or deny. Whatever goes wrong before client and redirect URI are known to
// belong together is shown on a page; only after that is the browser ever sent anywhere.

#pragma once

#include "client_registry.hpp"
#include "expiring_map.hpp"
#include "form.hpp"
#include "http_messages.hpp"
#include "token_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace example {

struct authorization_settings
{
    std::string issuer;
    std::string user = "alice";
    std::string password = "wonderland";
    /// Every scope there is; the first is granted when a client asks for none.
    std::string scopes = "mcp:tools mcp:stats offline_access";
    /// The resources tokens may be issued for. Empty: any.
    std::vector<std::string> resources;
};

class authorization_endpoint
{
public:
    authorization_endpoint(
        const authorization_settings& settings, const client_registry& clients, token_store& tokens
    );

    /// GET /authorize
    http_response handle_authorize(const http_request& request);

    /// POST /login
    http_response handle_login(const http_request& request);

    /// POST /consent
    http_response handle_consent(const http_request& request);

private:
    struct pending_login
    {
        authorization what;
        std::string state;
        /// The browser that began: its cookie must come with every step.
        std::string browser;
        int attempts = 0;
    };

    std::optional<pending_login> take_pending(const http_request& request, const form& fields);
    std::string keep_pending(pending_login pending);
    std::string find_problem(const form& query, pending_login& pending) const;
    http_response redirect_with_error(
        const pending_login& pending, std::string_view error, std::string_view description
    ) const;
    http_response redirect_back(const pending_login& pending, std::string query) const;

    const authorization_settings& settings_;
    const client_registry& clients_;
    token_store& tokens_;
    expiring_map<pending_login> pending_;
};

} // namespace example
