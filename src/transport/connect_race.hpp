// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/connection.hpp"
#include "transport/home_io.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace asioauth::detail {

/** Connects to the first of several addresses of a host that answers: RFC 8305, "Happy Eyeballs".

    The next address is tried when the one before has failed, or has not answered for a while; those
    that were begun go on. So an address that swallows packets costs a moment and not the time there is
    for connecting. There is no deadline here.
*/
class connect_race : public std::enable_shared_from_this<connect_race>
{
public:
    using endpoint = boost::asio::ip::tcp::endpoint;
    using connection_ptr = std::shared_ptr<connection>;
    /// @param to what answered
    using handler = std::function<void(error_code, connection_ptr c, const endpoint& to)>;

    class settings
    {
    public:
        /// Time that an address has before the next one is tried as well.
        std::chrono::milliseconds delay{250};
        /// Asked immediately before each connect: false ends the race with errc::address_blocked.
        std::function<bool(const endpoint&)> may_connect;
        /// Where a peer really is; empty: where it says.
        std::function<endpoint(const endpoint&)> route;
    };

    /// @param peers in the order in which they are tried; not empty
    connect_race(const boost::asio::any_io_executor& ex, std::vector<endpoint> peers, settings s);
    connect_race(const connect_race&) = delete;
    connect_race& operator=(const connect_race&) = delete;
    ~connect_race();

    /// `h` is called once, on the executor; at once if a peer is blocked.
    void start(handler h);
    /// The handler is not called any more, and nothing is connected to.
    void cancel() noexcept;

    /// Both families in turn, beginning with that of the first, each in its order (RFC 8305 section 4).
    static std::vector<boost::asio::ip::address>
    in_turn(const std::vector<boost::asio::ip::address>& found);

private:
    void begin_next();
    void connected(error_code ec, const connection_ptr& c, const endpoint& to);
    void finish(error_code ec, connection_ptr c, const endpoint& to);

    const std::vector<endpoint> peers_;
    const settings settings_;
    const home_executor ex_;
    home_timer timer_;
    handler handler_;
    std::vector<connection_ptr> running_;
    std::size_t next_ = 0;
    bool over_ = false;
};

} // namespace asioauth::detail
