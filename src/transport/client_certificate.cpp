// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/client_certificate.hpp"

#include "protocol/openssl_errors.hpp"
#include "transport/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {
namespace {

struct openssl_deleter
{
    void operator()(BIO* p) const noexcept { BIO_free_all(p); }
    void operator()(X509* p) const noexcept { X509_free(p); }
    void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
    void operator()(STACK_OF(X509) * p) const noexcept { sk_X509_pop_free(p, X509_free); }
};

using bio_ptr = std::unique_ptr<BIO, openssl_deleter>;
using x509_ptr = std::unique_ptr<X509, openssl_deleter>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_deleter>;
using chain_ptr = std::unique_ptr<STACK_OF(X509), openssl_deleter>;

constexpr std::size_t max_pem_size = std::size_t{64} * 1024;
constexpr int max_chain = 10;

failure unusable(std::string_view what)
{
    return failure(errc::key_invalid).message(what);
}

// The bytes are read where they are, so that there is no copy of a key to wipe.
bio_ptr reader_of(std::string_view pem)
{
    return bio_ptr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Without a function of ours OpenSSL would ask on the terminal.
int refuse_passphrase(char*, int, int, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

class certificates
{
public:
    x509_ptr own;
    chain_ptr issuers{sk_X509_new_null()};
};

result<certificates> read_certificates(std::string_view pem)
{
    if (pem.empty() || pem.size() > max_pem_size)
    {
        return unusable("The client certificate is empty or too large.");
    }
    certificates all;
    const auto in = reader_of(pem);
    bool asked = false;
    if (!in || !all.issuers)
    {
        return errc::out_of_memory;
    }
    all.own.reset(PEM_read_bio_X509(in.get(), nullptr, &refuse_passphrase, &asked));
    if (!all.own)
    {
        return unusable("The client certificate is not PEM text of a certificate.");
    }
    while (x509_ptr next{PEM_read_bio_X509(in.get(), nullptr, &refuse_passphrase, &asked)})
    {
        if (sk_X509_num(all.issuers.get()) == max_chain)
        {
            return unusable("The client certificate comes with too many others.");
        }
        if (sk_X509_push(all.issuers.get(), next.get()) == 0)
        {
            return errc::out_of_memory;
        }
        static_cast<void>(next.release());
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    {
        return unusable("One of the certificates of the client certificate's chain is damaged.");
    }
    return all;
}

result<key_ptr> read_key(std::string_view pem)
{
    if (pem.empty() || pem.size() > max_pem_size)
    {
        return unusable("The private key of the client certificate is empty or too large.");
    }
    const auto in = reader_of(pem);
    if (!in)
    {
        return errc::out_of_memory;
    }
    bool asked = false;
    key_ptr key(PEM_read_bio_PrivateKey(in.get(), nullptr, &refuse_passphrase, &asked));
    if (asked)
    {
        return unusable("The private key of the client certificate is encrypted.")
            .hint("Decrypt the key before it is given to the library, which never asks for a "
                  "passphrase.");
    }
    if (!key)
    {
        return unusable(
            "The private key of the client certificate is not PEM text of a private key."
        );
    }
    return key;
}

result<void> use(SSL_CTX* ctx, const tls_identity& identity)
{
    const auto chain = read_certificates(identity.certificate_chain());
    if (!chain)
    {
        return chain.error();
    }
    const auto key = read_key(identity.private_key().reveal());
    if (!key)
    {
        return key.error();
    }
    if (X509_check_private_key(chain->own.get(), key->get()) != 1)
    {
        return unusable("The private key does not belong to the client certificate.")
            .hint("The certificate of the key comes first in the chain.");
    }
    ERR_clear_error();
    // A chain, even if it is empty, so that OpenSSL does not make one of the authorities that we
    // trust: what is shown is what was given.
    if (SSL_CTX_use_cert_and_key(ctx, chain->own.get(), key->get(), chain->issuers.get(), 1) != 1)
    {
        return unusable(
            "The client certificate cannot be used: " + std::string(last_openssl_error()) + "."
        );
    }
    return {};
}

} // namespace

result<void> use_client_certificate(SSL_CTX* ctx, const tls_identity& identity)
{
    ERR_clear_error();
    auto done = use(ctx, identity);
    if (!done && openssl_had_no_memory())
    {
        done = errc::out_of_memory;
    }
    ERR_clear_error();
    return done;
}

} // namespace asioauth::detail
