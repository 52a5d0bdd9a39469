// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "client_registry.hpp"

#include "crypto.hpp"
#include "jwt.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <utility>

namespace example {
namespace {

namespace urls = boost::urls;

constexpr std::size_t max_uri = 2048;
constexpr std::size_t max_name = 200;
constexpr std::size_t max_items = 16;
constexpr std::array<std::string_view, 3> auth_methods{
    "none", "client_secret_basic", "client_secret_post"};

// What a client may not register. Caught at the end of `handle_registration`.
class metadata_error : public std::runtime_error
{
public:
    metadata_error(const char* code, const std::string& description)
        : std::runtime_error(description)
        , code_(code)
    {}

    const char* code() const { return code_; }

private:
    const char* code_;
};

[[noreturn]] void refuse(const std::string& description)
{
    throw metadata_error("invalid_client_metadata", description);
}

[[noreturn]] void refuse_redirect(const std::string& description)
{
    throw metadata_error("invalid_redirect_uri", description);
}

std::int64_t now_seconds()
{
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

std::string standard(urls::string_view text)
{
    return std::string(text.data(), text.size());
}

bool is_loopback_redirect(const urls::url_view& url)
{
    return url.scheme_id() == urls::scheme::http && is_loopback_host(standard(url.encoded_host()));
}

// Absolute, without fragment or user information, and of a kind that only reaches the client:
// https, http to this machine, or a private-use scheme, which RFC 8252 section 7.1 wants to
// contain a dot (`com.example.app:/callback`). That also keeps out `javascript:` and `data:`.
void check_redirect_uri(const std::string& text, bool web_application)
{
    const auto parsed = urls::parse_uri(text);
    if (text.size() > max_uri || !parsed)
        refuse_redirect("redirect_uris must hold absolute URIs");
    if (parsed->has_fragment() || parsed->has_userinfo())
        refuse_redirect("a redirect URI has no fragment and no user information");
    const auto loopback = is_loopback_redirect(*parsed);
    const auto https = parsed->scheme_id() == urls::scheme::https && !parsed->host().empty();
    const auto private_use = parsed->scheme().find('.') != urls::string_view::npos;
    if (!https && !loopback && !private_use)
        refuse_redirect(
            "a redirect URI uses https, http to a loopback host, or a private-use scheme"
        );
    // OpenID Connect Registration section 2: a web client's redirect URIs are https ones.
    if (web_application && !https)
        refuse_redirect("with application_type web every redirect URI uses https");
}

// An absent member is fine; one of the wrong type is not.
std::optional<std::string>
optional_string(const json::object& metadata, std::string_view name, std::size_t max_size)
{
    const auto* value = metadata.if_contains({name.data(), name.size()});
    if (!value)
        return std::nullopt;
    if (!value->is_string() || value->get_string().size() > max_size)
        refuse(std::string(name) + " must be a string of reasonable length");
    return get_string(metadata, name);
}

std::optional<std::vector<std::string>>
optional_strings(const json::object& metadata, std::string_view name)
{
    const auto* value = metadata.if_contains({name.data(), name.size()});
    if (!value)
        return std::nullopt;
    if (!value->is_array() || value->get_array().size() > max_items)
        refuse(std::string(name) + " must be an array of a few strings");
    std::vector<std::string> strings;
    for (const auto& item : value->get_array())
    {
        if (!item.is_string() || item.get_string().size() > max_uri)
            refuse(std::string(name) + " must be an array of a few strings");
        strings.emplace_back(item.get_string().data(), item.get_string().size());
    }
    return strings;
}

bool contains(const std::vector<std::string>& list, std::string_view item)
{
    return std::find(list.begin(), list.end(), item) != list.end();
}

json::array to_json(const std::vector<std::string>& strings)
{
    json::array array;
    for (const auto& text : strings)
        array.emplace_back(text);
    return array;
}

json::object parse_metadata(const http_request& request)
{
    if (!has_media_type(request, "application/json"))
        refuse("the request must be application/json");
    boost::system::error_code error;
    auto value = json::parse(request.body(), error);
    if (error || !value.is_object())
        refuse("the request must be one JSON object");
    return std::move(value.as_object());
}

// Validates and fills `client`; returns the metadata as registered, which is what the client must
// be told. Members that this server does not know are ignored (RFC 7591 section 2).
json::object read_metadata(const json::object& metadata, registered_client& client)
{
    json::object echo;

    const auto application_type = optional_string(metadata, "application_type", max_name);
    if (application_type && *application_type != "web" && *application_type != "native")
        refuse("application_type must be web or native");
    if (application_type)
        echo["application_type"] = *application_type;

    const auto* redirects = metadata.if_contains("redirect_uris");
    if (!redirects || !redirects->is_array() || redirects->get_array().empty()
        || redirects->get_array().size() > max_items)
        refuse_redirect("redirect_uris must be an array of a few URIs");
    for (const auto& item : redirects->get_array())
    {
        if (!item.is_string())
            refuse_redirect("redirect_uris must hold strings");
        std::string uri(item.get_string().data(), item.get_string().size());
        check_redirect_uri(uri, application_type == "web");
        client.redirect_uris.push_back(std::move(uri));
    }
    echo["redirect_uris"] = to_json(client.redirect_uris);

    const std::string method = optional_string(metadata, "token_endpoint_auth_method", max_name)
                                   .value_or("client_secret_basic");
    if (std::find(auth_methods.begin(), auth_methods.end(), method) == auth_methods.end())
        refuse("this token_endpoint_auth_method is not supported");
    client.auth_methods = {method};
    echo["token_endpoint_auth_method"] = method;

    // A server may register less than was asked for: unknown grant types are left out, and the
    // client learns so from the response.
    auto grants = optional_strings(metadata, "grant_types")
                      .value_or(std::vector<std::string>{"authorization_code"});
    std::erase_if(grants, [](const std::string& grant) {
        return grant != "authorization_code" && grant != "refresh_token";
    });
    if (!contains(grants, "authorization_code"))
        refuse("grant_types must contain authorization_code");
    client.may_refresh = contains(grants, "refresh_token");
    echo["grant_types"] = to_json(grants);

    const auto responses = optional_strings(metadata, "response_types");
    if (responses && *responses != std::vector<std::string>{"code"})
        refuse("response_types must be [\"code\"], which is what authorization_code goes with");
    echo["response_types"] = json::array{"code"};

    if (const auto name = optional_string(metadata, "client_name", max_name))
    {
        client.client_name = *name;
        echo["client_name"] = *name;
    }
    for (const std::string_view member : {"client_uri", "logo_uri", "tos_uri", "policy_uri"})
    {
        const auto uri = optional_string(metadata, member, max_uri);
        if (!uri)
            continue;
        const auto parsed = urls::parse_uri(*uri);
        if (!parsed
            || (parsed->scheme_id() != urls::scheme::https
                && parsed->scheme_id() != urls::scheme::http))
            refuse(std::string(member) + " must be an http or https URI");
        echo[{member.data(), member.size()}] = *uri;
    }
    for (const std::string_view member : {"scope", "software_id", "software_version"})
        if (const auto text = optional_string(metadata, member, max_uri))
            echo[{member.data(), member.size()}] = *text;
    if (const auto contacts = optional_strings(metadata, "contacts"))
        echo["contacts"] = to_json(*contacts);
    return echo;
}

} // namespace

// Registered URIs are compared as strings, character by character (RFC 9700 section 2.1), with one
// exception: a native client cannot know which port it will get, so on a loopback host the port is
// left out. RFC 8252 grants that to the IP literals; `localhost` is included here because many
// clients register it.
bool registered_client::allows_redirect(std::string_view redirect_uri) const
{
    if (contains(redirect_uris, redirect_uri))
        return true;
    const auto asked = urls::parse_uri({redirect_uri.data(), redirect_uri.size()});
    if (!asked || !is_loopback_redirect(*asked) || asked->has_userinfo() || asked->has_fragment())
        return false;
    return std::any_of(redirect_uris.begin(), redirect_uris.end(), [&](const std::string& uri) {
        const auto known = urls::parse_uri(uri);
        return known && is_loopback_redirect(*known)
            && known->encoded_host() == asked->encoded_host()
            && known->encoded_path() == asked->encoded_path()
            && known->has_query() == asked->has_query()
            && known->encoded_query() == asked->encoded_query();
    });
}

bool registered_client::allows_auth_method(std::string_view method) const
{
    return contains(auth_methods, method);
}

bool registered_client::has_secret(std::string_view secret) const
{
    return constant_time_equal(secret_hash, sha256(secret))
        && (secret_expires_at == 0 || now_seconds() < secret_expires_at);
}

client_registry::client_registry(std::size_t capacity, std::chrono::seconds secret_lifetime)
    : capacity_(capacity)
    , secret_lifetime_(secret_lifetime)
{}

http_response client_registry::handle_registration(const http_request& request)
{
    http_response response;
    try
    {
        registered_client client;
        auto body = read_metadata(parse_metadata(request), client);
        if (clients_.size() >= capacity_)
        {
            response = make_json(
                http::status::service_unavailable,
                {{"error", "temporarily_unavailable"},
                 {"error_description", "no room for another client"}}
            );
            response.set(http::field::retry_after, "3600");
        }
        else
        {
            client.client_id = random_token(16);
            body["client_id"] = client.client_id;
            body["client_id_issued_at"] = now_seconds();
            if (!client.allows_auth_method("none"))
            {
                const auto secret = random_token();
                client.secret_hash = sha256(secret);
                if (secret_lifetime_.count() != 0)
                    client.secret_expires_at = now_seconds() + secret_lifetime_.count();
                body["client_secret"] = secret;
                body["client_secret_expires_at"] = client.secret_expires_at;
            }
            const auto client_id = client.client_id;
            clients_.emplace(client_id, std::move(client));
            response = make_json(http::status::created, body);
        }
    }
    catch (const metadata_error& error)
    {
        response = make_json(
            http::status::bad_request,
            {{"error", error.code()}, {"error_description", error.what()}}
        );
    }
    response.set(http::field::cache_control, "no-store");
    return response;
}

void client_registry::add(std::string client_id, std::string redirect_uri, std::string_view secret)
{
    check_redirect_uri(redirect_uri, false);
    registered_client client;
    client.client_id = client_id;
    client.redirect_uris.push_back(std::move(redirect_uri));
    client.may_refresh = true;
    client.auth_methods = {"none"};
    if (!secret.empty())
    {
        client.auth_methods = {"client_secret_basic", "client_secret_post"};
        client.secret_hash = sha256(secret);
    }
    clients_.insert_or_assign(std::move(client_id), std::move(client));
}

const registered_client* client_registry::find(const std::string& client_id) const
{
    const auto found = clients_.find(client_id);
    return found == clients_.end() ? nullptr : &found->second;
}

} // namespace example
