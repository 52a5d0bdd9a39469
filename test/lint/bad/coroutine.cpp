// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: src/flow/sample.cpp
// lint-wants: coroutine 2

boost::asio::awaitable<void> run();

void start()
{
    co_spawn(ex, run(), detached);
}
