// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the clients of a program have done, as Prometheus reads it. Prints the page; a program serves
// it with the web server that it has. Nobody is contacted.

#include <asioauth/client.hpp>
#include <asioauth/prometheus.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

// [page]
std::string page_of(const asioauth::client& job_client, const asioauth::client& web_client)
{
    asioauth::labelled_metrics jobs(job_client.metrics());
    jobs.label("client", "jobs");
    asioauth::labelled_metrics web(web_client.metrics());
    web.label("client", "web");
    return asioauth::prometheus_text(std::vector{jobs, web});
}
// [page]

} // namespace

int main()
{
    try
    {
        boost::asio::io_context io;
        const asioauth::client jobs(io.get_executor());
        asioauth::client web(io.get_executor());
        web.async_discover("no URL", [](const asioauth::error_code&, const asioauth::discovery&) {
        });
        io.run();
        const std::string page = page_of(jobs, web);
        std::cout << page;
        const bool counted = page.find("operation=\"discover\",outcome=\"usage\"} 1") != page.npos;
        return counted ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
