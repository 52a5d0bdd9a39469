// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Lesson 10: a hub in a Beast server of yours.
//
// A site with two users. What is below /hub is the hub's: its pages, its JSON, its events, and the
// integrations themselves. The site says who asks, and answers everything else.
//
//     10_hub_in_beast [--port N]

#include "servers/command_line.hpp"
#include "support/co_main.hpp"
#include "support/small_site.hpp"

#include <asioauth/hub.hpp>
#include <asioauth/hub_beast.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <chrono>
#include <cstdlib>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using request_type = http::request<http::string_body>;

constexpr std::uint64_t most_body = 1'000'000;
constexpr std::chrono::seconds patience(30);

// Everything runs on one thread. With more of them each connection needs a strand, and the sessions of
// the site a lock; the hub needs nothing.
class server
{
public:
    server(const asioauth::client& client, const asioauth::hub_settings& settings)
        : hub_(client, settings)
    {}

    asio::awaitable<void> serve(beast::tcp_stream stream)
    {
        beast::flat_buffer buffer;
        for (bool goes_on = true; goes_on;)
        {
            http::request_parser<http::string_body> parser;
            parser.body_limit(most_body);
            stream.expires_after(patience);
            auto [failed, n] = co_await http::async_read(stream, buffer, parser, example::as_tuple);
            if (failed)
                co_return; // too long, too slow, or gone
            const auto& request = parser.get();
            const auto path = request.target().substr(0, request.target().find('?'));
            if (path == "/hub" || path.starts_with("/hub/"))
                goes_on = co_await answer_by_hub(stream, request);
            else
                goes_on = co_await answer_by_site(stream, request);
        }
    }

private:
    asio::awaitable<bool> answer_by_hub(beast::tcp_stream& stream, const request_type& request)
    {
        // Another `sign_in` after each sign-in: a form that was made for one is of no use in another.
        const auto session = site_.session_of(request);
        asioauth::hub_user user(session.user);
        user.name(session.user).sign_in(session.id);
        auto asked = asioauth::make_hub_request(request);
        auto [failed, response] = co_await hub_.async_handle(asked, user, example::as_tuple);
        if (failed)
            co_return false; // the program ends
        stream.expires_after(patience);
        if (const auto events = response.events())
        {
            // A stream is silent for long. Nobody reads meanwhile: a peer that goes away ends it.
            stream.expires_never();
            const std::weak_ptr<asioauth::body_stream> watched = events;
            stream.socket().async_wait(tcp::socket::wait_read, [watched](beast::error_code) {
                if (const auto still = watched.lock())
                    still->close();
            });
        }
        auto [broken, keep_alive] = co_await asioauth::async_write_hub_response(
            stream, request, std::move(response), example::as_tuple
        );
        co_return !broken && keep_alive;
    }

    asio::awaitable<bool> answer_by_site(beast::tcp_stream& stream, const request_type& request)
    {
        auto response = site_.answer(request);
        response.keep_alive(request.keep_alive());
        response.prepare_payload();
        auto [failed, n] = co_await http::async_write(stream, response, example::as_tuple);
        co_return !failed && response.keep_alive();
    }

    asioauth::hub hub_;
    example::small_site site_;
};

asio::awaitable<void> accept(tcp::acceptor& acceptor, server& app)
{
    for (;;)
    {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(
            acceptor.get_executor(),
            app.serve(beast::tcp_stream(std::move(socket))),
            example::rethrow
        );
    }
}

} // namespace

int main(int argc, char** argv)
{
    try
    {
        std::uint16_t port = 8080;
        for (example::command_line arguments(argc, argv); arguments.next();)
        {
            if (!arguments.is("--port"))
                arguments.unexpected();
            port = static_cast<std::uint16_t>(arguments.number(0, 65'535));
        }
        asio::io_context io(1);
        const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
        tcp::acceptor acceptor(io, where);
        const std::string origin =
            "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
        asioauth::client client(
            io.get_executor(), asioauth::client_settings().client_name("asioauth lesson 10")
        );
        // [hub]
        asioauth::hub_settings settings(origin + "/hub");
        settings.home("/", "Back to the site");
        settings.allow_loopback(true); // for the example servers; not for a site that others reach
        // [hub]
        // [metrics]
        if (const char* token = std::getenv("METRICS_TOKEN"))
            settings.metrics_token(asioauth::secret(token)); // 16 octets at least
        // [metrics]
        server app(client, settings);
        asio::co_spawn(io, accept(acceptor, app), example::rethrow);
        asio::signal_set signals(io, SIGINT, SIGTERM);
        signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
        std::cout << "ready: " << origin << std::endl;
        io.run();
        return EXIT_SUCCESS;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
