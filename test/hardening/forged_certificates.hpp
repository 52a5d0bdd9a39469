// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Certificates that no honest authority makes.

#include "support/certificates.hpp"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::testing {

using certificate_change = std::function<void(X509*)>;

inline void sign(const identity& id, const identity& issuer, const EVP_MD* digest = EVP_sha256())
{
    if (X509_sign(id.certificate.get(), issuer.key.get(), digest) == 0)
        throw std::runtime_error("cannot sign a certificate");
}

/// A certificate of `issuer` that is changed before it is signed.
inline identity forge(
    const certificate_options& o,
    const identity& issuer,
    const certificate_change& change,
    const EVP_MD* digest = EVP_sha256()
)
{
    auto id = make_identity(o, &issuer);
    change(id.certificate.get());
    sign(id, issuer, digest);
    return id;
}

inline void remove_extension(X509* cert, int nid)
{
    for (int at = X509_get_ext_by_NID(cert, nid, -1); at >= 0;
         at = X509_get_ext_by_NID(cert, nid, -1))
    {
        X509_EXTENSION_free(X509_delete_ext(cert, at));
    }
}

inline void replace_extension(X509* cert, int nid, const std::string& value)
{
    remove_extension(cert, nid);
    add_extension(cert, cert, nid, value);
}

/// An extension of these very bytes.
inline void add_raw_extension(X509* cert, const char* oid, bool critical, const std::string& value)
{
    const std::unique_ptr<ASN1_OBJECT, decltype(&ASN1_OBJECT_free)> object(
        OBJ_txt2obj(oid, 0), &ASN1_OBJECT_free
    );
    const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> data(
        ASN1_OCTET_STRING_new(), &ASN1_OCTET_STRING_free
    );
    ASN1_OCTET_STRING_set(
        data.get(),
        reinterpret_cast<const unsigned char*>(value.data()),
        static_cast<int>(value.size())
    );
    const std::unique_ptr<X509_EXTENSION, openssl_free> extension(
        X509_EXTENSION_create_by_OBJ(nullptr, object.get(), critical ? 1 : 0, data.get())
    );
    if (X509_add_ext(cert, extension.get(), -1) != 1)
        throw std::runtime_error("cannot add a certificate extension");
}

/// DNS names as they are, whatever is in them.
inline void set_dns_names(X509* cert, const std::vector<std::string>& names)
{
    remove_extension(cert, NID_subject_alt_name);
    std::string list;
    for (const auto& n : names)
        list += "\x82" + std::string(1, static_cast<char>(n.size())) + n;
    add_raw_extension(
        cert, "2.5.29.17", false, "\x30" + std::string(1, static_cast<char>(list.size())) + list
    );
}

/// For a server's context: what is sent behind its certificate.
inline void add_to_chain(SSL_CTX* ctx, const identity& id)
{
    X509_up_ref(id.certificate.get());
    SSL_CTX_add_extra_chain_cert(ctx, id.certificate.get());
}

/// A certificate, and the authorities between it and the root.
class certificate_chain
{
public:
    certificate_chain(identity leaf) // NOLINT(google-explicit-constructor)
        : leaf_(std::make_shared<identity>(std::move(leaf)))
    {}

    certificate_chain& add(std::shared_ptr<identity> authority)
    {
        rest_.push_back(std::move(authority));
        return *this;
    }

    const identity& leaf() const noexcept { return *leaf_; }
    const std::vector<std::shared_ptr<identity>>& rest() const noexcept { return rest_; }

private:
    std::shared_ptr<identity> leaf_;
    std::vector<std::shared_ptr<identity>> rest_;
};

inline certificate_options named(std::string alternative_names)
{
    auto o = test_pki::good_options();
    o.alternative_names = std::move(alternative_names);
    return o;
}

inline certificate_options authority_options(std::string name)
{
    auto o = test_pki::ca_options();
    o.common_name = std::move(name);
    return o;
}

/// A good leaf below an authority that was changed.
inline certificate_chain below(
    const certificate_options& authority,
    const certificate_change& change,
    const EVP_MD* digest = EVP_sha256()
)
{
    auto middle =
        std::make_shared<identity>(forge(authority, test_pki::get().ca(), change, digest));
    certificate_chain out(make_identity(test_pki::good_options(), middle.get()));
    out.add(std::move(middle));
    return out;
}

/// So many authorities, each below the one before.
inline certificate_chain long_chain(int authorities)
{
    std::vector<std::shared_ptr<identity>> all;
    const identity* above = &test_pki::get().ca();
    for (int i = 0; i != authorities; ++i)
    {
        all.push_back(std::make_shared<identity>(
            make_identity(authority_options("authority " + std::to_string(i)), above)
        ));
        above = all.back().get();
    }
    certificate_chain out(make_identity(test_pki::good_options(), above));
    for (auto it = all.rbegin(); it != all.rend(); ++it)
        out.add(*it);
    return out;
}

} // namespace asioauth::testing
