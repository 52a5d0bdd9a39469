// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "printing.hpp"
#include "workplace.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/hub_server.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

#include <charconv>
#include <iostream>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

/// Whoever can reach the page can use every login on it, so that it is for this machine alone.
result<std::uint16_t> port_of(std::string_view text)
{
    if (text.empty())
        return std::uint16_t(0);
    const auto colon = text.rfind(':');
    const auto host = text.substr(0, colon);
    const auto digits =
        colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    const bool here = host == "127.0.0.1" || host == "localhost";
    if (!here || digits.empty() || ec != std::errc() || end != digits.data() + digits.size())
        return misused("--listen wants 127.0.0.1:PORT: the page is for this machine alone.");
    return port;
}

} // namespace

command_run serve(workplace& at)
{
    const auto port = port_of(at.given.listen);
    if (!port)
        co_return outcome(port.error());
    // Said now, and not when the first integration is added.
    if (at.kept)
    {
        record_filter which;
        which.kind(record_kind::integration);
        const auto readable = co_await records(at.kept, which);
        if (!readable)
            co_return outcome(readable.error());
    }
    hub_server_settings settings;
    settings.port(*port);
    settings.hub([&at](hub_settings& hub) {
        for (const auto& network : at.given.networks)
            hub.allow_private_network(network);
        // Whoever has the key of programs can do everything anyway.
        hub.allow_metrics([](const hub_request&, const hub_user& who) {
            return who.by_credential();
        });
    });
    hub_server server(*at.client, settings);
    if (const auto listening = server.listen(); !listening)
        co_return outcome(listening.error());
    if (at.given.json)
    {
        auto out = versioned();
        out["origin"] = server.origin();
        out["start_url"] = server.start_url();
        out["program_key"] = json::string(server.program_key().reveal());
        print(out);
    }
    else
    {
        std::cout << server.start_url() << '\n';
        if (!at.given.quiet)
            std::cerr << "Open this address; it is for you alone. Ctrl-C ends the page; what is "
                         "connected is kept.\n";
        // Nothing else says it, and it is another one each time.
        std::cerr << "Programs call integrations with\n    Authorization: Bearer "
                  << server.program_key().reveal() << '\n';
    }
    std::cout.flush();
    if (at.given.open_page)
    {
        browser_settings how;
        if (!at.given.browser.empty())
            how.command(at.given.browser);
        browser opener(at.io.get_executor(), how);
        const auto link = server.launch_url();
        const auto where = link ? url::parse(*link) : result<url>(link.error());
        result<void> opened;
        if (!where)
            opened = where.error();
        const auto start = [&](user_agent::opened_handler h) {
            opener.async_open(*where, std::move(h));
        };
        if (where)
            opened = co_await of_port<void>(start);
        if (!opened)
        {
            // What is usually said of it is about logins.
            std::cerr << "No browser could be opened";
            if (opened.error().code() != errc::browser_not_opened)
                std::cerr << ": " << opened.error().code().message();
            std::cerr << ". Open the address yourself, or name a program with --browser.\n";
        }
    }
    // Until somebody ends it.
    asio::steady_timer forever(at.io, asio::steady_timer::time_point::max());
    co_await forever.async_wait(as_tuple);
    server.close();
    co_return outcome();
}

} // namespace asioauth::tool
