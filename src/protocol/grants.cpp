// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/authenticated_request.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/grants.hpp>

#include <boost/json/serialize.hpp>

namespace asioauth {
namespace {

failure refuse(errc code, std::string_view message)
{
    return detail::bad_request(stage::token, code, message);
}

} // namespace

result<http_request> make_client_credentials_request(
    const discovery& found,
    const registration& client,
    std::string_view scope,
    const request_stamp& stamp
)
{
    if (detail::auth_method_at(found, client) == token_endpoint_auth_method::none)
    {
        return refuse(
                   errc::unauthorized_client,
                   "A client that does not authenticate has nothing to get a token for of its own."
        )
            .hint("Configure the client's secret, key or certificate.");
    }
    const auto resource = detail::resource_parameter(found, stage::token);
    if (!resource)
        return resource.error();
    secret_fields fields;
    fields.emplace_back("grant_type", secret("client_credentials"));
    fields.emplace_back("scope", secret(scope));
    fields.emplace_back("resource", secret(*resource));
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
}

result<http_request> make_jwt_bearer_request(
    const discovery& found,
    const registration& client,
    const secret& assertion,
    std::string_view scope,
    const request_stamp& stamp
)
{
    if (assertion.empty())
        return refuse(errc::invalid_argument, "There is no assertion.");
    const auto resource = detail::resource_parameter(found, stage::token);
    if (!resource)
        return resource.error();
    secret_fields fields;
    fields.emplace_back("grant_type", secret("urn:ietf:params:oauth:grant-type:jwt-bearer"));
    fields.emplace_back("assertion", assertion);
    fields.emplace_back("scope", secret(scope));
    fields.emplace_back("resource", secret(*resource));
    // The assertion says who asks: a workload needs no registration.
    const bool anonymous = client.client_id.empty()
        && (client.issuer.empty() || client.issuer == found.server.issuer)
        && detail::auth_method_at(found, client) == token_endpoint_auth_method::none;
    if (anonymous)
        return detail::make_anonymous_request(found, server_endpoint::token, std::move(fields));
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
}

result<http_request> make_token_exchange_request(
    const discovery& found,
    const registration& client,
    const token_exchange_options& options,
    const request_stamp& stamp
)
{
    if (options.subject_token().empty() || options.subject_token_type().empty())
        return refuse(errc::invalid_argument, "There is no token to exchange, or it has no type.");
    if (options.actor_token().empty() != options.actor_token_type().empty())
        return refuse(errc::invalid_argument, "The actor's token and its type go together.");
    secret_fields fields;
    const auto add = [&](const char* name, std::string_view value) {
        fields.emplace_back(name, secret(value));
    };
    add("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    add("requested_token_type", options.requested_token_type());
    add("audience", options.audience());
    add("resource", options.resource().empty() ? resource_to_send(found) : options.resource());
    add("scope", options.scope());
    fields.emplace_back("subject_token", options.subject_token());
    add("subject_token_type", options.subject_token_type());
    fields.emplace_back("actor_token", options.actor_token());
    add("actor_token_type", options.actor_token_type());
    return make_authenticated_request(
        found, client, server_endpoint::token, std::move(fields), stamp
    );
}

result<token_set> read_token_exchange_response(
    const http_response& response,
    std::string_view requested_token_type,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop
)
{
    const auto wrong = [&](const failure& f) { return detail::place(f, response, stage::token); };
    const auto invalid = [&](std::string_view message) {
        failure out = detail::failure_from(response, stage::token, errc::token_type_not_supported);
        out.message(message);
        return out;
    };
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, stage::token, 0);
    const auto json = detail::read_json_body(response);
    if (!json)
        return wrong(json.error());
    if (auto named = detail::named_oauth_error(*json, response, stage::token))
        return *named;
    const auto issued = json->string("issued_token_type");
    if (!issued)
        return wrong(issued.error());
    if (!requested_token_type.empty() && *issued != requested_token_type)
    {
        return invalid(
            "Asked for " + presentable(requested_token_type, 128) + ", issued was "
            + presentable(*issued, 128) + "."
        );
    }
    const auto type = json->optional_string("token_type");
    if (!type)
        return wrong(type.error());

    http_response rest = response;
    if (detail::lower_case(*type) == "n_a")
    {
        if (*issued == token_types::access_token)
            return invalid("The access token is of no type that it could be used with.");
        // The reader of token responses knows types of access tokens only.
        boost::json::object members = json->copy();
        members.erase("token_type");
        rest.body(boost::json::serialize(members));
    }
    auto out = read_token_response(rest, requested_scope, now, dpop);
    if (out)
        out->issued_token_type = *issued;
    return out;
}

result<http_request> make_identity_assertion_request(
    const discovery& idp,
    const registration& idp_client,
    const discovery& target,
    const secret& id_token,
    std::string_view scope,
    const request_stamp& stamp
)
{
    if (target.server.issuer.empty() || target.resource.empty())
        return refuse(
            errc::invalid_argument, "The discovery names no authorization server or no resource."
        );
    token_exchange_options options(id_token, token_types::id_token);
    options.requested_token_type(token_types::id_jag)
        .audience(target.server.issuer)
        .resource(target.resource)
        .scope(scope);
    return make_token_exchange_request(idp, idp_client, options, stamp);
}

} // namespace asioauth
