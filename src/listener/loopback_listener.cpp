// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "listener/completion.hpp"
#include "listener/loopback_connection.hpp"
#include "listener/loopback_impl.hpp"

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace asioauth {

namespace asio = boost::asio;

using asio::ip::tcp;

namespace detail {

namespace {

// What every browser sends back unchanged: no byte that it would encode, no segment that it would
// resolve.
bool is_plain_path(std::string_view path)
{
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~!$&'()*+,;=:@/%";
    constexpr std::size_t longest = 1024;
    if (path.empty() || path.front() != '/' || path.size() > longest
        || path.find_first_not_of(allowed) != std::string_view::npos)
        return false;
    while (!path.empty())
    {
        path.remove_prefix(1);
        std::string segment(path.substr(0, path.find('/')));
        path.remove_prefix(segment.size());
        for (std::size_t at = 0; (at = segment.find('%', at)) != std::string::npos; ++at)
        {
            const auto digits = std::string_view(segment).substr(at + 1, 2);
            if (digits.size() != 2
                || digits.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos)
                return false;
            if (digits == "2e" || digits == "2E")
                segment.replace(at, 3, ".");
        }
        if (segment == "." || segment == "..")
            return false;
    }
    return true;
}

bool family_is_missing(const error_code& ec)
{
    return ec == asio::error::address_family_not_supported
        || ec == boost::system::errc::protocol_not_supported
        || ec == boost::system::errc::address_not_available;
}

} // namespace

} // namespace detail

using detail::callback_page;
using detail::loopback_attendant;
using detail::loopback_connection;
using detail::loopback_door;
using detail::loopback_site;

loopback_listener::impl::impl(
    const asio::any_io_executor& ex, const detail::loopback_limits& limits
)
    : ex_(detail::home_executor::of(ex))
    , limits_(limits)
{}

loopback_listener::impl::~impl() = default;

result<std::string> loopback_listener::impl::reserve(const redirect_target& target)
{
    const auto refuse = [](errc code, std::string_view what) {
        failure f(code);
        f.where(stage::listener);
        if (!what.empty())
            f.message(what);
        return f;
    };

    if (closed_)
        return refuse(errc::client_closed, {});
    const std::string& host = target.host();
    if (host != "127.0.0.1" && host != "[::1]" && host != "localhost")
        return refuse(
            errc::redirect_uri_invalid,
            "The host of a loopback redirect URI must be 127.0.0.1, [::1] or localhost."
        );
    if (!detail::is_plain_path(target.path()))
        return refuse(
            errc::redirect_uri_invalid,
            "The path of a redirect URI must begin with a slash and hold no query, no fragment, no "
            "dot segment and "
            "nothing that a browser would encode."
        );

    auto site = std::find_if(sites_.begin(), sites_.end(), [&](const loopback_site& s) {
        return s.host == host && (target.port() == 0 ? s.any_port : s.port == target.port());
    });
    if (site == sites_.end())
    {
        auto opened = open_doors(host, target.port());
        if (!opened)
            return opened.error();
        loopback_site fresh;
        fresh.host = host;
        fresh.port = opened->front()->at.port();
        fresh.any_port = target.port() == 0;
        // Browsers leave the default port out, of the Host field too.
        constexpr std::uint16_t http = 80;
        fresh.authority = fresh.port == http ? host : host + ':' + std::to_string(fresh.port);
        fresh.doors = std::move(*opened);
        site = sites_.insert(sites_.end(), std::move(fresh));
    }
    auto uri = "http://" + site->authority + target.path();
    if (!url::parse(uri))
        return refuse(errc::redirect_uri_invalid, {});
    site->paths.insert(target.path());
    return uri;
}

result<std::shared_ptr<loopback_door>> loopback_listener::impl::open_door(const tcp::endpoint& where
)
{
    std::erase_if(doors_, [](const auto& door) { return door.expired(); });
    for (const auto& known : doors_)
    {
        if (auto door = known.lock(); door && where.port() != 0 && door->at == where)
            return door;
    }
    auto door = std::make_shared<loopback_door>(ex_, where);
    if (const auto ec = door->bind())
        return failure(ec);
    doors_.push_back(door);
    return door;
}

result<loopback_listener::impl::doors>
loopback_listener::impl::open_doors(std::string_view host, std::uint16_t port)
{
    const auto v4 = asio::ip::address(asio::ip::address_v4::loopback());
    const auto v6 = asio::ip::address(asio::ip::address_v6::loopback());
    const auto refuse = [](const error_code& ec) {
        failure f(ec == asio::error::address_in_use ? errc::port_in_use : errc::listen_failed);
        f.where(stage::listener).message("Binding the redirect URI failed: " + ec.message());
        return f;
    };

    if (host != "localhost")
    {
        auto door = open_door({host == "127.0.0.1" ? v4 : v6, port});
        if (!door)
            return refuse(door.error());
        return doors{*door};
    }

    // The name may lead a browser to either family, so both must be ours, or nobody's.
    constexpr int rounds = 16;
    error_code ec;
    for (int round = 0; round < rounds; ++round)
    {
        doors found;
        auto first = open_door({v4, port});
        if (first)
            found.push_back(*first);
        else if (ec = first.error(); !detail::family_is_missing(ec))
            break;
        auto second = open_door({v6, found.empty() ? port : found.front()->at.port()});
        if (second)
            found.push_back(*second);
        else if (ec = second.error(); !detail::family_is_missing(ec))
            found.clear();
        if (!found.empty())
            return found;
        if (port != 0 || ec != asio::error::address_in_use)
            break;
    }
    return refuse(ec);
}

error_code loopback_listener::impl::open(loopback_site& site)
{
    for (const auto& door : site.doors)
        ++door->waiters;
    error_code ec;
    for (const auto& door : site.doors)
    {
        if (!ec && !door->listening)
            ec = door->listen();
        if (!ec)
            accept(door);
    }
    return ec;
}

void loopback_listener::impl::leave(loopback_site& site)
{
    for (const auto& door : site.doors)
    {
        if (--door->waiters != 0 || !door->listening)
            continue;
        door->unlisten();
        for_each_connection([&door](loopback_connection& c) {
            if (c.door() == door.get() && c.now() == loopback_connection::phase::reading)
                c.end();
        });
    }
}

void loopback_listener::impl::async_wait(std::string redirect_uri, std::string state, handler h)
{
    const auto complete = [&](failure f) {
        f.where(stage::listener);
        detail::post_completion(ex_, std::move(h), result<redirect>(std::move(f)));
    };

    if (closed_)
        return complete(operation_aborted());
    constexpr std::string_view scheme = "http://";
    std::string_view rest;
    if (redirect_uri.starts_with(scheme))
        rest = std::string_view(redirect_uri).substr(scheme.size());
    const auto site = std::find_if(sites_.begin(), sites_.end(), [&](const loopback_site& s) {
        return rest.starts_with(s.authority) && s.paths.contains(rest.substr(s.authority.size()));
    });
    if (site == sites_.end() || state.empty() || waiters_.contains(state))
    {
        failure f(errc::invalid_argument);
        f.message(
            site == sites_.end() ? "The redirect URI was not reserved with this listener."
                : state.empty()  ? "A wait needs a state."
                                 : "Somebody waits for this state already."
        );
        return complete(std::move(f));
    }

    const auto id = next_id_++;
    auto slot = asio::get_associated_cancellation_slot(h);
    const auto at =
        waiters_.try_emplace(std::move(state), id, std::move(redirect_uri), *site, std::move(h))
            .first;
    error_code ec;
    try
    {
        ec = open(*site);
        if (!ec && slot.is_connected())
            slot.assign([weak = weak_from_this(), id](asio::cancellation_type) {
                if (const auto self = weak.lock())
                    self->cancel(id);
            });
    }
    catch (...)
    {
        take(at);
        throw;
    }
    if (ec)
    {
        auto back = take(at);
        failure f(ec == asio::error::address_in_use ? errc::port_in_use : errc::listen_failed);
        f.where(stage::listener).message("Listening on the redirect URI failed: " + ec.message());
        detail::post_completion(ex_, std::move(back), result<redirect>(std::move(f)));
    }
}

loopback_listener::impl::handler loopback_listener::impl::take(waiters::iterator at)
{
    handler h = std::move(at->second.complete);
    auto& site = *at->second.site;
    waiters_.erase(at);
    leave(site);
    return h;
}

void loopback_listener::impl::cancel(std::uint64_t id)
{
    const auto at = std::find_if(waiters_.begin(), waiters_.end(), [id](const auto& w) {
        return w.second.id == id;
    });
    if (at != waiters_.end())
        detail::post_cancelled(ex_, take(at), result<redirect>(operation_aborted()));
}

void loopback_listener::impl::close()
{
    closed_ = true;
    while (!waiters_.empty())
        detail::post_cancelled(ex_, take(waiters_.begin()), result<redirect>(operation_aborted()));
    for_each_connection([](loopback_connection& c) { c.give_up(); });
    for (const auto& known : doors_)
    {
        if (const auto door = known.lock())
        {
            error_code ignored;
            door->acceptor.close(ignored);
        }
    }
    doors_.clear();
    sites_.clear();
}

std::shared_ptr<loopback_connection> loopback_listener::impl::expendable() const
{
    using phase = loopback_connection::phase;
    // Who has not asked yet goes first, then who has got a page; never a browser that is part of a
    // login.
    for (const auto p : {phase::reading, phase::lingering, phase::refusing})
    {
        const auto at = std::find_if(connections_.begin(), connections_.end(), [p](const auto& c) {
            return c->now() == p;
        });
        if (at != connections_.end())
            return *at;
    }
    return nullptr;
}

void loopback_listener::impl::accept(const std::shared_ptr<loopback_door>& door)
{
    if (!door->listening || door->accepting)
        return;
    // Waits for a browser and takes it in afterwards, so that a place is made only for one that is
    // there.
    door->acceptor.async_wait(
        tcp::acceptor::wait_read,
        [weak = weak_from_this(), here = loopback_attendant(door)](error_code) mutable {
            const auto at = here.leave();
            if (const auto self = weak.lock())
                self->take_in(at);
        }
    );
}

void loopback_listener::impl::take_in(const std::shared_ptr<loopback_door>& door)
{
    if (!door->listening || door->accepting)
        return;
    const auto full = connections_.size() >= limits_.connections;
    const auto victim = full ? expendable() : nullptr;
    if (full && !victim)
        return; // the browser waits in the system's queue until remove() comes back here
    error_code ec;
    auto socket = door->acceptor.accept(ec);
    if (!ec)
    {
        detail::close_on_exec(socket.native_handle());
        if (victim)
            victim->end();
        connections_.push_back(std::make_shared<loopback_connection>(
            std::move(socket), weak_from_this(), door, limits_
        ));
        connections_.back()->start();
    }
    else if (ec != asio::error::would_block && ec != asio::error::connection_aborted)
    {
        // Out of descriptors or memory: the next attempt would fail at once.
        door->pause.expires_after(limits_.accept_pause);
        door->pause.async_wait([weak = weak_from_this(),
                                here = loopback_attendant(door)](error_code) mutable {
            const auto at = here.leave();
            if (const auto self = weak.lock())
                self->accept(at);
        });
        return;
    }
    accept(door);
}

void loopback_listener::impl::remove(const loopback_connection& connection)
{
    connections_.remove_if([&](const auto& c) { return c.get() == &connection; });
    for (const auto& known : doors_)
    {
        if (const auto door = known.lock())
            accept(door);
    }
}

std::string
loopback_listener::impl::serve(loopback_connection& from, const detail::request_head& head)
{
    const auto host = head.field("host");
    const auto site = std::find_if(sites_.begin(), sites_.end(), [&](const loopback_site& s) {
        return host && detail::same_ignoring_case(*host, s.authority)
            && std::any_of(s.doors.begin(), s.doors.end(), [&](const auto& door) {
                   return door.get() == from.door();
               });
    });
    if (site == sites_.end())
        return page_for(callback_page::bad_request);
    if (head.method != "GET")
        return page_for(callback_page::method_not_allowed);
    if (!site->paths.contains(head.path()))
        return page_for(callback_page::not_found);

    // Built from what was reserved, never from the Host field.
    auto whole = "http://" + site->authority + head.target;
    const auto state = state_of(whole);
    if (state.empty())
        return page_for(callback_page::bad_request);
    const auto at = waiters_.find(state);
    if (at == waiters_.end() || at->second.site != &*site
        || std::string_view(at->second.uri).substr(whole.size() - head.target.size())
            != head.path())
        return page_for(callback_page::not_waiting);

    auto reply = from.hold();
    detail::post_completion(
        ex_, take(at), result<redirect>(redirect(std::move(whole), std::move(reply)))
    );
    return {};
}

loopback_listener::loopback_listener(asio::any_io_executor ex)
    : impl_(std::make_shared<impl>(std::move(ex)))
{}

loopback_listener::~loopback_listener()
{
    impl_->close();
}

result<std::string> loopback_listener::reserve(const redirect_target& target)
{
    return impl_->reserve(target);
}

void loopback_listener::async_wait(std::string redirect_uri, std::string state, handler h)
{
    impl_->async_wait(std::move(redirect_uri), std::move(state), std::move(h));
}

void loopback_listener::close()
{
    impl_->close();
}

} // namespace asioauth
