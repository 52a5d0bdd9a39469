// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/limits.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace asioauth::detail {

/** Turns the bytes of a connection into one response; it does no input or output itself.

    Stricter than Beast, whose parser does the work: the head is checked as a whole before Beast sees it. What
    the peer can make us hold is bounded by the buffer (head, chunk headers, trailers), by the body limit, and
    by the number of bytes on the wire for one response.
*/
class response_reader
{
public:
    /// The most that a read buffer may hold; larger heads, chunk headers and trailers are refused.
    static constexpr std::size_t buffer_size = limits::response_head + 16 * 1024;
    /// What framing may add to head and body.
    static constexpr std::size_t framing_allowance = 64 * 1024;

    explicit response_reader(std::size_t body_limit);
    response_reader(response_reader const&) = delete;
    response_reader& operator=(response_reader const&) = delete;
    ~response_reader();

    /// Room for the next read; empty if the buffer is full.
    static std::size_t space(boost::beast::flat_buffer const& b) noexcept;

    /** Take what is in the buffer, of which `received` bytes are new.

        @return true if the response is complete; what is left in the buffer then does not belong to it
    */
    result<bool> take(boost::beast::flat_buffer& b, std::size_t received);

    /// The peer has closed; `clean` if it said so in a way that nobody else could. @return errc::connection_lost
    /// if the response is not complete.
    result<void> end(bool clean);

    /// Nothing of a response has arrived.
    bool untouched() const noexcept { return wire_ == 0; }
    /// The status, once it is known, else 0.
    int status() const noexcept { return status_; }
    /// The connection can be used for another request.
    bool may_keep_alive() const noexcept;
    http_response release();

private:
    class sink;

    result<bool> take_head(boost::beast::flat_buffer& b);
    result<bool> take_body(boost::beast::flat_buffer& b);

    std::size_t const body_limit_;
    std::size_t wire_ = 0;
    std::size_t searched_ = 0;
    int interim_ = 0;
    int status_ = 0;
    std::unique_ptr<sink> sink_;
};

} // namespace asioauth::detail
