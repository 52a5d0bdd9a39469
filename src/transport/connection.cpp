// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connection.hpp"

#include "transport/response_reader.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

connection::connection(const home_executor& ex) : stream_(ex), buffer_(response_reader::buffer_size)
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
    if (auto started = stream_.start_tls(context->native_handle()); !started)
    {
        return started;
    }
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

asio::mutable_buffer connection::room()
{
    if (!more_)
    {
        rest();
    }
    const auto space = buffer_.prepare(response_reader::space(buffer_));
    room_ = space.size();
    return space;
}

void connection::arrived(std::size_t n)
{
    buffer_.commit(n);
    more_ = n == room_;
}

void connection::rest() noexcept
{
    if (buffer_.size() == 0)
    {
        buffer_.shrink_to_fit();
    }
    stream_.rest();
}

} // namespace asioauth::detail
