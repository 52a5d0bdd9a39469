// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/loopback_impl.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <fcntl.h>
#include <sys/socket.h>

namespace asioauth::detail {

namespace asio = boost::asio;

using asio::ip::tcp;

void close_on_exec(int fd)
{
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

error_code loopback_door::bind()
{
    const auto attempt = [this](const tcp::endpoint& where, bool reuse) {
        error_code ec;
        acceptor.close(ec);
        acceptor.open(where.protocol(), ec);
        if (ec)
            return ec;
        close_on_exec(acceptor.native_handle());
        acceptor.non_blocking(true, ec);
        if (!ec && where.address().is_v6())
            acceptor.set_option(asio::ip::v6_only(true), ec);
        if (!ec)
            acceptor.set_option(tcp::acceptor::reuse_address(reuse), ec);
        if (!ec)
            acceptor.bind(where, ec);
        if (!ec)
            acceptor.set_option(tcp::acceptor::reuse_address(false), ec);
        return ec;
    };

    // A number that the system gave is bound again by name, because only a port that was asked for
    // stays ours when we stop listening. Nobody knows it yet, so losing it in between only costs
    // another round.
    constexpr int rounds = 16;
    const bool any = at.port() == 0;
    error_code ec;
    for (int round = 0; round < rounds; ++round)
    {
        auto where = at;
        if (any)
        {
            ec = attempt(at, false);
            if (!ec)
                where = acceptor.local_endpoint(ec);
            if (ec)
                break;
        }
        // Exclusively if possible. What is left of earlier connections (TIME_WAIT) forbids that;
        // another program's listening socket forbids both.
        ec = attempt(where, false);
        if (ec == asio::error::address_in_use && !any)
            ec = attempt(where, true);
        if (!ec)
        {
            at = where;
            return ec;
        }
        if (!any || ec != asio::error::address_in_use)
            break;
    }
    error_code ignored;
    acceptor.close(ignored);
    return ec;
}

error_code loopback_door::listen()
{
    error_code ec;
    if (!acceptor.is_open())
        ec = bind();
    // Earlier connections may still be open on this address; the accepted ones inherit the option,
    // so that a fixed port can be bound again by the next run of the program.
    if (!ec)
        acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec)
        acceptor.listen(tcp::acceptor::max_listen_connections, ec);
    if (ec)
    {
        error_code ignored;
        acceptor.set_option(tcp::acceptor::reuse_address(false), ignored);
    }
    listening = !ec;
    return ec;
}

void loopback_door::unlisten()
{
    listening = false;
    pause.cancel();
    error_code ec;
    acceptor.cancel(ec);
    acceptor.set_option(tcp::acceptor::reuse_address(false), ec);

    // Linux ends listening this way and leaves the socket bound. Elsewhere it has to be closed and
    // bound again, and in between the number is anybody's; listen() then finds out and says
    // port_in_use.
    int accepts = 1;
    socklen_t size = sizeof(accepts);
    if (::shutdown(acceptor.native_handle(), SHUT_RDWR) == 0
        && ::getsockopt(acceptor.native_handle(), SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) == 0
        && accepts == 0)
        return;
    acceptor.close(ec);
    ec = bind();
}

} // namespace asioauth::detail
