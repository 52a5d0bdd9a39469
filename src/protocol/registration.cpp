// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/registration.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace asioauth {
namespace {

// A refusal that is no JSON is mostly one line of text or an HTML page; the first bytes say enough.
constexpr std::size_t refusal_excerpt = 256;
constexpr std::size_t longest_client_id = 8192;

bool contains(const std::vector<std::string>& list, std::string_view value)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

boost::json::array to_array(const std::vector<std::string>& list)
{
    boost::json::array out;
    for (const auto& value : list)
        out.emplace_back(value);
    return out;
}

failure wrong_response(const http_response& response, errc code, std::string_view message)
{
    failure out = detail::failure_from(response, stage::registration, code);
    out.message(message);
    return out;
}

// The value of client_secret_expires_at in seconds; 0 if there is none. It is a date, so that
// optional_seconds(), which clamps durations, cannot read it.
result<std::int64_t> expiry_of(const detail::json_object& json)
{
    failure wrong(errc::json_wrong_type);
    wrong.message("Member \"client_secret_expires_at\" is not a number of seconds.");
    if (!json.has("client_secret_expires_at"))
        return std::int64_t(0);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto& value = *json.raw().if_contains("client_secret_expires_at");
    if (value.is_int64())
        return value.get_int64();
    if (value.is_uint64())
        return value.get_uint64() > std::uint64_t(most)
            ? most
            : static_cast<std::int64_t>(value.get_uint64());
    if (value.is_double())
    {
        const double seconds = value.get_double();
        if (!std::isfinite(seconds))
            return wrong;
        if (seconds >= 9.0e18)
            return most;
        if (seconds <= 0)
            return std::int64_t(0);
        return static_cast<std::int64_t>(seconds);
    }
    if (value.is_string())
    {
        // Some servers write numbers as strings.
        const auto& text = value.get_string();
        if (text.empty()
            || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return wrong;
        std::int64_t seconds = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
        return read.ec == std::errc() ? seconds : most;
    }
    return wrong;
}

std::optional<std::chrono::system_clock::time_point> time_from(std::int64_t seconds)
{
    using clock = std::chrono::system_clock;
    // What the clock cannot express is too far away to matter, and 0 says "never". Some servers say
    // -1 for that.
    constexpr auto last =
        std::chrono::duration_cast<std::chrono::seconds>(clock::time_point::max().time_since_epoch()
        );
    if (seconds <= 0 || seconds >= last.count())
        return std::nullopt;
    return clock::time_point(std::chrono::seconds(seconds));
}

} // namespace

client_profile& client_profile::add_redirect_uri(std::string_view v)
{
    redirect_uris_.emplace_back(v);
    return *this;
}

client_profile& client_profile::add_contact(std::string_view v)
{
    contacts_.emplace_back(v);
    return *this;
}

client_profile& client_profile::add_grant_type(std::string_view v)
{
    grant_types_.emplace_back(v);
    return *this;
}

client_profile& client_profile::localized(
    std::string_view member, std::string_view language, std::string_view value
)
{
    localized_.emplace_back(std::string(member) + "#" + std::string(language), value);
    return *this;
}

client_profile& client_profile::extension(std::string_view member, std::string_view json)
{
    extensions_.emplace_back(member, json);
    return *this;
}

registration::registration(
    std::string_view issuer_, std::string_view client_id_, secret client_secret_
)
    : issuer(issuer_)
    , client_id(client_id_)
    , client_secret(std::move(client_secret_))
    , source(registration_source::pre_registered)
{
    if (!client_secret.empty())
        auth_method = token_endpoint_auth_method::client_secret_basic;
}

registration::registration(std::string_view issuer_, std::string_view client_id_, signing_key key_)
    : issuer(issuer_)
    , client_id(client_id_)
    , auth_method(token_endpoint_auth_method::private_key_jwt)
    , key(std::move(key_))
    , source(registration_source::pre_registered)
{}

bool registration::expired(std::chrono::system_clock::time_point now) const noexcept
{
    return client_secret_expires_at && *client_secret_expires_at <= now;
}

std::string_view application_type_for(const std::vector<std::string>& redirect_uris)
{
    for (const auto& uri : redirect_uris)
    {
        const auto colon = uri.find(':');
        if (colon == std::string::npos || colon == 0)
            return "web";
        std::string scheme = uri.substr(0, colon);
        std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (scheme != "http" && scheme != "https")
            continue;
        const auto parsed = url::parse(uri);
        if (!parsed || !parsed->host_is_loopback())
            return "web";
    }
    return "native";
}

result<url> check_redirect_uri(std::string_view uri)
{
    failure wrong(errc::redirect_uri_invalid);
    auto parsed = url::parse(uri);
    if (!parsed)
    {
        wrong.message("The redirect URI cannot be used: " + parsed.error().code().message());
        return wrong;
    }
    wrong.url(parsed->without_query());
    if (parsed->has_fragment())
    {
        wrong.message("A redirect URI must not have a fragment.");
        return wrong;
    }
    if (!parsed->is_https() && !parsed->host_is_loopback())
    {
        wrong.message("A redirect URI must be https, or http on a loopback host.");
        return wrong;
    }
    return parsed;
}

result<http_request> make_registration_request(
    const discovery& found, const client_profile& profile, const secret& initial_access_token
)
{
    const auto& server = found.server;
    const auto wrong = [&](failure f) {
        f.where(stage::registration).url(server.registration_endpoint.without_query());
        return f;
    };
    if (server.registration_endpoint.empty())
    {
        failure none(errc::registration_not_supported);
        none.where(stage::registration).url(server.issuer);
        return none;
    }
    if (profile.redirect_uris().empty())
    {
        failure none(errc::redirect_uri_invalid);
        none.message("The client profile has no redirect URI.");
        return wrong(none);
    }
    for (const auto& uri : profile.redirect_uris())
    {
        const auto checked = check_redirect_uri(uri);
        if (!checked)
        {
            failure f = checked.error();
            f.where(stage::registration);
            return f;
        }
    }
    const auto method =
        choose_auth_method(server.token_endpoint_auth_methods_supported, profile.auth_method());
    if (!method)
        return wrong(method.error());

    boost::json::array grant_types;
    grant_types.emplace_back("authorization_code");
    // As with authentication methods, an empty list says nothing.
    const auto& grants = server.grant_types_supported;
    if (!grants || grants->empty() || contains(*grants, "refresh_token"))
        grant_types.emplace_back("refresh_token");

    boost::json::object body;
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty())
            body.emplace(name, value);
    };
    put("client_name", profile.client_name());
    body.emplace("redirect_uris", to_array(profile.redirect_uris()));
    body.emplace("grant_types", std::move(grant_types));
    body.emplace("response_types", to_array({"code"}));
    body.emplace("token_endpoint_auth_method", name_of(*method));
    // Always sent: OpenID Connect servers take an absent value for "web" and then refuse loopback
    // redirect URIs.
    body.emplace("application_type", application_type_for(profile.redirect_uris()));
    put("client_uri", profile.client_uri());
    put("logo_uri", profile.logo_uri());
    put("software_id", profile.software_id());
    put("software_version", profile.software_version());
    put("scope", profile.scope());
    if (!profile.contacts().empty())
        body.emplace("contacts", to_array(profile.contacts()));

    http_request out(request_kind::registration, "POST", server.registration_endpoint);
    out.field("Accept", "application/json");
    out.body("application/json", secret(boost::json::serialize(body)));
    out.policy(found.policy);
    if (!initial_access_token.empty())
        out.authorization(secret("Bearer " + std::string(initial_access_token.reveal())));
    return out;
}

std::optional<client_profile> adjusted_profile(const client_profile&, const failure&)
{
    return std::nullopt;
}

result<registration> read_registration_response(
    const http_response& response, const discovery& found, const client_profile& profile
)
{
    // 201 by the RFC, 200 by many servers.
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, stage::registration, refusal_excerpt);
    const auto json = detail::read_json_body(response);
    if (!json)
        return detail::place(json.error(), response, stage::registration);
    if (!json->has("client_id"))
    {
        if (auto named = detail::named_oauth_error(*json, response, stage::registration))
            return *named;
    }
    const auto wrong = [&](const failure& f) {
        return detail::place(f, response, stage::registration);
    };
    const auto invalid = [&](std::string_view message) {
        return wrong_response(response, errc::registration_response_invalid, message);
    };

    registration out;
    out.issuer = found.server.issuer;
    out.source = registration_source::dynamic;

    auto client_id = json->string("client_id");
    if (!client_id)
        return wrong(client_id.error());
    if (client_id->size() > longest_client_id || !detail::is_visible_ascii(*client_id, true))
        return invalid("Member \"client_id\" is too long or has characters that no identifier has."
        );
    out.client_id = std::move(*client_id);

    auto client_secret = json->optional_string("client_secret");
    if (!client_secret)
        return wrong(client_secret.error());
    out.client_secret = secret(*client_secret);
    wipe(*client_secret);
    if (!out.client_secret.empty())
    {
        const auto seconds = expiry_of(*json);
        if (!seconds)
            return wrong(seconds.error());
        out.client_secret_expires_at = time_from(*seconds);
    }

    const auto method = json->optional_string("token_endpoint_auth_method");
    if (!method)
        return wrong(method.error());
    if (!method->empty())
    {
        const auto known = auth_method_from_name(*method);
        if (!known)
        {
            return wrong_response(
                response,
                errc::token_endpoint_auth_method_not_supported,
                "The server registered the client for \"" + presentable(*method, 64) + "\"."
            );
        }
        out.auth_method = *known;
    }
    else
    {
        const auto& supported = found.server.token_endpoint_auth_methods_supported;
        const auto requested = choose_auth_method(supported, profile.auth_method());
        if (!requested)
            return wrong(requested.error());
        out.auth_method = *requested;
        if (!out.client_secret.empty() && out.auth_method == token_endpoint_auth_method::none)
        {
            // A server that hands a secret to a client that asked for none, and names no method,
            // wants to see it: without the secret such servers answer invalid_client. RFC 7591
            // makes client_secret_basic the method of a client that is given none. A server that
            // lists neither way of sending a secret cannot mean that.
            const bool silent = !supported || supported->empty();
            for (const auto m :
                 {token_endpoint_auth_method::client_secret_post,
                  token_endpoint_auth_method::client_secret_basic})
            {
                if (silent || contains(*supported, name_of(m)))
                    out.auth_method = m;
            }
        }
    }
    if (out.client_secret.empty() && out.auth_method != token_endpoint_auth_method::none)
        return invalid("The client is to authenticate with a secret, but the server issued none.");

    const auto redirect_uris = json->optional_strings("redirect_uris");
    if (!redirect_uris)
        return wrong(redirect_uris.error());
    if (*redirect_uris)
    {
        for (const auto& asked : profile.redirect_uris())
        {
            if (!contains(**redirect_uris, asked))
            {
                return wrong_response(
                    response,
                    errc::registration_redirect_uri_changed,
                    "The server did not register " + presentable(asked, 256) + "."
                );
            }
        }
    }
    // Only what was asked for is kept: a URI that the server adds must never become one that we
    // send a user to.
    out.redirect_uris = profile.redirect_uris();

    for (const auto& [member, needed] : {
             std::pair<const char*, const char*>("grant_types", "authorization_code"),
             std::pair<const char*, const char*>("response_types", "code"),
         })
    {
        const auto list = json->optional_strings(member);
        if (!list)
            return wrong(list.error());
        if (*list && !(*list)->empty() && !contains(**list, needed))
            return invalid(
                "Member \"" + std::string(member) + "\" of the registered client lacks " + needed
                + "."
            );
    }

    auto scope = json->optional_string("scope");
    if (!scope)
        return wrong(scope.error());
    if (scope->empty())
        out.scope = profile.scope();
    else
        out.scope = std::move(*scope);

    const auto management = json->optional_string("registration_client_uri");
    if (!management)
        return wrong(management.error());
    auto access = json->optional_string("registration_access_token");
    if (!access)
        return wrong(access.error());
    if (!management->empty())
    {
        auto uri = url::parse(*management);
        // Elsewhere it would be a place to send the registration access token to.
        if (uri && !uri->has_fragment() && same_origin(*uri, found.server.registration_endpoint))
        {
            out.registration_client_uri = std::move(*uri);
            out.registration_access_token = secret(*access);
        }
    }
    wipe(*access);
    return out;
}

} // namespace asioauth
