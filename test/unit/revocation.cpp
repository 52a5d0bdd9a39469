// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

result<void> revoked(int status, std::string_view body = "")
{
    return read_revocation_response(json_response(status, body, "https://as.example/revoke"));
}

result<introspection> read(std::string_view json, int status = 200)
{
    return read_introspection_response(json_response(status, json, "https://as.example/introspect")
    );
}

// An active token with this member.
result<introspection> read_with(std::string_view member)
{
    return read(R"({"active":true,)" + std::string(member) + "}");
}

} // namespace

BOOST_AUTO_TEST_SUITE(revocation)

// covers C-7009-1
BOOST_AUTO_TEST_CASE(revocation_request_carries_the_token_and_says_of_which_kind_it_is)
{
    const auto request = make_revocation_request(
        full_discovery(),
        client_of(method::client_secret_post),
        secret("CANARY-token"),
        token_hint::refresh_token,
        stamp()
    );
    BOOST_TEST(request->target().str() == "https://as.example/revoke");
    BOOST_TEST(request->target().is_https());
    BOOST_TEST(request->method() == "POST");
    BOOST_TEST(sent(request, "token") == "CANARY-token");
    BOOST_TEST(sent(request, "token_type_hint") == "refresh_token");
    BOOST_TEST(sent(request, "client_id") == "client-1");
    BOOST_TEST(has(sent(request, "client_secret"), canary));
    BOOST_TEST(parse_form(body_of(request))->size() == 4u);
    BOOST_TEST(!may_be_redirected(request->kind()));
}

BOOST_AUTO_TEST_CASE(introspection_request_carries_the_token_and_the_clients_authentication)
{
    const auto request = make_introspection_request(
        full_discovery(),
        client_of(method::client_secret_basic),
        secret("CANARY-token"),
        token_hint::access_token,
        stamp()
    );
    BOOST_TEST(request->target().str() == "https://as.example/introspect");
    BOOST_TEST(!request->authorization().empty());
    BOOST_TEST(sent(request, "token") == "CANARY-token");
    BOOST_TEST(sent(request, "token_type_hint") == "access_token");
    BOOST_TEST(parse_form(body_of(request))->size() == 2u);
}

BOOST_AUTO_TEST_CASE(request_about_no_token_or_to_no_endpoint_is_refused)
{
    const auto client = client_of(method::none);
    BOOST_TEST(
        outcome(make_revocation_request(
            full_discovery(), client, secret(), token_hint::access_token, stamp()
        ))
        == "invalid_argument"
    );
    BOOST_TEST(
        outcome(make_introspection_request(
            full_discovery(), client, secret(), token_hint::access_token, stamp()
        ))
        == "invalid_argument"
    );
    BOOST_TEST(
        outcome(make_revocation_request(
            sample_discovery(), client, secret("CANARY"), token_hint::access_token, stamp()
        ))
        == "endpoint_missing"
    );
    BOOST_TEST(
        outcome(make_introspection_request(
            sample_discovery(), client, secret("CANARY"), token_hint::access_token, stamp()
        ))
        == "endpoint_missing"
    );
}

// covers C-7009-2
BOOST_AUTO_TEST_CASE(success_means_that_the_token_does_not_work_any_more)
{
    BOOST_TEST(outcome(revoked(200)) == "ok");
    BOOST_TEST(outcome(revoked(200, "{}")) == "ok");
    BOOST_TEST(outcome(revoked(204)) == "ok");
    http_response page(200, "<html>OK</html>");
    page.field("Content-Type", "text/html");
    BOOST_TEST(outcome(read_revocation_response(page)) == "ok");
    // What the server does not know does not work either.
    BOOST_TEST(outcome(revoked(400, R"({"error":"invalid_token"})")) == "ok");
    BOOST_TEST(outcome(revoked(401, R"({"error":"invalid_token"})")) == "invalid_token");
}

// covers C-7009-2 (V104: a failure reported as success)
BOOST_AUTO_TEST_CASE(anything_else_means_that_the_token_may_still_work)
{
    for (const int status : {503, 429})
    {
        http_response busy(status, R"({"error":"server_error","error_description":"why"})");
        busy.field("Content-Type", "application/json").field("Retry-After", "120");
        const auto got = read_revocation_response(busy);
        BOOST_TEST(outcome(got) == "temporarily_unavailable");
        BOOST_TEST((got.error().code() == condition::unreachable));
        BOOST_TEST(got.error().info().http_status() == status);
        BOOST_TEST(got.error().info().server_message() == "why");
        BOOST_TEST(has(got.error().info().hint(), "120 seconds"));
        BOOST_TEST(has(got.error().info().message(), "still works"));
    }
    for (const auto wait : {"", "-5", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999", "CANARY"})
    {
        http_response busy(503, "");
        busy.field("Retry-After", wait);
        BOOST_TEST(read_revocation_response(busy).error().info().hint() == "", wait);
    }
    for (const int status : {201, 202, 206, 301, 302, 307, 400, 401, 403, 404, 500, 502})
    {
        const auto got = revoked(status, "CANARY");
        BOOST_TEST(outcome(got) == "http_status_unexpected", status);
        BOOST_TEST(!has(all_text(got), canary), status);
    }
    BOOST_TEST(
        outcome(revoked(400, R"({"error":"unsupported_token_type"})")) == "unsupported_token_type"
    );
    BOOST_TEST(outcome(revoked(401, R"({"error":"invalid_client"})")) == "invalid_client");
    BOOST_TEST(outcome(revoked(200, R"({"error":"invalid_client"})")) == "invalid_client");
}

BOOST_AUTO_TEST_CASE(description_of_an_active_token_is_read)
{
    const auto got = read(R"({"active":true,"scope":"a b","client_id":"c","sub":"u1",
        "username":"Ann\u0007 Other","token_type":"Bearer","iss":"https://as.example",
        "aud":["x","y"],"exp":1700000060,"custom":{"a":[1]}})");
    BOOST_REQUIRE_EQUAL(outcome(got), "ok");
    BOOST_TEST(got->active);
    BOOST_TEST(got->scope == "a b");
    BOOST_TEST(got->client_id == "c");
    BOOST_TEST(got->subject == "u1");
    BOOST_TEST(got->username == "Ann Other");
    BOOST_TEST(got->token_type == "Bearer");
    BOOST_TEST(got->issuer == issuer);
    BOOST_TEST((got->audience == std::vector<std::string>{"x", "y"}));
    BOOST_TEST((got->expires_at == moment_of_test + std::chrono::seconds(60)));
    BOOST_TEST(has(got->claims, R"("custom":{"a":[1]})"));
    BOOST_TEST((read_with(R"("aud":"one")")->audience == std::vector<std::string>{"one"}));
    BOOST_TEST(read_with(R"("aud":null)")->audience.empty());
}

BOOST_AUTO_TEST_CASE(inactive_token_has_no_other_property)
{
    const auto got = read(R"({"active":false,"scope":"a","sub":"u1","exp":1700000060})");
    BOOST_REQUIRE_EQUAL(outcome(got), "ok");
    BOOST_TEST(!got->active);
    BOOST_TEST(got->scope.empty());
    BOOST_TEST(got->subject.empty());
    BOOST_TEST(got->claims.empty());
    BOOST_TEST(!got->expires_at.has_value());
}

BOOST_AUTO_TEST_CASE(description_that_does_not_say_whether_the_token_is_active_is_refused)
{
    for (const auto json : {"{}", R"({"active":null})", R"({"Active":true})"})
        BOOST_TEST(outcome(read(json)) == "json_member_missing", json);
    for (const auto json : {R"({"active":"true"})", R"({"active":1})"})
        BOOST_TEST(outcome(read(json)) == "json_wrong_type", json);
    BOOST_TEST(outcome(read(R"({"active":false,"active":true})")) == "json_member_duplicated");
    for (const auto member : {R"("scope":["a"])", R"("sub":7)", R"("aud":7)", R"("aud":[7])"})
        BOOST_TEST(outcome(read_with(member)) == "json_wrong_type", member);
}

BOOST_AUTO_TEST_CASE(hostile_end_of_a_token_never_overflows)
{
    const auto end_of = [](std::string_view exp) {
        const auto got = read_with(R"("exp":)" + std::string(exp));
        if (!got->expires_at)
            return std::string("none");
        return std::to_string((*got->expires_at - moment_of_test) / std::chrono::seconds(1));
    };
    BOOST_TEST(end_of("1700000001") == "1");
    BOOST_TEST(end_of("1700000001.9") == "1");
    for (const auto exp :
         {"null",
          "\"1700000001\"",
          "-1",
          "-1e9",
          "1e300",
          "9223372036854775807",
          "18446744073709551615",
          "{}"})
        BOOST_TEST(end_of(exp) == "none", exp);
}

BOOST_AUTO_TEST_CASE(introspection_answer_of_another_form_is_refused)
{
    http_response jwt(200, "eyJ.CANARY.x");
    jwt.field("Content-Type", "application/token-introspection+jwt");
    BOOST_TEST(outcome(read_introspection_response(jwt)) == "content_type_not_json");
    BOOST_TEST(!has(all_text(read_introspection_response(jwt)), canary));
    BOOST_TEST(outcome(read(R"({"error":"invalid_client"})", 401)) == "invalid_client");
    BOOST_TEST(outcome(read(R"({"error":"invalid_client"})", 200)) == "invalid_client");
    for (const int status : {201, 204, 302, 404, 500})
        BOOST_TEST(outcome(read(R"({"active":true})", status)) == "http_status_unexpected", status);
}

BOOST_AUTO_TEST_SUITE_END()
