// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/// Names and values of a form or query, in order.
using form_fields = std::vector<std::pair<std::string, std::string>>;

/// Encode one name or value as `application/x-www-form-urlencoded` (WHATWG URL, RFC 6749 appendix
/// B).
ASIOAUTH_DECL std::string form_encode(std::string_view text);

/// Encode fields; those with an empty value are kept.
ASIOAUTH_DECL std::string form_encode(const form_fields& fields);

/// Decode one name or value; nothing if a percent sign is not followed by two hexadecimal digits.
ASIOAUTH_DECL std::optional<std::string> form_decode(std::string_view text);

/// Decode a form or query; nothing if any part of it is malformed.
ASIOAUTH_DECL std::optional<form_fields> parse_form(std::string_view text);

/// Base64url without padding (RFC 4648 section 5).
ASIOAUTH_DECL std::string base64url_encode(std::string_view bytes);

/// The bytes of base64url text without padding; nothing for text that base64url_encode() cannot
/// have written: padding, other characters, bits left over that are not zero.
ASIOAUTH_DECL std::optional<std::string> base64url_decode(std::string_view text);

/// Base64 with padding (RFC 4648 section 4).
ASIOAUTH_DECL std::string base64_encode(std::string_view bytes);

} // namespace asioauth
