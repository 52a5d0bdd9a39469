// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/provider_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_SUITE(token_response)

namespace {

using clock_type = std::chrono::system_clock;
using std::chrono::seconds;

constexpr std::string_view from = "https://as.example/token";
const clock_type::time_point now = clock_type::time_point(seconds(1'700'000'000));

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
    BOOST_TEST(of(1024 * 1024) == "json_malformed"); // more than any document may take
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
    for (const auto value : {"\"\"", "\"soon\"", "\"1e3\"", "true", "[]", "{}", "null"})
        BOOST_TEST(seconds_left(value) == "never", value);
    const auto late = read_token_response(
        json_response(200, R"({"access_token":"t","expires_in":3600})", from),
        "",
        clock_type::time_point::max() - seconds(10)
    );
    BOOST_TEST((late->expires_at == clock_type::time_point::max()));
}

// The code is spent: what comes beside the access token is no reason to lose it.
BOOST_AUTO_TEST_CASE(optional_members_of_a_wrong_type_count_as_absent)
{
    for (const auto members :
         {R"(,"refresh_token":7)",
          R"(,"refresh_token":{})",
          R"(,"refresh_token":false)",
          R"(,"id_token":[])",
          R"(,"scope":7)",
          R"(,"scope":{})",
          R"(,"scope":[7,null,["x"]])",
          R"(,"expires_in":{})"})
    {
        const auto got = read_with(members);
        BOOST_REQUIRE_MESSAGE(got.has_value(), members);
        BOOST_TEST(got->access_token.reveal() == "CANARY-access");
        BOOST_TEST(got->refresh_token.empty(), members);
        BOOST_TEST(got->id_token.empty(), members);
        BOOST_TEST(got->scope == "a b", members);
        BOOST_TEST(!got->expires_at.has_value(), members);
    }
}

BOOST_AUTO_TEST_CASE(access_token_is_required_and_a_string)
{
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
          R"(access_token=CANARY&token_type=mac)",
          R"(["CANARY"])",
          R"("CANARY")",
          R"({"access_token":"CANARY","token_type":"mac"})",
          R"({"access_token":"a","token_type":"b\",\"refresh_token\":\"CANARY"})",
          R"({"access_token":"a","token_type":"CANARY-as-long-as-a-token"})",
          R"({"access_token":"CANARY","error":"invalid_grant"})",
          R"(a=b&error=us"refresh_token": "CANARY")",
          R"(error=x&error_description=y, "id_token": "CANARY")",
          R"({"error":"\"access_token\":\"CANARY"})",
          R"({"error":"x","error_description":"access_token=CANARY"})",
          R"({"access_token":"CANARY","refresh_token":"CANARY b"})"})
    {
        for (const int status : {200, 202, 302, 400, 401, 500})
        {
            const auto got = read(body, status);
            BOOST_TEST(outcome(got) != "ok", body);
            BOOST_TEST(!has(all_text(got), canary), body);
        }
    }
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

// Each is compared with others later: a list without end would keep the program busy.
BOOST_AUTO_TEST_CASE(a_list_of_scopes_without_end_is_cut)
{
    std::string scopes;
    for (int i = 0; i != 20'000; ++i)
        scopes += std::to_string(i) + (i % 2 == 0 ? " " : ",");
    const auto got = read_with(R"(,"scope":")" + scopes + '"');
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(std::count(got->scope.begin(), got->scope.end(), ' ') == 1023);
    BOOST_TEST(got->scope.starts_with("0 1 2 3 "));
    BOOST_TEST(got->scope.ends_with(" 1023"));

    std::string repeated;
    for (int i = 0; i != 20'000; ++i)
        repeated += "again ";
    BOOST_TEST(read_with(R"(,"scope":[")" + repeated + R"(","last"])")->scope == "again last");
}

BOOST_AUTO_TEST_CASE(scope_is_read_from_arrays_and_between_commas)
{
    const auto of = [](std::string_view json) {
        return read_with(R"(,"scope":)" + std::string(json))->scope;
    };
    BOOST_TEST(of(R"(["c","d"])") == "c d");
    BOOST_TEST(of(R"(["c d","e"])") == "c d e");
    BOOST_TEST(of(R"("c,d")") == "c d");
    BOOST_TEST(of(R"("c, d e")") == "c d e");
    BOOST_TEST(of(R"(" c  d ")") == "c d");
    BOOST_TEST(of(R"("c c,c")") == "c");
    BOOST_TEST(of(R"(",")") == "a b");
    BOOST_TEST(of(R"("c \"x\" \u00fc d")") == "c d");
    // A comma may be part of a scope, as in one that was asked for.
    const auto whole = read_token_response(
        json_response(200, R"({"access_token":"t","scope":"p:1,2 q,r"})", from), "p:1,2", now
    );
    BOOST_TEST(whole->scope == "p:1,2 q r");
}

BOOST_AUTO_TEST_CASE(dpop_token_needs_a_request_with_a_proof)
{
    const auto of = [](std::string_view type, bool dpop) {
        return read_token_response(
            json_response(
                200, R"({"access_token":"CANARY","token_type":)" + std::string(type) + "}", from
            ),
            "",
            now,
            dpop
        );
    };
    for (const auto type : {R"("DPoP")", R"("dpop")", R"("DPOP")"})
    {
        BOOST_TEST((of(type, true)->kind == token_kind::dpop), type);
        const auto refused = of(type, false);
        BOOST_TEST(outcome(refused) == "token_type_not_supported", type);
        BOOST_TEST(has(refused.error().info().message(), "DPoP"), type);
        BOOST_TEST(!has(all_text(refused), canary), type);
    }
    // RFC 9449 section 5: a server that does not bind the token says so.
    for (const auto type : {R"("Bearer")", "null", R"("")"})
        BOOST_TEST((of(type, true)->kind == token_kind::bearer), type);
    BOOST_TEST(outcome(of(R"("mac")", true)) == "token_type_not_supported");
}

BOOST_AUTO_TEST_CASE(form_is_read_where_the_content_type_allows_it)
{
    const auto of = [](std::string_view body, std::string_view type, int status = 200) {
        http_response response(status, std::string(body));
        response.from(make_url(from));
        if (!type.empty())
            response.field("Content-Type", type);
        return read_token_response(response, "a b", now);
    };
    constexpr std::string_view good =
        "access_token=t%2B1&token_type=bearer&scope=repo%2Cgist&expires_in=28800&refresh_token=r1";
    for (const auto type :
         {"application/x-www-form-urlencoded; charset=utf-8",
          "application/x-www-form-urlencoded",
          "Application/X-WWW-Form-URLencoded",
          "text/plain"})
    {
        const auto got = of(good, type);
        BOOST_REQUIRE_MESSAGE(got.has_value(), type);
        BOOST_TEST(got->access_token.reveal() == "t+1");
        BOOST_TEST(got->refresh_token.reveal() == "r1");
        BOOST_TEST(got->scope == "repo gist");
        BOOST_TEST((got->expires_at == now + seconds(28800)));
    }
    for (const auto type : {"text/html", "application/octet-stream", ""})
        BOOST_TEST(outcome(of(good, type)) == "content_type_not_json", type);
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    BOOST_TEST(outcome(of("error=invalid_grant&error_description=why", form)) == "invalid_grant");
    BOOST_TEST(outcome(of("error=invalid_grant", form, 400)) == "invalid_grant");
    BOOST_TEST(
        outcome(of("access_token=CANARY&access_token=CANARY2", form)) == "json_member_duplicated"
    );
    BOOST_TEST(!has(all_text(of("access_token=CANARY&access_token=CANARY2", form)), canary));
    for (const auto body : {"access_token=CANARY%2", "CANARY", "token=CANARY", "", "a=1&a=2"})
    {
        const auto got = of(body, form);
        BOOST_TEST(outcome(got) == "content_type_not_json", body);
        BOOST_TEST(!has(all_text(got), canary), body);
    }
    BOOST_TEST(outcome(of("access_token=CANARY%20b", form)) == "token_response_invalid");
}

BOOST_AUTO_TEST_CASE(json_with_a_wrong_label_is_read_if_it_is_about_tokens)
{
    const auto of = [](std::string_view body, std::vector<std::string> types) {
        http_response response(200, std::string(body));
        response.from(make_url(from));
        for (const auto& type : types)
            response.field("Content-Type", type);
        return outcome(read_token_response(response, "", now));
    };
    for (const auto type : {"text/plain", "text/html; charset=utf-8", "text/javascript"})
    {
        BOOST_TEST(of(R"({"access_token":"t"})", {type}) == "ok", type);
        BOOST_TEST(of(R"( {"error":"invalid_grant"})", {type}) == "invalid_grant", type);
        for (const auto body :
             {R"({"a":1})",
              R"({"access_token":"t"} )"
              "x",
              "[]",
              R"({"access_token":"t","access_token":"t"})"})
            BOOST_TEST(of(body, {type}) == "content_type_not_json", type << " " << body);
    }
    BOOST_TEST(of(R"({"access_token":"t"})", {}) == "ok");
    BOOST_TEST(
        of(R"({"access_token":"t"})", {"text/plain", "text/plain"}) == "content_type_not_json"
    );
    http_response packed(200, R"({"access_token":"t"})");
    packed.field("Content-Type", "text/plain").field("Content-Encoding", "gzip");
    BOOST_TEST(outcome(read_token_response(packed, "", now)) == "content_type_not_json");
}

BOOST_AUTO_TEST_CASE(errors_of_another_shape_keep_their_name_and_text)
{
    const auto facebook = read(
        R"({"error":{"message":"Invalid parameter","type":"OAuthException","code":100}})", 400
    );
    BOOST_TEST(outcome(facebook) == "unknown_oauth_error");
    BOOST_TEST(facebook.error().info().server_error() == "OAuthException");
    BOOST_TEST(facebook.error().info().server_message() == "Invalid parameter");
    BOOST_TEST(
        outcome(read(R"({"error":{"code":"invalid_grant","message":"gone"}})", 400))
        == "invalid_grant"
    );
    const auto bare = read(R"({"error":{"message":"why\u202e"}})", 400);
    BOOST_TEST(outcome(bare) == "unknown_oauth_error");
    BOOST_TEST(bare.error().info().server_message() == "why");
    const auto fitbit =
        read(R"({"errors":[{"errorType":"invalid_grant","message":"expired"}]})", 400);
    BOOST_TEST(outcome(fitbit) == "invalid_grant");
    BOOST_TEST(fitbit.error().info().server_message() == "expired");
    for (const auto body :
         {R"({"error":{}})",
          R"({"error":7})",
          R"({"errors":[]})",
          R"({"errors":["x"]})",
          R"({"errors":[{"errorType":7}]})",
          R"({"errors":{"errorType":"invalid_grant"}})"})
    {
        BOOST_TEST(outcome(read(body, 400)) == "http_status_unexpected", body);
        BOOST_TEST(outcome(read(body)) == "json_member_missing", body);
    }
    BOOST_TEST(outcome(read(R"({"access_token":"t","errors":[]})")) == "ok");
}

BOOST_AUTO_TEST_CASE(tokens_are_found_where_the_policy_of_the_issuer_says)
{
    provider_policy policy("https://as.example");
    policy.token_member("authed_user").add_bearer_name("user").add_bearer_name("dpop");
    const auto of = [&policy](std::string_view body) {
        return read_token_response(json_response(200, body, from), "a", now, false, &policy);
    };
    const auto nested =
        of(R"({"ok":true,"access_token":"bot","token_type":"bot","authed_user":{"id":"U",)"
           R"("access_token":"user-token","token_type":"user","scope":"c,d","expires_in":43200,)"
           R"("refresh_token":"r1"}})");
    BOOST_REQUIRE(nested.has_value());
    BOOST_TEST(nested->access_token.reveal() == "user-token");
    BOOST_TEST(nested->refresh_token.reveal() == "r1");
    BOOST_TEST(nested->scope == "c d");
    BOOST_TEST((nested->kind == token_kind::bearer));
    BOOST_TEST((nested->expires_at == now + seconds(43200)));
    // The answer to a refresh is flat.
    const auto flat = of(R"({"ok":true,"access_token":"t2","token_type":"user"})");
    BOOST_REQUIRE(flat.has_value());
    BOOST_TEST(flat->access_token.reveal() == "t2");
    for (const auto member : {R"("authed_user")", "{}", R"({"id":"U"})", R"({"access_token":7})"})
        BOOST_TEST(
            outcome(of(R"({"access_token":"t","authed_user":)" + std::string(member) + "}"))
                == "ok",
            member
        );
    BOOST_TEST(
        outcome(of(R"({"authed_user":{"access_token":"CANARY b"}})")) == "token_response_invalid"
    );
    BOOST_TEST(
        outcome(of(R"({"authed_user":{"access_token":"CANARY","token_type":"bot"}})"))
        == "token_type_not_supported"
    );
    BOOST_TEST(
        outcome(of(R"({"access_token":"t","token_type":"dpop"})")) == "token_type_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(policy_says_what_the_errors_of_its_server_mean)
{
    provider_policy policy("https://as.example");
    policy.add_error_name("bad_refresh_token", errc::invalid_grant)
        .add_error_name("invalid_scope", errc::server_error);
    const auto of = [&policy](std::string_view body, int status) {
        return read_token_response(json_response(status, body, from), "", now, false, &policy);
    };
    for (const int status : {200, 400})
    {
        const auto got =
            of(R"({"error":"bad_refresh_token","error_description":"expired"})", status);
        BOOST_TEST(outcome(got) == "invalid_grant");
        BOOST_TEST(got.error().info().server_error() == "bad_refresh_token");
        BOOST_TEST(got.error().info().server_message() == "expired");
        BOOST_TEST(got.error().info().http_status() == status);
        BOOST_TEST((got.error().info().where() == stage::token));
        BOOST_TEST(got.error().info().url() == from);
        // What a standard names means that.
        BOOST_TEST(outcome(of(R"({"error":"invalid_scope"})", status)) == "invalid_scope");
        BOOST_TEST(outcome(of(R"({"error":"other"})", status)) == "unknown_oauth_error");
    }
}

BOOST_AUTO_TEST_CASE(refusal_may_be_a_form)
{
    const auto of = [](std::string_view body, std::string_view type, int status = 400) {
        http_response response(status, std::string(body));
        response.field("Content-Type", type).from(make_url(from));
        return read_token_response(response, "", now);
    };
    constexpr std::string_view refused = "error=invalid_grant&error_description=gone+by";
    for (const auto type :
         {"application/x-www-form-urlencoded",
          "application/x-www-form-urlencoded  ; charset=utf-8",
          "APPLICATION/X-WWW-FORM-URLENCODED;"})
    {
        const auto got = of(refused, type);
        BOOST_TEST(outcome(got) == "invalid_grant", type);
        BOOST_TEST(got.error().info().server_message() == "gone by", type);
        BOOST_TEST(got.error().info().http_status() == 400, type);
    }
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    BOOST_TEST(outcome(of(refused, "text/plain")) == "http_status_unexpected");
    BOOST_TEST(
        outcome(of(refused, "application/x-www-form-urlencoded2")) == "http_status_unexpected"
    );
    BOOST_TEST(outcome(of(refused, form, 302)) == "http_status_unexpected");
    // Neither a token nor what reads twice makes an error of it.
    for (const auto body :
         {"access_token=CANARY", "error=", "a=b", "", "error=a&error=b", "error=%2", "CANARY"})
    {
        const auto got = of(body, form);
        BOOST_TEST(outcome(got) == "http_status_unexpected", body);
        BOOST_TEST(!has(all_text(got), canary), body);
    }
    BOOST_TEST(outcome(of(R"({"error":"invalid_scope"})", form)) == "invalid_scope");
}

BOOST_AUTO_TEST_CASE(token_type_that_is_no_name_is_not_shown)
{
    const auto told = [](std::string_view type) {
        const auto got =
            read(R"({"access_token":"t","token_type":")" + std::string(type) + R"("})");
        BOOST_TEST(outcome(got) == "token_type_not_supported");
        return got.error().info().message();
    };
    for (const auto type : {"mac", "N_A", "x-y.z9", "AZaz09-._", "0123456789abcdef"})
        BOOST_TEST(told(type) == "The token type is \"" + std::string(type) + "\".");
    for (const auto type :
         {"0123456789abcdefg", "a b", "a/b", "a:b", "a[b", "a@b", "a`b", "a{b", "caf\xc3\xa9"})
        BOOST_TEST(told(type) == "The token type is not the name of one.", type);
    BOOST_TEST(told("DPoP") == "The token is bound to a DPoP key, but none was shown.");
}

BOOST_AUTO_TEST_CASE(scope_that_is_none_is_the_one_that_was_asked_for)
{
    for (const auto scope : {"7", "{}", "[]", "[7,null]", "\" \"", "\",\"", "[\"\"]", "[\"\\\\\"]"})
        BOOST_TEST(read_with(R"(,"scope":)" + std::string(scope))->scope == "a b", scope);
    BOOST_TEST(read_with(R"(,"scope":["c","c","d e"])")->scope == "c d e");
}

BOOST_AUTO_TEST_SUITE_END()
