// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <string_view>

namespace asioauth::detail {

/** Check a complete response head, final empty line included, against what we accept.

    Refused, because recipients have been known to disagree about them: line ends other than CR LF, control
    characters, folded lines, blanks around field names, more than one Content-Length or anything but digits in it,
    any Transfer-Encoding but a single `chunked`, and both together.

    @return the status, 100 to 599
*/
result<int> check_response_head(std::string_view head);

/// Could these first bytes of a response become a valid one?
bool may_begin_response(std::string_view begin) noexcept;

} // namespace asioauth::detail
