// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/tls_channel.hpp"

#include "protocol/openssl_errors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <climits>
#include <new>
#include <string_view>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

int int_size(std::size_t n) noexcept
{
    return static_cast<int>(std::min<std::size_t>(n, INT_MAX));
}

// What went wrong first, unless there was no memory for something: then that. Most of what else is
// said then is about the peer, who has done nothing.
unsigned long first_error() noexcept
{
    const auto first = ERR_peek_error();
    auto code = ERR_get_error();
    while (code != 0 && !says_no_memory(code))
    {
        code = ERR_get_error();
    }
    return code != 0 ? code : first;
}

} // namespace

tls_channel::tls_channel(tcp_socket& s, SSL_CTX* context) : socket_(s), ssl_(SSL_new(context))
{
    BIO* const bio = ssl_ ? BIO_new(socket_method()) : nullptr;
    if (bio == nullptr)
    {
        ERR_clear_error();
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
}

tls_channel::~tls_channel() = default;

tls_channel::want tls_channel::handshake(error_code& ec) noexcept
{
    return perform(ec, [this] { return SSL_connect(ssl_.get()); });
}

tls_channel::want tls_channel::write(asio::const_buffer& rest, error_code& ec) noexcept
{
    int sent = 0;
    const auto wanted = perform(ec, [this, &rest, &sent] {
        sent = SSL_write(ssl_.get(), rest.data(), int_size(rest.size()));
        return sent;
    });
    rest += static_cast<std::size_t>(std::max(sent, 0));
    return sent > 0 && rest.size() != 0 ? want::writable : wanted;
}

tls_channel::want
tls_channel::read(asio::mutable_buffer space, std::size_t& n, error_code& ec) noexcept
{
    int received = 0;
    const auto wanted = perform(ec, [this, space, &received] {
        received = SSL_read(ssl_.get(), space.data(), int_size(space.size()));
        return received;
    });
    n = static_cast<std::size_t>(std::max(received, 0));
    return wanted;
}

tls_channel::want tls_channel::wait_for_peer() noexcept
{
    rest();
    return want::readable;
}

// A record that has not come, or gone, as a whole is kept. Of one whose header alone has come, which is
// the state RB, OpenSSL before 3.0.14 does not know that (CVE-2024-4741).
void tls_channel::rest() noexcept
{
    if (SSL_rstate_string(ssl_.get()) == std::string_view("RH"))
    {
        SSL_free_buffers(ssl_.get());
    }
}

template <class Call>
tls_channel::want tls_channel::perform(error_code& ec, Call call) noexcept
{
    ec.clear();
    socket_error_.clear();
    ERR_clear_error(); // the queue is the thread's, and decides what SSL_get_error() says
    const int outcome = call();
    const int why = SSL_get_error(ssl_.get(), outcome);
    const auto first = why == SSL_ERROR_SSL ? first_error() : 0;
    ERR_clear_error();
    switch (why)
    {
    case SSL_ERROR_NONE: return want::nothing;
    case SSL_ERROR_WANT_READ: return wait_for_peer();
    case SSL_ERROR_WANT_WRITE: return want::writable;
    default: ec = error_of(why, first); return want::nothing;
    }
}

// The errors are those of asio::ssl::stream, so that whoever knows that knows this.
error_code tls_channel::error_of(int why, unsigned long first) const noexcept
{
    if (why == SSL_ERROR_ZERO_RETURN)
    {
        return asio::error::eof;
    }
    if (why == SSL_ERROR_SSL && first != 0)
    {
        return {static_cast<int>(first), asio::error::get_ssl_category()};
    }
    if (socket_error_ == asio::error::eof)
    {
        return asio::ssl::error::stream_truncated;
    }
    return socket_error_ ? socket_error_ : asio::ssl::error::unspecified_system_error;
}

// Made once and never freed, since connections may end when the program does.
const BIO_METHOD* tls_channel::socket_method()
{
    static const BIO_METHOD* const method = [] {
        // Without a number of its own, which nobody asks for, and which a program that once had no
        // memory for it never gets again.
        BIO_METHOD* const m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "asioauth socket");
        if (m == nullptr)
        {
            throw std::bad_alloc(); // the next one tries again
        }
        BIO_meth_set_write(m, &tls_channel::send);
        BIO_meth_set_read(m, &tls_channel::receive);
        BIO_meth_set_ctrl(m, &tls_channel::control);
        return m;
    }();
    return method;
}

// Asio's calls and not the system's: they raise no signal, and know that a socket is closed.
int tls_channel::send(BIO* b, const char* data, int size) noexcept
{
    auto& self = *static_cast<tls_channel*>(BIO_get_data(b));
    error_code ec;
    const auto n = self.socket_.send(asio::buffer(data, static_cast<std::size_t>(size)), 0, ec);
    return self.told(b, n, ec, BIO_FLAGS_WRITE);
}

int tls_channel::receive(BIO* b, char* space, int size) noexcept
{
    auto& self = *static_cast<tls_channel*>(BIO_get_data(b));
    error_code ec;
    const auto n = self.socket_.receive(asio::buffer(space, static_cast<std::size_t>(size)), 0, ec);
    return self.told(b, n, ec, BIO_FLAGS_READ);
}

// What OpenSSL is told of a call.
int tls_channel::told(BIO* b, std::size_t n, const error_code& ec, int direction) noexcept
{
    BIO_clear_retry_flags(b);
    if (!ec)
    {
        return static_cast<int>(n);
    }
    if (ec == asio::error::would_block || ec == asio::error::try_again)
    {
        BIO_set_flags(b, direction | BIO_FLAGS_SHOULD_RETRY);
    }
    else
    {
        socket_error_ = ec;
    }
    return -1;
}

// OpenSSL is not told of the end of the connection, which it would take for a reason never to resume
// the session.
long tls_channel::control(BIO*, int command, long, void*) noexcept
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

} // namespace asioauth::detail
