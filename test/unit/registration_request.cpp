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

constexpr std::string_view from = "https://as.example/register";

} // namespace

BOOST_AUTO_TEST_SUITE(registration_requests)

// covers C-7591-1 C-8252-4 C-9700-11
BOOST_AUTO_TEST_CASE(request_posts_json_with_the_full_redirect_uri)
{
    const auto request = make_registration_request(sample_discovery(), sample_profile());
    BOOST_REQUIRE(request.has_value());
    BOOST_TEST((request->kind() == request_kind::registration));
    BOOST_TEST(request->method() == "POST");
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(request->field("Content-Type") == "application/json");
    BOOST_TEST(request->field("Accept") == "application/json");
    BOOST_TEST(request->authorization().empty());
    const auto body = body_of(request);
    BOOST_TEST(text_of(body, "client_name") == R"("Acme Agent")");
    BOOST_TEST(text_of(body, "redirect_uris") == R"(["http://127.0.0.1:8123/callback"])");
    BOOST_TEST(text_of(body, "grant_types") == R"(["authorization_code","refresh_token"])");
    BOOST_TEST(text_of(body, "response_types") == R"(["code"])");
}

// covers C-7591-6 C-8252-5
BOOST_AUTO_TEST_CASE(request_is_for_a_public_client_unless_asked_otherwise)
{
    BOOST_TEST(
        text_of(
            body_of(make_registration_request(sample_discovery(), sample_profile())),
            "token_endpoint_auth_method"
        )
        == R"("none")"
    );
    const auto other = sample_profile().auth_method(method::client_secret_post);
    BOOST_TEST(
        text_of(
            body_of(make_registration_request(sample_discovery(), other)),
            "token_endpoint_auth_method"
        )
        == R"("client_secret_post")"
    );
}

BOOST_AUTO_TEST_CASE(request_names_a_method_that_the_server_lists)
{
    const auto request =
        make_registration_request(listing({"client_secret_basic"}), sample_profile());
    BOOST_TEST(
        text_of(body_of(request), "token_endpoint_auth_method") == R"("client_secret_basic")"
    );
    BOOST_TEST(
        outcome(make_registration_request(listing({"private_key_jwt"}), sample_profile()))
        == "token_endpoint_auth_method_not_supported"
    );
}

BOOST_AUTO_TEST_CASE(request_leaves_out_what_is_not_set)
{
    const auto body = body_of(make_registration_request(sample_discovery(), sample_profile()));
    for (const auto name :
         {"scope", "client_uri", "logo_uri", "software_id", "software_version", "contacts"})
        BOOST_TEST(text_of(body, name) == "(absent)", name);
    client_profile nameless;
    nameless.add_redirect_uri("https://app.example/cb");
    BOOST_TEST(
        text_of(body_of(make_registration_request(sample_discovery(), nameless)), "client_name")
        == "(absent)"
    );
}

BOOST_AUTO_TEST_CASE(request_carries_what_is_set)
{
    const auto profile = sample_profile()
                             .client_uri("https://acme.example")
                             .logo_uri("https://acme.example/l.png")
                             .software_id("id-1")
                             .software_version("1.2")
                             .scope("a b")
                             .add_contact("ops@acme.example");
    const auto body = body_of(make_registration_request(sample_discovery(), profile));
    BOOST_TEST(text_of(body, "client_uri") == R"("https://acme.example")");
    BOOST_TEST(text_of(body, "logo_uri") == R"("https://acme.example/l.png")");
    BOOST_TEST(text_of(body, "software_id") == R"("id-1")");
    BOOST_TEST(text_of(body, "software_version") == R"("1.2")");
    BOOST_TEST(text_of(body, "scope") == R"("a b")");
    BOOST_TEST(text_of(body, "contacts") == R"(["ops@acme.example"])");
}

BOOST_AUTO_TEST_CASE(
    request_does_not_ask_for_refresh_tokens_where_the_server_lists_grants_without_them
)
{
    auto found = sample_discovery();
    found.server.grant_types_supported = names{"authorization_code"};
    BOOST_TEST(
        text_of(body_of(make_registration_request(found, sample_profile())), "grant_types")
        == R"(["authorization_code"])"
    );
    found.server.grant_types_supported = names{"authorization_code", "refresh_token"};
    BOOST_TEST(
        text_of(body_of(make_registration_request(found, sample_profile())), "grant_types")
        == R"(["authorization_code","refresh_token"])"
    );
}

BOOST_AUTO_TEST_CASE(request_keeps_the_address_policy_of_the_discovery)
{
    auto found = sample_discovery();
    found.policy.allow_loopback();
    BOOST_TEST(
        make_registration_request(found, sample_profile()).value().policy().loopback_allowed()
    );
}

BOOST_AUTO_TEST_CASE(server_without_registration_endpoint_is_registration_not_supported)
{
    auto found = sample_discovery();
    found.server.registration_endpoint = url();
    BOOST_TEST(
        outcome(make_registration_request(found, sample_profile())) == "registration_not_supported"
    );
}

// covers C-9700-15 C-21-3 C-MCP-9
BOOST_AUTO_TEST_CASE(unsafe_redirect_uris_are_refused)
{
    for (const auto uri :
         {"",
          "/callback",
          "app.example/cb",
          "http://app.example/cb",
          "http://10.0.0.1/cb",
          "https://app.example/cb#f",
          "https://app.example/cb#",
          "https://u:p@app.example/cb",
          "com.example.app:/cb",
          "javascript:alert(1)",
          "http://127.0.0.1.evil.example/cb",
          "http://localhost.evil.example/cb",
          "https://app.example/c b",
          "file:///etc/passwd"})
    {
        BOOST_TEST(outcome(check_redirect_uri(uri)) == "redirect_uri_invalid", uri);
        client_profile profile;
        profile.add_redirect_uri("https://app.example/cb").add_redirect_uri(uri);
        BOOST_TEST(
            outcome(make_registration_request(sample_discovery(), profile))
                == "redirect_uri_invalid",
            uri
        );
    }
    BOOST_TEST(
        outcome(make_registration_request(sample_discovery(), client_profile()))
        == "redirect_uri_invalid"
    );
}

BOOST_AUTO_TEST_CASE(https_and_loopback_redirect_uris_are_taken_as_they_are)
{
    for (const auto uri :
         {"https://app.example/cb",
          "https://app.example/cb?tenant=1",
          "http://127.0.0.1:1/cb",
          "http://[::1]:80/cb",
          "http://localhost:8080/",
          "http://127.9.9.9/cb"})
    {
        const auto got = check_redirect_uri(uri);
        BOOST_TEST(outcome(got) == "ok", uri);
        if (got)
            BOOST_TEST(got->str() == uri);
    }
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(application_type_is_native_only_if_every_redirect_uri_is)
{
    BOOST_TEST(application_type_for({"http://127.0.0.1:1/cb"}) == "native");
    BOOST_TEST(application_type_for({"http://[::1]:1/cb", "http://localhost:1/cb"}) == "native");
    BOOST_TEST(application_type_for({"com.example.app:/cb"}) == "native");
    BOOST_TEST(application_type_for({"https://app.example/cb"}) == "web");
    BOOST_TEST(application_type_for({"HTTPS://app.example/cb"}) == "web");
    BOOST_TEST(application_type_for({"http://127.0.0.1:1/cb", "https://app.example/cb"}) == "web");
    BOOST_TEST(application_type_for({"nonsense"}) == "web");
    BOOST_TEST(
        text_of(
            body_of(make_registration_request(sample_discovery(), sample_profile())),
            "application_type"
        )
        == R"("native")"
    );
    client_profile web;
    web.add_redirect_uri("https://app.example/cb");
    BOOST_TEST(
        text_of(body_of(make_registration_request(sample_discovery(), web)), "application_type")
        == R"("web")"
    );
}

BOOST_AUTO_TEST_CASE(application_type_of_what_is_no_url_is_web)
{
    for (const auto uri :
         {"", ":", ":/cb", "no scheme", "http:", "http://", "https://a b", "http://app.example/cb"})
        BOOST_TEST(application_type_for({uri}) == "web", uri);
    BOOST_TEST(application_type_for({"com.example.app:/cb", ":"}) == "web");
    for (const auto uri : {"HTTP://LOCALHOST/cb", "https://[::1]/cb", "com.example.app:"})
        BOOST_TEST(application_type_for({uri}) == "native", uri);
}

BOOST_AUTO_TEST_SUITE_END()
