// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/client.hpp>
#include <asioauth/hub.hpp>
#include <asioauth/hub_settings.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

namespace detail {
class hub_server_impl;
}

/// Settings of a @ref hub_server. Setters chain.
class hub_server_settings
{
public:
    /// To be called once with the response, then or later, on any thread, as long as the execution
    /// context is there. If all of its copies go uncalled the connection is closed.
    using respond = std::function<void(http_response)>;
    /// A page of yours: the request, who sent it (a reference for the length of the call), and how to
    /// answer.
    using page = std::function<void(hub_request, const hub_user&, respond)>;

    /// The defaults.
    hub_server_settings() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// The port at 127.0.0.1. Default 0: any that is free. One that is taken, or that this user may
    /// not have, makes listen() fail.
    hub_server_settings& port(std::uint16_t v) noexcept { return port_ = v, *this; }
    /** The path that the hub is mounted at, such as `/integrations`. Default: the root. A slash at its
        end counts for nothing. Anything but a path that browsers send as it is written here, and
        `/start`, which is the server's own, makes listen() fail.
    */
    hub_server_settings& mount(std::string_view v)
    {
        while (v.ends_with('/'))
            v.remove_suffix(1);
        return mount_ = v, *this;
    }
    /// Changes the hub's own settings before it is made; called in listen(). Default: nothing, and
    /// servers on this machine may be added (hub_settings::allow_loopback).
    hub_server_settings& hub(std::function<void(hub_settings&)> f)
    {
        return hub_ = std::move(f), *this;
    }
    /** Answers what is outside the hub, for whoever is signed in. Default: nothing is there.

        Called on the server's own strand of the client's executor: never twice at a time, and nothing
        else is served meanwhile, so that it must not block. Must not throw. May be called, or be
        running on another thread, for a moment after the server was closed or destroyed: it owns
        what it uses.
    */
    hub_server_settings& pages(page f) { return pages_ = std::move(f), *this; }
    /// Whose integrations these are: hub_user::id. Default `local`; if empty, nothing of the hub can
    /// be used.
    hub_server_settings& user(std::string_view v) { return user_ = v, *this; }
    /// What programs have to send as a bearer token to call integrations through `/use/`. Default: a
    /// random one.
    hub_server_settings& program_key(secret v) { return program_key_ = std::move(v), *this; }

    /// How long a peer may take to send a request, or to take a part of an answer. Default 30 s; 0 or
    /// less closes every connection at once. Of more than 256 connections those that ask for nothing,
    /// or are not signed in, are closed sooner.
    hub_server_settings& patience(std::chrono::milliseconds v) noexcept
    {
        return patience_ = v, *this;
    }

    /// @{
    /// What was set, or the default.
    std::uint16_t port() const noexcept { return port_; }
    const std::string& mount() const noexcept { return mount_; }
    const std::function<void(hub_settings&)>& hub() const noexcept { return hub_; }
    const page& pages() const noexcept { return pages_; }
    const std::string& user() const noexcept { return user_; }
    const secret& program_key() const noexcept { return program_key_; }
    std::chrono::milliseconds patience() const noexcept { return patience_; }
    /// @}

private:
    std::uint16_t port_ = 0;
    std::string mount_;
    std::function<void(hub_settings&)> hub_;
    page pages_;
    std::string user_ = "local";
    secret program_key_;
    std::chrono::milliseconds patience_{30'000};
};

/** A web server for one person at this machine: a @ref hub, and pages of a program beside it. For
    programs that have no web server of their own; `asioauth serve` is one.

    It listens at 127.0.0.1 alone. Who opens start_url() is signed in; nobody else can see anything,
    other users of the machine included. Requests for other hosts are refused, so that no web page
    can reach it by way of a name of its own. What peers send is bounded: head, body, time, and the
    number of connections; only who is signed in may send a body.

    Browsers keep cookies per host and not per port: a program of another user of this machine, at
    another port of 127.0.0.1, is sent the cookie of the person who opens a page of it. On a machine
    that is shared with others, open nothing of theirs in the same browser.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe.
*/
class hub_server
{
public:
    /// @param through must live until listen() has returned, and its execution context must outlive
    ///     the server
    ASIOAUTH_DECL hub_server(const client& through, hub_server_settings settings);
    hub_server(const hub_server&) = delete;
    hub_server& operator=(const hub_server&) = delete;
    /// Stops accepting, and closes every connection.
    ASIOAUTH_DECL ~hub_server();

    /** Begin to accept connections; they are served while the client's execution context runs.
        @return errc::port_in_use, errc::listen_failed, errc::entropy_unavailable, or
            errc::invalid_argument for a hub_server_settings::mount that is no path
    */
    ASIOAUTH_DECL result<void> listen();

    // Preconditions of the following: listen() has succeeded.

    /// `http://127.0.0.1:PORT`
    ASIOAUTH_DECL const std::string& origin() const noexcept;
    /// Open this in a browser. Who knows it is signed in: it is a secret of the person at this machine.
    ASIOAUTH_DECL std::string start_url() const;
    /** The same for a browser that this program starts, whose arguments other users of the machine can
        read: it works once, for a minute, and on Linux for programs of this user alone (and of root).
        If it is used again, all browsers are signed out, because one of the two was somebody else. A
        later link replaces it. Safe to call from any thread.
        @return errc::entropy_unavailable
    */
    ASIOAUTH_DECL result<std::string> launch_url() const;
    /// The hub itself, for the program.
    ASIOAUTH_DECL asioauth::hub hub() const;
    /// See hub_server_settings::program_key.
    ASIOAUTH_DECL const secret& program_key() const noexcept;

    /// Stop accepting, and close every connection.
    ASIOAUTH_DECL void close();

private:
    std::shared_ptr<detail::hub_server_impl> impl_;
};

static_assert(!std::is_aggregate_v<hub_server_settings>);

} // namespace asioauth
