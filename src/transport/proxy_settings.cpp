// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "protocol/basic_credentials.hpp"
#include "transport/address_policy.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/proxy_settings.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <system_error>
#include <utility>

namespace asioauth {
namespace {

namespace ip = boost::asio::ip;
using detail::lower_case;

constexpr std::string_view blanks = " \t\r\n";

failure refuse(std::string_view why)
{
    return failure(errc::proxy_invalid).message(why);
}

std::string variable(const std::string& name)
{
    // The contract says that nobody changes the environment meanwhile.
    const char* const value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string() : value;
}

// The name of the first variable that says something; empty if none does. Takes what it says.
std::string_view take_first(
    const proxy_settings::variables& get,
    std::initializer_list<const char*> names,
    std::string& value
)
{
    for (const char* name : names)
    {
        value = get(name);
        if (!detail::trimmed(value, blanks).empty())
        {
            return name;
        }
    }
    return {};
}

// What may stand in a user name or password (RFC 7617), percent-decoded. False if it is none.
bool append_decoded(std::string& out, std::string_view text)
{
    for (std::size_t i = 0; i != text.size(); ++i)
    {
        unsigned char c = static_cast<unsigned char>(text[i]);
        if (c == '%')
        {
            const auto digits = text.substr(i + 1, 2);
            const auto [end, ec] =
                std::from_chars(digits.data(), digits.data() + digits.size(), c, 16);
            if (digits.size() != 2 || ec != std::errc() || end != digits.data() + 2)
            {
                return false;
            }
            i += 2;
        }
        if (c < 0x20 || c == 0x7f)
        {
            return false;
        }
        out += static_cast<char>(c);
    }
    return true;
}

result<secret> basic_authorization(std::string_view credentials)
{
    const auto colon = std::min(credentials.find(':'), credentials.size());
    std::string joined;
    joined.reserve(credentials.size() + 1);
    bool good = append_decoded(joined, credentials.substr(0, colon))
        && joined.find(':') == std::string::npos;
    joined += ':';
    good =
        good && append_decoded(joined, credentials.substr(std::min(colon + 1, credentials.size())));
    if (!good)
    {
        wipe(joined);
        return refuse(
            "The user name or password has a control character in it, a colon in the user "
            "name, or a percent sign without two hexadecimal digits."
        );
    }
    return detail::basic_credentials(joined);
}

// --- Exceptions ------------------------------------------------------------------------------

// Takes the port off; 0 if there is none.
std::optional<std::uint16_t> take_port(std::string_view& host)
{
    const auto colon = host.rfind(':');
    const bool bracketed = host.front() == '[';
    if (colon == std::string_view::npos || (bracketed && colon < host.rfind(']'))
        || (!bracketed && host.find(':') != colon)) // an IPv6 address
    {
        return 0;
    }
    std::uint16_t port = 0;
    const char* const last = host.data() + host.size();
    const auto [end, ec] = std::from_chars(host.data() + colon + 1, last, port);
    host = host.substr(0, colon);
    if (ec != std::errc() || end != last || port == 0)
    {
        return std::nullopt;
    }
    return port;
}

bool has_address(std::string_view network, const ip::address& a)
{
    if (network.size() > 1 && network.front() == '[' && network.back() == ']')
    {
        network = network.substr(1, network.size() - 2);
    }
    if (const auto read = detail::address_network::parse(network))
    {
        return read->contains(a);
    }
    error_code ec;
    return ip::make_address(std::string(network), ec) == a && !ec;
}

bool stands_for(std::string_view exception, const url& target)
{
    if (exception == "*")
    {
        return true;
    }
    const auto port = take_port(exception);
    if (!port || (*port != 0 && *port != target.port()))
    {
        return false;
    }
    if (target.host_is_address())
    {
        error_code ec;
        const auto a = ip::make_address(target.host(), ec);
        return !ec && has_address(exception, a);
    }
    exception.remove_prefix(exception.substr(0, 2) == "*." ? 1 : 0);
    exception.remove_prefix(exception.substr(0, 1) == "." ? 1 : 0);
    exception.remove_suffix(!exception.empty() && exception.back() == '.' ? 1 : 0);
    const std::string_view host = target.host();
    return !exception.empty() && host.ends_with(exception)
        && (host.size() == exception.size() || host[host.size() - exception.size() - 1] == '.');
}

} // namespace

result<proxy_settings> proxy_settings::parse(std::string_view address)
{
    address = detail::trimmed(address, blanks);
    if (const auto colon = address.find("://"); colon != std::string_view::npos)
    {
        if (!detail::same_ignoring_case(address.substr(0, colon), "http"))
        {
            return failure(errc::proxy_scheme_not_supported)
                .message("Its address does not begin with http://.");
        }
        address.remove_prefix(colon + 3);
    }
    const auto path = std::min(address.find_first_of("/?#"), address.size());
    if (address.size() - path > 1 || (path != address.size() && address[path] != '/'))
    {
        return refuse("There is something behind host and port; special characters of a password "
                      "have to be percent-encoded.");
    }
    address = address.substr(0, path);
    proxy_settings out;
    if (const auto at = address.rfind('@'); at != std::string_view::npos)
    {
        auto shown = basic_authorization(address.substr(0, at));
        if (!shown)
        {
            return shown.error();
        }
        out.authorization_ = std::move(*shown);
        address.remove_prefix(at + 1);
    }
    auto where = url::parse("http://" + std::string(address));
    if (!where)
    {
        return refuse(where.error().info().message());
    }
    out.address_ = std::move(*where);
    return out;
}

result<proxy_settings> proxy_settings::from_environment(const variables& get)
{
    const variables& of = get ? get : variables(&variable);
    std::string value;
    const auto name =
        take_first(of, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, value);
    if (name.empty())
    {
        return proxy_settings();
    }
    auto out = parse(value);
    wipe(value);
    if (!out)
    {
        // The message says what to look at, since nobody has given an address to anything.
        const std::string why = out.error().info().message();
        return out.error().message("The variable " + std::string(name) + ": " + why);
    }
    take_first(of, {"no_proxy", "NO_PROXY"}, value);
    out->except(value);
    return out;
}

proxy_settings& proxy_settings::except(std::string_view list)
{
    constexpr std::string_view separators = ", \t\r\n";
    exceptions_.clear();
    while (!list.empty())
    {
        const auto end = std::min(list.find_first_of(separators), list.size());
        if (end != 0)
        {
            exceptions_.push_back(lower_case(list.substr(0, end)));
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return *this;
}

bool proxy_settings::is_used_for(const url& target) const
{
    return !empty() && !target.empty() && !target.host_is_loopback()
        && std::none_of(exceptions_.begin(), exceptions_.end(), [&](const std::string& e) {
               return stands_for(e, target);
           });
}

} // namespace asioauth
