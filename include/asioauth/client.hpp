// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/initiate.hpp>
#include <asioauth/params.hpp>
#include <asioauth/protocol/token.hpp>
#include <asioauth/session.hpp>
#include <asioauth/settings.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <memory>
#include <utility>

namespace asioauth {

namespace detail {
ASIOAUTH_DECL void start_discover(
    const std::shared_ptr<client_core>& core,
    handler_of<discovery> handler,
    diagnostics* info,
    discover_params params
);
ASIOAUTH_DECL void start_register(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    register_params params
);
ASIOAUTH_DECL void start_authorize(
    const std::shared_ptr<client_core>& core,
    handler_of<authorization_code> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    authorize_params params
);
ASIOAUTH_DECL void start_exchange(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    authorization_code code
);
ASIOAUTH_DECL void start_login(
    const std::shared_ptr<client_core>& core,
    handler_of<session> handler,
    diagnostics* info,
    login_params params
);
} // namespace detail

/** Logs in to MCP servers and web APIs.

    One object serves any number of logins at once; they share its connections, its redirect
    listener and its store. Destroying it cancels what is under way (each operation completes with
    `operation_aborted`), except requests that have already spent a code or a token, which run to
    their end in the background.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: operations may be started from any thread.

    @par Executors
    All operations work on a strand of the executor given to the constructor. Handlers run on their
    associated executor, by default that executor, never inside the initiating function.
*/
class client
{
public:
    using executor_type = boost::asio::any_io_executor;

    /// @param ex usually `io_context.get_executor()`; its context must outlive the client
    ASIOAUTH_DECL explicit client(executor_type ex, client_settings settings = {});
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    /// Cancels what is under way.
    ASIOAUTH_DECL ~client();

    executor_type get_executor() const noexcept { return executor_; }

    /** Find out whether and how a host does OAuth.

        Sends, in this order: a GET to the resource and, if that leaves it open, an MCP POST; then
        the protected-resource metadata (the challenge's URL, path-suffixed, root), then the
        authorization server's metadata (OAuth path insertion, OpenID Connect path insertion, OpenID
        Connect path appending). Without resource metadata, the rules of MCP 2025-03-26 apply.

        @par Preconditions
        None.
        @par Completion signature
        `void(asioauth::error_code, asioauth::discovery)`. On error the value is
        default-constructed.
        @par Completes when
        @li the metadata was read and validated; or
        @li the resource answers without a login and offers none that can be used (discovery::login
            is `none`; discovery::notes says why metadata that exists was not used); or
        @li an error occurred or the deadline passed.
        @par Executor
        Intermediate work runs on a strand of get_executor(). The handler runs on its associated
        executor, as if by `dispatch`.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time; no effect remains.
        @par Errors
        @li condition::usage the URL: errc::invalid_url, url_scheme_not_allowed,
            url_has_credentials, url_has_fragment, url_host_invalid, url_port_invalid, url_too_long
        @li condition::untrusted errc::issuer_mismatch, resource_mismatch, pkce_not_supported,
            endpoint_insecure, json_malformed and the other values of read_resource_metadata() and
            read_server_metadata()
        @li condition::refused errc::authorization_not_offered
        @li condition::unreachable the values of @ref http_client; errc::deadline_exceeded
        @par Security
        Plain http and loopback addresses are only reached if `params` names a loopback URL. No
        credential is sent.
        @par Object lifetimes
        Parameters are copied. `info` must live until completion. The client may be destroyed; that
        cancels.
        @par Thread safety
        May be called from any thread.
        @par Exception safety
        Strong. Only allocation throws, and only from the initiating call.
        @par Specification
        @li RFC 9728; RFC 8414; OpenID Connect Discovery 1.0; MCP 2026-07-28 and 2025-03-26
            authorization
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_discover(discover_params params, CompletionToken&& token = CompletionToken())
    {
        return initiate_discover<CompletionToken>(token, nullptr, std::move(params));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_discover(
        discover_params params, diagnostics& info, CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_discover<CompletionToken>(token, &info, std::move(params));
    }

    /** Become a client of the authorization server.

        Uses the pre-registered client of this issuer if the settings have one, then the stored
        registration, and otherwise sends one RFC 7591 request and stores what comes back. Binds the
        redirect URI before it is registered.

        @par Preconditions
        None.
        @par Completion signature
        `void(asioauth::error_code, asioauth::registration)`. On error the value is
        default-constructed.
        @par Completes when
        @li a registration is there and stored; or
        @li an error occurred or the deadline passed.
        @par Executor
        Intermediate work runs on a strand of get_executor(). The handler runs on its associated
        executor, as if by `dispatch`.
        @par Per-operation cancellation
        Before the request is sent: `terminal`, `partial`, `total`; no effect remains. Afterwards
        `terminal` only: the caller stops waiting, the registration is still stored.
        @par Errors
        @li errc::registration_not_supported, client_information_required the server registers no
            clients by itself
        @li errc::invalid_redirect_uri, invalid_client_metadata and the other RFC 7591 errors the
            server's own words are in `info`
        @li errc::registration_response_invalid, registration_redirect_uri_changed,
            token_endpoint_auth_method_not_supported
        @li errc::port_in_use, listen_failed, redirect_uri_invalid
        @li condition::storage, condition::unreachable
        @par Security
        A registration is used at the issuer that made it and nowhere else.
        @par Object lifetimes
        Parameters are copied. `info` must live until completion. The client may be destroyed; that
        cancels.
        @par Thread safety
        May be called from any thread.
        @par Exception safety
        Strong. Only allocation throws, and only from the initiating call.
        @par Specification
        @li RFC 7591 section 3; MCP 2026-07-28 "Client Registration"
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_register(
        discovery found,
        register_params params = register_params(),
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_register<CompletionToken>(
            token, nullptr, std::move(found), std::move(params)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_register(
        discovery found,
        register_params params,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_register<CompletionToken>(
            token, &info, std::move(found), std::move(params)
        );
    }

    /** Send the user to the authorization server and wait for the code.

        Makes the authorization URL (PKCE S256, `state`, `resource`, scope), listens at the
        registered redirect URI, opens the browser and checks what comes back. The browser's page
        waits for async_exchange. A redirect that fails the checks of its origin (state, issuer)
        gets an error page, and the genuine one may still follow within three seconds.

        @par Preconditions
        None.
        @par Completion signature
        `void(asioauth::error_code, asioauth::authorization_code)`. On error the value is
        default-constructed.
        @par Completes when
        @li a redirect with a code passed all checks; or
        @li the authorization server or the user refused; or
        @li an error occurred or params.user_timeout() passed.
        @par Executor
        Intermediate work runs on a strand of get_executor(). The handler runs on its associated
        executor, as if by `dispatch`.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time; the port is closed.
        @par Errors
        @li errc::access_denied and the other RFC 6749 errors
        @li errc::issuer_parameter_mismatch, issuer_parameter_missing, state_mismatch,
            callback_parameter_duplicated, code_missing
        @li errc::user_timeout, browser_not_opened, port_in_use, listen_failed
        @li errc::registration_issuer_mismatch, reserved_parameter
        @par Security
        The issuer is recorded before the redirect; `iss` is compared byte for byte before anything
        else of the response is used.
        @par Object lifetimes
        Parameters are copied. `info` must live until completion. The client may be destroyed; that
        cancels.
        @par Thread safety
        May be called from any thread.
        @par Exception safety
        Strong. Only allocation throws, and only from the initiating call.
        @par Specification
        @li OAuth 2.1 section 4.1; RFC 7636; RFC 8252; RFC 8707; RFC 9207
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_authorize(
        discovery found,
        registration registered,
        authorize_params params = authorize_params(),
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_authorize<CompletionToken>(
            token, nullptr, std::move(found), std::move(registered), std::move(params)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_authorize(
        discovery found,
        registration registered,
        authorize_params params,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_authorize<CompletionToken>(
            token, &info, std::move(found), std::move(registered), std::move(params)
        );
    }

    /** Exchange an authorization code for tokens.

        Sends one token request with the code verifier and tells the waiting browser how it ended. A
        code can be exchanged once. Nothing is stored; async_login does that.

        @par Preconditions
        None.
        @par Completion signature
        `void(asioauth::error_code, asioauth::token_set)`. On error the value is
        default-constructed.
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or the transport's deadline passed.
        @par Executor
        Intermediate work runs on a strand of get_executor(). The handler runs on its associated
        executor, as if by `dispatch`.
        @par Per-operation cancellation
        Once begun `terminal` only, and it only ends the waiting: the request runs to its end.
        @par Errors
        @li errc::invalid_grant, invalid_client and the other RFC 6749 errors
        @li errc::authorization_already_used, invalid_argument
        @li errc::token_response_invalid, token_type_not_supported, the JSON errors
        @li condition::unreachable
        @par Security
        The code and the verifier go to the token endpoint of the issuer that was recorded, and are
        never sent twice.
        @par Object lifetimes
        Parameters are copied. `info` must live until completion. The client may be destroyed; that
        cancels.
        @par Thread safety
        May be called from any thread.
        @par Exception safety
        Strong. Only allocation throws, and only from the initiating call.
        @par Specification
        @li OAuth 2.1 sections 3.2 and 4.1.3
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_exchange(
        discovery found,
        registration registered,
        authorization_code code,
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_exchange<CompletionToken>(
            token, nullptr, std::move(found), std::move(registered), std::move(code)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_exchange(
        discovery found,
        registration registered,
        authorization_code code,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return initiate_exchange<CompletionToken>(
            token, &info, std::move(found), std::move(registered), std::move(code)
        );
    }

    /** Log in to a resource, from its URL alone.

        Reuses a stored token that is still good, refreshes one that is not, and otherwise runs
        discovery, registration, authorization and exchange. If the resource needs no login, the
        session has no token.

        @par Preconditions
        None.
        @par Completion signature
        `void(asioauth::error_code, asioauth::session)`. On error the value is default-constructed.
        @par Completes when
        @li there is a usable token, or none is needed. It is in the store, unless that failed after
            the code was spent: then an event says so and the session works for as long as it lives;
            or
        @li an error occurred or a deadline passed.
        @par Executor
        Intermediate work runs on a strand of get_executor(). The handler runs on its associated
        executor, as if by `dispatch`.
        @par Per-operation cancellation
        As in the operation that is under way: at any time while waiting for the user; after a code
        or refresh token is on the wire `terminal` only, and the new tokens are stored all the same.
        @par Errors
        @li errc::login_required with params.silent(true) only
        @li everything that the four operations can produce
        @par Security
        As in the four operations. The browser shows success only after the tokens arrived and the
        store was asked to keep them.
        @par Object lifetimes
        Parameters are copied. `info` must live until completion. The client may be destroyed; that
        cancels.
        @par Thread safety
        May be called from any thread.
        @par Exception safety
        Strong. Only allocation throws, and only from the initiating call.
        @par Specification
        @li MCP 2026-07-28 authorization
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_login(login_params params, CompletionToken&& token = CompletionToken())
    {
        return initiate_login<CompletionToken>(token, nullptr, std::move(params));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto
    async_login(login_params params, diagnostics& info, CompletionToken&& token = CompletionToken())
    {
        return initiate_login<CompletionToken>(token, &info, std::move(params));
    }

private:
    template <class CompletionToken>
    auto initiate_discover(CompletionToken& token, diagnostics* info, discover_params params)
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, discovery)>(
            detail::initiate<discovery, &detail::start_discover>(core_, executor_),
            token,
            info,
            std::move(params)
        );
    }

    template <class CompletionToken>
    auto initiate_register(
        CompletionToken& token, diagnostics* info, discovery found, register_params params
    )
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, registration)>(
            detail::initiate<registration, &detail::start_register>(core_, executor_),
            token,
            info,
            std::move(found),
            std::move(params)
        );
    }

    template <class CompletionToken>
    auto initiate_authorize(
        CompletionToken& token,
        diagnostics* info,
        discovery found,
        registration registered,
        authorize_params params
    )
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, authorization_code)>(
            detail::initiate<authorization_code, &detail::start_authorize>(core_, executor_),
            token,
            info,
            std::move(found),
            std::move(registered),
            std::move(params)
        );
    }

    template <class CompletionToken>
    auto initiate_exchange(
        CompletionToken& token,
        diagnostics* info,
        discovery found,
        registration registered,
        authorization_code code
    )
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, token_set)>(
            detail::initiate<token_set, &detail::start_exchange>(core_, executor_),
            token,
            info,
            std::move(found),
            std::move(registered),
            std::move(code)
        );
    }

    template <class CompletionToken>
    auto initiate_login(CompletionToken& token, diagnostics* info, login_params params)
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, session)>(
            detail::initiate<session, &detail::start_login>(core_, executor_),
            token,
            info,
            std::move(params)
        );
    }

    executor_type executor_;
    std::shared_ptr<detail::client_core> core_;
};

} // namespace asioauth
