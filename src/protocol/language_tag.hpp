// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string_view>

namespace asioauth::detail {

/// True if the text has the form of a language tag (RFC 5646 section 2.1); the irregular tags that
/// RFC 5646 only grandfathers in are none here.
bool is_language_tag(std::string_view text) noexcept;

} // namespace asioauth::detail
