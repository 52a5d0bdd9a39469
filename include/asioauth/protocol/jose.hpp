// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/pkce.hpp>
#include <asioauth/secret.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

// JSON Web Signatures, as far as OAuth clients need them. Claims go in and come out as JSON text.

/// A signature algorithm (RFC 7518 section 3.1, RFC 8037).
enum class jws_algorithm : std::uint8_t
{
    rs256, ///< RSASSA-PKCS1-v1_5 with SHA-256
    rs384, ///< likewise with SHA-384
    rs512, ///< likewise with SHA-512
    ps256, ///< RSASSA-PSS with SHA-256
    ps384, ///< likewise with SHA-384
    ps512, ///< likewise with SHA-512
    es256, ///< ECDSA on P-256 with SHA-256
    es384, ///< ECDSA on P-384 with SHA-384
    es512, ///< ECDSA on P-521 with SHA-512
    eddsa, ///< Ed25519
};

/// The JOSE name, for example `"ES256"`, `"EdDSA"`.
ASIOAUTH_DECL std::string_view name_of(jws_algorithm a) noexcept;

/// The algorithm of that name; nothing for `none`, for MACs and for what is not supported.
/// `Ed25519` (RFC 9864) is EdDSA.
ASIOAUTH_DECL std::optional<jws_algorithm> jws_algorithm_from_name(std::string_view name) noexcept;

/** A private key that signs. A value; copies share one key.

    @par Thread safety
    @e Distinct @e objects: safe, copies included. @e Shared @e objects: unsafe to modify, safe to
    read.
*/
class signing_key
{
public:
    /// No key.
    signing_key() noexcept = default;

    /// A fresh key: P-256, P-384, P-521, Ed25519 or RSA with 3072 bits.
    /// @return the key, or errc::entropy_unavailable
    ASIOAUTH_DECL static result<signing_key> generate(jws_algorithm a);

    /** Read a private key from PEM (PKCS #8, SEC 1 or PKCS #1, not encrypted).

        @param a the algorithm to sign with; by default the first that fits: ES256/384/512 by the
            curve, EdDSA, RS256
        @return the key, or errc::key_invalid: not PEM, no private key, encrypted, of a kind that
            does not fit `a`, an RSA key below 2048 or above 8192 bits
    */
    ASIOAUTH_DECL static result<signing_key>
    from_pem(const secret& pem, std::optional<jws_algorithm> a = std::nullopt);

    /** Read a private JWK (RFC 7517). Its `alg` and `kid` are taken over.
        @return the key, or errc::key_invalid: no private JWK, of a kind, for an algorithm or for a
            use that does not fit, halves that do not belong together
    */
    ASIOAUTH_DECL static result<signing_key>
    from_jwk(const secret& jwk, std::optional<jws_algorithm> a = std::nullopt);

    /// True if there is no key.
    bool empty() const noexcept { return impl_ == nullptr; }
    /// False if there is no key.
    explicit operator bool() const noexcept { return !empty(); }

    /// What it signs with. Precondition of this and of what follows: `*this` is not empty.
    ASIOAUTH_DECL jws_algorithm algorithm() const noexcept;
    /// @{
    /// What the `kid` header says: the thumbprint, unless it was set or read. May be set to "" so
    /// that no `kid` is sent.
    const std::string& key_id() const noexcept { return key_id_; }
    signing_key& key_id(std::string_view v) { return key_id_ = v, *this; }
    /// @}
    /// The public half as a JWK with `kid`, `alg` and `use`.
    ASIOAUTH_DECL std::string public_jwk() const;
    /// The public half as it stands in a JWS header: required members only (RFC 7638 order).
    ASIOAUTH_DECL std::string bare_public_jwk() const;
    /// Private and public half as a JWK with `kid` and `alg`, for keeping: from_jwk() makes an equal
    /// key of it.
    ASIOAUTH_DECL secret private_jwk() const;
    /// The SHA-256 thumbprint (RFC 7638), base64url.
    ASIOAUTH_DECL const std::string& thumbprint() const noexcept;

    /// True if both are the same key with the same algorithm and key id.
    ASIOAUTH_DECL friend bool operator==(const signing_key& a, const signing_key& b) noexcept;

    class impl;
    /// For the library.
    const std::shared_ptr<const impl>& shared() const noexcept { return impl_; }

private:
    std::shared_ptr<const impl> impl_;
    std::string key_id_;
};

/// A JWK set (`{"keys":[...]}`) with the public halves of these keys, for a `jwks` member or a
/// `jwks_uri` document.
ASIOAUTH_DECL std::string make_jwk_set(const std::vector<signing_key>& keys);

/// Public keys of somebody else.
class jwk_set
{
public:
    jwk_set() = default;

    /** Read a JWK set. Keys that are not for signatures or that cannot be used (unknown types, RSA
        below 2048 or above 8192 bits, points off the curve) are left out; private and symmetric
        members are ignored. What comes behind 128 usable keys is left out too.
        @return the set, perhaps empty, or a JSON error
    */
    ASIOAUTH_DECL static result<jwk_set> parse(std::string_view json);

    /// How many keys can be used.
    std::size_t size() const noexcept { return keys_.size(); }
    /// True if none can.
    bool empty() const noexcept { return keys_.empty(); }
    /// Whether a key with this `kid` is in it.
    ASIOAUTH_DECL bool has(std::string_view key_id) const noexcept;

    class key;
    /// For the library.
    const std::vector<std::shared_ptr<const key>>& keys() const noexcept { return keys_; }

private:
    std::vector<std::shared_ptr<const key>> keys_;
};

/// A GET for a `jwks_uri`.
ASIOAUTH_DECL http_request make_jwks_request(const url& where, const address_policy& policy);

/// Read the answer to it. @return the keys, or errc::http_status_unexpected or a JSON error
ASIOAUTH_DECL result<jwk_set> read_jwks_response(const http_response& response);

/** Sign claims: a JWS in compact form.

    @param typ the `typ` header, left out if empty
    @param claims a JSON object as text
    @param embed_jwk put the public key into the header as `jwk` (and no `kid`)
    @return the token, or errc::key_invalid if `key` is empty, errc::invalid_argument if `claims` is
        no JSON object, errc::out_of_memory
    @par Specification
    @li RFC 7515 sections 3.1 and 7.1; RFC 7519
*/
ASIOAUTH_DECL result<secret> sign_jwt(
    const signing_key& key, std::string_view typ, std::string_view claims, bool embed_jwk = false
);

/// The same with a shared secret and HS256, for `client_secret_jwt`.
/// @return errc::key_invalid for an empty secret
ASIOAUTH_DECL result<secret>
sign_jwt(const secret& shared_secret, std::string_view typ, std::string_view claims);

/// A JWT whose signature was checked.
class verified_jwt
{
public:
    verified_jwt() = default;

    jws_algorithm algorithm = jws_algorithm::es256; ///< what it was signed with
    std::string key_id;                             ///< the `kid` header; empty if there is none
    std::string typ;                                ///< the `typ` header; empty if there is none
    std::string claims;                             ///< a JSON object as text
};

/** Check the signature of a compact JWS.

    Algorithm and key type must fit each other; `none`, MACs, `crit` headers and keys inside the
    token are refused or not looked at. With a `kid` only keys of that `kid` (or without any) are
    tried, and no more than 32.

    @param token at most 64 KiB
    @param allowed the algorithms to take; empty takes all
    @return claims, or errc::jwt_malformed, errc::jwt_algorithm_not_allowed, errc::jwt_key_not_found
        (no key of the token's `kid` fits: fetch the key set again), errc::jwt_signature_invalid
    @par Specification
    @li RFC 7515 section 5.2; RFC 8725
*/
ASIOAUTH_DECL result<verified_jwt> verify_jwt(
    std::string_view token, const jwk_set& keys, const std::vector<jws_algorithm>& allowed = {}
);

/// The claims of a JWT without any check, for reading when it ends; errc::jwt_malformed.
ASIOAUTH_DECL result<std::string> unverified_claims(std::string_view token);

/// The moment that a request is made at, and randomness of its own.
class request_stamp
{
public:
    request_stamp() = default;
    /// @param n now @param r fresh random octets
    request_stamp(std::chrono::system_clock::time_point n, const random_octets& r)
        : now(n)
        , random(r)
    {}

    std::chrono::system_clock::time_point now; ///< wall-clock time
    random_octets random{};                    ///< never used for another request
};

} // namespace asioauth
