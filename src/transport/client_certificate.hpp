// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <openssl/ssl.h>

namespace asioauth::detail {

/** Let the connections of a context show a client certificate.

    Nobody is ever asked for a passphrase, and no message tells anything of the key.
    @param identity not empty
    @return errc::key_invalid if the certificates or the key cannot be read, do not belong together
        or are too weak
*/
result<void> use_client_certificate(SSL_CTX* ctx, const tls_identity& identity);

} // namespace asioauth::detail
