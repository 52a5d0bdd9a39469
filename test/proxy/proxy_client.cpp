// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Our side of run.sh: one GET through the proxy that the environment names, private networks allowed.
// Prints the body, or the name of the error and the status that came with it.

#include <asioauth/http_client.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>
#include <utility>

int main(int argc, char** argv)
{
    using namespace asioauth;
    if (argc < 3)
    {
        std::cerr << "usage: proxy_client URL CA_FILE [here]\n";
        return 2;
    }
    const auto target = url::parse(argv[1]);
    if (!target)
    {
        std::cout << target.error().code().message() << '\n';
        return 1;
    }
    const char* ca_file = argv[2];
    // [proxy]
    auto proxy = proxy_settings::from_environment(); // HTTPS_PROXY, ALL_PROXY, NO_PROXY
    if (!proxy)
    {
        std::cout << proxy.error().code().message() << '\n'; // such as one that is no HTTP proxy
        return 1;
    }
    http_client_settings settings;
    settings.proxy(*proxy);
    settings.add_ca_file(ca_file); // of a proxy that opens TLS, or of your own servers
    // [proxy]
    if (argc > 3)
    {
        settings.proxy(proxy->look_up_here());
    }
    boost::asio::io_context io;
    http_client client(io.get_executor(), settings);
    http_request get(request_kind::metadata, "GET", *target);
    get.policy(address_policy().allow_private_network("10.0.0.0/8"));
    int status = 1;
    client.async_send(std::move(get), [&](const result<http_response>& got) {
        if (got)
        {
            std::cout << got->body() << '\n';
            status = 0;
            return;
        }
        const auto& why = got.error();
        std::cout << name_of(static_cast<errc>(why.code().value())) << ' '
                  << why.info().http_status() << '\n';
        std::cerr << describe(why.code(), why.info()) << '\n';
    });
    io.run();
    return status;
}
