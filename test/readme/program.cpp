// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The program of README.md, so that it compiles. readme.sh compares the two.

// [program]
#include <asioauth/local_client.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>

namespace asio = boost::asio;

asio::awaitable<void> run()
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::local_client client(ex); // keeps logins for the next time
    auto session = co_await client.async_login("https://api.example/notes"); // opens the browser

    // At an MCP server one POSTs JSON-RPC instead, as the program of the tutorial does.
    asioauth::http_request request(asioauth::request_kind::resource, "GET", session.requested());
    auto response = co_await session.async_send(request); // with the access token
    std::cout << response.status() << ' ' << response.body() << '\n';
}

int main()
{
    try
    {
        asio::io_context io;
        auto rethrow = [](std::exception_ptr e) {
            if (e)
                std::rethrow_exception(e);
        };
        asio::co_spawn(io, run(), rethrow);
        io.run();
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n'; // such as that the user said no
        return 1;
    }
}
// [/program]
