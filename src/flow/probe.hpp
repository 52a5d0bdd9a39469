// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What a resource says to one who has no token.

#include "flow/flow.hpp"

#include <asioauth/error.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/url.hpp>

#include <optional>
#include <string>

namespace asioauth::detail {

/// Failures after which asking elsewhere is pointless: the caller went away, or the call itself is
/// wrong.
inline bool is_final(const failure& f)
{
    return f.code() == condition::cancelled || f.code() == condition::usage
        || f.code() == errc::deadline_exceeded;
}

class probe_result
{
public:
    probe_result() = default;

    bool challenged = false; // 401, or 403 with a Bearer challenge
    bool oauth_possible = true;
    bool dpop = false; // is what the challenge asks for
    int status = 0;
    std::string resource_metadata;     // of the challenge
    std::string scope;                 // likewise
    std::optional<failure> unanswered; // why there is no status
};

/// Whether the answer says that there is no such resource, or none to be had. A method or a format that
/// it does not take is no such answer.
inline bool is_not_there(const probe_result& seen)
{
    return seen.status >= 400 && seen.status != 405 && seen.status != 406;
}

/// Ask without a token. References are to what the calling flow keeps.
flow<probe_result> probe(const url& resource, const address_policy& policy);

} // namespace asioauth::detail
