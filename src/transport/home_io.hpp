// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_executor.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>

namespace asioauth::detail {

// I/O objects whose handlers are called at home, without memory.
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, home_executor>;
using tcp_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, home_executor>;
using stream_descriptor = boost::asio::posix::basic_stream_descriptor<home_executor>;
using home_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    home_executor>;

} // namespace asioauth::detail
