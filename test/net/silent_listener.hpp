// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <list>

namespace asioauth::testing {

/// A port of the loopback that swallows SYNs: the queue of a listener that accepts nobody is full.
class silent_listener
{
public:
    explicit silent_listener(boost::asio::io_context& io) : acceptor_(io)
    {
        using boost::asio::ip::tcp;
        acceptor_.open(tcp::v4());
        acceptor_.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        acceptor_.listen(0);
        const auto to = at();
        for (int i = 0; i != 3; ++i)
        {
            auto& s = fillers_.emplace_back(io);
            s.open(tcp::v4());
            s.native_non_blocking(true);
            // Asio would wait.
            (void)::connect(s.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
        }
    }

    boost::asio::ip::tcp::endpoint at() const { return acceptor_.local_endpoint(); }

private:
    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<boost::asio::ip::tcp::socket> fillers_;
};

} // namespace asioauth::testing
