// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 5: a token is good at one place.
//
// A token is issued for one resource, its audience. A server that took tokens for others would
// let every one of those others act for the user; a client that sent a token elsewhere would give
// it away. So both sides check: here the server refuses a token for another audience, and the
// session refuses to send its token anywhere but to its resource.

#include "support/co_main.hpp"
#include "support/send.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/mcp.hpp>

namespace {

namespace asio = boost::asio;
namespace mcp = asioauth::mcp;

asioauth::result<asioauth::http_request> make_call(const asioauth::url& server)
{
    mcp::server_info info;
    info.protocol_version = mcp::latest_version;
    return mcp::make_tools_call_request(server, info, "whoami", "", "asioauth lesson 5", "1");
}

/// By the four operations, a token for `resource`.
asio::awaitable<asioauth::secret>
token_for(asioauth::client& client, asioauth::discovery found, std::string resource)
{
    found.resource = resource; // what the `resource` parameters of both requests will say
    auto registered = co_await client.async_register(found);
    auto code = co_await client.async_authorize(found, registered);
    auto tokens = co_await client.async_exchange(found, registered, code);
    co_return tokens.access_token;
}

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 5");
    asioauth::client client(ex, settings);
    asioauth::diagnostics info;

    // 1. Log in with one call, and use the session.
    // [login]
    auto [ec, session] = co_await client.async_login(text, info, example::as_tuple);
    if (ec)
        co_return example::complain(ec, info);
    const asioauth::url server = session.requested();
    auto call = make_call(server);
    if (!call)
        co_return example::complain(call.error());
    auto [not_sent, response] = co_await session.async_send(*call, info, example::as_tuple);
    if (not_sent)
        co_return example::complain(not_sent, info);
    // [login]
    const auto answer = mcp::read_tools_call_response(response);
    if (!answer)
        co_return example::complain(answer.error());
    std::cout << "1. With a token for " << session.resource() << " the tool says:\n   "
              << asioauth::presentable(*answer) << '\n';

    // 2. The same user, client and authorization server, but a token for somebody else.
    auto found = co_await client.async_discover(text);
    const std::string elsewhere = "https://somebody-else.example/mcp";
    const auto foreign = co_await token_for(client, found, elsewhere);
    asioauth::http_client network(ex);
    call->policy(found.policy).authorization(asioauth::make_bearer_credentials(foreign));
    const auto refused = co_await example::send(network, *call);
    if (!refused)
        co_return example::complain(refused.error());
    const auto challenge = asioauth::read_bearer_challenge(*refused);
    std::cout << "2. With a token for " << elsewhere << " it answers " << refused->status();
    if (challenge)
        std::cout << " (" << challenge->error << ": " << challenge->error_description << ')';
    std::cout << ".\n";

    // 3. The session does not send its token to anybody else, not even on the same machine.
    // [stray]
    asioauth::http_request stray(
        asioauth::request_kind::resource, "GET", found.server.token_endpoint
    );
    auto [stopped, nothing] = co_await session.async_send(stray, info, example::as_tuple);
    std::cout << "3. Asked to send it to " << stray.target().str() << ", the session says:\n   "
              << asioauth::describe(stopped, info) << '\n';
    // [stray]

    const bool as_expected =
        refused->status() == 401 && stopped == asioauth::errc::invalid_argument;
    co_return as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
