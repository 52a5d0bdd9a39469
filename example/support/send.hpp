// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// One HTTP exchange as an awaitable, for lessons that send a request by themselves.

#pragma once

#include <asioauth/transport.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace example {

/// Any transport will do; the library's own is asioauth::http_client.
inline boost::asio::awaitable<asioauth::result<asioauth::http_response>>
send(asioauth::transport& network, asioauth::http_request request)
{
    using response = asioauth::result<asioauth::http_response>;
    using token = const boost::asio::use_awaitable_t<>;
    // A port takes one erased handler type; async_initiate makes a handler of the coroutine.
    auto initiation = [](auto handler, asioauth::transport* to, asioauth::http_request what) {
        to->async_send(std::move(what), asioauth::transport::handler(std::move(handler)));
    };
    auto operation = boost::asio::async_initiate<token, void(response)>(
        initiation, boost::asio::use_awaitable, &network, std::move(request)
    );
    response answer = co_await std::move(operation);
    co_return answer;
}

} // namespace example
