// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view redirect = "http://127.0.0.1:8123/callback";

registration with_key()
{
    auto out = sample_client();
    out.key = test_key();
    return out;
}

result<authorization_request> make(
    const authorization_options& options,
    const registration& client = with_key(),
    const discovery& found = full_discovery()
)
{
    return make_authorization_request(
        found, client, redirect, options, octets(1), octets(2), moment_of_test
    );
}

authorization_options signing()
{
    return authorization_options().signed_request(true);
}

// The claims of the signed request; empty if the key did not sign it.
boost::json::object claims_in(const result<authorization_request>& request)
{
    const auto token = verified(value_of(request.value().where.query(), "request"));
    BOOST_REQUIRE(token.has_value());
    BOOST_TEST(token->typ == "oauth-authz-req+jwt");
    return boost::json::parse(token->claims).as_object();
}

} // namespace

BOOST_AUTO_TEST_SUITE(signed_request)

BOOST_AUTO_TEST_CASE(signed_request_has_every_parameter_and_the_url_none_of_them)
{
    const auto options = signing().scope("a b").extra("prompt", "consent");
    const auto plain = make(authorization_options(options).signed_request(false));
    const auto request = make(options);
    const auto query = request->where.query();
    BOOST_TEST(value_of(query, "client_id") == "client-1");
    BOOST_TEST(parse_form(query)->size() == 2u);
    const auto claims = claims_in(request);
    const auto unsigned_fields = parse_form(plain->where.query());
    for (const auto& [name, value] : unsigned_fields.value())
        BOOST_TEST(claim(claims, name) == value, name);
    BOOST_TEST(claims.size() == unsigned_fields->size() + 6);
    BOOST_TEST(claim(claims, "iss") == "client-1");
    BOOST_TEST(claim(claims, "aud") == issuer);
    BOOST_TEST(claim(claims, "iat") == "1700000000");
    BOOST_TEST(claim(claims, "nbf") == "1700000000");
    BOOST_TEST(claim(claims, "exp") == "1700000300");
    BOOST_TEST(claim(claims, "jti").size() == 43u);
    BOOST_TEST(claim(claims, "jti") != claim(claims, "state"));
    BOOST_TEST(claim(claims, "sub") == "");
    BOOST_TEST(request->pending.state == claim(claims, "state"));
}

BOOST_AUTO_TEST_CASE(openid_connect_sees_type_and_scope_beside_the_signed_request)
{
    const auto request = make(signing().scope("openid a"));
    const auto query = request->where.query();
    BOOST_TEST(value_of(query, "response_type") == "code");
    BOOST_TEST(value_of(query, "scope") == "openid a");
    BOOST_TEST(parse_form(query)->size() == 4u);
    BOOST_TEST(claim(claims_in(request), "nonce") == request->pending.nonce);
    auto found = full_discovery();
    found.provider = policy().scope_separator(",");
    const auto separated = make(signing().scope("openid a"), with_key(), found);
    BOOST_TEST(value_of(separated->where.query(), "scope") == "openid,a");
    BOOST_TEST(parse_form(make(signing().scope("openid2 xopenid"))->where.query())->size() == 2u);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_json_are_claims_of_that_type)
{
    const auto claims = claims_in(make(signing()
                                           .extra("max_age", "300")
                                           .extra("claims", R"({"userinfo":{"email":null}})")
                                           .extra("authorization_details", R"([{"type":"x"}])")
                                           .extra("acr_values", "1 2")
                                           .extra("login_hint", "300")));
    BOOST_TEST(claims.at("max_age").as_int64() == 300);
    BOOST_TEST(claims.at("claims").at("userinfo").at("email").is_null());
    BOOST_TEST(claims.at("authorization_details").at(0).at("type").as_string() == "x");
    BOOST_TEST(claims.at("acr_values").as_string() == "1 2");
    BOOST_TEST(claims.at("login_hint").as_string() == "300");
    for (const auto age : {"soon", "-1", "1e3", "9999999999999999999999"})
        BOOST_TEST(claims_in(make(signing().extra("max_age", age))).at("max_age").is_string(), age);
    BOOST_TEST(outcome(make(signing().extra("claims", "{"))) == "invalid_argument");
    BOOST_TEST(
        outcome(make(signing().extra("claims", std::string(100, '[')))) == "invalid_argument"
    );
    BOOST_TEST(outcome(make(authorization_options().extra("claims", "{"))) == "ok");
}

BOOST_AUTO_TEST_CASE(parameter_with_the_name_of_a_claim_of_the_signature_is_refused)
{
    for (const auto name : {"aud", "exp", "iat", "nbf", "jti"})
        BOOST_TEST(outcome(make(signing().extra(name, "1"))) == "reserved_parameter", name);
    BOOST_TEST(outcome(make(authorization_options().extra("aud", "1"))) == "ok");
}

BOOST_AUTO_TEST_CASE(request_is_signed_where_the_server_asks_for_it)
{
    auto found = full_discovery();
    found.server.require_signed_request_object = true;
    const auto request = make(authorization_options(), with_key(), found);
    BOOST_TEST(claim(claims_in(request), "client_id") == "client-1");
    const auto without = make(authorization_options(), sample_client(), found);
    BOOST_TEST(outcome(without) == "key_invalid");
    BOOST_TEST(has(without.error().info().message(), "no key"));
    BOOST_TEST(has(without.error().info().hint(), "register its public half"));
    BOOST_TEST((without.error().info().where() == stage::authorization));
    BOOST_TEST(outcome(make(signing(), sample_client())) == "key_invalid");
}

BOOST_AUTO_TEST_CASE(signed_request_is_pushed_alone)
{
    const auto options = signing().pushed(true).scope("openid a");
    for (const method m : every_method)
    {
        auto client = client_of(m);
        client.key = test_key();
        const auto made = make(options, client);
        BOOST_TEST(made->where.empty());
        const auto request =
            make_pushed_authorization_request(full_discovery(), client, *made, stamp());
        BOOST_REQUIRE_EQUAL(outcome(request), "ok");
        const auto token = verified(sent(request, "request"));
        BOOST_REQUIRE(token.has_value());
        BOOST_TEST(has(token->claims, made->pending.state));
        BOOST_TEST(sent(request, "scope") == "(0 times)", name_of(m));
        BOOST_TEST(sent(request, "state") == "(0 times)", name_of(m));
        BOOST_TEST(
            sent(request, "client_id")
                == (m == method::client_secret_basic ? "(0 times)" : "client-1"),
            name_of(m)
        );
    }
}

BOOST_AUTO_TEST_SUITE_END()
