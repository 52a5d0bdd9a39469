// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The next command to run, as a user can paste it.

#include "options.hpp"

#include <string>
#include <string_view>

namespace asioauth::tool {

/** A command about the same logins: the account, the store and the private networks that were given
    are given again.

    @param command its name, and its own options if any
    @param url the server's; empty: the command has none
*/
std::string next_command(const options& given, std::string_view command, std::string_view url);

/// The login that a command lacks: for its URL, and with its scope.
std::string login_command(const options& given);

/// What describe() has said, without the hint at its end.
std::string without_hint(std::string text, std::string_view hint);

/// The URL to name in a hint: `URL` if the real one has a query, which may hold a key.
std::string nameable_url(const options& given);

} // namespace asioauth::tool
