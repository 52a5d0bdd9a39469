// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/openssl_setup.hpp"

#include "protocol/openssl_errors.hpp"

#include <asioauth/protocol/pkce.hpp>
#include <asioauth/secret.hpp>

#include <openssl/crypto.h>

#include <exception>

namespace asioauth::detail {

void set_up_openssl() noexcept
{
    const openssl_errors_dropped dropped;
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr);
    try
    {
        // The generator, and the digest.
        if (const auto random = system_entropy())
            static_cast<void>(make_code_challenge(make_code_verifier(*random)));
    }
    catch (const std::exception&)
    {
        return; // out of memory
    }
}

} // namespace asioauth::detail
