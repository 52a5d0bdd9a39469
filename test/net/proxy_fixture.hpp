// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "net/http_client_fixture.hpp"

#include <asioauth/proxy_settings.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace asioauth::testing {

constexpr std::string_view tunnel_is_there = "HTTP/1.1 200 Connection established\r\n\r\n";

inline void copy_all(boost::asio::ip::tcp::socket& from, boost::asio::ip::tcp::socket& to)
{
    std::array<char, 4096> bytes{};
    boost::system::error_code ec;
    while (!ec)
    {
        const auto n = from.read_some(boost::asio::buffer(bytes), ec);
        error_code sent;
        boost::asio::write(to, boost::asio::buffer(bytes.data(), n), sent);
        ec = sent ? sent : ec;
    }
    to.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ec);
    from.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ec);
}

/// What a proxy does once it has answered: bytes go both ways until one side closes.
inline void relay(peer& p, std::uint16_t port)
{
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket s(io);
    boost::system::error_code ec;
    s.connect({boost::asio::ip::address_v4::loopback(), port}, ec);
    std::thread back([&] { copy_all(s, p.socket()); });
    copy_all(p.socket(), s);
    back.join();
}

/** A client behind a proxy, proxy.example, which is at a private address.

    Names that were looked up, and the addresses that were dialled, are kept. Public addresses lead to
    `direct_port`.
*/
class proxy_fixture : public http_client_fixture
{
public:
    proxy_fixture()
    {
        known->names["proxy.example"] = {"10.9.8.7"};
        hooks.lookup =
            [k = known](const std::string& host, detail::resolver::addresses& found) -> error_code {
            const std::lock_guard lock(k->mutex);
            k->asked.push_back(host);
            for (const auto& text : k->names[host])
            {
                found.push_back(boost::asio::ip::make_address(text));
            }
            return found.empty() ? make_error_code(errc::name_not_resolved) : error_code();
        };
        hooks.route = [this](const boost::asio::ip::tcp::endpoint& e) {
            dialled.push_back(e.address().to_string() + ' ' + std::to_string(e.port()));
            const bool to_proxy = e.address() == boost::asio::ip::make_address("10.9.8.7");
            return boost::asio::ip::tcp::endpoint(
                boost::asio::ip::address_v4::loopback(), to_proxy ? proxy_port : direct_port
            );
        };
        use("http://proxy.example:3128");
    }

    void use(std::string_view address, std::string_view except = {})
    {
        auto p = proxy_settings::parse(address).value();
        p.except(except);
        settings.proxy(std::move(p));
    }

    /// A proxy that follows a script, told the head of each request.
    loopback_server& start_proxy(std::function<void(peer&, const std::string& head)> script)
    {
        const auto k = known;
        {
            const std::lock_guard lock(k->mutex);
            k->heads.clear();
        }
        proxy = std::make_unique<loopback_server>([k, script](peer& p) {
            const auto head = p.read_request();
            {
                const std::lock_guard lock(k->mutex);
                k->heads.push_back(head);
            }
            script(p, head);
        });
        proxy_port = proxy->port();
        return *proxy;
    }

    /// A proxy that connects everybody to this server.
    loopback_server& start_proxy_to(const loopback_server& server)
    {
        return start_proxy([port = server.port()](peer& p, const std::string&) {
            p.write(tunnel_is_there);
            relay(p, port);
        });
    }

    /// A proxy that says this and waits.
    loopback_server& start_proxy_that_says(std::string text)
    {
        return start_proxy([text = std::move(text)](peer& p, const std::string&) {
            p.write(text);
            p.read_to_end();
        });
    }

    static http_request to(std::string_view target, request_kind kind = request_kind::metadata)
    {
        return http_request(kind, "GET", url::parse(target).value());
    }

    static http_request to_server() { return to("https://good.example/"); }

    std::vector<std::string> asked() const
    {
        const std::lock_guard lock(known->mutex);
        return known->asked;
    }

    /// What the proxy was asked for.
    std::vector<std::string> heads() const
    {
        const std::lock_guard lock(known->mutex);
        return known->heads;
    }

    bool was_asked(std::string_view host) const
    {
        const auto all = asked();
        return std::find(all.begin(), all.end(), host) != all.end();
    }

    struct memory
    {
        std::mutex mutex;
        std::map<std::string, std::vector<std::string>> names;
        std::vector<std::string> asked;
        std::vector<std::string> heads;
    };

    std::shared_ptr<memory> known = std::make_shared<memory>(); // for threads that may outlive us
    std::vector<std::string> dialled;
    std::unique_ptr<loopback_server> proxy;
    std::uint16_t proxy_port = 1;
    std::uint16_t direct_port = 1;
};

} // namespace asioauth::testing
