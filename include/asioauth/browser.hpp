// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/user_agent.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {

/// Settings of @ref browser. Setters chain.
class browser_settings
{
public:
    browser_settings() = default;

    /// A program to open the URL with, tried before `BROWSER` and the system's own; called with the
    /// URL as its only argument. No shell is involved.
    browser_settings& command(std::string_view v) { return command_ = v, *this; }
    /// Do not start a program at all; only on_url is called.
    browser_settings& no_launch(bool v) { return no_launch_ = v, *this; }
    /** Called with each authorization URL before a program is started, so that it can be shown to
        the user. The URL holds no secret, but `state`: do not log it.
    */
    browser_settings& on_url(std::function<void(const std::string& url)> f)
    {
        return on_url_ = std::move(f), *this;
    }
    /// Read lines from the terminal (standard input) as pasted redirect URLs while a login waits.
    /// Default off.
    browser_settings& paste_from_terminal(bool v) { return paste_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& command() const noexcept { return command_; }
    bool no_launch() const noexcept { return no_launch_; }
    const std::function<void(const std::string&)>& on_url() const noexcept { return on_url_; }
    bool paste_from_terminal() const noexcept { return paste_; }
    /// @}

private:
    std::string command_;
    bool no_launch_ = false;
    bool paste_ = false;
    std::function<void(const std::string&)> on_url_;
};

/** The default user_agent: starts the user's browser with posix_spawn, never through a shell.

    Tried in order: the command of the settings; the entries of `BROWSER` (colon-separated; the URL
    replaces `%s` or is appended); under WSL `wslview` and Windows' own opener; then xdg-open, x-www-browser, www-browser,
    gio open, sensible-browser; on macOS open. In an SSH session without a display only the first
    two. Only http and https URLs of the characters of RFC 3986 are passed on. The child gets no
    open descriptors of ours and is reaped by a thread that waits for nothing else.

    A program that is missing or ends with a failure within two seconds hands over to the next one;
    one that ends well, or is still running then, has opened the page.

    A pasted line goes to everybody who asks at that time, since only they can tell whose `state` it
    holds.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe; all calls and handlers run on the
        executor given to the constructor, which must be a strand or an io_context run by one
        thread.
    @par Specification
    @li MCP 2026-07-28 security best practices (no shell, scheme allowlist)
*/
class browser final : public user_agent
{
public:
    /// @param ex a strand, or the executor of a context that one thread runs
    /// @param settings which program to start, and who is told the URL
    ASIOAUTH_DECL explicit browser(boost::asio::any_io_executor ex, browser_settings settings = {});
    browser(const browser&) = delete;
    browser& operator=(const browser&) = delete;
    ASIOAUTH_DECL ~browser() override;

    ASIOAUTH_DECL void async_open(url where, opened_handler h) override;
    ASIOAUTH_DECL void async_ask_redirect_url(pasted_handler h) override;

    class impl;

private:
    std::shared_ptr<impl> impl_;
};

} // namespace asioauth
