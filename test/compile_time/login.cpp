// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a user's file costs: compared with asio_only.cpp, which does the same without asioauth.

#include <asioauth/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> run(std::string where)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client client(ex);
    auto session = co_await client.async_login(where, asio::use_awaitable);
}

} // namespace

int main()
{
    asio::io_context io;
    asio::co_spawn(io, run("https://mcp.example/mcp"), asio::detached);
    io.run();
}
