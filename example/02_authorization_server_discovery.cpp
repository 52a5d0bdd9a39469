// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 2: get to know the authorization server (RFC 8414).
//
// client::async_discover does what lesson 1 did by hand, then fetches and checks the metadata of
// the authorization server: where to send the user, where to get tokens, what it can do. It
// refuses a document that names another issuer, insecure endpoints, or a server without PKCE.

#include "support/co_main.hpp"

#include <asioauth/client.hpp>

namespace {

namespace asio = boost::asio;

const char* yes_or_no(bool answer)
{
    return answer ? "yes" : "no";
}

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client client(ex);

    // [discover]
    asioauth::diagnostics info;
    auto [ec, found] = co_await client.async_discover(text, info, example::as_tuple);
    if (ec)
        co_return example::complain(ec, info);
    // [discover]

    std::cout << "Login:                       " << name_of(found.login) << '\n';
    if (found.login == asioauth::login_support::none)
        co_return EXIT_SUCCESS;

    const auto& server = found.server;
    std::cout << "Authorization server:        " << server.issuer << '\n'
              << "Metadata found by:           " << name_of(server.found) << '\n'
              << "The user is sent to:         " << server.authorization_endpoint.str() << '\n'
              << "Tokens come from:            " << server.token_endpoint.str() << '\n'
              << "Programs register at:        " << server.registration_endpoint.str() << '\n'
              << "Answers carry `iss`:         "
              << yes_or_no(server.authorization_response_iss_parameter_supported) << '\n'
              << "Scope that would be asked:   " << select_scope(found, "") << '\n';
    for (const auto& note : found.notes)
        std::cout << "Note:                        " << asioauth::presentable(note) << '\n';

    // Where the metadata of an issuer may be depends on whether the issuer has a path.
    const auto issuer = asioauth::issuer_url(server.issuer, found.policy);
    if (!issuer)
        co_return example::complain(issuer.error());
    std::cout << "\nThese places are asked in turn:\n";
    for (const auto& candidate : asioauth::plan_server_metadata(*issuer))
        std::cout << "  " << candidate.where.str() << '\n';
    co_return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
