// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_io.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace asioauth::detail {

/** Lets so many TLS handshakes of a client be under way at once, and the others wait in order.

    A handshake holds some 40 KiB until the peer answers, and has a millisecond of work to do then: of
    more at once none is done sooner, and the last ones miss their deadline because of the first. A
    peer that takes its time is not counted any more after a while, so that it cannot hold up others.
    All members are called, and all handlers run, on the executor.
*/
class handshake_turns : public std::enable_shared_from_this<handshake_turns>
{
public:
    using clock = std::chrono::steady_clock;
    using handler = std::function<void()>;
    using ticket = std::uint64_t;

    struct settings
    {
        std::size_t at_once = 128; // keeps a processor busy if peers answer within 150 ms
        clock::duration counted = std::chrono::seconds(1);
    };

    handshake_turns(const boost::asio::any_io_executor& ex, settings s);
    handshake_turns(const handshake_turns&) = delete;
    handshake_turns& operator=(const handshake_turns&) = delete;
    ~handshake_turns();

    /// The handler is called when one may begin, never before this returns, unless leave() is before.
    ticket enter(handler h);
    /// It is over, or does not wait any more.
    void leave(ticket t) noexcept;

private:
    void go_on();
    bool begin(ticket t);
    void watch();
    void pass_over_slow();

    const home_executor ex_;
    const settings settings_;
    std::map<ticket, clock::time_point> running_; // since when, if it has begun
    std::map<ticket, handler> waiting_;
    home_timer timer_;
    bool watching_ = false;
    ticket last_ = 0;
};

} // namespace asioauth::detail
