// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>

#include <string>
#include <vector>

namespace asioauth::detail {

/// Where certification authorities are looked for.
struct trust_sources
{
    /// Directories of certificates under their hashes; every one that has any is used.
    std::vector<std::string> directories;
    /// Bundles; the first that can be read is used, and only if no directory is.
    std::vector<std::string> bundles;

    /// The places that systems keep them in. Environment variables are deliberately not looked at.
    static trust_sources of_system();
};

/** Make the one kind of TLS client context there is: TLS 1.2 or newer, peers verified, security
    level 2.

    @param ca_files bundles to trust beside the sources; each must be readable
    @return errc::tls_trust_store_unavailable if there is nothing to trust
*/
result<boost::asio::ssl::context>
make_tls_context(const trust_sources& sources, const std::vector<std::string>& ca_files);

/// Set the name that the peer must prove: SNI and certificate check for a host name, the check
/// alone for an address.
result<void> set_peer_name(SSL* ssl, const url& target);

/// What a failed handshake means.
failure handshake_failure(SSL* ssl, const error_code& ec);

/// Check what was agreed in a handshake that succeeded.
result<void> check_handshake(SSL* ssl);

} // namespace asioauth::detail
