// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

struct trust_store_deleter
{
    void operator()(X509_STORE* s) const noexcept { X509_STORE_free(s); }
};

using trust_store = std::unique_ptr<X509_STORE, trust_store_deleter>;

/** Read what there is to trust. Takes tens of milliseconds where a bundle has to be read.

    @param ca_files bundles to trust beside the sources; each must be readable
    @return errc::tls_trust_store_unavailable if there is nothing to trust
*/
result<trust_store>
load_trust_store(const trust_sources& sources, const std::vector<std::string>& ca_files);

/** Make the one kind of TLS client context there is: TLS 1.2 or newer, peers verified, security
    level 2, sessions kept by tls_resumption alone.

    @param trust shared with the context
    @param identity what connections show to a server that asks for it; may be empty
    @return errc::key_invalid if the identity cannot be used
*/
result<boost::asio::ssl::context> make_tls_context(X509_STORE* trust, const tls_identity& identity);

/// Set the name that the peer must prove: SNI and certificate check for a host name, the check
/// alone for an address.
result<void> set_peer_name(SSL* ssl, const url& target);

/// What a failed handshake means.
failure handshake_failure(SSL* ssl, const error_code& ec);

/// Does an error come from TLS itself, and not from what is below?
bool is_tls_failure(const error_code& ec) noexcept;

/// What it means that TLS itself ended a connection after its handshake: since TLS 1.3 that is how
/// a server refuses the client's certificate. Nothing if `ec` does not come from TLS.
std::optional<failure> tls_breach(const error_code& ec);

/** Check what was agreed in a handshake that succeeded.

    @param target for a session that was resumed: the name that its certificate has to prove. A whole
    handshake does not succeed without.
*/
result<void> check_handshake(SSL* ssl, const url& target);

/// The last reason in this thread's error queue, in a constant text of OpenSSL's.
std::string_view last_openssl_error() noexcept;

} // namespace asioauth::detail
