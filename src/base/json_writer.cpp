// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_writer.hpp"

#include "base/kept_memory.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace asioauth::detail {

namespace {

// Most documents fit.
constexpr std::size_t usual_size = 2048;

// Whether a character stands for itself.
constexpr bool is_plain(char c) noexcept
{
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

// The same of eight at once: the upper bit of an octet of the result is set if it does not, and
// perhaps of those behind it.
constexpr std::uint64_t escaped_of(std::uint64_t eight) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101U;
    const auto zeros = [](std::uint64_t v) { return (v - ones) & ~v; };
    return (zeros(eight ^ (ones * '"')) | zeros(eight ^ (ones * '\\'))
            | ((eight - ones * 0x20U) & ~eight))
        & (ones * 0x80U);
}

// How many characters in front stand for themselves.
std::size_t plain_size(std::string_view text) noexcept
{
    std::size_t i = 0;
    for (std::uint64_t eight = 0; text.size() - i >= sizeof(eight); i += sizeof(eight))
    {
        std::memcpy(&eight, text.data() + i, sizeof(eight));
        if (escaped_of(eight) != 0)
        {
            break;
        }
    }
    while (i != text.size() && is_plain(text[i]))
    {
        ++i;
    }
    return i;
}

} // namespace

json_writer::json_writer()
    : begin_(static_cast<char*>(kept_memory::take(usual_size)))
    , end_(begin_)
    , limit_(begin_ + usual_size)
{
    put('{');
}

json_writer::~json_writer()
{
    kept_memory::give(begin_, static_cast<std::size_t>(limit_ - begin_));
}

void json_writer::text(std::string_view name, std::string_view value)
{
    member(name);
    quoted(value);
}

void json_writer::texts(std::string_view name, const std::vector<std::string>& values)
{
    member(name);
    put('[');
    for (const std::string& value : values)
    {
        separate();
        quoted(value);
    }
    put(']');
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
    put('{');
}

void json_writer::end()
{
    put('}');
}

secret json_writer::finish()
{
    put('}');
    return secret(std::string_view(begin_, static_cast<std::size_t>(end_ - begin_)));
}

void json_writer::member(std::string_view name)
{
    separate();
    quoted(name);
    put(':');
}

void json_writer::quoted(std::string_view value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    put('"');
    while (!value.empty())
    {
        const auto plain = value.substr(0, plain_size(value));
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
    put('"');
}

// Between this value and the one before it, if there is one.
void json_writer::separate()
{
    if (end_[-1] != '{' && end_[-1] != '[')
    {
        put(',');
    }
}

void json_writer::put(std::string_view raw)
{
    if (static_cast<std::size_t>(limit_ - end_) < raw.size())
    {
        grow(raw.size());
    }
    end_ = std::copy(raw.begin(), raw.end(), end_);
}

void json_writer::put(char c)
{
    if (end_ == limit_)
    {
        grow(1);
    }
    *end_++ = c;
}

void json_writer::grow(std::size_t more)
{
    const auto size = static_cast<std::size_t>(limit_ - begin_);
    const auto longer_size = 2 * size + more;
    char* const longer = static_cast<char*>(kept_memory::take(longer_size));
    char* const end = std::copy(begin_, end_, longer);
    kept_memory::give(begin_, size);
    begin_ = longer;
    end_ = end;
    limit_ = longer + longer_size;
}

} // namespace asioauth::detail
