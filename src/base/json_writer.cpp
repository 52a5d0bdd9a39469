// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace asioauth::detail {

namespace {

// Most documents fit.
constexpr std::size_t usual_size = 2048;

// Characters that stand for themselves.
constexpr auto plain_chars = [] {
    std::array<bool, 256> out{};
    for (std::size_t c = 0x20; c != out.size(); ++c)
        out[c] = c != '"' && c != '\\';
    return out;
}();

constexpr bool is_plain(char c) noexcept
{
    return plain_chars[static_cast<unsigned char>(c)];
}

} // namespace

json_writer::json_writer()
{
    text_.reserve(usual_size);
    text_ += '{';
}

void json_writer::text(std::string_view name, std::string_view value)
{
    member(name);
    quoted(value);
}

void json_writer::texts(std::string_view name, const std::vector<std::string>& values)
{
    member(name);
    put("[");
    for (const std::string& value : values)
    {
        separate();
        quoted(value);
    }
    put("]");
}

void json_writer::flag(std::string_view name, bool value)
{
    member(name);
    put(value ? "true" : "false");
}

void json_writer::number(std::string_view name, std::int64_t value)
{
    char digits[24];
    const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
    member(name);
    put(std::string_view(digits, static_cast<std::size_t>(written.ptr - digits)));
}

void json_writer::begin(std::string_view name)
{
    member(name);
    put("{");
}

void json_writer::end()
{
    put("}");
}

secret json_writer::finish()
{
    put("}");
    return secret(text_);
}

void json_writer::member(std::string_view name)
{
    separate();
    quoted(name);
    put(":");
}

void json_writer::quoted(std::string_view value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    put("\"");
    while (!value.empty())
    {
        const auto* const end = std::find_if_not(value.begin(), value.end(), is_plain);
        const auto plain = value.substr(0, static_cast<std::size_t>(end - value.begin()));
        put(plain);
        value.remove_prefix(plain.size());
        if (value.empty())
        {
            break;
        }
        const auto c = static_cast<unsigned char>(value.front());
        if (c >= 0x20)
        {
            const char escaped[] = {'\\', value.front()};
            put(std::string_view(escaped, sizeof(escaped)));
        }
        else
        {
            const char escaped[] = {'\\', 'u', '0', '0', digits[c >> 4U], digits[c & 15U]};
            put(std::string_view(escaped, sizeof(escaped)));
        }
        value.remove_prefix(1);
    }
    put("\"");
}

// Between this value and the one before it, if there is one.
void json_writer::separate()
{
    if (text_.back() != '{' && text_.back() != '[')
    {
        put(",");
    }
}

// A string that grows by itself leaves what it held behind.
void json_writer::put(std::string_view raw)
{
    if (text_.capacity() - text_.size() < raw.size())
    {
        std::string longer;
        longer.reserve(2 * text_.capacity() + raw.size());
        longer.append(text_);
        text_.swap(longer);
        wipe(longer);
    }
    text_ += raw;
}

} // namespace asioauth::detail
