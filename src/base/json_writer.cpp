// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_writer.hpp"

#include "base/kept_memory.hpp"
#include "base/octets.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace asioauth::detail {

namespace {

// Most documents fit.
constexpr std::size_t usual_size = 2048;

// Which characters cannot stand for themselves.
octets escaped_in(octets in) noexcept
{
    return less_than(in, 0x20) | equal_to(in, '"') | equal_to(in, '\\');
}

// @return where it ends
char* escape(char c, char* to) noexcept
{
    constexpr std::string_view digits = "0123456789abcdef";
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 && c != '\n')
    {
        to = std::copy_n("\\u00", 4, to);
        *to++ = digits[octet >> 4U];
        *to++ = digits[octet & 15U];
        return to;
    }
    if (c == '"' || c == '\\' || c == '\n')
    {
        *to++ = '\\';
    }
    *to++ = c == '\n' ? 'n' : c;
    return to;
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
    if (value.empty())
    {
        return;
    }
    member(name);
    quoted(value);
}

void json_writer::texts(std::string_view name, const std::vector<std::string>& values)
{
    if (values.empty())
    {
        return;
    }
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
    if (!value)
    {
        return;
    }
    member(name);
    put("true");
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
    constexpr std::size_t longest_escape = 6;
    const bool is_plain = !any_octet(value, escaped_in);
    const auto most = value.size() * (is_plain ? 1 : longest_escape) + 2;
    if (static_cast<std::size_t>(limit_ - end_) < most)
    {
        grow(most);
    }
    *end_++ = '"';
    if (is_plain)
    {
        end_ = std::copy(value.begin(), value.end(), end_);
    }
    else
    {
        std::for_each(value.begin(), value.end(), [this](char c) { end_ = escape(c, end_); });
    }
    *end_++ = '"';
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
