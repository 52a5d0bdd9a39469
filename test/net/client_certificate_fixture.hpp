// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "net/http_client_fixture.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace asioauth::testing {

inline certificate_options client_options(std::string_view name)
{
    certificate_options o;
    o.common_name = name;
    o.extended_key_usage = "clientAuth";
    return o;
}

inline identity client_leaf(std::string_view name)
{
    return test_pki::get().leaf(client_options(name));
}

inline tls_identity tls_identity_of(const identity& id)
{
    return {id.certificate_pem(), secret(id.key_pem())};
}

/// One that the test authority vouches for.
inline tls_identity client_named(std::string_view name)
{
    return tls_identity_of(client_leaf(name));
}

/// The common name that the client of a connection has shown; `nobody` if there is none.
inline std::string shown_name(peer& p)
{
    const x509_ptr shown(p.ssl() != nullptr ? SSL_get1_peer_certificate(p.ssl()) : nullptr);
    if (!shown)
    {
        return "nobody";
    }
    char text[100] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, text, 100);
    return text;
}

/// Answers every request with the name that was shown and the number of the connection.
inline void answer_with_name(peer& p)
{
    while (!p.read_request().empty())
    {
        p.respond(shown_name(p) + " " + std::to_string(p.number()));
    }
}

/// A server that asks for certificates of the test authority.
/// @param mode of SSL_CTX_set_verify
inline std::unique_ptr<loopback_server> server_that_asks(
    int mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, int max_version = TLS1_3_VERSION
)
{
    loopback_server::tls_options o;
    o.max_version = max_version;
    o.adjust = [mode](boost::asio::ssl::context& c) {
        SSL_CTX* const ctx = c.native_handle();
        SSL_CTX_set_verify(ctx, mode, nullptr);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), test_pki::get().ca().certificate.get());
    };
    return std::make_unique<loopback_server>(test_pki::get().good(), o, answer_with_name);
}

} // namespace asioauth::testing
