// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/address_policy.hpp"
#include "transport/connect_race.hpp"
#include "transport/connection.hpp"
#include "transport/handshake_turns.hpp"
#include "transport/pool_key.hpp"
#include "transport/proxy_tunnel.hpp"
#include "transport/request_writer.hpp"
#include "transport/resolver.hpp"
#include "transport/tls_contexts.hpp"

#include <asioauth/http_client.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asioauth::detail {

/// What an exchange is doing; each has a deadline of its own.
enum class phase
{
    queueing,
    resolving,
    connecting,
    tunnelling,
    handshaking,
    writing,
    reading,
};

/** Makes one connection: TLS context, name, address policy, TCP, a tunnel through a proxy, TLS.

    Owned by whom it works for and by its operations under way; it does not own the other way
    round, so that everything goes when the executor's context does.
*/
class connector : public std::enable_shared_from_this<connector>
{
public:
    class client
    {
    public:
        virtual void connector_entered(phase p) = 0;
        virtual void connector_done(result<std::shared_ptr<connection>> c) = 0;

    protected:
        ~client() = default;
    };

    /// @param key what the connection will be shared by; has the identity to show, and says whether
    ///     there is a proxy on the way
    connector(
        std::shared_ptr<http_client::impl> owner,
        url target,
        address_guard guard,
        pool_key key,
        std::weak_ptr<client> whom
    );
    connector(const connector&) = delete;
    connector& operator=(const connector&) = delete;
    ~connector();

    /// client::connector_done is called once, never before this returns.
    void start();
    /// client::connector_done is not called any more.
    void cancel() noexcept;

private:
    using addresses = resolver::addresses;

    void enter(phase p);
    void done(result<std::shared_ptr<connection>> c);
    void fail(failure f);
    void prepare();
    void resolve();
    void look_up(const url& of, void (connector::*then)(const addresses&));
    void resolved(const addresses& found);
    void resolved_end(const addresses& found);
    void resolve_proxy();
    void resolved_proxy(const addresses& found);
    void add_address(const boost::asio::ip::address& a);
    void begin_connecting();
    void connected(
        error_code ec, connect_race::connection_ptr c, const boost::asio::ip::tcp::endpoint& to
    );
    void begin_tunnel();
    void read_tunnel();
    void tunnel_received(error_code ec, std::size_t n);
    void try_next_end(failure f);
    const url& first_hop() const noexcept;
    void reached_server();
    void await_turn();
    void leave_turn() noexcept;
    result<void> secure();
    void handshake();
    void count_handshake(bool done) noexcept;
    void refused(error_code ec);

    const std::shared_ptr<http_client::impl> owner_;
    const url target_;
    const address_guard guard_;
    const pool_key key_;
    std::weak_ptr<client> whom_;
    tls_contexts::ticket context_ticket_ = 0;
    tls_contexts::context context_;
    resolver::ticket ticket_ = 0;
    addresses addresses_;
    std::weak_ptr<connect_race> race_;  // which owns us
    const proxy_settings* const proxy_; // null: none on the way
    std::vector<std::string> ends_;     // what to ask it for, the first first
    std::size_t end_ = 0;
    request_bytes bytes_;
    std::optional<tunnel_reader> tunnel_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point handshake_begun_;
    std::shared_ptr<connection> connection_;
    tls_resumption::mode mode_ = tls_resumption::mode::offer;
    handshake_turns::ticket turn_ = 0;
    bool over_ = false;
};

} // namespace asioauth::detail
