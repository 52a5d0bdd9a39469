// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/authenticated_request.hpp"

#include "base/ascii.hpp"
#include "protocol/derived_value.hpp"
#include "protocol/json_access.hpp"
#include "protocol/secret_form.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace asioauth {
namespace {

using method = token_endpoint_auth_method;

// Long enough for a slow request and a clock that is a little off, short enough to be of no use to
// whoever finds it in a log.
constexpr std::chrono::seconds assertion_lifetime(60);

constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

// What only this file adds.
constexpr std::array<std::string_view, 3> credential_names = {
    "client_assertion", "client_assertion_type", "client_secret"};

stage stage_of(server_endpoint which) noexcept
{
    return which == server_endpoint::pushed_authorization_request
            || which == server_endpoint::device_authorization
        ? stage::authorization
        : stage::token;
}

bool has_means(const registration& client, method m) noexcept
{
    if (uses_client_secret(m))
        return !client.client_secret.empty();
    if (uses_client_certificate(m))
        return !client.identity.empty();
    return m != method::private_key_jwt || !client.key.empty();
}

std::string_view lacking(method m) noexcept
{
    return uses_client_secret(m)     ? "The client has no secret."
        : uses_client_certificate(m) ? "The client has no certificate."
                                     : "The client has no key.";
}

const url& own_endpoint(const server_metadata& server, server_endpoint which) noexcept
{
    switch (which)
    {
    case server_endpoint::token: break;
    case server_endpoint::pushed_authorization_request:
        return server.pushed_authorization_request_endpoint;
    case server_endpoint::device_authorization: return server.device_authorization_endpoint;
    case server_endpoint::revocation: return server.revocation_endpoint;
    case server_endpoint::introspection: return server.introspection_endpoint;
    }
    return server.token_endpoint;
}

result<secret> make_assertion(
    const registration& client, method m, std::string_view audience, const request_stamp& stamp
)
{
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(stamp.now.time_since_epoch()).count();
    boost::json::object claims;
    claims.emplace("iss", client.client_id);
    claims.emplace("sub", client.client_id);
    // One string and no array: with two audiences a server could use the assertion at another one.
    claims.emplace("aud", audience);
    claims.emplace("jti", detail::derived_value("client_assertion", stamp.random));
    claims.emplace("iat", now);
    claims.emplace("exp", now + assertion_lifetime.count());
    const std::string text = boost::json::serialize(claims);
    if (m == method::client_secret_jwt)
        return sign_jwt(client.client_secret, "JWT", text);
    return sign_jwt(client.key, "JWT", text);
}

// The form, with every name once.
class authenticated_form
{
public:
    authenticated_form(stage where, secret_fields fields)
        : where_(where)
        , fields_(std::move(fields))
    {}

    result<void> check(std::string_view client_id) const
    {
        std::vector<std::string> taken;
        taken.reserve(fields_.size());
        for (const auto& field : fields_)
        {
            // Names are compared without case: there are servers that read them so.
            std::string name = detail::lower_case(field.first);
            const auto shown = [&] { return presentable(field.first, 64) + "."; };
            const bool foreign =
                name == "client_id" && (field.first != name || field.second.reveal() != client_id);
            if (foreign
                || std::find(credential_names.begin(), credential_names.end(), name)
                    != credential_names.end())
            {
                return detail::bad_request(
                    where_,
                    errc::reserved_parameter,
                    "The library sets this parameter itself: " + shown()
                );
            }
            if (name.empty() || std::find(taken.begin(), taken.end(), name) != taken.end())
            {
                return detail::bad_request(
                    where_,
                    errc::invalid_argument,
                    "A parameter is named twice or not at all: " + shown()
                );
            }
            taken.push_back(std::move(name));
        }
        return {};
    }

    bool has(std::string_view name) const noexcept
    {
        return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) {
            return field.first == name;
        });
    }

    void add(std::string_view name, secret value) { fields_.emplace_back(name, std::move(value)); }

    secret content() const
    {
        std::size_t size = 0;
        for (const auto& field : fields_)
            size += field.first.size() + field.second.size();
        detail::secret_form form;
        form.reserve(fields_.size(), size);
        for (const auto& field : fields_)
        {
            if (!field.second.empty())
                form.add(form_encode(field.first), field.second.reveal());
        }
        return form.content();
    }

private:
    stage where_;
    secret_fields fields_;
};

http_request post_form(const discovery& found, const url& where, const authenticated_form& form)
{
    http_request out(request_kind::token, "POST", where);
    out.field("Accept", "application/json");
    out.body("application/x-www-form-urlencoded", form.content());
    out.policy(found.policy);
    return out;
}

failure no_endpoint(server_endpoint which)
{
    return detail::bad_request(
        stage_of(which),
        errc::endpoint_missing,
        "The authorization server has no " + std::string(name_of(which)) + "."
    );
}

} // namespace

std::string_view name_of(server_endpoint e) noexcept
{
    switch (e)
    {
    case server_endpoint::token: return "token_endpoint";
    case server_endpoint::pushed_authorization_request:
        return "pushed_authorization_request_endpoint";
    case server_endpoint::device_authorization: return "device_authorization_endpoint";
    case server_endpoint::revocation: return "revocation_endpoint";
    case server_endpoint::introspection: return "introspection_endpoint";
    }
    return {};
}

const url&
endpoint_of(const discovery& found, const registration& client, server_endpoint which) noexcept
{
    // Whoever has a certificate shows it: to authenticate, or to get tokens that are bound to it.
    if (!client.identity.empty())
    {
        for (const auto& alias : found.server.mtls_endpoint_aliases)
        {
            if (alias.first == name_of(which) && !alias.second.empty())
                return alias.second;
        }
    }
    return own_endpoint(found.server, which);
}

result<secret> make_client_assertion(
    const registration& client, std::string_view audience, const request_stamp& stamp
)
{
    const method m = client.auth_method;
    if (m != method::private_key_jwt && m != method::client_secret_jwt)
    {
        return detail::bad_request(
            stage::token,
            errc::invalid_argument,
            "The client does not authenticate with an assertion."
        );
    }
    if (client.client_id.empty())
        return detail::bad_request(
            stage::token, errc::client_information_required, "The client has no identifier."
        );
    if (!has_means(client, m))
        return detail::bad_request(stage::token, errc::client_information_required, lacking(m));
    if (audience.empty())
        return detail::bad_request(
            stage::token, errc::invalid_argument, "The assertion is for nobody."
        );
    return make_assertion(client, m, audience, stamp);
}

result<http_request> make_authenticated_request(
    const discovery& found,
    const registration& client,
    server_endpoint which,
    secret_fields fields,
    const request_stamp& stamp
)
{
    const stage where = stage_of(which);
    if (const auto own = detail::check_issuer(found, client, where); !own)
        return own.error();
    const url& endpoint = endpoint_of(found, client, which);
    if (endpoint.empty())
        return no_endpoint(which);
    if (client.client_id.empty())
        return detail::bad_request(
            where, errc::client_information_required, "The client has no identifier."
        );
    const method m = detail::auth_method_at(found, client);
    if (!has_means(client, m))
        return detail::bad_request(where, errc::client_information_required, lacking(m));

    authenticated_form form(where, std::move(fields));
    if (const auto good = form.check(client.client_id); !good)
        return good.error();
    if (m != method::client_secret_basic && !form.has("client_id"))
        form.add("client_id", secret(client.client_id));
    if (m == method::client_secret_post)
        form.add("client_secret", client.client_secret);
    if (m == method::client_secret_jwt || m == method::private_key_jwt)
    {
        // Where there is no metadata nothing says that the issuer is the server's name.
        const bool by_endpoint = found.server.found == provenance::default_endpoints
            || (found.provider && found.provider->assertion_audience_is_endpoint());
        auto assertion =
            make_assertion(client, m, by_endpoint ? endpoint.str() : found.server.issuer, stamp);
        if (!assertion)
        {
            failure wrong = assertion.error();
            return wrong.where(where);
        }
        form.add("client_assertion_type", secret(assertion_type));
        form.add("client_assertion", std::move(*assertion));
    }

    http_request out = post_form(found, endpoint, form);
    if (m == method::client_secret_basic)
        out.authorization(make_basic_credentials(client.client_id, client.client_secret));
    out.identity(client.identity);
    return out;
}

namespace detail {

result<void> check_issuer(const discovery& found, const registration& client, stage where)
{
    if (!found.server.issuer.empty() && client.issuer == found.server.issuer)
        return {};
    return bad_request(
        where,
        errc::registration_issuer_mismatch,
        "The client is registered with " + presentable(client.issuer, 128)
            + ", the authorization server is " + presentable(found.server.issuer, 128) + "."
    );
}

token_endpoint_auth_method
auth_method_at(const discovery& found, const registration& client) noexcept
{
    const auto wanted = found.provider ? found.provider->auth_method() : std::nullopt;
    return wanted && has_means(client, *wanted) ? *wanted : client.auth_method;
}

result<http_request>
make_anonymous_request(const discovery& found, server_endpoint which, secret_fields fields)
{
    const url& endpoint = own_endpoint(found.server, which);
    if (endpoint.empty())
        return no_endpoint(which);
    const authenticated_form form(stage_of(which), std::move(fields));
    if (const auto good = form.check({}); !good)
        return good.error();
    return post_form(found, endpoint, form);
}

result<std::string> resource_parameter(const discovery& found, stage where)
{
    if (omits_resource(found))
        return std::string();
    std::string resource = resource_to_send(found);
    // What a policy puts in its place may be any name that its server knows.
    const bool own = resource == found.resource;
    const auto parsed = url::parse(resource);
    if (resource.empty() || (own && (!parsed || parsed->has_fragment())))
        return bad_request(
            where, errc::invalid_argument, "The discovery names no resource that can be asked for."
        );
    return resource;
}

} // namespace detail
} // namespace asioauth
