// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/chunk_reader.hpp"

#include "base/bounded_text.hpp"
#include "base/http_chars.hpp"

#include <asioauth/limits.hpp>

#include <algorithm>

namespace asioauth::detail {
namespace {

failure refuse(std::string_view why)
{
    return failure(errc::http_framing_invalid).message(why);
}

int hex_value(char c) noexcept
{
    return c >= '0' && c <= '9' ? c - '0'
        : c >= 'a' && c <= 'f'  ? c - 'a' + 10
        : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                : -1;
}

} // namespace

result<std::size_t> chunk_reader::take(std::string_view in, std::string& body)
{
    std::size_t used = 0;
    while (used != in.size() && !is_done())
    {
        if (at_ == place::data)
        {
            const auto n =
                static_cast<std::size_t>(std::min<std::uint64_t>(size_, in.size() - used));
            const std::size_t most = room_ == unlimited
                ? body.max_size()
                : body.size() + static_cast<std::size_t>(size_) + room_;
            append_bounded(body, in.substr(used, n), most);
            used += n;
            size_ -= n;
            if (size_ == 0)
            {
                at_ = last_ ? place::done : place::data_cr;
            }
            continue;
        }
        if (const auto taken = step(in[used++]); !taken)
        {
            return taken.error();
        }
    }
    return used;
}

result<void> chunk_reader::step(char c)
{
    switch (at_)
    {
    case place::size_begin:
    case place::size: return size_digit(c);
    case place::blank:
    case place::extension:
        if (c == '\r')
        {
            at_ = place::size_lf;
            return {};
        }
        if (at_ == place::blank && c != ' ' && c != '\t' && c != ';')
        {
            break;
        }
        if (++extra_ > max_extension)
        {
            return refuse("A chunk of the response has too long an extension.");
        }
        if (!is_text_char(c))
        {
            break;
        }
        at_ = c == ';' ? place::extension : at_;
        return {};
    case place::size_lf:
        return c == '\n' ? size_ended() : refuse("A chunk size does not end in CR LF.");
    case place::data: break;
    case place::data_cr:
    case place::data_lf:
        if (c != (at_ == place::data_cr ? '\r' : '\n'))
        {
            return refuse("A chunk is longer than its size says.");
        }
        at_ = at_ == place::data_cr ? place::data_lf : place::size_begin;
        return {};
    case place::line_begin:
        if (c == '\r')
        {
            at_ = place::last_lf;
            return {};
        }
        if (++fields_ > limits::response_fields)
        {
            return refuse("The trailer of the response has too many fields.");
        }
        [[fallthrough]];
    case place::field_name:
    case place::field_value:
    case place::field_lf:
        if (++extra_ > max_trailer)
        {
            return refuse("The trailer of the response is too long.");
        }
        if (at_ == place::field_value)
        {
            at_ = c == '\r' ? place::field_lf : at_;
            return c == '\r' || is_text_char(c)
                ? result<void>()
                : refuse("The trailer of the response contains a control character.");
        }
        if (at_ == place::field_lf)
        {
            at_ = place::line_begin;
            return c == '\n' ? result<void>()
                             : refuse("A line of the trailer does not end in CR LF.");
        }
        if (c == ':' && at_ == place::field_name)
        {
            at_ = place::field_value;
            return {};
        }
        at_ = place::field_name;
        return is_token_char(c) ? result<void>()
                                : refuse("The trailer of the response has a malformed field.");
    case place::last_lf:
        at_ = place::done;
        return c == '\n' ? result<void>() : refuse("The trailer does not end in CR LF.");
    case place::done: break;
    }
    return refuse("A chunk of the response is malformed.");
}

result<void> chunk_reader::size_digit(char c)
{
    const int value = hex_value(c);
    if (value < 0)
    {
        if (at_ == place::size_begin)
        {
            return refuse("A chunk of the response has no size.");
        }
        extra_ = 0;
        at_ = place::blank;
        return step(c);
    }
    // Zeros in front are allowed, but not for ever.
    if (++digits_ > max_size_digits)
    {
        return refuse("A chunk of the response has too long a size.");
    }
    // 2^60 is far beyond every limit, and stopping there keeps the number from wrapping.
    if (size_ >> 56 != 0)
    {
        return failure(errc::response_body_too_large)
            .message("A chunk of the response is too large.");
    }
    size_ = size_ << 4 | static_cast<std::uint64_t>(value);
    at_ = place::size;
    return {};
}

result<void> chunk_reader::size_ended()
{
    digits_ = 0;
    extra_ = 0;
    if (size_ == 0)
    {
        at_ = place::line_begin;
        return {};
    }
    if (size_ > room_ && cut_)
    {
        last_ = true;
        size_ = room_;
        at_ = size_ == 0 ? place::done : place::data;
        return {};
    }
    if (size_ > room_)
    {
        return failure(errc::response_body_too_large)
            .message("The response body is larger than allowed.");
    }
    room_ -= room_ == unlimited ? 0 : static_cast<std::size_t>(size_);
    at_ = place::data;
    return {};
}

} // namespace asioauth::detail
