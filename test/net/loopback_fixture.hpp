// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "listener/callback_page.hpp"

#include <asioauth/redirect_listener.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::testing::loopback {

namespace asio = boost::asio;
using asio::ip::tcp;
using detail::callback_page;
using detail::page_for;

inline const auto v4 = asio::ip::address(asio::ip::address_v4::loopback());
inline const auto v6 = asio::ip::address(asio::ip::address_v6::loopback());

/// Skips what this machine cannot do at all, so that the other tests say something.
inline bool has_ipv6()
{
    asio::io_context io;
    tcp::acceptor a(io);
    error_code ec;
    a.open(tcp::v6(), ec);
    if (!ec)
        a.bind({v6, 0}, ec);
    return !ec;
}

inline boost::test_tools::assertion_result with_ipv6(boost::unit_test::test_unit_id)
{
    return has_ipv6();
}

/// A browser: connects, sends, and reads until the other side closes.
class client : public std::enable_shared_from_this<client>
{
public:
    client(asio::io_context& io, tcp::endpoint to) : socket_(io), to_(std::move(to)) {}

    void start(std::string bytes)
    {
        out_ = std::move(bytes);
        socket_.async_connect(to_, [self = shared_from_this()](error_code ec) {
            self->connected = !ec;
            if (ec)
                return self->end(ec);
            self->send();
        });
    }

    void send(std::string bytes)
    {
        out_ = std::move(bytes);
        send();
    }

    void drop()
    {
        error_code ignored;
        socket_.close(ignored);
    }

    bool connected = false;
    bool done = false;
    error_code how;
    std::string response;

private:
    void send()
    {
        asio::async_write(
            socket_,
            asio::buffer(out_),
            [self = shared_from_this()](error_code, std::size_t) { self->read(); }
        );
    }

    void read()
    {
        if (std::exchange(reading_, true))
            return;
        asio::async_read(
            socket_,
            asio::dynamic_buffer(response),
            [self = shared_from_this()](error_code ec, std::size_t) { self->end(ec); }
        );
    }

    void end(error_code ec)
    {
        how = ec;
        done = true;
        error_code ignored;
        socket_.close(ignored);
    }

    tcp::socket socket_;
    tcp::endpoint to_;
    std::string out_;
    bool reading_ = false;
};

/// One async_wait.
class wait_result
{
public:
    bool done() const { return outcome.has_value(); }
    error_code code() const
    {
        return outcome->has_error() ? outcome->error().code() : error_code();
    }
    redirect& got() { return outcome->value(); }

    std::optional<result<redirect>> outcome;
    int calls = 0;
    asio::cancellation_signal cancel;
};

class fixture
{
public:
    ~fixture()
    {
        waits.clear(); // redirects that are left are answered before the loop goes
        listener.close();
    }

    void until(const std::function<bool()>& condition)
    {
        while (!condition())
        {
            if (io.stopped())
                io.restart();
            // So that what would hang fails; never reached otherwise.
            BOOST_REQUIRE(io.run_one_for(std::chrono::seconds(30)) != 0);
        }
    }

    std::string reserve(const redirect_target& target = {})
    {
        const auto uri = listener.reserve(target);
        BOOST_REQUIRE(uri.has_value());
        const auto parsed = url::parse(*uri).value();
        port = parsed.port();
        authority = parsed.authority();
        return *uri;
    }

    wait_result& wait(std::string uri, std::string state)
    {
        auto& w = waits.emplace_back();
        auto on_done = [&w](result<redirect> r) {
            ++w.calls;
            w.outcome.emplace(std::move(r));
        };
        listener.async_wait(
            std::move(uri),
            std::move(state),
            asio::bind_cancellation_slot(w.cancel.slot(), std::move(on_done))
        );
        BOOST_REQUIRE(!w.done()); // never inside the function
        return w;
    }

    std::shared_ptr<client> send(std::string bytes, std::optional<tcp::endpoint> to = {})
    {
        auto c = std::make_shared<client>(io, to.value_or(tcp::endpoint(v4, port)));
        c->start(std::move(bytes));
        return c;
    }

    std::string exchange(std::string bytes)
    {
        const auto c = send(std::move(bytes));
        until([&] { return c->done; });
        BOOST_TEST(c->connected);
        BOOST_TEST(c->how == asio::error::eof);
        return c->response;
    }

    std::string get(std::string_view target, std::string_view host = {}) const
    {
        std::string out = "GET ";
        out.append(target).append(" HTTP/1.1\r\nHost: ");
        out.append(host.empty() ? std::string_view(authority) : host).append("\r\n\r\n");
        return out;
    }

    bool refused(const tcp::endpoint& to)
    {
        tcp::socket s(io);
        error_code ec;
        s.connect(to, ec);
        return ec == asio::error::connection_refused;
    }

    bool refused() { return refused({v4, port}); }

    /// The genuine redirect of `state`, and its page for a success.
    void check_genuine(wait_result& w, const std::string& state)
    {
        const auto target = "/callback?code=c&state=" + state;
        const auto c = send(get(target));
        until([&] { return w.done(); });
        BOOST_REQUIRE(w.outcome->has_value());
        BOOST_TEST(w.got().url() == "http://" + authority + target);
        BOOST_TEST(!c->done);
        w.got().reply(login_outcome());
        until([&] { return c->done; });
        BOOST_TEST(c->response == page_for(login_outcome()));
        BOOST_TEST(w.calls == 1);
    }

    asio::io_context io;
    loopback_listener listener{io.get_executor()};
    std::list<wait_result> waits;
    std::uint16_t port = 0;
    std::string authority;
};

inline const std::string bad_request = page_for(callback_page::bad_request);
inline const std::string not_waiting = page_for(callback_page::not_waiting);

} // namespace asioauth::testing::loopback
