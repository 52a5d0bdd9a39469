// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

#include <boost/json/object.hpp>

namespace asioauth::detail {

/** The public key of the client's certificate as a JWK, with the certificates of the chain as
    `x5c`: what self_signed_tls_client_auth registers (RFC 8705 section 2.2.2).
    @return errc::key_invalid if there is no certificate, or it cannot be read, or its key is of a
        kind that is not supported
*/
result<boost::json::object> certificate_jwk(const tls_identity& identity);

} // namespace asioauth::detail
