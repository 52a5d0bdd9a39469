// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What the files that print have in common.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::tool {

/// An object for the standard output or an error: it says which version of the format it is.
boost::json::object versioned();
void print(const boost::json::object& object);

boost::json::value text_or_null(std::string_view text);
boost::json::array list(const std::vector<std::string>& texts);
boost::json::array list(const std::optional<std::vector<std::string>>& texts);
boost::json::value seconds(const std::optional<std::chrono::system_clock::time_point>& when);

std::string joined(const std::vector<std::string>& texts, std::string_view between);
/// A row of a table: nothing if there is nothing to say.
void row(std::string_view label, std::string_view value);
void notes(const std::vector<std::string>& sentences);
/// Text of a server, which may have several lines, without anything that a terminal acts upon.
std::string lines(std::string_view untrusted);
/// As one word of a shell, whatever is in it.
std::string shell_quoted(std::string_view text);
std::string clock_time(const std::optional<std::chrono::system_clock::time_point>& when);

} // namespace asioauth::tool
