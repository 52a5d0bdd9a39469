// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view redirect = "http://127.0.0.1:8123/callback";
constexpr std::string_view from = "https://as.example/par";

discovery with_par(bool required = false)
{
    discovery out = full_discovery();
    out.server.require_pushed_authorization_requests = required;
    return out;
}

result<authorization_request> make(
    const discovery& found,
    const authorization_options& options = authorization_options(),
    const registration& client = sample_client()
)
{
    return make_authorization_request(
        found, client, redirect, options, octets(1), octets(2), moment_of_test
    );
}

result<url> read(std::string_view json, int status = 201, const discovery& found = with_par())
{
    return read_pushed_authorization_response(
        json_response(status, json, from), found, sample_client()
    );
}

} // namespace

BOOST_AUTO_TEST_SUITE(par)

BOOST_AUTO_TEST_CASE(request_is_pushed_where_server_or_caller_ask_for_it_and_the_server_can)
{
    const auto pushes = [](const result<authorization_request>& request) {
        BOOST_TEST(request->where.empty() == request->push);
        BOOST_TEST(!request->parameters.empty());
        return request->push;
    };
    const auto asking = authorization_options().pushed(true);
    BOOST_TEST(!pushes(make(with_par())));
    BOOST_TEST(pushes(make(with_par(), asking)));
    BOOST_TEST(pushes(make(with_par(true))));
    BOOST_TEST(!pushes(make(sample_discovery(), asking)));
    auto broken = sample_discovery();
    broken.server.require_pushed_authorization_requests = true;
    BOOST_TEST(outcome(make(broken)) == "endpoint_missing");
    BOOST_TEST((make(broken).error().info().where() == stage::authorization));
}

BOOST_AUTO_TEST_CASE(pushed_request_has_the_parameters_that_the_url_would_have_had)
{
    const auto options = authorization_options().scope("a b").extra("prompt", "consent");
    const auto in_url = make(with_par(), options);
    const auto pushed = make(with_par(true), options);
    const auto request =
        make_pushed_authorization_request(with_par(true), sample_client(), *pushed, stamp());
    BOOST_REQUIRE_EQUAL(outcome(request), "ok");
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(body_of(request) == in_url->where.query());
    BOOST_TEST(sent(request, "state") == pushed->pending.state);
    BOOST_TEST(!has(body_of(request), pushed->pending.code_verifier.reveal()));
    BOOST_TEST(pushed->pending.redirect_uri == redirect);
}

// covers C-21-7 C-9700-7
BOOST_AUTO_TEST_CASE(confidential_client_authenticates_when_it_pushes)
{
    for (const method m : every_method)
    {
        const auto client = client_of(m);
        const auto request = push(with_par(), client);
        BOOST_TEST(sent(request, "client_id") == "client-1", name_of(m));
        BOOST_TEST(sent(request, "code_challenge_method") == "S256", name_of(m));
        BOOST_TEST(!request->authorization().empty() == (m == method::client_secret_basic));
    }
    const auto asserted = push(with_par(), client_of(method::private_key_jwt));
    BOOST_TEST(claim(claims_of(sent(asserted, "client_assertion")), "aud") == issuer);
}

BOOST_AUTO_TEST_CASE(request_of_another_login_or_without_parameters_is_not_pushed)
{
    const auto made = make(with_par(true)).value();
    const auto of =
        [](const discovery& found, const registration& client, const authorization_request& request
        ) { return outcome(make_pushed_authorization_request(found, client, request, stamp())); };
    BOOST_TEST(of(with_par(), sample_client(), made) == "ok");
    auto other = sample_client();
    other.client_id = "client-2";
    BOOST_TEST(of(with_par(), other, made) == "registration_issuer_mismatch");
    auto elsewhere = with_par();
    elsewhere.server.issuer = "https://evil.example";
    BOOST_TEST(of(elsewhere, sample_client(), made) == "registration_issuer_mismatch");
    auto namesake = sample_client();
    namesake.issuer = elsewhere.server.issuer;
    BOOST_TEST(of(elsewhere, namesake, made) == "registration_issuer_mismatch");
    BOOST_TEST(of(sample_discovery(), sample_client(), made) == "endpoint_missing");
    auto empty = made;
    empty.parameters.clear();
    BOOST_TEST(of(with_par(), sample_client(), empty) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(answer_becomes_the_url_to_send_the_user_to)
{
    constexpr std::string_view json =
        R"({"request_uri":"urn:ietf:params:oauth:request_uri:6e+s/c","expires_in":60})";
    for (const int status : {200, 201})
    {
        BOOST_TEST(
            read(json, status)->str()
            == "https://as.example/authorize?client_id=client-1"
               "&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6e%2Bs%2Fc"
        );
    }
    auto found = with_par();
    found.server.authorization_endpoint = make_url("https://as.example/authorize?p=1");
    BOOST_TEST(
        read(R"({"request_uri":"u"})", 201, found)->str()
        == "https://as.example/authorize?p=1&client_id=client-1&request_uri=u"
    );
    found.server.authorization_endpoint = make_url("https://as.example/authorize?Request_Uri=x");
    BOOST_TEST(outcome(read(R"({"request_uri":"u"})", 201, found)) == "reserved_parameter");
}

BOOST_AUTO_TEST_CASE(answer_without_a_usable_reference_is_refused)
{
    const auto of = [](const std::string& uri) {
        return outcome(read(
            R"({"expires_in":60,"request_uri":)" + boost::json::serialize(boost::json::value(uri))
            + "}"
        ));
    };
    BOOST_TEST(of(std::string(512, 'u')) == "ok");
    for (const auto& uri :
         {std::string(513, 'u'),
          std::string("a b"),
          std::string("a\r\nb"),
          std::string("\xc3\xa9")})
        BOOST_TEST(of(uri) == "pushed_authorization_response_invalid", uri);
    BOOST_TEST(of("") == "json_member_missing");
    BOOST_TEST(outcome(read("{}")) == "json_member_missing");
    BOOST_TEST(outcome(read(R"({"request_uri":7})")) == "json_wrong_type");
    BOOST_TEST(outcome(read("[]")) == "json_wrong_type");
    for (const auto lifetime : {"0", "-1", "\"0\""})
        BOOST_TEST(
            outcome(read(R"({"request_uri":"u","expires_in":)" + std::string(lifetime) + "}"))
                == "pushed_authorization_response_invalid",
            lifetime
        );
    BOOST_TEST(outcome(read(R"({"request_uri":"u","expires_in":[]})")) == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(refused_push_is_a_typed_error_that_repeats_nothing_of_the_request)
{
    for (const auto name : {"invalid_request", "invalid_client", "invalid_request_object"})
    {
        const auto got = read(
            R"({"error":")" + std::string(name) + R"(","error_description":"why","x":"CANARY"})",
            400
        );
        BOOST_TEST(outcome(got) == name);
        BOOST_TEST(got.error().info().server_message() == "why");
        BOOST_TEST(got.error().info().url() == from);
        BOOST_TEST((got.error().info().where() == stage::authorization));
        BOOST_TEST(!has(all_text(got), canary));
    }
    for (const int status : {202, 302, 307, 413, 500})
    {
        const auto got = read("CANARY", status);
        BOOST_TEST(outcome(got) == "http_status_unexpected", status);
        BOOST_TEST(!has(all_text(got), canary), status);
    }
}

BOOST_AUTO_TEST_CASE(request_too_long_for_a_url_can_be_pushed)
{
    const auto options = authorization_options().extra("x", std::string(9000, 'a'));
    BOOST_TEST(outcome(make(with_par(), options)) == "url_too_long");
    BOOST_TEST(outcome(make(with_par(true), options)) == "ok");
}

BOOST_AUTO_TEST_CASE(endpoint_whose_own_query_cannot_be_read_is_not_used)
{
    auto found = with_par();
    const auto plain = read(R"({"request_uri":"u","expires_in":60})", 201, found);
    BOOST_TEST(
        plain.value().str() == "https://as.example/authorize?client_id=client-1&request_uri=u"
    );
    for (const auto query : {"a=b", "a=b&", "a", ""})
    {
        const auto endpoint = "https://as.example/authorize?" + std::string(query);
        found.server.authorization_endpoint = make_url(endpoint);
        const auto got = read(R"({"request_uri":"u","expires_in":60})", 201, found);
        const bool needs_more = !std::string_view(query).empty() && endpoint.back() != '&';
        BOOST_TEST(
            got.value().str()
            == endpoint + (needs_more ? "&" : "") + "client_id=client-1&request_uri=u"
        );
    }
    for (const auto query : {"client_id=x", "a=b&REQUEST_URI=u", "%63lient_id="})
    {
        found.server.authorization_endpoint =
            make_url("https://as.example/authorize?" + std::string(query));
        const auto got = read(R"({"request_uri":"u","expires_in":60})", 201, found);
        BOOST_TEST(outcome(got) == "reserved_parameter", query);
    }
}

BOOST_AUTO_TEST_SUITE_END()
