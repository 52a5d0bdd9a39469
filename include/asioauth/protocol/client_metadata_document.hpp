// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/registration.hpp>

#include <string>
#include <string_view>

namespace asioauth {

// Client ID metadata documents: the client's identifier is the URL of a document that says what
// RFC 7591 would register.

/** Check the URL of a client ID metadata document: https, a path that is more than a slash, no dot
    segments (percent-encoded ones neither), no fragment, no user name, no query.
    @return the URL, or errc::client_metadata_document_invalid
    @par Specification
    @li draft-ietf-oauth-client-id-metadata-document section 3
*/
ASIOAUTH_DECL result<url> check_client_metadata_url(std::string_view where);

/** The document that has to be served at `where` as `application/json`.

    Has `client_id`, `client_name`, the redirect URIs and what else the profile says; never a secret
    or a method that needs one. With a key in the profile: `private_key_jwt`, and its public half as
    `jwks` unless the profile has a `jwks_uri`. At most 5 kB.

    @return JSON, or errc::client_metadata_document_invalid, errc::redirect_uri_invalid
    @par Specification
    @li draft-ietf-oauth-client-id-metadata-document sections 4.1, 6.2 and 6.6; MCP 2026-07-28
        "Client ID Metadata Documents"
*/
ASIOAUTH_DECL result<std::string>
make_client_metadata_document(std::string_view where, const client_profile& profile);

/** Check a document that is served at `where`, as an authorization server does: status 200, JSON
    content type, size, `client_id` equal to the URL byte for byte, a name, redirect URIs, a method
    that needs no secret, and neither a secret nor a private key anywhere it could be published by
    mistake. Redirect URIs of a private-use scheme are taken, since other programs may share the
    document.
    @return success, or errc::client_metadata_document_invalid with what is wrong
*/
ASIOAUTH_DECL result<void>
check_client_metadata_document(std::string_view where, const http_response& response);

/** The client that a document stands for, at the issuer of `found`.

    Such a client has the same identifier at every issuer, but tokens are bound to the issuer as
    always. Who publishes a key authenticates with it everywhere: a server that does not take
    `private_key_jwt` is no place for a profile with a key.
    @return the registration; errc::registration_not_supported if the server does not take metadata
        documents; errc::client_metadata_document_invalid, errc::redirect_uri_invalid;
        errc::token_endpoint_auth_method_not_supported if it does not take the method that the
        document names
*/
ASIOAUTH_DECL result<registration> make_metadata_document_client(
    const discovery& found, std::string_view where, const client_profile& profile
);

} // namespace asioauth
