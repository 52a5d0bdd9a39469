// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Signed JSON Web Tokens (RFC 7515, 7519) with one algorithm: EdDSA over Ed25519 (RFC 8037). Its
// signature is 64 raw bytes and its public key 32, so no ASN.1 is needed. The authorization server
// signs with a `signing_key`; the MCP server checks with a `verification_key` from the JWKS.

#pragma once

#include <boost/json/object.hpp>

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace example {

struct evp_pkey_free
{
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

using evp_pkey_ptr = std::unique_ptr<EVP_PKEY, evp_pkey_free>;

class signing_key
{
public:
    /// A fresh key pair. Throws when OpenSSL cannot make one.
    static signing_key generate();

    /// The public half as a JWK, ready for a JWKS document.
    const boost::json::object& public_jwk() const { return public_jwk_; }

    /// The compact serialization of `claims`; `type` becomes the `typ` header.
    std::string sign(std::string_view type, const boost::json::object& claims) const;

private:
    signing_key(evp_pkey_ptr key, boost::json::object public_jwk, std::string key_id);

    evp_pkey_ptr key_;
    boost::json::object public_jwk_;
    std::string key_id_;
};

class verification_key
{
public:
    /// `nullopt` unless the JWK is an Ed25519 signature key with a `kid`.
    static std::optional<verification_key> from_jwk(const boost::json::object& jwk);

    const std::string& key_id() const { return key_id_; }

    bool verify(std::string_view message, std::string_view signature) const;

private:
    verification_key(evp_pkey_ptr key, std::string key_id);

    evp_pkey_ptr key_;
    std::string key_id_;
};

/// A token taken apart. Nothing in it is to be believed until the signature was verified.
struct parsed_jwt
{
    boost::json::object header;
    boost::json::object claims;
    std::string signed_text;
    std::string signature;
};

std::optional<parsed_jwt> parse_jwt(std::string_view compact);

/// A string member, or null when it is absent or something else.
const boost::json::string* find_string(const boost::json::object& object, std::string_view name);

/// The same as a standard string; empty when absent.
std::string get_string(const boost::json::object& object, std::string_view name);

} // namespace example
