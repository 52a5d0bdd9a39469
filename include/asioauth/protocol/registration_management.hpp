// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/registration.hpp>

namespace asioauth {

// Management of a client that was registered before (RFC 7592). All requests carry the
// registration access token to registration::registration_client_uri, which is of the origin of the
// registration endpoint.

/// True if the server offered management for this client: there is a URL and a token for it.
ASIOAUTH_DECL bool is_manageable(const registration& client) noexcept;

/** Ask for the registration as it is now; also a way to learn whether the client still lives.
    @return the request, or errc::registration_not_manageable (nothing was offered, or the URL is
        not of the origin of the registration endpoint), errc::registration_issuer_mismatch
    @par Specification
    @li RFC 7592 section 2.1
*/
ASIOAUTH_DECL result<http_request>
make_registration_read_request(const discovery& found, const registration& client);

/** Replace the registration with what `profile` says: all of it, as RFC 7592 asks, with
    `client_id` (and the secret where there is one), without the members that the server sets.

    @param profile if it has no redirect URIs, those of `client` stay
    @return the request, or an error as of make_registration_read_request() or
        make_registration_request()
    @par Specification
    @li RFC 7592 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_registration_update_request(
    const discovery& found, const registration& client, const client_profile& profile
);

/// Delete the registration (RFC 7592 section 2.3). The same errors as of
/// make_registration_read_request().
ASIOAUTH_DECL result<http_request>
make_registration_delete_request(const discovery& found, const registration& client);

/** Read the answer to a read or an update. A new secret or registration access token in it
    replaces the old one, which is worthless from then on: store the result before anything else.
    What the answer leaves out is kept.

    @param updated the profile that the update was made with; null for a read
    @return the registration as it is from now on; errc::registration_gone for 401 and 403 and 404
        (the client does not exist any more, or the token was revoked);
        errc::registration_not_manageable for a 405; otherwise as read_registration_response()
    @par Specification
    @li RFC 7592 sections 2.1, 2.2 and 3
*/
ASIOAUTH_DECL result<registration> read_registration_management_response(
    const http_response& response,
    const discovery& found,
    const registration& client,
    const client_profile* updated = nullptr
);

/** Read the answer to a deletion. Forget the client only after success or errc::registration_gone.

    @return success for 204 or another 2xx; errc::registration_gone for 401, 403 and 404;
        errc::registration_not_manageable for a 405; otherwise the server's own error or
        errc::http_status_unexpected
    @par Specification
    @li RFC 7592 section 2.3
*/
ASIOAUTH_DECL result<void> read_registration_delete_response(const http_response& response);

} // namespace asioauth
