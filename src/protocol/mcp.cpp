// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/event_stream.hpp"
#include "protocol/json_access.hpp"
#include "protocol/mcp_headers.hpp"
#include "protocol/mcp_identity.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/protocol/mcp.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace asioauth::mcp {
namespace {

namespace json = boost::json;

using detail::integer;
using detail::json_value;
using detail::object_member;
using detail::string_member;

// A page of tools carries JSON schemas, which nest deeper than OAuth documents do.
constexpr std::size_t message_depth = 64;
constexpr std::size_t longest_text = 64 * 1024;
constexpr std::size_t longest_session_id = 4096;
constexpr std::size_t refusal_excerpt = 256;

constexpr std::array<std::string_view, 4> initialize_versions = {
    latest_initialize_version, "2025-06-18", "2025-03-26", "2024-11-05"};

constexpr std::int64_t unsupported_protocol_version = -32022;
constexpr std::int64_t missing_client_capability = -32021;
constexpr std::int64_t header_mismatch = -32020;

// Presentable text that keeps its lines.
std::string presentable_lines(std::string_view text)
{
    std::string out;
    while (!text.empty() && out.size() < longest_text)
    {
        const auto end = std::min(text.find('\n'), text.size());
        out += presentable(text.substr(0, end), longest_text - out.size());
        if (end == text.size())
            break;
        out += '\n';
        text.remove_prefix(end + 1);
    }
    return out;
}

// Requests.

json::object client_info(std::string_view name, std::string_view version)
{
    json::object out;
    out.emplace("name", name);
    out.emplace("version", version);
    return out;
}

json::object request_meta(std::string_view client_name, std::string_view client_version)
{
    json::object out;
    out.emplace("io.modelcontextprotocol/protocolVersion", latest_version);
    out.emplace("io.modelcontextprotocol/clientInfo", client_info(client_name, client_version));
    out.emplace("io.modelcontextprotocol/clientCapabilities", json::object());
    return out;
}

http_request make_post(request_kind kind, const url& server, const json::object& message)
{
    http_request out(kind, "POST", server);
    out.field("Accept", "application/json, text/event-stream");
    out.body("application/json", secret(json::serialize(message)));
    return out;
}

json::object make_message(std::int64_t id, std::string_view method, json::object params)
{
    json::object out;
    out.emplace("jsonrpc", "2.0");
    out.emplace("id", id);
    out.emplace("method", method);
    out.emplace("params", std::move(params));
    return out;
}

bool is_stateless(const server_info& info)
{
    return info.protocol_version == latest_version;
}

// Fields of a request after the first: version and, for older servers, the session.
void add_fields(http_request& request, const server_info& info, std::string_view method)
{
    if (!info.protocol_version.empty())
        request.field("MCP-Protocol-Version", info.protocol_version);
    if (is_stateless(info))
        request.field("Mcp-Method", method);
    else if (!info.session_id.empty())
        request.field("Mcp-Session-Id", info.session_id);
}

// Responses.

failure invalid(const http_response& response, std::string_view message)
{
    failure out = detail::failure_from(response, stage::none, errc::mcp_response_invalid);
    out.message(message);
    return out;
}

std::string media_type(const http_response& response)
{
    std::string_view type = response.field("Content-Type");
    type = type.substr(0, type.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.remove_suffix(1);
    while (!type.empty() && (type.front() == ' ' || type.front() == '\t'))
        type.remove_prefix(1);
    return detail::lower_case(type);
}

// True for an answer to the request of this id. A server that could not read the request has no id
// to give back.
bool answers(const json_value& message, std::int64_t id)
{
    const auto* result = message.if_contains("result");
    const auto* error = message.if_contains("error");
    if (string_member(message, "jsonrpc") != "2.0" || message.contains("method")
        || (result == nullptr) == (error == nullptr))
        return false;
    const auto* given = message.if_contains("id");
    if (error != nullptr && (given == nullptr || given->is_null()))
        return true;
    return integer(given) == id;
}

failure rpc_failure(const http_response& response, const json_value& error)
{
    failure out = detail::failure_from(response, stage::none, errc::mcp_response_invalid);
    const auto code = integer(error.if_contains("code"));
    if (code)
        out.server_error(std::to_string(*code));
    out.server_message(string_member(error, "message"));
    const auto* data = object_member(error, "data");
    const auto* supported = data == nullptr ? nullptr : data->if_contains("supported");
    if (code == unsupported_protocol_version && supported != nullptr && supported->is_array())
    {
        std::string versions;
        for (const auto& version : *supported)
        {
            if (const auto* text = version.if_string())
                versions.append(versions.empty() ? "" : ", ").append(presentable(*text, 32));
        }
        out.message("The server supports the revisions " + versions + ".");
    }
    return out;
}

bool is_older_servers_no(int status)
{
    return status >= 400 && status < 500 && status != 401 && status != 403 && status != 408
        && status != 429;
}

// What a login is for: its size says enough.
result<detail::json_object> parse_message(std::string_view text)
{
    return detail::json_object::parse(text, message_depth, detail::json_object::any_memory);
}

// The JSON-RPC message that answers the request.
result<detail::json_object> read_message(const http_response& response, std::int64_t id)
{
    if (!response.is_success())
    {
        auto refusal = parse_message(response.body());
        if (refusal && refusal->raw().contains("error") && answers(refusal->raw(), id))
            return refusal;
        failure out = detail::failure_from(
            response,
            stage::none,
            is_older_servers_no(response.status()) ? errc::mcp_response_invalid
                                                   : errc::http_status_unexpected
        );
        if (response.status() >= 400)
            out.server_message(presentable(response.body(), refusal_excerpt));
        return out;
    }
    const std::string type = media_type(response);
    if (type == "application/json")
    {
        auto message = parse_message(response.body());
        if (!message)
            return invalid(
                response, message.error().code().message() + " " + message.error().info().message()
            );
        if (!answers(message->raw(), id))
            return invalid(response, "The document is not an answer to the request.");
        return message;
    }
    if (type == "text/event-stream")
    {
        detail::event_reader events(response.body());
        while (const auto data = events.next())
        {
            auto message = parse_message(*data);
            if (message && answers(message->raw(), id))
                return message;
        }
        return invalid(response, "The event stream has no answer to the request.");
    }
    return invalid(response, "The Content-Type is \"" + presentable(type, 100) + "\".");
}

// The `result` of the answer, once it is known to be final.
result<detail::json_object> read_result(const http_response& response, std::int64_t id)
{
    auto message = read_message(response, id);
    if (!message)
        return message.error();
    if (const auto* error = message->raw().if_contains("error"))
    {
        if (const auto* object = error->if_object())
            return rpc_failure(response, *object);
        return invalid(response, "The error of the answer is not an object.");
    }
    const auto* content = object_member(message->raw(), "result");
    if (content == nullptr)
        return invalid(response, "The result of the answer is not an object.");
    const auto* type = content->if_contains("resultType");
    const std::string_view named = string_member(*content, "resultType");
    if (named == "input_required")
        return invalid(
            response, "The server asks for more input, which this library does not supply."
        );
    if (type != nullptr && named != "complete")
        return invalid(response, "The answer is of an unknown type.");
    return (*std::move(message)).inner(*content);
}

void read_implementation(const json_value* from, server_info& out)
{
    if (from == nullptr)
        return;
    out.name = presentable(string_member(*from, "name"));
    out.title = presentable(string_member(*from, "title"));
    out.version = presentable(string_member(*from, "version"));
    out.identity = detail::read_server_identity(*from);
}

bool lists(const json_value& versions, std::string_view wanted)
{
    return std::any_of(versions.begin(), versions.end(), [&](const json_value& version) {
        const auto* text = version.if_string();
        return text != nullptr && *text == wanted;
    });
}

bool lists_initialize_version(const json_value* versions)
{
    const auto* list = versions == nullptr ? nullptr : versions->if_array();
    return list != nullptr && !lists(*list, latest_version)
        && std::any_of(
               initialize_versions.begin(),
               initialize_versions.end(),
               [&](std::string_view known) { return lists(*list, known); }
        );
}

// What is wrong with a tool; empty if nothing is.
std::string read_tool(const json_value& from, tool& out)
{
    const auto* object = from.if_object();
    if (object == nullptr)
        return "A tool was left out: it is not an object.";
    const std::string_view name = string_member(*object, "name");
    const std::string shown = presentable(name);
    // A name is compared, repeated and shown: one that does not look like what it is serves no
    // honest purpose.
    if (name.empty() || shown != name)
        return "A tool was left out: its name is empty, too long or has invisible characters.";
    const auto* schema = object->if_contains("inputSchema");
    if (schema != nullptr && !schema->is_object())
        return "The tool \"" + shown + "\" was left out: its input schema is not an object.";
    detail::schema_reader marks;
    if (schema != nullptr && !marks.read(*schema))
        return "The tool \"" + shown + "\" was left out: an x-mcp-header of its input schema "
            + marks.fault() + ".";
    out.name = name;
    out.title = presentable(string_member(*object, "title"));
    out.description = presentable_lines(string_member(*object, "description"));
    out.header_parameters = std::move(marks.found());
    return {};
}

} // namespace

http_request make_discover_request(
    request_kind kind,
    const url& server,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id
)
{
    json::object params;
    params.emplace("_meta", request_meta(client_name, client_version));
    http_request out =
        make_post(kind, server, make_message(id, "server/discover", std::move(params)));
    server_info asked;
    asked.protocol_version = latest_version;
    add_fields(out, asked, "server/discover");
    return out;
}

http_request make_initialize_request(
    request_kind kind,
    const url& server,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id
)
{
    // No MCP-Protocol-Version: it names what was agreed, and servers refuse a request that names
    // another revision.
    json::object params;
    params.emplace("protocolVersion", latest_initialize_version);
    params.emplace("capabilities", json::object());
    params.emplace("clientInfo", client_info(client_name, client_version));
    return make_post(kind, server, make_message(id, "initialize", std::move(params)));
}

http_request make_initialized_notification(const url& server, const server_info& info)
{
    json::object message;
    message.emplace("jsonrpc", "2.0");
    message.emplace("method", "notifications/initialized");
    http_request out = make_post(request_kind::resource, server, message);
    add_fields(out, info, "notifications/initialized");
    return out;
}

http_request make_tools_list_request(
    const url& server,
    const server_info& info,
    std::string_view cursor,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id
)
{
    json::object params;
    if (!cursor.empty())
        params.emplace("cursor", cursor);
    if (is_stateless(info))
        params.emplace("_meta", request_meta(client_name, client_version));
    http_request out = make_post(
        request_kind::resource, server, make_message(id, "tools/list", std::move(params))
    );
    add_fields(out, info, "tools/list");
    return out;
}

result<http_request> make_tools_call_request(
    const url& server,
    const server_info& info,
    const tool& called,
    std::string_view arguments,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id
)
{
    const auto given = parse_message(arguments.empty() ? "{}" : arguments);
    if (!given)
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::resource);
        wrong.message("The arguments are not a JSON object. " + given.error().info().message());
        return wrong;
    }
    json::object params;
    params.emplace("name", called.name);
    params.emplace("arguments", given->copy());
    if (is_stateless(info))
        params.emplace("_meta", request_meta(client_name, client_version));
    http_request out = make_post(
        request_kind::resource, server, make_message(id, "tools/call", std::move(params))
    );
    add_fields(out, info, "tools/call");
    if (!is_stateless(info))
        return out;
    out.field("Mcp-Name", detail::mcp_field_value(called.name));
    for (const auto& parameter : called.header_parameters)
    {
        const auto value = detail::mirrored_argument(given->raw(), parameter);
        if (!value)
            return value.error();
        if (*value)
            out.field("Mcp-Param-" + parameter.name, **value);
    }
    return out;
}

result<http_request> make_tools_call_request(
    const url& server,
    const server_info& info,
    std::string_view tool_name,
    std::string_view arguments,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id
)
{
    tool called;
    called.name = tool_name;
    return make_tools_call_request(
        server, info, called, arguments, client_name, client_version, id
    );
}

result<server_info> read_discover_response(const http_response& response, std::int64_t id)
{
    const auto read = read_result(response, id);
    if (!read)
        return read.error();
    const json_value& content = read->raw();
    const auto* versions = content.if_contains("supportedVersions");
    const auto* list = versions == nullptr ? nullptr : versions->if_array();
    if (list == nullptr)
        return invalid(response, "The answer has no list supportedVersions.");
    if (!lists(*list, latest_version))
        return invalid(
            response, "The server does not support revision " + std::string(latest_version) + "."
        );
    server_info out;
    out.protocol_version = latest_version;
    const auto* meta = object_member(content, "_meta");
    if (meta != nullptr)
        read_implementation(object_member(*meta, "io.modelcontextprotocol/serverInfo"), out);
    out.instructions = presentable_lines(string_member(content, "instructions"));
    return out;
}

bool needs_initialize(const http_response& response, std::int64_t id)
{
    if (!response.is_success() && !is_older_servers_no(response.status()))
        return false;
    const auto message = read_message(response, id);
    if (!message)
        return true;
    if (const auto* error = object_member(message->raw(), "error"))
    {
        const auto code = integer(error->if_contains("code"));
        if (code == header_mismatch || code == missing_client_capability)
            return false;
        if (code != unsupported_protocol_version)
            return true;
        const auto* data = object_member(*error, "data");
        return data != nullptr && lists_initialize_version(data->if_contains("supported"));
    }
    const auto* content = object_member(message->raw(), "result");
    const auto* versions = content == nullptr ? nullptr : content->if_contains("supportedVersions");
    return versions == nullptr || lists_initialize_version(versions);
}

result<server_info> read_initialize_response(const http_response& response, std::int64_t id)
{
    const auto read = read_result(response, id);
    if (!read)
        return read.error();
    const json_value& content = read->raw();
    const std::string_view version = string_member(content, "protocolVersion");
    if (std::find(initialize_versions.begin(), initialize_versions.end(), version)
        == initialize_versions.end())
        return invalid(response, "The server wants revision \"" + presentable(version, 32) + "\".");
    const auto sessions = response.all("Mcp-Session-Id");
    const std::string_view session = sessions.empty() ? std::string_view() : sessions.front();
    if (sessions.size() > 1 || session.size() > longest_session_id
        || !detail::is_visible_ascii(session))
        return invalid(response, "The session identifier is malformed.");
    server_info out;
    out.protocol_version = version;
    out.session_id = session;
    read_implementation(object_member(content, "serverInfo"), out);
    out.instructions = presentable_lines(string_member(content, "instructions"));
    return out;
}

result<tool_page> read_tools_list_response(const http_response& response, std::int64_t id)
{
    const auto read = read_result(response, id);
    if (!read)
        return read.error();
    const json_value& content = read->raw();
    const auto* tools = content.if_contains("tools");
    if (tools == nullptr || !tools->is_array())
        return invalid(response, "The answer has no list of tools.");
    const auto* cursor = content.if_contains("nextCursor");
    if (cursor != nullptr && !cursor->is_string() && !cursor->is_null())
        return invalid(response, "The cursor of the next page is not a string.");
    tool_page out;
    out.next_cursor = string_member(content, "nextCursor");
    for (const auto& from : *tools)
    {
        tool one;
        std::string note = read_tool(from, one);
        if (note.empty())
            out.tools.push_back(std::move(one));
        else
            out.notes.push_back(std::move(note));
    }
    return out;
}

result<std::string> read_tools_call_response(const http_response& response, std::int64_t id)
{
    const auto read = read_result(response, id);
    if (!read)
        return read.error();
    const json_value& content = read->raw();
    const auto* failed = content.if_contains("isError");
    if (failed != nullptr && !failed->is_bool())
        return invalid(response, "Member \"isError\" of the answer is not true or false.");
    const auto* items = content.if_contains("content");
    const auto* structured = content.if_contains("structuredContent");
    if ((items == nullptr && structured == nullptr) || (items != nullptr && !items->is_array()))
        return invalid(response, "The answer has no content.");
    std::string out;
    bool any = false;
    if (items != nullptr)
    {
        for (const auto& item : *items)
        {
            const auto* object = item.if_object();
            const auto* text = object == nullptr || string_member(*object, "type") != "text"
                ? nullptr
                : object->if_contains("text");
            if (text == nullptr || !text->is_string())
                continue;
            if (any)
                out += '\n';
            out += *text->if_string();
            any = true;
        }
    }
    if (!any && structured != nullptr)
        out = json::serialize(detail::to_document(*structured));
    if (failed != nullptr && *failed->if_bool())
    {
        failure wrong = detail::failure_from(response, stage::none, errc::tool_failed);
        wrong.server_message(out);
        return wrong;
    }
    return out;
}

} // namespace asioauth::mcp
