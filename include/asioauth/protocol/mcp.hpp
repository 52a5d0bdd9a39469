// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace asioauth::mcp {

// The few MCP messages that a client needs to see a server's challenge and to list its tools, for both lifecycles:
// `initialize` (up to 2025-11-25) and the stateless one of 2026-07-28.

/// Protocol revisions, newest first.
inline constexpr std::string_view latest_version = "2026-07-28";
inline constexpr std::string_view latest_initialize_version = "2025-11-25";

/// Who answers, and in which revision.
class server_info
{
public:
    server_info() = default;

    std::string protocol_version;
    std::string name;         ///< untrusted text
    std::string title;        ///< untrusted text
    std::string version;      ///< untrusted text
    std::string instructions; ///< untrusted text
    std::string session_id;   ///< `Mcp-Session-Id`; empty if the server keeps no session
};

/// One tool of a server.
class tool
{
public:
    tool() = default;

    std::string name;        ///< untrusted text
    std::string title;       ///< untrusted text
    std::string description; ///< untrusted text
};

/// One page of a server's tools.
class tool_page
{
public:
    tool_page() = default;

    std::vector<tool> tools;
    std::string next_cursor; ///< empty on the last page
};

/// A `server/discover` request of the stateless lifecycle (MCP 2026-07-28).
ASIOAUTH_DECL http_request make_discover_request(
    request_kind kind,
    url const& server,
    std::string_view client_name,
    std::string_view client_version
);

/// An `initialize` request (MCP up to 2025-11-25).
ASIOAUTH_DECL http_request make_initialize_request(
    request_kind kind,
    url const& server,
    std::string_view client_name,
    std::string_view client_version
);

/// The `notifications/initialized` notification that ends initialization.
ASIOAUTH_DECL http_request make_initialized_notification(url const& server, server_info const& info);

/// A `tools/list` request in the lifecycle of `info.protocol_version`.
ASIOAUTH_DECL http_request make_tools_list_request(
    url const& server,
    server_info const& info,
    std::string_view cursor,
    std::string_view client_name,
    std::string_view client_version
);

/// A `tools/call` request in the lifecycle of `info.protocol_version`; `arguments` is a JSON object.
ASIOAUTH_DECL http_request make_tools_call_request(
    url const& server,
    server_info const& info,
    std::string_view tool_name,
    std::string_view arguments,
    std::string_view client_name,
    std::string_view client_version
);

/// Read the answer to `server/discover`. errc::mcp_response_invalid if it is none (an older server).
ASIOAUTH_DECL result<server_info> read_discover_response(http_response const& response);

/// Read the answer to `initialize`; the answer may be JSON or an event stream.
ASIOAUTH_DECL result<server_info> read_initialize_response(http_response const& response);

/// Read the answer to `tools/list`.
ASIOAUTH_DECL result<tool_page> read_tools_list_response(http_response const& response);

/// The text content of the answer to `tools/call`.
ASIOAUTH_DECL result<std::string> read_tools_call_response(http_response const& response);

} // namespace asioauth::mcp
