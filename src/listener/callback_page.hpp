// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/redirect.hpp>

#include <string>
#include <string_view>

namespace asioauth::detail {

/// What the loopback listener says when no login's outcome is known.
enum class callback_page
{
    not_finished,       ///< the program gave up, or nobody answered in time
    not_waiting,        ///< nobody waits for this `state` (any more)
    bad_request,        ///< nothing that a browser sends for a redirect
    not_found,          ///< another path
    method_not_allowed, ///< another method than GET
    head_too_large,
};

/** The whole HTTP response for a page, head and body.

    There is no parameter for text on purpose: nothing that a request or a server said can get into
    a page.
*/
std::string page_for(callback_page page);

/// The response for the outcome of a login: the text and the hint of the library's own code.
std::string page_for(const login_outcome& outcome);

/// The same response as an answer to HEAD.
std::string without_body(std::string_view response);

} // namespace asioauth::detail
