// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>

namespace asioauth::detail {

/** Whose the end of a connection is that has these two endpoints, as one of the kernel's tables says.
    @param table `/proc/net/tcp` or `/proc/net/tcp6`, where programs that use IPv6 sockets have their
        connections to IPv4 addresses
    @param local of that end; IPv4
    @return nothing if it is not there
*/
std::optional<std::uint32_t> user_in_table(
    std::istream& table,
    const boost::asio::ip::tcp::endpoint& local,
    const boost::asio::ip::tcp::endpoint& remote
);

/// Whether the system says that the peer of a connection within this machine is a program of another
/// user. Root is no other user: nothing can be kept from it. False where the system does not say.
bool is_of_another_user(const boost::asio::ip::tcp::socket& connection);

} // namespace asioauth::detail
