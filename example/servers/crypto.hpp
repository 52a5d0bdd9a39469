// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The few cryptographic helpers both servers need, over OpenSSL: random identifiers, SHA-256,
// constant-time comparison, and the two base64 alphabets OAuth uses (base64url for tokens, PKCE
// and JOSE; the classic one for HTTP Basic).

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace example {

/// `bytes` random bytes from OpenSSL's generator, base64url-encoded. Throws if there is no entropy.
std::string random_token(std::size_t bytes = 32);

/// The 32 raw bytes of the digest.
std::string sha256(std::string_view data);

/// Compares in a time that depends on the lengths only, never on the contents.
bool constant_time_equal(std::string_view a, std::string_view b);

std::string base64url_encode(std::string_view raw);

/// Strict: no padding, no foreign character, no stray bits. Anything else is `nullopt`.
std::optional<std::string> base64url_decode(std::string_view text);

/// The classic alphabet, padding optional.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace example
