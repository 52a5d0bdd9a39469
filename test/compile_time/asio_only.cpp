// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// login.cpp without asioauth: the Asio headers that it needs, and a turn of the event loop in place
// of the login.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> run(std::string where)
{
    auto ex = co_await asio::this_coro::executor;
    co_await asio::post(ex, asio::use_awaitable);
    where.clear();
}

} // namespace

int main()
{
    asio::io_context io;
    asio::co_spawn(io, run("https://mcp.example/mcp"), asio::detached);
    io.run();
}
