// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/tls_context.hpp"
#include "transport/tls_resumption.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace asioauth::detail {

/** A TCP connection, with TLS on top if it was started, and its read buffer.

    Never used again after close(): a TLS stream cannot be. Handlers own the connection.
*/
class connection
{
public:
    explicit connection(const boost::asio::any_io_executor& ex);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection();

    boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }
    boost::beast::flat_buffer& buffer() noexcept { return buffer_; }
    SSL* ssl() noexcept { return tls_ ? tls_->native_handle() : nullptr; }

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
        tls_->async_handshake(boost::asio::ssl::stream_base::client, std::forward<Handler>(h));
    }

    /// After the handshake and before anything is sent.
    result<void> check_peer(const url& peer);

    template <class Handler>
    void async_write(boost::asio::const_buffer data, Handler&& h)
    {
        if (tls_)
        {
            boost::asio::async_write(*tls_, data, watched(std::forward<Handler>(h)));
        }
        else
        {
            boost::asio::async_write(socket_, data, std::forward<Handler>(h));
        }
    }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer space, Handler&& h)
    {
        if (tls_)
        {
            tls_->async_read_some(space, watched(std::forward<Handler>(h)));
        }
        else
        {
            socket_.async_read_some(space, std::forward<Handler>(h));
        }
    }

    /// Nothing has arrived that nobody asked for, and the peer has not closed: fit for another
    /// request.
    bool is_quiet();
    /// Give memory back while the connection is not in use.
    void rest();
    void close() noexcept;

private:
    using tls_stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    template <class Handler>
    auto watched(Handler&& h)
    {
        return [this, handler = std::forward<Handler>(h)](error_code ec, std::size_t n) mutable {
            if (is_tls_failure(ec))
            {
                resumption_->fail();
            }
            std::move(handler)(ec, n);
        };
    }

    boost::asio::ip::tcp::socket socket_;
    std::optional<tls_resumption> resumption_; // outlives the stream, which calls it
    std::unique_ptr<tls_stream> tls_;
    boost::beast::flat_buffer buffer_;
};

} // namespace asioauth::detail
