// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/wiped_memory.hpp"
#include "listener/callback_page.hpp"
#include "listener/loopback_impl.hpp"
#include "listener/request_head.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

/// One browser.
class loopback_connection : public std::enable_shared_from_this<loopback_connection>
{
public:
    enum class phase
    {
        reading,   ///< no whole head yet
        held,      ///< the browser waits for the outcome of its login
        answering, ///< the page with the outcome of a login is on its way
        refusing,  ///< another page is on its way
        lingering, ///< the page is sent; the browser has not closed yet
        ended,
    };

    loopback_connection(
        tcp_socket socket,
        std::weak_ptr<loopback_listener::impl> owner,
        std::shared_ptr<loopback_door> door,
        const loopback_limits& limits
    )
        : socket_(std::move(socket))
        , timer_(socket_.get_executor())
        , owner_(std::move(owner))
        , door_(std::move(door))
        , limits_(limits)
    {}
    loopback_connection(const loopback_connection&) = delete;
    loopback_connection& operator=(const loopback_connection&) = delete;
    ~loopback_connection() { overwrite(buffer_.data(), buffer_.size()); } // had the code

    phase now() const noexcept { return phase_; }
    const loopback_door* door() const noexcept { return door_.get(); }

    void start()
    {
        expect(limits_.head);
        read();
    }

    /// The way back for whoever gets the redirect; callable from any thread, and when the
    /// connection is gone.
    std::function<void(const login_outcome&)> hold()
    {
        phase_ = phase::held;
        expect(limits_.answer);
        return [weak = weak_from_this(), ex = socket_.get_executor()](const login_outcome& how) {
            // Not locked here, so that the connection cannot end on a foreign thread.
            if (weak.expired())
                return;
            post_kept(ex, [weak, how = login_outcome(how)] {
                const auto self = weak.lock();
                if (self && self->phase_ == phase::held)
                    self->answer(page_for(how));
            });
        };
    }

    void answer(std::string page)
    {
        const auto sending = phase_ == phase::held ? phase::answering : phase::refusing;
        phase_ = sending;
        page_ = std::move(page);
        expect(limits_.write);
        boost::asio::async_write(
            socket_,
            boost::asio::buffer(page_),
            [self = shared_from_this(), sending](error_code ec, std::size_t) {
                if (self->phase_ != sending)
                    return;
                if (!ec)
                    self->socket_.shutdown(tcp_socket::shutdown_send, ec);
                if (ec)
                    return self->end();
                // Closing with unread bytes would reset the connection and could destroy the page
                // on its way.
                self->phase_ = phase::lingering;
                self->expect(self->limits_.linger);
                self->drain();
            }
        );
    }

    /// The program does not go on: tell a browser that waits for it, drop one that has not asked
    /// yet.
    void give_up()
    {
        if (phase_ == phase::held)
            answer(page_for(callback_page::not_finished));
        else if (phase_ == phase::reading)
            end();
    }

    void end()
    {
        if (phase_ == phase::ended)
            return;
        phase_ = phase::ended;
        timer_.cancel();
        error_code ignored;
        socket_.close(ignored);
        if (const auto owner = owner_.lock())
            owner->remove(*this);
    }

private:
    void expect(std::chrono::milliseconds within)
    {
        timer_.expires_after(within);
        timer_.async_wait([weak = weak_from_this(), when = phase_](error_code ec) {
            const auto self = weak.lock();
            if (ec || !self || self->phase_ != when)
                return;
            if (when == phase::held)
                self->give_up();
            else
                self->end();
        });
    }

    void read()
    {
        socket_.async_read_some(
            boost::asio::buffer(buffer_),
            [self = shared_from_this()](error_code ec, std::size_t size) {
                if (self->phase_ != phase::reading)
                    return;
                if (ec)
                    return self->end();
                self->take(std::string_view(self->buffer_.data(), size));
            }
        );
    }

    void take(std::string_view bytes)
    {
        const auto owner = owner_.lock();
        if (!owner)
            return end();
        switch (reader_.feed(bytes))
        {
        case request_head_reader::state::incomplete: return read();
        case request_head_reader::state::refused:
            return answer(page_for(callback_page::bad_request));
        case request_head_reader::state::too_large:
            return answer(page_for(callback_page::head_too_large));
        case request_head_reader::state::complete: break;
        }
        auto page = owner->serve(*this, reader_.head());
        if (page.empty())
            return; // held
        answer(reader_.head().method == "HEAD" ? without_body(page) : std::move(page));
    }

    void drain()
    {
        socket_.async_read_some(
            boost::asio::buffer(buffer_),
            [self = shared_from_this()](error_code ec, std::size_t size) {
                if (self->phase_ != phase::lingering)
                    return;
                constexpr std::size_t enough = 65536;
                self->drained_ += size;
                if (ec || self->drained_ > enough)
                    return self->end();
                self->drain();
            }
        );
    }

    tcp_socket socket_;
    home_timer timer_;
    std::weak_ptr<loopback_listener::impl> owner_;
    std::shared_ptr<loopback_door> door_;
    loopback_limits limits_;
    phase phase_ = phase::reading;
    request_head_reader reader_;
    std::array<char, 2048> buffer_{};
    std::size_t drained_ = 0;
    std::string page_;
};

} // namespace asioauth::detail
