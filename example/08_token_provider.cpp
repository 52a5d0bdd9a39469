// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 8: asioauth under another library that has an HTTP client of its own, such as an MCP SDK.
//
// All that such a library has to know is token_provider: two operations. Before each request it asks
// for a token; if the server answers 401 it asks for another one, once, and sends the request again.

#include "support/co_main.hpp"
#include "support/send.hpp"

#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/token_provider.hpp>

#include <boost/asio/async_result.hpp>

#include <chrono>
#include <memory>

namespace {

namespace asio = boost::asio;
using asioauth::access_token;
using asioauth::http_request;
using asioauth::http_response;
using asioauth::result;

// Somebody else's library. It includes <asioauth/token_provider.hpp> and nothing more of ours but
// the HTTP client that this lesson lends it.
class other_sdk
{
public:
    other_sdk(asioauth::transport& network, std::shared_ptr<asioauth::token_provider> tokens)
        : network_(network)
        , tokens_(std::move(tokens))
    {}

    // [use]
    asio::awaitable<result<http_response>> send(http_request request)
    {
        auto held = co_await ask_for_token();
        if (!held)
            co_return held.error();
        request.authorization(held->credentials());
        auto response = co_await example::send(network_, request);
        if (!response || response->status() != 401)
            co_return response;
        held = co_await ask_for_another(held->value);
        if (!held)
            co_return held.error();
        request.authorization(held->credentials());
        co_return co_await example::send(network_, request);
    }
    // [use]

private:
    // [ask]
    using token = const asio::use_awaitable_t<>;

    asio::awaitable<result<access_token>> ask_for_token()
    {
        auto initiation = [](auto handler, asioauth::token_provider* from) {
            from->async_token(
                std::chrono::seconds(30), asioauth::token_provider::handler(std::move(handler))
            );
        };
        auto operation = asio::async_initiate<token, void(result<access_token>)>(
            initiation, asio::use_awaitable, tokens_.get()
        );
        result<access_token> answer = co_await std::move(operation);
        co_return answer;
    }
    // [ask]

    asio::awaitable<result<access_token>> ask_for_another(asioauth::secret refused)
    {
        auto initiation = [](auto handler, asioauth::token_provider* from, asioauth::secret old) {
            from->async_replace_token(
                std::move(old), asioauth::token_provider::handler(std::move(handler))
            );
        };
        auto operation = asio::async_initiate<token, void(result<access_token>)>(
            initiation, asio::use_awaitable, tokens_.get(), std::move(refused)
        );
        result<access_token> answer = co_await std::move(operation);
        co_return answer;
    }

    asioauth::transport& network_;
    std::shared_ptr<asioauth::token_provider> tokens_;
};

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::client_settings settings;
    settings.client_name("asioauth lesson 8");
    asioauth::client client(ex, settings);
    asioauth::diagnostics info;
    auto [failed, session] = co_await client.async_login(text, info, example::as_tuple);
    if (failed)
        co_return example::complain(failed, info);

    asioauth::http_client network(ex);
    // [give]
    other_sdk sdk(network, asioauth::make_token_provider(session));
    // [give]
    http_request request(asioauth::request_kind::resource, "POST", session.requested());
    request.field("Accept", "application/json, text/event-stream");
    request.policy(asioauth::address_policy().allow_loopback(true));
    request.body(
        "application/json",
        asioauth::secret(
            R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"lesson 8","version":"1"}}})"
        )
    );
    const auto response = co_await sdk.send(std::move(request));
    network.close();
    if (!response)
        co_return example::complain(response.error());
    std::cout << "The other library sent a request with our token: HTTP status "
              << response->status() << ".\n";
    co_return response->is_success() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
