// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Somebody who wrote a store checks one promise of it.

#include <asioauth/memory_store.hpp>
#include <asioauth/testing/store_checks.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <iostream>
#include <memory>
#include <thread>

int main()
{
    boost::asio::io_context io;
    auto work = boost::asio::make_work_guard(io);
    std::thread runner([&io] { io.run(); });
    const auto store = std::make_shared<asioauth::memory_store>(io.get_executor());
    const auto& check = asioauth::testing::store_checks().front();
    const std::string wrong =
        check.run([&store](const boost::asio::any_io_executor&) { return store; });
    work.reset();
    runner.join();
    std::cout << "testing: " << (wrong.empty() ? "kept" : wrong) << '\n';
    return wrong.empty() ? 0 : 1;
}
