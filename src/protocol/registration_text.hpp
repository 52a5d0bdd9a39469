// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

// What the members of a client's metadata have to be made of.

namespace asioauth::detail {

/// A value of any kind, written as JSON; nothing if the text is something else.
std::optional<boost::json::value> read_json_value(std::string_view text);

/// UTF-8 that a consent page can show in one line.
bool is_text(std::string_view text);

/// Scope tokens (RFC 6749 section 3.3), or nothing.
ASIOAUTH_DECL bool is_scope(std::string_view text);

/// Three parts of base64url with points between them.
bool is_compact_jwt(std::string_view text);

/// A web page or picture for people: http or https.
bool is_display_url(std::string_view text);

/// The place of a key set: https, or http on a loopback host.
bool is_key_set_url(std::string_view text);

} // namespace asioauth::detail
