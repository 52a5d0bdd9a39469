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

    Handlers are invoked exactly once, never inside the function, on their associated executor.
*/
class token_provider
{
public:
    using handler = boost::asio::any_completion_handler<void(result<access_token>)>;

    virtual ~token_provider() = default;

    /// A token that lasts for `min_ttl` yet, see session::async_token. Ask before each request and
    /// keep nothing.
    virtual void async_token(std::chrono::seconds min_ttl, handler h) = 0;

    /// The resource has refused this token with 401: another one, or errc::login_required. See
    /// session::async_replace_token.
    virtual void async_replace_token(secret refused, handler h) = 0;
};

/// The tokens of a login. @param from not empty; may be destroyed afterwards
ASIOAUTH_DECL std::shared_ptr<token_provider> make_token_provider(session from);

} // namespace asioauth
