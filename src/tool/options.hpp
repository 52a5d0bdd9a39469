// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::tool {

/// What the user asked for on the command line.
class options
{
public:
    std::string url;
    bool json = false;
    bool verbose = false;
    bool quiet = false;
    std::optional<unsigned> timeout; ///< seconds
    std::vector<std::string> ca_files;
    std::vector<std::string> networks; ///< private ones that may be reached

    std::string redirect_uri;
    std::string listen;
    std::string auth_method;
    std::string client_id;
    std::string issuer;
    bool secret_from_stdin = false;

    std::string store; ///< empty: the default
    bool no_store = false;
    std::string account;
    bool force = false;         ///< login, token
    bool local_only = false;    ///< logout
    bool forget_client = false; ///< logout

    std::string scope;
    bool no_browser = false;
    bool paste = false;
    std::string browser;

    bool header = false;   ///< token
    std::string call;      ///< tools
    std::string arguments; ///< tools
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
};

} // namespace asioauth::tool
