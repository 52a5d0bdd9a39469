// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/proxy_settings.hpp>
#include <asioauth/transport.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth {

/// Settings of @ref http_client. Setters chain.
class http_client_settings
{
public:
    http_client_settings() = default;

    /// Time for looking up a name. Default 10 s.
    http_client_settings& resolve_timeout(std::chrono::milliseconds v)
    {
        return resolve_timeout_ = v, *this;
    }
    /// Time for connecting, over all addresses together. Default 10 s.
    http_client_settings& connect_timeout(std::chrono::milliseconds v)
    {
        return connect_timeout_ = v, *this;
    }
    /// Time for the TLS handshake. Default 10 s.
    http_client_settings& tls_timeout(std::chrono::milliseconds v)
    {
        return tls_timeout_ = v, *this;
    }
    /// Time for a proxy to connect to the server. Default 20 s.
    http_client_settings& proxy_timeout(std::chrono::milliseconds v)
    {
        return proxy_timeout_ = v, *this;
    }
    /// Time for writing a request. Default 10 s.
    http_client_settings& write_timeout(std::chrono::milliseconds v)
    {
        return write_timeout_ = v, *this;
    }
    /// Time from the end of the request to the end of the response, or to the end of its head if it
    /// is streamed. Default 20 s.
    http_client_settings& response_timeout(std::chrono::milliseconds v)
    {
        return response_timeout_ = v, *this;
    }
    /// Time for one async_send with everything: waiting for a connection, redirects. Default 30 s.
    /// A response that is streamed has no deadline as a whole once its head is there.
    http_client_settings& total_timeout(std::chrono::milliseconds v)
    {
        return total_timeout_ = v, *this;
    }
    /// How long a read of a stream waits for octets; what framing adds is none. While nobody reads no
    /// time passes. Default 5 min.
    http_client_settings& stream_idle_timeout(std::chrono::milliseconds v)
    {
        return stream_idle_timeout_ = v, *this;
    }
    /// How long an unused connection is kept. Default 15 s.
    http_client_settings& idle_timeout(std::chrono::milliseconds v)
    {
        return idle_timeout_ = v, *this;
    }
    /// Connections per origin. Default 64. Further requests wait in order. A response that is
    /// streamed is not counted once its head is there, so that streams, which may stay open for
    /// hours, do not keep requests waiting; how many there are is up to the program.
    http_client_settings& connections_per_origin(std::size_t v)
    {
        return connections_per_origin_ = v, *this;
    }
    /// Connections in all, unused ones included. Default 1024; mind the limit on open files of the
    /// process. Where there are no more, the longest unused one is closed, and origins with requests
    /// that wait take turns.
    http_client_settings& connections(std::size_t v) { return connections_ = v, *this; }
    /// Unused connections kept over all origins. Default 256.
    http_client_settings& idle_connections(std::size_t v) { return idle_connections_ = v, *this; }
    /// Requests waiting for a connection to one origin before errc::too_many_requests_queued.
    /// Default 4096.
    http_client_settings& queued_requests_per_origin(std::size_t v)
    {
        return queued_requests_ = v, *this;
    }
    /// How long the addresses of a host are remembered; they are asked for anew if none of them
    /// answers. Default 30 s; 0: not at all. Each is checked at each connection all the same.
    http_client_settings& name_cache_time(std::chrono::milliseconds v)
    {
        return name_cache_time_ = v, *this;
    }
    /// A PEM file of certification authorities to trust beside the system's.
    http_client_settings& add_ca_file(std::string_view path)
    {
        return ca_files_.emplace_back(path), *this;
    }
    /// The proxy to reach servers through. Default: none; the environment is not read, unless it is by
    /// proxy_settings::from_environment().
    http_client_settings& proxy(proxy_settings v) { return proxy_ = std::move(v), *this; }
    /// The User-Agent field, which a proxy sees as well. Default `asioauth/VERSION`.
    http_client_settings& user_agent(std::string_view v) { return user_agent_ = v, *this; }

    /// @{
    /// What was set, or the default.
    std::chrono::milliseconds resolve_timeout() const noexcept { return resolve_timeout_; }
    std::chrono::milliseconds connect_timeout() const noexcept { return connect_timeout_; }
    std::chrono::milliseconds tls_timeout() const noexcept { return tls_timeout_; }
    std::chrono::milliseconds proxy_timeout() const noexcept { return proxy_timeout_; }
    std::chrono::milliseconds write_timeout() const noexcept { return write_timeout_; }
    std::chrono::milliseconds response_timeout() const noexcept { return response_timeout_; }
    std::chrono::milliseconds total_timeout() const noexcept { return total_timeout_; }
    std::chrono::milliseconds stream_idle_timeout() const noexcept { return stream_idle_timeout_; }
    std::chrono::milliseconds idle_timeout() const noexcept { return idle_timeout_; }
    std::size_t connections_per_origin() const noexcept { return connections_per_origin_; }
    std::size_t connections() const noexcept { return connections_; }
    std::size_t idle_connections() const noexcept { return idle_connections_; }
    std::size_t queued_requests_per_origin() const noexcept { return queued_requests_; }
    std::chrono::milliseconds name_cache_time() const noexcept { return name_cache_time_; }
    const std::vector<std::string>& ca_files() const noexcept { return ca_files_; }
    const proxy_settings& proxy() const noexcept { return proxy_; }
    const std::string& user_agent() const noexcept { return user_agent_; }
    /// @}

private:
    std::chrono::milliseconds resolve_timeout_{10'000};
    std::chrono::milliseconds connect_timeout_{10'000};
    std::chrono::milliseconds tls_timeout_{10'000};
    std::chrono::milliseconds proxy_timeout_{20'000};
    std::chrono::milliseconds write_timeout_{10'000};
    std::chrono::milliseconds response_timeout_{20'000};
    std::chrono::milliseconds total_timeout_{30'000};
    std::chrono::milliseconds stream_idle_timeout_{300'000};
    std::chrono::milliseconds idle_timeout_{15'000};
    std::chrono::milliseconds name_cache_time_{30'000};
    std::size_t connections_per_origin_ = 64;
    std::size_t connections_ = 1024;
    std::size_t idle_connections_ = 256;
    std::size_t queued_requests_ = 4096;
    std::vector<std::string> ca_files_;
    proxy_settings proxy_;
    std::string user_agent_;
};

/** The library's own HTTP/1.1 client: the one guarded way to the network.

    TCP and TLS 1.2 or newer with SNI, host verification and the system's roots by construction,
    read beside the event loop; the client certificate of a request (http_request::identity); a
    keep-alive pool per origin, address policy and client certificate; TLS sessions that are resumed
    within the same bounds, for an hour after a whole handshake, and never with early data; a
    deadline for each phase and in total; caps on everything that the peer controls; the address
    policy applied to the socket address of every connection attempt. With a proxy, TLS goes through
    it to the server, who is checked as without; what becomes of the address policy is in
    @ref proxy_settings. It obeys
    http_request::stream_events: a stream that has ended regularly leaves its connection to others,
    any other closes it.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe; all calls and handlers run on the
        executor given to the constructor, which must be a strand or an io_context run by one
        thread. But for metrics().
*/
class http_client final : public transport
{
public:
    /// @param ex a strand, or the executor of a context that one thread runs
    /// @param settings time-outs, sizes of the pool, trust
    ASIOAUTH_DECL explicit http_client(
        boost::asio::any_io_executor ex, http_client_settings settings = {}
    );
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;
    /// Closes everything, as close() does.
    ASIOAUTH_DECL ~http_client() override;

    ASIOAUTH_DECL void async_send(http_request request, handler h) override;
    ASIOAUTH_DECL void close() override;
    /// What was done, and what is open. May be called from any thread.
    ASIOAUTH_DECL transport_metrics metrics() const noexcept override;

    class impl;

private:
    std::shared_ptr<impl> impl_;
};

} // namespace asioauth
