// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "listener/callback_page.hpp"
#include "listener/request_head.hpp"
#include "transport/home_io.hpp"

#include <asioauth/redirect_listener.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asioauth::detail {

/// Limits of the loopback listener; tests use smaller ones.
class loopback_limits
{
public:
    std::size_t connections = 64;
    std::chrono::milliseconds head{5'000};       ///< for a whole request head
    std::chrono::milliseconds answer{120'000};   ///< for the program to say how the login ended
    std::chrono::milliseconds write{5'000};      ///< for sending a page
    std::chrono::milliseconds linger{1'000};     ///< for the browser to close after its page
    std::chrono::milliseconds accept_pause{100}; ///< after a failed accept
};

class loopback_connection;

/// The programs that the host starts must not inherit a socket that receives authorization codes.
void close_on_exec(int fd);

/** One bound address. Open for the lifetime of the reservation, listening only while somebody
    waits.

    Linux keeps the number for us while we do not listen, provided that SO_REUSEADDR is off at that
    time: a socket that is bound with it can be bound a second time by any other program that sets
    it too.
*/
class loopback_door
{
public:
    loopback_door(const home_executor& ex, const boost::asio::ip::tcp::endpoint& where)
        : at(where)
        , acceptor(ex)
        , pause(ex)
    {}

    /// Take the address; port 0 is replaced by the one that was found.
    error_code bind();
    error_code listen();
    /// Stop listening but keep the address.
    void unlisten();

    boost::asio::ip::tcp::endpoint at;
    tcp_acceptor acceptor;
    home_timer pause;
    std::size_t waiters = 0;
    bool listening = false;
    /// A wait for browsers, or the pause after a failed accept, is under way. Its handler may be dropped
    /// on any thread.
    std::atomic<bool> accepting = false;
};

/// Who waits at a door, as a part of the handler: if that is dropped, for want of memory, somebody else
/// may wait there.
class loopback_attendant
{
public:
    explicit loopback_attendant(std::shared_ptr<loopback_door> d) noexcept : door_(std::move(d))
    {
        door_->accepting = true;
    }
    loopback_attendant(loopback_attendant&&) noexcept = default;
    loopback_attendant& operator=(loopback_attendant&&) = delete;
    ~loopback_attendant()
    {
        if (door_)
            leave();
    }

    /// Once.
    std::shared_ptr<loopback_door> leave() noexcept
    {
        door_->accepting = false;
        return std::move(door_);
    }

private:
    std::shared_ptr<loopback_door> door_;
};

/// One `host:port` that redirect URIs name.
class loopback_site
{
public:
    std::string host;
    std::uint16_t port = 0;
    bool any_port = false; ///< the port was chosen by the system
    std::string authority; ///< what the Host field must say
    std::vector<std::shared_ptr<loopback_door>> doors;
    std::set<std::string, std::less<>> paths;
};

} // namespace asioauth::detail

namespace asioauth {

class loopback_listener::impl : public std::enable_shared_from_this<impl>
{
public:
    using handler = redirect_listener::handler;

    explicit impl(
        const boost::asio::any_io_executor& ex, const detail::loopback_limits& limits = {}
    );
    ~impl();

    result<std::string> reserve(const redirect_target& target);
    void async_wait(std::string redirect_uri, std::string state, handler h);
    void close();

private:
    friend class detail::loopback_connection;

    class waiter
    {
    public:
        waiter(std::uint64_t i, std::string u, detail::loopback_site& s, handler h)
            : id(i)
            , uri(std::move(u))
            , site(&s)
            , complete(std::move(h))
        {}

        std::uint64_t id;
        std::string uri;
        detail::loopback_site* site;
        handler complete; // only ever moved from
    };

    using waiters = std::map<std::string, waiter, std::less<>>;
    using doors = std::vector<std::shared_ptr<detail::loopback_door>>;

    result<doors> open_doors(std::string_view host, std::uint16_t port);
    result<std::shared_ptr<detail::loopback_door>>
    open_door(const boost::asio::ip::tcp::endpoint& where);
    error_code open(detail::loopback_site& site);
    void leave(detail::loopback_site& site);
    void cancel(std::uint64_t id);
    handler take(waiters::iterator at);

    void accept(const std::shared_ptr<detail::loopback_door>& door);
    void take_in(const std::shared_ptr<detail::loopback_door>& door);
    /// What is done with a connection may end it, and none other.
    template <class Function>
    void for_each_connection(Function f)
    {
        for (auto at = connections_.begin(); at != connections_.end();)
        {
            const auto connection = *at++;
            f(*connection);
        }
    }
    /// The connection to drop when there are too many; null if all are part of logins.
    std::shared_ptr<detail::loopback_connection> expendable() const;

    /// The page for a request, or an empty string if it went to a waiter, who answers later.
    std::string serve(detail::loopback_connection& from, const detail::request_head& head);
    void remove(const detail::loopback_connection& connection);

    detail::home_executor ex_;
    detail::loopback_limits limits_;
    std::list<detail::loopback_site> sites_;
    std::vector<std::weak_ptr<detail::loopback_door>> doors_;
    std::list<std::shared_ptr<detail::loopback_connection>> connections_; // oldest first
    waiters waiters_;                                                     // by state
    std::uint64_t next_id_ = 1;
    bool closed_ = false;
};

} // namespace asioauth
