// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace asioauth::detail {

/** Reads an event stream event by event. Events of a type other than `message` are passed over.

    @par Specification
    @li WHATWG HTML, "Server-sent events"
*/
class event_reader
{
public:
    explicit event_reader(std::string_view stream) : rest_(stream)
    {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (rest_.starts_with(byte_order_mark))
            rest_.remove_prefix(byte_order_mark.size());
    }

    // The data of the next event; nothing at the end. An event that the end cuts short is given out
    // too: its data is a whole JSON document or none.
    std::optional<std::string> next()
    {
        std::string data;
        bool any = false;
        bool ours = true;
        while (!rest_.empty())
        {
            const std::string_view line = take_line();
            if (line.empty())
            {
                if (any && ours)
                    return data;
                data.clear();
                any = false;
                ours = true;
                continue;
            }
            const auto colon = line.find(':');
            const std::string_view name = line.substr(0, colon);
            std::string_view value =
                colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
            if (value.starts_with(' '))
                value.remove_prefix(1);
            if (name == "data")
            {
                if (any)
                    data += '\n';
                data += value;
                any = true;
            }
            else if (name == "event")
            {
                ours = value.empty() || value == "message";
            }
        }
        if (any && ours)
            return data;
        return std::nullopt;
    }

private:
    std::string_view take_line()
    {
        const auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        const std::string_view line = rest_.substr(0, end);
        const bool both = rest_.substr(end, 2) == "\r\n";
        rest_.remove_prefix(std::min(rest_.size(), end + (both ? 2 : 1)));
        return line;
    }

    std::string_view rest_;
};

} // namespace asioauth::detail
