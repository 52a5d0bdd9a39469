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
