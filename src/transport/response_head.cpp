// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_head.hpp"

#include "base/http_chars.hpp"

#include <asioauth/limits.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

namespace asioauth::detail {
namespace {

namespace beast = boost::beast;

failure refuse(std::string_view why)
{
    return failure(errc::http_framing_invalid).message(why);
}

// HTTP/1.x SP 3DIGIT [ SP reason ]; 0 if it is anything else.
int read_status_line(std::string_view line) noexcept
{
    if (line.size() < 12 || (line.substr(0, 9) != "HTTP/1.1 " && line.substr(0, 9) != "HTTP/1.0 ")
        || !std::all_of(line.begin() + 9, line.begin() + 12, is_digit)
        || (line.size() > 12 && line[12] != ' '))
    {
        return 0;
    }
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

std::uint64_t to_number(std::string_view digits) noexcept
{
    std::uint64_t n = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), n).ec;
    return error == std::errc() ? n : std::numeric_limits<std::uint64_t>::max();
}

bool has_token(std::string_view list, std::string_view token)
{
    while (!list.empty())
    {
        const auto comma = std::min(list.find(','), list.size());
        if (beast::iequals(trimmed(list.substr(0, comma)), token))
        {
            return true;
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

// What framing depends on; every field passes here.
result<void>
read_framing(response_head& head, std::string_view name, std::string_view value, bool is_http_1_0)
{
    if (beast::iequals(name, "Content-Length"))
    {
        if (head.length || value.empty() || !std::all_of(value.begin(), value.end(), is_digit))
        {
            return refuse("The response has a malformed or repeated Content-Length.");
        }
        head.length = to_number(value);
    }
    else if (beast::iequals(name, "Transfer-Encoding"))
    {
        if (head.is_chunked || is_http_1_0 || !beast::iequals(value, "chunked"))
        {
            return refuse("The response has an unknown or repeated Transfer-Encoding.");
        }
        head.is_chunked = true;
    }
    else if (beast::iequals(name, "Connection") && has_token(value, "close"))
    {
        head.keeps_alive = false;
    }
    if (head.length && head.is_chunked)
    {
        return refuse("The response has both Content-Length and Transfer-Encoding.");
    }
    return {};
}

} // namespace

result<response_head> read_response_head(std::string_view text, framing_fields f)
{
    response_head head;
    const bool is_http_1_0 = text.substr(0, 8) == "HTTP/1.0";
    // Nothing that old is worth keeping, and its ways of saying so are many.
    head.keeps_alive = !is_http_1_0;
    http_fields fields;
    fields.reserve(text.size());
    std::size_t count = 0;
    while (!text.empty())
    {
        const auto end = text.find('\r');
        if (end == std::string_view::npos || end + 1 == text.size() || text[end + 1] != '\n')
        {
            return refuse("The response head has a line that does not end in CR LF.");
        }
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 2);
        if (!is_text(line))
        {
            return refuse("The response head contains a control character.");
        }
        if (head.message.status() == 0)
        {
            const int status = read_status_line(line);
            if (status < 100 || status > 599)
            {
                return refuse("The response does not begin with a valid status line.");
            }
            head.message.status(status);
            continue;
        }
        if (line.empty())
        {
            if (!text.empty())
            {
                return refuse("The response head is malformed.");
            }
            head.message.fields(std::move(fields));
            return head;
        }
        const auto colon = line.find(':');
        const auto name = line.substr(0, std::min(colon, line.size()));
        if (colon == std::string_view::npos || !is_token(name))
        {
            return refuse("The response head has a folded or malformed field.");
        }
        const auto value = trimmed(line.substr(colon + 1));
        if (count++ == limits::response_fields)
        {
            return failure(errc::response_head_too_large)
                .message("The response has too many fields.");
        }
        if (f == framing_fields::obey)
        {
            if (const auto framing = read_framing(head, name, value, is_http_1_0); !framing)
            {
                return framing.error();
            }
        }
        fields.add(name, value);
    }
    return refuse("The response head is malformed.");
}

bool may_begin_response(std::string_view begin) noexcept
{
    constexpr std::string_view prefix = "HTTP/1.";
    const auto n = std::min(begin.size(), prefix.size());
    return begin.substr(0, n) == prefix.substr(0, n);
}

} // namespace asioauth::detail
