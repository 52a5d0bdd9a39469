// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 16: where there is no browser, as in an SSH session.
//
// The program prints the address, the user opens it on their own machine, and the browser ends at an
// address of the machine it runs on, where nothing answers. The user copies that address from the
// browser and pastes it here. It passes the same checks as a redirect that arrives by itself, for which
// the program waits too.

#include "support/co_main.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>

namespace {

namespace asio = boost::asio;

// [no_browser]
void show(const std::string& url)
{
    std::cout << "Open this address in a browser, anywhere:\n"
              << url << '\n'
              << "Then paste the address at which the browser has ended:\n"
              << std::flush;
}

asioauth::client_settings settings_without_browser()
{
    asioauth::browser_settings terminal;
    terminal.no_launch(true).on_url(show).paste_from_terminal(true);
    asioauth::client_settings out;
    out.client_name("asioauth lesson 16").browser(terminal);
    return out;
}
// [no_browser]

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client client(ex, settings_without_browser());
    asioauth::diagnostics info;
    auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    std::cout << "Logged in to " << session.resource() << ".\n";
    co_return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
