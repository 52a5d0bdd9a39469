// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The Model Context Protocol over HTTP, as far as a small server needs it: JSON-RPC in, one JSON
// answer out. It serves both eras on one endpoint: the stateless 2026-07-28 protocol, where each
// request carries its version in `_meta`, and the older ones that open with `initialize`.

#pragma once

#include "http_messages.hpp"
#include "token_verifier.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace example {

class mcp_protocol
{
public:
    struct reply
    {
        http_response response;
        /// Not empty: the token lacks these scopes, answer 403 instead.
        std::string missing_scope;
    };

    /// `scope` is what every request needs; a tool may need more.
    explicit mcp_protocol(std::string scope);

    /// One POST of somebody whose token is in order.
    reply handle(const http_request& request, const access_token& token);

private:
    struct call;

    reply handle_modern(call& context) const;
    reply handle_legacy(call& context) const;
    reply call_tool(const call& context) const;

    std::string scope_;
    std::int64_t requests_ = 0;
};

} // namespace example
