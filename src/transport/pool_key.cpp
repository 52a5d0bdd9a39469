// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/pool_key.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace asioauth::detail {

pool_key::pool_key(const url& target, address_policy p, tls_identity i)
    : is_https(target.is_https())
    , host(target.host())
    , port(target.port())
    , policy(std::move(p))
    , identity(std::move(i))
{}

std::size_t pool_key_hash::operator()(const pool_key& k) const noexcept
{
    // Policies rarely differ for one host; comparing tells them apart.
    const std::hash<std::string_view> hash;
    const auto who = k.identity.empty() ? 0 : hash(k.identity.certificate_chain());
    return hash(k.host) ^ who * 31 ^ (std::size_t{k.port} << 1 | (k.is_https ? 1U : 0U));
}

} // namespace asioauth::detail
