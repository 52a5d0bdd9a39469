// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <chrono>
#include <type_traits>

namespace asioauth {

/// Parameters of session::async_logout.
class logout_params
{
public:
    /// The defaults.
    logout_params() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// Delete the client's registration too, if it was made by this library and the server can do
    /// that (RFC 7592). Other users' logins with it end then. Default: no.
    logout_params& delete_registration(bool v) noexcept { return delete_registration_ = v, *this; }
    /// Forget the login here, and do not tell the server.
    logout_params& local_only(bool v) noexcept { return local_only_ = v, *this; }
    /// How long to try to tell the server. Default 10 s.
    logout_params& timeout(std::chrono::milliseconds v) noexcept { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    bool delete_registration() const noexcept { return delete_registration_; }
    bool local_only() const noexcept { return local_only_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    /// @}

private:
    bool delete_registration_ = false;
    bool local_only_ = false;
    std::chrono::milliseconds timeout_{10'000};
};

/// What session::async_logout has done beyond forgetting the login.
class logout_outcome
{
public:
    /// Nothing was done.
    logout_outcome() {} // NOLINT(modernize-use-equals-default): never an aggregate

    bool refresh_token_revoked = false; ///< the server says that it does not work any more
    bool access_token_revoked = false;  ///< likewise
    bool registration_deleted = false;  ///< at the server, and in the store
};

static_assert(!std::is_aggregate_v<logout_params> && !std::is_aggregate_v<logout_outcome>);

} // namespace asioauth
