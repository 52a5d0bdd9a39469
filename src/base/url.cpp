// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/kept_memory.hpp"
#include "base/of_thread.hpp"
#include "base/url_chars.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/secret.hpp>
#include <asioauth/url.hpp>

#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

// The grammar is checked here, on the raw text, and not by Boost.URL: version 1.81 wraps ports
// above 65535, takes "https:good" and "https:///x" for URLs with a host, ends the host of
// "https://127.0.0.1.example" behind the address, and calls every odd spelling of an IPv4 address a
// name, which getaddrinfo then turns into an address.

namespace asioauth {

namespace {

using detail::end_of_authority;
using detail::end_of_path_chars;
using detail::has_refused_chars;
using detail::is_alpha;
using detail::is_digit;
using detail::is_hex;
using detail::is_refused_char;
using detail::lower_case;
using detail::same_ignoring_case;
using detail::starts_with_ignoring_case;

bool is_canonical_ipv4(std::string_view text) noexcept
{
    for (int octet = 0; octet != 4; ++octet)
    {
        const std::size_t size = std::min(text.find('.'), text.size());
        if (size == 0 || size > 3 || (size > 1 && text[0] == '0')
            || !std::all_of(
                text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), is_digit
            ))
        {
            return false;
        }
        int value = 0;
        for (const char c : text.substr(0, size))
        {
            value = value * 10 + (c - '0');
        }
        const bool last = octet == 3;
        if (value > 255 || last != (size == text.size()))
        {
            return false;
        }
        text.remove_prefix(last ? size : size + 1);
    }
    return true;
}

// WHATWG URL, "ends in a number": what some parser or resolver would read as an IPv4 address.
bool ends_in_a_number(std::string_view host) noexcept
{
    const std::string_view label = host.substr(host.rfind('.') + 1); // npos + 1 is 0
    if (std::all_of(label.begin(), label.end(), is_digit))
    {
        return true;
    }
    return starts_with_ignoring_case(label, "0x")
        && std::all_of(label.begin() + 2, label.end(), is_hex);
}

bool is_host_name(std::string_view host) noexcept
{
    if (host.empty() || host.size() > 253)
    {
        return false;
    }
    std::size_t label = 0;
    for (const char c : host)
    {
        if (c == '.')
        {
            if (label == 0)
            {
                return false;
            }
            label = 0;
        }
        else if (!(is_alpha(c) || is_digit(c) || c == '-' || c == '_') || ++label > 63)
        {
            return false;
        }
    }
    return label != 0; // a final dot makes another spelling of the same host
}

failure refuse(errc code, std::string_view message)
{
    // Without the text itself: it may be a callback URL with a code in it.
    return failure(code).message(message);
}

void append_authority(std::string& out, const url& u)
{
    if (u.host_is_ipv6())
    {
        out.append(1, '[').append(u.host()).append(1, ']');
    }
    else
    {
        out += u.host();
    }
    if (!u.empty() && u.port() != (u.is_https() ? 443 : 80))
    {
        out += ':';
        out += std::to_string(u.port());
    }
}

// The origin with something behind it, in one piece of memory.
std::string origin_and(const url& u, std::string_view rest)
{
    constexpr std::size_t around = std::string_view("https://[]:65535").size();
    std::string out;
    if (!u.empty())
    {
        out.reserve(around + u.host().size() + rest.size());
        out.append(u.scheme()).append("://");
        append_authority(out, u);
    }
    out += rest;
    return out;
}

// Dot segments and whatever some server on the way may turn into one, or into another number of
// segments.
bool has_ambiguous_path(std::string_view path) noexcept
{
    for (std::size_t i = 0; i != path.size(); ++i)
    {
        if (path[i] == '/' && i + 1 != path.size())
        {
            std::size_t end = i + 1;
            while (end != path.size() && path[end] == '.')
            {
                ++end;
            }
            const std::size_t dots = end - i - 1;
            const bool ends = end == path.size() || path[end] == '/' || path[end] == ';';
            if (path[i + 1] == '/' || (ends && (dots == 1 || dots == 2)))
            {
                return true;
            }
        }
        if (path[i] == '%')
        {
            const std::string code = lower_case(path.substr(i + 1, 2));
            if (code == "2e" || code == "2f" || code == "5c" || code == "25" || code == "00"
                || code == "3b")
            {
                return true;
            }
        }
    }
    return false;
}

} // namespace

class url::parts
{
public:
    enum class host_kind : std::uint8_t
    {
        name,
        ipv4,
        ipv6
    };

    parts() = default;
    parts(parts&&) = default;
    parts& operator=(parts&&) = delete;
    // The query of an authorization URL or a callback has what is no longer to be known.
    ~parts()
    {
        if (query_size != 0)
            wipe(text);
    }

    using place = std::uint16_t;
    static_assert(limits::url_size <= std::numeric_limits<place>::max());

    std::string_view part(place at, place size) const noexcept
    {
        return std::string_view(text).substr(at, size);
    }

    std::string text;
    std::string host;
    place path = 0;
    place path_size = 0;
    place query = 0;
    place query_size = 0;
    place fragment = 0;
    std::uint16_t port = 0;
    bool https = false;
    host_kind kind = host_kind::name;
};

/** The URLs that a thread has read last. The same few are read again and again: those of a server in its
    metadata, in records and in requests. None with a query is among them: there may be secrets in it.
*/
class url::recent
{
public:
    // Where a text is, unless another one is there.
    std::shared_ptr<const parts>& seat_of(std::string_view text) noexcept
    {
        return seats_[std::hash<std::string_view>()(text) % seats_.size()];
    }

    static bool may_keep(const parts& p) noexcept
    {
        return p.query == 0 && p.fragment == 0 && p.text.size() <= longest;
    }

private:
    static constexpr std::size_t longest = 256;

    std::array<std::shared_ptr<const parts>, 64> seats_;
};

const url::parts& url::get() const noexcept
{
    static const parts none;
    return parts_ ? *parts_ : none;
}

const std::string& url::str() const noexcept
{
    return get().text;
}

bool url::is_https() const noexcept
{
    return get().https;
}

const std::string& url::host() const noexcept
{
    return get().host;
}

bool url::host_is_address() const noexcept
{
    return get().kind != parts::host_kind::name;
}

bool url::host_is_ipv6() const noexcept
{
    return get().kind == parts::host_kind::ipv6;
}

std::uint16_t url::port() const noexcept
{
    return get().port;
}

std::string_view url::path() const noexcept
{
    return get().part(get().path, get().path_size);
}

std::string_view url::query() const noexcept
{
    return get().part(get().query, get().query_size);
}

bool url::has_query() const noexcept
{
    return get().query != 0;
}

bool url::has_fragment() const noexcept
{
    return get().fragment != 0;
}

bool operator==(const url& a, const url& b) noexcept
{
    return a.parts_ == b.parts_ || a.str() == b.str();
}

result<url> url::parse(std::string_view text)
{
    if (text.size() > limits::url_size)
    {
        return refuse(errc::url_too_long, "");
    }
    if (text.empty())
    {
        return refuse(errc::invalid_url, "It is empty.");
    }
    auto* const known = detail::of_thread<recent>::get();
    auto* const seat = known != nullptr ? &known->seat_of(text) : nullptr;
    url made;
    if (seat != nullptr && *seat && (*seat)->text == text)
    {
        made.parts_ = *seat;
        return made;
    }
    if (has_refused_chars(text))
    {
        const char bad = *std::find_if(text.begin(), text.end(), is_refused_char);
        return refuse(
            errc::invalid_url,
            bad == '\\' ? "It contains a backslash."
                : bad == ' '
                ? "It contains a blank."
                : "It contains a control character or one that is not ASCII; write such "
                  "characters percent-encoded, and international host names in their xn-- form."
        );
    }

    const std::size_t colon = text.find_first_of(":/?#");
    if (colon == std::string_view::npos || colon == 0 || text[colon] != ':' || !is_alpha(text[0]))
    {
        return refuse(errc::invalid_url, "It does not begin with https://.");
    }
    parts out;
    const std::string_view scheme = text.substr(0, colon);
    out.https = same_ignoring_case(scheme, "https");
    if (!out.https && !same_ignoring_case(scheme, "http"))
    {
        const bool well_formed = std::all_of(scheme.begin(), scheme.end(), [](char c) {
            return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
        });
        return refuse(
            well_formed ? errc::url_scheme_not_allowed : errc::invalid_url,
            "It does not begin with https:// or http://."
        );
    }
    if (text.substr(colon + 1, 2) != "//")
    {
        return refuse(errc::invalid_url, "There are no two slashes behind the scheme.");
    }

    const std::size_t authority_begin = colon + 3;
    const std::size_t authority_end = end_of_authority(text, authority_begin);
    const std::string_view authority =
        text.substr(authority_begin, authority_end - authority_begin);
    if (authority.find('@') != std::string_view::npos)
    {
        return refuse(errc::url_has_credentials, "");
    }

    std::size_t host_end = 0;
    if (authority.substr(0, 1) == "[")
    {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos)
        {
            return refuse(errc::url_host_invalid, "A closing bracket is missing.");
        }
        // Boost.URL takes hexadecimal digits, colons and dots only: no zone, no future version.
        const auto address = boost::urls::parse_ipv6_address(authority.substr(1, bracket - 1));
        if (!address)
        {
            return refuse(
                errc::url_host_invalid, "What stands in brackets is no IPv6 address without a zone."
            );
        }
        out.host = lower_case(std::string_view(address->to_string()));
        out.kind = parts::host_kind::ipv6;
        host_end = bracket + 1;
        if (host_end != authority.size() && authority[host_end] != ':')
        {
            return refuse(errc::url_host_invalid, "There is something behind the brackets.");
        }
    }
    else
    {
        host_end = std::min(authority.find(':'), authority.size());
        const std::string_view host = authority.substr(0, host_end);
        if (!is_host_name(host))
        {
            return refuse(
                errc::url_host_invalid,
                host.empty() ? "The host is missing."
                             : "The host is not made of labels of letters, digits, hyphens and "
                               "underscores, separated by single dots."
            );
        }
        if (ends_in_a_number(host))
        {
            if (!is_canonical_ipv4(host))
            {
                return refuse(
                    errc::url_host_invalid,
                    "The host ends in a number but is not an IPv4 address of four decimal numbers "
                    "without leading zeros."
                );
            }
            out.kind = parts::host_kind::ipv4;
        }
        out.host = lower_case(host);
    }

    out.port = out.https ? 443 : 80;
    if (host_end != authority.size())
    {
        const std::string_view digits = authority.substr(host_end + 1);
        if (digits.empty() || digits.size() > 5 || digits[0] == '0'
            || !std::all_of(digits.begin(), digits.end(), is_digit))
        {
            return refuse(errc::url_port_invalid, "");
        }
        unsigned value = 0;
        for (const char c : digits)
        {
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        if (value > 65535)
        {
            return refuse(errc::url_port_invalid, "");
        }
        out.port = static_cast<std::uint16_t>(value);
    }

    const auto place = [](std::size_t at) { return static_cast<parts::place>(at); };
    out.path = place(authority_end);
    std::size_t at = end_of_path_chars(text, authority_end, false);
    out.path_size = place(at - authority_end);
    if (at != text.size() && text[at] == '?')
    {
        const std::size_t query = at + 1;
        at = end_of_path_chars(text, query, true);
        out.query = place(query);
        out.query_size = place(at - query);
    }
    if (at != text.size() && text[at] == '#')
    {
        const std::size_t fragment = at + 1;
        at = end_of_path_chars(text, fragment, true);
        out.fragment = place(fragment);
    }
    if (at != text.size())
    {
        return refuse(
            errc::invalid_url,
            "It contains a character that has to be percent-encoded, or a percent sign without two "
            "hexadecimal digits."
        );
    }
    out.text = text;
    if (seat != nullptr && recent::may_keep(out))
    {
        made.parts_ = std::make_shared<const parts>(std::move(out));
        *seat = made.parts_;
        return made;
    }
    const detail::kept_allocator<parts> memory;
    made.parts_ = std::allocate_shared<const parts>(memory, std::move(out));
    return made;
}

bool url::host_is_loopback() const noexcept
{
    const std::string& name = host();
    switch (get().kind)
    {
    case parts::host_kind::ipv4: return name.compare(0, 4, "127.") == 0;
    case parts::host_kind::ipv6: return name == "::1";
    case parts::host_kind::name: break;
    }
    return name == "localhost" || name.ends_with(".localhost");
}

std::string url::target() const
{
    if (empty())
    {
        return {};
    }
    std::string out(path().empty() ? std::string_view("/") : path());
    if (has_query())
    {
        out += '?';
        out += query();
    }
    return out;
}

std::string url::authority() const
{
    std::string out;
    append_authority(out, *this);
    return out;
}

std::string url::origin() const
{
    return origin_and(*this, {});
}

std::string url::without_query() const
{
    return str().substr(0, get().path + get().path_size);
}

bool same_origin(const url& a, const url& b)
{
    return !a.empty() && a.is_https() == b.is_https() && a.host() == b.host()
        && a.port() == b.port();
}

bool covers(const url& parent, const url& child)
{
    if (!same_origin(parent, child) || parent.has_fragment() || has_ambiguous_path(parent.path())
        || has_ambiguous_path(child.path()))
    {
        return false;
    }
    if (parent.has_query() && (!child.has_query() || parent.query() != child.query()))
    {
        return false;
    }
    const std::string_view prefix = parent.path();
    const std::string_view path = child.path();
    if (prefix.empty() || prefix == "/")
    {
        return true;
    }
    return path.substr(0, prefix.size()) == prefix
        && (path.size() == prefix.size() || prefix.back() == '/' || path[prefix.size()] == '/');
}

std::string canonical_resource(const url& u)
{
    std::string rest;
    if (u.has_query())
    {
        rest.append(u.path()).append(1, '?').append(u.query());
        return origin_and(u, rest);
    }
    return origin_and(u, u.path() == "/" ? std::string_view() : u.path());
}

result<url> with_path(const url& base, std::string_view path)
{
    if (base.empty() || path.empty() || path[0] != '/')
    {
        return refuse(errc::invalid_url, "A path has to begin with a slash.");
    }
    auto made = url::parse(origin_and(base, path));
    if (made && (!same_origin(*made, base) || made->has_fragment()))
    {
        return refuse(errc::invalid_url, "A path cannot contain a # sign.");
    }
    return made;
}

} // namespace asioauth
