// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 14: with an HTTP stack of your own.
//
// asioauth::core has the requests, the readers and their checks, and neither Asio nor sockets. What it
// makes is sent by somebody else, here by a function that blocks, and what comes back is read. Time
// and randomness are arguments. Every result has to be looked at before the next step.

#include "servers/headless_browser.hpp"
#include "support/own_http.hpp"

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/mcp.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/protocol/token.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace {

// In a program this small what goes wrong may be thrown: value() throws a flow_error, which says
// where and why.

// [discover]
asioauth::discovery discover(const asioauth::url& resource)
{
    asioauth::discovery found;
    found.requested = resource;
    found.policy.allow_loopback(resource.host_is_loopback());

    asioauth::http_request knock(asioauth::request_kind::probe, "GET", resource);
    const auto challenge = asioauth::read_bearer_challenge(example::send(knock).value());
    if (!challenge)
        return found; // no login
    found.login = asioauth::login_support::required;
    found.challenged_scope = challenge->scope;

    // Who guards it? The places in turn, until there is a document about this resource.
    for (const auto& place :
         asioauth::plan_resource_metadata(resource, challenge->resource_metadata))
    {
        const auto request = asioauth::make_metadata_request(place.where, found.policy);
        auto document = asioauth::read_resource_metadata(
            example::send(request).value(), resource, found.policy
        );
        if (!document && document.error().code() == asioauth::errc::resource_metadata_not_found)
            continue;
        found.resource_document = std::move(document).value();
        break;
    }
    found.resource = found.resource_document.value().resource;

    // And what does that server offer?
    const std::string issuer = found.resource_document->authorization_servers.at(0);
    const asioauth::url where = asioauth::issuer_url(issuer, found.policy).value();
    for (const auto& place : asioauth::plan_server_metadata(where))
    {
        const auto request = asioauth::make_metadata_request(place.where, found.policy);
        auto document =
            asioauth::read_server_metadata(example::send(request).value(), issuer, found.policy);
        if (!document && document.error().code() == asioauth::errc::server_metadata_not_found)
            continue;
        found.server = std::move(document).value();
        break;
    }
    return found;
}
// [discover]

// [log_in]
asioauth::token_set log_in(const asioauth::discovery& found, example::callback_server& callback)
{
    const auto now = std::chrono::system_clock::now();

    // Become a client of the server.
    const std::string redirect_uri = callback.origin() + "/callback";
    asioauth::client_profile profile;
    profile.client_name("asioauth lesson 14").add_redirect_uri(redirect_uri);
    const auto application = asioauth::make_registration_request(found, profile);
    const auto registered = example::send(application.value()).value();
    const auto client = asioauth::read_registration_response(registered, found, profile).value();

    // Send the user. `pending` is what the answer is checked against: keep it, and keep it secret.
    const asioauth::authorization_options options;
    const auto state = asioauth::system_entropy().value();
    const auto verifier = asioauth::system_entropy().value();
    const auto sent = asioauth::make_authorization_request(
        found, client, redirect_uri, options, state, verifier, now
    );
    const asioauth::pending_authorization pending = sent.value().pending;
    example::headless_browser(example::headless_settings()).visit(sent.value().where.str());

    // The whole URL that the browser came back to: state and issuer are checked before the code.
    const std::string came = callback.origin() + callback.wait();
    const asioauth::secret code = asioauth::read_callback(came, pending).value();

    // Exchange the code.
    const auto then = std::chrono::system_clock::now();
    const asioauth::request_stamp stamp(then, asioauth::system_entropy().value());
    const auto exchange = asioauth::make_code_token_request(found, client, pending, code, stamp);
    const auto answered = example::send(exchange.value()).value();
    return asioauth::read_token_response(answered, pending.scope, then).value();
}
// [log_in]

} // namespace

int main(int argc, char** argv)
{
    try
    {
        const auto resource =
            asioauth::url::parse(argc > 1 ? argv[1] : "http://localhost:8000/mcp").value();
        const auto found = discover(resource);
        std::cout << "1. " << found.server.issuer << " gives out the tokens.\n";

        example::callback_server callback;
        const auto tokens = log_in(found, callback);
        std::cout << "2. A token of " << tokens.access_token.size() << " characters for "
                  << found.resource << ".\n";

        // Whoever sends it has to see to it that it goes to the resource and to nobody else.
        asioauth::mcp::server_info server;
        server.protocol_version = asioauth::mcp::latest_version;
        auto request = asioauth::mcp::make_tools_call_request(
            resource, server, "whoami", "", "asioauth lesson 14", "1"
        );
        asioauth::http_request& call = request.value();
        call.authorization(asioauth::make_bearer_credentials(tokens.access_token));
        const auto said = asioauth::mcp::read_tools_call_response(example::send(call).value());
        std::cout << "3. With it the tool says: " << asioauth::presentable(said.value()) << '\n';
        return EXIT_SUCCESS;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
