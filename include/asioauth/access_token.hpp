// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/jose.hpp>
#include <asioauth/protocol/token.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>

namespace asioauth {

/// An access token for one request or a few: what session::async_token completes with. Empty if the
/// resource needs no login.
class access_token
{
public:
    /// No token.
    access_token() {} // NOLINT(modernize-use-equals-default): never an aggregate

    secret value;                         ///< the token itself; goes to the resource only
    token_kind kind = token_kind::bearer; ///< how it is presented
    std::string scope;                    ///< granted, space-separated
    /// Wall-clock time at which it ends; nothing if the server did not say.
    std::optional<std::chrono::system_clock::time_point> expires_at;
    /// What a token of kind dpop is bound to: each request needs a proof, see make_dpop_proof().
    signing_key dpop_key;

    /// False if there is no token.
    explicit operator bool() const noexcept { return !value.empty(); }

    /// The value of the Authorization field; empty if there is no token.
    ASIOAUTH_DECL secret credentials() const;
};

static_assert(!std::is_aggregate_v<access_token>);

} // namespace asioauth
