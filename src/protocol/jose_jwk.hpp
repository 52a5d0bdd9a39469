// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_value.hpp"
#include "protocol/jose_key.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Keys as JSON (RFC 7517, RFC 7518 section 6, RFC 8037 section 2).

namespace asioauth::detail {

/// The members of a JWK that mean something here, as written. Absent ones are empty.
class jwk_members
{
public:
    /// Of a public key; private members are not looked at.
    static jwk_members of(const json_value& jwk);

    /// Of a private key, so that no copy of a private member is left behind.
    /// @return errc::key_invalid if the text is no JSON object, or has a member twice
    static result<jwk_members> read_private(std::string_view text);

    /// Take a member over. True if its value is to be kept secret.
    void set(std::string_view name, std::string_view value, bool with_private);

    /// True if neither `use` nor `key_ops` speaks against this operation (`sign`, `verify`).
    bool may(std::string_view operation) const noexcept;

    std::string kty;
    std::string crv;
    std::string use;
    std::string n;
    std::string e;
    std::string x;
    std::string y;
    std::optional<std::string> alg;
    std::optional<std::string> kid;
    std::optional<std::vector<std::string>> key_ops;
    secret d;
    secret p;
    secret q;
    secret dp;
    secret dq;
    secret qi;
    bool more_primes = false;
};

/// A key and what it is.
class loaded_key
{
public:
    openssl_ptr<EVP_PKEY> value;
    key_kind kind = key_kind::rsa;
};

/// @return the public key, or errc::key_invalid
result<loaded_key> load_public_key(const jwk_members& jwk);

/// @return the private key, or errc::key_invalid. That both halves belong together is not checked.
result<loaded_key> load_private_key(const jwk_members& jwk);

/// True if size (RSA) or point (EC) are such that the key may be used.
bool is_sound(EVP_PKEY* key, key_kind kind);

/// The failure for a key that is not.
failure unsound_key();

/// The required public members in the order of RFC 7638, or nothing if OpenSSL cannot tell them.
std::optional<std::string> write_bare_jwk(EVP_PKEY* key, key_kind kind);

/// The private members, each with a comma before it; nothing if OpenSSL cannot tell them.
std::optional<secret> write_private_members(EVP_PKEY* key, key_kind kind);

} // namespace asioauth::detail
