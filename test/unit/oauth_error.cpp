// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/oauth_error.hpp"

#include "protocol/json_access.hpp"
#include "protocol_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_SUITE(oauth_error)

namespace {

constexpr std::string_view from = "https://as.example/token?x=1";

failure refusal(std::string_view body, std::size_t excerpt = 100, int status = 400)
{
    return detail::read_refusal(json_response(status, body, from), stage::token, excerpt);
}

std::string text_shown(std::string_view body)
{
    return refusal(body).info().server_message();
}

} // namespace

BOOST_AUTO_TEST_CASE(failure_knows_where_it_comes_from)
{
    const auto got = refusal(R"({"error":"invalid_grant","error_description":"why"})");
    BOOST_TEST((got.code() == errc::invalid_grant));
    BOOST_TEST((got.info().where() == stage::token));
    BOOST_TEST(got.info().http_status() == 400);
    BOOST_TEST(got.info().url() == "https://as.example/token");
    BOOST_TEST(got.info().server_error() == "invalid_grant");
    BOOST_TEST(got.info().server_message() == "why");
}

BOOST_AUTO_TEST_CASE(response_that_says_not_where_it_is_from_names_no_url)
{
    const http_response nowhere(418, "");
    const auto made = detail::failure_from(nowhere, stage::registration, errc::invalid_token);
    BOOST_TEST(made.info().url().empty());
    BOOST_TEST(made.info().http_status() == 418);
    failure inner(errc::json_malformed);
    inner.url("https://inner.example/");
    const auto placed = detail::place(inner, nowhere, stage::registration);
    BOOST_TEST(placed.info().url() == "https://inner.example/");
    BOOST_TEST((placed.info().where() == stage::registration));
    // What an inner reader knew is kept.
    const auto kept = detail::place(inner, json_response(500, "", from), stage::token);
    BOOST_TEST(kept.info().url() == "https://inner.example/");
    BOOST_TEST(kept.info().http_status() == 500);
    const failure unplaced(errc::json_malformed);
    const auto found = detail::place(unplaced, json_response(500, "", from), stage::token);
    BOOST_TEST(found.info().url() == "https://as.example/token");
}

BOOST_AUTO_TEST_CASE(member_that_must_not_be_shown_is_recognised_in_any_text)
{
    for (const auto* const secretive :
         {R"("client_secret":"x")",
          "client_secret=x",
          R"({\"access_token\":\"x\"})",
          "a=b&refresh_token=x",
          "REFRESH id_token=x",
          "_id_token\"",
          "the_access_token=x",
          "access_token access_token=x"})
        BOOST_TEST(detail::has_secret_member(secretive), secretive);
    for (const auto* const harmless :
         {"",
          "access_token",
          "the access_token is missing",
          "client_secret:",
          "client_secret",
          "invalid_token=x",
          "valid_token\"",
          "xaccess_token=x",
          "myid_token\"",
          "access_tokens=x"})
        BOOST_TEST(!detail::has_secret_member(harmless), harmless);
    // A body that is not understood is trusted less.
    BOOST_TEST(detail::may_hold_secrets("client_secret: x"));
    BOOST_TEST(detail::may_hold_secrets("access_token=x"));
    BOOST_TEST(!detail::may_hold_secrets("the access_token is missing"));
}

BOOST_AUTO_TEST_CASE(text_of_a_server_that_may_hold_a_secret_is_not_kept)
{
    const auto told = refusal(
        R"({"error":"invalid_request","error_description":"bad: {\"access_token\":\"CANARY\"}"})"
    );
    BOOST_TEST((told.code() == errc::invalid_request));
    BOOST_TEST(told.info().server_error() == "invalid_request");
    BOOST_TEST(told.info().server_message().empty());
    const auto named = refusal(R"({"error":"client_secret=CANARY","error_description":"why"})");
    BOOST_TEST((named.code() == errc::unknown_oauth_error));
    BOOST_TEST(named.info().server_error().empty());
    BOOST_TEST(named.info().server_message() == "why");
}

BOOST_AUTO_TEST_CASE(errors_of_another_shape_are_named_by_what_they_have)
{
    const auto shown = [](std::string_view body) {
        const auto got = refusal(body, 0);
        return got.info().server_error() + ": " + got.info().server_message();
    };
    BOOST_TEST(shown(R"({"error":{"code":"c","type":"t","message":"m"}})") == "c: m");
    BOOST_TEST(shown(R"({"error":{"code":7,"type":"t","message":"m"}})") == "t: m");
    BOOST_TEST(shown(R"({"error":{"code":7,"message":"m"}})") == "error: m");
    BOOST_TEST(shown(R"({"error":{"type":"t"}})") == "t: ");
    BOOST_TEST(shown(R"({"error":{},"error_description":"d"})") == ": ");
    BOOST_TEST(shown(R"({"error":{"code":"c"},"error_description":"d"})") == "c: ");
    BOOST_TEST(shown(R"({"errors":[{"errorType":"e","message":"m"}]})") == "e: m");
    BOOST_TEST(shown(R"({"errors":[{"errorType":"e"},{"errorType":"f"}]})") == "e: ");
    BOOST_TEST(shown(R"({"errors":[{"message":"m"}]})") == ": ");
    BOOST_TEST(shown(R"({"errors":[7]})") == ": ");
    // What OAuth says comes first.
    BOOST_TEST(shown(R"({"error":"o","errors":[{"errorType":"e","message":"m"}]})") == "o: ");
}

BOOST_AUTO_TEST_CASE(excerpt_of_a_refusal_is_bounded_and_only_of_refusals)
{
    BOOST_TEST(text_shown("not found") == "not found");
    BOOST_TEST(text_shown(std::string(1000, 'x')).size() == 100U);
    BOOST_TEST(text_shown(R"({"a":1})") == R"({"a":1})");
    BOOST_TEST(text_shown("no client_secret was given").empty());
    BOOST_TEST(text_shown("access_token=CANARY").empty());
    BOOST_TEST(refusal("not found", 0).info().server_message().empty());
    for (const int status : {200, 302, 399})
    {
        const auto got = refusal(R"({"error":"invalid_grant"})", 100, status);
        BOOST_TEST((got.code() == errc::http_status_unexpected), status);
        BOOST_TEST(got.info().server_message().empty(), status);
    }
    BOOST_TEST((refusal(R"({"error":"invalid_grant"})", 100, 599).code() == errc::invalid_grant));
}

BOOST_AUTO_TEST_CASE(visible_text_has_no_blank_unless_blanks_are_allowed)
{
    BOOST_TEST(detail::is_visible_ascii(""));
    BOOST_TEST(detail::is_visible_ascii("!az~"));
    BOOST_TEST(!detail::is_visible_ascii("a b"));
    BOOST_TEST(detail::is_visible_ascii(" a b ", true));
    for (const auto* const bad : {"a\t", "a\n", "\x1f", "\x7f", "\x80", "\xc3\xa4"})
    {
        BOOST_TEST(!detail::is_visible_ascii(bad), bad);
        BOOST_TEST(!detail::is_visible_ascii(bad, true), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
