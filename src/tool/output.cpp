// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "output.hpp"

#include "printing.hpp"

#include <asioauth/protocol/client_auth.hpp>
#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/registration_management.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <boost/version.hpp>

#include <openssl/crypto.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <vector>

namespace asioauth::tool {
namespace {

namespace json = boost::json;

std::string_view way_to_register(const options& given, const discovery& found)
{
    switch (choose_registration_source(found, false, !given.metadata_url.empty()))
    {
    case registration_source::metadata_document: return "client_id_metadata_document";
    case registration_source::dynamic: return "dynamic";
    case registration_source::pre_registered:
    case registration_source::none: break;
    }
    // One that the user does not have yet.
    return found.server.client_id_metadata_document_supported ? "client_id_metadata_document"
                                                              : "manual";
}

std::string register_in_words(const options& given, const discovery& found)
{
    const auto way = way_to_register(given, found);
    if (way == "client_id_metadata_document" && !given.metadata_url.empty())
        return "yes, by your client ID metadata document";
    if (way == "dynamic")
        return "yes, at " + found.server.registration_endpoint.str();
    if (way == "manual")
        return "no: create a client with the provider and name it with --client-id and --issuer";
    return "by a client ID metadata document only: name yours with --metadata-url, or create a "
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

std::string_view source_name(registration_source s)
{
    switch (s)
    {
    case registration_source::pre_registered: return "pre_registered";
    case registration_source::metadata_document: return "metadata_document";
    case registration_source::dynamic:
    case registration_source::none: break;
    }
    return "dynamic";
}

std::string_view source_in_words(registration_source s)
{
    switch (s)
    {
    case registration_source::pre_registered: return "created by hand";
    case registration_source::metadata_document: return "described by its metadata document";
    case registration_source::dynamic:
    case registration_source::none: break;
    }
    return "registered by this program";
}

json::object server_object(const server_metadata& server)
{
    json::object out;
    out["issuer"] = server.issuer;
    out["authorization_endpoint"] = text_or_null(server.authorization_endpoint.str());
    out["token_endpoint"] = text_or_null(server.token_endpoint.str());
    out["registration_endpoint"] = text_or_null(server.registration_endpoint.str());
    out["revocation_endpoint"] = text_or_null(server.revocation_endpoint.str());
    out["device_authorization_endpoint"] = text_or_null(server.device_authorization_endpoint.str());
    out["scopes_supported"] = list(server.scopes_supported);
    out["token_endpoint_auth_methods_supported"] =
        list(server.token_endpoint_auth_methods_supported);
    out["iss_parameter"] = server.authorization_response_iss_parameter_supported;
    out["found"] = json::string(name_of(server.found));
    return out;
}

json::array steps_array(const std::vector<event>& steps)
{
    json::array out;
    std::string method;
    for (const auto& e : steps)
    {
        if (e.what == event::kind::request)
        {
            method = e.method;
            continue;
        }
        json::object one;
        one["stage"] = json::string(name_of(e.where));
        one["method"] = nullptr;
        if (e.what == event::kind::response)
            one["method"] = method;
        one["url"] = text_or_null(e.url);
        one["status"] = nullptr;
        if (e.http_status != 0)
            one["status"] = e.http_status;
        const bool failed = e.what == event::kind::response && e.code;
        one["text"] = text_or_null(failed ? e.code.message() : e.text);
        out.push_back(std::move(one));
    }
    return out;
}

// What the requests of one stage were answered with.
void explain_stage(const std::vector<event>& steps, stage s, int& number, std::string_view title)
{
    std::cout << ++number << ". " << title << '\n';
    bool any = false;
    std::string method;
    for (const auto& e : steps)
    {
        if (e.where != s)
            continue;
        if (e.what == event::kind::request)
            method = e.method;
        if (e.what == event::kind::response)
        {
            std::cout << "   " << method << ' ' << e.url << " -> ";
            if (e.http_status != 0)
                std::cout << e.http_status << '\n';
            else
                std::cout << e.code.message() << '\n';
            any = true;
        }
        else if (e.what == event::kind::note && !e.text.empty())
        {
            std::cout << "   " << presentable(e.text) << '\n';
        }
    }
    if (!any)
        std::cout << "   nothing was asked\n";
}

void explain_discovery(
    const options& given, const discovery& found, const std::vector<event>& steps
)
{
    int number = 0;
    explain_stage(
        steps,
        stage::probe,
        number,
        "Does the server ask for a login? (MCP authorization, RFC 6750)"
    );
    std::cout << "   => login: " << login_in_words(found.login) << '\n';
    if (!found.challenged_scope.empty())
        std::cout << "   => the challenge asks for the scope "
                  << presentable(found.challenged_scope) << '\n';
    if (found.login == login_support::none && found.server.issuer.empty())
        return notes(found.notes);
    explain_stage(
        steps,
        stage::resource_metadata,
        number,
        "Who gives out tokens for it? Protected-resource metadata (RFC 9728)"
    );
    if (found.resource_document)
        std::cout << "   => found by " << name_of(found.resource_document->found) << ": tokens for "
                  << presentable(found.resource) << " come from "
                  << joined(found.resource_document->authorization_servers, ", ") << '\n';
    else
        std::cout << "   => no such document: the rules of MCP 2025-03-26 apply\n";
    explain_stage(
        steps,
        stage::server_metadata,
        number,
        "What can the authorization server do? Its metadata (RFC 8414, OpenID Connect)"
    );
    std::cout << "   => " << presentable(found.server.issuer) << ", found by "
              << name_of(found.server.found) << '\n';
    std::cout << ++number << ". How to become a client there (RFC 7591, MCP client registration)\n"
              << "   => programs can register: " << register_in_words(given, found) << '\n';
    std::cout << ++number << ". What a login would ask for (RFC 8707, RFC 6749 section 3.3)\n"
              << "   => resource " << presentable(found.resource) << '\n';
    const auto scope = select_scope(found, given.scope);
    std::cout << "   => scope " << (scope.empty() ? "(none named)" : presentable(scope)) << " ("
              << (!given.scope.empty()                  ? "from --scope"
                      : !found.challenged_scope.empty() ? "from the challenge"
                      : scope.empty()                   ? "the server names none"
                                                        : "from the metadata")
              << ")\n";
    if (!found.server.device_authorization_endpoint.empty())
        std::cout << "   => login on another device is offered (RFC 8628): --device\n";
    notes(found.notes);
}

} // namespace

void print_discovery(const options& given, const discovery& found, const std::vector<event>& steps)
{
    const bool server_known = !found.server.issuer.empty();
    if (given.json)
    {
        auto out = versioned();
        out["url"] = found.requested.str();
        out["resource"] = text_or_null(found.resource);
        out["login"] = json::string(name_of(found.login));
        out["authorization_server"] = nullptr;
        out["registration"] = nullptr;
        if (server_known)
        {
            out["authorization_server"] = server_object(found.server);
            out["registration"] = json::string(way_to_register(given, found));
        }
        out["scope"] = text_or_null(select_scope(found, given.scope));
        out["notes"] = list(found.notes);
        if (given.explain)
            out["steps"] = steps_array(steps);
        return print(out);
    }
    if (given.explain)
        return explain_discovery(given, found, steps);
    row("URL", found.requested.str());
    if (found.resource_document)
        row("Name", presentable(found.resource_document->resource_name));
    row("Login", login_in_words(found.login));
    if (server_known)
    {
        row("Authorization server", found.server.issuer);
        row("Programs can register", register_in_words(given, found));
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
        auto out = versioned();
        out["issuer"] = client.issuer;
        out["client_id"] = client.client_id;
        out["has_secret"] = !client.client_secret.empty();
        out["token_endpoint_auth_method"] = json::string(method);
        out["redirect_uris"] = list(client.redirect_uris);
        out["source"] = json::string(source_name(client.source));
        out["manageable"] = is_manageable(client);
        return print(out);
    }
    row("Authorization server", client.issuer);
    row("Client", presentable(client.client_id));
    row("Secret", client.client_secret.empty() ? "none (a public client)" : "issued (not shown)");
    row("Authentication", method);
    row("Redirect URI", joined(client.redirect_uris, " "));
    row("Kind", source_in_words(client.source));
    if (given.no_store)
        row("Note", "the registration is not kept: it is not used again");
}

void print_login(const options& given, const session& who, bool stored)
{
    if (given.json)
    {
        auto out = versioned();
        out["resource"] = who.resource();
        out["login"] = who.has_token() ? "required" : "none";
        out["issuer"] = text_or_null(who.issuer());
        out["client_id"] = text_or_null(who.client_id());
        out["scope"] = text_or_null(who.scope());
        out["expires_at"] = seconds(who.expires_at());
        out["stored"] = stored;
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
    if (!stored)
        row("Note", "the login is not kept: the token is gone now");
}

void print_unregistered(
    const options& given,
    const std::string& issuer,
    int at_server,
    int forgotten,
    const std::string& why
)
{
    if (given.json)
    {
        auto out = versioned();
        out["issuer"] = issuer;
        out["deleted_at_server"] = at_server;
        out["forgotten"] = forgotten;
        return print(out);
    }
    row("Authorization server", presentable(issuer));
    row("Deleted there", std::to_string(at_server));
    row("Forgotten here", std::to_string(forgotten));
    row("Note", presentable(why));
}

void print_token(const options& given, const access_token& token)
{
    const auto type = name_of(token.kind);
    if (given.json)
    {
        auto out = versioned();
        out["access_token"] = json::string(token.value.reveal());
        out["token_type"] = json::string(type);
        out["scope"] = text_or_null(token.scope);
        out["expires_at"] = seconds(token.expires_at);
        return print(out);
    }
    if (given.shell)
    {
        std::string text = shell_quoted(token.value.reveal());
        std::cout << "ASIOAUTH_ACCESS_TOKEN=" << text << "; export ASIOAUTH_ACCESS_TOKEN;\n";
        return wipe(text);
    }
    if (given.header)
        std::cout << "Authorization: " << type << ' ';
    std::cout << token.value.reveal() << '\n';
}

void print_response(const options& given, const http_response& response)
{
    if (given.json)
    {
        json::array fields;
        for (const auto& [name, value] : response.fields())
        {
            json::array field;
            field.emplace_back(name);
            field.emplace_back(value);
            fields.push_back(std::move(field));
        }
        auto out = versioned();
        out["status"] = response.status();
        out["fields"] = std::move(fields);
        // What is no UTF-8 cannot be in JSON as it is.
        boost::system::error_code ec;
        (void)json::parse(json::serialize(json::string(response.body())), ec);
        out["body"] = nullptr;
        if (ec)
            out["body_base64"] = base64_encode(response.body());
        else
            out["body"] = response.body();
        return print(out);
    }
    // A terminal would act upon some octets.
    if (::isatty(STDOUT_FILENO) == 1)
        std::cout << lines(response.body());
    else
        std::cout << response.body();
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
        auto out = versioned();
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
        auto out = versioned();
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
        auto out = versioned();
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

namespace {

bool out_has_colors = false;
bool err_has_colors = false;

std::string_view code_of(color c)
{
    switch (c)
    {
    case color::red: return "31";
    case color::green: return "32";
    case color::yellow: return "33";
    case color::dim: break;
    }
    return "2";
}

std::string painted(std::string_view text, color c, bool really)
{
    if (!really)
        return std::string(text);
    std::string out = "\x1b[";
    out.append(code_of(c)).append("m").append(text).append("\x1b[0m");
    return out;
}

} // namespace

void choose_colors(bool none)
{
    // There is no other thread yet.
    const char* const no_color = std::getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe)
    const char* const term = std::getenv("TERM");         // NOLINT(concurrency-mt-unsafe)
    const bool dumb = term == nullptr || std::string_view(term) == "dumb";
    const bool wanted = !none && !dumb && (no_color == nullptr || *no_color == '\0');
    out_has_colors = wanted && ::isatty(STDOUT_FILENO) == 1;
    err_has_colors = wanted && ::isatty(STDERR_FILENO) == 1;
}

std::string colored(std::string_view text, color c)
{
    return painted(text, c, out_has_colors);
}

bool error_has_colors()
{
    return err_has_colors;
}

std::string colored_error(std::string_view text, color c)
{
    return painted(text, c, err_has_colors);
}

void print_event(const event& e)
{
    std::cerr << e << '\n';
}

void print_note(std::string_view text)
{
    std::cerr << presentable(text) << '\n';
}

bool output_arrived()
{
    return static_cast<bool>(std::cout.flush());
}

} // namespace asioauth::tool
