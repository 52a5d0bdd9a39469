// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

#include <array>
#include <string>

namespace asioauth::detail {

namespace asio = boost::asio;

result<void> stream::start_tls(SSL_CTX* context)
{
    error_code ec;
    socket_.non_blocking(true, ec);
    if (ec)
    {
        return failure(errc::tls_failed).message("TLS cannot be started: " + ec.message() + ".");
    }
    tls_ = std::make_unique<tls_channel>(socket_, context);
    return {};
}

bool stream::is_quiet()
{
    // Bytes that were received together with the last response wait in OpenSSL, not in the socket.
    if (!socket_.is_open() || has_pending())
    {
        return false;
    }
    error_code ec;
    if (!socket_.non_blocking())
    {
        socket_.non_blocking(true, ec); // once: it is a system call each time
    }
    if (ec)
    {
        return false;
    }
    std::array<char, 1> byte{};
    socket_.receive(asio::buffer(byte), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block || ec == asio::error::try_again;
}

void stream::rest() noexcept
{
    if (tls_)
    {
        tls_->rest();
    }
}

void stream::close() noexcept
{
    error_code ec;
    socket_.close(ec);
}

} // namespace asioauth::detail
