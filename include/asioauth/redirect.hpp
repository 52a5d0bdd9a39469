// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth {

/// Where to receive redirects. Setters chain.
class redirect_target
{
public:
    redirect_target() = default;

    /// The host that the redirect URI names: `127.0.0.1` (default), `[::1]` or `localhost`.
    /// Whatever the name, only loopback addresses are bound; for `localhost` both families.
    redirect_target& host(std::string_view v) { return host_ = v, *this; }
    /// The port; 0 (default) lets the system choose one.
    redirect_target& port(std::uint16_t v) noexcept { return port_ = v, *this; }
    /// The path. Default `/callback`.
    redirect_target& path(std::string_view v) { return path_ = v, *this; }

    /// Equal if host, port and path are.
    friend bool operator==(const redirect_target&, const redirect_target&) = default;

    /// @{
    /// What was set, or the default.
    const std::string& host() const noexcept { return host_; }
    std::uint16_t port() const noexcept { return port_; }
    const std::string& path() const noexcept { return path_; }
    /// @}

private:
    std::string host_ = "127.0.0.1";
    std::uint16_t port_ = 0;
    std::string path_ = "/callback";
};

/// How a login ended, for the page that the user's browser shows.
class login_outcome
{
public:
    /// The login succeeded.
    login_outcome() = default;
    /// The login failed with `code`; the page shows the code's own text and hint, never server
    /// text.
    explicit login_outcome(error_code code) : code_(code) {}

    /// Success, or why it failed.
    const error_code& code() const noexcept { return code_; }

private:
    error_code code_;
};

/** A redirect that arrived for one login, and the browser that waits for its answer.

    Move-only. Answer it exactly once with reply(); one that is destroyed unanswered tells the
    browser that the login was not finished.
*/
class redirect
{
public:
    redirect() = default;
    /// @param url the whole URL
    /// @param reply called at most once, from any thread; may be empty when nobody waits (a pasted
    /// URL)
    redirect(std::string url, std::function<void(const login_outcome&)> reply)
        : url_(std::move(url))
        , reply_(std::move(reply))
    {}
    /// What is moved from is empty and answers nobody.
    redirect(redirect&& other) noexcept
        : url_(std::move(other.url_))
        , reply_(std::exchange(other.reply_, nullptr))
    {}
    /// The same; a redirect that is replaced is answered as if destroyed.
    ASIOAUTH_DECL redirect& operator=(redirect&& other) noexcept;
    ASIOAUTH_DECL ~redirect();

    /// The whole URL, as if taken from the browser's address bar.
    const std::string& url() const noexcept { return url_; }
    /// Tell the browser how it ended.
    ASIOAUTH_DECL void reply(const login_outcome& outcome);

private:
    std::string url_;
    std::function<void(const login_outcome&)> reply_;
};

} // namespace asioauth
