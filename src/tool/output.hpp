// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Everything that the tool prints. A result goes to the standard output, and nothing else does.
//
// The JSON objects, one line each; the manual page has them too, see documents.cpp. Each begins with "version": 1, which grows when a member changes
// its meaning. A member whose value is unknown is null or an empty list; times are seconds since
// 1970.
//
//   discover  {"url", "resource", "login": "required" | "available" | "none",
//              "authorization_server": null | {"issuer", "authorization_endpoint",
//                  "token_endpoint", "registration_endpoint", "revocation_endpoint",
//                  "device_authorization_endpoint", "scopes_supported": [...],
//                  "token_endpoint_auth_methods_supported": [...], "iss_parameter": bool,
//                  "found": where the metadata was},
//              "registration": null | "dynamic" | "client_id_metadata_document" | "manual",
//              "scope": what a login would ask for, "notes": [...]}
//             with --explain also "steps": [{"stage", "method", "url", "status", "text"}...]
//   register  {"issuer", "client_id", "has_secret": bool, "token_endpoint_auth_method",
//              "redirect_uris": [...], "source": "dynamic" | "pre_registered" |
//              "metadata_document", "manageable": bool}
//             with --delete {"issuer", "deleted_at_server": n, "forgotten": n}
//   login     {"resource", "login": "required" | "none", "issuer", "client_id", "scope",
//              "expires_at", "stored": bool}
//   token     {"access_token", "token_type", "scope", "expires_at"}
//   refresh   {"resource", "before": {"generation", "expires_at"},
//              "after": {"generation", "expires_at"}}
//   request   {"status", "fields": [[name, value]...], "body"}, or "body_base64" if it is no UTF-8
//   tools     {"server": {"name", "title", "version", "protocol_version"},
//              "tools": [{"name", "title", "description"}...], "notes": [...]}
//             or with --call {"tool", "content"}
//   list      {"logins": [{"url", "account", "resource", "issuer", "client_id", "scope",
//              "status": "good" | "refreshable" | "ended" | "unreadable", "expires_at"}...]}
//   show      one of these, with "token_type", "has_refresh_token", "generation",
//              "store": {"path", "key"}, and with --reveal "access_token", "refresh_token"
//   logout    {"logins": [{"resource", "refresh_token_revoked", "access_token_revoked",
//              "registration_deleted", "error"}...]}
//   doctor    {"checks": [{"section": "environment" | "server", "number", "name",
//              "state": "pass" | "warn" | "fail" | "skip", "detail", "hint", "specification"}...],
//              "passed": n, "failed": n}
//   serve     {"origin", "start_url", "program_key"}
//   version   {"asioauth", "compiler", "boost", "openssl", "stores": [...]}
//
// A failure: {"version", "error": {"stage", "code", "message", "hint", "url", "status"}}, as the
// last line of the standard error.

#include "mcp_client.hpp"
#include "options.hpp"

#include <asioauth/event.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/session.hpp>
#include <asioauth/stored_login.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::tool {

/// Colours of the standard error and output: on a terminal, unless the user wants none.
void choose_colors(bool none);
enum class color
{
    red,
    green,
    yellow,
    dim,
};
/// For the standard output, and for the standard error.
std::string colored(std::string_view text, color c);
std::string colored_error(std::string_view text, color c);
bool error_has_colors();

void print_discovery(const options& given, const discovery& found, const std::vector<event>& steps);
void print_registration(const options& given, const registration& client);
void print_unregistered(
    const options& given,
    const std::string& issuer,
    int at_server,
    int forgotten,
    const std::string& why
);
void print_login(const options& given, const session& who, bool stored);
/// The one place where a secret is printed without a question: it is what was asked for.
void print_token(const options& given, const access_token& token);
void print_refresh(const options& given, const stored_login& before, const stored_login& after);
void print_response(const options& given, const http_response& response);
void print_tools(const options& given, const mcp::server_info& server, const tool_list& found);
void print_call(const options& given, std::string_view content);

/// A record in the store, as far as it can be read.
class kept_login
{
public:
    kept_login() = default;

    record_key key;
    stored_login login;
    std::optional<failure> unreadable;
    std::string user; ///< also of one that cannot be read

    std::string_view status(std::chrono::system_clock::time_point at) const;
};
void print_list(const options& given, const std::vector<kept_login>& all);
/// @param tokens null: not to be revealed
void print_show(const options& given, const kept_login& kept, const token_set* tokens);

/// What came of leaving one login.
class left_login
{
public:
    left_login() = default;

    std::string resource;
    logout_outcome done;
    std::optional<outcome> failed;
    bool unknown_to_server = false; ///< it was not asked
};
void print_left(const options& given, const std::vector<left_login>& all);
void print_version(bool json);

/// One line on the standard error.
void print_event(const event& e);
void print_note(std::string_view text);

/// Say what went wrong, in the format that was asked for, and return the exit status for it.
int report(const options& given, const outcome& from);
int report_interruption(bool json, std::string_view stored);
int report_usage(bool json, std::string_view message);
/// The command whose help is pointed to.
void set_help_for(std::string_view command);

/// Whether everything that was printed arrived, so that a full disk is no success.
bool output_arrived();

} // namespace asioauth::tool
