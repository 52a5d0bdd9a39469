// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "form.hpp"

#include <cstddef>

namespace example {
namespace {

constexpr std::size_t max_parameters = 64;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
        || c == '.' || c == '_' || c == '~';
}

} // namespace

std::optional<form> form::parse(std::string_view encoded)
{
    form result;
    while (!encoded.empty())
    {
        const auto end = encoded.find('&');
        const auto item = encoded.substr(0, end);
        encoded.remove_prefix(end == std::string_view::npos ? encoded.size() : end + 1);
        if (item.empty())
            continue;
        if (result.items_.size() == max_parameters)
            return std::nullopt;
        const auto equals = item.find('=');
        auto name = form_decode(item.substr(0, equals));
        auto value = form_decode(
            equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1)
        );
        if (!name || !value)
            return std::nullopt;
        result.items_.emplace_back(std::move(*name), std::move(*value));
    }
    return result;
}

const std::string* form::find(std::string_view name) const
{
    for (const auto& [key, value] : items_)
        if (key == name && !value.empty())
            return &value;
    return nullptr;
}

std::string form::get(std::string_view name) const
{
    const auto* value = find(name);
    return value ? *value : std::string();
}

std::vector<std::string> form::all(std::string_view name) const
{
    std::vector<std::string> values;
    for (const auto& [key, value] : items_)
        if (key == name && !value.empty())
            values.push_back(value);
    return values;
}

const std::string* form::repeated_name() const
{
    for (std::size_t i = 0; i < items_.size(); ++i)
        for (std::size_t j = i + 1; j < items_.size(); ++j)
            if (items_[i].first == items_[j].first && items_[i].first != "resource")
                return &items_[i].first;
    return nullptr;
}

std::string form_encode(std::string_view text)
{
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text)
    {
        if (is_unreserved(c))
        {
            encoded.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded.push_back('%');
        encoded.push_back(hex_digits[byte >> 4U]);
        encoded.push_back(hex_digits[byte & 0x0fU]);
    }
    return encoded;
}

std::optional<std::string> form_decode(std::string_view text)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (text[i] == '+')
        {
            decoded.push_back(' ');
            continue;
        }
        if (text[i] != '%')
        {
            decoded.push_back(text[i]);
            continue;
        }
        if (text.size() - i < 3)
            return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return decoded;
}

void append_parameter(std::string& query, std::string_view name, std::string_view value)
{
    if (!query.empty())
        query += '&';
    query += form_encode(name) + '=' + form_encode(value);
}

} // namespace example
