// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"
#include "transport/tls_channel.hpp"

#include <asioauth/diagnostics.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

/** Bytes over TCP, with TLS in between if it was started.

    Handlers run on the socket's executor, never inside the call that they are given to, and keep the
    stream alive. There is one read and one write at a time. Closing the socket ends what is pending
    with an error; a stream with TLS is of no use after any error.
*/
class stream
{
public:
    explicit stream(const home_executor& ex) : socket_(ex) {}

    tcp_socket& socket() noexcept { return socket_; }
    /// Null without TLS.
    SSL* ssl() noexcept { return tls_ ? tls_->ssl() : nullptr; }

    /// Put TLS on top of a connected socket. Nothing is sent yet.
    result<void> start_tls(SSL_CTX* context);

    /// Only after start_tls().
    template <class Handler>
    void async_handshake(Handler&& h)
    {
        perform(
            [t = tls_.get()](error_code& ec, std::size_t&) { return t->handshake(ec); },
            [h = std::forward<Handler>(h)](error_code ec, std::size_t) mutable { std::move(h)(ec); }
        );
    }

    /// All of `data`.
    template <class Handler>
    void async_write(boost::asio::const_buffer data, Handler&& h)
    {
        if (!tls_)
        {
            return boost::asio::async_write(socket_, data, std::forward<Handler>(h));
        }
        perform(
            [t = tls_.get(), rest = data](error_code& ec, std::size_t& n) mutable {
                const auto before = rest.size();
                const auto wanted = t->write(rest, ec);
                n += before - rest.size();
                return wanted;
            },
            std::forward<Handler>(h)
        );
    }

    template <class Handler>
    void async_read_some(boost::asio::mutable_buffer space, Handler&& h)
    {
        if (!tls_)
        {
            return socket_.async_read_some(space, std::forward<Handler>(h));
        }
        perform(
            // The peer's answer takes its time: to try first would be in vain, except for what is
            // already here.
            [t = tls_.get(),
             space,
             here = tls_->has_pending()](error_code& ec, std::size_t& n) mutable {
                return std::exchange(here, true) ? t->read(space, n, ec) : t->wait_for_peer();
            },
            std::forward<Handler>(h)
        );
    }

    /// Bytes have been received that no read has had; those in the socket are not known of.
    bool has_pending() const noexcept { return tls_ && tls_->has_pending(); }
    /// Nothing has arrived that no read has had, and the peer has not closed.
    bool is_quiet();
    /// Give back memory that is of use only while something is under way.
    void rest() noexcept;
    /// Nothing is told to the peer.
    void close() noexcept;

private:
    using want = tls_channel::want;

    // Makes a call until it is over, and waits for what it wants in between.
    template <class Call, class Handler>
    class operation
    {
    public:
        using allocator_type = kept_allocator<void>;

        operation(tcp_socket& s, Call c, Handler h)
            : socket_(s)
            , call_(std::move(c))
            , handler_(std::move(h))
        {}

        allocator_type get_allocator() const noexcept { return {}; }

        void start()
        {
            error_code ec;
            if (!go_on(ec))
            {
                post_kept(socket_.get_executor(), [self = std::move(*this), ec]() mutable {
                    self.complete(ec);
                });
            }
        }

        void operator()(error_code ec)
        {
            if (ec || !go_on(ec))
            {
                complete(ec);
            }
        }

    private:
        // Once more. False if it is over; otherwise this was moved from.
        bool go_on(error_code& ec)
        {
            using socket = tcp_socket;
            const auto wanted = call_(ec, transferred_);
            if (wanted == want::nothing)
            {
                return false;
            }
            auto& s = socket_;
            s.async_wait(
                wanted == want::readable ? socket::wait_read : socket::wait_write, std::move(*this)
            );
            return true;
        }

        void complete(error_code ec) { std::move(handler_)(ec, transferred_); }

        tcp_socket& socket_;
        Call call_;
        Handler handler_;
        std::size_t transferred_ = 0;
    };

    template <class Call, class Handler>
    void perform(Call c, Handler&& h)
    {
        operation<Call, std::decay_t<Handler>>(socket_, std::move(c), std::forward<Handler>(h))
            .start();
    }

    tcp_socket socket_;
    std::unique_ptr<tls_channel> tls_;
};

} // namespace asioauth::detail
