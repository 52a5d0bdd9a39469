// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_io.hpp"

#include <asioauth/error.hpp>

#include <boost/asio/buffer.hpp>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

namespace asioauth::detail {

/** OpenSSL on a socket, with no buffer in between: what is sent and received goes from the one to
    the other.

    Nothing here waits. A call that cannot go on says for what, and is made again when that has come.
    What waits for the peer holds neither a read nor a write buffer.
*/
class tls_channel
{
public:
    /// What has to happen before the same call is made again.
    enum class want
    {
        nothing, ///< it is over, in success or in an error
        readable,
        writable,
    };

    /// @param s connected; outlives this
    /// @throws std::bad_alloc
    tls_channel(tcp_socket& s, SSL_CTX* context);
    tls_channel(const tls_channel&) = delete;
    tls_channel& operator=(const tls_channel&) = delete;
    ~tls_channel();

    SSL* ssl() noexcept { return ssl_.get(); }

    /// As a client.
    want handshake(error_code& ec) noexcept;
    /// Send one record of `rest`, which loses what was sent, until there is none left.
    want write(boost::asio::const_buffer& rest, error_code& ec) noexcept;
    /// boost::asio::error::eof is the end that the peer has signed, stream_truncated any other.
    want read(boost::asio::mutable_buffer space, std::size_t& n, error_code& ec) noexcept;

    /// What read() says if nothing has arrived, without asking the system.
    want wait_for_peer() noexcept;
    /// Bytes were received that no read has had yet.
    bool has_pending() const noexcept { return SSL_has_pending(ssl_.get()) != 0; }
    /// Give memory back that is of use only while something is under way.
    void rest() noexcept;

private:
    struct deleter
    {
        void operator()(SSL* s) const noexcept { SSL_free(s); }
    };

    template <class Call>
    want perform(error_code& ec, Call call) noexcept;
    error_code error_of(int why, unsigned long first) const noexcept;

    static const BIO_METHOD* socket_method();
    static int send(BIO* b, const char* data, int size) noexcept;
    static int receive(BIO* b, char* space, int size) noexcept;
    int told(BIO* b, std::size_t n, const error_code& ec, int direction) noexcept;
    static long control(BIO* b, int command, long number, void* pointer) noexcept;

    tcp_socket& socket_;
    error_code socket_error_; // of the call under way
    std::unique_ptr<SSL, deleter> ssl_;
};

} // namespace asioauth::detail
