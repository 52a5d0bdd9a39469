// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace asioauth::testing {

struct openssl_free
{
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(BIO* p) const noexcept { BIO_free_all(p); }
    void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
};

using x509_ptr = std::unique_ptr<X509, openssl_free>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_free>;
using bio_ptr = std::unique_ptr<BIO, openssl_free>;

/// A certificate with its key, and PEM text of both.
struct identity
{
    x509_ptr certificate;
    key_ptr key;

    std::string certificate_pem() const
    {
        const bio_ptr out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), certificate.get());
        return text(out.get());
    }

    std::string key_pem() const
    {
        const bio_ptr out(BIO_new(BIO_s_mem()));
        PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return text(out.get());
    }

private:
    static std::string text(BIO* b)
    {
        char* data = nullptr;
        const long size = BIO_ctrl(b, BIO_CTRL_INFO, 0, static_cast<void*>(&data));
        return {data, static_cast<std::size_t>(size)};
    }
};

/// How a certificate is to be made.
struct certificate_options
{
    std::string common_name = "test";
    /// For example `DNS:localhost,IP:127.0.0.1`; empty for none.
    std::string alternative_names;
    bool is_ca = false;
    long valid_from_days = -1;
    long valid_to_days = 30;
    /// 0 for P-256, otherwise the bits of an RSA key.
    unsigned rsa_bits = 0;
    bool sha1 = false;
    std::string extended_key_usage = "serverAuth";
};

inline void add_extension(X509* cert, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, openssl_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())
    );
    if (!extension || X509_add_ext(cert, extension.get(), -1) != 1)
    {
        throw std::runtime_error("cannot add a certificate extension");
    }
}

/// Make a certificate, signed by `issuer` or by itself.
inline identity make_identity(const certificate_options& o, const identity* issuer = nullptr)
{
    static long serial = 1000;
    identity id;
    id.key.reset(
        o.rsa_bits == 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{o.rsa_bits})
    );
    id.certificate.reset(X509_new());
    X509* const cert = id.certificate.get();
    if (!id.key || cert == nullptr)
    {
        throw std::runtime_error("cannot make a key");
    }
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), o.valid_from_days * 24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), o.valid_to_days * 24 * 3600);
    X509_set_pubkey(cert, id.key.get());
    X509_NAME* const name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(
        name,
        "CN",
        MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(o.common_name.c_str()),
        -1,
        -1,
        0
    );
    X509* const signer = issuer != nullptr ? issuer->certificate.get() : cert;
    X509_set_issuer_name(cert, X509_get_subject_name(signer));
    add_extension(
        cert, signer, NID_basic_constraints, o.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE"
    );
    add_extension(cert, signer, NID_subject_key_identifier, "hash");
    if (o.is_ca)
    {
        add_extension(cert, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    else
    {
        add_extension(cert, signer, NID_ext_key_usage, o.extended_key_usage);
    }
    if (!o.alternative_names.empty())
    {
        add_extension(cert, signer, NID_subject_alt_name, o.alternative_names);
    }
    EVP_PKEY* const key = issuer != nullptr ? issuer->key.get() : id.key.get();
    if (X509_sign(cert, key, o.sha1 ? EVP_sha1() : EVP_sha256()) == 0)
    {
        throw std::runtime_error("cannot sign a certificate");
    }
    return id;
}

/// A file that goes with the object.
class temporary_file
{
public:
    explicit temporary_file(const std::string& content)
    {
        const int fd = ::mkstemp(path_.data());
        if (fd < 0
            || ::write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size()))
        {
            throw std::runtime_error("cannot write a temporary file");
        }
        ::close(fd);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::remove(path_.c_str()); }

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_ = "/tmp/asioauth-test-XXXXXX";
};

/// A certification authority with what its servers need; made once for a test program.
class test_pki
{
public:
    test_pki() : ca_(make_identity(ca_options())), ca_file_(ca_.certificate_pem()) {}

    static const test_pki& get()
    {
        static const test_pki pki;
        return pki;
    }

    const identity& ca() const noexcept { return ca_; }
    const std::string& ca_file() const noexcept { return ca_file_.path(); }

    /// A leaf signed by the authority.
    identity leaf(const certificate_options& o) const { return make_identity(o, &ca_); }

    identity good() const { return leaf(good_options()); }

    static certificate_options good_options()
    {
        certificate_options o;
        o.common_name = "localhost";
        o.alternative_names = "DNS:localhost,DNS:a.localhost,DNS:good.example,IP:127.0.0.1,IP:::1";
        return o;
    }

    static certificate_options ca_options()
    {
        certificate_options o;
        o.common_name = "asioauth test authority";
        o.is_ca = true;
        return o;
    }

private:
    identity ca_;
    temporary_file ca_file_;
};

} // namespace asioauth::testing
