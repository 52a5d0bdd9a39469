// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/error.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace asioauth {

/// What a client is doing: the operations of its interface, as events and metrics name them.
enum class operation_kind
{
    other,               ///< none of these: what has no name of its own
    discover,            ///< client::async_discover
    register_client,     ///< client::async_register
    authorize,           ///< client::async_authorize
    exchange,            ///< client::async_exchange
    login,               ///< client::async_login
    send,                ///< session::async_send
    token,               ///< session::async_token, unless the token that is there will do
    logout,              ///< session::async_logout
    request_token,       ///< client::async_request_token
    refresh,             ///< client::async_refresh
    revoke,              ///< client::async_revoke
    introspect,          ///< client::async_introspect
    check_id_token,      ///< client::async_check_id_token
    manage_registration, ///< client::async_read_registration, and to update and delete one
    begin_login,         ///< authorizer::async_begin
    complete_login,      ///< authorizer::async_complete
    describe,            ///< describer::async_describe
    hub,                 ///< a request to a @ref hub, and what it does in the background
};

/// How many kinds of operations there are.
inline constexpr std::size_t operation_kinds = 19;

/// The identifier as text, for example `"complete_login"`; `register_client` is `"register"`.
ASIOAUTH_DECL std::string_view name_of(operation_kind k) noexcept;

/// Prints name_of().
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, operation_kind k);

/// How an operation has ended: well, or by which `condition` not.
enum class operation_outcome
{
    done,           ///< well
    login_required, ///< condition::login_required
    cancelled,      ///< condition::cancelled
    unreachable,    ///< condition::unreachable
    refused,        ///< condition::refused
    untrusted,      ///< condition::untrusted
    storage,        ///< condition::storage
    usage,          ///< condition::usage
    other,          ///< an error that is of no condition
};

/// How many outcomes there are.
inline constexpr std::size_t operation_outcomes = 9;

/// What an error is counted as.
ASIOAUTH_DECL operation_outcome outcome_of(const error_code& ec) noexcept;

/// The identifier as text, for example `"login_required"`.
ASIOAUTH_DECL std::string_view name_of(operation_outcome o) noexcept;

/// Prints name_of().
ASIOAUTH_DECL std::ostream& operator<<(std::ostream& os, operation_outcome o);

} // namespace asioauth
