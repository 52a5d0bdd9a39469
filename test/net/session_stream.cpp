// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Streams of a session: from a real server through the library's own HTTP client.

#include "support/loopback_server.hpp"
#include "support/mock_ports.hpp"

#include <asioauth/body_stream.hpp>
#include <asioauth/client.hpp>
#include <asioauth/http_client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(session_stream)

using namespace asioauth;
using namespace asioauth::testing;
namespace asio = boost::asio;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

// The provider is a mock; requests with a token go to a server on the loopback.
class split_transport final : public transport
{
public:
    split_transport(asio::io_context& io, std::string server)
        : provider(io.get_executor())
        , client_(io.get_executor())
        , server_(std::move(server))
    {
        test::add_provider(provider);
    }

    void async_send(http_request request, handler h) override
    {
        if (request.kind() != request_kind::resource)
            return provider.async_send(std::move(request), std::move(h));
        request.target(url::parse(server_).value());
        request.policy(address_policy().allow_loopback());
        client_.async_send(std::move(request), std::move(h));
    }

    void close() override
    {
        provider.close();
        client_.close();
    }

    test::mock_transport provider;

private:
    http_client client_;
    std::string server_;
};

// Refuses the first token, then asks for more scopes, then sends a stream until it is let go.
class fixture
{
public:
    gate go;
    loopback_server server{[this](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            server.log(r);
            switch (server.log().size())
            {
            case 1: p.write("HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n"); break;
            case 2:
                p.write("HTTP/1.1 403 X\r\nWWW-Authenticate: Bearer error=\"insufficient_scope\", "
                        "scope=\"files:write\"\r\nContent-Type: text/event-stream\r\n"
                        "Content-Length: 0\r\n\r\n");
                break;
            default:
                p.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
                go.wait();
                p.write("3\r\ntwo\r\n0\r\n\r\n");
            }
        }
    }};
    asio::io_context io;
    std::shared_ptr<split_transport> network = std::make_shared<split_transport>(io, server.url());
    std::shared_ptr<test::mock_user> user = std::make_shared<test::mock_user>(io.get_executor());
    std::optional<client> subject;
    session at;

    fixture()
    {
        client_settings s;
        s.transport(network).listener(user).user_agent(user);
        s.store(std::make_shared<memory_store>(io.get_executor()));
        subject.emplace(io.get_executor(), s);
        subject->async_login(where, [this](error_code ec, session got) {
            BOOST_TEST(!ec);
            at = std::move(got);
        });
        run();
        BOOST_REQUIRE(at);
    }

    ~fixture() { go.open(); }

    void run()
    {
        io.restart();
        io.run();
    }

    static http_request request()
    {
        http_request r(request_kind::resource, "POST", url::parse(where).value());
        r.body("application/json", secret("{}")).stream_events(true);
        return r;
    }

    result<std::string> read(body_stream& s)
    {
        result<std::string> out = failure(errc::invalid_argument);
        s.async_read_some([&](result<std::string> r) { out = std::move(r); });
        run();
        return out;
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_stream_is_handed_over_after_a_refresh_and_a_step_up)
{
    fixture f;
    http_response got;
    asio::cancellation_signal signal;
    f.at.async_send(
        fixture::request(),
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](error_code ec, http_response r) {
                BOOST_TEST(!ec);
                got = std::move(r);
            }
        )
    );
    f.run();
    BOOST_TEST(got.status() == 200);
    BOOST_REQUIRE(got.events());
    BOOST_TEST(f.server.log().size() == 3U);
    BOOST_TEST(f.user->pages == 2);
    BOOST_TEST(f.read(*got.events()).value() == "one");
    // The operation is over, and the stream belongs to nobody but who holds it.
    signal.emit(asio::cancellation_type::terminal);
    f.at = session();
    f.run();
    f.go.open();
    BOOST_TEST(f.read(*got.events()).value() == "two");
    BOOST_TEST(f.read(*got.events()).value() == "");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_client_ends_its_streams)
{
    fixture f;
    http_response got;
    f.at.async_send(fixture::request(), [&](error_code, http_response r) { got = std::move(r); });
    f.run();
    BOOST_REQUIRE(got.events());
    BOOST_TEST(f.read(*got.events()).value() == "one");
    result<std::string> end = failure(errc::invalid_argument);
    got.events()->async_read_some([&](result<std::string> r) { end = std::move(r); });
    f.io.restart();
    f.io.poll();
    f.subject.reset();
    f.run();
    BOOST_TEST((end.error().code() == operation_aborted()));
    BOOST_TEST((f.read(*got.events()).error().code() == errc::client_closed));
}

BOOST_AUTO_TEST_CASE(a_stream_that_arrives_for_nobody_is_closed)
{
    // After each step of the context the caller cancels, until it comes too late.
    bool late = false;
    for (int k = 0; !late; ++k)
    {
        fixture f;
        int calls = 0;
        http_response got;
        asio::cancellation_signal signal;
        f.at.async_send(
            fixture::request(),
            asio::bind_cancellation_slot(
                signal.slot(),
                [&](error_code, http_response r) {
                    ++calls;
                    got = std::move(r);
                }
            )
        );
        f.io.restart();
        for (int i = 0; i != k && calls == 0; ++i)
            f.io.run_one();
        late = calls != 0;
        signal.emit(asio::cancellation_type::terminal);
        f.run(); // also says that nothing is left pending
        BOOST_REQUIRE(calls == 1);
        BOOST_REQUIRE((!late || got.events()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
