// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/connector.hpp"

#include "transport/http_client_impl.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::detail {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Addresses of one host that are tried.
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
    , proxy_(key_.proxy.empty() ? nullptr : &owner_->settings().proxy())
{}

connector::~connector() = default;

void connector::start()
{
    // One hop, so that a failure on the spot is not reported from inside start().
    post_kept(owner_->executor(), [self = shared_from_this()] {
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
    if (const auto race = race_.lock())
    {
        race->cancel();
        owner_->names().forget(first_hop().host()); // nobody has answered; it may have moved
    }
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
    if (proxy_ == nullptr)
    {
        return look_up(target_, &connector::resolved);
    }
    // What a proxy is asked for has to pass first, since it is the proxy who connects.
    if (const auto checked = check_tunnel(guard_, target_); !checked)
    {
        return fail(checked.error());
    }
    if (proxy_->looks_up_here() && !target_.host_is_address())
    {
        return look_up(target_, &connector::resolved_end);
    }
    ends_.push_back(tunnel_end(target_));
    resolve_proxy();
}

void connector::look_up(const url& of, void (connector::*then)(const addresses&))
{
    if (of.host_is_address())
    {
        error_code ec;
        const auto a = asio::ip::make_address(of.host(), ec);
        if (ec)
        {
            return fail(errc::url_host_invalid);
        }
        return (this->*then)({a});
    }
    if (of.host_is_loopback())
    {
        // RFC 6761 section 6.3: names under localhost are loopback, and DNS is not asked about it.
        return (this->*then)({asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    }
    enter(phase::resolving);
    // Weak, because the resolver is no operation under way.
    ticket_ = owner_->names().start(
        of.host(),
        [weak = weak_from_this(), then, host = of.host()](error_code ec, const addresses& found) {
            const auto self = weak.lock();
            if (!self || self->over_)
            {
                return;
            }
            self->ticket_ = 0;
            if (ec || found.empty())
            {
                return self->fail(failure(errc::name_not_resolved)
                                      .message("There is no address for " + host + "."));
            }
            (*self.*then)(found);
        }
    );
}

void connector::resolved(const addresses& found)
{
    for (const auto& a : found)
    {
        if (guard_.allows(target_, a))
        {
            add_address(a);
        }
    }
    if (addresses_.empty())
    {
        return fail(blocked(target_));
    }
    begin_connecting();
}

// The same, where the proxy is the one to connect.
void connector::resolved_end(const addresses& found)
{
    for (const auto& a : found)
    {
        if (guard_.allows(target_, a) && ends_.size() != max_attempts)
        {
            ends_.push_back(tunnel_end(a, target_.port()));
        }
    }
    if (ends_.empty())
    {
        return fail(blocked(target_));
    }
    resolve_proxy();
}

void connector::resolve_proxy()
{
    look_up(proxy_->address(), &connector::resolved_proxy);
}

// Whoever chose the proxy may have it where they like: the policy is about what others choose.
void connector::resolved_proxy(const addresses& found)
{
    std::for_each(found.begin(), found.end(), [this](const auto& a) { add_address(a); });
    begin_connecting();
}

void connector::add_address(const asio::ip::address& a)
{
    if (addresses_.size() != max_attempts
        && std::find(addresses_.begin(), addresses_.end(), a) == addresses_.end())
    {
        addresses_.push_back(a);
    }
}

// What a socket is connected to.
const url& connector::first_hop() const noexcept
{
    return proxy_ != nullptr ? proxy_->address() : target_;
}

void connector::begin_connecting()
{
    enter(phase::connecting);
    std::vector<tcp::endpoint> peers;
    for (const auto& a : connect_race::in_turn(addresses_))
    {
        peers.emplace_back(a, first_hop().port());
    }
    connect_race::settings s;
    s.may_connect = [this](const tcp::endpoint& to) {
        return proxy_ != nullptr || guard_.allows(target_, to.address());
    };
    s.route = owner_->hooks().route;
    const auto race =
        std::make_shared<connect_race>(owner_->executor(), std::move(peers), std::move(s));
    race_ = race;
    race->start([self = shared_from_this()](
                    error_code ec, connect_race::connection_ptr c, const tcp::endpoint& to
                ) { self->connected(ec, std::move(c), to); });
}

void connector::connected(error_code ec, connect_race::connection_ptr c, const tcp::endpoint& to)
{
    race_.reset();
    if (ec == errc::address_blocked)
    {
        return fail(errc::address_blocked);
    }
    if (ec)
    {
        owner_->names().forget(first_hop().host()); // it may have moved
        return fail(failure(errc::connect_failed)
                        .message(
                            std::string("No connection to ")
                            + (proxy_ != nullptr ? "the proxy " : "") + first_hop().host() + "."
                        ));
    }
    addresses_ = {to.address()}; // if there is a next time, it is for this one
    connection_ = std::move(c);
    connection_->socket().set_option(tcp::no_delay(true), ec);
    if (proxy_ != nullptr)
    {
        return begin_tunnel();
    }
    reached_server();
}

void connector::begin_tunnel()
{
    enter(phase::tunnelling);
    tunnel_.emplace(*proxy_);
    assign_tunnel_request(bytes_, ends_[end_], *proxy_, owner_->settings().user_agent());
    connection_->async_write(
        asio::buffer(bytes_.view()),
        [self = shared_from_this(), c = connection_](error_code, std::size_t) {
            self->bytes_.clear();
            if (!self->over_)
            {
                // If it could not be sent, the proxy may have said why before it closed.
                self->read_tunnel();
            }
        }
    );
}

void connector::read_tunnel()
{
    connection_->async_read_some(
        connection_->room(),
        [self = shared_from_this(), c = connection_](error_code ec, std::size_t n) {
            if (!self->over_)
            {
                self->tunnel_received(ec, n);
            }
        }
    );
}

void connector::tunnel_received(error_code ec, std::size_t n)
{
    connection_->arrived(n);
    const auto open = tunnel_->take(connection_->buffer(), n);
    if (!open)
    {
        return try_next_end(open.error());
    }
    if (*open)
    {
        connection_->rest();
        return reached_server();
    }
    if (ec)
    {
        return fail(tunnel_->end());
    }
    read_tunnel();
}

// An address that the proxy cannot connect to is not the last one that the name may have.
void connector::try_next_end(failure f)
{
    if (f.code() != errc::proxy_refused || end_ + 1 == ends_.size())
    {
        owner_->names().forget(target_.host()); // what was looked up here may have moved
        return fail(std::move(f));
    }
    ++end_;
    connection_->close();
    begin_connecting();
}

void connector::reached_server()
{
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

result<void> connector::secure()
{
    try
    {
        return connection_->make_secure(context_, target_, owner_->sessions(), key_, mode_);
    }
    catch (const std::bad_alloc&)
    {
        return errc::out_of_memory; // or the operation would wait for its deadline
    }
}

void connector::handshake()
{
    enter(phase::handshaking);
    const auto secured = secure();
    if (!secured)
    {
        return fail(secured.error());
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
    // Authorities may be others by now, and a context that was made when there was no memory lacks
    // what OpenSSL says nothing of, algorithms for one.
    if (why.code() == errc::tls_certificate_untrusted
        || (why.code() == errc::tls_failed && is_tls_failure(ec)))
    {
        owner_->contexts().doubt();
    }
    if (!connection_->has_offered_session() || why.code() != errc::tls_failed)
    {
        return fail(std::move(why));
    }
    connection_->close();
    mode_ = tls_resumption::mode::full;
    begin_connecting();
}

} // namespace asioauth::detail
