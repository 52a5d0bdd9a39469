// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/// What the choice of a browser depends on.
class browser_surroundings
{
public:
    /// Those of this process, now.
    static browser_surroundings current();

    std::string browser;        ///< the variable BROWSER
    bool remote_shell = false;  ///< in an SSH session
    bool has_display = false;   ///< X11 or Wayland
    bool windows_linux = false; ///< Windows Subsystem for Linux
};

/** The commands to try, in order, each as its argument vector.

    No shell sees them. The URL is always one whole argument or, where `%s` says so, part of one.
*/
std::vector<std::vector<std::string>> browser_commands(
    std::string_view url, std::string_view command, const browser_surroundings& surroundings
);

/** True if `url` is http or https and holds nothing but the characters of RFC 3986, percent signs
    only in front of two hexadecimal digits. url::parse is a check of what a URL means; this one is
    of what a careless program in the chain behind us could mistake for something else.
*/
bool may_be_launched(std::string_view url);

/// The file of a program, searched here so that one that is missing costs nothing. Empty if there
/// is none.
std::string find_program(const std::string& name);

} // namespace asioauth::detail
