// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace asioauth::testing {

/// A port of the loopback at which nobody listens, and which nobody else is given meanwhile.
class refusing_port
{
public:
    boost::asio::ip::tcp::endpoint at() const { return taken_.local_endpoint(); }
    std::uint16_t number() const { return at().port(); }
    std::string url(std::string_view path = "/") const
    {
        return "http://127.0.0.1:" + std::to_string(number()) + std::string(path);
    }

private:
    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket taken_{
        io_, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
};

} // namespace asioauth::testing
