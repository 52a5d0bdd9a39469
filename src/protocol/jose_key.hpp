// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "protocol/openssl_errors.hpp"

#include <asioauth/protocol/jose.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What the files of JOSE share: owners of OpenSSL's objects, what each algorithm is made of, and
// the two operations that everything else rests on.

namespace asioauth::detail {

class openssl_deleter
{
public:
    void operator()(BIGNUM* p) const noexcept { BN_clear_free(p); }
    void operator()(BIO* p) const noexcept { BIO_free_all(p); }
    void operator()(ECDSA_SIG* p) const noexcept { ECDSA_SIG_free(p); }
    void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(EVP_PKEY_CTX* p) const noexcept { EVP_PKEY_CTX_free(p); }
    void operator()(OSSL_PARAM* p) const noexcept { OSSL_PARAM_free(p); }
    void operator()(OSSL_PARAM_BLD* p) const noexcept { OSSL_PARAM_BLD_free(p); }
};

template <class T>
using openssl_ptr = std::unique_ptr<T, openssl_deleter>;

/// Text that is wiped when it goes. Reserve enough first: growing leaves copies behind.
class wiped_text
{
public:
    wiped_text() = default;
    explicit wiped_text(std::string t) : text(std::move(t)) {}
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    ~wiped_text() { wipe(text); }

    std::string text;
};

enum class key_kind : std::uint8_t
{
    rsa,
    p256,
    p384,
    p521,
    ed25519,
};

class algorithm_traits
{
public:
    jws_algorithm value;
    std::string_view name;
    key_kind kind;
    const char* digest; // Ed25519 has its own inside: this one is for hashes beside the signature
    bool pss;
};

const algorithm_traits& traits_of(jws_algorithm a) noexcept;

/// The first algorithm that a key of this kind signs with.
jws_algorithm default_algorithm(key_kind k) noexcept;

/// Octets of a coordinate, and of half a signature; 0 for RSA.
std::size_t coordinate_size(key_kind k) noexcept;

/// The JOSE name of the curve; empty for RSA.
std::string_view curve_name(key_kind k) noexcept;

inline constexpr int smallest_rsa_key = 2048;
inline constexpr int largest_rsa_key = 8192;

/// What kind of key it is; nothing for one that no algorithm here uses.
std::optional<key_kind> kind_of(EVP_PKEY* key);

/// The signature as JWS has it (ECDSA: r and s side by side); nothing if OpenSSL cannot.
std::optional<std::string>
sign_octets(EVP_PKEY* key, const algorithm_traits& with, std::string_view text);

bool signature_fits(
    EVP_PKEY* key, const algorithm_traits& with, std::string_view text, std::string_view signature
);

std::string digest_of(const char* name, std::string_view text);

std::string hmac_sha256(std::string_view key, std::string_view text);

/// A JSON string literal.
std::string quoted(std::string_view text);

} // namespace asioauth::detail

namespace asioauth {

class signing_key::impl
{
public:
    impl(detail::openssl_ptr<EVP_PKEY> k, jws_algorithm a, std::string jwk, std::string print)
        : key(std::move(k))
        , algorithm(a)
        , bare_jwk(std::move(jwk))
        , thumbprint(std::move(print))
    {}

    detail::openssl_ptr<EVP_PKEY> key;
    jws_algorithm algorithm;
    std::string bare_jwk;
    std::string thumbprint;
};

class jwk_set::key
{
public:
    detail::openssl_ptr<EVP_PKEY> value;
    detail::key_kind kind = detail::key_kind::rsa;
    std::optional<jws_algorithm> algorithm;
    std::optional<std::string> key_id;
};

} // namespace asioauth
