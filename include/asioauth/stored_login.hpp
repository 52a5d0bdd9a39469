// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/registration.hpp>
#include <asioauth/protocol/token.hpp>
#include <asioauth/store.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>

namespace asioauth {

/// What a record of record_kind::grant says about a login, for lists of what is connected. Contains
/// no secret.
class stored_login
{
public:
    stored_login() = default;

    generation at = 0;                    ///< grows with each refresh
    url requested;                        ///< the URL that the user gave
    std::string user;                     ///< see login_params::user
    std::string resource;                 ///< the identifier that the token is for
    std::string issuer;                   ///< the authorization server
    std::string client_id;                ///< the client at that server
    std::string scope;                    ///< granted, space-separated
    token_kind kind = token_kind::bearer; ///< how the token is presented
    /// Wall-clock time at which the access token ends; nothing if the server did not say.
    std::optional<std::chrono::system_clock::time_point> expires_at;
    bool has_refresh_token =
        false; ///< whether the server issued one, and it still works as far as is known

    /// True if the access token has ended at `now`.
    ASIOAUTH_DECL bool ended(std::chrono::system_clock::time_point now) const noexcept;
    /// True if only the user can bring the login back: the token has ended and nothing is there to
    /// get another with.
    bool needs_user(std::chrono::system_clock::time_point now) const noexcept
    {
        return ended(now) && !has_refresh_token;
    }
};

/** Read a grant in a listing, see store::async_list. Whoever wants to use the login goes through
    client::async_login with `requested` and `user`, perhaps with login_params::as_stored.

    @return the login, or
    @li errc::invalid_argument the record is of another kind,
    @li errc::store_key_unavailable a @ref sealed_store could not open it; loading it says why,
    @li errc::store_version_newer a newer version of the library wrote it,
    @li errc::store_record_invalid it is none of ours
*/
ASIOAUTH_DECL result<stored_login> read_stored_login(const listed_record& listed);

/** Read a registration in a listing, for client::async_read_registration and its like. Contains the
    client's secrets. What is not stored (registration::key, registration::identity) is empty.

    @return the registration, or an error as of read_stored_login()
*/
ASIOAUTH_DECL result<registration> read_stored_registration(const listed_record& listed);

static_assert(!std::is_aggregate_v<stored_login>);

} // namespace asioauth
