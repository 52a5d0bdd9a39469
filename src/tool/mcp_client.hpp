// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/mcp.hpp>
#include <asioauth/session.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace asioauth::tool {

/// All tools of a server.
class tool_list
{
public:
    tool_list() = default;

    std::vector<mcp::tool> tools;
    std::vector<std::string> notes;
};

/// As much of an MCP client as it takes to list tools and to call one.
class mcp_client
{
public:
    explicit mcp_client(session login);

    /// `server/discover`, or `initialize` for servers before MCP 2026-07-28.
    boost::asio::awaitable<result<void>> open();
    /// `tools/list`, all pages.
    boost::asio::awaitable<result<tool_list>> list();
    /// `tools/call`.
    boost::asio::awaitable<result<std::string>> call(mcp::tool what, std::string arguments);

    const mcp::server_info& server() const noexcept { return server_; }

private:
    boost::asio::awaitable<result<http_response>> send(http_request request);

    session login_;
    mcp::server_info server_;
    std::int64_t last_id_ = 0;
};

} // namespace asioauth::tool
