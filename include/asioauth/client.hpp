// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/initiate.hpp>
#include <asioauth/metrics.hpp>
#include <asioauth/params.hpp>
#include <asioauth/protocol/id_token.hpp>
#include <asioauth/protocol/revocation.hpp>
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
ASIOAUTH_DECL void start_request_token(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    token_params params
);
ASIOAUTH_DECL void start_refresh(
    const std::shared_ptr<client_core>& core,
    handler_of<token_set> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    token_set old
);
ASIOAUTH_DECL void start_revoke(
    const std::shared_ptr<client_core>& core,
    handler_of<nothing> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    secret token,
    token_hint hint
);
ASIOAUTH_DECL void start_introspect(
    const std::shared_ptr<client_core>& core,
    handler_of<introspection> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    secret token,
    token_hint hint
);
ASIOAUTH_DECL void start_check_id_token(
    const std::shared_ptr<client_core>& core,
    handler_of<id_token_claims> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    token_set tokens,
    std::string nonce
);
ASIOAUTH_DECL void start_read_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    registration registered
);
ASIOAUTH_DECL void start_update_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<registration> handler,
    diagnostics* info,
    discovery found,
    registration registered,
    client_profile profile
);
ASIOAUTH_DECL void start_delete_registration(
    const std::shared_ptr<client_core>& core,
    handler_of<nothing> handler,
    diagnostics* info,
    discovery found,
    registration registered
);
} // namespace detail

/** Logs in to MCP servers and web APIs.

    One object serves any number of logins at once; they share its connections, its redirect
    listener and its store. Destroying it cancels what is under way (each operation completes with
    `operation_aborted`), except requests that have already spent a code or a token, which run to
    their end in the background.

    What follows holds for each operation unless it says otherwise. None has preconditions. On error
    the value that it completes with is default-constructed. The overload with `info` writes there
    what went wrong, before the handler runs, and is the same otherwise. Beside its own errors each
    can end with condition::cancelled (`operation_aborted`), with errc::client_closed if the client
    is gone when it begins, and with errc::internal_error if something that the program has supplied
    throws.

    @par Parameters
    `found` is what async_discover() has completed with, `registered` what async_register() has, or
    a client of that issuer that was registered by hand.
    @par Executor
    Operations work on a strand of get_executor(). Handlers run on their associated executor, by
    default get_executor(), as if by `dispatch`, never inside the initiating function.
    @par Object lifetimes
    Parameters are copied or moved from. `info` must live until completion. The client may be
    destroyed; that cancels.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: operations may be started from any thread.
    @par Exception safety
    Strong. Only allocation throws, and only from the initiating call.
*/
class client
{
public:
    /// Any executor of Asio.
    using executor_type = boost::asio::any_io_executor;

    /** Nothing is connected or opened yet.
        @param ex usually `io_context.get_executor()`; its context must outlive the client
        @param settings what it is called, what it keeps where, and whom it asks
    */
    ASIOAUTH_DECL explicit client(executor_type ex, client_settings settings = {});
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    /// Cancels what is under way.
    ASIOAUTH_DECL ~client();

    /// The executor given to the constructor.
    executor_type get_executor() const noexcept { return executor_; }

    /** What was done since the client was made, and what is under way: see prometheus_text() and the
        page on operating it.

        @par Thread safety
        May be called from any thread, and holds up nobody. The execution context must live.
    */
    ASIOAUTH_DECL asioauth::metrics metrics() const;

    /** Find out whether and how a host does OAuth.

        Sends, in this order: a GET to the resource and, if that leaves it open, an MCP POST; then
        the protected-resource metadata (the challenge's URL, path-suffixed, root), then the
        authorization server's metadata (OAuth path insertion, OpenID Connect path insertion, OpenID
        Connect path appending). Without resource metadata, the rules of MCP 2025-03-26 apply.

        The resource itself is asked every time. Documents that an earlier operation of this client
        has read are not asked for again as long as their servers allow (see
        client_settings::metadata_cache_size and discover_params::fresh), and operations that need
        one at the same moment share one request.

        @param params the URL, and which addresses may be reached for it

        @par Completion signature
        `void(asioauth::error_code, asioauth::discovery)`
        @par Completes when
        @li the metadata was read and validated; or
        @li the resource answers without a login and offers none that can be used (discovery::login
            is `none`; discovery::notes says why metadata that exists was not used); or
        @li an error occurred or the deadline passed.
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
        Plain http and loopback addresses are only reached if `params` names a loopback URL and does
        not say otherwise (discover_params::allow_loopback). No credential is sent.
        @par Specification
        @li RFC 9728; RFC 8414; OpenID Connect Discovery 1.0; MCP 2026-07-28 and 2025-03-26
            authorization; RFC 9111
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_discover(discover_params params, CompletionToken&& token = CompletionToken())
    {
        return begin<discovery, &detail::start_discover>(token, nullptr, std::move(params));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_discover(
        discover_params params, diagnostics& info, CompletionToken&& token = CompletionToken()
    )
    {
        return begin<discovery, &detail::start_discover>(token, &info, std::move(params));
    }

    /** Become a client of the authorization server.

        Uses the pre-registered client of this issuer if the settings have one, then the client ID
        metadata document if there is one and the server takes it, then the stored registration, and
        otherwise sends an RFC 7591 request and stores what comes back. Binds the redirect URI before
        it is registered. A redirect URI that is refused is tried once more in another form
        (`localhost` and `127.0.0.1` exchanged). A server that is busy (429 or 503 with Retry-After
        up to a minute) is asked again, twice at most. Of several registrations of the same at once
        only one is sent.

        @param params what differs from the settings for this registration

        @par Completion signature
        `void(asioauth::error_code, asioauth::registration)`
        @par Completes when
        @li a registration is there and stored; or
        @li an error occurred or the deadline passed.
        @par Per-operation cancellation
        Before the request is sent: `terminal`, `partial`, `total`; no effect remains. Afterwards
        `terminal` only: the caller stops waiting, the registration is still stored.
        @par Errors
        @li errc::client_information_required the server registers no clients by itself: have the user
            register one; `info` has issuer, redirect URI and documentation
        @li errc::invalid_redirect_uri, invalid_client_metadata and the other RFC 7591 errors the
            server's own words are in `info`
        @li errc::registration_response_invalid, registration_redirect_uri_changed,
            token_endpoint_auth_method_not_supported
        @li errc::port_in_use, listen_failed, redirect_uri_invalid
        @li condition::storage, condition::unreachable
        @par Security
        A registration is used at the issuer that made it and nowhere else.
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
        return begin<registration, &detail::start_register>(
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
        return begin<registration, &detail::start_register>(
            token, &info, std::move(found), std::move(params)
        );
    }

    /** Send the user to the authorization server and wait for the code.

        Makes the authorization URL (PKCE S256, `state`, `resource`, scope), listens at the
        registered redirect URI, opens the browser and checks what comes back. The browser's page
        waits for async_exchange. A redirect that fails the checks of its origin (state, issuer)
        gets an error page, and the genuine one may still follow within three seconds.

        @param params scope, further parameters, how long the user may take

        @par Completion signature
        `void(asioauth::error_code, asioauth::authorization_code)`
        @par Completes when
        @li a redirect with a code passed all checks; or
        @li the authorization server or the user refused; or
        @li an error occurred, params.user_timeout() passed, or the network took longer than 60 s.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time; the port is closed.
        @par Errors
        @li errc::access_denied and the other RFC 6749 errors
        @li errc::issuer_parameter_mismatch, issuer_parameter_missing, state_mismatch, state_missing,
            callback_invalid, callback_redirect_uri_mismatch, callback_parameter_duplicated,
            code_missing
        @li errc::user_timeout, browser_not_opened, port_in_use, listen_failed
        @li condition::unreachable, errc::deadline_exceeded of a request that is pushed (RFC 9126)
        @li errc::registration_issuer_mismatch, reserved_parameter
        @par Security
        The issuer is recorded before the redirect. Of the response its address, duplicate parameters,
        `state` and `iss` are checked, in this order and byte for byte, before a code or an error in
        it is used.
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
        return begin<authorization_code, &detail::start_authorize>(
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
        return begin<authorization_code, &detail::start_authorize>(
            token, &info, std::move(found), std::move(registered), std::move(params)
        );
    }

    /** Exchange an authorization code for tokens.

        Sends one token request with the code verifier and tells the waiting browser how it ended. A
        code can be exchanged once. Nothing is stored; async_login does that.

        @param code what async_authorize() has completed with, or one made of a callback of yours

        @par Completion signature
        `void(asioauth::error_code, asioauth::token_set)`
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or the deadline (60 s) passed.
        @par Per-operation cancellation
        Once begun `terminal` only, and it only ends the waiting: the request runs to its end.
        @par Errors
        @li errc::invalid_grant, invalid_client and the other RFC 6749 errors
        @li errc::authorization_already_used, invalid_argument
        @li errc::token_response_invalid, token_type_not_supported, the JSON errors
        @li errc::id_token_invalid and the errors of signed tokens, if there is an ID token
        @li condition::unreachable, errc::deadline_exceeded
        @par Security
        The code and the verifier go to the token endpoint of the issuer that was recorded, and are
        never sent twice.
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
        return begin<token_set, &detail::start_exchange>(
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
        return begin<token_set, &detail::start_exchange>(
            token, &info, std::move(found), std::move(registered), std::move(code)
        );
    }

    /** Get tokens without a redirect: client credentials, assertions, token exchange, device code.

        Nothing is stored; async_login with login_params::grant does that.

        @param params the grant, the scope, and how long all may take

        @par Completion signature
        `void(asioauth::error_code, asioauth::token_set)`
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or params.timeout() passed.
        @par Per-operation cancellation
        While a token request is under way `terminal` only; while waiting for the user at any time.
        @par Errors
        @li errc::invalid_grant, invalid_client, unauthorized_client and the other RFC 6749 errors
        @li errc::expired_token, access_denied of the device grant
        @li errc::invalid_argument for the authorization code grant
        @li errc::token_type_not_supported dpop_use::always, and the server binds no tokens
        @li what the assertion source fails with
        @li condition::unreachable, errc::deadline_exceeded
        @par Security
        An assertion goes to the token endpoint of the issuer that was discovered. A refused grant is
        not tried again, nor is another one.
        @par Specification
        @li OAuth 2.1 section 4.2; RFC 7523; RFC 8628; RFC 8693; MCP extensions SEP-990, SEP-1046 and
            SEP-1933
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_request_token(
        discovery found,
        registration registered,
        token_params params,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<token_set, &detail::start_request_token>(
            token, nullptr, std::move(found), std::move(registered), std::move(params)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_request_token(
        discovery found,
        registration registered,
        token_params params,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<token_set, &detail::start_request_token>(
            token, &info, std::move(found), std::move(registered), std::move(params)
        );
    }

    /** Get new tokens for a refresh token.

        Nothing is stored: keep what comes back before you use it, since the old refresh token may
        not work any more. A session does all this by itself.

        @param old has to have a refresh token; its ID token and its key go on with the new tokens

        @par Completion signature
        `void(asioauth::error_code, asioauth::token_set)`
        @par Completes when
        @li the response was read and validated: with the old refresh token if it brought none; or
        @li an error occurred or the deadline passed: then it is not known whether the old refresh
            token still works, unless the error is the server's own.
        @par Per-operation cancellation
        Once begun `terminal` only, and it only ends the waiting: the request runs to its end.
        @par Errors
        @li errc::invalid_grant the refresh token does not work any more: log in again
        @li errc::login_required there is no refresh token
        @li errc::invalid_client and the other RFC 6749 errors
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        The token goes to the token endpoint of the issuer that was discovered, and is never sent
        twice.
        @par Specification
        @li OAuth 2.1 section 4.3
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_refresh(
        discovery found,
        registration registered,
        token_set old,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<token_set, &detail::start_refresh>(
            token, nullptr, std::move(found), std::move(registered), std::move(old)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_refresh(
        discovery found,
        registration registered,
        token_set old,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<token_set, &detail::start_refresh>(
            token, &info, std::move(found), std::move(registered), std::move(old)
        );
    }

    /** Make a token worthless at the authorization server.

        Revoking a refresh token ends the whole grant at most servers. What is stored is not changed.

        @param revoked the token
        @param hint what kind of token it is

        @par Completion signature
        `void(asioauth::error_code)`
        @par Completes when
        @li the server says that the token does not work (any more); or
        @li an error occurred or the deadline passed: then the token may still work.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time; the server may have acted on the request.
        @par Errors
        @li errc::endpoint_missing the server revokes nothing
        @li errc::temporarily_unavailable, unsupported_token_type, invalid_client
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        The token goes to the revocation endpoint of the issuer that was discovered.
        @par Specification
        @li RFC 7009
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_revoke(
        discovery found,
        registration registered,
        secret revoked,
        token_hint hint,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<detail::nothing, &detail::start_revoke>(
            token, nullptr, std::move(found), std::move(registered), std::move(revoked), hint
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_revoke(
        discovery found,
        registration registered,
        secret revoked,
        token_hint hint,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<detail::nothing, &detail::start_revoke>(
            token, &info, std::move(found), std::move(registered), std::move(revoked), hint
        );
    }

    /** Ask the authorization server what it knows of a token.

        @param inspected the token
        @param hint what kind of token it is

        @par Completion signature
        `void(asioauth::error_code, asioauth::introspection)`
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or the deadline passed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time; the server may have acted on the request.
        @par Errors
        @li errc::endpoint_missing the server tells nothing
        @li errc::invalid_client and the JSON errors
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        The token goes to the introspection endpoint of the issuer that was discovered.
        @par Specification
        @li RFC 7662
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_introspect(
        discovery found,
        registration registered,
        secret inspected,
        token_hint hint,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<introspection, &detail::start_introspect>(
            token, nullptr, std::move(found), std::move(registered), std::move(inspected), hint
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_introspect(
        discovery found,
        registration registered,
        secret inspected,
        token_hint hint,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<introspection, &detail::start_introspect>(
            token, &info, std::move(found), std::move(registered), std::move(inspected), hint
        );
    }

    /** Check the ID token among tokens, with the keys of the authorization server.

        Keys are fetched once and kept; an ID token that names another key has them fetched again. The
        login itself does this already whenever it sent a nonce.

        @param tokens what async_exchange() or async_request_token() has completed with
        @param nonce as sent; empty if none was

        @par Completion signature
        `void(asioauth::error_code, asioauth::id_token_claims)`
        @par Completes when
        @li the ID token passed all checks; or
        @li an error occurred or the deadline passed.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`, at any time.
        @par Errors
        @li errc::id_token_invalid, jwt_malformed, jwt_algorithm_not_allowed, jwt_key_not_found,
            jwt_signature_invalid
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        Symmetric and missing algorithms are refused, and so are keys inside of the token.
        @par Specification
        @li OpenID Connect Core 1.0 section 3.1.3.7; RFC 8725
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_check_id_token(
        discovery found,
        registration registered,
        token_set tokens,
        std::string nonce,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<id_token_claims, &detail::start_check_id_token>(
            token,
            nullptr,
            std::move(found),
            std::move(registered),
            std::move(tokens),
            std::move(nonce)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_check_id_token(
        discovery found,
        registration registered,
        token_set tokens,
        std::string nonce,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<id_token_claims, &detail::start_check_id_token>(
            token,
            &info,
            std::move(found),
            std::move(registered),
            std::move(tokens),
            std::move(nonce)
        );
    }

    /** Ask the server for a registration as it is now; also a way to learn whether the client lives.

        The stored registration is replaced by what comes back: secrets may have changed.

        @par Completion signature
        `void(asioauth::error_code, asioauth::registration)`
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or the deadline passed.
        @par Per-operation cancellation
        Once the request is sent `terminal` only, and it only ends the waiting: the request runs to its
        end.
        @par Errors
        @li errc::registration_not_manageable, registration_gone
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        The registration access token goes to the origin of the registration endpoint only.
        @par Specification
        @li RFC 7592 section 2.1
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_read_registration(
        discovery found, registration registered, CompletionToken&& token = CompletionToken()
    )
    {
        return begin<registration, &detail::start_read_registration>(
            token, nullptr, std::move(found), std::move(registered)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_read_registration(
        discovery found,
        registration registered,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<registration, &detail::start_read_registration>(
            token, &info, std::move(found), std::move(registered)
        );
    }

    /** Replace a registration with another profile.

        @param profile all of it, redirect URIs included: what is left out is removed at the server

        @par Completion signature
        `void(asioauth::error_code, asioauth::registration)`
        @par Completes when
        @li the response was read and validated; or
        @li an error occurred or the deadline passed.
        @par Per-operation cancellation
        Once the request is sent `terminal` only, and it only ends the waiting: the request runs to its
        end.
        @par Errors
        @li errc::registration_not_manageable, registration_gone, invalid_client_metadata,
            invalid_redirect_uri
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        As async_read_registration.
        @par Specification
        @li RFC 7592 section 2.2
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_update_registration(
        discovery found,
        registration registered,
        client_profile profile,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<registration, &detail::start_update_registration>(
            token, nullptr, std::move(found), std::move(registered), std::move(profile)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_update_registration(
        discovery found,
        registration registered,
        client_profile profile,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<registration, &detail::start_update_registration>(
            token, &info, std::move(found), std::move(registered), std::move(profile)
        );
    }

    /** Delete a registration at the server, and then in the store.

        Grants of the client end with it at most servers.

        @par Completion signature
        `void(asioauth::error_code)`
        @par Completes when
        @li the server has deleted it, or does not know it; or
        @li an error occurred or the deadline passed: then it is still stored.
        @par Per-operation cancellation
        Once the request is sent `terminal` only, and it only ends the waiting: the request runs to its
        end.
        @par Errors
        @li errc::registration_not_manageable
        @li condition::storage
        @li condition::unreachable, errc::deadline_exceeded (60 s)
        @par Security
        As async_read_registration.
        @par Specification
        @li RFC 7592 section 2.3
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_delete_registration(
        discovery found, registration registered, CompletionToken&& token = CompletionToken()
    )
    {
        return begin<detail::nothing, &detail::start_delete_registration>(
            token, nullptr, std::move(found), std::move(registered)
        );
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_delete_registration(
        discovery found,
        registration registered,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    )
    {
        return begin<detail::nothing, &detail::start_delete_registration>(
            token, &info, std::move(found), std::move(registered)
        );
    }

    /** Log in to a resource, from its URL alone.

        Reuses a stored token that is still good, refreshes one that is not, and otherwise runs
        discovery, registration, authorization and exchange. If the resource needs no login, the
        session has no token.

        @param params the URL, whose login it is, and how much of the user it may take

        @par Completion signature
        `void(asioauth::error_code, asioauth::session)`
        @par Completes when
        @li there is a usable token, or none is needed. It is in the store, unless that failed after
            the code was spent: then an event says so and the session works for as long as it lives;
            or
        @li an error occurred or a deadline passed.
        @par Per-operation cancellation
        As in the operation that is under way: at any time while waiting for the user; after a code
        or refresh token is on the wire `terminal` only, and the new tokens are stored all the same.
        @par Errors
        @li errc::login_required with params.silent(true) or params.as_stored(true) only
        @li everything that the four operations can produce
        @par Security
        As in the four operations. The browser shows success only after the tokens arrived and the
        store was asked to keep them.
        @par Specification
        @li MCP 2026-07-28 authorization
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_login(login_params params, CompletionToken&& token = CompletionToken())
    {
        return begin<session, &detail::start_login>(token, nullptr, std::move(params));
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto
    async_login(login_params params, diagnostics& info, CompletionToken&& token = CompletionToken())
    {
        return begin<session, &detail::start_login>(token, &info, std::move(params));
    }

    /// For the library.
    const std::shared_ptr<detail::client_core>& core() const noexcept { return core_; }

private:
    template <class T, auto Start, class CompletionToken, class... Args>
    auto begin(CompletionToken& token, diagnostics* info, Args&&... args)
    {
        return boost::asio::async_initiate<CompletionToken, detail::signature_of<T>>(
            detail::initiate<T, Start>(core_, executor_), token, info, std::forward<Args>(args)...
        );
    }

    executor_type executor_;
    std::shared_ptr<detail::client_core> core_;
};

} // namespace asioauth
