// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/initiate.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/token.hpp>

#include <boost/asio/deferred.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
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
} // namespace detail

/** A login at one resource: what client::async_login completes with. Cheap to copy; copies share
    everything.

    It may outlive its client, whose operations then complete with errc::client_closed; once the
    execution context of the client is gone, nothing may be called but the destructor.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe to use for operations, unsafe to
        assign.
*/
class session
{
public:
    using executor_type = boost::asio::any_io_executor;

    /// An empty session; nothing but `operator bool` may be called.
    session() = default;

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

        @par Preconditions
        `*this` is not empty.
        @par Completion signature
        `void(asioauth::error_code, asioauth::http_response)`
        @par Completes when
        @li the response was read in full; or
        @li an error occurred or a deadline of the transport passed.
        @par Executor
        Intermediate work runs on the client's executor. The handler runs on its associated
        executor, as if by `dispatch`.
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
        The token goes only to the resource it was issued for (MCP 2026-07-28, "Access Token
        Usage").
        @par Object lifetimes
        The session may be destroyed. `info`, if given, must live until completion.
        @par Thread safety
        May be called from any thread.
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

    /// For the library.
    explicit session(std::shared_ptr<detail::session_state const> state) : state_(std::move(state))
    {}

private:
    using initiate_send = detail::initiate<http_response, &detail::start_send>;

    ASIOAUTH_DECL std::shared_ptr<detail::client_core> core() const noexcept;

    std::shared_ptr<detail::session_state const> state_;
};

} // namespace asioauth
