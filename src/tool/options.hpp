// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::tool {

/// What the user asked for: on the command line, in the environment, in the configuration file.
class options
{
public:
    std::string url; ///< empty where a command can do without
    bool scheme_was_added = false;
    bool json = false;
    bool verbose = false;
    bool quiet = false;
    bool trace = false;
    bool no_color = false;
    std::string config;              ///< empty: the usual file, if it is there
    std::optional<unsigned> timeout; ///< seconds
    std::vector<std::string> ca_files;
    std::vector<std::string> networks; ///< private ones that may be reached

    std::string redirect_uri;
    std::string listen;
    std::string auth_method;
    std::string client_name;
    std::string metadata_url;
    std::string client_id;
    std::string issuer;
    bool secret_from_stdin = false;
    std::string secret_file;

    std::string store; ///< empty: the default
    bool no_store = false;
    std::string account;
    bool force = false;         ///< login, register, tools
    bool local_only = false;    ///< logout, revoke
    bool forget_client = false; ///< logout
    bool all = false;           ///< logout, revoke
    bool remove = false;        ///< register

    std::string scope;
    bool no_browser = false;
    bool paste = false;
    bool device = false;
    bool qr = false;
    std::string browser;
    /// --no-browser, --paste, --device or --browser stood on the command line: somebody is there.
    bool way_was_typed = false;

    bool explain = false;            ///< discover
    bool header = false;             ///< token
    bool shell = false;              ///< token
    bool force_refresh = false;      ///< token
    std::optional<unsigned> min_ttl; ///< token, seconds
    std::string method;              ///< request
    std::vector<std::string> fields; ///< request
    std::string data;                ///< request
    bool has_data = false;           ///< request
    std::string step_up;             ///< request, tools: ask, always, never
    bool step_up_was_typed = false;  ///< on the command line
    std::string call;                ///< tools
    std::string arguments;           ///< tools
    std::string status;              ///< list
    bool reveal = false;             ///< show
    bool open_page = false;          ///< serve
    bool fix = false;                ///< doctor
    std::string report;              ///< doctor
    std::string shell_name;          ///< completion
};

/// Exit statuses; the manual promises them.
enum exit_status
{
    success = 0,
    usage_or_unexpected = 1,
    cancelled_or_denied = 2,
    login_is_required = 3,
    server_unreachable = 4,
    refused_by_server = 5,
    check_failed = 6,
    store_failed = 7,
    interrupted = 130,
};

/// How a command ended: a code and what a person needs beside it.
class outcome
{
public:
    outcome() = default;
    outcome(error_code c, diagnostics i) : code(c), info(std::move(i)) {}
    explicit outcome(const failure& f) : code(f.code()), info(f.info()) {}

    error_code code;
    diagnostics info;
    std::optional<exit_status> status; ///< if the code does not say it
    bool told = false; ///< the command itself has said what is wrong; only the status is left
};

/// Wrong usage, said in a sentence of this program's own.
failure misused(std::string_view message);

} // namespace asioauth::tool
