// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "printing.hpp"

#include <asioauth/diagnostics.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <ctime>
#include <iostream>

namespace asioauth::tool {

namespace json = boost::json;

json::object versioned()
{
    json::object out;
    out["version"] = 1;
    return out;
}

void print(const json::object& object)
{
    std::cout << json::serialize(object) << '\n';
}

json::value text_or_null(std::string_view text)
{
    if (text.empty())
        return nullptr;
    return json::string(text);
}

json::array list(const std::vector<std::string>& texts)
{
    json::array out;
    for (const auto& text : texts)
        out.emplace_back(text);
    return out;
}

json::array list(const std::optional<std::vector<std::string>>& texts)
{
    return texts ? list(*texts) : json::array();
}

json::value seconds(const std::optional<std::chrono::system_clock::time_point>& when)
{
    if (!when)
        return nullptr;
    return std::chrono::duration_cast<std::chrono::seconds>(when->time_since_epoch()).count();
}

std::string joined(const std::vector<std::string>& texts, std::string_view between)
{
    std::string out;
    for (const auto& text : texts)
        out.append(out.empty() ? "" : between).append(presentable(text));
    return out;
}

void row(std::string_view label, std::string_view value)
{
    constexpr std::size_t width = 24;
    if (value.empty())
        return;
    std::string start(label);
    start += ':';
    start.resize(std::max(width, start.size() + 1), ' ');
    std::cout << start << value << '\n';
}

void notes(const std::vector<std::string>& sentences)
{
    for (const auto& sentence : sentences)
        row("Note", presentable(sentence));
}

std::string lines(std::string_view untrusted)
{
    std::string out;
    for (;;)
    {
        const auto end = untrusted.find('\n');
        const auto line = untrusted.substr(0, end);
        out += presentable(line, line.size() * 3);
        out += '\n';
        if (end == std::string_view::npos)
            return out;
        untrusted.remove_prefix(end + 1);
    }
}

std::string shell_quoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text)
    {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

std::string clock_time(const std::optional<std::chrono::system_clock::time_point>& when)
{
    if (!when)
        return "the server does not say";
    const auto time = std::chrono::system_clock::to_time_t(*when);
    std::tm parts = {};
    char text[32] = "";
    if (::gmtime_r(&time, &parts) != nullptr)
        std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return text;
}

} // namespace asioauth::tool
