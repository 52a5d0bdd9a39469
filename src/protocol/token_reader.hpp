// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/token.hpp>

#include <chrono>
#include <string_view>

namespace asioauth::detail {

/// What read_token_response() does.
/// @param no_type also counts as Bearer, in lower case: for tokens that are no access tokens
result<token_set> read_tokens(
    const http_response& response,
    std::string_view requested_scope,
    std::chrono::system_clock::time_point now,
    bool dpop,
    const provider_policy* provider,
    std::string_view no_type
);

} // namespace asioauth::detail
