// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the two web applications share: pages, forms, and a program that serves until it is stopped.
// Both are for one person at this machine: asioauth::hub_server knows nobody else. Lesson 10 has users.

#pragma once

#include "servers/command_line.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>
#include <asioauth/hub_server.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/sqlite_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace example {

inline std::string html(std::string_view text)
{
    std::string out;
    for (const char c : text)
    {
        switch (c)
        {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
    return out;
}

inline asioauth::http_response page(int status, std::string_view title, const std::string& content)
{
    std::string body = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n"
                       "<link rel=\"icon\" href=\"data:,\">\n<title>"
        + html(title)
        + "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<main>\n<h1>"
        + html(title) + "</h1>\n" + content + "</main>\n</body>\n</html>\n";
    asioauth::http_response out(status, std::move(body));
    out.field("Content-Type", "text/html; charset=utf-8");
    out.field(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    );
    out.field("X-Content-Type-Options", "nosniff");
    out.field("Cache-Control", "no-store");
    return out;
}

inline asioauth::http_response style_sheet()
{
    asioauth::http_response out(
        200,
        ":root { --ink: #1c1e21; --soft: #5a6068; --line: #d9dce1; --page: #f5f6f8; --card: #fff;"
        " --accent: #2456c7; --on-accent: #fff; }\n"
        "@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #a6adb7;"
        " --line: #3a3f47; --page: #15171a; --card: #1e2125; --accent: #8fb1ff;"
        " --on-accent: #10131a; } }\n"
        "* { box-sizing: border-box; }\n"
        "body { font: 1rem/1.55 system-ui, sans-serif; margin: 0; overflow-wrap: anywhere;"
        " background: var(--page); color: var(--ink); }\n"
        "main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }\n"
        "h1 { font-size: 1.6rem; margin: 0 0 1rem; }\n"
        "a { color: var(--accent); text-underline-offset: .15em; }\n"
        "section { background: var(--card); border: 1px solid var(--line);"
        " border-radius: .75rem; padding: 1rem 1.25rem; margin: 1.25rem 0; }\n"
        "section > :last-child, details > :last-child { margin-bottom: 0; }\n"
        "section h2 { margin: 0 0 .5rem; font-size: 1.15rem; }\n"
        "form { margin: 0 0 1rem; }\n"
        "label { display: block; font-weight: 600; }\n"
        "input, textarea { font: inherit; color: inherit; background: var(--page);"
        " padding: .5rem .75rem; width: 100%; border: 1px solid var(--soft);"
        " border-radius: .5rem; }\n"
        "textarea { font-family: ui-monospace, monospace; font-weight: 400; }\n"
        "button { font: inherit; font-weight: 600; padding: .5rem 1.1rem; margin-top: .5rem;"
        " border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent);"
        " color: var(--on-accent); cursor: pointer; }\n"
        "summary { cursor: pointer; font-weight: 600; padding: .35rem 0; }\n"
        "pre { white-space: pre-wrap; padding: .75rem; border: 1px solid var(--line);"
        " border-radius: .5rem; background: var(--card); }\n"
        "section pre { background: var(--page); }\n"
        ".soft { color: var(--soft); }\n"
        ":focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }\n"
        "img { width: 2rem; height: 2rem; vertical-align: middle; margin-inline-end: .5rem; }\n"
    );
    out.field("Content-Type", "text/css; charset=utf-8");
    out.field("Cache-Control", "max-age=3600");
    return out;
}

inline asioauth::http_response see_other(std::string_view where)
{
    asioauth::http_response out(303, "");
    out.field("Location", where);
    return out;
}

/// A field of the form that a request carries; empty if there is none.
inline std::string form_value(const asioauth::hub_request& request, std::string_view name)
{
    const auto fields = asioauth::parse_form(request.body().reveal());
    if (!fields)
        return {};
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return {};
}

/// A page that was not made, for whatever reason.
inline asioauth::http_response out_of_order()
{
    return page(500, "Out of order", "<p><a href=\"/\">Back</a></p>\n");
}

/// For coroutines that make a page: `done` gets it, or another one if there is none. Where it has been
/// called already, the second call does nothing.
inline auto answer_anyway(asioauth::hub_server_settings::respond done)
{
    return [done = std::move(done)](std::exception_ptr unexpected) {
        if (unexpected)
            done(out_of_order());
    };
}

/** Serve an application until SIGINT or SIGTERM. Logins are kept in the usual file, or in the one that
    is named after `--store`; `--no-browser` opens none.

    @param begin gets the client and the settings of the server, and returns what has to live while it
        runs
*/
template <class Begin>
int serve(int argc, char** argv, std::string_view name, Begin begin)
{
    namespace asio = boost::asio;
    try
    {
        bool opens = true;
        asioauth::sqlite_settings kept;
        asioauth::hub_server_settings settings;
        for (command_line arguments(argc, argv); arguments.next();)
        {
            if (arguments.is("--no-browser"))
                opens = false;
            else if (arguments.is("--store"))
                kept.path(arguments.value());
            else if (arguments.is("--port"))
                settings.port(static_cast<std::uint16_t>(arguments.number(0, 65'535)));
            else
                arguments.unexpected();
        }
        asio::io_context io(1);
        asioauth::client client(
            io.get_executor(),
            asioauth::client_settings().client_name(name).store(
                asioauth::open_sqlite(io.get_executor(), kept)
            )
        );
        settings.mount("/hub");
        const auto application = begin(client, settings);
        asioauth::hub_server server(client, settings);
        if (const auto listening = server.listen(); !listening)
        {
            std::cerr << asioauth::describe(listening.error().code(), listening.error().info())
                      << '\n';
            return EXIT_FAILURE;
        }
        application->begin(server.hub());
        std::cout << "Open " << server.start_url() << "\n" << std::flush;
        asioauth::browser browser(io.get_executor());
        if (opens)
            browser.async_open(
                asioauth::url::parse(server.launch_url().value()).value(),
                [](const asioauth::result<void>&) {}
            );
        asio::signal_set signals(io, SIGINT, SIGTERM);
        signals.async_wait([&](const boost::system::error_code&, int) {
            server.close();
            io.stop();
        });
        io.run();
        return EXIT_SUCCESS;
    }
    catch (const usage_error& error)
    {
        std::cerr << error.what() << "\nusage: " << name
                  << " [--port N] [--store FILE] [--no-browser]\n";
        return 2;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}

} // namespace example
