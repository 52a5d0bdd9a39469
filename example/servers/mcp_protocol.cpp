// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "mcp_protocol.hpp"

#include "crypto.hpp"
#include "jwt.hpp"
#include "words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace example {
namespace {

constexpr std::string_view modern_version = "2026-07-28";
constexpr std::array<std::string_view, 3> legacy_versions{"2025-11-25", "2025-06-18", "2025-03-26"};
constexpr std::string_view meta_prefix = "io.modelcontextprotocol/";
constexpr std::string_view statistics_scope = "mcp:stats";

// JSON-RPC's codes and the ones MCP adds.
constexpr int parse_error = -32700;
constexpr int invalid_request = -32600;
constexpr int method_not_found = -32601;
constexpr int invalid_params = -32602;
constexpr int header_mismatch = -32020;
constexpr int unsupported_version = -32022;

bool is_legacy_version(std::string_view version)
{
    return std::find(legacy_versions.begin(), legacy_versions.end(), version)
        != legacy_versions.end();
}

json::array supported_versions()
{
    json::array versions;
    versions.emplace_back(json::string_view(modern_version.data(), modern_version.size()));
    for (const auto version : legacy_versions)
        versions.emplace_back(json::string_view(version.data(), version.size()));
    return versions;
}

json::object server_info()
{
    return {{"name", "asioauth-example"}, {"title", "asioauth example"}, {"version", "1.0.0"}};
}

json::array tool_list()
{
    const json::object nothing{{"type", "object"}, {"additionalProperties", false}};
    const json::object integer{{"type", "integer"}};
    json::object add_input{{"type", "object"}};
    add_input["properties"] = json::object{{"a", integer}, {"b", integer}};
    add_input["required"] = json::array{"a", "b"};
    json::array tools;
    tools.emplace_back(json::object{
        {"name", "add"}, {"description", "Adds two integers."}, {"inputSchema", add_input}});
    tools.emplace_back(json::object{
        {"name", "statistics"},
        {"description", "How many requests this server has answered. Needs the scope mcp:stats."},
        {"inputSchema", nothing}});
    tools.emplace_back(json::object{
        {"name", "whoami"},
        {"description", "Whose token this request carries: user, client and scopes."},
        {"inputSchema", nothing}});
    return tools;
}

json::object tool_result(std::string text, bool is_error)
{
    json::object content{{"type", "text"}};
    content["text"] = text;
    json::object result;
    result["content"] = json::array{content};
    result["isError"] = is_error;
    return result;
}

// Newer clients read the structured form, older ones the same thing as text.
json::object tool_result(const json::object& data)
{
    auto result = tool_result(json::serialize(data), false);
    result["structuredContent"] = data;
    return result;
}

// `Mcp-Name: =?base64?...?=` is how a name that does not fit into a header travels.
std::optional<std::string> decode_header(const std::string& value)
{
    constexpr std::string_view prefix = "=?base64?";
    if (!value.starts_with(prefix) || !value.ends_with("?=") || value.size() < prefix.size() + 2)
        return value;
    return base64_decode(
        std::string_view(value).substr(prefix.size(), value.size() - prefix.size() - 2)
    );
}

const json::object* find_object(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains({name.data(), name.size()});
    return value ? value->if_object() : nullptr;
}

} // namespace

// One message on its way through.
struct mcp_protocol::call
{
    call(const http_request& r, const access_token& t) : request(r), token(t) {}

    reply fail(
        http::status status, int code, std::string_view message, const json::object& data = {}
    ) const
    {
        json::object error;
        error["code"] = code;
        error["message"] = json::string_view(message.data(), message.size());
        if (!data.empty())
            error["data"] = data;
        json::object body{{"jsonrpc", "2.0"}};
        if (!id.is_null())
            body["id"] = id;
        body["error"] = error;
        reply answer;
        answer.response = make_json(status, body);
        return answer;
    }

    reply succeed(json::object result) const
    {
        if (modern)
        {
            result["resultType"] = "complete";
            json::object meta;
            meta[std::string(meta_prefix) + "serverInfo"] = server_info();
            result["_meta"] = meta;
        }
        json::object body{{"jsonrpc", "2.0"}};
        body["id"] = id;
        body["result"] = std::move(result);
        reply answer;
        answer.response = make_json(http::status::ok, body);
        return answer;
    }

    // Results that a client may keep for a while say so, in the modern era.
    reply succeed_cacheable(json::object result, std::string_view who) const
    {
        if (modern)
        {
            result["ttlMs"] = 300'000;
            result["cacheScope"] = json::string_view(who.data(), who.size());
        }
        return succeed(std::move(result));
    }

    const http_request& request;
    const access_token& token;
    bool modern = false;
    json::value id;
    std::string method;
    json::object params;
};

mcp_protocol::mcp_protocol(std::string scope) : scope_(std::move(scope)) {}

mcp_protocol::reply mcp_protocol::handle(const http_request& request, const access_token& token)
{
    ++requests_;
    call context(request, token);
    if (!has_media_type(request, "application/json"))
        return context.fail(
            http::status::unsupported_media_type, invalid_request, "send application/json"
        );
    boost::system::error_code error;
    const auto message = json::parse(request.body(), error);
    if (error)
        return context.fail(http::status::bad_request, parse_error, "this is not JSON");
    const auto* const object = message.if_object();
    if (!object || get_string(*object, "jsonrpc") != "2.0")
        return context.fail(
            http::status::bad_request, invalid_request, "send one JSON-RPC 2.0 message"
        );
    reply accepted;
    accepted.response = http_response(http::status::accepted, 11);
    context.method = get_string(*object, "method");
    // Responses have nothing to respond to here, as this server asks nothing; they do no harm.
    if (context.method.empty() && (object->contains("result") || object->contains("error")))
        return accepted;
    if (context.method.empty())
        return context.fail(http::status::bad_request, invalid_request, "method is missing");
    if (!object->contains("id"))
        return accepted;
    const auto& id = object->at("id");
    if (!id.is_string() && !id.is_int64() && !id.is_uint64())
        return context.fail(
            http::status::bad_request, invalid_request, "id must be a string or an integer"
        );
    context.id = id;
    if (const auto* const params = object->if_contains("params"))
    {
        if (!params->is_object())
            return context.fail(http::status::bad_request, invalid_params, "params: not an object");
        context.params = params->get_object();
    }

    const auto* const meta = find_object(context.params, "_meta");
    const auto in_body =
        meta ? get_string(*meta, std::string(meta_prefix) + "protocolVersion") : std::string();
    const auto in_header = header(request, "MCP-Protocol-Version");
    // `initialize` opens the old lifecycle, before any version has been agreed on.
    if (context.method == "initialize" && in_body.empty())
        return handle_legacy(context);
    if (!in_body.empty() && in_header != in_body)
        return context.fail(
            http::status::bad_request,
            header_mismatch,
            "MCP-Protocol-Version is missing or differs from the version in _meta"
        );
    if (in_header == modern_version)
        return handle_modern(context);
    // No header at all means 2025-03-26, which did not know it.
    if (in_header.empty() || is_legacy_version(in_header))
        return handle_legacy(context);
    return context.fail(
        http::status::bad_request,
        unsupported_version,
        "Unsupported protocol version",
        {{"supported", supported_versions()}, {"requested", in_header}}
    );
}

mcp_protocol::reply mcp_protocol::handle_modern(call& context) const
{
    context.modern = true;
    const auto* const meta = find_object(context.params, "_meta");
    for (const std::string_view field : {"protocolVersion", "clientCapabilities"})
        if (!meta || !meta->contains(std::string(meta_prefix).append(field)))
            return context.fail(
                http::status::bad_request,
                invalid_params,
                std::string("_meta lacks ").append(meta_prefix).append(field)
            );
    if (!find_object(*meta, std::string(meta_prefix) + "clientCapabilities"))
        return context.fail(
            http::status::bad_request, invalid_params, "clientCapabilities must be an object"
        );
    if (header(context.request, "Mcp-Method") != context.method)
        return context.fail(
            http::status::bad_request,
            header_mismatch,
            "Mcp-Method is missing or differs from the method in the body"
        );
    if (context.method == "tools/call"
        && decode_header(header(context.request, "Mcp-Name")) != get_string(context.params, "name"))
        return context.fail(
            http::status::bad_request,
            header_mismatch,
            "Mcp-Name is missing or differs from the name in the body"
        );

    if (context.method == "server/discover")
        return context.succeed_cacheable(
            {{"supportedVersions", supported_versions()},
             {"capabilities", json::object{{"tools", json::object()}}},
             {"instructions", "Call whoami to see whose token you are using."}},
            "public"
        );
    if (context.method == "tools/list")
        return context.succeed_cacheable({{"tools", tool_list()}}, "public");
    if (context.method == "tools/call")
        return call_tool(context);
    return context.fail(http::status::not_found, method_not_found, "Method not found");
}

mcp_protocol::reply mcp_protocol::handle_legacy(call& context) const
{
    if (context.method == "initialize")
    {
        // The version the client asks for if we have it, else our best of that era. No session
        // id is handed out: this server keeps nothing between requests.
        auto version = get_string(context.params, "protocolVersion");
        if (!is_legacy_version(version))
            version = legacy_versions.front();
        return context.succeed(
            {{"protocolVersion", version},
             {"capabilities", json::object{{"tools", json::object()}}},
             {"serverInfo", server_info()},
             {"instructions", "Call whoami to see whose token you are using."}}
        );
    }
    if (context.method == "ping")
        return context.succeed({});
    if (context.method == "tools/list")
        return context.succeed({{"tools", tool_list()}});
    if (context.method == "tools/call")
        return call_tool(context);
    return context.fail(http::status::ok, method_not_found, "Method not found");
}

mcp_protocol::reply mcp_protocol::call_tool(const call& context) const
{
    const auto name = get_string(context.params, "name");
    const auto* const given = find_object(context.params, "arguments");
    const json::object arguments = given ? *given : json::object();
    if (name == "whoami")
    {
        const auto& token = context.token;
        json::object data{{"subject", token.subject}, {"client_id", token.client_id}};
        data["scope"] = token.scope;
        data["expires_at"] = token.expires_at;
        return context.succeed(tool_result(data));
    }
    if (name == "add")
    {
        const auto* const a = arguments.if_contains("a");
        const auto* const b = arguments.if_contains("b");
        std::int64_t sum = 0;
        if (!a || !b || !a->is_int64() || !b->is_int64()
            || __builtin_add_overflow(a->get_int64(), b->get_int64(), &sum))
            return context.succeed(tool_result("a and b must be integers of moderate size", true));
        return context.succeed(tool_result(json::object{{"sum", sum}}));
    }
    if (name == "statistics")
    {
        // The step-up case: a token that is good for everything else is not good enough here.
        if (!contains_word(context.token.scope, statistics_scope))
        {
            reply refusal;
            refusal.missing_scope = scope_ + ' ' + std::string(statistics_scope);
            return refusal;
        }
        return context.succeed(tool_result(json::object{{"requests", requests_}}));
    }
    return context.fail(http::status::ok, invalid_params, "Unknown tool");
}

} // namespace example
