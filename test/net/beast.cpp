// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/mock_ports.hpp"

#include <asioauth/beast.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(beast_messages)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;
namespace http = boost::beast::http;

BOOST_AUTO_TEST_CASE(a_request_of_beast_goes_to_the_resource_with_the_token_of_the_session)
{
    asio::io_context io;
    auto network = std::make_shared<mock_transport>(io.get_executor());
    auto user = std::make_shared<mock_user>(io.get_executor());
    add_provider(*network);
    client_settings settings;
    settings.transport(network).listener(user).user_agent(user);
    client subject(io.get_executor(), settings);

    std::optional<http_request> seen;
    network->on("PUT https://mcp.example/mcp/notes?a=b", [&](const http_request& r) {
        seen = r;
        http_response out(201, "made");
        out.field("X-One", "1")
            .field("Content-Length", "999")
            .field("Transfer-Encoding", "chunked");
        return result<http_response>(std::move(out));
    });
    http::response<http::string_body> got;
    subject.async_login("https://mcp.example/mcp", [&](error_code ec, session s) {
        BOOST_REQUIRE(!ec);
        http::request<http::string_body> request(http::verb::put, "/mcp/notes?a=b", 11);
        request.set(http::field::host, "evil.example");
        request.set(http::field::authorization, "Bearer of-somebody-else");
        request.set(http::field::content_type, "text/plain");
        request.insert("X-Many", "a");
        request.insert("X-Many", "b");
        request.insert(http::field::cookie, "c=1");
        request.insert(http::field::cookie, "d=2");
        request.body() = "hello";
        request.prepare_payload();
        auto ours = from_beast(s, request);
        BOOST_REQUIRE(ours);
        s.async_send(std::move(*ours), [&](error_code failed, http_response r) {
            BOOST_TEST(!failed);
            got = to_beast(r);
        });
    });
    io.run();
    BOOST_REQUIRE(seen);
    BOOST_TEST(seen->authorization().reveal() == "Bearer CANARY-access");
    BOOST_TEST(seen->field("X-Many") == "a, b");
    BOOST_TEST(seen->field("Cookie") == "c=1; d=2");
    BOOST_TEST(seen->field("Content-Type") == "text/plain");
    BOOST_TEST(seen->field("Host") == "");
    BOOST_TEST(seen->body().reveal() == "hello");
    BOOST_TEST(got.result_int() == 201u);
    BOOST_TEST(got["X-One"] == "1");
    BOOST_TEST(got["Content-Length"] == "4");
    BOOST_TEST(!got.chunked());
    BOOST_TEST(got.body() == "made");
}

BOOST_AUTO_TEST_CASE(targets_that_are_not_paths_are_refused)
{
    asio::io_context io;
    auto network = std::make_shared<mock_transport>(io.get_executor());
    auto user = std::make_shared<mock_user>(io.get_executor());
    add_provider(*network);
    client_settings settings;
    settings.transport(network).listener(user).user_agent(user);
    client subject(io.get_executor(), settings);
    subject.async_login("https://mcp.example/mcp", [&](error_code ec, session s) {
        BOOST_REQUIRE(!ec);
        for (const char* target :
             {"https://evil.example/mcp", "@evil.example/", "*", "", "//", "/mcp#x"})
        {
            http::request<http::string_body> request(http::verb::get, target, 11);
            const auto ours = from_beast(s, request);
            if (ours)
                BOOST_TEST(same_origin(ours->target(), s.requested()), target);
            else
                BOOST_TEST((ours.error().code() == errc::invalid_url), target);
        }
    });
    io.run();
}

BOOST_AUTO_TEST_SUITE_END()
