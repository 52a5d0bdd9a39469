// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>
#include <asioauth/url.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace asioauth {

/** An HTTP proxy to reach servers through, and the servers that are reached without it.

    The proxy is asked for a tunnel (CONNECT), and TLS goes through it to the server: the proxy learns
    host and port, and how much is said when. Loopback hosts are always reached directly.

    @par What becomes of the address policy
    The proxy's own address may be any. What is asked of the proxy is checked before: address literals
    as without a proxy, and names that nobody but a private network knows (without a dot, or under
    `internal`, `local` and the like) are refused unless the policy allows a private network. Any other
    name is looked up by the proxy, and what its address may be is for the rules of the proxy to say.
    With look_up_here() the whole policy holds instead.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe to modify, safe to read.
    @par Specification
    @li RFC 9110 section 9.3.6 (CONNECT); RFC 7617 (Basic)
*/
class proxy_settings
{
public:
    /// Says what a variable of the environment is set to; empty if it is not set.
    using variables = std::function<std::string(const std::string& name)>;

    /// No proxy: every server is reached directly.
    proxy_settings() = default;

    /** A proxy by its address: `http://proxy.example:8080`.

        With `user:password@` in front of the host, both percent-encoded where need be, the proxy is
        shown them (Basic); nobody else is. `http://` may be left out; without a port it is 80.

        @return errc::proxy_invalid, or errc::proxy_scheme_not_supported for `https` and `socks`
            proxies. No message quotes the address, for it may hold a password.
    */
    ASIOAUTH_DECL static result<proxy_settings> parse(std::string_view address);

    /** What the environment says, as curl reads it: the proxy of `https_proxy`, `HTTPS_PROXY`,
        `all_proxy` or `ALL_PROXY`, whichever is set first, and the exceptions of `no_proxy` or
        `NO_PROXY`.

        `HTTP_PROXY` is for plain http, which goes to loopback hosts alone and to those directly. It
        is not read, so that a web server cannot be told a proxy by the field `Proxy` of a request.

        @param get where the variables are; the environment of the process without it, which must not
            change meanwhile
        @return no proxy if none is set, or that proxy; errc::proxy_invalid or
            errc::proxy_scheme_not_supported as of parse()
    */
    ASIOAUTH_DECL static result<proxy_settings> from_environment(const variables& get = {});

    /** Servers to be reached without the proxy, separated by commas or blanks; replaces what was set.

        @li `example.com`, `.example.com` and `*.example.com`: this host and those under it
        @li `192.0.2.1`, `2001:db8::1`, `10.0.0.0/8`, `fd00::/8`: URLs with such an address; no name is
            looked up for this
        @li `example.com:8443`, `[2001:db8::1]:8443`: this port alone
        @li `*`: all of them

        What is none of these stands for no server.
    */
    ASIOAUTH_DECL proxy_settings& except(std::string_view list);

    /** Look names up here instead of leaving it to the proxy, which is told an address that has passed
        the address policy, and no name. Default off.

        For programs that go where strangers tell them. It needs a DNS that knows the servers, which
        networks behind a proxy often do not have, and a proxy whose rules are not about names.
    */
    proxy_settings& look_up_here(bool v = true) noexcept { return look_up_here_ = v, *this; }

    /// There is no proxy.
    bool empty() const noexcept { return address_.empty(); }
    /// Where the proxy is: an `http` URL without user name and password; empty if there is none.
    const url& address() const noexcept { return address_; }
    /// What the proxy is shown, as a whole field value; empty if nothing.
    const secret& authorization() const noexcept { return authorization_; }
    /// What except() was given, one server each, in lower case.
    const std::vector<std::string>& exceptions() const noexcept { return exceptions_; }
    /// What look_up_here() was given.
    bool looks_up_here() const noexcept { return look_up_here_; }

    /// Whether requests to this URL go through the proxy.
    ASIOAUTH_DECL bool is_used_for(const url& target) const;

private:
    url address_;
    secret authorization_;
    std::vector<std::string> exceptions_; // in lower case
    bool look_up_here_ = false;
};

static_assert(!std::is_aggregate_v<proxy_settings>);

} // namespace asioauth
