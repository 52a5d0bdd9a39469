// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/redirect.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace asioauth {

/** Port: receives the user's return through the redirect URI.

    One object serves any number of logins at once; they are told apart by `state`.

    @par Executor
    Handlers are invoked exactly once, never inside the function, on the executor that the
    implementation was made with.
    @par Per-operation cancellation
    Every type ends the wait; the port is closed if nobody else waits there.
    @par Object lifetimes
    Parameters are copied or moved from. Destroying it is close().
    @par Thread safety
    The library calls it on the strand of the @ref client that it was given to, but for the
    destructor, which may run on any thread, such as that of whoever drops the last session.
*/
class redirect_listener
{
public:
    /// What a wait ends with: the redirect, or a failure.
    using handler = boost::asio::any_completion_handler<void(result<redirect>)>;

    virtual ~redirect_listener() = default;

    /** Make sure that redirects to `target` can be received, and say under which URI.

        Binds, so that the port in the URI is ours before anybody learns of it; nothing listens yet.
        The reservation is kept until close() and shared: the same target, also one with port 0,
        gives the same URI.
        @return the redirect URI, or errc::port_in_use, errc::listen_failed,
            errc::redirect_uri_invalid.
    */
    virtual result<std::string> reserve(const redirect_target& target) = 0;

    /** Wait for the redirect with this `state` at a reserved URI. The port is open only while
        somebody waits.

        A redirect with another or without a `state` gets an error page and disturbs nobody. The
        same `state` may be waited for again after a redirect was refused.

        @param redirect_uri what reserve() has returned
        @param state as in the authorization request; not empty

        @par Errors
        @li errc::port_in_use, errc::listen_failed the port cannot be opened (any more)
        @li errc::invalid_argument the URI was not reserved here, or somebody waits for this state
        @li condition::cancelled after cancellation and close()
    */
    virtual void async_wait(std::string redirect_uri, std::string state, handler h) = 0;

    /// End every wait with operation_aborted() and release all ports. For good: afterwards
    /// reserve() fails with errc::client_closed, and a wait ends at once.
    virtual void close() = 0;
};

/** The library's own @ref redirect_listener, on the loopback interface.

    Static pages, nothing of the request is ever echoed, `Host` must be the redirect URI's own, at
    most 64 connections and 5 seconds for each request head.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe; all calls and handlers run on the
        executor given to the constructor, which must be a strand or an io_context run by one
        thread.
    @par Specification
    @li RFC 8252 sections 7.3 and 8.3; RFC 9700 section 4.2.4
*/
class loopback_listener final : public redirect_listener
{
public:
    /// @param ex a strand, or the executor of a context that one thread runs
    ASIOAUTH_DECL explicit loopback_listener(boost::asio::any_io_executor ex);
    loopback_listener(const loopback_listener&) = delete;
    loopback_listener& operator=(const loopback_listener&) = delete;
    ASIOAUTH_DECL ~loopback_listener() override;

    ASIOAUTH_DECL result<std::string> reserve(const redirect_target& target) override;
    ASIOAUTH_DECL void async_wait(std::string redirect_uri, std::string state, handler h) override;
    ASIOAUTH_DECL void close() override;

    class impl;

private:
    std::shared_ptr<impl> impl_;
};

} // namespace asioauth
