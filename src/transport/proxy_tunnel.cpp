// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/proxy_tunnel.hpp"

#include "base/ascii.hpp"
#include "transport/response_head.hpp"

#include <asioauth/limits.hpp>

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>

namespace asioauth::detail {
namespace {

namespace ip = boost::asio::ip;

bool offers_basic(const http_response& response)
{
    return std::any_of(response.fields().begin(), response.fields().end(), [](const auto& f) {
        // Good enough for a hint: other schemes have no such parameter.
        return same_ignoring_case(f.first, "Proxy-Authenticate")
            && (" " + lower_case(f.second)).find(" basic") != std::string::npos;
    });
}

} // namespace

std::string tunnel_end(const url& target)
{
    const std::string host = target.host_is_ipv6() ? '[' + target.host() + ']' : target.host();
    return host + ':' + std::to_string(target.port());
}

std::string tunnel_end(const ip::address& a, std::uint16_t port)
{
    const std::string host = a.is_v6() ? '[' + a.to_string() + ']' : a.to_string();
    return host + ':' + std::to_string(port);
}

result<void> check_tunnel(const address_guard& guard, const url& target)
{
    if (!target.host_is_address())
    {
        return guard.allows_name(target.host()) ? result<void>() : blocked(target);
    }
    error_code ec;
    const auto a = ip::make_address(target.host(), ec);
    return !ec && guard.allows(target, a) ? result<void>() : blocked(target);
}

failure blocked(const url& target)
{
    return failure(errc::address_blocked)
        .message("The address of " + target.host() + " is not one that this request may reach.");
}

void assign_tunnel_request(
    request_bytes& out,
    std::string_view end,
    const proxy_settings& proxy,
    std::string_view user_agent
)
{
    out.assign_pieces([&](auto put) {
        put("CONNECT ");
        put(end);
        put(" HTTP/1.1\r\nHost: ");
        put(end);
        put("\r\nUser-Agent: ");
        put(user_agent);
        if (!proxy.authorization().empty())
        {
            put("\r\nProxy-Authorization: ");
            put(proxy.authorization().reveal());
        }
        put("\r\n\r\n");
    });
}

result<bool> tunnel_reader::take(receive_buffer& b, std::size_t received)
{
    wire_ += received;
    for (;;)
    {
        const std::string_view text(static_cast<const char*>(b.data().data()), b.size());
        if (!may_begin_response(text))
        {
            return invalid("is not HTTP");
        }
        const auto at = text.find("\r\n\r\n", searched_ > 3 ? searched_ - 3 : 0);
        const auto later = at == std::string_view::npos ? 0 : text.size() - at - 4;
        if (wire_ - later > limits::proxy_response)
        {
            return invalid("is too long");
        }
        if (at == std::string_view::npos)
        {
            searched_ = text.size();
            return false;
        }
        const auto head = read_response_head(text.substr(0, at + 4), framing_fields::ignore);
        if (!head)
        {
            return invalid("is malformed: " + head.error().info().message());
        }
        b.consume(at + 4);
        searched_ = 0;
        const int status = head->message.status();
        if (status >= 200 || status == 101)
        {
            if (status < 200 || status > 299)
            {
                return refused(head->message);
            }
            return later == 0 ? result<bool>(true)
                              : invalid("has something behind it, where the server cannot have "
                                        "spoken yet");
        }
        if (++interim_ > limits::interim_responses)
        {
            return invalid("is put off too often");
        }
    }
}

failure tunnel_reader::end() const
{
    return failure(errc::connection_lost)
        .message(
            "The proxy " + proxy_.address().authority()
            + " closed the connection without an answer."
        )
        .hint("Ask whoever runs the proxy to allow the server and its port.");
}

failure tunnel_reader::invalid(std::string_view why) const
{
    return failure(errc::proxy_response_invalid)
        .message("What " + proxy_.address().authority() + " answered " + std::string(why) + '.');
}

failure tunnel_reader::refused(const http_response& response) const
{
    const std::string who = "The proxy " + proxy_.address().authority();
    // Of a proxy 401 can mean nothing else; tinyproxy says it to a password that is wrong.
    if (response.status() != 407 && response.status() != 401)
    {
        return failure(errc::proxy_refused)
            .http_status(response.status())
            .message(who + " answered with status " + std::to_string(response.status()) + '.');
    }
    failure wanted(errc::proxy_authentication_required);
    wanted.http_status(response.status());
    if (response.status() == 407 && !offers_basic(response))
    {
        return wanted.message(who + " does not offer Basic authentication.")
            .hint("Ask whoever runs the proxy for a way with a user name and password; other ways "
                  "are not supported.");
    }
    return wanted.message(
        proxy_.authorization().empty() ? who + " wants a user name and password."
                                       : who + " does not accept the user name and password."
    );
}

} // namespace asioauth::detail
