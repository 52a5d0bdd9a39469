// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/exchange.hpp"
#include "transport/handshake_turns.hpp"
#include "transport/home_executor.hpp"
#include "transport/pool.hpp"
#include "transport/resolver.hpp"
#include "transport/streamed_body.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_contexts.hpp"
#include "transport/tls_sessions.hpp"

#include <asioauth/http_client.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace asioauth {

namespace detail {

/// What tests replace.
struct network_hooks
{
    resolver::lookup lookup = &resolver::system_lookup;
    trust_sources trust = trust_sources::of_system();
    /// Where a connection to an address, after it passed every check, really goes.
    std::function<boost::asio::ip::tcp::endpoint(const boost::asio::ip::tcp::endpoint&)> route;
    /// By which TLS sessions end.
    tls_sessions::clock wall_clock = &std::chrono::system_clock::now;
    tls_sessions::settings sessions;
    handshake_turns::settings handshakes;
};

} // namespace detail

/// What the exchanges of a client share.
class http_client::impl : public std::enable_shared_from_this<http_client::impl>
{
public:
    impl(
        const boost::asio::any_io_executor& ex,
        http_client_settings settings,
        detail::network_hooks hooks = {}
    );
    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;
    ~impl();

    void async_send(http_request request, transport::handler h);
    void close();

    const detail::home_executor& executor() const noexcept { return ex_; }
    const http_client_settings& settings() const noexcept { return settings_; }
    const detail::network_hooks& hooks() const noexcept { return hooks_; }
    detail::pool& connections() noexcept { return *pool_; }
    detail::streamed_body_list& streams() noexcept { return streams_; }
    detail::resolver& names() noexcept { return *resolver_; }
    detail::tls_contexts& contexts() noexcept { return *contexts_; }
    detail::handshake_turns& handshakes() noexcept { return *handshakes_; }
    const std::shared_ptr<detail::tls_sessions>& sessions() const noexcept { return sessions_; }
    const std::shared_ptr<detail::transport_counts>& counts() const noexcept { return counts_; }

private:
    const detail::home_executor ex_;
    const http_client_settings settings_;
    const detail::network_hooks hooks_;
    const std::shared_ptr<detail::transport_counts> counts_;
    const std::shared_ptr<detail::resolver> resolver_;
    const std::shared_ptr<detail::pool> pool_;
    const std::shared_ptr<detail::tls_contexts> contexts_;
    const std::shared_ptr<detail::tls_sessions> sessions_;
    const std::shared_ptr<detail::handshake_turns> handshakes_;
    detail::exchange_list exchanges_;
    detail::streamed_body_list streams_;
    bool closed_ = false;
};

} // namespace asioauth
