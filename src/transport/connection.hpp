// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"
#include "transport/receive_buffer.hpp"
#include "transport/stream.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_resumption.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace asioauth::detail {

/** A stream to one server, what is known of its TLS sessions, and its read buffer.

    Never used again after close(). Handlers own the connection.
*/
class connection
{
public:
    explicit connection(const home_executor& ex);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    tcp_socket& socket() noexcept { return stream_.socket(); }
    receive_buffer& buffer() noexcept { return buffer_; }
    SSL* ssl() noexcept { return stream_.ssl(); }

    /// Put TLS on top of a connected socket.
    result<void> make_secure(
        const tls_sessions::context& context,
        const url& peer,
        std::weak_ptr<tls_sessions> sessions,
        const pool_key& key,
        tls_resumption::mode m
    );
    bool has_offered_session() const noexcept { return resumption_ && resumption_->has_offered(); }

    template <class Handler>
    void async_handshake(Handler&& h)
    {
        stream_.async_handshake(std::forward<Handler>(h));
    }

    /// After the handshake and before anything is sent.
    result<void> check_peer(const url& peer);

    template <class Handler>
    void async_write(boost::asio::const_buffer data, Handler&& h)
    {
        stream_.async_write(data, watched(std::forward<Handler>(h)));
    }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer space, Handler&& h)
    {
        stream_.async_read_some(space, watched(std::forward<Handler>(h)));
    }

    /// Room in the buffer for the next read: little while nothing is on its way, for that may last.
    boost::asio::mutable_buffer room();
    /// So much was read into it.
    void arrived(std::size_t n);

    /// All that has been received is read: fit to be kept.
    bool is_read() const noexcept { return buffer_.size() == 0 && !stream_.has_pending(); }
    /// Of one that was kept: nothing has arrived that nobody asked for, and the peer has not closed.
    /// Fit for another request.
    bool is_quiet() { return stream_.is_quiet(); }
    /// Give memory back while the connection is not in use.
    void rest() noexcept;
    void close() noexcept { stream_.close(); }

private:
    template <class Handler>
    auto watched(Handler&& h)
    {
        return boost::asio::bind_allocator(
            kept_allocator<void>(),
            [this, handler = std::forward<Handler>(h)](error_code ec, std::size_t n) mutable {
                if (is_tls_failure(ec))
                {
                    resumption_->fail();
                }
                std::move(handler)(ec, n);
            }
        );
    }

    std::optional<tls_resumption> resumption_; // outlives the stream, which calls it
    stream stream_;
    receive_buffer buffer_;
    std::size_t room_ = 0; // of the read under way, or the last one
    bool more_ = false;    // it was filled
};

} // namespace asioauth::detail
