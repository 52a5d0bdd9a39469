// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_head.hpp"

#include <asioauth/limits.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cstddef>

namespace asioauth::detail {
namespace {

namespace beast = boost::beast;

failure refuse(std::string_view why)
{
    return failure(errc::http_framing_invalid).message(why);
}

bool is_digit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool is_token_char(char c) noexcept
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
        || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_text_char(char c) noexcept
{
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

std::string_view trim(std::string_view text) noexcept
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    {
        text.remove_suffix(1);
    }
    return text;
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

} // namespace

result<int> check_response_head(std::string_view head)
{
    int status = 0;
    std::size_t fields = 0;
    bool has_length = false;
    bool has_encoding = false;
    bool const is_http_1_0 = head.substr(0, 8) == "HTTP/1.0";
    while (!head.empty())
    {
        auto const end = head.find('\r');
        if (end == std::string_view::npos || end + 1 == head.size() || head[end + 1] != '\n')
        {
            return refuse("The response head has a line that does not end in CR LF.");
        }
        auto const line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (!std::all_of(line.begin(), line.end(), is_text_char))
        {
            return refuse("The response head contains a control character.");
        }
        if (status == 0)
        {
            status = read_status_line(line);
            if (status < 100 || status > 599)
            {
                return refuse("The response does not begin with a valid status line.");
            }
            continue;
        }
        if (line.empty())
        {
            break;
        }
        auto const colon = line.find(':');
        auto const name = line.substr(0, std::min(colon, line.size()));
        if (colon == std::string_view::npos || name.empty()
            || !std::all_of(name.begin(), name.end(), is_token_char))
        {
            return refuse("The response head has a folded or malformed field.");
        }
        if (++fields > limits::response_fields)
        {
            return failure(errc::response_head_too_large).message("The response has too many fields.");
        }
        auto const value = trim(line.substr(colon + 1));
        if (beast::iequals(name, "Content-Length"))
        {
            if (has_length || value.empty() || !std::all_of(value.begin(), value.end(), is_digit))
            {
                return refuse("The response has a malformed or repeated Content-Length.");
            }
            has_length = true;
        }
        else if (beast::iequals(name, "Transfer-Encoding"))
        {
            if (has_encoding || is_http_1_0 || !beast::iequals(value, "chunked"))
            {
                return refuse("The response has an unknown or repeated Transfer-Encoding.");
            }
            has_encoding = true;
        }
    }
    if (has_length && has_encoding)
    {
        return refuse("The response has both Content-Length and Transfer-Encoding.");
    }
    if (!head.empty() || status == 0)
    {
        return refuse("The response head is malformed.");
    }
    return status;
}

bool may_begin_response(std::string_view begin) noexcept
{
    constexpr std::string_view prefix = "HTTP/1.";
    auto const n = std::min(begin.size(), prefix.size());
    return begin.substr(0, n) == prefix.substr(0, n);
}

} // namespace asioauth::detail
