// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using method = token_endpoint_auth_method;
using clock_type = std::chrono::system_clock;
using std::chrono::seconds;

constexpr std::string_view from = "https://as.example/token";
const clock_type::time_point now = clock_type::time_point(seconds(1'700'000'000));

registration
client_with(method m, std::string_view id = "client-1", std::string_view password = "CANARY-secret")
{
    registration out = sample_client();
    out.client_id = id;
    out.auth_method = m;
    if (m != method::none)
        out.client_secret = secret(password);
    return out;
}

pending_authorization pending()
{
    pending_authorization out;
    out.issuer = "https://as.example";
    out.client_id = "client-1";
    out.redirect_uri = "http://127.0.0.1:8123/callback";
    out.resource = "https://mcp.example/mcp";
    out.state = "s";
    out.code_verifier = secret("CANARY-verifier");
    return out;
}

result<http_request>
make_code(const registration& client, const pending_authorization& kept = pending())
{
    return make_code_token_request(
        sample_discovery(), client, kept, secret("CANARY-code/+ &="), request_stamp()
    );
}

result<http_request> make_refresh(const registration& client)
{
    return make_refresh_token_request(
        sample_discovery(), client, secret("CANARY-refresh"), "", request_stamp()
    );
}

std::string body_of(const result<http_request>& request)
{
    return std::string(request.value().body().reveal());
}

result<token_set> read(std::string_view json, int status = 200)
{
    return read_token_response(json_response(status, json, from), "a b", now);
}

// A good response with these further members.
result<token_set> read_with(std::string_view members)
{
    return read(
        R"({"access_token":"CANARY-access","token_type":"Bearer")" + std::string(members) + "}"
    );
}

std::string seconds_left(std::string_view expires_in)
{
    const auto got = read_with(R"(,"expires_in":)" + std::string(expires_in));
    if (!got)
        return outcome(got);
    if (!got->expires_at)
        return "never";
    return std::to_string(std::chrono::duration_cast<seconds>(*got->expires_at - now).count());
}

} // namespace

BOOST_AUTO_TEST_SUITE(token)

// covers C-21-4 C-21-9 C-8707-1 C-9728-10 C-7591-6
BOOST_AUTO_TEST_CASE(code_request_of_a_public_client_has_every_parameter_once)
{
    const auto request = make_code(client_with(method::none));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST((request->kind() == request_kind::token));
    BOOST_TEST(request->method() == "POST");
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(request->field("Accept") == "application/json");
    BOOST_TEST(request->field("Content-Type") == "application/x-www-form-urlencoded");
    BOOST_TEST(request->authorization().empty());
    const auto body = body_of(request);
    BOOST_TEST(value_of(body, "grant_type") == "authorization_code");
    BOOST_TEST(value_of(body, "code") == "CANARY-code/+ &=");
    BOOST_TEST(value_of(body, "redirect_uri") == "http://127.0.0.1:8123/callback");
    BOOST_TEST(value_of(body, "code_verifier") == "CANARY-verifier");
    BOOST_TEST(value_of(body, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(value_of(body, "client_id") == "client-1");
    BOOST_TEST(parse_form(body)->size() == 6u);
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(refresh_request_names_the_resource_again)
{
    const auto request = make_refresh(client_with(method::none));
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST((request->kind() == request_kind::token));
    const auto body = body_of(request);
    BOOST_TEST(value_of(body, "grant_type") == "refresh_token");
    BOOST_TEST(value_of(body, "refresh_token") == "CANARY-refresh");
    BOOST_TEST(value_of(body, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(value_of(body, "client_id") == "client-1");
    BOOST_TEST(parse_form(body)->size() == 4u);
}

// covers C-21-7
BOOST_AUTO_TEST_CASE(each_request_authenticates_the_client_in_one_way_only)
{
    for (const bool refresh : {false, true})
    {
        const auto make = [&](method m) {
            return refresh ? make_refresh(client_with(m)) : make_code(client_with(m));
        };
        const auto none = make(method::none);
        BOOST_TEST(none->authorization().empty());
        BOOST_TEST(value_of(body_of(none), "client_id") == "client-1");
        BOOST_TEST(value_of(body_of(none), "client_secret") == "(0 times)");

        const auto basic = make(method::client_secret_basic);
        BOOST_TEST(
            basic->authorization().reveal() == "Basic " + base64_encode("client-1:CANARY-secret")
        );
        BOOST_TEST(value_of(body_of(basic), "client_id") == "(0 times)");
        BOOST_TEST(value_of(body_of(basic), "client_secret") == "(0 times)");

        const auto post = make(method::client_secret_post);
        BOOST_TEST(post->authorization().empty());
        BOOST_TEST(value_of(body_of(post), "client_id") == "client-1");
        BOOST_TEST(value_of(body_of(post), "client_secret") == "CANARY-secret");
    }
}

// covers C-21-8
BOOST_AUTO_TEST_CASE(difficult_credentials_survive_both_ways_of_sending_them)
{
    constexpr std::string_view id = "a:b%c+d e/\xc3\xa9";
    constexpr std::string_view password = "p:q%r+s t&u=\xe2\x82\xac";
    auto kept = pending();
    kept.client_id = id;
    const auto basic = make_code(client_with(method::client_secret_basic, id, password), kept);
    BOOST_TEST(
        basic->authorization().reveal()
        == "Basic " + base64_encode("a%3Ab%25c%2Bd+e%2F%C3%A9:p%3Aq%25r%2Bs+t%26u%3D%E2%82%AC")
    );
    const auto post = make_code(client_with(method::client_secret_post, id, password), kept);
    BOOST_TEST(value_of(body_of(post), "client_id") == id);
    BOOST_TEST(value_of(body_of(post), "client_secret") == password);
}

BOOST_AUTO_TEST_CASE(secret_of_a_client_that_uses_none_is_not_sent)
{
    auto client = client_with(method::none);
    client.client_secret = secret("CANARY-secret");
    const auto request = make_code(client);
    BOOST_TEST(request->authorization().empty());
    BOOST_TEST(!has(body_of(request), "CANARY-secret"));
}

// covers C-21-22 C-9700-4 C-MCP-3 C-MCP-4
BOOST_AUTO_TEST_CASE(code_and_refresh_token_go_to_their_own_issuer_only)
{
    for (const auto other :
         {"",
          "https://evil.example",
          "https://as.example/",
          "https://AS.example",
          "https://as.example:443"})
    {
        auto client = client_with(method::none);
        client.issuer = other;
        BOOST_TEST(outcome(make_code(client)) == "registration_issuer_mismatch", other);
        BOOST_TEST(outcome(make_refresh(client)) == "registration_issuer_mismatch", other);
        auto kept = pending();
        kept.issuer = other;
        BOOST_TEST(
            outcome(make_code(client_with(method::none), kept)) == "registration_issuer_mismatch",
            other
        );
        auto found = sample_discovery();
        found.server.issuer = other;
        BOOST_TEST(
            outcome(make_code_token_request(
                found, client_with(method::none), pending(), secret("c"), request_stamp()
            )) == "registration_issuer_mismatch",
            other
        );
        BOOST_TEST(
            outcome(make_refresh_token_request(
                found, client_with(method::none), secret("c"), "", request_stamp()
            )) == "registration_issuer_mismatch",
            other
        );
    }
    auto kept = pending();
    kept.client_id = "client-2";
    BOOST_TEST(
        outcome(make_code(client_with(method::none), kept)) == "registration_issuer_mismatch"
    );
}

BOOST_AUTO_TEST_CASE(request_that_lacks_something_is_refused_without_showing_the_rest)
{
    auto found = sample_discovery();
    found.server.token_endpoint = url();
    const auto client = client_with(method::client_secret_basic);
    const auto secretless = client_with(method::client_secret_post, "client-1", "");
    auto kept = pending();
    kept.resource.clear();
    for (const auto& [got, expected] : {
             std::pair(
                 make_code_token_request(
                     found, client, pending(), secret("CANARY"), request_stamp()
                 ),
                 "endpoint_missing"
             ),
             std::pair(
                 make_code_token_request(
                     sample_discovery(), client, pending(), secret(), request_stamp()
                 ),
                 "code_missing"
             ),
             std::pair(
                 make_refresh_token_request(
                     sample_discovery(), client, secret(), "", request_stamp()
                 ),
                 "login_required"
             ),
             std::pair(make_code(secretless), "client_information_required"),
             std::pair(make_refresh(client_with(method::none, "")), "client_information_required"),
             std::pair(make_code(client, kept), "invalid_argument"),
         })
    {
        BOOST_TEST(outcome(got) == expected);
        BOOST_TEST(!has(all_text(got), canary), expected);
    }
}

BOOST_AUTO_TEST_CASE(requests_keep_the_address_policy_of_the_discovery)
{
    auto found = sample_discovery();
    found.policy.allow_loopback();
    BOOST_TEST(make_code_token_request(
                   found, client_with(method::none), pending(), secret("c"), request_stamp()
    )
                   ->policy()
                   .loopback_allowed());
    BOOST_TEST(make_refresh_token_request(
                   found, client_with(method::none), secret("c"), "", request_stamp()
    )
                   ->policy()
                   .loopback_allowed());
    BOOST_TEST(!make_code(client_with(method::none))->policy().loopback_allowed());
}

// covers C-MCP-12
BOOST_AUTO_TEST_CASE(full_response_is_read)
{
    const auto got =
        read_with(R"(,"expires_in":3600,"refresh_token":"r1","id_token":"h.p.s","scope":"a")");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->access_token.reveal() == "CANARY-access");
    BOOST_TEST(got->refresh_token.reveal() == "r1");
    BOOST_TEST(got->id_token.reveal() == "h.p.s");
    BOOST_TEST(got->scope == "a");
    BOOST_TEST((got->expires_at == now + seconds(3600)));
}

// covers C-MCP-12 C-21-12
BOOST_AUTO_TEST_CASE(response_with_the_bare_minimum_is_read)
{
    for (const auto members :
         {"",
          R"(,"refresh_token":null,"id_token":null,"scope":null,"expires_in":null)",
          R"(,"refresh_token":"","id_token":"","scope":"")"})
    {
        const auto got = read_with(members);
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->refresh_token.empty());
        BOOST_TEST(got->id_token.empty());
        BOOST_TEST(got->scope == "a b");
        BOOST_TEST(!got->expires_at.has_value());
    }
    BOOST_TEST(outcome(read(R"({"access_token":"t","token_type":"bearer"})", 201)) == "ok");
}

// covers C-21-10
BOOST_AUTO_TEST_CASE(unknown_members_are_ignored)
{
    std::string members;
    for (int i = 0; i < 100; ++i)
        members += ",\"x" + std::to_string(i) + "\":{\"a\":[1,null,\"b\"]}";
    BOOST_TEST(outcome(read_with(members)) == "ok");
}

// covers C-21-10
BOOST_AUTO_TEST_CASE(large_token_is_taken_and_a_huge_one_is_refused)
{
    const auto of = [](std::size_t size) {
        return outcome(
            read(R"({"token_type":"Bearer","access_token":")" + std::string(size, 'a') + "\"}")
        );
    };
    BOOST_TEST(of(16 * 1024) == "ok");
    BOOST_TEST(of(64 * 1024) == "ok");
    BOOST_TEST(of(64 * 1024 + 1) == "token_response_invalid");
    BOOST_TEST(of(1024 * 1024) == "token_response_invalid");
}

// covers C-21-20 C-21-18
BOOST_AUTO_TEST_CASE(tokens_that_could_break_a_header_are_refused)
{
    for (const auto text :
         {"CANARY\\r\\nX: y", "CANARY b", "CANARY\\t", "CANARY\\u00e9", "CANARY\\u007f", " CANARY"})
    {
        const auto access =
            read(R"({"token_type":"Bearer","access_token":")" + std::string(text) + "\"}");
        BOOST_TEST(outcome(access) == "token_response_invalid", text);
        BOOST_TEST(!has(all_text(access), canary), text);
        const auto refresh = read_with(R"(,"refresh_token":")" + std::string(text) + "\"");
        BOOST_TEST(outcome(refresh) == "token_response_invalid", text);
        BOOST_TEST(!has(all_text(refresh), canary), text);
    }
    BOOST_TEST(
        outcome(read(R"({"token_type":"Bearer","access_token":"a\u0000b"})")) == "json_malformed"
    );
}

// covers C-21-11
BOOST_AUTO_TEST_CASE(token_type_is_compared_without_case_and_any_other_is_refused)
{
    const auto of = [](std::string_view type) {
        return outcome(read(R"({"access_token":"CANARY","token_type":)" + std::string(type) + "}"));
    };
    for (const auto type : {R"("Bearer")", R"("bearer")", R"("BEARER")", R"("bEARER")"})
        BOOST_TEST(of(type) == "ok", type);
    for (const auto type :
         {R"("mac")",
          R"("DPoP")",
          R"("N_A")",
          R"("Bearer ")",
          R"("bearers")",
          R"("b")",
          R"("user")"})
        BOOST_TEST(of(type) == "token_type_not_supported", type);
    for (const auto type : {"7", "true", "[]", R"(["Bearer"])", "{}"})
        BOOST_TEST(of(type) == "json_wrong_type", type);
}

BOOST_AUTO_TEST_CASE(missing_token_type_counts_as_bearer)
{
    BOOST_TEST(outcome(read(R"({"access_token":"t"})")) == "ok");
    BOOST_TEST(outcome(read(R"({"access_token":"t","token_type":null})")) == "ok");
    BOOST_TEST(outcome(read(R"({"access_token":"t","token_type":""})")) == "ok");
}

// covers C-21-12
BOOST_AUTO_TEST_CASE(hostile_expires_in_never_overflows)
{
    constexpr auto ten_years = "315360000";
    BOOST_TEST(seconds_left("3600") == "3600");
    BOOST_TEST(seconds_left("3599.9") == "3599");
    BOOST_TEST(seconds_left("\"3600\"") == "3600");
    BOOST_TEST(seconds_left("0") == "0");
    for (const auto value : {"-1", "-9223372036854775808", "-1e300", "\"-5\""})
        BOOST_TEST(seconds_left(value) == "0", value);
    for (const auto value :
         {"9223372036854775807",
          "18446744073709551615",
          "1e300",
          "99999999999999999999999999",
          "\"99999999999999999999999999\""})
        BOOST_TEST(seconds_left(value) == ten_years, value);
    for (const auto value : {"\"\"", "\"soon\"", "\"1e3\"", "true", "[]", "{}"})
        BOOST_TEST(seconds_left(value) == "json_wrong_type", value);
    const auto late = read_token_response(
        json_response(200, R"({"access_token":"t","expires_in":3600})", from),
        "",
        clock_type::time_point::max() - seconds(10)
    );
    BOOST_TEST((late->expires_at == clock_type::time_point::max()));
}

BOOST_AUTO_TEST_CASE(members_of_wrong_type_are_refused_without_showing_the_token)
{
    for (const auto members :
         {R"(,"refresh_token":7)",
          R"(,"refresh_token":{})",
          R"(,"id_token":[])",
          R"(,"scope":["a"])",
          R"(,"scope":7)",
          R"(,"expires_in":{})"})
    {
        const auto got = read_with(members);
        BOOST_TEST(outcome(got) == "json_wrong_type", members);
        BOOST_TEST(!has(all_text(got), canary), members);
    }
    BOOST_TEST(outcome(read(R"({"access_token":7})")) == "json_wrong_type");
    BOOST_TEST(outcome(read(R"({"access_token":{"t":"CANARY"}})")) == "json_wrong_type");
    BOOST_TEST(outcome(read(R"({"access_token":null})")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"access_token":""})")) == "json_member_missing");
    BOOST_TEST(
        outcome(read(R"({"ok":false,"authed_user":{"access_token":"CANARY"}})"))
        == "json_member_missing"
    );
    BOOST_TEST(outcome(read("{}")) == "json_member_missing");
}

// covers C-21-18
BOOST_AUTO_TEST_CASE(no_failure_shows_a_token)
{
    for (const auto body :
         {R"({"access_token":"CANARY","access_token":"CANARY2"})",
          R"({"access_token":"CANARY")",
          R"(access_token=CANARY&token_type=bearer)",
          R"(["CANARY"])",
          R"("CANARY")",
          R"({"access_token":"CANARY","token_type":"mac"})",
          R"({"access_token":"CANARY","error":"invalid_grant"})",
          R"({"access_token":"CANARY","refresh_token":"CANARY","expires_in":"x"})"})
    {
        for (const int status : {200, 202, 302, 400, 401, 500})
        {
            const auto got = read(body, status);
            BOOST_TEST(outcome(got) != "ok", body);
            BOOST_TEST(!has(all_text(got), canary), body);
        }
    }
    http_response form(200, "access_token=CANARY&token_type=bearer");
    form.field("Content-Type", "application/x-www-form-urlencoded").from(make_url(from));
    BOOST_TEST(outcome(read_token_response(form, "", now)) == "content_type_not_json");
    BOOST_TEST(!has(all_text(read_token_response(form, "", now)), canary));
}

BOOST_AUTO_TEST_CASE(error_responses_become_typed_errors)
{
    for (const auto name :
         {"invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope",
          "invalid_target",
          "server_error",
          "temporarily_unavailable"})
    {
        for (const int status : {200, 400, 401, 403, 422, 500, 503})
        {
            const auto got = read(
                R"({"error":")" + std::string(name) + R"(","error_description":"why"})", status
            );
            BOOST_TEST(outcome(got) == name);
            const auto info = got.error().info();
            BOOST_TEST(info.http_status() == status);
            BOOST_TEST(info.server_error() == name);
            BOOST_TEST(info.server_message() == "why");
            BOOST_TEST(info.url() == from);
            BOOST_TEST((info.where() == stage::token));
        }
    }
    BOOST_TEST(outcome(read(R"({"error":"bad_verification_code"})")) == "unknown_oauth_error");
    BOOST_TEST(outcome(read(R"({"ok":false,"error":"invalid_code"})")) == "unknown_oauth_error");
    BOOST_TEST(
        outcome(read(R"({"error":"invalid_grant","error_description":{"a":1}})", 400))
        == "invalid_grant"
    );
    BOOST_TEST(outcome(read(R"({"access_token":"t","error":"","token_type":"Bearer"})")) == "ok");
    BOOST_TEST(outcome(read(R"({"access_token":"t","error":null,"token_type":"Bearer"})")) == "ok");
}

BOOST_AUTO_TEST_CASE(refusal_that_is_no_json_keeps_the_status_only)
{
    http_response page(502, "<html>CANARY</html>");
    page.field("Content-Type", "text/html").from(make_url(from));
    const auto got = read_token_response(page, "", now);
    BOOST_TEST(outcome(got) == "http_status_unexpected");
    BOOST_TEST(got.error().info().http_status() == 502);
    BOOST_TEST(got.error().info().server_message() == "");
    for (const int status : {202, 204, 206, 301, 302, 307, 308})
        BOOST_TEST(
            outcome(read(R"({"access_token":"t"})", status)) == "http_status_unexpected", status
        );
}

BOOST_AUTO_TEST_CASE(token_expires_within_a_margin_up_to_and_including_its_end)
{
    token_set tokens;
    BOOST_TEST(!tokens.expires_within(seconds(1'000'000), now));
    tokens.expires_at = now + seconds(60);
    BOOST_TEST(!tokens.expires_within(seconds(0), now));
    BOOST_TEST(!tokens.expires_within(seconds(59), now));
    BOOST_TEST(tokens.expires_within(seconds(60), now));
    BOOST_TEST(tokens.expires_within(seconds(0), now + seconds(60)));
    BOOST_TEST(!tokens.expires_within(seconds(-1), now + seconds(60)));
    BOOST_TEST(tokens.expires_within(seconds::max(), now));
    BOOST_TEST(!tokens.expires_within(seconds::min(), now));
    BOOST_TEST(tokens.expires_within(seconds::max(), clock_type::time_point::min()));
    BOOST_TEST(!tokens.expires_within(seconds::min(), clock_type::time_point::max()));
}

// covers C-21-17
BOOST_AUTO_TEST_CASE(bearer_credentials_carry_the_token_as_it_is)
{
    BOOST_TEST(make_bearer_credentials(secret("abc.DEF~/+=")).reveal() == "Bearer abc.DEF~/+=");
}

BOOST_AUTO_TEST_SUITE_END()
