// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/openssl_errors.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/pkce.hpp>

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <string_view>

namespace asioauth {
namespace {

template <class Octets>
std::string_view as_text(const Octets& octets)
{
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// Looked up once, which costs several times as much as the digest of a short text. It lives as long
// as OpenSSL itself. What was not found for want of memory is looked up again.
const EVP_MD* sha256()
{
    static const EVP_MD* const fetched =
        detail::allocated(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    return fetched;
}

class free_context
{
public:
    void operator()(EVP_MD_CTX* c) const noexcept { EVP_MD_CTX_free(c); }
};

// Likewise, one for each thread. Nothing of a text stays in it: the last block is wiped when the
// digest is done.
EVP_MD_CTX* digest_context()
{
    thread_local std::unique_ptr<EVP_MD_CTX, free_context> mine;
    if (!mine)
    {
        mine.reset(EVP_MD_CTX_new());
    }
    return mine.get();
}

} // namespace

secret make_code_verifier(const random_octets& random)
{
    std::string text = base64url_encode(as_text(random));
    secret out(text);
    wipe(text);
    return out;
}

std::string make_code_challenge(const secret& code_verifier)
{
    std::array<std::uint8_t, 32> digest{};
    const std::string_view text = code_verifier.reveal();
    unsigned int size = 0;
    // SHA-256 over memory fails only for want of memory, which every string here reports the same
    // way.
    const detail::openssl_errors_dropped dropped;
    EVP_MD_CTX* const c = digest_context();
    if (c == nullptr || EVP_DigestInit_ex(c, sha256(), nullptr) != 1
        || EVP_DigestUpdate(c, text.data(), text.size()) != 1
        || EVP_DigestFinal_ex(c, digest.data(), &size) != 1 || size != digest.size())
        throw std::bad_alloc();
    return base64url_encode(as_text(digest));
}

std::string make_state(const random_octets& random)
{
    return base64url_encode(as_text(random));
}

} // namespace asioauth
