// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "workplace.hpp"

namespace asioauth::tool {

/// Whether more scopes may be asked for without a question.
bool may_step_up(const options& given);

/// Whether the user is to be asked after this refusal.
bool asks_for_step_up(const workplace& at, const error_code& refused);

/** Ask on the terminal whether to log in for more scopes, and do it.

    @param with is another session then: one asks once, and remembers what it was refused
    @return why not, if not
*/
boost::asio::awaitable<outcome> ask_for_step_up(workplace& at, session& with);

} // namespace asioauth::tool
