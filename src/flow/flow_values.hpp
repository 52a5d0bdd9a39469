// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What flows give each other. What is large and can be had again is beside their frames.

#include "flow/flow.hpp"

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/jose.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/protocol/token.hpp>
#include <asioauth/record.hpp>
#include <asioauth/url.hpp>

#include <optional>
#include <string>

namespace asioauth::detail {

// As in flows.hpp.
#pragma GCC visibility push(default)

/// The outcome of a login: what a session is made of.
class grant
{
public:
    grant() = default;

    discovery found; ///< as far as a session needs it
    registration client;
    token_set tokens; ///< empty if the resource needs no login
    std::string user;
    generation at = 0;
};

/// A client, and where it is kept.
class known_client
{
public:
    known_client() = default;

    registration client;
    record_key key;
    generation at = 0;  ///< 0: not stored
    bool fresh = false; ///< registered just now
};

/// A request to send the user with, and what the answer will be checked against.
class prepared_authorization
{
public:
    prepared_authorization() = default;

    url where;
    pending_authorization pending;
    signing_key proof;      ///< what the tokens will be bound to; empty: nothing
    bool must_bind = false; ///< tokens that are not bound to it are refused
};

#pragma GCC visibility pop

template <>
inline constexpr bool is_beside_frames<discovery> = true;
template <>
inline constexpr bool is_beside_frames<std::optional<discovery>> = true;
template <>
inline constexpr bool is_beside_frames<std::optional<registration>> = true;
template <>
inline constexpr bool is_beside_frames<known_client> = true;
template <>
inline constexpr bool is_beside_frames<prepared_authorization> = true;

} // namespace asioauth::detail
