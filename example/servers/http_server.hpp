// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A small asynchronous HTTP/1.1 server on Boost.Beast, enough for the example servers.
//
// It listens on the loopback interfaces only, keeps connections alive, and bounds everything a
// peer controls: the head, the body, the time, and the number of connections. A handler may
// answer at once or later: it gets the request and a function to call with the response.

#pragma once

#include "http_messages.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace example {

/// Call it once, on the server's thread. Dropping it uncalled closes the connection.
using respond_function = std::function<void(http_response)>;
using handler_function = std::function<void(http_request, respond_function)>;

struct http_limits
{
    std::uint32_t head = 16 * 1024;
    std::uint64_t body = 64 * 1024;
    std::size_t connections = 256;
    std::chrono::seconds read_time{15};
    std::chrono::seconds write_time{15};
};

class http_server
{
public:
    http_server(boost::asio::io_context& io, bool verbose, const http_limits& limits = {});
    ~http_server();

    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    /// Binds 127.0.0.1 and, where the machine has it, ::1 to the same port, because `localhost`
    /// may mean either. Port 0 picks a free one. Returns the port; throws when it is taken.
    unsigned short listen(unsigned short port);

    /// Starts accepting. `listen` comes first so that the handler can be told its own address.
    void serve(handler_function handler);

    /// Stops accepting.
    void close();

private:
    class listener;
    class session;
    struct shared_state;

    boost::asio::io_context& io_;
    std::shared_ptr<shared_state> state_;
    std::shared_ptr<listener> v4_;
    std::shared_ptr<listener> v6_;
};

/// Prints `ready: http://localhost:PORT` and runs until SIGINT or SIGTERM.
void run_until_signal(boost::asio::io_context& io, http_server& server, unsigned short port);

} // namespace example
