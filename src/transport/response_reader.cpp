// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_reader.hpp"

#include "base/ascii.hpp"
#include "base/bounded_text.hpp"

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace {

// Most responses need one read of the first kind, whose buffer is there while the server thinks.
constexpr std::size_t first_read_size = 2 * 1024;
constexpr std::size_t read_size = 8 * 1024;

std::string_view text_of(const receive_buffer& b) noexcept
{
    return {static_cast<const char*>(b.data().data()), b.size()};
}

failure too_large_body()
{
    return failure(errc::response_body_too_large)
        .message("The response body is larger than allowed.");
}

bool is_event_stream(const http_response& response)
{
    constexpr std::string_view type = "text/event-stream";
    const auto whole = response.field("Content-Type");
    const auto value = whole.substr(0, whole.find_first_of("; \t"));
    return same_ignoring_case(value, type);
}

} // namespace

response_reader::response_reader(std::size_t body_limit, event_stream on_stream, bool cut) noexcept
    : body_limit_(body_limit)
    , on_stream_(on_stream)
    , cut_(cut)
{}

std::size_t response_reader::space(const receive_buffer& b) noexcept
{
    return std::min(b.capacity() == 0 ? first_read_size : read_size, b.max_size() - b.size());
}

result<bool> response_reader::take(receive_buffer& b, std::size_t received)
{
    wire_ += received;
    if (framing_ == framing::head)
    {
        if (const auto taken = take_heads(b); !taken)
        {
            return refuse(taken.error());
        }
        if (framing_ == framing::head)
        {
            return false;
        }
        if (is_stream_)
        {
            return true;
        }
    }
    if (const auto taken = take_body(b); !taken)
    {
        return refuse(taken.error());
    }
    if (wire_ - b.size() > limits::response_head + body_limit_ + framing_allowance)
    {
        if (cut_)
        {
            end_here();
            return true;
        }
        return refuse(too_large_body());
    }
    return framing_ == framing::done;
}

// There is no limit on the whole. What is held is what one read brings, and what framing may add to
// a chunk has limits of its own.
result<bool> response_reader::take_octets(receive_buffer& b, std::string& octets)
{
    const auto taken = take_body(b);
    octets = std::exchange(body_, {});
    if (!taken)
    {
        return refuse(taken.error());
    }
    return framing_ == framing::done;
}

failure response_reader::refuse(failure f) const
{
    const int status = head_.message.status();
    return status != 0 ? f.http_status(status) : f;
}

result<void> response_reader::take_heads(receive_buffer& b)
{
    for (;;)
    {
        const auto text = text_of(b);
        if (!may_begin_response(text))
        {
            return failure(errc::http_framing_invalid)
                .message("What the server sent is not an HTTP response.");
        }
        const auto at = text.find("\r\n\r\n", searched_ > 3 ? searched_ - 3 : 0);
        if (std::min(at, text.size()) > limits::response_head - 4)
        {
            return failure(errc::response_head_too_large)
                .message("The response head is larger than allowed.");
        }
        if (at == std::string_view::npos)
        {
            searched_ = text.size();
            return {};
        }
        searched_ = 0;
        auto head = read_response_head(text.substr(0, at + 4));
        if (!head)
        {
            return head.error();
        }
        b.consume(at + 4);
        const int status = head->message.status();
        if (status >= 200)
        {
            head_ = std::move(*head);
            return begin_body();
        }
        // We never ask for an upgrade, so 101 is no interim response but a mistake.
        if (status == 101 || ++interim_ > limits::interim_responses)
        {
            return failure(errc::http_framing_invalid)
                .message(
                    "The server sent too many interim responses, or one that was not asked for."
                );
        }
    }
}

// RFC 9112 section 6.3.
result<void> response_reader::begin_body()
{
    const int status = head_.message.status();
    if (status == 204 || status == 304)
    {
        framing_ = framing::done;
    }
    else if (on_stream_ == event_stream::skip && is_event_stream(head_.message))
    {
        end_here();
    }
    else
    {
        is_stream_ = on_stream_ == event_stream::follow && head_.message.is_success()
            && is_event_stream(head_.message);
        return begin_octets(is_stream_ ? chunk_reader::unlimited : body_limit_);
    }
    return {};
}

result<void> response_reader::begin_octets(std::size_t limit)
{
    if (head_.is_chunked)
    {
        framing_ = framing::chunks;
        chunks_ = chunk_reader(limit, cut_);
    }
    else if (head_.length)
    {
        if (*head_.length > limit)
        {
            if (!cut_)
            {
                return too_large_body();
            }
            head_.keeps_alive = false;
        }
        left_ = std::min<std::uint64_t>(*head_.length, limit);
        framing_ = left_ == 0 ? framing::done : framing::length;
    }
    else
    {
        left_ = limit;
        framing_ = framing::to_the_end;
    }
    return {};
}

result<void> response_reader::take_body(receive_buffer& b)
{
    const auto text = text_of(b).substr(0, is_stream_ ? most_octets : std::string_view::npos);
    if (framing_ == framing::chunks)
    {
        const auto used = chunks_.take(text, body_);
        if (!used)
        {
            return used.error();
        }
        b.consume(*used);
        framing_ = chunks_.is_done() ? framing::done : framing_;
        if (chunks_.was_cut())
        {
            head_.keeps_alive = false;
        }
    }
    else if (framing_ == framing::length || framing_ == framing::to_the_end)
    {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, text.size()));
        const bool too_much = framing_ == framing::to_the_end && n != text.size();
        if (too_much && !cut_)
        {
            return too_large_body();
        }
        const std::uint64_t most = std::min<std::uint64_t>(body_.max_size(), body_.size() + left_);
        append_bounded(body_, text.substr(0, n), static_cast<std::size_t>(most));
        b.consume(n);
        left_ -= n;
        if (too_much)
        {
            end_here();
            return {};
        }
        framing_ = framing_ == framing::length && left_ == 0 ? framing::done : framing_;
    }
    return {};
}

// What comes after is of no interest, nor is the connection.
void response_reader::end_here() noexcept
{
    head_.keeps_alive = false;
    framing_ = framing::done;
}

result<void> response_reader::end(bool clean)
{
    if (framing_ == framing::to_the_end && clean)
    {
        head_.keeps_alive = false;
        framing_ = framing::done;
        return {};
    }
    return refuse(failure(errc::connection_lost)
                      .message("The connection was closed before the response was complete."));
}

http_response response_reader::release()
{
    head_.message.body(std::move(body_));
    return std::move(head_.message);
}

} // namespace asioauth::detail
