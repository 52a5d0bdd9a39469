// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connection.hpp"

#include "transport/response_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

#include <openssl/bio.h>

#include <array>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

connection::connection(const asio::any_io_executor& ex)
    : socket_(ex)
    , buffer_(response_reader::buffer_size)
{}

connection::~connection()
{
    // OpenSSL takes the session of a connection that goes without this for one that is spoilt.
    if (resumption_ && resumption_->is_trusted())
    {
        SSL_set_shutdown(ssl(), SSL_get_shutdown(ssl()) | SSL_SENT_SHUTDOWN);
    }
}

result<void> connection::make_secure(
    const tls_sessions::context& context,
    const url& peer,
    std::weak_ptr<tls_sessions> sessions,
    const pool_key& key,
    tls_resumption::mode m
)
{
    tls_ = std::make_unique<tls_stream>(socket_, *context);
    if (auto named = set_peer_name(ssl(), peer); !named)
    {
        return named;
    }
    resumption_.emplace(std::move(sessions), key, context, m);
    resumption_->begin(ssl());
    return {};
}

result<void> connection::check_peer(const url& peer)
{
    auto checked = check_handshake(ssl(), peer);
    if (checked)
    {
        resumption_->accept(ssl());
    }
    return checked;
}

bool connection::is_quiet()
{
    if (!socket_.is_open() || buffer_.size() != 0)
    {
        return false;
    }
    // TLS bytes that were received together with the last response wait in OpenSSL, not in the
    // socket.
    if (tls_ && (SSL_has_pending(ssl()) != 0 || BIO_pending(SSL_get_rbio(ssl())) != 0))
    {
        return false;
    }
    error_code ec;
    socket_.non_blocking(true, ec);
    if (ec)
    {
        return false;
    }
    std::array<char, 1> byte{};
    socket_.receive(asio::buffer(byte), asio::socket_base::message_peek, ec);
    return ec == asio::error::would_block || ec == asio::error::try_again;
}

void connection::rest()
{
    if (buffer_.size() == 0)
    {
        buffer_.shrink_to_fit();
    }
}

void connection::close() noexcept
{
    error_code ec;
    socket_.close(ec);
}

} // namespace asioauth::detail
