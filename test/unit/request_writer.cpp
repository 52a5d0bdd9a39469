// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/request_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(request_writer)

namespace {

constexpr std::string_view agent = "agent/1";

http_request request(std::string_view method, std::string_view target = "https://a.example/b")
{
    return http_request(request_kind::resource, method, url::parse(target).value());
}

std::string written(const http_request& r)
{
    detail::request_bytes out;
    out.assign(r, r.target(), agent);
    return std::string(out.view());
}

std::string check(const http_request& r, std::string_view user_agent = agent)
{
    const auto checked = detail::check_sendable(r, user_agent);
    return checked ? "" : checked.error().info().message();
}

} // namespace

BOOST_AUTO_TEST_CASE(request_is_written_line_by_line)
{
    BOOST_TEST(
        written(request("GET"))
        == "GET /b HTTP/1.1\r\nHost: a.example\r\nUser-Agent: agent/1\r\n\r\n"
    );
    BOOST_TEST(
        written(request("GET", "https://a.example:8443"))
        == "GET / HTTP/1.1\r\nHost: a.example:8443\r\nUser-Agent: agent/1\r\n\r\n"
    );
    BOOST_TEST(
        written(request("GET", "http://[::1]:1/b?c=d"))
        == "GET /b?c=d HTTP/1.1\r\nHost: [::1]:1\r\nUser-Agent: agent/1\r\n\r\n"
    );
    BOOST_TEST(
        written(request("DELETE", "https://a.example/b?"))
        == "DELETE /b? HTTP/1.1\r\nHost: a.example\r\nUser-Agent: agent/1\r\n\r\n"
    );
}

BOOST_AUTO_TEST_CASE(fields_credentials_and_body_come_in_that_order)
{
    auto r = request("POST");
    r.field("Accept", "*/*").authorization(secret("Bearer t")).body("text/plain", secret("1234"));
    BOOST_TEST(
        written(r)
        == "POST /b HTTP/1.1\r\nHost: a.example\r\nUser-Agent: agent/1\r\nAccept: */*\r\n"
           "Content-Type: text/plain\r\nAuthorization: Bearer t\r\nContent-Length: 4\r\n\r\n1234"
    );
}

BOOST_AUTO_TEST_CASE(user_agent_of_the_request_stands_instead_of_the_usual_one)
{
    const auto text = written(request("GET").field("user-agent", "mine"));
    BOOST_TEST(text == "GET /b HTTP/1.1\r\nHost: a.example\r\nuser-agent: mine\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(methods_that_have_bodies_say_so_if_theirs_is_empty)
{
    for (const auto* const method : {"POST", "PUT", "PATCH"})
        BOOST_TEST(written(request(method)).ends_with("\r\nContent-Length: 0\r\n\r\n"), method);
    for (const auto* const method : {"GET", "DELETE", "OPTIONS", "post"})
        BOOST_TEST(written(request(method)).find("Content-Length") == std::string::npos, method);
    const auto with_body = written(request("DELETE").body("text/plain", secret("a")));
    BOOST_TEST(with_body.ends_with("\r\nContent-Length: 1\r\n\r\na"));
}

BOOST_AUTO_TEST_CASE(fields_that_say_how_a_message_is_carried_are_left_out)
{
    auto r = request("GET");
    for (const auto* const name :
         {"Keep-Alive",
          "proxy-connection",
          "Proxy-Authorization",
          "te",
          "TRAILER",
          "Upgrade",
          "Expect",
          "Accept-Encoding"})
    {
        r.field(name, "x");
    }
    r.field("Teapot", "y");
    BOOST_TEST(
        written(r)
        == "GET /b HTTP/1.1\r\nHost: a.example\r\nUser-Agent: agent/1\r\nTeapot: y\r\n\r\n"
    );
}

BOOST_AUTO_TEST_CASE(bytes_are_gone_when_they_are_replaced_or_cleared)
{
    detail::request_bytes out;
    BOOST_TEST(out.view().empty());
    const auto first = request("POST").body("text/plain", secret("first"));
    out.assign(first, first.target(), agent);
    // Where it was redirected to is not its own target.
    out.assign(request("GET"), url::parse("https://b.example/c").value(), agent);
    BOOST_TEST(out.view() == "GET /c HTTP/1.1\r\nHost: b.example\r\nUser-Agent: agent/1\r\n\r\n");
    out.clear();
    BOOST_TEST(out.view().empty());
}

BOOST_AUTO_TEST_CASE(methods_that_change_what_an_answer_is_are_not_sent)
{
    for (const auto* const method : {"CONNECT", "HEAD", "TRACE"})
        BOOST_TEST(check(request(method)) == "Requests of this method are not supported.", method);
    for (const auto* const method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "head"})
        BOOST_TEST(check(request(method)).empty(), method);
    BOOST_TEST(check(http_request()) == "It has no target.");
    BOOST_TEST(
        check(request("GET").field("A", "b\r\nC: d"))
        == R"(The field "A" contains a control character.)"
    );
}

BOOST_AUTO_TEST_CASE(user_agent_has_no_control_character)
{
    for (const std::string_view bad :
         {std::string_view("a\r\nB: c"),
          std::string_view("a\n"),
          std::string_view("\x7f"),
          std::string_view("a\0b", 3),
          std::string_view("\x1f")})
    {
        BOOST_TEST(check(request("GET"), bad) == "The User-Agent contains a control character.");
    }
    BOOST_TEST(check(request("GET"), "").empty());
    BOOST_TEST(check(request("GET"), "a\t(b) \xc3\xbc").empty());
}

BOOST_AUTO_TEST_SUITE_END()
