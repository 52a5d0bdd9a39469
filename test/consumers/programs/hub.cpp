// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A hub answers a user who has no integration yet.

#include <asioauth/client.hpp>
#include <asioauth/hub.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <memory>

int main()
{
    boost::asio::io_context io;
    asioauth::client_settings settings;
    settings.store(std::make_shared<asioauth::memory_store>(io.get_executor()));
    asioauth::client client(io.get_executor(), settings);
    asioauth::hub hub(client, "https://app.example/integrations");
    asioauth::hub_request request("GET", "/integrations/");
    request.field("Accept", "application/json");
    bool as_expected = false;
    hub.async_handle(
        request,
        asioauth::hub_user("ada"),
        [&](asioauth::error_code, const asioauth::http_response& response) {
            as_expected = response.status() == 200;
            std::cout << "hub: " << response.status() << ", " << response.field("Content-Type")
                      << '\n';
        }
    );
    io.run();
    return as_expected ? 0 : 1;
}
