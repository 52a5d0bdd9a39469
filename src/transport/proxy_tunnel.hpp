// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/address_policy.hpp"
#include "transport/receive_buffer.hpp"
#include "transport/request_writer.hpp"

#include <asioauth/proxy_settings.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace asioauth::detail {

/// What a proxy is asked to connect to: `host:port`, with brackets around IPv6.
std::string tunnel_end(const url& target);
std::string tunnel_end(const boost::asio::ip::address& a, std::uint16_t port);

/// May a proxy be asked for a tunnel to this host? @return errc::address_blocked otherwise.
result<void> check_tunnel(const address_guard& guard, const url& target);

/// What is said when an address that a request leads to is not allowed. Names no address: whoever made
/// the URL could use us to look into a private DNS.
failure blocked(const url& target);

/// Write the request for a tunnel.
void assign_tunnel_request(
    request_bytes& out,
    std::string_view end,
    const proxy_settings& proxy,
    std::string_view user_agent
);

/** Reads what a proxy answers to a request for a tunnel; it does no input or output itself.

    A success is a head and nothing behind it, for the server does not speak first; what its fields say
    of a body means nothing (RFC 9110 section 9.3.6). The body of anything else is not read.
*/
class tunnel_reader
{
public:
    /// @param proxy outlives this
    explicit tunnel_reader(const proxy_settings& proxy) noexcept : proxy_(proxy) {}

    /** Take what is in the buffer, of which `received` bytes are new.

        @return true if there is a tunnel, with the buffer empty; false if more is needed
    */
    result<bool> take(receive_buffer& b, std::size_t received);
    /// The proxy has closed.
    failure end() const;

private:
    failure invalid(std::string_view why) const;
    failure refused(const http_response& response) const;

    const proxy_settings& proxy_;
    std::size_t wire_ = 0;
    std::size_t searched_ = 0;
    int interim_ = 0;
};

} // namespace asioauth::detail
