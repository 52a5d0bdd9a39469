// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/params.hpp>
#include <asioauth/secret.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

/// Settings of an @ref authorizer. Setters chain.
class authorizer_settings
{
public:
    /// @{
    /** @param redirect_uri the URL of your callback, as browsers reach it: https, or http on
            loopback; no query. Serve it and what is one segment below it: servers that do not
            identify themselves in their answers (RFC 9207) get a URI each.
    */
    authorizer_settings(std::string_view redirect_uri) // NOLINT(google-explicit-constructor)
        : redirect_uri_(redirect_uri)
    {}
    authorizer_settings(const char* redirect_uri) // NOLINT(google-explicit-constructor)
        : redirect_uri_(redirect_uri)
    {}
    authorizer_settings(std::string redirect_uri) // NOLINT(google-explicit-constructor)
        : redirect_uri_(std::move(redirect_uri))
    {}
    /// @}

    /// How long a user may take. Default 10 minutes.
    authorizer_settings& login_timeout(std::chrono::milliseconds v) noexcept
    {
        return login_timeout_ = v, *this;
    }
    /// The name of the cookie that binds a login to its browser. Default: `__Host-asioauth`, or
    /// `asioauth` for http. Without `__Host-` in front a browser can finish only the login that it
    /// began last.
    authorizer_settings& cookie_name(std::string_view v) { return cookie_name_ = v, *this; }
    /// Let users name servers on this machine (`http://localhost`). Default: no, unless the redirect URI
    /// is on loopback, where only users of this machine can be.
    authorizer_settings& allow_loopback(bool v) noexcept { return loopback_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& redirect_uri() const noexcept { return redirect_uri_; }
    std::chrono::milliseconds login_timeout() const noexcept { return login_timeout_; }
    /// @}
    /// Empty: the default.
    const std::string& cookie_name() const noexcept { return cookie_name_; }
    /// Nothing: the default.
    std::optional<bool> loopback_allowed() const noexcept { return loopback_; }

private:
    std::string redirect_uri_;
    std::chrono::milliseconds login_timeout_{600'000};
    std::string cookie_name_;
    std::optional<bool> loopback_;
};

/// Parameters of authorizer::async_begin.
class begin_params
{
public:
    /// @{
    /// @param resource the URL of an MCP server or web API, as the user gave it
    begin_params(std::string_view resource) // NOLINT(google-explicit-constructor)
        : discover_(resource)
    {}
    begin_params(const char* resource)
        : discover_(resource) {}       // NOLINT(google-explicit-constructor)
    begin_params(std::string resource) // NOLINT(google-explicit-constructor)
        : discover_(std::move(resource))
    {}
    /// @}

    /// The `Cookie` field of the user's request: a browser that has begun another login keeps its
    /// cookie, so that both can be finished.
    begin_params& cookies(std::string_view v) { return cookies_ = v, *this; }
    /// Where the user was; handed back by async_complete, and not looked at.
    begin_params& return_to(std::string_view v) { return return_to_ = v, *this; }
    /// See discover_params::fresh.
    begin_params& fresh(bool v) noexcept { return discover_.fresh(v), *this; }
    /// See authorize_params::scope.
    begin_params& scope(std::string_view v) { return authorize_.scope(v), *this; }
    /// See authorize_params::extra.
    begin_params& extra(std::string_view name, std::string_view value)
    {
        return authorize_.extra(name, value), *this;
    }
    /// See authorize_params::form_post. The cookie is then sent with requests from other sites too.
    begin_params& form_post(bool v) { return authorize_.form_post(v), *this; }
    /// See authorize_params::pushed.
    begin_params& pushed(bool v) noexcept { return authorize_.pushed(v), *this; }
    /// See authorize_params::signed_request.
    begin_params& signed_request(bool v) noexcept { return authorize_.signed_request(v), *this; }
    /// See authorize_params::dpop.
    begin_params& dpop(dpop_use v) noexcept { return authorize_.dpop(v), *this; }
    /// See register_params::initial_access_token.
    begin_params& initial_access_token(secret v)
    {
        return register_.initial_access_token(std::move(v)), *this;
    }
    /// See register_params::force.
    begin_params& force_registration(bool v) { return register_.force(v), *this; }
    /// See discover_params::allow_private_network.
    begin_params& allow_private_network(std::string_view cidr)
    {
        return discover_.allow_private_network(cidr), *this;
    }
    /// See discover_params::allow_loopback. Not more than authorizer_settings::allow_loopback allows.
    begin_params& allow_loopback(bool v) noexcept { return discover_.allow_loopback(v), *this; }
    /// The total deadline. Default 60 s.
    begin_params& timeout(std::chrono::milliseconds v) { return timeout_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const discover_params& discover() const noexcept { return discover_; }
    const register_params& registration() const noexcept { return register_; }
    const authorize_params& authorize() const noexcept { return authorize_; }
    const std::string& cookies() const noexcept { return cookies_; }
    const std::string& return_to() const noexcept { return return_to_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    /// @}

private:
    discover_params discover_;
    register_params register_;
    authorize_params authorize_;
    std::string cookies_;
    std::string return_to_;
    std::chrono::milliseconds timeout_{60'000};
};

/// What the user's browser sent to the callback.
class login_callback
{
public:
    /// @{
    /// A GET request. @param target its request target (`/oauth/callback?code=...`) or whole URL
    login_callback(std::string_view target)
        : target_(target) {}                                // NOLINT(google-explicit-constructor)
    login_callback(const char* target) : target_(target) {} // NOLINT(google-explicit-constructor)
    login_callback(std::string target)                      // NOLINT(google-explicit-constructor)
        : target_(std::move(target))
    {}
    /// @}
    /// A POST request with a form (`response_mode=form_post`).
    login_callback(std::string_view target, secret form)
        : target_(target)
        , form_(std::move(form))
        , posted_(true)
    {}
    /// @{
    /// The code and the cookie that it holds are wiped when it goes.
    login_callback(const login_callback&) = default;
    login_callback(login_callback&&) = default;
    login_callback& operator=(const login_callback&) = default;
    login_callback& operator=(login_callback&&) = default;
    ~login_callback()
    {
        wipe(target_);
        wipe(cookies_);
    }
    /// @}

    /// The `Cookie` field of the request.
    login_callback& cookies(std::string_view v) { return cookies_ = v, *this; }
    /// Who is signed in at your site now: a login that somebody else began, in the same browser
    /// maybe, is refused. Default: whoever began it.
    login_callback& user(std::string_view v) { return user_ = std::string(v), *this; }

    /// @{
    /// What was set, or the default.
    const std::string& target() const noexcept { return target_; }
    const secret& form() const noexcept { return form_; }
    bool posted() const noexcept { return posted_; }
    const std::string& cookies() const noexcept { return cookies_; }
    /// @}
    /// Nothing: whoever began it.
    const std::optional<std::string>& user() const noexcept { return user_; }

private:
    std::optional<std::string> user_;
    std::string target_;
    secret form_;
    bool posted_ = false;
    std::string cookies_;
};

static_assert(!std::is_aggregate_v<authorizer_settings> && !std::is_aggregate_v<begin_params>);
static_assert(!std::is_aggregate_v<login_callback>);

} // namespace asioauth
