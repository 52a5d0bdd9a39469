// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What every lesson needs and none is about: an event loop, and a way to say what went wrong.

#pragma once

#include <asioauth/diagnostics.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace example {

namespace asio = boost::asio;

/// A completion token: `co_await` gives the error code and the value, and throws nothing.
inline constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// Explain a failure. @return the exit status
inline int complain(const asioauth::error_code& ec, const asioauth::diagnostics& info)
{
    std::cerr << asioauth::describe(ec, info) << '\n';
    return EXIT_FAILURE;
}

inline int complain(const asioauth::failure& f)
{
    return complain(f.code(), f.info());
}

/// For coroutines that nobody waits for: what they throw comes out of the event loop's run().
inline void rethrow(std::exception_ptr unexpected)
{
    if (unexpected)
        std::rethrow_exception(unexpected);
}

/// Run `lesson` on an event loop of its own, with the URL of the command line.
inline int co_main(int argc, char** argv, asio::awaitable<int> (*lesson)(std::string url))
{
    std::string url = argc > 1 ? argv[1] : "http://localhost:8000/mcp";
    int status = EXIT_FAILURE;
    const auto done = [&status](std::exception_ptr unexpected, int returned) {
        if (unexpected)
            std::rethrow_exception(unexpected);
        status = returned;
    };
    try
    {
        asio::io_context io(1);
        asio::co_spawn(io, lesson(std::move(url)), done);
        io.run();
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
    }
    return status;
}

} // namespace example
