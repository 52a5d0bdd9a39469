// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/authorization.hpp>
#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/registration.hpp>
#include <asioauth/redirect.hpp>
#include <asioauth/token_grant.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

// Parameters of the client's operations. Every class has user-written constructors and chainable
// setters; none is an aggregate, since g++ 12 frees aggregate temporaries twice inside a co_await
// expression.

/// Parameters of client::async_discover.
class discover_params
{
public:
    /// @{
    /// @param resource the URL of an MCP server or web API, as the user gave it
    discover_params(std::string_view resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    discover_params(const char* resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    discover_params(std::string resource)
        : resource_(std::move(resource)) {} // NOLINT(google-explicit-constructor)
    /// @}

    /// Allow addresses of this private network, given as `address/prefix-length`, over https. It holds
    /// for every request that this leads to, also where a server leads it: see
    /// address_policy::allow_private_network.
    discover_params& allow_private_network(std::string_view cidr)
    {
        return policy_.allow_private_network(cidr), *this;
    }
    /// Whether a loopback URL is consent to talk to this machine. Default true: the program's own user
    /// gave it. Say false for one that comes from elsewhere, as from a user of a web site.
    discover_params& allow_loopback(bool v) noexcept { return loopback_ = v, *this; }
    /// Ask the servers again for what the client still remembers; see
    /// client_settings::metadata_cache_size. Default false.
    discover_params& fresh(bool v) noexcept { return fresh_ = v, *this; }
    /// The total deadline. Default 60 s.
    discover_params& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& resource() const noexcept { return resource_; }
    const address_policy& policy() const noexcept { return policy_; }
    bool loopback_allowed() const noexcept { return loopback_; }
    bool fresh() const noexcept { return fresh_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    /// @}

private:
    std::string resource_;
    address_policy policy_;
    bool loopback_ = true;
    bool fresh_ = false;
    std::chrono::milliseconds timeout_{60'000};
};

/// Parameters of client::async_register.
class register_params
{
public:
    /// The defaults.
    register_params() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// Where redirects shall go. Default: the client's settings.
    register_params& redirect(redirect_target v) { return redirect_ = std::move(v), *this; }
    /// Register a redirect URI of a server of yours instead of the library's own listener: https,
    /// or http on loopback.
    register_params& redirect_uri(std::string_view v) { return redirect_uri_ = v, *this; }
    /// Register even if a registration is stored.
    register_params& force(bool v) { return force_ = v, *this; }
    /// The token endpoint authentication method to prefer. Default: the client's settings.
    register_params& auth_method(token_endpoint_auth_method m) { return auth_method_ = m, *this; }
    /// A token that this server wants to see before it registers anybody (RFC 7591 section 3).
    register_params& initial_access_token(secret v)
    {
        return initial_access_token_ = std::move(v), *this;
    }
    /// Register for this grant instead of the authorization code grant: the client then needs no
    /// redirect URI.
    register_params& grant(const token_grant& v) { return grant_type_ = v.grant_type(), *this; }
    /// The total deadline. Default 60 s.
    register_params& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::optional<redirect_target>& redirect() const noexcept { return redirect_; }
    const std::string& redirect_uri() const noexcept { return redirect_uri_; }
    bool force() const noexcept { return force_; }
    std::optional<token_endpoint_auth_method> auth_method() const noexcept { return auth_method_; }
    const secret& initial_access_token() const noexcept { return initial_access_token_; }
    /// Empty: the authorization code grant.
    const std::string& grant_type() const noexcept { return grant_type_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    /// @}

private:
    std::optional<redirect_target> redirect_;
    std::string redirect_uri_;
    bool force_ = false;
    std::optional<token_endpoint_auth_method> auth_method_;
    secret initial_access_token_;
    std::string grant_type_;
    std::chrono::milliseconds timeout_{60'000};
};

/// Parameters of client::async_authorize.
class authorize_params
{
public:
    /// The defaults.
    authorize_params() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// Space-separated scopes; they win over those of the challenge and of the metadata.
    authorize_params& scope(std::string_view v) { return options_.scope(v), *this; }
    /// A further parameter of the authorization URL, for example `prompt`.
    authorize_params& extra(std::string_view name, std::string_view value)
    {
        return options_.extra(name, value), *this;
    }
    /// Push the request to the server instead of sending it through the browser (RFC 9126), even if
    /// the server does not ask for that.
    authorize_params& pushed(bool v) noexcept { return options_.pushed(v), *this; }
    /// Sign the request (RFC 9101) with the profile's key, even if the server does not ask for that.
    authorize_params& signed_request(bool v) noexcept { return options_.signed_request(v), *this; }
    /// Send an OpenID Connect nonce; the ID token that comes back is checked. Default: whenever the
    /// scope has `openid`.
    authorize_params& nonce(bool v) noexcept { return options_.nonce(v), *this; }
    /// Have the answer sent as a form instead of in the URL (`response_mode=form_post`): for a
    /// callback that takes POST, see @ref authorizer. The library's own listener does not.
    authorize_params& form_post(bool v)
    {
        return options_.response_mode(v ? "form_post" : ""), *this;
    }
    /// When to bind the tokens to a key. Default: the client's settings.
    authorize_params& dpop(dpop_use v) noexcept { return dpop_ = v, *this; }
    /// How long to wait for the user, in the browser or, with the device grant of async_login, on
    /// another device. Then errc::user_timeout. Default 10 minutes.
    authorize_params& user_timeout(std::chrono::milliseconds v) { return user_timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const authorization_options& options() const noexcept { return options_; }
    std::optional<dpop_use> dpop() const noexcept { return dpop_; }
    std::chrono::milliseconds user_timeout() const noexcept { return user_timeout_; }
    /// @}

private:
    authorization_options options_;
    std::optional<dpop_use> dpop_;
    std::chrono::milliseconds user_timeout_{600'000};
};

/// Parameters of client::async_login: those of the four operations together.
class login_params
{
public:
    /// @{
    /// @param resource the URL of an MCP server or web API, as the user gave it
    login_params(std::string_view resource)
        : discover_(resource) {} // NOLINT(google-explicit-constructor)
    login_params(const char* resource)
        : discover_(resource) {} // NOLINT(google-explicit-constructor)
    login_params(std::string resource)
        : discover_(std::move(resource)) {} // NOLINT(google-explicit-constructor)
    /// @}

    /// Whose login it is, for programs that serve several users. Default: the empty name.
    login_params& user(std::string_view v) { return user_ = v, *this; }
    /// See authorize_params::scope.
    login_params& scope(std::string_view v) { return authorize_.scope(v), *this; }
    /// See authorize_params::extra.
    login_params& extra(std::string_view name, std::string_view value)
    {
        return authorize_.extra(name, value), *this;
    }
    /// See authorize_params::user_timeout.
    login_params& user_timeout(std::chrono::milliseconds v)
    {
        return authorize_.user_timeout(v), *this;
    }
    /// See register_params::redirect.
    login_params& redirect(redirect_target v) { return register_.redirect(std::move(v)), *this; }
    /// See register_params::auth_method.
    login_params& auth_method(token_endpoint_auth_method m)
    {
        return register_.auth_method(m), *this;
    }
    /// See register_params::initial_access_token.
    login_params& initial_access_token(secret v)
    {
        return register_.initial_access_token(std::move(v)), *this;
    }
    /// How to get the tokens. Default: through a browser.
    login_params& grant(token_grant v)
    {
        register_.grant(v);
        grant_ = std::move(v);
        return *this;
    }
    /// See authorize_params::dpop.
    login_params& dpop(dpop_use v) noexcept { return authorize_.dpop(v), *this; }
    /// See authorize_params::pushed.
    login_params& pushed(bool v) noexcept { return authorize_.pushed(v), *this; }
    /// See authorize_params::signed_request.
    login_params& signed_request(bool v) noexcept { return authorize_.signed_request(v), *this; }
    /// See discover_params::allow_private_network.
    login_params& allow_private_network(std::string_view cidr)
    {
        return discover_.allow_private_network(cidr), *this;
    }
    /// See discover_params::allow_loopback.
    login_params& allow_loopback(bool v) noexcept { return discover_.allow_loopback(v), *this; }
    /// See discover_params::fresh.
    login_params& fresh(bool v) noexcept { return discover_.fresh(v), *this; }
    /// Send the user even if a stored token is still good.
    login_params& force(bool v) { return force_ = v, *this; }
    /// Never send the user: complete with errc::login_required where that would be needed. A request
    /// of the session that needs more scopes from the user ends with errc::step_up_refused, and
    /// client_settings::allow_step_up is not asked.
    login_params& silent(bool v) { return silent_ = v, *this; }
    /// Only look into the store: the login as it is there, also if its token has ended, without a
    /// request to anybody; errc::login_required if there is none. For programs that open many, and
    /// for logging out.
    login_params& as_stored(bool v) { return as_stored_ = v, *this; }
    /// The deadline for everything but the waiting for the user. Default 120 s.
    login_params& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const discover_params& discover() const noexcept { return discover_; }
    const register_params& registration() const noexcept { return register_; }
    const authorize_params& authorize() const noexcept { return authorize_; }
    const token_grant& grant() const noexcept { return grant_; }
    const std::string& user() const noexcept { return user_; }
    bool force() const noexcept { return force_; }
    bool silent() const noexcept { return silent_; }
    bool as_stored() const noexcept { return as_stored_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    /// @}

private:
    discover_params discover_;
    register_params register_;
    authorize_params authorize_;
    token_grant grant_;
    std::string user_;
    bool force_ = false;
    bool silent_ = false;
    bool as_stored_ = false;
    std::chrono::milliseconds timeout_{120'000};
};

/** An authorization code together with everything that exchanging it needs, and the browser that
    waits for the outcome.

    Copies share one code, which can be exchanged once. If the last copy goes unused, the browser is
    told that the login was not finished.

    Copies must not outlive the execution context of the client that they came from.
*/
class authorization_code
{
public:
    authorization_code() = default;
    /// For a redirect that a server of yours received: `pending` from make_authorization_request,
    /// `code` from read_callback.
    ASIOAUTH_DECL
    authorization_code(pending_authorization pending, secret code, redirect arrived = {});

    /// False for a default-constructed object.
    explicit operator bool() const noexcept { return state_ != nullptr; }
    /// What was requested. Precondition: `*this` is not empty.
    ASIOAUTH_DECL const pending_authorization& pending() const noexcept;

    class state;
    /// For the library.
    const std::shared_ptr<state>& shared() const noexcept { return state_; }

private:
    std::shared_ptr<state> state_;
};

/// Parameters of client::async_request_token.
class token_params
{
public:
    /// @param grant any but the authorization code grant, which async_authorize and async_exchange do
    token_params(token_grant grant)
        : grant_(std::move(grant)) {} // NOLINT(google-explicit-constructor)

    /// Space-separated scopes; they win over those of the challenge and of the metadata.
    token_params& scope(std::string_view v) { return scope_ = v, *this; }
    /// When to bind the tokens to a key. Default: the client's settings.
    token_params& dpop(dpop_use v) noexcept { return dpop_ = v, *this; }
    /// The total deadline. Default: 60 s; for the device grant 10 minutes, and never more than the
    /// device code lives.
    token_params& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const token_grant& grant() const noexcept { return grant_; }
    const std::string& scope() const noexcept { return scope_; }
    std::optional<dpop_use> dpop() const noexcept { return dpop_; }
    std::chrono::milliseconds timeout() const noexcept
    {
        if (timeout_)
            return *timeout_;
        const bool person = grant_.what() == token_grant::kind::device_code;
        return std::chrono::milliseconds(person ? 600'000 : 60'000);
    }
    /// @}

private:
    token_grant grant_;
    std::string scope_;
    std::optional<dpop_use> dpop_;
    std::optional<std::chrono::milliseconds> timeout_;
};

static_assert(!std::is_aggregate_v<token_params>);
static_assert(!std::is_aggregate_v<discover_params> && !std::is_aggregate_v<register_params>);
static_assert(!std::is_aggregate_v<authorize_params> && !std::is_aggregate_v<login_params>);
static_assert(!std::is_aggregate_v<discovery> && !std::is_aggregate_v<registration>);
static_assert(!std::is_aggregate_v<authorization_code> && !std::is_aggregate_v<redirect_target>);

} // namespace asioauth
