// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Everything that the tool prints. A result goes to the standard output, and nothing else does.
//
// The JSON objects, one line each. A member whose value is unknown is null or an empty list.
//
//   discover  {"url", "resource", "login": "required" | "available" | "none",
//              "authorization_server": null | {"issuer", "authorization_endpoint",
//                  "token_endpoint", "registration_endpoint", "scopes_supported": [...],
//                  "token_endpoint_auth_methods_supported": [...], "iss_parameter": bool,
//                  "found": where the metadata was},
//              "registration": null | "dynamic" | "client_id_metadata_document" | "manual",
//              "scope": what a login would ask for, "notes": [...]}
//   register  {"issuer", "client_id", "has_secret": bool, "token_endpoint_auth_method",
//              "redirect_uris": [...]}
//   login     {"resource", "login": "required" | "none", "issuer", "client_id", "scope",
//              "expires_at": seconds since 1970, "stored": false}
//   token     {"access_token", "token_type": "Bearer", "scope", "expires_at"}
//   tools     {"server": {"name", "title", "version", "protocol_version"},
//              "tools": [{"name", "title", "description"}...], "notes": [...]}
//             or with --call {"tool", "content"}
//   version   {"asioauth", "compiler", "boost", "openssl", "stores": [...]}
//
// A failure: {"error": {"stage", "code", "message", "hint", "url", "status"}}, as the last line of
// the standard error.

#include "mcp_client.hpp"
#include "options.hpp"

#include <asioauth/event.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/session.hpp>

#include <string>
#include <string_view>

namespace asioauth::tool {

void print_discovery(const options& given, const discovery& found);
void print_registration(const options& given, const registration& client);
void print_login(const options& given, const session& who);
/// The one place where a secret is printed: it is what was asked for.
void print_token(const options& given, const session& who);
void print_tools(const options& given, const mcp::server_info& server, const tool_list& found);
void print_call(const options& given, std::string_view content);
void print_logout(const options& given, const session& who, const logout_outcome& done);
void print_version(bool json);

/// One line on the standard error.
void print_event(const event& e);
void print_note(std::string_view text);

/// Say what went wrong, in the format that was asked for, and return the exit status for it.
int report(bool as_json, const outcome& from);
int report_interruption(bool json);
int report_usage(bool json, std::string_view message);

/// Whether everything that was printed arrived, so that a full disk is no success.
bool output_arrived();

} // namespace asioauth::tool
