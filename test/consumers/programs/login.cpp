// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A client that keeps logins in SQLite logs in at a port where nobody is.

#include <asioauth/local_client.hpp>
#include <asioauth/sqlite_store.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

int main(int, char** argv)
{
    boost::asio::io_context io;
    asioauth::sqlite_settings file;
    file.path(argv[1]);
    asioauth::client_settings settings;
    settings.store(asioauth::open_sqlite(io.get_executor(), file));
    asioauth::local_client client(io.get_executor(), settings);
    asioauth::diagnostics info;
    bool as_expected = false;
    client.async_login(
        "http://127.0.0.1:1/mcp",
        info,
        [&](asioauth::error_code ec, const asioauth::session&) {
            as_expected = ec == asioauth::errc::connect_failed;
            std::cout << "login: " << ec.category().name() << ", " << as_expected << ", "
                      << info.url() << '\n';
        }
    );
    io.run();
    return as_expected ? 0 : 1;
}
