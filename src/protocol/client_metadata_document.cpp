// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/json_access.hpp"
#include "protocol/oauth_error.hpp"
#include "protocol/registration_metadata.hpp"
#include "protocol/registration_text.hpp"

#include <asioauth/protocol/client_metadata_document.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace asioauth {
namespace {

constexpr std::size_t largest_document = 5 * 1024;

failure invalid(std::string_view message)
{
    failure out(errc::client_metadata_document_invalid);
    out.where(stage::registration).message(message);
    return out;
}

failure invalid_url(std::string_view problem, std::string_view where)
{
    failure out = invalid("The URL of the client ID metadata document " + std::string(problem));
    out.url(where);
    return out;
}

// As a browser reads it: "%2e" is a dot.
bool is_dot_segment(std::string_view segment)
{
    std::size_t dots = 0;
    while (!segment.empty())
    {
        const bool encoded = segment.size() >= 3 && segment[0] == '%' && segment[1] == '2'
            && (segment[2] == 'e' || segment[2] == 'E');
        if (!encoded && segment[0] != '.')
            return false;
        ++dots;
        segment.remove_prefix(encoded ? 3 : 1);
    }
    return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path)
{
    while (!path.empty())
    {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (is_dot_segment(path.substr(0, slash)))
            return true;
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return false;
}

// RFC 8252 section 7.1: the reversed name of a domain of one's own, so that there is a dot in it.
bool is_private_use_uri(std::string_view uri)
{
    const auto colon = uri.find(':');
    if (colon == std::string_view::npos || colon + 1 == uri.size())
        return false;
    const std::string scheme = detail::lower_case(uri.substr(0, colon));
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
    return scheme.find('.') != std::string::npos && scheme[0] >= 'a' && scheme[0] <= 'z'
        && scheme.find_first_not_of(allowed) == std::string::npos && detail::is_visible_ascii(uri)
        && uri.find('#') == std::string_view::npos;
}

// The one method that the document can name: who publishes a key has to use it.
result<token_endpoint_auth_method> method_of_document(const client_profile& profile)
{
    using enum token_endpoint_auth_method;
    const auto preferred = profile.auth_method();
    if (uses_client_secret(preferred))
        return invalid(
            "There is nobody to share a secret with; " + std::string(name_of(preferred))
            + " cannot be the method of a metadata document."
        );
    const auto method = preferred == none && !profile.key().empty() ? private_key_jwt : preferred;
    const auto lack = detail::missing_means(method, profile);
    if (!lack.empty())
        return invalid(
            "The method is " + std::string(name_of(method)) + ", but " + std::string(lack) + "."
        );
    return method;
}

// The members of the document, with the errors of this header.
result<boost::json::object>
members_of_document(std::string_view where, const client_profile& profile)
{
    const auto checked = check_client_metadata_url(where);
    if (!checked)
        return checked.error();
    const auto method = method_of_document(profile);
    if (!method)
        return method.error();
    if (profile.client_name().empty())
        return invalid("The client profile has no client_name.");
    if (profile.redirect_uris().empty())
        return failure(errc::redirect_uri_invalid)
            .where(stage::registration)
            .message("The client profile has no redirect URI.");
    auto described = detail::client_metadata(profile, *method, nullptr);
    if (!described)
    {
        failure wrong = described.error();
        if (wrong.code() == errc::redirect_uri_invalid)
            return wrong.where(stage::registration);
        return invalid(
            wrong.info().message().empty() ? wrong.code().message() : wrong.info().message()
        );
    }
    boost::json::object out;
    out.emplace("client_id", boost::json::string(where));
    for (auto& member : *described)
        out.emplace(member.key(), std::move(member.value()));
    return out;
}

std::string quoted_member(std::string_view name)
{
    return "Member \"" + presentable(name, 64) + "\"";
}

failure wrong_member(std::string_view name, std::string_view is)
{
    return invalid(quoted_member(name) + " " + std::string(is) + ".");
}

result<void> check_method(const detail::json_object& document)
{
    constexpr std::array<std::string_view, 2> secrets = {
        "client_secret", "client_secret_expires_at"};
    for (const auto name : secrets)
    {
        if (document.raw().contains(name))
            return wrong_member(name, "must not be there");
    }
    const auto method = document.optional_string("token_endpoint_auth_method");
    if (!method)
        return method.error();
    // RFC 7591 makes client_secret_basic the method of a client that names none.
    if (method->empty())
        return wrong_member("token_endpoint_auth_method", "is missing");
    if (method->starts_with("client_secret_"))
        return wrong_member("token_endpoint_auth_method", "names a method that needs a secret");
    const bool keys = document.has("jwks");
    const bool keys_elsewhere = document.has("jwks_uri");
    if (keys && keys_elsewhere)
        return invalid("There are both \"jwks\" and \"jwks_uri\".");
    if (*method == "private_key_jwt" && !keys && !keys_elsewhere)
        return invalid("The method is private_key_jwt, but there is no key.");
    return {};
}

result<void> check_keys(const detail::json_object& document)
{
    const auto where = document.optional_string("jwks_uri");
    if (!where)
        return where.error();
    if (!where->empty() && !detail::is_key_set_url(*where))
        return wrong_member("jwks_uri", "is not an https URL");
    if (!document.has("jwks"))
        return {};
    const auto* set = document.raw().if_contains("jwks")->if_object();
    const auto* keys = set == nullptr ? nullptr : set->if_contains("keys");
    if (keys == nullptr || !keys->is_array() || keys->empty())
        return wrong_member("jwks", "is not a set of keys");
    for (const auto& key : *keys)
    {
        if (!key.is_object())
            return wrong_member("jwks", "has an element that is no key");
        // RFC 7518 section 6: private exponents and coordinates, and symmetric keys.
        for (const auto* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
        {
            if (key.contains(name))
                return wrong_member("jwks", "has a private key; replace that key at once");
        }
    }
    return {};
}

result<void> check_redirects(const detail::json_object& document)
{
    const auto uris = document.optional_strings("redirect_uris");
    if (!uris)
        return uris.error();
    if (!*uris || (*uris)->empty())
        return wrong_member("redirect_uris", "is missing or empty");
    for (const auto& uri : **uris)
    {
        const auto checked = check_redirect_uri(uri);
        if (!checked && !is_private_use_uri(uri))
            return invalid(checked.error().info().message());
    }
    return {};
}

result<void> check_people(const detail::json_object& document)
{
    const auto name = document.string("client_name");
    if (!name)
        return name.error();
    for (const auto* member : {"client_uri", "logo_uri", "tos_uri", "policy_uri"})
    {
        const auto page = document.optional_string(member);
        if (!page)
            return page.error();
        if (!page->empty() && !detail::is_display_url(*page))
            return wrong_member(member, "is not an http or https URL");
    }
    return {};
}

result<void> check_document(std::string_view where, const http_response& response)
{
    if (response.status() != 200)
        return invalid("The status is not 200.");
    if (response.body().size() > largest_document)
        return invalid("The document is larger than 5 kB.");
    const auto document = detail::read_json_body(response);
    if (!document)
        return document.error();
    const auto client_id = document->string("client_id");
    if (!client_id)
        return client_id.error();
    if (*client_id != where)
        return wrong_member("client_id", "is not the URL of the document, byte for byte");
    for (const auto check : {&check_people, &check_redirects, &check_method, &check_keys})
    {
        const auto checked = check(*document);
        if (!checked)
            return checked;
    }
    return {};
}

} // namespace

result<url> check_client_metadata_url(std::string_view where)
{
    auto parsed = url::parse(where);
    if (!parsed)
        return invalid_url("cannot be used: " + parsed.error().code().message(), where);
    if (!parsed->is_https())
        return invalid_url("does not begin with https://.", where);
    if (parsed->path().empty() || parsed->path() == "/")
        return invalid_url("has no path.", where);
    if (has_dot_segment(parsed->path()))
        return invalid_url("has a path with dots for a segment.", where);
    if (parsed->has_query())
        return invalid_url("has a query.", where);
    if (parsed->has_fragment())
        return invalid_url("has a fragment.", where);
    return parsed;
}

result<std::string>
make_client_metadata_document(std::string_view where, const client_profile& profile)
{
    const auto members = members_of_document(where, profile);
    if (!members)
        return members.error();
    std::string out = boost::json::serialize(*members);
    if (out.size() > largest_document)
        return invalid(
            "The document would have " + std::to_string(out.size())
            + " bytes, and no more than 5120 are read. Publish the keys at a jwks_uri, or leave "
              "something out."
        );
    return out;
}

result<void> check_client_metadata_document(std::string_view where, const http_response& response)
{
    const auto checked = check_client_metadata_url(where);
    if (!checked)
        return checked.error();
    auto good = check_document(where, response);
    if (good)
        return good;
    failure out = invalid(
        good.error().info().message().empty() ? good.error().code().message()
                                              : good.error().info().message()
    );
    out.url(where).http_status(response.status());
    return out;
}

result<registration> make_metadata_document_client(
    const discovery& found, std::string_view where, const client_profile& profile
)
{
    const auto& server = found.server;
    if (!server.client_id_metadata_document_supported)
    {
        failure none(errc::registration_not_supported);
        none.where(stage::registration)
            .url(server.issuer)
            .message("The authorization server does not take client ID metadata documents.");
        return none;
    }
    const auto checked = check_client_metadata_url(where);
    if (!checked)
        return checked.error();
    for (const auto& uri : profile.redirect_uris())
    {
        const auto usable = check_redirect_uri(uri);
        if (!usable)
            return failure(usable.error()).where(stage::registration);
    }
    const auto method = method_of_document(profile);
    if (!method)
        return method.error();
    const auto refused = [&](failure none) {
        none.where(stage::registration).url(server.issuer);
        return none;
    };
    const auto taken =
        choose_auth_method(server.token_endpoint_auth_methods_supported, *method, {*method});
    if (!taken)
        return refused(taken.error());
    const auto& algorithms = server.token_endpoint_auth_signing_alg_values_supported;
    if (*method == token_endpoint_auth_method::private_key_jwt && algorithms && !algorithms->empty()
        && !detail::contains(*algorithms, name_of(profile.key().algorithm())))
        return refused(failure(errc::token_endpoint_auth_method_not_supported)
                           .message("The authorization server does not take the algorithm that the "
                                    "published key signs with."));
    registration out;
    out.issuer = server.issuer;
    out.client_id = where;
    out.auth_method = *method;
    out.key = profile.key();
    if (uses_client_certificate(*method) || profile.certificate_bound_access_tokens())
        out.identity = profile.identity();
    out.redirect_uris = profile.redirect_uris();
    out.scope = profile.scope();
    out.source = registration_source::metadata_document;
    return out;
}

} // namespace asioauth
