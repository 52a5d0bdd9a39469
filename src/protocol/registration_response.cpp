// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/client_information.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/registration_metadata.hpp"
#include "protocol/time_arithmetic.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace asioauth {
namespace detail {
namespace {

constexpr std::size_t longest_client_id = 8192;
constexpr std::size_t longest_secret = 64 * 1024;

// True if one of the values of one of the response types is `value`: a server that registers
// "code id_token" for one that asked for "code" has not refused it.
bool contains_word(const std::vector<std::string>& list, std::string_view value)
{
    return std::any_of(list.begin(), list.end(), [value](std::string_view words) {
        while (!words.empty())
        {
            const auto space = words.find(' ');
            if (words.substr(0, space) == value)
                return true;
            words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
        }
        return false;
    });
}

// The value of client_secret_expires_at in seconds; 0 if there is none. It is a date, so that
// optional_seconds(), which clamps durations, cannot read it.
result<std::int64_t> expiry_of(const json_object& json)
{
    failure wrong(errc::json_wrong_type);
    wrong.message("Member \"client_secret_expires_at\" is not a number of seconds.");
    if (!json.has("client_secret_expires_at"))
        return std::int64_t(0);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto& value = *json.raw().if_contains("client_secret_expires_at");
    if (const auto* number = value.if_int64())
        return *number;
    if (value.if_uint64() != nullptr)
        return most; // those above the range of int64 have this kind
    if (const auto* number = value.if_double())
    {
        const double seconds = *number;
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
        const auto& text = *value.if_string();
        if (text.empty()
            || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return wrong;
        std::int64_t seconds = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
        return read.ec == std::errc() ? seconds : most;
    }
    return wrong;
}

// Reads the members of one response into one registration, group by group.
class client_reader
{
public:
    client_reader(const http_response& response, const discovery& found, expected_client expected)
        : response_(response)
        , found_(found)
        , expected_(std::move(expected))
        , out_(expected_.before)
    {}

    result<registration> read(const json_object& json)
    {
        for (const auto step :
             {&client_reader::read_identifier,
              &client_reader::read_secret,
              &client_reader::read_method,
              &client_reader::read_means,
              &client_reader::read_redirect_uris,
              &client_reader::read_uses,
              &client_reader::read_management})
        {
            const auto done = (this->*step)(json);
            if (!done)
                return place(done.error(), response_, stage::registration);
        }
        return std::move(out_);
    }

private:
    static failure wrong(errc code, std::string_view message)
    {
        return failure(code).message(message);
    }
    static failure invalid(std::string_view message)
    {
        return wrong(errc::registration_response_invalid, message);
    }

    result<void> read_identifier(const json_object& json);
    result<void> read_secret(const json_object& json);
    result<void> read_method(const json_object& json);
    result<void> read_means(const json_object& json);
    result<void> read_redirect_uris(const json_object& json);
    result<void> read_uses(const json_object& json);
    result<void> read_management(const json_object& json);

    const http_response& response_;
    const discovery& found_;
    expected_client expected_;
    registration out_;
};

result<void> client_reader::read_identifier(const json_object& json)
{
    auto client_id = json.string("client_id");
    if (!client_id)
        return client_id.error();
    if (client_id->size() > longest_client_id || !is_visible_ascii(*client_id, true))
        return invalid("Member \"client_id\" is too long or has characters that no identifier has."
        );
    if (!out_.client_id.empty() && out_.client_id != *client_id)
        return invalid("The response is about another client.");
    out_.client_id = *std::move(client_id);
    return {};
}

result<void> client_reader::read_secret(const json_object& json)
{
    const auto text = json.optional_view("client_secret");
    if (!text)
        return text.error();
    const secret issued(*text);
    if (issued.size() > longest_secret)
        return invalid("Member \"client_secret\" is too long.");
    if (!issued.empty())
        out_.client_secret = issued;
    if (out_.client_secret.empty())
        return {};
    const auto seconds = expiry_of(json);
    if (!seconds)
        return seconds.error();
    if (!issued.empty() || json.has("client_secret_expires_at"))
        // 0 says "never", and some servers say -1 for that; what no clock can express is as far away.
        out_.client_secret_expires_at = *seconds > 0 ? time_at(*seconds) : std::nullopt;
    return {};
}

result<void> client_reader::read_method(const json_object& json)
{
    const auto name = json.optional_view("token_endpoint_auth_method");
    if (!name)
        return name.error();
    if (found_.provider && found_.provider->auth_method())
    {
        out_.auth_method = *found_.provider->auth_method();
        return {};
    }
    if (!name->empty())
    {
        const auto known = auth_method_from_name(*name);
        if (!known)
            return wrong(
                errc::token_endpoint_auth_method_not_supported,
                "The server registered the client for \"" + presentable(*name, 64) + "\"."
            );
        out_.auth_method = *known;
        return {};
    }
    if (!expected_.method)
        return expected_.method.error();
    out_.auth_method = *expected_.method;
    if (!out_.client_secret.empty() && out_.auth_method == token_endpoint_auth_method::none)
    {
        // A server that hands a secret to a client that asked for none, and names no method, wants
        // to see it: without the secret such servers answer invalid_client. RFC 7591 makes
        // client_secret_basic the method of a client that is given none. A server that lists
        // neither way of sending a secret cannot mean that.
        const auto& supported = found_.server.token_endpoint_auth_methods_supported;
        const bool silent = !supported || supported->empty();
        for (const auto m :
             {token_endpoint_auth_method::client_secret_post,
              token_endpoint_auth_method::client_secret_basic})
        {
            if (silent || contains(*supported, name_of(m)))
                out_.auth_method = m;
        }
    }
    return {};
}

// Whether the client has what its method needs.
result<void> client_reader::read_means(const json_object& json)
{
    using method = token_endpoint_auth_method;
    if (uses_client_secret(out_.auth_method) && out_.client_secret.empty())
        return invalid("The client is to authenticate with a secret, but the server issued none.");
    const bool certificate = uses_client_certificate(out_.auth_method);
    if ((out_.auth_method == method::private_key_jwt && out_.key.empty())
        || (certificate && out_.identity.empty()))
    {
        std::string message("The server registered the client for ");
        message.append(name_of(out_.auth_method))
            .append(certificate ? ", but it has no certificate." : ", but it has no key.");
        return wrong(errc::token_endpoint_auth_method_not_supported, message);
    }
    if (out_.auth_method == method::private_key_jwt)
    {
        const auto algorithm = json.optional_string("token_endpoint_auth_signing_alg");
        if (!algorithm)
            return algorithm.error();
        if (!algorithm->empty() && jws_algorithm_from_name(*algorithm) != out_.key.algorithm())
            return wrong(
                errc::token_endpoint_auth_method_not_supported,
                "The server wants assertions that are signed with \"" + presentable(*algorithm, 64)
                    + "\", the key signs with " + std::string(name_of(out_.key.algorithm())) + "."
            );
    }
    const auto* bound = json.raw().if_contains("tls_client_certificate_bound_access_tokens");
    const bool asked_to_bind = bound != nullptr && bound->is_bool() && *bound->if_bool();
    if (!certificate && !asked_to_bind && !expected_.certificate_bound)
        out_.identity = tls_identity();
    return {};
}

result<void> client_reader::read_redirect_uris(const json_object& json)
{
    const auto registered = json.optional_strings("redirect_uris");
    if (!registered)
        return registered.error();
    if (!*registered)
        return {};
    // Only what was asked for is kept: a URI that the server adds must never become one that we
    // send a user to.
    for (const auto& asked : out_.redirect_uris)
    {
        if (!contains(**registered, asked))
            return wrong(
                errc::registration_redirect_uri_changed,
                "The server did not register " + presentable(asked, 256) + "."
            );
    }
    return {};
}

result<void> client_reader::read_uses(const json_object& json)
{
    const auto lacks = [](std::string_view member, std::string_view what) {
        std::string message("Member \"");
        message.append(member).append("\" of the registered client lacks ");
        message.append(presentable(what, 64)).append(".");
        return invalid(message);
    };
    const auto grants = json.optional_strings("grant_types");
    if (!grants)
        return grants.error();
    for (const auto& needed : expected_.needed_grants)
    {
        if (*grants && !(*grants)->empty() && !contains(**grants, needed))
            return lacks("grant_types", needed);
    }
    const auto types = json.optional_strings("response_types");
    if (!types)
        return types.error();
    if (expected_.code && *types && !(*types)->empty() && !contains_word(**types, "code"))
        return lacks("response_types", "code");

    auto scope = json.optional_string("scope");
    if (!scope)
        return scope.error();
    if (!scope->empty())
        out_.scope = *std::move(scope);
    return {};
}

result<void> client_reader::read_management(const json_object& json)
{
    const auto where = json.optional_view("registration_client_uri");
    if (!where)
        return where.error();
    const auto text = json.optional_view("registration_access_token");
    if (!text)
        return text.error();
    const secret token(*text);
    if (!where->empty())
    {
        auto uri = url::parse(*where);
        // Elsewhere it would be a place to send the registration access token to.
        if (uri && !uri->has_fragment() && same_origin(*uri, found_.server.registration_endpoint))
            out_.registration_client_uri = *std::move(uri);
    }
    // The management of a client is worth nothing without the other half.
    if (!out_.registration_client_uri.empty() && !token.empty() && token.size() <= longest_secret
        && is_visible_ascii(token.reveal()))
        out_.registration_access_token = token;
    return {};
}

} // namespace

result<registration> read_client_information(
    const http_response& response, const discovery& found, expected_client expected
)
{
    const auto json = read_json_body(response);
    if (!json)
        return place(json.error(), response, stage::registration);
    if (!json->has("client_id"))
    {
        if (auto named = named_oauth_error(*json, response, stage::registration))
            return *named;
    }
    return client_reader(response, found, std::move(expected)).read(*json);
}

} // namespace detail

result<registration> read_registration_response(
    const http_response& response, const discovery& found, const client_profile& profile
)
{
    // 201 by the RFC, 200 by many servers.
    if (response.status() != 200 && response.status() != 201)
        return detail::read_refusal(response, stage::registration, detail::refusal_excerpt);
    detail::expected_client expected;
    expected.before.issuer = found.server.issuer;
    expected.before.source = registration_source::dynamic;
    expected.before.key = profile.key();
    expected.before.identity = profile.identity();
    expected.before.redirect_uris = profile.redirect_uris();
    expected.before.scope = profile.scope();
    expected.method = detail::method_to_register(found, profile);
    expected.code = detail::asks_for_code(profile);
    // With a way to log in the client is of use, whatever else it asked for.
    if (expected.code)
        expected.needed_grants = {"authorization_code"};
    else
        expected.needed_grants = profile.grant_types();
    std::erase(expected.needed_grants, "refresh_token");
    expected.certificate_bound = profile.certificate_bound_access_tokens();
    return detail::read_client_information(response, found, std::move(expected));
}

} // namespace asioauth
