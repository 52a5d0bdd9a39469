// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/registration_text.hpp"

#include "base/json_reader.hpp"
#include "protocol/oauth_error.hpp"

#include <asioauth/url.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

namespace asioauth::detail {

std::optional<boost::json::value> read_json_value(std::string_view text)
{
    // The reader takes objects only: the value becomes a member of one, and must not bring others
    // with it.
    std::string wrapped("{\"v\":");
    wrapped.append(text).append("}");
    const auto read = json_object::parse(wrapped);
    if (!read || read->raw().size() != 1)
        return std::nullopt;
    return to_document(*read->raw().if_contains("v"));
}

bool is_text(std::string_view text)
{
    constexpr std::size_t usual = 1024;
    bool ascii = true;
    for (const char c : text)
    {
        const auto octet = static_cast<unsigned char>(c);
        if (octet == 0x7f || octet < 0x20)
            return false;
        ascii = ascii && octet < 0x80;
    }
    if (ascii && text.size() <= usual)
        return true;
    return read_json_value(boost::json::serialize(boost::json::string(text))).has_value();
}

bool is_scope(std::string_view text)
{
    return is_visible_ascii(text, true) && text.find_first_of("\"\\") == std::string_view::npos;
}

bool is_compact_jwt(std::string_view text)
{
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    return std::count(text.begin(), text.end(), '.') == 2
        && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_display_url(std::string_view text)
{
    return url::parse(text).has_value();
}

bool is_key_set_url(std::string_view text)
{
    const auto parsed = url::parse(text);
    return parsed && !parsed->has_fragment() && (parsed->is_https() || parsed->host_is_loopback());
}

} // namespace asioauth::detail
