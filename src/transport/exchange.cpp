// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/exchange.hpp"

#include "transport/body_handle.hpp"
#include "transport/http_client_impl.hpp"
#include "transport/location.hpp"
#include "transport/streamed_body.hpp"

#include <asioauth/limits.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

std::chrono::milliseconds time_for(phase p, const http_client_settings& s) noexcept
{
    switch (p)
    {
    case phase::resolving: return s.resolve_timeout();
    case phase::connecting: return s.connect_timeout();
    case phase::tunnelling: return s.proxy_timeout();
    case phase::handshaking: return s.tls_timeout();
    case phase::writing: return s.write_timeout();
    case phase::reading: return s.response_timeout();
    case phase::queueing: break;
    }
    return s.total_timeout();
}

errc timeout_of(phase p) noexcept
{
    switch (p)
    {
    case phase::resolving: return errc::resolve_timeout;
    case phase::connecting: return errc::connect_timeout;
    case phase::tunnelling: return errc::proxy_timeout;
    case phase::handshaking: return errc::tls_timeout;
    case phase::writing: return errc::write_timeout;
    case phase::reading: return errc::response_timeout;
    case phase::queueing: break;
    }
    return errc::deadline_exceeded;
}

response_reader::event_stream becomes_of_streams(const http_request& r) noexcept
{
    using enum response_reader::event_stream;
    switch (r.kind())
    {
    case request_kind::probe: return skip; // it would go on for ever
    case request_kind::resource: return r.stream_events() ? follow : collect;
    case request_kind::metadata:
    case request_kind::registration:
    case request_kind::token:
    case request_kind::page:
    case request_kind::icon: break;
    }
    return collect;
}

failure not_sent()
{
    return failure(errc::connection_lost)
        .message("The connection was closed while the request was being sent.");
}

} // namespace

exchange::exchange(
    std::shared_ptr<http_client::impl> owner, http_request request, transport::handler h
)
    : owner_(std::move(owner))
    , handler_(std::move(h))
    , request_(std::move(request))
    , target_(request_.target())
    , timer_(owner_->executor())
    , way_back_(sizeof(answer))
{}

exchange::~exchange()
{
    // Off the list before anything that a handler owns is destroyed: that may be the client, which
    // closes.
    unlink();
    owner_->connections().withdraw(*this);
}

void exchange::start()
{
    total_deadline_ = clock::now() + owner_->settings().total_timeout();
    connect_slot();
    if (const auto checked = check_sendable(request_, owner_->settings().user_agent()); !checked)
    {
        return complete(checked.error());
    }
    auto guard = address_guard::make(request_.policy());
    if (!guard)
    {
        return complete(guard.error());
    }
    guard_ = std::move(*guard);
    begin_hop();
}

void exchange::refuse(failure f)
{
    complete(std::move(f));
}

void exchange::abort()
{
    complete(failure(operation_aborted()));
}

void exchange::connect_slot()
{
    auto slot = asio::get_associated_cancellation_slot(*handler_);
    if (slot.is_connected())
    {
        // Weak: the signal often lives in what the handler owns.
        slot.assign([weak = weak_from_this()](asio::cancellation_type type) {
            if (const auto self = weak.lock(); self && type != asio::cancellation_type::none)
            {
                self->abort();
            }
        });
    }
}

void exchange::begin_hop()
{
    if (const auto checked = check_scheme(request_.policy(), target_); !checked)
    {
        return complete(checked.error());
    }
    if (!request_.identity().empty() && !target_.is_https())
    {
        return complete(failure(errc::url_scheme_not_allowed)
                            .message("A client certificate cannot be shown over plain http.")
                            .hint("Use an https address for a server that wants a certificate."));
    }
    auto l = owner_->connections().acquire(key(), *this);
    if (!l)
    {
        return complete(l.error());
    }
    // Its deadline is what keeps it alive while it waits.
    if (!*l || (*l)->get() == nullptr)
    {
        enter(phase::queueing);
    }
    if (*l)
    {
        leased(std::move(**l));
    }
}

// Of where the request goes now: what a redirect leads to may be excepted from the use of the proxy.
pool_key exchange::key() const
{
    pool_key out(target_, request_.policy(), request_.identity());
    const auto& proxy = owner_->settings().proxy();
    if (proxy.is_used_for(target_))
    {
        out.proxy = proxy.address().authority();
    }
    return out;
}

void exchange::granted(pool::lease l)
{
    // Through the executor, so that a queue of requests that fail at once does not become a
    // recursion. If the exchange is over by then the lease goes back by itself.
    post_kept(owner_->executor(), [self = shared_from_this(), l = std::move(l)]() mutable {
        if (!self->over_)
        {
            self->leased(std::move(l));
        }
    });
}

void exchange::leased(pool::lease l)
{
    lease_ = std::move(l);
    reused_ = lease_.get() != nullptr;
    if (reused_)
    {
        owner_->counts()->reused.add();
        write();
    }
    else
    {
        connect();
    }
}

void exchange::connect()
{
    connector_ = std::make_shared<connector>(
        owner_,
        target_,
        *guard_,
        key(),
        std::shared_ptr<connector::client>(shared_from_this(), this)
    );
    connector_->start();
}

void exchange::connector_entered(phase p)
{
    enter(p);
}

void exchange::connector_done(result<std::shared_ptr<connection>> c)
{
    connector_.reset();
    if (over_)
    {
        return;
    }
    if (!c)
    {
        return complete(c.error());
    }
    lease_.replace(std::move(*c));
    write();
}

void exchange::write()
{
    enter(phase::writing);
    reader_.emplace(
        body_limit_for(request_.kind()),
        becomes_of_streams(request_),
        is_cut_at_limit(request_.kind())
    );
    bytes_.assign(request_, target_, owner_->settings().user_agent());
    lease_.get()->async_write(
        asio::buffer(bytes_.view()),
        [self = shared_from_this(), c = lease_.get()](error_code ec, std::size_t) {
            self->bytes_.clear();
            if (!self->over_)
            {
                self->written(ec);
            }
        }
    );
}

void exchange::written(error_code ec)
{
    if (auto breach = tls_breach(ec); breach && breach->code() == errc::out_of_memory)
    {
        return lost(*std::move(breach)); // the peer knows nothing of that
    }
    unsent_ = ec.failed();
    if (unsent_ && lease_.get()->ssl() == nullptr)
    {
        return lost(not_sent());
    }
    // If it could not be sent, a TLS peer may have said why before it closed.
    enter(phase::reading);
    read();
}

void exchange::read()
{
    const auto& c = lease_.get();
    c->async_read_some(c->room(), [self = shared_from_this(), c](error_code ec, std::size_t n) {
        if (!self->over_)
        {
            self->received(ec, n);
        }
    });
}

void exchange::received(error_code ec, std::size_t n)
{
    auto& buffer = lease_.get()->buffer();
    lease_.get()->arrived(n);
    if (const auto breach = tls_breach(ec))
    {
        return lost(*breach);
    }
    if (unsent_)
    {
        return lost(not_sent());
    }
    if (n != 0)
    {
        const auto whole = reader_->take(buffer, n);
        if (!whole)
        {
            return complete(whole.error());
        }
        if (*whole)
        {
            return responded();
        }
    }
    if (!ec)
    {
        return read();
    }
    // With TLS this is an end that the peer signed; a cut connection gives another error.
    if (const auto ended = reader_->end(ec == asio::error::eof); !ended)
    {
        return lost(ended.error());
    }
    responded();
}

// A server may close an idle connection at any time, the moment before we use it included. Only
// then, and only for what may be sent twice, is there a second try.
void exchange::lost(failure f)
{
    if (!reused_ || retried_ || request_.method() != "GET" || !reader_->untouched())
    {
        return complete(std::move(f));
    }
    retried_ = true;
    reused_ = false;
    owner_->counts()->retries.add();
    lease_.replace(nullptr);
    connect();
}

void exchange::responded()
{
    if (reader_->is_stream())
    {
        return hand_over();
    }
    const auto& c = lease_.get();
    // Whether something comes that nobody asked for is looked at by who takes it next.
    if (reader_->may_keep_alive() && c->is_read())
    {
        lease_.keep();
    }
    lease_.reset();
    auto response = reader_->release();
    reader_.reset();
    response.from(target_);
    if (!is_redirect(response.status()))
    {
        return complete(std::move(response));
    }
    auto next = redirect_target(request_, target_, response);
    if (!next)
    {
        return complete(next.error().http_status(response.status()));
    }
    if (++hops_ > limits::redirects)
    {
        return complete(failure(errc::too_many_redirects).http_status(response.status()));
    }
    owner_->counts()->redirects.add();
    target_ = std::move(*next);
    begin_hop();
}

// The rest of the body is the caller's, and neither this exchange's nor the pool's any more.
void exchange::hand_over()
{
    auto response = reader_->release();
    response.from(target_);
    streamed_body::source from(key(), owner_->connections().shared_from_this(), owner_->counts());
    from.link = lease_.take_out();
    from.reader = std::make_unique<response_reader>(*std::move(reader_));
    from.url = target_.without_query();
    const auto body = std::make_shared<streamed_body>(
        owner_->executor(), std::move(from), owner_->settings().stream_idle_timeout()
    );
    owner_->streams().push_back(*body);
    response.events(std::make_shared<body_handle>(body));
    complete(std::move(response));
}

void exchange::complete(result<http_response> r)
{
    if (over_)
    {
        return;
    }
    over_ = true;
    unlink();
    timer_.cancel();
    owner_->connections().withdraw(*this);
    if (const auto c = std::move(connector_))
    {
        c->cancel();
    }
    lease_.reset();
    if (!r)
    {
        owner_->counts()->failures.add();
        try
        {
            r = r.error().url(target_.without_query());
        }
        catch (const std::bad_alloc&)
        {
            // Without the place, rather than never.
        }
    }
    static_assert(std::is_nothrow_move_constructible_v<answer>);
    way_back_.post(owner_->executor(), answer(*std::move(handler_), std::move(r)));
}

void exchange::answer::operator()()
{
    asio::get_associated_cancellation_slot(handler_).clear();
    std::move(handler_)(std::move(result_));
}

void exchange::enter(phase p)
{
    phase_ = p;
    deadline_ = std::min(total_deadline_, clock::now() + time_for(p, owner_->settings()));
    // A wait that ends earlier than needed starts the next one, which is cheaper than a new wait
    // for each phase.
    if (armed_until_ > deadline_)
    {
        arm();
    }
}

void exchange::arm()
{
    armed_until_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait(asio::bind_allocator(
        kept_allocator<void>(),
        [self = shared_from_this()](error_code ec) {
            if (!ec && !self->over_)
            {
                self->expired();
            }
        }
    ));
}

void exchange::expired()
{
    if (clock::now() < deadline_)
    {
        return arm();
    }
    if (connector_)
    {
        owner_->counts()->connect_failures.add();
    }
    complete(failure(deadline_ == total_deadline_ ? errc::deadline_exceeded : timeout_of(phase_)));
}

} // namespace asioauth::detail
