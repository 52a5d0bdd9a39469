// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::bench {

/** The users, who say yes to everything: they get a page and tell where it sends them.

    They share a few connections and speak plain HTTP wherever they go, so that they cost what the
    same exchange costs a hand-written client.
*/
class crowd
{
public:
    /// Is given the Location of the answer; empty if there is none.
    using told = std::function<void(std::string_view)>;

    crowd(boost::asio::io_context& io, const std::string& address, unsigned port, std::size_t size)
        : server_(boost::asio::ip::make_address(address), static_cast<std::uint16_t>(port))
    {
        for (std::size_t i = 0; i != size; ++i)
            idle_.push_back(&all_.emplace_back(io));
    }

    /// @param target of a request, with its query
    void ask(std::string host, std::string target, told then)
    {
        visit v{std::move(host), std::move(target), std::move(then)};
        if (idle_.empty())
        {
            waiting_.push_back(std::move(v));
            return;
        }
        auto* const by = idle_.front();
        idle_.pop_front();
        begin(*by, std::move(v));
    }

private:
    struct visit
    {
        std::string host;
        std::string target;
        told then;
    };

    struct line
    {
        explicit line(boost::asio::io_context& io) : socket(io) {}

        boost::asio::ip::tcp::socket socket;
        std::string out;
        std::array<char, 4096> in{};
        std::size_t held = 0;
        told then;
    };

    void begin(line& by, visit v)
    {
        by.out.assign("GET ").append(v.target).append(" HTTP/1.1\r\nHost: ").append(v.host);
        by.out.append("\r\nUser-Agent: user\r\nAccept: text/html\r\n\r\n");
        by.then = std::move(v.then);
        by.held = 0;
        if (by.socket.is_open())
            return send(by);
        by.socket.async_connect(server_, [this, &by](boost::system::error_code ec) {
            if (ec)
                return end(by, {});
            by.socket.set_option(boost::asio::ip::tcp::no_delay(true), ec);
            send(by);
        });
    }

    void send(line& by)
    {
        boost::asio::async_write(
            by.socket,
            boost::asio::buffer(by.out),
            [this, &by](boost::system::error_code ec, std::size_t) {
                if (ec)
                    return end(by, {});
                receive(by);
            }
        );
    }

    void receive(line& by)
    {
        by.socket.async_read_some(
            boost::asio::buffer(by.in.data() + by.held, by.in.size() - by.held),
            [this, &by](boost::system::error_code ec, std::size_t n) {
                by.held += n;
                const std::string_view text(by.in.data(), by.held);
                if (ec)
                    return end(by, {});
                // The answer is a redirect, which has no body.
                if (!text.ends_with("\r\n\r\n"))
                    return receive(by);
                constexpr std::string_view name = "\r\nLocation: ";
                const auto at = text.find(name);
                if (at == std::string_view::npos)
                    return end(by, {});
                const auto value = text.substr(at + name.size());
                end(by, value.substr(0, value.find('\r')));
            }
        );
    }

    void end(line& by, std::string_view location)
    {
        if (location.empty())
        {
            boost::system::error_code ec;
            by.socket.close(ec);
        }
        const auto then = std::exchange(by.then, nullptr);
        then(location);
        if (waiting_.empty())
        {
            idle_.push_back(&by);
            return;
        }
        visit v = std::move(waiting_.front());
        waiting_.pop_front();
        begin(by, std::move(v));
    }

    const boost::asio::ip::tcp::endpoint server_;
    std::deque<line> all_;
    std::deque<line*> idle_;
    std::deque<visit> waiting_;
};

} // namespace asioauth::bench
