// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Thousands of providers behind one address, for programs that log in to many: the resource
// `/N/mcp` is protected by the authorization server `/N`. Nobody has to be asked.

#pragma once

#include "http_server.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace example {

/// They run on a thread of their own for as long as the object lives.
class many_providers
{
public:
    /// @param broken_every each so manieth provider registers no clients; 0: all of them do
    explicit many_providers(std::size_t broken_every);
    ~many_providers();

    many_providers(const many_providers&) = delete;
    many_providers& operator=(const many_providers&) = delete;

    std::string resource(std::size_t number) const;

    /** What a user's browser would do at the address of an authorization request: the user says yes.
        Safe to call from any thread.

        @return where the browser is redirected to; empty if the request is wrong
    */
    std::string allow(std::string_view authorization_request);

private:
    struct granted
    {
        std::string issuer;
        std::string client_id;
        std::string redirect_uri;
        std::string resource;
        std::string challenge;
    };

    http_response answer(const http_request& request);
    http_response register_client(const std::string& number, const http_request& request) const;
    http_response give_token(const std::string& number, const http_request& request);
    http_response protected_resource(const std::string& number, const http_request& request);

    const std::size_t broken_every_;
    boost::asio::io_context io_{1};
    http_server server_;
    std::string origin_;
    std::mutex mutex_;
    std::unordered_map<std::string, granted> codes_;
    std::unordered_map<std::string, std::string> tokens_; // and the resource of each
    std::thread thread_;
};

} // namespace example
