// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Dynamic client registration (RFC 7591): checks what a stranger sends, gives it a client_id and,
// if it asks for one, a secret, and remembers the redirect URIs that it may use from then on.

#pragma once

#include "http_messages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace example {

struct registered_client
{
    /// RFC 8252 section 7.3: for a loopback redirect URI any port will do. See the .cpp.
    bool allows_redirect(std::string_view redirect_uri) const;

    bool allows_auth_method(std::string_view method) const;

    /// In constant time, and false once the secret has expired.
    bool has_secret(std::string_view secret) const;

    std::string client_id;
    std::string client_name;
    std::string secret_hash;
    std::vector<std::string> redirect_uris;
    std::vector<std::string> auth_methods;
    bool may_refresh = false;
    /// Seconds since the epoch; 0 means never, as in RFC 7591.
    std::int64_t secret_expires_at = 0;
};

class client_registry
{
public:
    client_registry(std::size_t capacity, std::chrono::seconds secret_lifetime);

    /// The registration endpoint: 201 with the client information, or 400 with the reason.
    http_response handle_registration(const http_request& request);

    /// A client the operator entered by hand, for clients that do not register themselves. With a
    /// secret it may use either way of sending it, without one it is public.
    void add(std::string client_id, std::string redirect_uri, std::string_view secret);

    /// Null when unknown.
    const registered_client* find(const std::string& client_id) const;

private:
    std::map<std::string, registered_client> clients_;
    std::size_t capacity_;
    std::chrono::seconds secret_lifetime_;
};

} // namespace example
