// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "output.hpp"

#include <asioauth/protocol/client_auth.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/version.hpp>

#include <openssl/crypto.h>

#include <array>
#include <chrono>
#include <ctime>
#include <iostream>
#include <optional>
#include <vector>

namespace asioauth::tool {
namespace {

namespace json = boost::json;

json::value text_or_null(std::string_view text)
{
    if (text.empty())
        return nullptr;
    return json::string(text);
}

json::array list(const std::vector<std::string>& texts)
{
    json::array out;
    for (const auto& text : texts)
        out.emplace_back(text);
    return out;
}

json::array list(const std::optional<std::vector<std::string>>& texts)
{
    return texts ? list(*texts) : json::array();
}

std::string joined(const std::vector<std::string>& texts, std::string_view between)
{
    std::string out;
    for (const auto& text : texts)
        out.append(out.empty() ? "" : between).append(presentable(text));
    return out;
}

void print(const json::object& object)
{
    std::cout << json::serialize(object) << '\n';
}

/// A row of a table: nothing if there is nothing to say.
void row(std::string_view label, std::string_view value)
{
    constexpr std::size_t width = 24;
    if (value.empty())
        return;
    std::string start(label);
    start += ':';
    start.resize(std::max(width, start.size() + 1), ' ');
    std::cout << start << value << '\n';
}

void notes(const std::vector<std::string>& sentences)
{
    for (const auto& sentence : sentences)
        row("Note", presentable(sentence));
}

/// Text of a server, which may have several lines, without anything that a terminal acts upon.
std::string lines(std::string_view untrusted)
{
    std::string out;
    for (;;)
    {
        const auto end = untrusted.find('\n');
        const auto line = untrusted.substr(0, end);
        out += presentable(line, line.size() * 3);
        out += '\n';
        if (end == std::string_view::npos)
            return out;
        untrusted.remove_prefix(end + 1);
    }
}

json::value seconds(const std::optional<std::chrono::system_clock::time_point>& when)
{
    if (!when)
        return nullptr;
    return std::chrono::duration_cast<std::chrono::seconds>(when->time_since_epoch()).count();
}

std::string clock_time(const std::optional<std::chrono::system_clock::time_point>& when)
{
    if (!when)
        return "the server does not say";
    const auto time = std::chrono::system_clock::to_time_t(*when);
    std::tm parts = {};
    char text[32] = "";
    if (::gmtime_r(&time, &parts) != nullptr)
        std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return text;
}

std::string_view way_to_register(const discovery& found)
{
    if (!found.server.registration_endpoint.empty())
        return "dynamic";
    if (found.server.client_id_metadata_document_supported)
        return "client_id_metadata_document";
    return "manual";
}

std::string register_in_words(const discovery& found)
{
    const auto way = way_to_register(found);
    if (way == "dynamic")
        return "yes, at " + found.server.registration_endpoint.str();
    if (way == "manual")
        return "no: create a client with the provider and name it with --client-id and --issuer";
    return "by a client ID metadata document only, which this version cannot do; or create a "
           "client by hand and use --client-id and --issuer";
}

std::string_view login_in_words(login_support login)
{
    switch (login)
    {
    case login_support::required: return "required";
    case login_support::available: return "available; the server also answers without one";
    case login_support::none: break;
    }
    return "none: the server answers without one, and offers none";
}

json::object server_object(const server_metadata& server)
{
    json::object out;
    out["issuer"] = server.issuer;
    out["authorization_endpoint"] = text_or_null(server.authorization_endpoint.str());
    out["token_endpoint"] = text_or_null(server.token_endpoint.str());
    out["registration_endpoint"] = text_or_null(server.registration_endpoint.str());
    out["scopes_supported"] = list(server.scopes_supported);
    out["token_endpoint_auth_methods_supported"] =
        list(server.token_endpoint_auth_methods_supported);
    out["iss_parameter"] = server.authorization_response_iss_parameter_supported;
    out["found"] = json::string(name_of(server.found));
    return out;
}

} // namespace

void print_discovery(const options& given, const discovery& found)
{
    const bool server_known = !found.server.issuer.empty();
    if (given.json)
    {
        json::object out;
        out["url"] = found.requested.str();
        out["resource"] = text_or_null(found.resource);
        out["login"] = json::string(name_of(found.login));
        out["authorization_server"] = nullptr;
        out["registration"] = nullptr;
        if (server_known)
        {
            out["authorization_server"] = server_object(found.server);
            out["registration"] = json::string(way_to_register(found));
        }
        out["scope"] = text_or_null(select_scope(found, given.scope));
        out["notes"] = list(found.notes);
        return print(out);
    }
    row("URL", found.requested.str());
    if (found.resource_document)
        row("Name", presentable(found.resource_document->resource_name));
    row("Login", login_in_words(found.login));
    if (server_known)
    {
        row("Authorization server", found.server.issuer);
        row("Programs can register", register_in_words(found));
        row("Authorize URL", found.server.authorization_endpoint.str());
        row("Token endpoint", found.server.token_endpoint.str());
        if (found.server.token_endpoint_auth_methods_supported)
            row("  takes", joined(*found.server.token_endpoint_auth_methods_supported, ", "));
        row("Token is for", found.resource);
        const auto scope = select_scope(found, given.scope);
        row("Scope to ask for", scope.empty() ? "(none named)" : scope);
    }
    notes(found.notes);
}

void print_registration(const options& given, const registration& client)
{
    const auto method = name_of(client.auth_method);
    if (given.json)
    {
        json::object out;
        out["issuer"] = client.issuer;
        out["client_id"] = client.client_id;
        out["has_secret"] = !client.client_secret.empty();
        out["token_endpoint_auth_method"] = json::string(method);
        out["redirect_uris"] = list(client.redirect_uris);
        return print(out);
    }
    row("Authorization server", client.issuer);
    row("Client", presentable(client.client_id));
    row("Secret", client.client_secret.empty() ? "none (a public client)" : "issued (not shown)");
    row("Authentication", method);
    row("Redirect URI", joined(client.redirect_uris, " "));
    row("Note", "this version keeps no registrations: this one is not used again");
}

void print_login(const options& given, const session& who)
{
    if (given.json)
    {
        json::object out;
        out["resource"] = who.resource();
        out["login"] = who.has_token() ? "required" : "none";
        out["issuer"] = text_or_null(who.issuer());
        out["client_id"] = text_or_null(who.client_id());
        out["scope"] = text_or_null(who.scope());
        out["expires_at"] = seconds(who.expires_at());
        out["stored"] = !given.no_store;
        return print(out);
    }
    if (!who.has_token())
    {
        std::cout << "No login is needed for " << who.requested().without_query() << ".\n";
        return;
    }
    row("Logged in to", who.resource());
    row("Authorization server", who.issuer());
    row("Scope", who.scope().empty() ? "(not named)" : presentable(who.scope()));
    row("Token good until", clock_time(who.expires_at()));
    if (given.no_store)
        row("Note", "the login is not kept: the token is gone now");
}

void print_token(const options& given, const session& who)
{
    const token_set held = who.tokens();
    const auto token = held.access_token.reveal();
    const auto type = name_of(held.kind);
    if (given.json)
    {
        json::object out;
        out["access_token"] = json::string(token);
        out["token_type"] = json::string(type);
        out["scope"] = text_or_null(who.scope());
        out["expires_at"] = seconds(who.expires_at());
        return print(out);
    }
    std::cout << (given.header ? "Authorization: " + std::string(type) + " " : "") << token << '\n';
}

void print_tools(const options& given, const mcp::server_info& server, const tool_list& found)
{
    if (given.json)
    {
        json::object who;
        who["name"] = text_or_null(server.name);
        who["title"] = text_or_null(server.title);
        who["version"] = text_or_null(server.version);
        who["protocol_version"] = server.protocol_version;
        json::array tools;
        for (const auto& tool : found.tools)
        {
            json::object one;
            one["name"] = tool.name;
            one["title"] = text_or_null(tool.title);
            one["description"] = text_or_null(tool.description);
            tools.push_back(std::move(one));
        }
        json::object out;
        out["server"] = std::move(who);
        out["tools"] = std::move(tools);
        out["notes"] = list(found.notes);
        return print(out);
    }
    const auto& called = server.title.empty() ? server.name : server.title;
    row("Server", presentable(called + ' ' + server.version));
    row("Protocol", server.protocol_version);
    std::cout << found.tools.size() << (found.tools.size() == 1 ? " tool\n" : " tools\n");
    for (const auto& tool : found.tools)
    {
        std::cout << "\n  " << presentable(tool.name) << '\n';
        if (!tool.description.empty())
            std::cout << "      " << presentable(tool.description) << '\n';
    }
    notes(found.notes);
}

void print_call(const options& given, std::string_view content)
{
    if (given.json)
    {
        json::object out;
        out["tool"] = given.call;
        out["content"] = json::string(content);
        return print(out);
    }
    std::cout << lines(content);
}

namespace {

constexpr std::array stores{
#ifdef ASIOAUTH_TOOL_HAS_SQLITE
    "SQLite",
#endif
    "memory"};

} // namespace

void print_version(bool as_json)
{
    const std::string boost = std::to_string(BOOST_VERSION / 100000) + '.'
        + std::to_string(BOOST_VERSION / 100 % 1000) + '.' + std::to_string(BOOST_VERSION % 100);
    if (as_json)
    {
        json::object out;
        out["asioauth"] = ASIOAUTH_TOOL_VERSION;
        out["compiler"] = __VERSION__;
        out["boost"] = boost;
        out["openssl"] = ::OpenSSL_version(OPENSSL_VERSION_STRING);
        json::array kinds;
        for (const auto* kind : stores)
            kinds.emplace_back(kind);
        out["stores"] = std::move(kinds);
        return print(out);
    }
    row("asioauth", ASIOAUTH_TOOL_VERSION);
    row("Compiler", __VERSION__);
    row("Boost", boost);
    row("OpenSSL", ::OpenSSL_version(OPENSSL_VERSION_STRING));
    std::string kinds;
    for (const auto* kind : stores)
        kinds.append(kinds.empty() ? "" : ", ").append(kind);
    row("Stores", kinds);
}

void print_event(const event& e)
{
    std::cerr << e << '\n';
}

void print_note(std::string_view text)
{
    std::cerr << presentable(text) << '\n';
}

void print_logout(const options& given, const session& who, const logout_outcome& done)
{
    const bool revoked = done.refresh_token_revoked || done.access_token_revoked;
    if (given.json)
    {
        json::object out;
        out["resource"] = who.resource();
        out["refresh_token_revoked"] = done.refresh_token_revoked;
        out["access_token_revoked"] = done.access_token_revoked;
        out["registration_deleted"] = done.registration_deleted;
        return print(out);
    }
    row("Logged out of", who.resource());
    if (!given.local_only)
        row("Tokens",
            revoked ? "revoked at the server" : "forgotten here; the server revokes none");
    if (done.registration_deleted)
        row("Client", "deleted at the server");
}

bool output_arrived()
{
    return static_cast<bool>(std::cout.flush());
}

} // namespace asioauth::tool
