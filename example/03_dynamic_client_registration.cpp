// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 3: become a client of an authorization server that has never heard of us (RFC 7591).
//
// A client is registered together with its redirect URI, the address at which the browser comes
// back. The library binds that port before it registers it, so that nobody else can have it. Most
// programs leave the choice of the port to the system; this one wants
// http://localhost:8888/callback.

#include "support/co_main.hpp"

#include <asioauth/client.hpp>

namespace {

namespace asio = boost::asio;

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    // [redirect]
    asioauth::redirect_target callback;
    callback.host("localhost").port(8888).path("/callback");
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 3").redirect(callback);
    asioauth::client client(ex, settings);
    // [redirect]

    asioauth::diagnostics info;
    auto [ec, found] = co_await client.async_discover(text, info, example::as_tuple);
    if (ec)
        co_return example::complain(ec, info);

    // [register]
    asioauth::register_params params;
    auto [failed, registered] =
        co_await client.async_register(found, params, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);
    // [register]

    std::cout << "At the authorization server: " << registered.issuer << '\n'
              << "we are the client:           " << registered.client_id << '\n'
              << "and authenticate with:       " << name_of(registered.auth_method) << '\n';
    for (const auto& uri : registered.redirect_uris)
        std::cout << "The browser comes back to:   " << uri << '\n';
    // A program on the user's machine cannot keep a secret, so it asks for none. If there were
    // one, it could not be printed by accident: asioauth::secret has no stream operator.
    std::cout << "Client secret:               "
              << (registered.client_secret.empty() ? "none, a public client" : "there is one")
              << '\n';

    // Asking again costs no request: the registration was stored, for this issuer only.
    auto [failed_again, again] =
        co_await client.async_register(found, params, info, example::as_tuple);
    if (failed_again)
        co_return example::complain(failed_again, info);
    const bool same = again.client_id == registered.client_id;
    std::cout << "Registering again gives:     " << (same ? "the same client" : "another one")
              << '\n';
    co_return same ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
