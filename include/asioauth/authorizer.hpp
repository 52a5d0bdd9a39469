// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/authorizer_params.hpp>
#include <asioauth/client.hpp>
#include <asioauth/detail/initiate.hpp>
#include <asioauth/session.hpp>

#include <boost/asio/deferred.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace asioauth {

/// A login that was begun: what the web server answers with.
class begun_login
{
public:
    /// Nothing.
    begun_login() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// Redirect the browser here (302 or 303); empty if the resource needs no login.
    url where;
    /// The value of a `Set-Cookie` field to send along.
    std::string set_cookie;
    /// What discovery found, for a page that says who will be asked.
    discovery found;

    /// False if the resource needs no login.
    bool needed() const noexcept { return !where.empty(); }
};

/// A login that was finished.
class completed_login
{
public:
    /// Nothing.
    completed_login() {} // NOLINT(modernize-use-equals-default): never an aggregate

    asioauth::session session; ///< of the user, ready for use
    std::string user;          ///< as given to async_begin
    std::string return_to;     ///< likewise
};

namespace detail {
class web_login;
ASIOAUTH_DECL void start_begin_login(
    const std::shared_ptr<client_core>& core,
    handler_of<begun_login> handler,
    diagnostics* info,
    std::shared_ptr<const web_login> web,
    std::string user,
    begin_params params
);
ASIOAUTH_DECL void start_complete_login(
    const std::shared_ptr<client_core>& core,
    handler_of<completed_login> handler,
    diagnostics* info,
    std::shared_ptr<const web_login> web,
    login_callback callback
);
} // namespace detail

/** Logins through a web server of yours: one request begins a login, another finishes it, and each
    may arrive at another node.

    What is pending lives in the client's store, so that it survives a restart and any node with the
    same store can finish it. A login is bound to the browser that began it, by a cookie, and can be
    finished once. A forged callback neither finishes nor spoils it.

    @code
    auto begun = co_await authorizer.async_begin(user, begin);      // GET /connect
    respond_with_redirect(begun.where, begun.set_cookie);

    auto done = co_await authorizer.async_complete(callback);       // GET /oauth/callback
    respond_with_redirect(done.return_to);

    auto session = co_await client.async_login(silently_as(done.user)); // any time, at any node
    @endcode

    It may outlive its client, whose operations then complete with errc::client_closed.

    What follows holds for both operations. On error the value that they complete with is
    default-constructed. The overload with `info` writes there what went wrong, before the handler
    runs, and is the same otherwise.

    @par Executor
    Operations work on a strand of the client's executor. Handlers run on their associated executor,
    by default get_executor(), as if by `dispatch`, never inside the initiating function.
    @par Object lifetimes
    Parameters are copied or moved from. `info` must live until completion. The authorizer may be
    destroyed.
    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe to use for operations, from any thread,
        unsafe to assign.
    @par Specification
    @li RFC 9700 sections 2.1, 4.4 and 4.7; RFC 9207; RFC 6265
*/
class authorizer
{
public:
    /// That of the client.
    using executor_type = client::executor_type;

    /** Nothing is checked yet.
        @param through whose store, network, profile and hooks are used
        @param settings the callback, and how long a login may take
    */
    ASIOAUTH_DECL authorizer(const client& through, authorizer_settings settings);

    /// The executor of the client.
    executor_type get_executor() const noexcept { return executor_; }

    /** Begin a login: discover, become a client, and remember what the callback has to match.

        @param user whose login it is: your own name for the person who is signed in at your site
        @param params the URL that the user gave, and the cookies of the request

        @par Completion signature
        `void(asioauth::error_code, asioauth::begun_login)`
        @par Completes when
        the pending login is stored, or an error occurred.
        @par Per-operation cancellation
        `terminal`, `partial`, `total`: nothing is pending; a registration that was being made is
        kept.
        @par Errors
        @li errc::redirect_uri_invalid the redirect URI of the settings cannot be one
        @li everything that client::async_discover and client::async_register can produce
        @li condition::storage the login could not be stored
        @par Security
        A URL on loopback is refused unless authorizer_settings::allow_loopback lets users name such:
        errc::address_blocked, or errc::url_scheme_not_allowed for plain http.
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_begin(
        std::string user, begin_params params, CompletionToken&& token = CompletionToken()
    ) const
    {
        return initiate_begin(nullptr, std::move(user), std::move(params), token);
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_begin(
        std::string user,
        begin_params params,
        diagnostics& info,
        CompletionToken&& token = CompletionToken()
    ) const
    {
        return initiate_begin(&info, std::move(user), std::move(params), token);
    }

    /** Finish a login: check the callback, take the pending login out of the store, exchange the
        code, and store the tokens.

        @param callback the request that came to the redirect URI: its target, cookies and form

        @par Completion signature
        `void(asioauth::error_code, asioauth::completed_login)`
        @par Completes when
        the tokens are stored, an error occurred, or 60 s have passed. Answer the browser then, and
        not before.
        @par Per-operation cancellation
        As soon as the pending login was taken `terminal` only: the caller stops waiting, the login
        is finished and stored all the same. Before: every type, and nothing has happened.
        @par Errors
        @li errc::login_not_pending it was finished before, took too long, or was never begun here
        @li errc::browser_mismatch the cookie is missing or is another browser's; the login stays
            pending
        @li errc::login_user_mismatch somebody else than login_callback::user began it; the login
            stays pending
        @li errc::state_missing, errc::issuer_parameter_mismatch and what else read_callback() finds
            wrong; the login stays pending
        @li errc::access_denied the user said no; and the other errors of an authorization server
        @li everything that client::async_exchange can produce
        @li condition::storage
        @par Security
        The tokens never pass through the browser. What is pending contains the code verifier: keep it
        in a sealed_store.
    */
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_complete(login_callback callback, CompletionToken&& token = CompletionToken()) const
    {
        return initiate_complete(nullptr, std::move(callback), token);
    }

    /// The same; what went wrong is written to `info` before the handler runs.
    template <class CompletionToken = boost::asio::deferred_t>
    auto async_complete(
        login_callback callback, diagnostics& info, CompletionToken&& token = CompletionToken()
    ) const
    {
        return initiate_complete(&info, std::move(callback), token);
    }

    /** The answer to a request for the client's metadata document, if
        client_settings::client_metadata_url names a URL that this server serves.

        @return status 200 with the document as JSON, with the redirect URI of the settings in it; or
            errc::client_metadata_document_invalid
        @par Specification
        @li draft-ietf-oauth-client-id-metadata-document section 4.1
    */
    ASIOAUTH_DECL result<http_response> client_metadata_response() const;

private:
    template <class CompletionToken>
    auto initiate_begin(
        diagnostics* info, std::string user, begin_params params, CompletionToken& token
    ) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, begun_login)>(
            detail::initiate<begun_login, &detail::start_begin_login>(core_, executor_),
            token,
            info,
            web_,
            std::move(user),
            std::move(params)
        );
    }

    template <class CompletionToken>
    auto initiate_complete(diagnostics* info, login_callback callback, CompletionToken& token) const
    {
        return boost::asio::async_initiate<CompletionToken, void(error_code, completed_login)>(
            detail::initiate<completed_login, &detail::start_complete_login>(core_, executor_),
            token,
            info,
            web_,
            std::move(callback)
        );
    }

    executor_type executor_;
    std::shared_ptr<detail::client_core> core_;
    std::shared_ptr<const detail::web_login> web_;
};

static_assert(!std::is_aggregate_v<begun_login> && !std::is_aggregate_v<completed_login>);

} // namespace asioauth
