// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/authenticated_request.hpp"
#include "protocol/authorization_rules.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/authorization.hpp>

namespace asioauth {
namespace {

constexpr std::size_t longest_request_uri = 512;

failure bad_request(errc code, std::string_view message)
{
    return detail::bad_request(stage::authorization, code, message);
}

} // namespace

namespace detail {

result<url> authorization_url(const url& endpoint, const form_fields& parameters)
{
    // A query of the endpoint's own is kept as it is, so that nothing in it may occur a second
    // time.
    const auto kept = parse_form(endpoint.query());
    if (!kept)
        return asioauth::bad_request(
            errc::invalid_url, "The query of the authorization endpoint is malformed."
        );
    for (const auto& field : *kept)
    {
        const bool taken = std::any_of(parameters.begin(), parameters.end(), [&](const auto& p) {
            return same_ignoring_case(p.first, field.first);
        });
        if (taken)
        {
            return asioauth::bad_request(
                errc::reserved_parameter,
                "The authorization endpoint's own query has the parameter "
                    + presentable(field.first, 64) + "."
            );
        }
    }
    std::string text = endpoint.str();
    if (!endpoint.has_query())
        text += '?';
    else if (!endpoint.query().empty() && endpoint.query().back() != '&')
        text += '&';
    std::string query = form_encode(parameters);
    text += query;
    auto where = url::parse(text);
    wipe(query);
    wipe(text);
    if (!where)
    {
        failure wrong(where.error().code());
        return wrong.where(stage::authorization).url(endpoint.without_query());
    }
    return where;
}

} // namespace detail

result<http_request> make_pushed_authorization_request(
    const discovery& found,
    const registration& client,
    const authorization_request& request,
    const request_stamp& stamp
)
{
    if (request.pending.issuer != found.server.issuer
        || request.pending.client_id != client.client_id)
    {
        return bad_request(
            errc::registration_issuer_mismatch,
            "The request was made for another client or another authorization server."
        );
    }
    // A signed request says everything, and nothing but what shows who the client is may stand
    // beside it (RFC 9126 section 3).
    const bool is_signed =
        std::any_of(request.parameters.begin(), request.parameters.end(), [](const auto& field) {
            return field.first == "request";
        });
    secret_fields fields;
    for (const auto& [name, value] : request.parameters)
    {
        if (!is_signed || name == "request")
            fields.emplace_back(name, secret(value));
    }
    if (fields.empty())
        return bad_request(errc::invalid_argument, "There are no parameters to push.");
    return make_authenticated_request(
        found, client, server_endpoint::pushed_authorization_request, std::move(fields), stamp
    );
}

result<url> read_pushed_authorization_response(
    const http_response& response, const discovery& found, const registration& client
)
{
    constexpr stage where = stage::authorization;
    // 201 by the RFC, 200 by some servers. No part of another body is kept: it may repeat what was
    // sent.
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, where, 0);
    const auto wrong = [&](const failure& f) { return detail::place(f, response, where); };
    const auto invalid = [&](std::string_view message) {
        return wrong(failure(errc::pushed_authorization_response_invalid).message(message));
    };
    const auto json = detail::read_json_body(response);
    if (!json)
        return wrong(json.error());
    if (auto named = detail::named_oauth_error(*json, response, where))
        return *named;
    const auto request_uri = json->string("request_uri");
    if (!request_uri)
        return wrong(request_uri.error());
    if (request_uri->size() > longest_request_uri || !detail::is_visible_ascii(*request_uri))
        return invalid("Member \"request_uri\" is too long or has characters that no URI has.");
    const auto lifetime = json->optional_seconds("expires_in");
    if (!lifetime)
        return wrong(lifetime.error());
    if (*lifetime && **lifetime == 0)
        return invalid("The pushed request is over already.");
    form_fields parameters;
    parameters.emplace_back("client_id", client.client_id);
    parameters.emplace_back("request_uri", *request_uri);
    auto out = detail::authorization_url(found.server.authorization_endpoint, parameters);
    if (!out)
        return wrong(out.error());
    return out;
}

} // namespace asioauth
