// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/chunk_reader.hpp"
#include "transport/receive_buffer.hpp"
#include "transport/response_head.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace asioauth::detail {

/** Turns the bytes of a connection into one response; it does no input or output itself.

    What the peer can make us hold is one head in the buffer and the body up to its limit; what it
    can make us read is bounded by the number of bytes on the wire for one response.
*/
class response_reader
{
public:
    /// The most that a read buffer may hold: a head, and one read more.
    static constexpr std::size_t buffer_size = limits::response_head + 8 * 1024;
    /// What framing may add to head and body.
    static constexpr std::size_t framing_allowance = 64 * 1024;

    /// The most octets that take_octets() finds at once.
    static constexpr std::size_t most_octets = 16 * 1024;

    /// What becomes of a response that is an event stream.
    enum class event_stream : std::uint8_t
    {
        collect, ///< it is read in full like any other
        skip,    ///< it ends with its head, and the connection is of no further use
        follow,  ///< if it is successful, it is complete with its head; see take_octets()
    };

    /// @param cut a body that is longer than the limit ends there, and the connection is of no
    ///     further use
    explicit response_reader(
        std::size_t body_limit, event_stream on_stream = event_stream::collect, bool cut = false
    ) noexcept;

    /// Room for the next read, never 0 after take() has asked for more.
    static std::size_t space(const receive_buffer& b) noexcept;

    /** Take what is in the buffer, of which `received` bytes are new.

        @return true if the response is complete; what is then left in the buffer is not of it,
            unless is_stream()
    */
    result<bool> take(receive_buffer& b, std::size_t received);

    /// The body follows as a stream.
    bool is_stream() const noexcept { return is_stream_; }
    /// Take what the buffer holds of a stream. `octets` is good also if an error follows it.
    /// @return true if the stream is complete
    result<bool> take_octets(receive_buffer& b, std::string& octets);

    /// The peer has closed; `clean` if it said so in a way that nobody else could.
    /// @return errc::connection_lost if the response is not complete
    result<void> end(bool clean);

    /// Nothing of a response has arrived.
    bool untouched() const noexcept { return wire_ == 0; }
    /// The response is complete, its stream included, and the connection can be used for another request.
    bool may_keep_alive() const noexcept { return framing_ == framing::done && head_.keeps_alive; }
    http_response release();

private:
    enum class framing : std::uint8_t
    {
        head, // still to come
        length,
        chunks,
        to_the_end,
        done,
    };

    failure refuse(failure f) const;
    result<void> take_heads(receive_buffer& b);
    result<void> begin_body();
    result<void> begin_octets(std::size_t limit);
    result<void> take_body(receive_buffer& b);
    void end_here() noexcept;

    const std::size_t body_limit_;
    const event_stream on_stream_;
    const bool cut_;
    bool is_stream_ = false;
    std::size_t wire_ = 0;
    std::size_t searched_ = 0;
    int interim_ = 0;
    framing framing_ = framing::head;
    response_head head_;
    chunk_reader chunks_{0};
    std::uint64_t left_ = 0;
    std::string body_;
};

} // namespace asioauth::detail
