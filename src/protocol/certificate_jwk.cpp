// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/certificate_jwk.hpp"

#include "base/json_reader.hpp"
#include "protocol/jose_jwk.hpp"

#include <asioauth/protocol/form.hpp>

#include <boost/json/array.hpp>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace asioauth::detail {
namespace {

class certificate_deleter
{
public:
    void operator()(X509* p) const noexcept { X509_free(p); }
};

using certificate_ptr = std::unique_ptr<X509, certificate_deleter>;

constexpr std::size_t longest_chain = 16;

failure unusable(std::string_view message)
{
    failure out(errc::key_invalid);
    out.message(message);
    return out;
}

std::string der_of(X509* certificate)
{
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(certificate, &bytes);
    if (size <= 0)
        return {};
    std::string out(bytes, bytes + size);
    OPENSSL_free(bytes);
    return out;
}

} // namespace

result<boost::json::object> certificate_jwk(const tls_identity& identity)
{
    const openssl_errors_dropped quiet;
    if (identity.empty())
        return unusable("There is no client certificate.");
    const std::string& pem = identity.certificate_chain();
    const openssl_ptr<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    certificate_ptr first;
    boost::json::array chain;
    while (in && chain.size() != longest_chain)
    {
        certificate_ptr next(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
        if (!next)
            break;
        chain.emplace_back(base64_encode(der_of(next.get())));
        if (!first)
            first = std::move(next);
    }
    quiet.throw_if_memory_failed(); // the chain would end too early
    EVP_PKEY* const key = first ? X509_get0_pubkey(first.get()) : nullptr;
    if (key == nullptr)
        return unusable("The client certificate is no PEM certificate that can be read.");
    const auto kind = kind_of(key);
    const auto text = kind && is_sound(key, *kind) ? write_bare_jwk(key, *kind) : std::nullopt;
    if (!text)
    {
        quiet.throw_if_memory_failed();
        return unusable("The key of the client certificate is of a kind that is not supported.");
    }
    auto jwk = json_object::parse(*text);
    if (!jwk)
        return jwk.error();
    boost::json::object out = jwk->copy();
    out.emplace("use", "sig");
    out.emplace("x5c", std::move(chain));
    return out;
}

} // namespace asioauth::detail
