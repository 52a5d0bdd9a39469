// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The program of cmake/docs/tutorial.md.

// [main]
#include <asioauth/client.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> run(std::string url)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client_settings settings;
    settings.client_name("First program");
    asioauth::client client(ex, settings);

    // All the steps: find the authorization server, become its client, send the user through the
    // browser, exchange the code for tokens.
    auto session = co_await client.async_login(url);
    std::cout << "Logged in to " << session.resource() << "\nat " << session.issuer()
              << " with the scope " << session.scope() << ".\n";

    // A request with the token. This one is the first that a client sends to an MCP server.
    asioauth::http_request request(asioauth::request_kind::resource, "POST", session.requested());
    request.field("Accept", "application/json, text/event-stream");
    const asioauth::secret hello(
        R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
        R"("capabilities":{},"clientInfo":{"name":"first program","version":"1"}}})"
    );
    request.body("application/json", hello);
    auto response = co_await session.async_send(request);
    std::cout << "It answers " << response.status() << ":\n" << response.body() << '\n';
}

int main(int argc, char** argv)
{
    try
    {
        asio::io_context io;
        auto rethrow = [](std::exception_ptr e) {
            if (e)
                std::rethrow_exception(e);
        };
        asio::co_spawn(io, run(argc > 1 ? argv[1] : "http://localhost:8000/mcp"), rethrow);
        io.run();
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
// [main]
