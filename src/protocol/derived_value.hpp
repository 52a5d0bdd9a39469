// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/pkce.hpp>
#include <asioauth/secret.hpp>

#include <string>
#include <string_view>

namespace asioauth::detail {

/** A value of 43 characters that belongs to `purpose` alone: SHA-256 of it and the octets.

    One request may need several identifiers (`jti` of an assertion and of a proof), and there are
    servers that keep those of all kinds in one table and refuse the second as replayed.
*/
inline std::string derived_value(std::string_view purpose, const random_octets& random)
{
    std::string text;
    text.reserve(purpose.size() + random.size());
    text.append(purpose).append(random.begin(), random.end());
    // The S256 transformation of PKCE is this digest in base64url.
    std::string out = make_code_challenge(secret(text));
    wipe(text);
    return out;
}

} // namespace asioauth::detail
