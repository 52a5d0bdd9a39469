// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A store whose database is not there.

#include <asioauth/postgres_store.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int, char** argv)
{
    boost::asio::io_context io;
    // A folder without a socket in it.
    asioauth::postgres_settings settings(std::string("dbname=logins host=") + argv[1]);
    settings.operation_timeout(std::chrono::seconds(2));
    asioauth::postgres_store store(io.get_executor(), settings);
    bool as_expected = false;
    store.async_load(
        asioauth::record_key(asioauth::record_kind::registration, "x"),
        [&](const auto& loaded) {
            as_expected = !loaded && loaded.error().code() == asioauth::errc::store_unavailable;
            std::cout << "postgres: " << as_expected << '\n';
        }
    );
    io.run();
    return as_expected ? 0 : 1;
}
