// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "net/client_certificate_fixture.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::testing {

inline constexpr int both_versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

/// What the client of a connection wanted, and what it got.
inline std::string how(peer& p)
{
    if (SSL_session_reused(p.ssl()) != 0)
    {
        return "resumed";
    }
    return p.offered_ticket().empty() ? "fresh" : "refused";
}

inline void answer_how(peer& p)
{
    while (!p.read_request().empty())
    {
        p.respond(how(p));
    }
}

inline loopback_server::tls_options
options(int version, std::string_view keys = "ours", int tickets = 1)
{
    loopback_server::tls_options o;
    o.max_version = version;
    o.ticket_keys = keys;
    o.adjust = [tickets](boost::asio::ssl::context& c) {
        SSL_CTX_set_num_tickets(c.native_handle(), static_cast<std::size_t>(tickets));
    };
    return o;
}

inline loopback_server::tls_options
options(int version, std::function<void(SSL_CTX*)> adjust, std::string_view keys = "ours")
{
    auto o = options(version, keys);
    o.adjust = [before = o.adjust, adjust = std::move(adjust)](boost::asio::ssl::context& c) {
        before(c);
        adjust(c.native_handle());
    };
    return o;
}

} // namespace asioauth::testing
