// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace asioauth::tool {

enum class command
{
    discover,
    register_client,
    login,
    token,
    refresh,
    request,
    tools,
    list,
    show,
    logout,
    revoke,
    doctor,
    serve,
    completion,
    version,
    manual, ///< not for users: prints the manual page
};

/// Add every command with its options. Whatever documents the tool is made of what is added here.
void add_commands(CLI::App& app, options& given);

/// The command that was given; nothing before parsing.
std::optional<command> chosen_command(const CLI::App& app);

/** Options that are not on the command line but in the environment (`ASIOAUTH_` and the name of the
    option) or, if not there either, in the configuration file: as further arguments.

    @param app as it was parsed
    @param source receives where each option came from, for error messages
    @return the arguments, or errc::invalid_argument for a file that cannot be read or that has a
        key which no command knows
*/
result<std::vector<std::string>> further_arguments(
    const CLI::App& app,
    const options& given,
    std::vector<std::pair<std::string, std::string>>& source
);

/** Whether failures are to be said as JSON, as far as that can be known when the arguments cannot be
    parsed: --json stands among them, or the environment or the configuration file says it.
*/
bool wants_json(const CLI::App& app, const std::vector<std::string>& arguments);

/// `ASIOAUTH_NO_BROWSER` for `--no-browser`; empty for an option that is for the command line alone.
std::string variable_of(std::string_view option);

} // namespace asioauth::tool
