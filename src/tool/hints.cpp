// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hints.hpp"

#include "printing.hpp"

namespace asioauth::tool {
namespace {

/// As a word of a shell: as it is where that is safe.
std::string word(std::string_view text)
{
    constexpr std::string_view plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "-_./:@%+=,[]";
    if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos)
        return std::string(text);
    return shell_quoted(text);
}

void add(std::string& to, std::string_view option, std::string_view value)
{
    if (!value.empty())
        to.append(" ").append(option).append(" ").append(word(value));
}

} // namespace

std::string next_command(const options& given, std::string_view command, std::string_view url)
{
    std::string out = "asioauth ";
    out += command;
    add(out, "--account", given.account);
    add(out, "--store", given.store);
    // Only where a server is asked.
    for (const auto& network : given.networks)
    {
        if (!url.empty())
            add(out, "--allow-network", network);
    }
    if (!url.empty())
        out.append(" ").append(word(url));
    return out;
}

std::string login_command(const options& given)
{
    std::string command = "login";
    add(command, "--scope", given.scope);
    return next_command(given, command, nameable_url(given));
}

std::string without_hint(std::string text, std::string_view hint)
{
    const auto at = hint.empty() ? std::string::npos : text.rfind(hint);
    if (at != std::string::npos)
        text.erase(at);
    text.erase(text.find_last_not_of(" \n") + 1);
    return text;
}

std::string nameable_url(const options& given)
{
    const bool plain = !given.url.empty() && given.url.find('?') == std::string::npos;
    return plain ? given.url : "URL";
}

} // namespace asioauth::tool
