// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/http_client_impl.hpp"
#include "transport/request_writer.hpp"

#include <asioauth/http_client.hpp>
#include <asioauth/version.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace asioauth {

using boost::asio::any_io_executor;

namespace {

// Far away, and far from the end of the clock, where sums of times would overflow.
std::chrono::milliseconds bounded(std::chrono::milliseconds v)
{
    return std::clamp<std::chrono::milliseconds>(
        v, std::chrono::milliseconds(0), std::chrono::hours(24 * 365)
    );
}

http_client_settings usable(http_client_settings s)
{
    s.resolve_timeout(bounded(s.resolve_timeout()));
    s.connect_timeout(bounded(s.connect_timeout()));
    s.tls_timeout(bounded(s.tls_timeout()));
    s.proxy_timeout(bounded(s.proxy_timeout()));
    s.write_timeout(bounded(s.write_timeout()));
    s.response_timeout(bounded(s.response_timeout()));
    s.total_timeout(bounded(s.total_timeout()));
    s.stream_idle_timeout(bounded(s.stream_idle_timeout()));
    s.idle_timeout(bounded(s.idle_timeout()));
    s.name_cache_time(bounded(s.name_cache_time()));
    if (s.user_agent().empty())
    {
        s.user_agent("asioauth/" ASIOAUTH_VERSION_STRING);
    }
    return s;
}

} // namespace

http_client::impl::impl(
    const any_io_executor& ex, http_client_settings settings, detail::network_hooks hooks
)
    : ex_(detail::home_executor::of(ex))
    , settings_(usable(std::move(settings)))
    , hooks_(std::move(hooks))
    , counts_(std::make_shared<detail::transport_counts>())
    , resolver_(std::make_shared<detail::resolver>(ex_, hooks_.lookup, settings_.name_cache_time()))
    , pool_(std::make_shared<detail::pool>(
          detail::pool::settings{
              settings_.connections_per_origin(),
              settings_.connections(),
              settings_.idle_connections(),
              settings_.queued_requests_per_origin(),
              settings_.idle_timeout()},
          counts_
      ))
    , contexts_(std::make_shared<detail::tls_contexts>(ex_, hooks_.trust, settings_.ca_files()))
    , sessions_(std::make_shared<detail::tls_sessions>(hooks_.wall_clock, hooks_.sessions))
    , handshakes_(std::make_shared<detail::handshake_turns>(ex_, hooks_.handshakes))
{}

http_client::impl::~impl() = default;

void http_client::impl::async_send(http_request request, transport::handler h)
{
    counts_->requests.add();
    const auto e = std::allocate_shared<detail::exchange>(
        detail::kept_allocator<detail::exchange>(),
        shared_from_this(),
        std::move(request),
        std::move(h)
    );
    if (closed_)
    {
        e->refuse(errc::client_closed);
        return;
    }
    exchanges_.push_back(*e);
    e->start();
}

void http_client::impl::close()
{
    closed_ = true;
    while (!exchanges_.empty())
    {
        exchanges_.front().abort(); // takes itself off the list
    }
    while (!streams_.empty())
    {
        streams_.front().client_closed(); // likewise
    }
    pool_->close();
    resolver_->close();
    contexts_->close();
    sessions_->close();
}

http_client::http_client(any_io_executor ex, http_client_settings settings)
    : impl_(std::make_shared<impl>(std::move(ex), std::move(settings)))
{}

http_client::~http_client()
{
    impl_->close();
}

void http_client::async_send(http_request request, handler h)
{
    impl_->async_send(std::move(request), std::move(h));
}

void http_client::close()
{
    impl_->close();
}

transport_metrics http_client::metrics() const noexcept
{
    return impl_->counts()->now();
}

} // namespace asioauth
