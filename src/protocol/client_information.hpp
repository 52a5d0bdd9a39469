// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/json_reader.hpp"

#include <asioauth/protocol/registration.hpp>

#include <string>
#include <vector>

namespace asioauth::detail {

// A refusal that is no JSON is mostly one line of text or an HTML page; the first bytes say enough.
inline constexpr std::size_t refusal_excerpt = 256;

/// What a client information response (RFC 7591 section 3.2.1) is compared with and completed from.
class expected_client
{
public:
    /// What is kept where the response is silent. With an identifier, the response has to have the
    /// same. Has the key and the certificate that the client could use.
    registration before;
    /// The method where the response names none; an error counts only then.
    result<token_endpoint_auth_method> method;
    /// The grants without which the client is of no use.
    std::vector<std::string> needed_grants;
    /// Whether `response_types` has to have `code`.
    bool code = true;
    /// Whether tokens are to be bound to the certificate.
    bool certificate_bound = false;
};

/// Read the body of a response whose status says that it is client information.
result<registration> read_client_information(
    const http_response& response, const discovery& found, expected_client expected
);

} // namespace asioauth::detail
