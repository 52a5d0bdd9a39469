// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "command_line.hpp"
#include "environment.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace asioauth::tool {
namespace {

// A relaxation, a secret on the screen or a deletion is asked for each time, in plain sight.
constexpr std::array command_line_only = {
    std::string_view("--help"),
    std::string_view("--allow-network"),
    std::string_view("--reveal"),
    std::string_view("--all"),
    std::string_view("--delete"),
    std::string_view("--delete-registration"),
};

std::string usual_file()
{
    const std::string folder = variable("XDG_CONFIG_HOME");
    if (!folder.empty() && folder.front() == '/')
        return folder + "/asioauth/config.toml";
    const std::string home = variable("HOME");
    return home.empty() || home.front() != '/' ? std::string()
                                               : home + "/.config/asioauth/config.toml";
}

using settings = std::vector<CLI::ConfigItem>;

/// Options of one section, or of all commands that have them.
bool knows(const CLI::App& app, const CLI::ConfigItem& item)
{
    const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
    return std::any_of(subs.begin(), subs.end(), [&](const CLI::App* sub) {
        return (item.parents.empty() || item.parents.front() == sub->get_name())
            && sub->get_option_no_throw("--" + item.name) != nullptr
            && !variable_of("--" + item.name).empty();
    });
}

result<settings> read_file(const CLI::App& app, const std::string& path, bool must_exist)
{
    std::ifstream in(path);
    if (!in)
    {
        if (must_exist)
            return misused("The configuration file " + path + " cannot be read.");
        return settings();
    }
    settings out;
    try
    {
        out = CLI::ConfigTOML().from_config(in);
    }
    catch (const CLI::Error& error)
    {
        return misused(path + ": " + error.what());
    }
    std::erase_if(out, [](const CLI::ConfigItem& i) { return i.name == "++" || i.name == "--"; });
    for (const auto& item : out)
    {
        if (item.parents.size() <= 1 && knows(app, item))
            continue;
        const bool typed_only = item.parents.size() <= 1 && variable_of("--" + item.name).empty();
        return misused(
            path
            + (typed_only
                   ? ": \"" + presentable(item.fullname()) + "\" is for the command line only."
                   : ": there is no setting \"" + presentable(item.fullname()) + "\".")
        );
    }
    return out;
}

/// The values of an option; of its own section rather than of the beginning of the file.
std::vector<std::string>
values_of(const settings& from, const std::string& command, const std::string& name)
{
    std::vector<std::string> out;
    bool own = false;
    for (const auto& item : from)
    {
        const bool here = !item.parents.empty();
        if (item.name != name || (here && item.parents.front() != command) || (own && !here))
            continue;
        own = here;
        out = item.inputs;
    }
    return out;
}

bool is_excluded(CLI::Option& option)
{
    const auto& others = option.get_excludes();
    return std::any_of(others.begin(), others.end(), [](const CLI::Option* other) {
        return other->count() != 0;
    });
}

} // namespace

std::string variable_of(std::string_view option)
{
    if (option.substr(0, 2) != "--"
        || std::find(command_line_only.begin(), command_line_only.end(), option)
            != command_line_only.end())
        return {};
    std::string out = "ASIOAUTH_";
    for (const char c : option.substr(2))
    {
        const bool lower = c >= 'a' && c <= 'z';
        out += c == '-' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

result<std::vector<std::string>> further_arguments(
    const CLI::App& app,
    const options& given,
    std::vector<std::pair<std::string, std::string>>& source
)
{
    auto* const sub = app.get_subcommands().front();
    std::string path = given.config;
    if (path.empty())
        path = variable(variable_of("--config"));
    const bool named = !path.empty();
    if (!named)
        path = usual_file();
    const auto file = read_file(app, path, named);
    if (!file)
        return file.error();

    std::vector<std::string> out;
    for (auto* option : sub->get_options({}))
    {
        const std::string name = option->get_name();
        const std::string from = variable_of(name);
        if (from.empty() || name == "--config" || option->count() != 0 || is_excluded(*option))
            continue;
        std::vector<std::string> values;
        if (auto value = variable(from); !value.empty())
        {
            values.push_back(std::move(value));
            source.emplace_back(name, "the variable " + from);
        }
        else
        {
            values = values_of(*file, sub->get_name(), name.substr(2));
            source.emplace_back(name, path);
        }
        for (const auto& value : values)
            out.emplace_back(name).append("=").append(value);
    }
    return out;
}

namespace {

bool is_true(const std::string& text)
{
    return text == "1" || text == "true" || text == "yes" || text == "on" || text == "y";
}

/// What follows an option that may not have been parsed.
std::string value_among(const std::vector<std::string>& arguments, const std::string& option)
{
    for (std::size_t i = 0; i != arguments.size(); ++i)
    {
        if (arguments[i].starts_with(option + "="))
            return arguments[i].substr(option.size() + 1);
        if (arguments[i] == option && i + 1 != arguments.size())
            return arguments[i + 1];
    }
    return {};
}

} // namespace

bool wants_json(const CLI::App& app, const std::vector<std::string>& arguments)
{
    if (std::find(arguments.begin(), arguments.end(), "--json") != arguments.end())
        return true;
    if (const std::string said = variable(variable_of("--json")); !said.empty())
        return is_true(said);
    std::string path = value_among(arguments, "--config");
    if (path.empty())
        path = variable(variable_of("--config"));
    if (path.empty())
        path = usual_file();
    const auto file = read_file(app, path, false);
    if (!file)
        return false;
    const auto values = values_of(*file, arguments.empty() ? "" : arguments.front(), "json");
    return !values.empty() && is_true(values.front());
}

} // namespace asioauth::tool
