// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connect_race.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

connect_race::connect_race(const asio::any_io_executor& ex, std::vector<endpoint> peers, settings s)
    : peers_(std::move(peers))
    , settings_(std::move(s))
    , ex_(home_executor::of(ex))
    , timer_(ex_)
{}

connect_race::~connect_race() = default;

void connect_race::start(handler h)
{
    handler_ = std::move(h);
    begin_next();
}

void connect_race::cancel() noexcept
{
    over_ = true;
    timer_.cancel();
    for (const auto& c : std::exchange(running_, {}))
    {
        c->close();
    }
    handler_ = nullptr;
}

void connect_race::begin_next()
{
    if (next_ == peers_.size())
    {
        if (running_.empty())
        {
            finish(asio::error::host_unreachable, nullptr, peers_.back());
        }
        return; // one of those under way may still answer
    }
    const auto to = peers_[next_++];
    if (settings_.may_connect && !settings_.may_connect(to))
    {
        return finish(make_error_code(errc::address_blocked), nullptr, to);
    }
    auto c = std::make_shared<connection>(ex_);
    running_.push_back(c);
    auto& socket = c->socket();
    socket.async_connect(
        settings_.route ? settings_.route(to) : to,
        [self = shared_from_this(), c = std::move(c), to](error_code ec) {
            if (!self->over_)
            {
                self->connected(ec, c, to);
            }
        }
    );
    if (next_ != peers_.size())
    {
        timer_.expires_after(settings_.delay);
        timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (!ec && !self->over_)
            {
                self->begin_next();
            }
        });
    }
}

void connect_race::connected(error_code ec, const connection_ptr& c, const endpoint& to)
{
    std::erase(running_, c);
    if (!ec && c->socket().is_open())
    {
        return finish(error_code(), c, to);
    }
    c->close();
    timer_.cancel();
    begin_next();
}

void connect_race::finish(error_code ec, connection_ptr c, const endpoint& to)
{
    const auto h = std::move(handler_);
    cancel();
    h(ec, std::move(c), to);
}

std::vector<asio::ip::address> connect_race::in_turn(const std::vector<asio::ip::address>& found)
{
    std::vector<asio::ip::address> out;
    std::vector<asio::ip::address> others;
    for (const auto& a : found)
    {
        (a.is_v6() == found.front().is_v6() ? out : others).push_back(a);
    }
    for (std::size_t i = 0; i != others.size(); ++i)
    {
        const auto at = std::min(2 * i + 1, out.size());
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(at), others[i]);
    }
    return out;
}

} // namespace asioauth::detail
