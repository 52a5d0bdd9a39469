// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/client_information.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/registration_metadata.hpp"

#include <asioauth/protocol/registration_management.hpp>
#include <asioauth/protocol/token.hpp>

#include <boost/json/serialize.hpp>

namespace asioauth {
namespace {

result<http_request>
make_request(const discovery& found, const registration& client, std::string_view method)
{
    const auto wrong = [&](errc code, std::string_view message) {
        failure out(code);
        out.where(stage::registration).message(message);
        return out;
    };
    if (found.server.issuer.empty() || client.issuer != found.server.issuer)
        return wrong(
            errc::registration_issuer_mismatch,
            "The client belongs to " + presentable(client.issuer, 128)
                + ", the authorization server is " + presentable(found.server.issuer, 128) + "."
        );
    if (!is_manageable(client))
        return wrong(errc::registration_not_manageable, "The server named no place for it.");
    // Checked when it was read, but a stored record may be older than the metadata.
    if (!same_origin(client.registration_client_uri, found.server.registration_endpoint))
        return wrong(
            errc::registration_not_manageable,
            "The place that the server named is not of the origin of its registration endpoint."
        );
    http_request out(request_kind::registration, method, client.registration_client_uri);
    out.field("Accept", "application/json");
    out.authorization(make_bearer_credentials(client.registration_access_token));
    out.policy(found.policy);
    if (!client.identity.empty())
        out.identity(client.identity);
    return out;
}

// A JSON object with the client's secret as one more member, which goes through no JSON library:
// that would leave copies behind.
secret with_secret(const boost::json::object& members, const secret& client_secret)
{
    constexpr std::string_view name = ",\"client_secret\":\"";
    std::string text = boost::json::serialize(members);
    text.pop_back();
    text.reserve(text.size() + name.size() + 6 * client_secret.size() + 2);
    text.append(name);
    for (const char c : client_secret.reveal())
    {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20)
            text.append("\\u00").append(1, digits[code >> 4U]).append(1, digits[code & 15U]);
        else
            text.append(c == '"' || c == '\\' ? 1 : 0, '\\').append(1, c);
    }
    text.append("\"}");
    secret out(text);
    wipe(text);
    return out;
}

// The failure that a refusal of a management request stands for.
failure refusal(const http_response& response)
{
    failure said = detail::read_refusal(response, stage::registration, detail::refusal_excerpt);
    errc code{};
    switch (response.status())
    {
    case 401:
    case 403:
    case 404: code = errc::registration_gone; break;
    case 405: code = errc::registration_not_manageable; break;
    default: return said;
    }
    const diagnostics info = said.info();
    failure out = detail::failure_from(response, stage::registration, code);
    out.server_error(info.server_error()).server_message(info.server_message());
    return out;
}

} // namespace

bool is_manageable(const registration& client) noexcept
{
    return !client.registration_client_uri.empty() && !client.registration_access_token.empty();
}

result<http_request>
make_registration_read_request(const discovery& found, const registration& client)
{
    return make_request(found, client, "GET");
}

result<http_request> make_registration_update_request(
    const discovery& found, const registration& client, const client_profile& profile
)
{
    auto out = make_request(found, client, "PUT");
    if (!out)
        return out;
    const auto wrong = [&](failure f) {
        f.where(stage::registration).url(client.registration_client_uri.without_query());
        return f;
    };
    client_profile whole = profile;
    if (whole.redirect_uris().empty())
    {
        for (const auto& uri : client.redirect_uris)
            whole.add_redirect_uri(uri);
    }
    const auto method = detail::method_to_register(found, whole);
    if (!method)
        return wrong(method.error());
    auto members = detail::client_metadata(whole, *method, &found.server);
    if (!members)
        return wrong(members.error());
    members->emplace("client_id", client.client_id);
    if (client.client_secret.empty())
        out->body("application/json", secret(boost::json::serialize(*members)));
    else
        out->body("application/json", with_secret(*members, client.client_secret));
    return out;
}

result<http_request>
make_registration_delete_request(const discovery& found, const registration& client)
{
    return make_request(found, client, "DELETE");
}

result<registration> read_registration_management_response(
    const http_response& response,
    const discovery& found,
    const registration& client,
    const client_profile* updated
)
{
    if (response.status() != 200 && response.status() != 201)
        return refusal(response);
    detail::expected_client expected;
    expected.before = client;
    expected.method = client.auth_method;
    expected.certificate_bound = !client.identity.empty();
    if (updated != nullptr)
    {
        expected.before.key = updated->key();
        expected.before.identity = updated->identity();
        if (!updated->redirect_uris().empty())
            expected.before.redirect_uris = updated->redirect_uris();
        expected.before.scope = updated->scope();
        // A secret that nobody had asked for is there because the server wants to see it.
        const auto asked = detail::method_to_register(found, *updated);
        if (!asked || *asked != token_endpoint_auth_method::none
            || !uses_client_secret(client.auth_method))
            expected.method = asked;
        expected.certificate_bound = updated->certificate_bound_access_tokens();
    }
    expected.code = updated != nullptr ? detail::asks_for_code(*updated)
                                       : !expected.before.redirect_uris.empty();
    if (expected.code)
        expected.needed_grants = {"authorization_code"};
    return detail::read_client_information(response, found, std::move(expected));
}

result<void> read_registration_delete_response(const http_response& response)
{
    if (response.is_success())
        return {};
    return refusal(response);
}

} // namespace asioauth
