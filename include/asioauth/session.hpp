// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/access_token.hpp>
#include <asioauth/detail/initiate.hpp>
#include <asioauth/logout.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/token.hpp>

#include <boost/asio/deferred.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace asioauth {

namespace detail {
class session_state;
ASIOAUTH_DECL void start_send(
    const std::shared_ptr<client_core>& core,
    handler_of<http_response> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    http_request request
);
ASIOAUTH_DECL void start_token(
    const std::shared_ptr<client_core>& core,
    handler_of<access_token> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    std::chrono::seconds min_ttl,
    secret refused
);
ASIOAUTH_DECL void start_logout(
    const std::shared_ptr<client_core>& core,
    handler_of<logout_outcome> handler,
    diagnostics* info,
    std::shared_ptr<const session_state> session,
    logout_params params
);
} // namespace detail

/** A login at one resource: what client::async_login completes with. Cheap to copy; copies share
    everything.

    It may outlive its client, whose operations then complete with errc::client_closed, but for
    async_token(), which still hands out a token that lasts; once the
    execution context of the client is gone, nothing may be called but the destructor.

    What follows holds for each operation. The overload with `info` writes there what went wrong,
    before the handler runs, and is the same otherwise.

    @par Preconditions
    `*this` is not empty.
    @par Executor
    Operations work on a strand of the client's executor. Handlers run on their associated executor,
    by default get_executor(), as if by `dispatch`, never inside the initiating function.
    @par Object lifetimes
    Parameters are copied or moved from. `info` must live until completion. The session may be
    destroyed.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe to use for operations, from any thread,
        unsafe to assign.
*/
class session
{
public:
    /// That of the client.
    using executor_type = boost::asio::any_io_executor;

    /// An empty session; nothing but `operator bool` may be called.
    session() = default;

    /// False for an empty session.
    explicit operator bool() const noexcept { return state_ != nullptr; }

    /// The executor of the client that made it.
    ASIOAUTH_DECL executor_type get_executor() const;
    /// The resource identifier that the token is for.
    const ASIOAUTH_DECL std::string& resource() const noexcept;
    /// The URL that the user gave.
    ASIOAUTH_DECL const url& requested() const noexcept;
    /// The authorization server; empty if the resource needs no login.
    const ASIOAUTH_DECL std::string& issuer() const noexcept;
    /// The client identifier at that server.
    ASIOAUTH_DECL std::string client_id() const;
    /// The client as it is known there; see registration. For client::async_revoke and its like.
    ASIOAUTH_DECL registration client_registration() const;
    /// What discovery found, as far as it is kept with a login.
    ASIOAUTH_DECL discovery found() const;
    /// False if the resource needs no login.
    ASIOAUTH_DECL bool has_token() const noexcept;
    /// The tokens as they are now; a refresh replaces them. Hand the access token to the resource
    /// only. A token of kind dpop is of use only with its key.
    ASIOAUTH_DECL token_set tokens() const;
    /// The scope that was granted, space-separated.
    ASIOAUTH_DECL std::string scope() const;
    /// Wall-clock time at which the access token ends; nothing if the server did not say.
    ASIOAUTH_DECL std::optional<std::chrono::system_clock::time_point> expires_at() const noexcept;

    /** Send a request with the access token.

        The request's own Authorization, if any, is replaced; a DPoP-bound token goes with a proof.
        Redirects are not followed. A token that has ended, and one that the resource refuses with
        401, is refreshed once, and the request is sent again. A 403 with `insufficient_scope` sends
        the user again for the scopes of before and the new ones together, if
        client_settings::allow_step_up agrees, at most three times for one method and URL, and then
        the request is sent again. Every other response is handed over whatever its status is.

        All of this is the same for a request with http_request::stream_events, whose response may
        be a stream (http_response::events). Then the operation is over with its head: its deadline
        and its cancellation do not concern the stream, a token that ends meanwhile neither. The
        stream ends with the client, not with the session.

        @param request what to send, at session::resource or below it

        @par Completion signature
        `void(asioauth::error_code, asioauth::http_response)`
        @par Completes when
        @li the response was read in full, or its head if it is a stream; or
        @li an error occurred, or a deadline of the transport or that of the login
            (login_params::timeout, for this request with all that it needs) passed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`: the exchange ends at once; the server may have acted on the
        request. While tokens are being refreshed `terminal` only: the caller stops waiting, the new
        tokens are stored all the same.
        @par Errors
        @li errc::invalid_argument the target is not the resource or below it; nothing was sent
        @li condition::login_required the token is refused and cannot be refreshed: log in again;
            errc::step_up_refused more scopes are needed and were not to be asked for
        @li errc::step_up_limit the resource asks for scopes that the token has, or again and again
        @li everything that client::async_login can produce, when a refresh or a step-up fails
        @li every transport error, see @ref http_client
        @par Security
        The token goes only to the resource it was issued for.
        @par Specification
        @li OAuth 2.1 section 5; RFC 6750; RFC 9449 sections 7 and 9; MCP 2026-07-28 "Access Token
            Usage" and "Scope Challenge Handling"
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_send(http_request request, CompletionToken&& token = CompletionToken()) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, http_response)>(
            initiate_send(core(), get_executor()), token, nullptr, state_, std::move(request)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_send(
        http_request request, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, http_response)>(
            initiate_send(core(), get_executor()), token, &info, state_, std::move(request)
        );
    }

    /** Get an access token that lasts for `min_ttl` yet, refreshed if need be. Never sends the user.

        If no better one can be had for now, because a server is away or wants to be left alone, the
        token there is is handed out for as long as it lasts. Of all who ask at once, in this process
        and in others with the same store, one refreshes, and the rest get what it got. Most calls
        find a good token and complete without any wait.

        @param min_ttl for how long it has to last; a server may issue tokens that last shorter,
            then it is a fresh one

        @par Completion signature
        `void(asioauth::error_code, asioauth::access_token)`; the token is empty if the resource needs
        no login
        @par Completes when
        @li there is a good token; or
        @li it turns out that there will be none, or 60 s have passed.
        @par Per-operation cancellation
        `terminal`, and before the server was asked also `partial` and `total`: the caller stops
        waiting. A refresh that is under way runs to its end and is stored.
        @par Errors
        @li errc::login_required the token has ended and only the user can get another, or the user
            has logged out; a logout elsewhere is noticed when the token has to be refreshed
        @li condition::storage the store is away, so that a refresh could not be kept
        @li condition::unreachable the authorization server is away; tried again after a second,
            then after twice as long each time, or when its Retry-After says
        @li everything else that a token endpoint may answer
        @par Specification
        @li OAuth 2.1 section 4.3; RFC 9700 section 4.14.2
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_token(
        std::chrono::seconds min_ttl = std::chrono::seconds(30),
        CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, access_token)>(
            initiate_token(core(), get_executor()), token, nullptr, state_, min_ttl, secret()
        );
    }

    /// The same with a `min_ttl` of 30 s.
    template <class CompletionToken>
        requires(!std::is_convertible_v<CompletionToken, std::chrono::seconds>)
    auto async_token(CompletionToken&& token) const
    {
        return async_token(std::chrono::seconds(30), std::forward<CompletionToken>(token));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_token(
        std::chrono::seconds min_ttl, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, access_token)>(
            initiate_token(core(), get_executor()), token, &info, state_, min_ttl, secret()
        );
    }

    /** Get another token than one that the resource has refused with 401.

        As async_token() with a `min_ttl` of 0; a token that is another one already is handed out at
        once.

        @param refused the token as it was sent

        @par Completion signature
        `void(asioauth::error_code, asioauth::access_token)`
        @par Completes when
        there is another token, or as async_token().
        @par Per-operation cancellation
        As async_token(): `terminal`, and before the server was asked also `partial` and `total`.
        @par Errors
        Those of async_token(), errc::login_required among them.
        @par Specification
        @li RFC 6750 section 3.1; OAuth 2.1 section 4.3
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_replace_token(secret refused, CompletionToken&& token = CompletionToken()) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, access_token)>(
            initiate_token(core(), get_executor()),
            token,
            nullptr,
            state_,
            std::chrono::seconds(0),
            std::move(refused)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_replace_token(
        secret refused, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, access_token)>(
            initiate_token(core(), get_executor()),
            token,
            &info,
            state_,
            std::chrono::seconds(0),
            std::move(refused)
        );
    }

    /** Log out: revoke the refresh token, then the access token, and forget the login.

        A refresh that is under way, also in another process, is waited for, for at most half of
        logout_params::timeout. The server is told for what is left of it; whatever it answers, the
        login is forgotten here.
        Afterwards this session and its copies complete with errc::login_required.

        @param params whether the server is told, for how long, and whether the registration goes
            too

        @par Completion signature
        `void(asioauth::error_code, asioauth::logout_outcome)`
        @par Completes when
        the login is gone from the store, or could not be removed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`: the server is not asked any further; what was begun is
        finished here.
        @par Errors
        @li condition::storage the login could not be removed: it is still there, but its tokens may
            be revoked already
        @par Specification
        @li RFC 7009; RFC 7592 section 2.3
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_logout(logout_params params = {}, CompletionToken&& token = CompletionToken()) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, logout_outcome)>(
            initiate_logout(core(), get_executor()), token, nullptr, state_, params
        );
    }

    /// The same with the defaults of logout_params.
    template <class CompletionToken>
        requires(!std::is_convertible_v<CompletionToken, logout_params>)
    auto async_logout(CompletionToken&& token) const
    {
        return async_logout(logout_params(), std::forward<CompletionToken>(token));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_logout(
        logout_params params, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, logout_outcome)>(
            initiate_logout(core(), get_executor()), token, &info, state_, params
        );
    }

    /// For the library.
    explicit session(std::shared_ptr<detail::session_state const> state) : state_(std::move(state))
    {}

private:
    using initiate_send = detail::initiate<http_response, &detail::start_send>;
    using initiate_token = detail::initiate<access_token, &detail::start_token>;
    using initiate_logout = detail::initiate<logout_outcome, &detail::start_logout>;

    ASIOAUTH_DECL std::shared_ptr<detail::client_core> core() const noexcept;

    std::shared_ptr<detail::session_state const> state_;
};

} // namespace asioauth
