// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_reader.hpp"

#include "transport/response_head.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/optional/optional.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace asioauth::detail {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_size = 8 * 1024;
// The longest extension of one chunk. Nobody sends any.
constexpr std::size_t max_extension = 4 * 1024;

failure too_large_body()
{
    return failure(errc::response_body_too_large).message("The response body is larger than allowed.");
}

} // namespace

// Beast's parser, storing what it finds in an http_response.
class response_reader::sink final : public http::basic_parser<false>
{
public:
    explicit sink(std::size_t body_cap)
    {
        eager(true);
        body_limit(body_cap);
        header_limit(static_cast<std::uint32_t>(buffer_size));
    }

    http_response& response() noexcept { return response_; }
    std::string& body() noexcept { return body_; }

private:
    // Parsing of requests is part of the interface, not of this use.
    void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code& ec)
        override
    {
        ec = http::error::bad_method;
    }

    void on_response_impl(int code, beast::string_view, int, beast::error_code&) override
    {
        response_.status(code);
    }

    void on_field_impl(
        http::field, beast::string_view name, beast::string_view value, beast::error_code& ec
    ) override
    {
        if (in_trailer_)
        {
            // Trailers are counted and dropped: a field that comes after the body must not pass for one of the head.
            ec = ++trailers_ > limits::response_fields ? http::error::header_limit : http::error(0);
            return;
        }
        response_.field(
            std::string_view(name.data(), name.size()), std::string_view(value.data(), value.size())
        );
    }

    void on_header_impl(beast::error_code&) override { in_trailer_ = true; }

    void
    on_body_init_impl(boost::optional<std::uint64_t> const& length, beast::error_code&) override
    {
        if (length)
        {
            body_.reserve(std::min<std::size_t>(static_cast<std::size_t>(*length), 64 * 1024));
        }
    }

    std::size_t on_body_impl(beast::string_view bytes, beast::error_code&) override
    {
        body_.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(
        std::uint64_t, beast::string_view extensions, beast::error_code& ec
    ) override
    {
        if (extensions.size() > max_extension)
        {
            ec = http::error::bad_chunk_extension;
        }
    }

    std::size_t
    on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code& ec) override
    {
        return on_body_impl(bytes, ec);
    }

    void on_finish_impl(beast::error_code&) override {}

    http_response response_;
    std::string body_;
    std::size_t trailers_ = 0;
    bool in_trailer_ = false;
};

response_reader::response_reader(std::size_t body_limit) : body_limit_(body_limit) {}

response_reader::~response_reader() = default;

std::size_t response_reader::space(beast::flat_buffer const& b) noexcept
{
    return std::min(read_size, b.max_size() - b.size());
}

result<bool> response_reader::take(beast::flat_buffer& b, std::size_t received)
{
    wire_ += received;
    if (!sink_)
    {
        auto head = take_head(b);
        if (!head || !*head)
        {
            return head;
        }
    }
    if (wire_ - b.size() > limits::response_head + body_limit_ + framing_allowance)
    {
        return too_large_body();
    }
    return take_body(b);
}

// True if the head of the final response is in the buffer, false if more has to come.
result<bool> response_reader::take_head(beast::flat_buffer& b)
{
    for (;;)
    {
        std::string_view const text(static_cast<char const*>(b.data().data()), b.size());
        if (!may_begin_response(text))
        {
            return failure(errc::http_framing_invalid)
                .message("What the server sent is not an HTTP response.");
        }
        auto const at = text.find("\r\n\r\n", searched_ > 3 ? searched_ - 3 : 0);
        if (std::min(at, text.size()) > limits::response_head - 4)
        {
            return failure(errc::response_head_too_large)
                .message("The response head is larger than allowed.");
        }
        if (at == std::string_view::npos)
        {
            searched_ = text.size();
            return false;
        }
        auto status = check_response_head(text.substr(0, at + 4));
        if (!status)
        {
            return status.error();
        }
        if (*status >= 200)
        {
            status_ = *status;
            sink_ = std::make_unique<sink>(body_limit_);
            return true;
        }
        // We never ask for an upgrade, so 101 is no interim response but a mistake.
        if (*status == 101 || ++interim_ > limits::interim_responses)
        {
            return failure(errc::http_framing_invalid)
                .message("The server sent too many interim responses, or one that was not asked for.");
        }
        b.consume(at + 4);
        searched_ = 0;
    }
}

result<bool> response_reader::take_body(beast::flat_buffer& b)
{
    while (!sink_->is_done())
    {
        beast::error_code ec;
        auto const used = sink_->put(b.data(), ec);
        b.consume(used);
        if (ec == http::error::need_more || (!ec && !sink_->is_done() && b.size() == 0))
        {
            if (b.size() == b.max_size())
            {
                return failure(errc::http_framing_invalid)
                    .http_status(status_)
                    .message("A chunk header or the trailer of the response is larger than allowed.");
            }
            return false;
        }
        if (ec == http::error::body_limit)
        {
            return too_large_body().http_status(status_);
        }
        if (ec)
        {
            return failure(errc::http_framing_invalid)
                .http_status(status_)
                .message("The response is malformed: " + ec.message() + ".");
        }
    }
    return true;
}

result<void> response_reader::end(bool clean)
{
    beast::error_code ec;
    if (sink_ && clean && sink_->need_eof())
    {
        sink_->put_eof(ec);
        if (!ec)
        {
            return {};
        }
    }
    return failure(errc::connection_lost)
        .http_status(status_)
        .message("The connection was closed before the response was complete.");
}

bool response_reader::may_keep_alive() const noexcept
{
    return sink_ && sink_->is_done() && sink_->keep_alive();
}

http_response response_reader::release()
{
    sink_->response().body(std::move(sink_->body()));
    return std::move(sink_->response());
}

} // namespace asioauth::detail
