// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/http_message.hpp>

#include <chrono>

namespace asioauth::detail {

/// Wipe the body of a response that holds secrets, once it was read.
void wipe_body(http_response& response) noexcept;

/// What an authorization server answered, and when it was asked.
class server_answer
{
public:
    server_answer() = default;
    server_answer(const server_answer&) = default;
    server_answer(server_answer&&) = default;
    server_answer& operator=(const server_answer&) = default;
    server_answer& operator=(server_answer&&) = default;
    ~server_answer() { wipe_body(response); }

    http_response response;
    std::chrono::system_clock::time_point asked_at;
};

} // namespace asioauth::detail
