// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/browser_commands.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <utility>

namespace asioauth::detail {

namespace {

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> out;
    for (;;)
    {
        const auto end = text.find(separator);
        if (end != 0 && !text.empty())
            out.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + 1);
    }
}

std::string percent_encode(std::string_view text, std::string_view which)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text)
    {
        if (which.find(c) == std::string_view::npos)
        {
            out += c;
            continue;
        }
        const auto code = static_cast<unsigned char>(c);
        out += '%';
        out += digits[code >> 4U];
        out += digits[code & 15U];
    }
    return out;
}

bool is_executable(const std::string& path)
{
    struct stat info = {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
        && ::access(path.c_str(), X_OK) == 0;
}

} // namespace

browser_surroundings browser_surroundings::current()
{
    browser_surroundings out;
    out.browser = variable("BROWSER");
    out.remote_shell = !variable("SSH_CONNECTION").empty();
    out.has_display = !variable("DISPLAY").empty() || !variable("WAYLAND_DISPLAY").empty();
    std::ifstream file("/proc/version");
    std::string version;
    std::getline(file, version);
    out.windows_linux = version.find("microsoft") != std::string::npos
        || version.find("Microsoft") != std::string::npos;
    return out;
}

std::vector<std::vector<std::string>> browser_commands(
    std::string_view url, std::string_view command, const browser_surroundings& surroundings
)
{
    const std::string whole(url);
    std::vector<std::vector<std::string>> out;
    if (!command.empty())
        out.push_back({std::string(command), whole});
    for (const auto entry : split(surroundings.browser, ':'))
    {
        std::vector<std::string> arguments;
        bool placed = false;
        for (const auto word : split(entry, ' '))
        {
            std::string argument(word);
            const auto at = argument.find("%s");
            // The URL must not become the name of a program.
            if (at != std::string::npos && !arguments.empty())
            {
                argument.replace(at, 2, whole);
                placed = true;
            }
            arguments.push_back(std::move(argument));
        }
        if (arguments.empty())
            continue;
        if (!placed)
            arguments.push_back(whole);
        out.push_back(std::move(arguments));
    }
    if (surroundings.remote_shell && !surroundings.has_display)
        return out; // a graphical program could only fail, or open on a screen that nobody sees
#if defined(__APPLE__)
    out.push_back({"open", whole});
#else
    // wslview pastes its argument into a PowerShell command line. These are equivalent for every
    // server.
    if (surroundings.windows_linux)
    {
        const std::string careful = percent_encode(whole, "$'();!*");
        out.push_back({"wslview", careful});
        out.push_back({"rundll32.exe", "url.dll,FileProtocolHandler", careful});
    }
    out.push_back({"xdg-open", whole});
    out.push_back({"x-www-browser", whole});
    out.push_back({"www-browser", whole});
    out.push_back({"gio", "open", whole});
    out.push_back({"sensible-browser", whole});
#endif
    return out;
}

bool may_be_launched(std::string_view url)
{
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~:/?#[]@!$&'()*+,;=%";
    if (!(url.starts_with("https://") || url.starts_with("http://"))
        || url.find_first_not_of(allowed) != std::string_view::npos)
        return false;
    for (auto at = url.find('%'); at != std::string_view::npos; at = url.find('%', at + 1))
    {
        const auto digits = url.substr(at + 1, 2);
        if (digits.size() != 2
            || digits.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos)
            return false;
    }
    return true;
}

std::string find_program(const std::string& name)
{
    if (name.find('/') != std::string::npos)
        return is_executable(name) ? name : std::string();
    for (const auto directory : split(variable("PATH"), ':'))
    {
        // A relative directory would start whatever lies in the current one.
        if (directory.front() != '/')
            continue;
        auto path = std::string(directory) + '/' + name;
        if (is_executable(path))
            return path;
    }
    return {};
}

} // namespace asioauth::detail
