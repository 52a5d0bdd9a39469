// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// One HTTP request to a server on this machine: the MCP server fetches keys with it, the headless
// user walks through the login with it. It speaks plain HTTP to loopback addresses and nothing
// else, and never asks a name server.

#pragma once

#include "http_messages.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <boost/url/url_view.hpp>

#include <chrono>
#include <functional>

namespace example {

using fetch_callback = std::function<void(boost::system::error_code, http_response)>;

/// `http://`, a loopback host, no user information.
bool is_loopback_http(const boost::urls::url_view& url);

/// Sends `request` to `url` (target and Host are filled in) and calls back exactly once, never
/// from inside this function. One deadline covers connecting, sending and receiving. A URL that is
/// not loopback HTTP fails with `operation_not_permitted`. Redirects are the caller's business.
void async_fetch(
    boost::asio::io_context& io,
    const boost::urls::url_view& url,
    http_request request,
    std::chrono::seconds time_limit,
    fetch_callback callback
);

} // namespace example
