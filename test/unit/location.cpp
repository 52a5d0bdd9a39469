// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/location.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(location)

namespace {

constexpr std::string_view from = "https://a.example/b/c?d";

http_response to(std::string_view place)
{
    http_response out(302, "");
    out.field("Location", place);
    return out;
}

http_request request(request_kind kind, std::string_view method = "GET")
{
    return http_request(kind, method, url::parse(from).value());
}

// Where the request goes, or why it does not.
std::string target(const http_request& r, const http_response& answer)
{
    const auto made = detail::redirect_target(r, r.target(), answer);
    if (made)
        return std::string(made->str());
    BOOST_TEST((made.error().code() == errc::redirect_refused));
    return made.error().info().message();
}

std::string target(std::string_view place)
{
    return target(request(request_kind::metadata), to(place));
}

const std::string nowhere = "The server redirects without saying where to, or to several places.";

} // namespace

BOOST_AUTO_TEST_CASE(some_statuses_send_a_client_elsewhere)
{
    for (int status = 100; status != 600; ++status)
    {
        const bool expected =
            status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        BOOST_TEST(detail::is_redirect(status) == expected, status);
    }
}

BOOST_AUTO_TEST_CASE(place_may_be_a_reference_to_where_the_answer_came_from)
{
    BOOST_TEST(target("https://a.example/x?y") == "https://a.example/x?y");
    BOOST_TEST(target("//a.example/x") == "https://a.example/x");
    BOOST_TEST(target("/x") == "https://a.example/x");
    BOOST_TEST(target("x") == "https://a.example/b/x");
    BOOST_TEST(target("?x") == "https://a.example/b/c?x");
}

BOOST_AUTO_TEST_CASE(one_place_is_named)
{
    const auto get = request(request_kind::metadata);
    BOOST_TEST(target(get, http_response(302, "")) == nowhere);
    BOOST_TEST(target(get, to("")) == nowhere);
    BOOST_TEST(target(get, to("/x").field("location", "/x")) == nowhere);
    BOOST_TEST(target(get, to("").field("Location", "/x")) == nowhere);
    for (const auto* const place : {"file:///etc/passwd", "https://", "http://a b/", "/a b\x01"})
    {
        BOOST_TEST(
            target(place) == "The server redirects to something that is not a usable URL.", place
        );
    }
}

BOOST_AUTO_TEST_CASE(only_a_get_without_credentials_and_body_follows)
{
    const std::string refused = "The server redirects to https://a.example, and requests of this "
                                "kind do not follow redirects.";
    for (const auto kind :
         {request_kind::registration, request_kind::token, request_kind::resource})
        BOOST_TEST(target(request(kind), to("/x")) == refused, name_of(kind));
    for (const auto kind :
         {request_kind::probe, request_kind::metadata, request_kind::page, request_kind::icon})
    {
        BOOST_TEST(target(request(kind), to("/x")) == "https://a.example/x", name_of(kind));
        BOOST_TEST(target(request(kind, "POST"), to("/x")) == refused, name_of(kind));
        BOOST_TEST(
            target(request(kind).authorization(secret("Bearer t")), to("/x")) == refused,
            name_of(kind)
        );
        BOOST_TEST(
            target(request(kind).body("text/plain", secret("a")), to("/x")) == refused,
            name_of(kind)
        );
    }
}

BOOST_AUTO_TEST_CASE(another_origin_is_for_those_that_may_leave_theirs)
{
    for (const auto* const place :
         {"https://b.example/", "https://a.example:8443/", "http://a.example/", "//b.a.example/"})
    {
        BOOST_TEST(target(place).starts_with("The server redirects to another origin, "), place);
        BOOST_TEST(
            target(request(request_kind::probe), to(place))
                .starts_with("The server redirects to another origin, "),
            place
        );
    }
    const auto page = request(request_kind::page);
    BOOST_TEST(target(page, to("https://b.example/x")) == "https://b.example/x");
    BOOST_TEST(target(page, to("https://a.example:8443/")) == "https://a.example:8443/");
    BOOST_TEST(
        target(page, to("http://b.example/"))
        == "The server redirects to a place that it must not lead to, http://b.example."
    );
}

BOOST_AUTO_TEST_SUITE_END()
