// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/jose_key.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <new>

namespace asioauth {

namespace detail {
namespace {

constexpr std::array algorithms{
    algorithm_traits{jws_algorithm::rs256, "RS256", key_kind::rsa, "SHA256", false},
    algorithm_traits{jws_algorithm::rs384, "RS384", key_kind::rsa, "SHA384", false},
    algorithm_traits{jws_algorithm::rs512, "RS512", key_kind::rsa, "SHA512", false},
    algorithm_traits{jws_algorithm::ps256, "PS256", key_kind::rsa, "SHA256", true},
    algorithm_traits{jws_algorithm::ps384, "PS384", key_kind::rsa, "SHA384", true},
    algorithm_traits{jws_algorithm::ps512, "PS512", key_kind::rsa, "SHA512", true},
    algorithm_traits{jws_algorithm::es256, "ES256", key_kind::p256, "SHA256", false},
    algorithm_traits{jws_algorithm::es384, "ES384", key_kind::p384, "SHA384", false},
    algorithm_traits{jws_algorithm::es512, "ES512", key_kind::p521, "SHA512", false},
    algorithm_traits{jws_algorithm::eddsa, "EdDSA", key_kind::ed25519, "SHA512", false},
};

const unsigned char* octets(std::string_view text) noexcept
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets(std::string& text) noexcept
{
    return reinterpret_cast<unsigned char*>(text.data());
}

bool is_ec(key_kind k) noexcept
{
    return k == key_kind::p256 || k == key_kind::p384 || k == key_kind::p521;
}

// The context belongs to `md`.
bool prepare(EVP_PKEY_CTX* context, const algorithm_traits& with)
{
    if (with.kind != key_kind::rsa)
        return true;
    if (!with.pss)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
    // RFC 7518 section 3.5: the salt is as long as the digest, and both digests are the same.
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0
        && EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, with.digest, nullptr) > 0;
}

const char* signed_digest(const algorithm_traits& with) noexcept
{
    return with.kind == key_kind::ed25519 ? nullptr : with.digest;
}

// OpenSSL's DER to what RFC 7518 section 3.4 wants: both numbers at their full width.
std::optional<std::string> side_by_side(const std::string& der, std::size_t width)
{
    const unsigned char* at = octets(std::string_view(der));
    const openssl_ptr<ECDSA_SIG> both(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!both)
        return std::nullopt;
    std::string out(2 * width, '\0');
    const auto half = static_cast<int>(width);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), octets(out), half) != half
        || BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), octets(out) + width, half) != half)
        return std::nullopt;
    return out;
}

std::optional<std::string> as_der(std::string_view raw, std::size_t width)
{
    if (raw.size() != 2 * width)
        return std::nullopt;
    const auto half = static_cast<int>(width);
    const openssl_ptr<ECDSA_SIG> both(allocated(ECDSA_SIG_new()));
    openssl_ptr<BIGNUM> r(allocated(BN_bin2bn(octets(raw), half, nullptr)));
    openssl_ptr<BIGNUM> s(allocated(BN_bin2bn(octets(raw) + width, half, nullptr)));
    if (ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1)
        return std::nullopt;
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    const int size = i2d_ECDSA_SIG(both.get(), nullptr);
    if (size <= 0)
        return std::nullopt;
    std::string out(static_cast<std::size_t>(size), '\0');
    unsigned char* at = octets(out);
    if (i2d_ECDSA_SIG(both.get(), &at) != size)
        return std::nullopt;
    return out;
}

std::optional<std::string>
try_to_sign(EVP_PKEY* key, const algorithm_traits& with, std::string_view text)
{
    const openssl_ptr<EVP_MD_CTX> md(allocated(EVP_MD_CTX_new()));
    EVP_PKEY_CTX* context = nullptr;
    if (EVP_DigestSignInit_ex(
            md.get(), &context, signed_digest(with), nullptr, nullptr, key, nullptr
        ) != 1
        || !prepare(context, with))
        return std::nullopt;
    std::size_t size = 0;
    if (EVP_DigestSign(md.get(), nullptr, &size, octets(text), text.size()) != 1)
        return std::nullopt;
    std::string signature(size, '\0');
    if (EVP_DigestSign(md.get(), octets(signature), &size, octets(text), text.size()) != 1)
        return std::nullopt;
    signature.resize(size);
    return is_ec(with.kind) ? side_by_side(signature, coordinate_size(with.kind)) : signature;
}

bool try_to_verify(
    EVP_PKEY* key, const algorithm_traits& with, std::string_view text, std::string_view signature
)
{
    std::optional<std::string> der;
    if (is_ec(with.kind))
    {
        der = as_der(signature, coordinate_size(with.kind));
        if (!der)
            return false;
        signature = *der;
    }
    // OpenSSL takes one of PSS without the zeros in front (RFC 8017 section 8.1.2, step 1).
    else if (with.kind == key_kind::rsa && signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key)))
        return false;
    const openssl_ptr<EVP_MD_CTX> md(allocated(EVP_MD_CTX_new()));
    EVP_PKEY_CTX* context = nullptr;
    return EVP_DigestVerifyInit_ex(
               md.get(), &context, signed_digest(with), nullptr, nullptr, key, nullptr
           )
        == 1
        && prepare(context, with)
        && EVP_DigestVerify(
               md.get(), octets(signature), signature.size(), octets(text), text.size()
           )
        == 1;
}

} // namespace

const algorithm_traits& traits_of(jws_algorithm a) noexcept
{
    static_assert(algorithms[static_cast<std::size_t>(jws_algorithm::eddsa)].name == "EdDSA");
    return algorithms[static_cast<std::size_t>(a)];
}

jws_algorithm default_algorithm(key_kind k) noexcept
{
    const auto* found = std::find_if(algorithms.begin(), algorithms.end(), [k](const auto& a) {
        return a.kind == k;
    });
    return found->value;
}

std::size_t coordinate_size(key_kind k) noexcept
{
    switch (k)
    {
    case key_kind::rsa: break;
    case key_kind::p256:
    case key_kind::ed25519: return 32;
    case key_kind::p384: return 48;
    case key_kind::p521: return 66;
    }
    return 0;
}

std::string_view curve_name(key_kind k) noexcept
{
    switch (k)
    {
    case key_kind::rsa: break;
    case key_kind::p256: return "P-256";
    case key_kind::p384: return "P-384";
    case key_kind::p521: return "P-521";
    case key_kind::ed25519: return "Ed25519";
    }
    return {};
}

// Where OpenSSL has no memory it does not always say so, and then a signature looks wrong that is not:
// what fails without that reason is done once more.

std::optional<std::string>
sign_octets(EVP_PKEY* key, const algorithm_traits& with, std::string_view text)
{
    const openssl_errors_dropped dropped;
    auto signature = try_to_sign(key, with, text);
    if (signature)
        return signature;
    dropped.throw_if_memory_failed();
    return try_to_sign(key, with, text);
}

bool signature_fits(
    EVP_PKEY* key, const algorithm_traits& with, std::string_view text, std::string_view signature
)
{
    const openssl_errors_dropped dropped;
    if (try_to_verify(key, with, text, signature))
        return true;
    dropped.throw_if_memory_failed();
    return try_to_verify(key, with, text, signature);
}

std::string digest_of(const char* name, std::string_view text)
{
    std::string out(EVP_MAX_MD_SIZE, '\0');
    std::size_t size = 0;
    // Hashing memory fails only for want of memory.
    if (EVP_Q_digest(nullptr, name, nullptr, text.data(), text.size(), octets(out), &size) != 1)
        throw std::bad_alloc();
    out.resize(size);
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text)
{
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    if (HMAC(
            EVP_sha256(),
            key.data(),
            static_cast<int>(key.size()),
            octets(text),
            text.size(),
            octets(out),
            &size
        )
        == nullptr)
        throw std::bad_alloc();
    out.resize(size);
    return out;
}

std::string quoted(std::string_view text)
{
    return boost::json::serialize(boost::json::value(boost::json::string_view(text)));
}

} // namespace detail

std::string_view name_of(jws_algorithm a) noexcept
{
    return detail::traits_of(a).name;
}

std::optional<jws_algorithm> jws_algorithm_from_name(std::string_view name) noexcept
{
    if (name == "Ed25519")
        return jws_algorithm::eddsa;
    for (const detail::algorithm_traits& a : detail::algorithms)
    {
        if (a.name == name)
            return a.value;
    }
    return std::nullopt;
}

} // namespace asioauth
