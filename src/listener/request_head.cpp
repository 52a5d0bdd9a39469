// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/request_head.hpp"

#include "base/http_chars.hpp"

#include <asioauth/secret.hpp>

#include <algorithm>

namespace asioauth::detail {

namespace {

bool is_visible(char c)
{
    return c > ' ' && c < '\x7f';
}

bool is_origin_form(std::string_view target)
{
    return !target.empty() && target.front() == '/'
        && std::all_of(target.begin(), target.end(), is_visible)
        && target.find('#') == std::string_view::npos;
}

} // namespace

std::optional<std::string_view> request_head::field(std::string_view name) const
{
    std::optional<std::string_view> found;
    for (const auto& [key, value] : fields)
    {
        if (key != name)
            continue;
        if (found)
            return std::nullopt;
        found = value;
    }
    return found;
}

std::string_view request_head::path() const
{
    return std::string_view(target).substr(0, target.find('?'));
}

request_head_reader::state request_head_reader::feed(std::string_view bytes)
{
    for (const char c : bytes)
    {
        if (state_ != state::incomplete)
            break;
        if (text_.size() == max_size)
        {
            state_ = state::too_large;
            break;
        }
        const bool after_cr = !text_.empty() && text_.back() == '\r';
        // Octets above 127 are text: cookies of other programs on the same loopback name may hold them.
        if (after_cr != (c == '\n') || (c != '\r' && c != '\n' && !is_text_char(c)))
        {
            state_ = state::refused;
            break;
        }
        append(c);
        if (text_.ends_with("\r\n\r\n"))
            state_ = parse(text_) ? state::complete : state::refused;
        else if (text_ == "\r\n")
            state_ = state::refused;
    }
    if (state_ != state::incomplete)
        wipe(text_); // the target holds the authorization code
    return state_;
}

request_head_reader::~request_head_reader()
{
    wipe(text_);
    wipe(head_.target);
}

// A string that grows by itself leaves what it held behind.
void request_head_reader::append(char c)
{
    if (text_.size() == text_.capacity())
    {
        std::string longer;
        longer.reserve(std::max<std::size_t>(512, 2 * text_.capacity()));
        longer.append(text_);
        text_.swap(longer);
        wipe(longer);
    }
    text_.push_back(c);
}

bool request_head_reader::parse(std::string_view text)
{
    text.remove_suffix(2); // the empty line; every line left ends in CR LF
    auto next_line = [&text] {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 2);
        return line;
    };

    const auto line = next_line();
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return false;
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(method) || !is_origin_form(target)
        || (version != "HTTP/1.1" && version != "HTTP/1.0"))
        return false;

    bool has_host = false;
    while (!text.empty())
    {
        const auto field = next_line();
        const auto colon = field.find(':');
        if (colon == std::string_view::npos || !is_token(field.substr(0, colon)))
            return false; // folded lines begin with white space and end here too
        if (head_.fields.size() == max_fields)
            return false;
        auto name = lower_case(field.substr(0, colon));
        if (name == "host" && std::exchange(has_host, true))
            return false;
        head_.fields.emplace_back(std::move(name), trimmed(field.substr(colon + 1)));
    }
    head_.method = method;
    head_.target = target;
    head_.minor_version = version.back() - '0';
    return true;
}

} // namespace asioauth::detail
