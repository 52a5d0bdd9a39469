// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "command_line.hpp"
#include "commands.hpp"
#include "documents.hpp"
#include "output.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using asioauth::tool::command;
using asioauth::tool::options;

// CLI11 takes them last first.
void parse(CLI::App& app, std::vector<std::string> arguments)
{
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
}

/// The first argument if it is no command and no option.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments)
{
    if (arguments.empty() || arguments.front().empty() || arguments.front().front() == '-')
        return {};
    const std::string& name = arguments.front();
    const auto commands =
        app.get_subcommands([&](const CLI::App* c) { return c->get_name() == name; });
    return commands.empty() ? name : std::string();
}

std::string
explained(std::string message, const std::vector<std::pair<std::string, std::string>>& source)
{
    if (message == "url is required")
        return "Which server? Name its URL.";
    if (message == "shell is required")
        return "Which shell? Name bash, zsh or fish.";
    if (message == "A subcommand is required")
        return "No command was given.";
    for (const auto& [option, from] : source)
    {
        if (message.find(option) != std::string::npos)
        {
            std::string out = message;
            out.append(" (").append(option).append(" comes from ").append(from).append(".)");
            return out;
        }
    }
    return message;
}

int run(std::vector<std::string> arguments)
{
    options given;
    CLI::App app(asioauth::tool::description(), "asioauth");
    app.footer(asioauth::tool::footer());
    app.add_flag("--version")->description("The same as the command version");
    asioauth::tool::add_commands(app, given);
    if (!arguments.empty() && arguments.front() == "--version")
        arguments.front() = "version";
    const bool json = asioauth::tool::wants_json(app, arguments);
    std::vector<std::pair<std::string, std::string>> source;
    if (const auto name = unknown_command(app, arguments); !name.empty())
        return asioauth::tool::report_usage(
            json, "There is no command \"" + asioauth::presentable(name) + "\"."
        );
    try
    {
        if (!arguments.empty() && arguments.front().substr(0, 1) != "-")
            asioauth::tool::set_help_for(arguments.front());
        parse(app, arguments);
        auto more = asioauth::tool::further_arguments(app, given, source);
        if (!more)
            return asioauth::tool::report_usage(json, more.error().info().message());
        const bool way_was_typed =
            given.no_browser || given.paste || given.device || !given.browser.empty();
        const bool step_up_was_typed = !given.step_up.empty();
        if (!more->empty())
        {
            arguments.insert(arguments.begin() + 1, more->begin(), more->end());
            given = options();
            parse(app, arguments);
        }
        given.way_was_typed = way_was_typed;
        given.step_up_was_typed = step_up_was_typed;
    }
    catch (const CLI::Success& help)
    {
        return app.exit(help);
    }
    catch (const CLI::ParseError& error)
    {
        return asioauth::tool::report_usage(json, explained(error.what(), source));
    }
    const command what = asioauth::tool::chosen_command(app).value();
    asioauth::tool::choose_colors(given.no_color);
    if (what == command::completion || what == command::manual || what == command::version)
    {
        if (what == command::version)
            asioauth::tool::print_version(given.json);
        else if (what == command::manual)
            asioauth::tool::print_manual(app);
        else
            asioauth::tool::print_completion(app, given.shell_name);
        if (asioauth::tool::output_arrived())
            return 0;
        return asioauth::tool::report_usage(given.json, "The output could not be written.");
    }
    return asioauth::tool::run(what, given);
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        return run(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    }
    catch (const std::exception& error)
    {
        return asioauth::tool::report_usage(false, error.what());
    }
}
