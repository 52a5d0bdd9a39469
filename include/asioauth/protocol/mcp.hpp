// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/server_identity.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/** The few MCP messages that a client needs to see a server's challenge and to list its tools, for
    both lifecycles: `initialize` (up to 2025-11-25) and the stateless one of 2026-07-28.

    The makers leave the address policy at its default; set it as for any other request. `id` is the
    JSON-RPC identifier: give the same one to maker and reader, and another one to each further
    request of a session.
*/
namespace asioauth::mcp {

/// The newest protocol revision.
inline constexpr std::string_view latest_version = "2026-07-28";
/// The newest one that begins with `initialize`.
inline constexpr std::string_view latest_initialize_version = "2025-11-25";

/// Who answers, and in which revision.
class server_info
{
public:
    server_info() = default;

    std::string protocol_version; ///< the revision that both go by
    std::string name;             ///< untrusted text
    std::string title;            ///< untrusted text
    std::string version;          ///< untrusted text
    std::string instructions;     ///< untrusted text
    std::string session_id;       ///< `Mcp-Session-Id`; empty if the server keeps no session
    /// All that it says of itself, for describe_params::identity.
    server_identity identity;
};

/// A parameter of a tool whose value a call repeats in a header field (`x-mcp-header`).
class header_parameter
{
public:
    header_parameter() = default;

    std::string name;              ///< the field is `Mcp-Param-` and this
    std::vector<std::string> path; ///< names of nested members of the arguments
};

/// One tool of a server.
class tool
{
public:
    tool() = default;

    std::string name;                                ///< untrusted text
    std::string title;                               ///< untrusted text
    std::string description;                         ///< untrusted text
    std::vector<header_parameter> header_parameters; ///< filled by read_tools_list_response()
};

/// One page of a server's tools.
class tool_page
{
public:
    tool_page() = default;

    std::vector<tool> tools;        ///< those that can be used
    std::string next_cursor;        ///< empty on the last page
    std::vector<std::string> notes; ///< one sentence for each tool that was left out
};

/// A `server/discover` request of the stateless lifecycle (MCP 2026-07-28).
ASIOAUTH_DECL http_request make_discover_request(
    request_kind kind,
    const url& server,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id = 1
);

/// An `initialize` request (MCP up to 2025-11-25).
ASIOAUTH_DECL http_request make_initialize_request(
    request_kind kind,
    const url& server,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id = 1
);

/// The `notifications/initialized` notification that ends initialization.
ASIOAUTH_DECL http_request
make_initialized_notification(const url& server, const server_info& info);

/// A `tools/list` request in the lifecycle of `info.protocol_version`.
ASIOAUTH_DECL http_request make_tools_list_request(
    const url& server,
    const server_info& info,
    std::string_view cursor,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id = 2
);

/** A `tools/call` request in the lifecycle of `info.protocol_version`; `arguments` is a JSON
    object, or empty for none.

    In the stateless lifecycle, the arguments that the tool's schema marks with `x-mcp-header` are
    repeated in header fields.
    @return the request, or errc::invalid_argument if `arguments` is no JSON object or has, for a
    field, a number that is not an integer of 53 bits
    @par Specification
    @li MCP 2026-07-28 streamable HTTP, "Custom Headers from Tool Parameters"
*/
ASIOAUTH_DECL result<http_request> make_tools_call_request(
    const url& server,
    const server_info& info,
    const tool& called,
    std::string_view arguments,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id = 3
);

/// The same for a tool of which only the name is known: no argument is repeated in a header field.
ASIOAUTH_DECL result<http_request> make_tools_call_request(
    const url& server,
    const server_info& info,
    std::string_view tool_name,
    std::string_view arguments,
    std::string_view client_name,
    std::string_view client_version,
    std::int64_t id = 3
);

/** Read the answer to `server/discover`.

    All readers take JSON and event streams, and fail with
    @li errc::mcp_response_invalid for a JSON-RPC error (its code and message become the server's
        text), for an answer that breaks the protocol, and for a status that older servers give to
        what they do not know (4xx);
    @li errc::http_status_unexpected for the other statuses (3xx, 401, 403, 408, 429, 5xx) without a
        JSON-RPC error.
*/
ASIOAUTH_DECL result<server_info>
read_discover_response(const http_response& response, std::int64_t id = 1);

/** True if the answer to `server/discover` says that the server wants `initialize`: that it is
    older than 2026-07-28.

    @par Specification
    @li MCP 2026-07-28 streamable HTTP, "Backward Compatibility"
*/
ASIOAUTH_DECL bool needs_initialize(const http_response& response, std::int64_t id = 1);

/// Read the answer to `initialize`. Errors as of read_discover_response().
ASIOAUTH_DECL result<server_info>
read_initialize_response(const http_response& response, std::int64_t id = 1);

/** Read the answer to `tools/list`.

    A tool that cannot be used, because its name has invisible characters or its schema breaks the
    rules for `x-mcp-header`, is left out and described in tool_page::notes. Errors as of
    read_discover_response().
*/
ASIOAUTH_DECL result<tool_page>
read_tools_list_response(const http_response& response, std::int64_t id = 2);

/** The text content of the answer to `tools/call`, or its structured content as JSON if it has no
    text. Untrusted.

    A tool that reports an error of its own is errc::tool_failed, its text the server's.
*/
ASIOAUTH_DECL result<std::string>
read_tools_call_response(const http_response& response, std::int64_t id = 3);

} // namespace asioauth::mcp
