// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/version.hpp>

#include <string>

namespace asioauth {
namespace {

using namespace testing;

// Answers /end with 200 and everything else with the status and Location the test wants.
struct redirecting
{
    const int* status;
    const std::string* location;

    void operator()(peer& p) const
    {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            if (r.starts_with("GET /end"))
            {
                p.respond(r);
                continue;
            }
            p.write(
                "HTTP/1.1 " + std::to_string(*status) + " X\r\n"
                + (location->empty() ? "" : "Location: " + *location + "\r\n")
                + "Content-Length: 4\r\n\r\nbody"
            );
        }
    }
};

struct redirect_fixture : http_client_fixture
{
    int status = 302;
    std::string location = "/end";
    loopback_server server{redirecting{&status, &location}};
};

BOOST_FIXTURE_TEST_SUITE(http_client_redirect, redirect_fixture)

BOOST_AUTO_TEST_CASE(every_redirect_status_is_followed_within_the_origin)
{
    for (const int s : {301, 302, 303, 307, 308})
    {
        for (const auto kind : {request_kind::probe, request_kind::metadata})
        {
            status = s;
            const auto o = get(server.url("/start?a=b"), kind);
            BOOST_TEST(o.status() == 200);
            BOOST_REQUIRE(o.value.has_value());
            BOOST_TEST(o.value->from().str() == server.url("/end"));
        }
    }
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(other_statuses_of_the_300_range_are_responses)
{
    for (const int s : {300, 305, 306})
    {
        status = s;
        BOOST_TEST(get(server.url()).status() == s);
    }
}

BOOST_AUTO_TEST_CASE(relative_locations_are_resolved)
{
    for (const auto* const l :
         {"/end",
          "end",
          "./end",
          "../end",
          "../../../end",
          "?x",
          "//127.0.0.1:PORT/end",
          "http://127.0.0.1:PORT/end",
          "HTTP://127.0.0.1:PORT/end",
          "/end#fragment",
          "/a/../end",
          "/a/./../b/../end",
          "/a/b/..//../../end",
          "/..",
          "/%65nd"})
    {
        location = l;
        if (const auto at = location.find("PORT"); at != std::string::npos)
        {
            location.replace(at, 4, std::to_string(server.port()));
        }
        BOOST_TEST_CONTEXT(location)
        {
            const auto o = get(server.url(location == "?x" ? "/end0" : "/dir/start"));
            if (location == "/%65nd" || location == "/.." || location == "end"
                || location == "./end")
            {
                // These lead to other places than /end, which redirect again.
                BOOST_TEST((o.code() == errc::too_many_redirects));
            }
            else
            {
                BOOST_TEST(o.status() == 200);
            }
        }
    }
}

// covers C-6750-1 C-9700-21
BOOST_AUTO_TEST_CASE(credentialed_kinds_never_follow)
{
    for (const int s : {301, 302, 303, 307, 308})
    {
        status = s;
        for (const auto kind :
             {request_kind::registration, request_kind::token, request_kind::resource})
        {
            const auto o = get(server.url("/start"), kind);
            BOOST_TEST((o.code() == errc::redirect_refused));
            BOOST_TEST(
                o.message().find("127.0.0.1:" + std::to_string(server.port())) != std::string::npos
            );
            BOOST_TEST(o.value.error().info().http_status() == s);
            BOOST_TEST((send(post(server.url("/start"), kind)).code() == errc::redirect_refused));
        }
    }
}

BOOST_AUTO_TEST_CASE(anything_but_a_bare_get_never_follows)
{
    BOOST_TEST(
        (send(post(server.url("/start"), request_kind::probe)).code() == errc::redirect_refused)
    );
    BOOST_TEST(
        (send(post(server.url("/start"), request_kind::metadata)).code() == errc::redirect_refused)
    );
    auto r = request(server.url("/start"), request_kind::metadata, "DELETE");
    BOOST_TEST((send(r).code() == errc::redirect_refused));
    r = request(server.url("/start"), request_kind::probe);
    r.authorization(secret("Bearer t"));
    BOOST_TEST((send(r).code() == errc::redirect_refused));
}

// covers C-MCP-18 C-9728-12
BOOST_AUTO_TEST_CASE(other_origins_are_refused_without_a_connection)
{
    loopback_server trap(answer_all);
    const auto port = std::to_string(server.port());
    for (const auto& l :
         {trap.url("/end"),
          "http://localhost:" + port + "/end",
          "https://127.0.0.1:" + port + "/end",
          std::string("http://127.0.0.1/end"),
          std::string("//evil.example/end"),
          std::string("http://169.254.169.254/latest"),
          std::string("http://[::1]:" + port + "/end"),
          std::string("http://[::ffff:127.0.0.1]:" + port + "/end")})
    {
        BOOST_TEST_CONTEXT(l)
        {
            location = l;
            for (const auto kind : {request_kind::probe, request_kind::metadata})
            {
                BOOST_TEST((get(server.url("/start"), kind).code() == errc::redirect_refused));
            }
        }
    }
    BOOST_TEST(trap.connections_so_far() == 0U);
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(unusable_locations_are_refused)
{
    for (const auto* const l :
         {"",
          "file:///etc/passwd",
          "javascript:alert(1)",
          "http://",
          "http:///end",
          "http://user@127.0.0.1/end",
          "http://127.0.0.1:99999/end",
          "http://127.0.0.1:0/end",
          "http://0x7f.1/end",
          "/a b",
          "/\xc3\xa4",
          "\\\\evil\\x",
          "%",
          "/%zz",
          "/end\r\nLocation: /end"})
    {
        BOOST_TEST_CONTEXT(l)
        {
            location = l;
            BOOST_TEST((get(server.url("/start")).code() == errc::redirect_refused));
        }
    }
    location = "/" + std::string(limits::url_size, 'x');
    BOOST_TEST((get(server.url("/start")).code() == errc::redirect_refused));
}

// covers C-MCP-18
BOOST_AUTO_TEST_CASE(https_never_becomes_http)
{
    std::string to = "http://localhost:1/end";
    loopback_server secure(test_pki::get().good(), redirecting{&status, &to});
    BOOST_TEST((get(secure.url("/start", "localhost")).code() == errc::redirect_refused));
    to = "http://localhost:" + std::to_string(secure.port()) + "/end";
    BOOST_TEST((get(secure.url("/start", "localhost")).code() == errc::redirect_refused));
    to = "/end";
    BOOST_TEST(get(secure.url("/start", "localhost")).status() == 200);
}

BOOST_AUTO_TEST_CASE(redirects_are_counted)
{
    loopback_server counting([](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            const int n = r[5] - '0';
            if (n == 0)
            {
                p.respond("ok");
                continue;
            }
            p.write(
                "HTTP/1.1 302 X\r\nLocation: /" + std::to_string(n - 1)
                + "\r\nContent-Length: 0\r\n\r\n"
            );
        }
    });
    static_assert(limits::redirects == 5);
    BOOST_TEST(get(counting.url("/5")).body() == "ok");
    BOOST_TEST((get(counting.url("/6")).code() == errc::too_many_redirects));
}

BOOST_AUTO_TEST_CASE(fields_of_the_request_go_along_and_nothing_else)
{
    auto r = request(server.url("/start"), request_kind::metadata);
    r.field("Accept", "application/json");
    const auto seen = send(r).body();
    BOOST_TEST(
        seen
        == "GET /end HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port())
            + "\r\nUser-Agent: asioauth/" ASIOAUTH_VERSION_STRING
              "\r\nAccept: application/json\r\n\r\n"
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
