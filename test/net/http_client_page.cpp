// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"
#include "transport/location.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/version.hpp>

#include <cstdio>
#include <string>

namespace asioauth {
namespace {

using namespace testing;

// Pages and icons: cut at their limit, and free to go to other origins.
BOOST_FIXTURE_TEST_SUITE(http_client_page, http_client_fixture)

BOOST_AUTO_TEST_CASE(a_page_is_cut_at_its_limit_however_it_is_framed)
{
    std::string body;
    for (int i = 0; i != 300'000; ++i)
    {
        body += static_cast<char>('a' + i % 26);
    }
    int framing = 0;
    loopback_server server([&](peer& p) {
        if (p.read_request().empty())
        {
            return;
        }
        if (framing == 0)
        {
            p.respond(body);
        }
        else if (framing == 1)
        {
            p.write("HTTP/1.1 200 OK\r\n\r\n" + body);
        }
        else
        {
            p.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            const std::size_t size = framing == 2 ? 0x1000 : body.size();
            for (std::size_t i = 0; i < body.size(); i += size)
            {
                const auto piece = body.substr(i, size);
                char head[16];
                std::snprintf(head, sizeof head, "%zx\r\n", piece.size());
                p.write(head + piece + "\r\n");
            }
            p.write("0\r\n\r\n");
        }
        p.read_to_end();
    });
    for (; framing != 4; ++framing)
    {
        BOOST_TEST_CONTEXT(framing)
        {
            const auto o = get(server.url(), request_kind::page);
            BOOST_TEST(o.status() == 200);
            BOOST_TEST((o.body() == body.substr(0, limits::page_body)));
        }
    }
    // The rest of a page is still under way: no connection of that kind is used again.
    BOOST_TEST(server.accepted() == 4U);
}

BOOST_AUTO_TEST_CASE(a_page_of_exactly_the_limit_or_less_is_whole_and_its_connection_is_kept)
{
    std::string body(limits::page_body, 'x');
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.respond(body);
        }
    });
    BOOST_TEST((get(server.url(), request_kind::page).body() == body));
    body.resize(10);
    BOOST_TEST((get(server.url(), request_kind::page).body() == body));
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(a_connection_is_not_used_again_although_the_rest_of_a_page_is_not_there_yet)
{
    const std::string body(limits::page_body, 'x');
    for (const auto* const head :
         {"Content-Length: 300000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n493e0\r\n"})
    {
        loopback_server server([&](peer& p) {
            while (!p.read_request().empty())
            {
                p.write("HTTP/1.1 200 OK\r\n" + std::string(head) + body);
            }
        });
        BOOST_TEST((get(server.url(), request_kind::page).body() == body));
        BOOST_TEST((get(server.url(), request_kind::page).body() == body));
        BOOST_TEST(server.accepted() == 2U);
    }
}

BOOST_AUTO_TEST_CASE(chunks_of_one_byte_end_a_page_early)
{
    std::string body;
    for (std::size_t i = 0; i != limits::page_body; ++i)
    {
        body += "1\r\nx\r\n";
    }
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        p.read_to_end();
    });
    const auto o = get(server.url(), request_kind::page);
    BOOST_TEST(o.status() == 200);
    BOOST_TEST(o.body().size() > limits::page_body / 8);
    BOOST_TEST(o.body().size() < limits::page_body);
}

BOOST_AUTO_TEST_CASE(an_icon_that_is_too_large_is_refused_and_not_cut)
{
    const std::string body(limits::icon_body + 1, 'x');
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.respond(body);
        }
    });
    BOOST_TEST((get(server.url(), request_kind::icon).code() == errc::response_body_too_large));
}

BOOST_AUTO_TEST_CASE(pages_and_icons_follow_redirects_to_other_origins)
{
    loopback_server other(answer_all);
    loopback_server secure(test_pki::get().good(), answer_all);
    std::string location;
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.write("HTTP/1.1 302 X\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
        }
    });
    for (const auto& to : {other.url("/x"), secure.url("/x", "localhost")})
    {
        location = to;
        for (const auto kind : {request_kind::page, request_kind::icon})
        {
            const auto o = get(server.url(), kind);
            BOOST_TEST(o.body() == "ok");
            BOOST_REQUIRE(o.value.has_value());
            BOOST_TEST(o.value->from().str() == to);
        }
    }
}

BOOST_AUTO_TEST_CASE(their_redirects_are_counted)
{
    loopback_server server([&](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            server.log("asked"); // first: the client may be done with the answer at once
            p.write("HTTP/1.1 302 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
        }
    });
    BOOST_TEST((get(server.url(), request_kind::page).code() == errc::too_many_redirects));
    BOOST_TEST(server.log().size() == 1U + limits::redirects);
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(their_redirects_never_lead_to_plain_http_or_from_elsewhere_to_this_machine)
{
    const auto refused = [](std::string_view from, std::string_view to, request_kind kind) {
        http_response response(302, "");
        response.field("Location", to);
        const url at = url::parse(from).value();
        const auto target = detail::redirect_target(http_request(kind, "GET", at), at, response);
        return target.has_error() && target.error().code() == errc::redirect_refused;
    };
    for (const auto kind : {request_kind::page, request_kind::icon})
    {
        BOOST_TEST(!refused("https://a.example/", "https://b.example/", kind));
        BOOST_TEST(!refused("http://127.0.0.1/", "https://b.example/", kind));
        BOOST_TEST(!refused("http://127.0.0.1/", "http://localhost:8080/", kind));
        BOOST_TEST(refused("https://a.example/", "http://a.example/", kind));
        BOOST_TEST(refused("https://a.example/", "http://b.example/", kind));
        BOOST_TEST(refused("https://a.example/", "https://127.0.0.1/", kind));
        BOOST_TEST(refused("https://a.example/", "http://[::1]/", kind));
        BOOST_TEST(refused("https://a.example/", "https://x.localhost/", kind));
        BOOST_TEST(refused("https://localhost/", "http://localhost/", kind));
        BOOST_TEST(refused("http://127.0.0.1/", "http://b.example/", kind));
        BOOST_TEST(refused("https://a.example/", "file:///etc/passwd", kind));
    }
    BOOST_TEST(refused("https://a.example/", "https://b.example/", request_kind::metadata));
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(an_address_that_is_not_allowed_is_refused_behind_a_redirect_too)
{
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.write("HTTP/1.1 302 X\r\nLocation: https://private.example/\r\nContent-Length: "
                    "0\r\n\r\n");
        }
    });
    hooks.lookup = [](const std::string&, detail::resolver::addresses& found) {
        found = {
            boost::asio::ip::make_address("127.0.0.1"), boost::asio::ip::make_address("10.0.0.1")};
        return error_code();
    };
    BOOST_TEST((get(server.url(), request_kind::page).code() == errc::address_blocked));
}

BOOST_AUTO_TEST_CASE(nothing_goes_along_to_another_origin)
{
    loopback_server other([](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            p.respond(r);
        }
    });
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.write(
                "HTTP/1.1 302 X\r\nLocation: " + other.url("/x")
                + "\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
            );
        }
    });
    BOOST_TEST(
        get(server.url("/secret"), request_kind::page).body()
        == "GET /x HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(other.port())
            + "\r\nUser-Agent: asioauth/" ASIOAUTH_VERSION_STRING "\r\n\r\n"
    );
    auto with_token = request(server.url(), request_kind::page);
    with_token.authorization(secret("Bearer t"));
    BOOST_TEST((send(with_token).code() == errc::redirect_refused));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
