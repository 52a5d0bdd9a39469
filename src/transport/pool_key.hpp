// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/url.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace asioauth::detail {

/// What connections, and the TLS sessions that they leave behind, may be shared by: everything that
/// decides whom a connection leads to, how it was checked and who the other side thinks we are. What
/// is trusted is not in it, because a pool belongs to one client, which has one answer to that.
struct pool_key
{
    bool is_https = false;
    std::string host;
    std::uint16_t port = 0;
    address_policy policy;
    tls_identity identity;
    std::string proxy; // on the way there; empty: none

    pool_key(const url& target, address_policy p, tls_identity i);
    friend bool operator==(const pool_key&, const pool_key&) = default;
};

struct pool_key_hash
{
    std::size_t operator()(const pool_key& k) const noexcept;
};

} // namespace asioauth::detail
