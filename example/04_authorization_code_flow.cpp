// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 4: the whole way from a URL to a token, one operation after the other.
//
// discover -> register -> authorize -> exchange. The third one opens the browser and waits until
// the user has said yes and the browser has come back with a code; the fourth one exchanges the
// code for tokens. client::async_login does the four in one call and remembers the tokens
// (lesson 5). Set BROWSER to a program that opens URLs if yours is not found.

#include "support/co_main.hpp"

#include <asioauth/browser.hpp>
#include <asioauth/client.hpp>

#include <chrono>

namespace {

namespace asio = boost::asio;

void show(const std::string& url)
{
    std::cout << "If no browser opens, open this URL by hand:\n  " << url << '\n' << std::flush;
}

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    // [browser]
    asioauth::browser_settings browser;
    browser.on_url(show);
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 4").browser(browser);
    asioauth::client client(ex, settings);
    // [browser]
    asioauth::diagnostics info;

    auto [not_found, found] = co_await client.async_discover(text, info, example::as_tuple);
    if (not_found)
        co_return example::complain(not_found, info);
    std::cout << "1. " << found.server.issuer << " gives out the tokens.\n";

    asioauth::register_params registration;
    auto [not_registered, registered] =
        co_await client.async_register(found, registration, info, example::as_tuple);
    if (not_registered)
        co_return example::complain(not_registered, info);
    std::cout << "2. It knows us as client " << registered.client_id << ".\n";

    // PKCE, `state` and the resource go into the URL by themselves; `state` and the issuer are
    // checked when the browser comes back.
    // [authorize]
    asioauth::authorize_params authorization;
    authorization.user_timeout(std::chrono::minutes(2));
    auto [not_authorized, code] =
        co_await client.async_authorize(found, registered, authorization, info, example::as_tuple);
    if (not_authorized)
        co_return example::complain(not_authorized, info);
    // [authorize]
    std::cout << "3. The user agreed, and the browser brought a code.\n";

    // The browser still waits: it shows success only after this.
    // [exchange]
    auto [not_exchanged, tokens] =
        co_await client.async_exchange(found, registered, code, info, example::as_tuple);
    if (not_exchanged)
        co_return example::complain(not_exchanged, info);
    // [exchange]
    std::cout << "4. The code bought a token of " << tokens.access_token.size()
              << " characters for " << found.resource << ",\n   with the scope \""
              << asioauth::presentable(tokens.scope) << "\"";
    if (tokens.expires_at)
    {
        const auto rest = *tokens.expires_at - std::chrono::system_clock::now();
        std::cout << ", good for " << std::chrono::ceil<std::chrono::seconds>(rest).count()
                  << " seconds";
    }
    std::cout << (tokens.refresh_token.empty() ? ".\n" : ", and a refresh token.\n");
    co_return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
