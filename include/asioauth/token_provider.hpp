// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/access_token.hpp>
#include <asioauth/diagnostics.hpp>
#include <asioauth/session.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <chrono>
#include <memory>

namespace asioauth {

/** Port: where another library gets its access tokens from. All that an MCP SDK with an HTTP client
    of its own has to know of this library.

    Put access_token::credentials() into the Authorization field of each request; on 401 ask for
    another token once, and send the request again. Tokens of kind dpop need a proof too.

    @par Executor
    Handlers are invoked exactly once, never inside the function, on their associated executor; on
    that of the login if they have none.
    @par Per-operation cancellation
    As session::async_token: `terminal`, and before the server was asked also `partial` and `total`.
    A refresh that is under way runs to its end and is stored.
    @par Errors
    Those of session::async_token, with their diagnostics: errc::login_required if only the user can
    help, condition::unreachable and condition::storage if trying later may.
    @par Object lifetimes
    Parameters are moved from. The provider may be destroyed with operations pending.
    @par Thread safety
    Safe: everything may be called from any thread.
*/
class token_provider
{
public:
    /// What a caller gets: a token, empty if the resource needs no login, or a failure.
    using handler = boost::asio::any_completion_handler<void(result<access_token>)>;

    virtual ~token_provider() = default;

    /// A token that lasts for `min_ttl` yet, see session::async_token. Ask before each request and
    /// keep nothing.
    virtual void async_token(std::chrono::seconds min_ttl, handler h) = 0;

    /// The resource has refused this token with 401: another one, or errc::login_required. See
    /// session::async_replace_token. `refused` is the token as it was sent.
    virtual void async_replace_token(secret refused, handler h) = 0;
};

/// The tokens of a login. @param from not empty; may be destroyed afterwards
ASIOAUTH_DECL std::shared_ptr<token_provider> make_token_provider(session from);

} // namespace asioauth
