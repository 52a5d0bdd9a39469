// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/secret.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace asioauth {

namespace {

constexpr auto kept_chars = detail::table_of([](char c) {
    return detail::is_alpha(c) || detail::is_digit(c) || c == '*' || c == '-' || c == '.'
        || c == '_';
});

// An object, so that algorithms have it in their loops and call nothing.
constexpr auto is_kept = [](char c) noexcept { return kept_chars[static_cast<unsigned char>(c)]; };

// Neither is an escape.
constexpr auto literal_chars = detail::table_of([](char c) { return c != '%' && c != '+'; });
constexpr auto is_literal = [](char c) noexcept {
    return literal_chars[static_cast<unsigned char>(c)];
};

constexpr int hex_value(char c) noexcept
{
    return c >= '0' && c <= '9' ? c - '0'
        : c >= 'a' && c <= 'f'  ? c - 'a' + 10
        : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                : -1;
}

constexpr int base64url_value(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? c - 'A'
        : c >= 'a' && c <= 'z'  ? c - 'a' + 26
        : c >= '0' && c <= '9'  ? c - '0' + 52
        : c == '-'              ? 62
        : c == '_'              ? 63
                                : -1;
}

std::string encode_base64(std::string_view bytes, std::string_view alphabet, bool padded)
{
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    auto at = out.begin();
    const auto put = [&](std::uint32_t group, unsigned digits) {
        for (unsigned shift = 18; digits != 0; --digits, shift -= 6)
        {
            *at++ = alphabet[(group >> shift) & 63U];
        }
    };
    const auto octet = [&](std::size_t k) -> std::uint32_t {
        return static_cast<unsigned char>(bytes[k]);
    };
    for (; bytes.size() >= 3; bytes.remove_prefix(3))
    {
        put((octet(0) << 16U) | (octet(1) << 8U) | octet(2), 4);
    }
    if (bytes.size() == 2)
    {
        put((octet(0) << 16U) | (octet(1) << 8U), 3);
    }
    if (bytes.size() == 1)
    {
        put(octet(0) << 16U, 2);
    }
    if (!padded)
    {
        out.erase(at, out.end());
    }
    return out;
}

void append_encoded(std::string& out, std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    while (!text.empty())
    {
        const auto other = std::find_if_not(text.begin(), text.end(), is_kept);
        const auto kept = static_cast<std::size_t>(other - text.begin());
        out += text.substr(0, kept);
        text.remove_prefix(kept);
        if (text.empty())
        {
            return;
        }
        const auto byte = static_cast<unsigned char>(text.front());
        text.remove_prefix(1);
        if (byte == ' ')
        {
            out += '+';
            continue;
        }
        const std::array<char, 3> escape{'%', digits[byte >> 4U], digits[byte & 15U]};
        out.append(escape.data(), escape.size());
    }
}

} // namespace

std::string form_encode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    append_encoded(out, text);
    return out;
}

std::string form_encode(const form_fields& fields)
{
    std::size_t size = 0;
    for (const auto& [name, value] : fields)
    {
        size += name.size() + value.size() + value.size() / 4 + 2; // most need few escapes
    }
    std::string out;
    out.reserve(size);
    for (const auto& [name, value] : fields)
    {
        out += out.empty() ? "" : "&";
        append_encoded(out, name);
        out += '=';
        append_encoded(out, value);
    }
    return out;
}

std::optional<std::string> form_decode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty())
    {
        const auto escape = std::find_if_not(text.begin(), text.end(), is_literal);
        const auto literal = static_cast<std::size_t>(escape - text.begin());
        out += text.substr(0, literal);
        text.remove_prefix(literal);
        if (text.empty())
        {
            break;
        }
        if (text.front() == '+')
        {
            out += ' ';
            text.remove_prefix(1);
            continue;
        }
        const int high = text.size() > 2 ? hex_value(text[1]) : -1;
        const int low = text.size() > 2 ? hex_value(text[2]) : -1;
        if (high < 0 || low < 0)
        {
            return std::nullopt;
        }
        out += static_cast<char>(high * 16 + low);
        text.remove_prefix(3);
    }
    return out;
}

std::optional<form_fields> parse_form(std::string_view text)
{
    constexpr std::size_t most_reserved = 8;
    form_fields fields;
    const auto pairs = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&')) + 1;
    fields.reserve(std::min(pairs, most_reserved));
    while (!text.empty())
    {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(pair.size() == text.size() ? pair.size() : pair.size() + 1);
        if (pair.empty())
        {
            continue;
        }
        const std::string_view raw_name = pair.substr(0, pair.find('='));
        const std::string_view raw_value =
            raw_name.size() == pair.size() ? std::string_view() : pair.substr(raw_name.size() + 1);
        std::optional<std::string> name = form_decode(raw_name);
        std::optional<std::string> value = form_decode(raw_value);
        if (!name || !value)
        {
            return std::nullopt;
        }
        fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

std::string base64url_encode(std::string_view bytes)
{
    return encode_base64(
        bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false
    );
}

std::optional<std::string> base64url_decode(std::string_view text)
{
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::string out;
    // Keys come this way too: the text must not move while it grows, or a copy stays behind.
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text)
    {
        const int value = base64url_value(c);
        if (value < 0)
        {
            wipe(out);
            return std::nullopt;
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8)
        {
            count -= 8;
            out += static_cast<char>((bits >> count) & 0xffU);
        }
    }
    // Otherwise the same bytes would have several spellings.
    if ((bits & ((1U << count) - 1U)) != 0)
    {
        wipe(out);
        return std::nullopt;
    }
    return out;
}

std::string base64_encode(std::string_view bytes)
{
    return encode_base64(
        bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true
    );
}

} // namespace asioauth
