// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "flow/flows.hpp"

#include <asioauth/protocol/dpop.hpp>

#include <algorithm>

namespace asioauth::detail {
namespace {

constexpr const char* client_unknown = "invalid_client";

// Whether the server refuses to know this client. The content type is not looked at, as with every
// refusal.
bool refuses_client(const http_response& response, const std::optional<provider_policy>& provider)
{
    const bool standard =
        response.status() == 400 || response.status() == 401 || response.status() == 403;
    // Who has names of its own for errors may also have statuses of its own, such as 200.
    if (!standard && (!provider || provider->error_names().empty()))
        return false;
    const auto json = json_object::parse(response.body());
    if (!json)
        return false;
    const auto error = json->optional_string("error");
    if (!error || error->empty())
        return false;
    if (*error == client_unknown)
        return standard;
    if (!provider)
        return false;
    const auto& names = provider->error_names();
    return std::any_of(names.begin(), names.end(), [&](const auto& known) {
        return known.first == *error && known.second == errc::invalid_client;
    });
}

// The other way to send the same secret. Some servers take only the way that they do not name.
std::optional<token_endpoint_auth_method> other_method(const registration& client)
{
    using enum token_endpoint_auth_method;
    if (client.client_secret.empty())
        return std::nullopt;
    switch (client.auth_method)
    {
    case client_secret_basic: return client_secret_post;
    case client_secret_post:
    case none: return client_secret_basic;
    case client_secret_jwt:
    case private_key_jwt:
    case tls_client_auth:
    case self_signed_tls_client_auth: break;
    }
    return std::nullopt;
}

std::string memory_name(const registration& client)
{
    return client.issuer + "\n" + client.client_id;
}

// Send once, with a proof of possession if there is a key for it. What the server gives as its next
// nonce is remembered.
flow<http_response> fetch_once(
    stage where,
    http_request request,
    const signing_key& key,
    const secret& access_token,
    flow_memory& memory
)
{
    if (key.empty())
        co_return co_await fetch(act::send(where, std::move(request)));
    const std::string origin = request.target().origin();
    auto made = co_await stamp();
    if (!made)
        co_return made.error();
    const std::string* known = memory.dpop_nonces.find(origin);
    const std::string nonce = known ? *known : std::string();
    auto proof =
        make_dpop_proof(key, request.method(), request.target(), *made, nonce, access_token);
    if (!proof)
    {
        failure wrong = proof.error();
        wrong.where(where);
        co_return wrong;
    }
    request.field("DPoP", *proof);
    auto response = co_await fetch(act::send(where, std::move(request)));
    if (!response)
        co_return response;
    const std::string next = dpop_nonce_of(*response);
    if (!next.empty())
        memory.dpop_nonces.put(origin, next);
    co_return response;
}

failure of_request(failure f, stage where, const url& asked)
{
    f.where(where).url(asked.without_query());
    return f;
}

} // namespace

void wipe_body(http_response& response) noexcept
{
    // Not const: whoever calls this owns it.
    auto& body = const_cast<std::string&>(response.body()); // NOLINT(*-pro-type-const-cast)
    wipe(body);
}

flow<request_stamp> stamp()
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto random = co_await act::random();
    if (!random)
        co_return random.error();
    request_stamp out(time->wall, *random);
    co_return out;
}

flow<http_response> fetch(act::send what)
{
    const stage where = what.where;
    const url asked = what.request.target();
    auto response = co_await std::move(what);
    if (!response)
        response = of_request(response.error(), where, asked);
    co_return response;
}

flow<http_response> fetch_with_proof(
    stage where,
    http_request request,
    const signing_key& key,
    const secret& access_token,
    flow_memory& memory
)
{
    if (key.empty())
        co_return co_await fetch(act::send(where, std::move(request)));
    for (int attempt = 0;; ++attempt)
    {
        auto response = co_await fetch_once(where, request, key, access_token, memory);
        // Nothing was done or spent: the proof is looked at first.
        if (response && attempt == 0 && wants_dpop_nonce(*response))
            continue;
        co_return response;
    }
}

flow<server_answer> call_server(
    stage where,
    const std::optional<provider_policy>& provider,
    registration& client,
    const request_maker& make,
    const signing_key& proof,
    flow_memory& memory
)
{
    const std::string name = memory_name(client);
    // Only in the place of the one that it was found instead of.
    const auto* better = memory.auth_methods.find(name);
    if (better != nullptr && other_method(client) == *better)
        client.auth_method = *better;
    const secret no_token;
    bool nonce_tried = false;
    bool method_tried = false;
    for (;;)
    {
        // Each attempt is made anew: an assertion may be used only once.
        auto made = co_await stamp();
        if (!made)
            co_return made.error();
        auto request = make(client, *made);
        if (!request)
        {
            failure wrong = request.error();
            wrong.where(where);
            co_return wrong;
        }
        auto response = co_await fetch_once(where, std::move(*request), proof, no_token, memory);
        if (!response)
            co_return response.error();
        if (!proof.empty() && !nonce_tried && wants_dpop_nonce(*response))
        {
            nonce_tried = true;
            continue;
        }
        const bool refused = refuses_client(*response, provider);
        const auto other = other_method(client);
        if (refused && other && !method_tried)
        {
            method_tried = true;
            client.auth_method = *other;
            co_await tell_event(event(
                event::kind::note,
                where,
                "the server does not take the client's authentication; trying "
                    + std::string(name_of(*other))
            ));
            continue;
        }
        if (method_tried && !refused)
            memory.auth_methods.put(name, client.auth_method);
        server_answer out;
        out.response = std::move(*response);
        out.asked_at = made->now;
        co_return out;
    }
}

} // namespace asioauth::detail
