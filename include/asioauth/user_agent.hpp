// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <string>

namespace asioauth {

/** Port: the way to the person who logs in.

    Both operations complete exactly once, never inside the function, and end on any cancellation
    type.
*/
class user_agent
{
public:
    using opened_handler = boost::asio::any_completion_handler<void(result<void>)>;
    using pasted_handler = boost::asio::any_completion_handler<void(result<std::string>)>;

    virtual ~user_agent() = default;

    /** Show the authorization page to the user.

        @param where checked by the library: https, or http on loopback
        Completes when the page was handed over. errc::browser_not_opened ends the login; an agent
        that has told the user the URL in another way completes with success, and the login goes on
        waiting.
    */
    virtual void async_open(url where, opened_handler h) = 0;

    /** Wait for the user to paste the URL that the browser was redirected to, for when the redirect
        cannot reach this machine. An agent without such a way never completes until it is
        cancelled.
    */
    virtual void async_ask_redirect_url(pasted_handler h) = 0;
};

} // namespace asioauth
