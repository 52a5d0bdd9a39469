// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 1: ask a server who guards it (RFC 9728).
//
// A protected server answers a request without a token with 401 and a challenge, which names a
// document: the protected-resource metadata. It says which authorization servers give out tokens.
// Here every step is made by hand, with the library's pure functions and its HTTP client; the
// next lesson does all of it with one call.

#include "support/co_main.hpp"
#include "support/send.hpp"

#include <asioauth/http_client.hpp>
#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/discovery.hpp>

namespace {

namespace asio = boost::asio;

asio::awaitable<int> lesson(std::string text)
{
    auto ex = co_await asio::this_coro::executor;
    asioauth::http_client network(ex);

    const auto resource = asioauth::url::parse(text);
    if (!resource)
        co_return example::complain(resource.error());

    // Plain http and this machine's own addresses are refused, unless the user named this machine.
    asioauth::address_policy policy;
    policy.allow_loopback(resource->host_is_loopback());

    // [knock]
    // 1. Knock without a token.
    asioauth::http_request knock(asioauth::request_kind::probe, "GET", *resource);
    knock.policy(policy);
    auto answer = co_await example::send(network, knock);
    if (!answer)
        co_return example::complain(answer.error());
    std::cout << "GET " << text << " answers " << answer->status() << ".\n";
    const auto challenge = asioauth::read_bearer_challenge(*answer);
    std::string named;
    if (challenge)
        named = challenge->resource_metadata;
    // [knock]
    if (!named.empty())
        std::cout << "Its challenge names the document " << asioauth::presentable(named) << ".\n";

    // 2. Fetch the document: where the challenge says, then at the well-known places.
    const auto candidates = asioauth::plan_resource_metadata(*resource, named);
    for (const auto& candidate : candidates)
    {
        std::cout << "Asking " << candidate.where.str() << " (" << name_of(candidate.kind) << ")\n";
        // [document]
        auto request = asioauth::make_metadata_request(candidate.where, policy);
        answer = co_await example::send(network, std::move(request));
        if (!answer)
            co_return example::complain(answer.error());

        // 3. Believe it only if it is about the server that we asked.
        const auto document = asioauth::read_resource_metadata(*answer, *resource, policy);
        if (!document && document.error().code() == asioauth::errc::resource_metadata_not_found)
            continue;
        if (!document)
            co_return example::complain(document.error());
        // [document]
        std::cout << "\nA token has to be for:   " << document->resource << '\n';
        for (const auto& issuer : document->authorization_servers)
            std::cout << "It can be had from:      " << issuer << '\n';
        if (document->scopes_supported)
            for (const auto& scope : *document->scopes_supported)
                std::cout << "It can have the scope:   " << scope << '\n';
        co_return EXIT_SUCCESS;
    }
    std::cerr << "This server publishes no protected-resource metadata.\n";
    co_return EXIT_FAILURE;
}

} // namespace

int main(int argc, char** argv)
{
    return example::co_main(argc, argv, lesson);
}
