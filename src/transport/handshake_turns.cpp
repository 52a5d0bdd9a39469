// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/handshake_turns.hpp"

#include "transport/kept_post.hpp"

#include <boost/system/error_code.hpp>

#include <exception>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

handshake_turns::handshake_turns(const asio::any_io_executor& ex, settings s)
    : ex_(home_executor::of(ex))
    , settings_(s)
    , timer_(ex_)
{}

handshake_turns::~handshake_turns() = default;

handshake_turns::ticket handshake_turns::enter(handler h)
{
    waiting_.emplace(++last_, std::move(h));
    go_on();
    return last_;
}

void handshake_turns::leave(ticket t) noexcept
{
    waiting_.erase(t);
    running_.erase(t);
    try
    {
        go_on();
    }
    catch (const std::exception&)
    {
        return; // out of memory: the next one that leaves tries again
    }
}

void handshake_turns::go_on()
{
    while (!waiting_.empty() && running_.size() < settings_.at_once)
    {
        const auto t = waiting_.begin()->first;
        running_.emplace(t, clock::time_point::max()); // may throw, and then nobody is lost
        auto next = waiting_.extract(waiting_.begin());
        post_kept(ex_, [weak = weak_from_this(), t, h = std::move(next.mapped())] {
            const auto self = weak.lock();
            if (self && self->begin(t))
            {
                h();
            }
        });
    }
    watch();
}

bool handshake_turns::begin(ticket t)
{
    const auto at = running_.find(t);
    if (at == running_.end())
    {
        return false; // has left meanwhile
    }
    at->second = clock::now();
    return true;
}

// There is a timer only while somebody waits.
void handshake_turns::watch()
{
    if (watching_ == !waiting_.empty())
    {
        return;
    }
    if (watching_)
    {
        timer_.cancel();
        return;
    }
    watching_ = true;
    timer_.expires_after(settings_.counted);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code&) {
        if (const auto self = weak.lock())
        {
            self->watching_ = false;
            self->pass_over_slow();
        }
    });
}

void handshake_turns::pass_over_slow()
{
    const auto until = clock::now() - settings_.counted;
    while (!running_.empty() && running_.begin()->second <= until)
    {
        running_.erase(running_.begin());
    }
    go_on();
}

} // namespace asioauth::detail
