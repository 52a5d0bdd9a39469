// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <string>

namespace asioauth {

/** Port: the way to the person who logs in.

    @par Executor
    Handlers are invoked exactly once, never inside the function, on any thread.
    @par Per-operation cancellation
    Every type ends it; a page that was handed over stays open.
    @par Object lifetimes
    Parameters are copied or moved from. Destroying it cancels.
    @par Thread safety
    The library calls it on the strand of the @ref client that it was given to, but for the
    destructor, which may run on any thread, such as that of whoever drops the last session.
*/
class user_agent
{
public:
    /// That the page was handed over, or why not.
    using opened_handler = boost::asio::any_completion_handler<void(result<void>)>;
    /// What the user has pasted, or a failure.
    using pasted_handler = boost::asio::any_completion_handler<void(result<std::string>)>;

    virtual ~user_agent() = default;

    /** Show the authorization page to the user.

        Completes when the page was handed over. An agent that has told the user the URL in another
        way completes with success, and the login goes on waiting.

        @param where checked by the library: https, or http on loopback

        @par Errors
        @li errc::browser_not_opened nothing was shown to the user; it ends the login
        @li condition::cancelled
    */
    virtual void async_open(url where, opened_handler h) = 0;

    /** Wait for the user to paste the URL that the browser was redirected to, for when the redirect
        cannot reach this machine. An agent without such a way never completes until it is
        cancelled.

        @par Errors
        @li condition::cancelled after cancellation; any other failure ends the login
    */
    virtual void async_ask_redirect_url(pasted_handler h) = 0;
};

} // namespace asioauth
