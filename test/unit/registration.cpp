// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "registration_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;
using clock_type = std::chrono::system_clock;

constexpr std::string_view from = "https://as.example/register";

result<registration> read(std::string_view json, const discovery& found, int status = 201)
{
    return read_registration_response(json_response(status, json, from), found, sample_profile());
}

result<registration> read(std::string_view json)
{
    return read(json, sample_discovery());
}

// A response with one member beyond the identifier.
result<registration> read_with(std::string_view members)
{
    return read(R"({"client_id":"c1",)" + std::string(members) + "}");
}

} // namespace

BOOST_AUTO_TEST_SUITE(registration_responses)

// covers C-MCP-3 C-MCP-4
BOOST_AUTO_TEST_CASE(registration_is_bound_to_the_issuer)
{
    const auto got = read(R"({"client_id":"c1"})");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->issuer == "https://as.example");
    BOOST_TEST(got->client_id == "c1");
    BOOST_TEST(got->client_secret.empty());
    BOOST_TEST(name_of(got->auth_method) == "none");
    BOOST_TEST((got->redirect_uris == names{"http://127.0.0.1:8123/callback"}));
    BOOST_TEST((got->source == registration_source::dynamic));
    BOOST_TEST(!got->client_secret_expires_at);
}

BOOST_AUTO_TEST_CASE(status_200_is_taken_for_201)
{
    BOOST_TEST(outcome(read(R"({"client_id":"c1"})", sample_discovery(), 200)) == "ok");
    for (const int status : {202, 204, 206, 301, 302})
        BOOST_TEST(
            outcome(read(R"({"client_id":"c1"})", sample_discovery(), status))
                == "http_status_unexpected",
            status
        );
}

BOOST_AUTO_TEST_CASE(unknown_and_null_members_are_ignored)
{
    BOOST_TEST(
        outcome(read_with(
            R"("x":{"y":[1]},"client_secret":null,"scope":null,"redirect_uris":null,"grant_types":null,)"
            R"("token_endpoint_auth_method":null,"registration_client_uri":null,"client_name":7)"
        ))
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(missing_or_empty_client_id_is_refused)
{
    BOOST_TEST(outcome(read("{}")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"client_id":""})")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"client_id":null})")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"Client_Id":"c"})")) == "json_member_missing");
}

// covers C-21-20
BOOST_AUTO_TEST_CASE(client_id_that_is_not_printable_is_refused)
{
    BOOST_TEST(outcome(read(R"({"client_id":"a\nb"})")) == "registration_response_invalid");
    BOOST_TEST(outcome(read(R"({"client_id":"\u00e9"})")) == "registration_response_invalid");
    BOOST_TEST(outcome(read(R"({"client_id":"a\u007fb"})")) == "registration_response_invalid");
    BOOST_TEST(outcome(read(R"({"client_id":"a\u0000b"})")) == "json_malformed");
    BOOST_TEST(
        outcome(read(R"({"client_id":")" + std::string(9000, 'a') + "\"}"))
        == "registration_response_invalid"
    );
    BOOST_TEST(outcome(read(R"({"client_id":"https://as.example/c one"})")) == "ok");
}

BOOST_AUTO_TEST_CASE(members_of_wrong_type_are_refused)
{
    BOOST_TEST(outcome(read(R"({"client_id":7})")) == "json_wrong_type");
    for (const auto members :
         {R"("client_secret":7)",
          R"("client_secret":["a"])",
          R"("token_endpoint_auth_method":7)",
          R"("scope":["a"])",
          R"("redirect_uris":"http://127.0.0.1:8123/callback")",
          R"("redirect_uris":[7])",
          R"("grant_types":"x")",
          R"("response_types":{})",
          R"("registration_client_uri":7)",
          R"("registration_access_token":{})",
          R"("client_secret":"s","client_secret_expires_at":"soon")",
          R"("client_secret":"s","client_secret_expires_at":true)",
          R"("client_secret":"s","client_secret_expires_at":"")",
          R"("client_secret":"s","client_secret_expires_at":"-1")",
          R"("client_secret":"s","client_secret_expires_at":[1])"})
        BOOST_TEST(outcome(read_with(members)) == "json_wrong_type", members);
}

BOOST_AUTO_TEST_CASE(documents_that_are_not_one_json_object_are_refused)
{
    BOOST_TEST(outcome(read("")) == "json_malformed");
    BOOST_TEST(outcome(read("<html>")) == "json_malformed");
    BOOST_TEST(outcome(read("[]")) == "json_wrong_type");
    BOOST_TEST(outcome(read(R"({"client_id":"c1","client_id":"c2"})")) == "json_member_duplicated");
    http_response html(201, R"({"client_id":"c1"})");
    html.field("Content-Type", "text/html").from(make_url(from));
    BOOST_TEST(
        outcome(read_registration_response(html, sample_discovery(), sample_profile()))
        == "content_type_not_json"
    );
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(method_of_the_response_wins)
{
    BOOST_TEST(
        method_of(
            read_with(R"("client_secret":"s","token_endpoint_auth_method":"client_secret_post")")
        )
        == "client_secret_post"
    );
    BOOST_TEST(
        method_of(
            read_with(R"("client_secret":"s","token_endpoint_auth_method":"client_secret_basic")")
        )
        == "client_secret_basic"
    );
    const auto kept = read_with(R"("client_secret":"s","token_endpoint_auth_method":"none")");
    BOOST_TEST(method_of(kept) == "none");
    BOOST_TEST(kept->client_secret.reveal() == "s");
}

BOOST_AUTO_TEST_CASE(method_of_the_response_that_is_unknown_is_refused)
{
    for (const auto name : {"windows_client_authentication", "None", "x"})
    {
        const auto got = read_with(
            R"("client_secret":"CANARY","token_endpoint_auth_method":")" + std::string(name) + "\""
        );
        BOOST_TEST(outcome(got) == "token_endpoint_auth_method_not_supported", name);
        BOOST_TEST(!has(all_text(got), canary));
    }
}

// catches D-6
BOOST_AUTO_TEST_CASE(secret_that_was_not_asked_for_is_used_by_a_method_that_the_server_takes)
{
    constexpr std::string_view response = R"({"client_id":"c1","client_secret":"s"})";
    BOOST_TEST(method_of(read(response)) == "client_secret_basic");
    BOOST_TEST(method_of(read(response, listing({}))) == "client_secret_basic");
    BOOST_TEST(
        method_of(read(response, listing({"none", "client_secret_post", "client_secret_basic"})))
        == "client_secret_basic"
    );
    BOOST_TEST(
        method_of(read(response, listing({"none", "client_secret_post"}))) == "client_secret_post"
    );
    BOOST_TEST(method_of(read(response, listing({"none"}))) == "none");
    BOOST_TEST(method_of(read(response, listing({"client_secret_post"}))) == "client_secret_post");
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(client_that_must_show_a_secret_it_never_got_is_refused)
{
    BOOST_TEST(
        method_of(read_with(R"("token_endpoint_auth_method":"client_secret_basic")"))
        == "registration_response_invalid"
    );
    BOOST_TEST(
        method_of(
            read_with(R"("client_secret":"","token_endpoint_auth_method":"client_secret_post")")
        )
        == "registration_response_invalid"
    );
    BOOST_TEST(
        method_of(read(R"({"client_id":"c1"})", listing({"client_secret_basic"})))
        == "registration_response_invalid"
    );
}

// covers C-7591-3
BOOST_AUTO_TEST_CASE(secret_that_expires_expires_then)
{
    const auto got = read_with(R"("client_secret":"s","client_secret_expires_at":1700000000)");
    BOOST_REQUIRE(got.has_value());
    const auto end = clock_type::time_point(std::chrono::seconds(1700000000));
    BOOST_REQUIRE(got->client_secret_expires_at.has_value());
    BOOST_TEST((*got->client_secret_expires_at == end));
    BOOST_TEST(got->expired(end));
    BOOST_TEST(got->expired(end + std::chrono::seconds(1)));
    BOOST_TEST(!got->expired(end - std::chrono::nanoseconds(1)));
}

// covers C-7591-3
BOOST_AUTO_TEST_CASE(hostile_expiry_never_overflows)
{
    for (const auto value :
         {"0",
          "-1",
          "-9223372036854775808",
          "9223372036854775807",
          "18446744073709551615",
          "1e18",
          "1e300",
          "-1e300",
          "9223372037",
          "99999999999999999999999",
          "\"0\"",
          "\"99999999999999999999999\"",
          "0.0",
          "null"})
    {
        const auto got =
            read_with(R"("client_secret":"s","client_secret_expires_at":)" + std::string(value));
        BOOST_TEST(outcome(got) == "ok", value);
        if (got)
        {
            BOOST_TEST(!got->client_secret_expires_at.has_value(), value);
            BOOST_TEST(!got->expired(clock_type::time_point::max()), value);
        }
    }
    for (const auto value : {"1", "1.5", "\"1\""})
    {
        const auto got =
            read_with(R"("client_secret":"s","client_secret_expires_at":)" + std::string(value));
        BOOST_TEST(
            (got && got->client_secret_expires_at == clock_type::time_point(std::chrono::seconds(1))
            ),
            value
        );
    }
}

BOOST_AUTO_TEST_CASE(expiry_beyond_all_times_is_no_end_and_beyond_all_numbers_is_refused)
{
    const auto with = [](std::string_view value) {
        return read_with(R"("client_secret":"s","client_secret_expires_at":)" + std::string(value));
    };
    for (const auto value : {"8.9e18", "9e18", "9.1e18", "1e308"})
    {
        const auto got = with(value);
        BOOST_REQUIRE_MESSAGE(got.has_value(), value);
        BOOST_TEST(!got->expired(clock_type::time_point::max()), value);
    }
    for (const auto value : {"1e400", "-1e400", "1e999999999"})
        BOOST_TEST(outcome(with(value)) == "json_malformed", value);
}

BOOST_AUTO_TEST_CASE(expiry_without_secret_is_ignored)
{
    const auto got = read_with(R"("client_secret_expires_at":1)");
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(!got->expired(clock_type::time_point::max()));
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(changed_redirect_uris_are_refused)
{
    for (const auto list :
         {R"([])",
          R"(["http://127.0.0.1:8124/callback"])",
          R"(["http://127.0.0.1/callback"])",
          R"(["http://127.0.0.1:8123/callback/"])",
          R"(["http://localhost:8123/callback"])",
          R"(["HTTP://127.0.0.1:8123/callback"])",
          R"(["http://127.0.0.1:8123/Callback"])",
          R"(["http://127.0.0.1:8123/c%61llback"])",
          R"(["http://127.0.0.1:8123/callback?"])"})
        BOOST_TEST(
            outcome(read_with(R"("redirect_uris":)" + std::string(list)))
                == "registration_redirect_uri_changed",
            list
        );
}

BOOST_AUTO_TEST_CASE(redirect_uris_that_the_server_adds_are_not_kept)
{
    const auto got =
        read_with(R"("redirect_uris":["https://evil.example/cb","http://127.0.0.1:8123/callback"])"
        );
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->redirect_uris == names{"http://127.0.0.1:8123/callback"}));
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(client_that_may_not_use_the_code_grant_is_refused)
{
    BOOST_TEST(
        outcome(read_with(R"("grant_types":["client_credentials"])"))
        == "registration_response_invalid"
    );
    BOOST_TEST(
        outcome(read_with(R"("response_types":["token"])")) == "registration_response_invalid"
    );
    BOOST_TEST(
        outcome(read_with(
            R"("grant_types":["authorization_code"],"response_types":["code","id_token"])"
        ))
        == "ok"
    );
    BOOST_TEST(outcome(read_with(R"("grant_types":[],"response_types":[])")) == "ok");
}

BOOST_AUTO_TEST_CASE(scope_of_the_response_replaces_what_was_asked_for)
{
    const auto profile = sample_profile().scope("a b");
    const auto of = [&](std::string_view json) {
        return read_registration_response(
                   json_response(201, json, from), sample_discovery(), profile
        )
            .value()
            .scope;
    };
    BOOST_TEST(of(R"({"client_id":"c","scope":"a"})") == "a");
    BOOST_TEST(of(R"({"client_id":"c"})") == "a b");
    BOOST_TEST(of(R"({"client_id":"c","scope":""})") == "a b");
}

// covers C-7592-5
BOOST_AUTO_TEST_CASE(management_uri_of_another_origin_is_ignored)
{
    const auto of = [](std::string_view uri) {
        return read_with(
                   R"("registration_access_token":"CANARY","registration_client_uri":")"
                   + std::string(uri) + "\""
        )
            .value();
    };
    const auto good = of("https://as.example/register/c1");
    BOOST_TEST(good.registration_client_uri.str() == "https://as.example/register/c1");
    BOOST_TEST(good.registration_access_token.reveal() == canary);
    for (const auto uri :
         {"https://evil.example/register/c1",
          "http://as.example/register/c1",
          "https://as.example:8443/register/c1",
          "https://as.example.evil.example/r",
          "https://as.example@evil.example/r",
          "/register/c1",
          "nonsense",
          "",
          "https://as.example/r#f"})
    {
        const auto got = of(uri);
        BOOST_TEST(got.registration_client_uri.empty(), uri);
        BOOST_TEST(got.registration_access_token.empty(), uri);
    }
}

// covers C-7591-4
BOOST_AUTO_TEST_CASE(error_responses_become_typed_errors)
{
    for (const auto name :
         {"invalid_redirect_uri",
          "invalid_client_metadata",
          "unapproved_software_statement",
          "invalid_request",
          "access_denied",
          "server_error"})
    {
        for (const int status : {400, 401, 403, 404, 409, 422, 429, 500})
        {
            const auto got = read(
                R"({"error":")" + std::string(name)
                    + R"(","error_description":"no \u001b[31m<b>such</b>\u202e"})",
                sample_discovery(),
                status
            );
            BOOST_TEST(outcome(got) == name);
            const auto info = got.error().info();
            BOOST_TEST(info.http_status() == status);
            BOOST_TEST(info.server_error() == name);
            BOOST_TEST(info.server_message() == "no [31m<b>such</b>");
            BOOST_TEST((info.where() == stage::registration));
            BOOST_TEST(info.url() == from);
        }
    }
    BOOST_TEST(
        outcome(read(R"({"error":"made_up"})", sample_discovery(), 400)) == "unknown_oauth_error"
    );
    BOOST_TEST(
        outcome(read(R"({"error":"login_required"})", sample_discovery(), 400))
        == "unknown_oauth_error"
    );
    BOOST_TEST(
        outcome(read(R"({"error":"invalid_client_metadata"})", sample_discovery(), 200))
        == "invalid_client_metadata"
    );
}

// covers C-7591-4 C-7591-7
BOOST_AUTO_TEST_CASE(refusal_that_is_no_json_keeps_status_and_a_bounded_excerpt)
{
    http_response refusal(403, "Forbidden\x1b[2J: " + std::string(1000, 'x'));
    refusal.field("Content-Type", "text/plain").from(make_url(from));
    const auto got = read_registration_response(refusal, sample_discovery(), sample_profile());
    BOOST_TEST(outcome(got) == "http_status_unexpected");
    const auto info = got.error().info();
    BOOST_TEST(info.http_status() == 403);
    BOOST_TEST(info.server_message().size() <= 256u);
    BOOST_TEST(info.server_message().starts_with("Forbidden[2J: xxx"));
    for (const auto body :
         {"",
          "{}",
          "[]",
          R"({"error":7})",
          R"({"error":{"code":1}})",
          R"({"error":""})",
          "\xff\xfe"})
        BOOST_TEST(outcome(read(body, sample_discovery(), 400)) == "http_status_unexpected", body);
}

// covers C-21-18
BOOST_AUTO_TEST_CASE(refusal_that_may_hold_secrets_is_not_quoted)
{
    for (const auto body :
         {R"({"detail":"no","client_secret":"CANARY"})",
          R"({"detail":"no","registration_access_token":"CANARY"})",
          R"({"detail":"no","refresh_token":"CANARY")",
          R"({"detail":"{\"registration_access_token\":\"CANARY\"}"})"})
    {
        const auto got = read(body, sample_discovery(), 400);
        BOOST_TEST(outcome(got) == "http_status_unexpected");
        BOOST_TEST(got.error().info().server_message().empty());
    }
    const auto harmless = read(R"({"detail":"invalid_token"})", sample_discovery(), 400);
    BOOST_TEST(!harmless.error().info().server_message().empty());
}

// covers C-21-18
BOOST_AUTO_TEST_CASE(no_failure_shows_a_secret_of_the_response)
{
    constexpr std::string_view secrets =
        R"("client_secret":"CANARY-1","registration_access_token":"CANARY-2",)";
    for (const auto rest :
         {R"("client_id":7)",
          R"("client_id":"")",
          R"("client_id":"c","redirect_uris":[])",
          R"("client_id":"c","redirect_uris":7)",
          R"("client_id":"c","scope":7)",
          R"("client_id":"c","client_secret_expires_at":{})",
          R"("client_id":"c","grant_types":["x"])",
          R"("client_id":"c","client_id":"d")",
          R"("client_id":"c","x":)",
          R"("client_id":"c","token_endpoint_auth_method":"x")"})
    {
        const auto got = read("{" + std::string(secrets) + rest + "}");
        BOOST_TEST(outcome(got) != "ok", rest);
        BOOST_TEST(!has(all_text(got), canary), rest);
    }
    BOOST_TEST(!has(
        all_text(read("{" + std::string(secrets) + R"("client_id":"c"})", sample_discovery(), 202)),
        canary
    ));
}

BOOST_AUTO_TEST_CASE(client_registered_by_hand_is_public_without_and_confidential_with_a_secret)
{
    const registration without("https://as.example", "c");
    BOOST_TEST(name_of(without.auth_method) == "none");
    BOOST_TEST((without.source == registration_source::pre_registered));
    const registration with("https://as.example", "c", secret("s"));
    BOOST_TEST(name_of(with.auth_method) == "client_secret_basic");
}

BOOST_AUTO_TEST_SUITE_END()
