// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connector.hpp"

#include "transport/http_client_impl.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Addresses of one host that are tried. With more, the share of each of the time for connecting
// would be too short.
constexpr std::size_t max_attempts = 6;

} // namespace

connector::connector(
    std::shared_ptr<http_client::impl> owner,
    url target,
    address_guard guard,
    pool_key key,
    std::weak_ptr<client> whom
)
    : owner_(std::move(owner))
    , target_(std::move(target))
    , guard_(std::move(guard))
    , key_(std::move(key))
    , whom_(std::move(whom))
    , attempt_timer_(owner_->executor())
{}

connector::~connector() = default;

void connector::start()
{
    // One hop, so that a failure on the spot is not reported from inside start().
    asio::post(owner_->executor(), [self = shared_from_this()] {
        if (!self->over_)
        {
            self->prepare();
        }
    });
}

void connector::cancel() noexcept
{
    over_ = true;
    if (ticket_ != 0)
    {
        owner_->names().abandon(std::exchange(ticket_, 0));
    }
    if (context_ticket_ != 0)
    {
        owner_->contexts().abandon(std::exchange(context_ticket_, 0));
    }
    leave_turn();
    attempt_timer_.cancel();
    if (connection_)
    {
        connection_->close();
    }
}

void connector::enter(phase p)
{
    if (const auto c = whom_.lock())
    {
        c->connector_entered(p);
    }
}

void connector::done(result<std::shared_ptr<connection>> c)
{
    over_ = true;
    leave_turn();
    attempt_timer_.cancel();
    if (c)
    {
        owner_->counts()->opened.add();
        owner_->counts()->connecting.took(std::chrono::steady_clock::now() - begun_);
    }
    else
    {
        owner_->counts()->connect_failures.add();
    }
    if (const auto whom = whom_.lock())
    {
        whom->connector_done(std::move(c));
    }
}

void connector::fail(failure f)
{
    if (connection_)
    {
        connection_->close();
        connection_.reset();
    }
    done(std::move(f));
}

// Before anything else, so that nobody is contacted with an identity that cannot be used.
void connector::prepare()
{
    if (!target_.is_https())
    {
        return resolve();
    }
    context_ = owner_->contexts().find(key_.identity);
    if (context_)
    {
        return resolve();
    }
    enter(phase::handshaking);
    // Weak, because what is done in the background is no operation under way.
    context_ticket_ = owner_->contexts().make(
        key_.identity,
        [weak = weak_from_this()](const result<tls_contexts::context>& c) {
            const auto self = weak.lock();
            if (!self || self->over_)
            {
                return;
            }
            self->context_ticket_ = 0;
            if (!c)
            {
                return self->fail(c.error());
            }
            self->context_ = *c;
            self->resolve();
        }
    );
}

void connector::resolve()
{
    if (target_.host_is_address())
    {
        error_code ec;
        const auto a = asio::ip::make_address(target_.host(), ec);
        if (ec)
        {
            return fail(errc::url_host_invalid);
        }
        return resolved({a});
    }
    if (target_.host_is_loopback())
    {
        // RFC 6761 section 6.3: names under localhost are loopback, and DNS is not asked about it.
        return resolved({asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    }
    enter(phase::resolving);
    // Weak, because the resolver is no operation under way.
    ticket_ = owner_->names().start(
        target_.host(),
        [weak = weak_from_this()](error_code ec, const addresses& found) {
            const auto self = weak.lock();
            if (!self || self->over_)
            {
                return;
            }
            self->ticket_ = 0;
            if (ec || found.empty())
            {
                return self->fail(
                    failure(errc::name_not_resolved)
                        .message("There is no address for " + self->target_.host() + ".")
                );
            }
            self->resolved(found);
        }
    );
}

void connector::resolved(const addresses& found)
{
    for (const auto& a : found)
    {
        if (guard_.allows(target_, a) && addresses_.size() != max_attempts
            && std::find(addresses_.begin(), addresses_.end(), a) == addresses_.end())
        {
            addresses_.push_back(a);
        }
    }
    if (addresses_.empty())
    {
        // The addresses are not named: whoever made the URL could use us to look into a private
        // DNS.
        return fail(failure(errc::address_blocked)
                        .message(
                            "The address of " + target_.host()
                            + " is not one that this request may reach."
                        ));
    }
    enter(phase::connecting);
    connect_until_ = std::chrono::steady_clock::now() + owner_->settings().connect_timeout();
    connect_next();
}

void connector::connect_next()
{
    if (next_ == addresses_.size())
    {
        return fail(
            failure(errc::connect_failed).message("No connection to " + target_.host() + ".")
        );
    }
    const auto left = addresses_.size() - next_;
    const tcp::endpoint peer(addresses_[next_++], target_.port());
    if (!guard_.allows(target_, peer.address()))
    {
        return fail(errc::address_blocked);
    }
    const auto& route = owner_->hooks().route;
    connection_ = std::make_shared<connection>(owner_->executor());
    if (left > 1)
    {
        // An address that swallows packets gets its share of the time and no more.
        const auto now = std::chrono::steady_clock::now();
        const auto share = (connect_until_ - now) / static_cast<int>(left);
        attempt_timer_.expires_after(share);
        attempt_timer_.async_wait([self = shared_from_this(), c = connection_](error_code ec) {
            if (!ec && !self->over_ && self->connection_ == c)
            {
                c->close();
            }
        });
    }
    connection_->socket().async_connect(
        route ? route(peer) : peer,
        [self = shared_from_this(), c = connection_](error_code ec) {
            if (!self->over_)
            {
                self->connected(ec);
            }
        }
    );
}

void connector::connected(error_code ec)
{
    attempt_timer_.cancel();
    auto& socket = connection_->socket();
    if (ec || !socket.is_open())
    {
        connection_->close();
        return connect_next();
    }
    socket.set_option(tcp::no_delay(true), ec);
    if (target_.is_https())
    {
        return await_turn();
    }
    done(std::exchange(connection_, nullptr));
}

void connector::await_turn()
{
    enter(phase::queueing);
    // Weak, because who waits for a turn is no operation under way.
    turn_ = owner_->handshakes().enter([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && !self->over_)
        {
            self->handshake();
        }
    });
}

void connector::leave_turn() noexcept
{
    if (turn_ != 0)
    {
        owner_->handshakes().leave(std::exchange(turn_, 0));
    }
}

void connector::handshake()
{
    enter(phase::handshaking);
    const auto named = connection_->make_secure(context_, target_, owner_->sessions(), key_, mode_);
    if (!named)
    {
        return fail(named.error());
    }
    handshake_begun_ = std::chrono::steady_clock::now();
    connection_->async_handshake([self = shared_from_this(), c = connection_](error_code ec) {
        if (self->over_)
        {
            return;
        }
        self->leave_turn();
        const auto checked = ec ? result<void>() : c->check_peer(self->target_);
        self->count_handshake(!ec && checked);
        if (ec)
        {
            return self->refused(ec);
        }
        if (!checked)
        {
            return self->fail(checked.error());
        }
        self->done(std::exchange(self->connection_, nullptr));
    });
}

void connector::count_handshake(bool done) noexcept
{
    auto& counts = *owner_->counts();
    counts.handshaking.took(std::chrono::steady_clock::now() - handshake_begun_);
    if (!done)
    {
        counts.handshake_failures.add();
    }
    else if (SSL_session_reused(connection_->ssl()) == 1)
    {
        counts.resumed_handshakes.add();
    }
    else
    {
        counts.full_handshakes.add();
    }
}

// Some servers choke on a session, above all those that ask for certificates. They get a second
// handshake without one; a peer that was looked at and refused does not.
void connector::refused(error_code ec)
{
    auto why = handshake_failure(connection_->ssl(), ec);
    if (!connection_->has_offered_session() || why.code() != errc::tls_failed)
    {
        return fail(std::move(why));
    }
    connection_->close();
    mode_ = tls_resumption::mode::full;
    --next_;
    enter(phase::connecting);
    connect_until_ = std::chrono::steady_clock::now() + owner_->settings().connect_timeout();
    connect_next();
}

} // namespace asioauth::detail
