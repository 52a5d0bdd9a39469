// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace asioauth {

/** An absolute `http` or `https` URL that passed every check below; it owns its text. Cheap to copy:
    copies share what never changes.

    Parsing is stricter than RFC 3986, because other parsers on the way (a resolver, a browser, a
    server) read lax spellings differently: no user information, no percent-encoding in the host, no
    host that reads as a number in any base except a canonical dotted quad, no empty host or label,
    a port of 1 to 65535, no white space, control characters, backslashes or non-ASCII bytes, at
    most 8192 bytes.

    The text is kept byte for byte, since identifiers (`issuer`, `resource`, redirect URIs) are
    compared as strings. Equality is equality of that text; nothing is normalised.

    @par Thread safety
    @e Distinct @e objects: safe, copies included. @e Shared @e objects: unsafe to modify, safe to
        read.
    @par Specification
    @li RFC 3986; RFC 8414 section 3.3 and RFC 9207 section 2.4 (simple string comparison)
*/
class url
{
public:
    /// An empty object, which is not a URL; `str()` is empty.
    url() = default;

    /** Check `text` and take a copy of it.

        @return the URL, or errc::invalid_url, url_scheme_not_allowed, url_has_credentials,
            url_host_invalid, url_port_invalid or url_too_long. A fragment is accepted here and
            refused by those who must (see has_fragment()).
    */
    ASIOAUTH_DECL static result<url> parse(std::string_view text);

    /// True for an object that is not a URL.
    bool empty() const noexcept { return parts_ == nullptr; }
    /// The text as it was given.
    ASIOAUTH_DECL const std::string& str() const noexcept;
    /// `"http"` or `"https"`.
    std::string_view scheme() const noexcept { return is_https() ? "https" : "http"; }
    /// True for the scheme `https`.
    ASIOAUTH_DECL bool is_https() const noexcept;
    /// The host in lower case, an IPv6 literal without brackets.
    ASIOAUTH_DECL const std::string& host() const noexcept;
    /// True if the host is an IPv4 or IPv6 literal.
    ASIOAUTH_DECL bool host_is_address() const noexcept;
    /// True if the host is an IPv6 literal.
    ASIOAUTH_DECL bool host_is_ipv6() const noexcept;
    /// The port, the scheme's default if none is written.
    ASIOAUTH_DECL std::uint16_t port() const noexcept;
    /// True for `localhost`, names under `.localhost`, 127.0.0.0/8 and ::1. A statement about the
    /// text only; the address that is connected to is checked separately.
    ASIOAUTH_DECL bool host_is_loopback() const noexcept;
    /// The path as written; empty if there is none.
    ASIOAUTH_DECL std::string_view path() const noexcept;
    /// The query without its question mark; empty if there is none.
    ASIOAUTH_DECL std::string_view query() const noexcept;
    /// True if there is a question mark, even with nothing behind it.
    ASIOAUTH_DECL bool has_query() const noexcept;
    /// True if there is a `#` part, even an empty one.
    ASIOAUTH_DECL bool has_fragment() const noexcept;
    /// Path and query as they appear in a request line; `"/"` for an empty path.
    ASIOAUTH_DECL std::string target() const;
    /// `scheme://host[:port]` in lower case, the default port left out.
    ASIOAUTH_DECL std::string origin() const;
    /// The value of a Host field: `host[:port]`, brackets around IPv6, the default port left out.
    ASIOAUTH_DECL std::string authority() const;
    /// The text without query and fragment, for logs and diagnostics.
    ASIOAUTH_DECL std::string without_query() const;

    /// Equal if the texts are, byte for byte.
    ASIOAUTH_DECL friend bool operator==(const url& a, const url& b) noexcept;

private:
    class parts;
    class recent;

    const parts& get() const noexcept;

    std::shared_ptr<const parts> parts_;
};

/// True if both URLs have the same scheme, host and effective port.
ASIOAUTH_DECL bool same_origin(const url& a, const url& b);

/** True if `parent` is the origin and a path prefix of `child` that ends at a segment border.

    `https://h/a` covers `https://h/a`, `https://h/a/` and `https://h/a/b`, not `https://h/ab`. A
    query on `parent` must be equal. Dot segments, encoded slashes and the like in either path make
    the answer false.
*/
ASIOAUTH_DECL bool covers(const url& parent, const url& child);

/** The resource identifier of a URL that a user typed: scheme and host in lower case, default port,
    fragment and a lone root slash removed, everything else as it is.

    @par Specification
    @li MCP 2026-07-28 authorization, "Canonical Server URI"; RFC 8707 section 2
*/
ASIOAUTH_DECL std::string canonical_resource(const url& u);

/** Build `origin + path`, where `path` must begin with a slash. The result can differ from the base
    in nothing but path and query, whatever `path` contains: anything else is errc::invalid_url.
*/
ASIOAUTH_DECL result<url> with_path(const url& base, std::string_view path);

/** Resolve a reference against a base: what a link or a Location field means.

    Dot segments of relative references are removed.
    @return a URL without fragment that passed every check of url::parse(), or an error of that

    @par Specification
    @li RFC 3986 section 5.2
*/
ASIOAUTH_DECL result<url> resolve_reference(const url& base, std::string_view reference);

} // namespace asioauth
