// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/registration.hpp>

namespace asioauth {

// Management of a client that was registered before (RFC 7592). All requests carry the
// registration access token to registration::registration_client_uri, which is of the origin of the
// registration endpoint.

/// True if the server offered management for this client.
ASIOAUTH_DECL bool is_manageable(const registration& client) noexcept;

/** Ask for the registration as it is now; also a way to learn whether the client still lives.
    @return the request, or errc::registration_not_manageable
    @par Specification
    @li RFC 7592 section 2.1
*/
ASIOAUTH_DECL result<http_request>
make_registration_read_request(const discovery& found, const registration& client);

/** Replace the registration with what `profile` says: all of it, as RFC 7592 asks, with
    `client_id` (and the secret where there is one), without the members that the server sets.
    @par Specification
    @li RFC 7592 section 2.2
*/
ASIOAUTH_DECL result<http_request> make_registration_update_request(
    const discovery& found, const registration& client, const client_profile& profile
);

/// Delete the registration (RFC 7592 section 2.3).
ASIOAUTH_DECL result<http_request>
make_registration_delete_request(const discovery& found, const registration& client);

/** Read the answer to a read or an update. A new secret or registration access token in it
    replaces the old one; what it leaves out is kept.

    @return the registration as it is from now on; errc::registration_gone for 401 and 403 and 404
        (the client does not exist any more, or the token was revoked); otherwise as
        read_registration_response()
    @par Specification
    @li RFC 7592 sections 2.1, 2.2 and 3
*/
ASIOAUTH_DECL result<registration> read_registration_management_response(
    const http_response& response, const discovery& found, const registration& client
);

/// Read the answer to a deletion: 204 (or another 2xx) is success, and so is
/// errc::registration_gone for the caller. @return success, errc::registration_gone,
/// errc::registration_not_manageable for a 405, errc::http_status_unexpected
ASIOAUTH_DECL result<void> read_registration_delete_response(const http_response& response);

} // namespace asioauth
