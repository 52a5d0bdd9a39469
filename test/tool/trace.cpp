// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#define BOOST_TEST_MODULE asioauth tool
#include "trace.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <iostream>
#include <memory>
#include <sstream>

using namespace asioauth;
using namespace asioauth::tool;

namespace {

const std::string form = "application/x-www-form-urlencoded";
const std::string json = "application/json";

class answering final : public transport
{
public:
    answering(boost::asio::io_context& i, http_response r) : io(i), response(std::move(r)) {}

    void async_send(http_request request, handler h) override
    {
        sent.push_back(std::move(request));
        auto answer = [this, h = std::move(h)]() mutable {
            result<http_response> out(response);
            std::move(h)(std::move(out));
        };
        boost::asio::post(io, std::move(answer));
    }
    void close() override {}

    boost::asio::io_context& io;
    http_response response;
    std::vector<http_request> sent;
};

} // namespace

BOOST_AUTO_TEST_SUITE(trace_)

BOOST_AUTO_TEST_CASE(form_shows_every_name_and_no_value_that_could_authorize)
{
    const std::string shown = traced_body(
        request_kind::token,
        form,
        "grant_type=authorization_code&code=CANARY&code_verifier=CANARY&client_secret=CANARY"
        "&client_id=me&client_assertion=CANARY&made_up=CANARY&scope=a+b"
    );
    BOOST_TEST(shown.find("CANARY") == std::string::npos);
    BOOST_TEST(shown.find("grant_type=authorization_code") != std::string::npos);
    BOOST_TEST(shown.find("client_id=me") != std::string::npos);
    BOOST_TEST(shown.find("scope=a b") != std::string::npos);
    BOOST_TEST(shown.find("made_up=(left out)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answer_of_a_token_endpoint_shows_only_what_is_known_to_be_harmless)
{
    const std::string shown = traced_body(
        request_kind::token,
        json,
        R"({"access_token":"CANARY","refresh_token":"CANARY","id_token":"CANARY","expires_in":60,
            "token_type":"Bearer","of_this_provider":{"deep":["CANARY"]}})"
    );
    BOOST_TEST(shown.find("CANARY") == std::string::npos);
    BOOST_TEST(shown.find("\"expires_in\":60") != std::string::npos);
    BOOST_TEST(shown.find("\"token_type\":\"Bearer\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(registration_shows_the_client_and_not_its_secrets)
{
    const std::string shown = traced_body(
        request_kind::registration,
        json,
        R"({"client_id":"me","client_secret":"CANARY","registration_access_token":"CANARY",
            "registration_client_uri":"https://as.example/CANARY","redirect_uris":["http://127.0.0.1/"]})"
    );
    BOOST_TEST(shown.find("CANARY") == std::string::npos);
    BOOST_TEST(shown.find("\"client_id\":\"me\"") != std::string::npos);
    BOOST_TEST(shown.find("127.0.0.1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(metadata_is_for_everybody_and_shown)
{
    const std::string shown = traced_body(
        request_kind::metadata,
        json,
        R"({"issuer":"https://as.example","token_endpoint":"https://t"})"
    );
    BOOST_TEST(shown == R"({"issuer":"https://as.example","token_endpoint":"https://t"})");
}

BOOST_AUTO_TEST_CASE(resource_keeps_what_is_called_like_a_secret_to_itself)
{
    const std::string shown = traced_body(
        request_kind::resource,
        json,
        R"({"name":"whoami","apiKey":"CANARY","a":[{"Password":"CANARY"}]})"
    );
    BOOST_TEST(shown.find("CANARY") == std::string::npos);
    BOOST_TEST(shown.find("whoami") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(body_of_another_type_is_left_out)
{
    BOOST_TEST(traced_body(request_kind::token, "text/plain", "CANARY") == "(left out)");
    BOOST_TEST(traced_body(request_kind::token, json, "{\"a\":CANARY") == "(left out)");
    BOOST_TEST(traced_body(request_kind::token, form, "a=%ZZCANARY") == "(left out)");
    BOOST_TEST(traced_body(request_kind::token, json, "").empty());
}

BOOST_AUTO_TEST_CASE(deep_and_large_bodies_are_cut)
{
    BOOST_TEST(
        traced_body(request_kind::metadata, json, std::string(100'000, '[')) == "(left out)"
    );
    const std::string large = "{\"a\":\"" + std::string(100'000, 'a') + "\"}";
    BOOST_TEST(traced_body(request_kind::metadata, json, large).size() < 4096U);
}

BOOST_AUTO_TEST_CASE(url_shows_names_of_its_query_and_no_unknown_value)
{
    const auto where = url::parse("https://h.example/p?api=CANARY&state=CANARY&scope=a").value();
    BOOST_TEST(traced_url(where) == "https://h.example/p?api=(left out)&state=(left out)&scope=a");
}

BOOST_AUTO_TEST_CASE(url_within_a_value_loses_its_query)
{
    const std::string shown = traced_body(
        request_kind::token, form, "resource=https%3A%2F%2Fh.example%2Fp%3Fkey%3DCANARY"
    );
    BOOST_TEST(shown == "resource=https://h.example/p?(left out)");
}

BOOST_AUTO_TEST_CASE(fields_that_carry_credentials_are_left_out)
{
    for (const char* name :
         {"Set-Cookie", "COOKIE", "DPoP", "Authorization", "Mcp-Session-Id", "Authentication-Info"})
    {
        const std::string shown = traced_field(request_kind::token, {name, "CANARY"});
        BOOST_TEST(shown == std::string(name) + ": (left out)");
    }
    BOOST_TEST(
        traced_field(request_kind::resource, {"X-Api-Key", "CANARY"}) == "X-Api-Key: (left out)"
    );
    BOOST_TEST(traced_field(request_kind::token, {"Accept", "a/b"}) == "Accept: a/b");
    BOOST_TEST(
        traced_field(request_kind::probe, {"Location", "https://h.example/?code=CANARY"})
        == "Location: https://h.example/?code=(left out)"
    );
    BOOST_TEST(
        traced_field(request_kind::probe, {"Location", "/CANARY"}) == "Location: (left out)"
    );
}

BOOST_AUTO_TEST_CASE(text_of_a_server_cannot_move_the_terminal)
{
    const std::string shown = traced_field(request_kind::probe, {"X-Text", "a\x1b[2Jb"});
    BOOST_TEST(shown.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(exchange_goes_through_unchanged_and_is_told_without_its_secrets)
{
    boost::asio::io_context io;
    http_response response(200, R"({"access_token":"CANARY"})");
    response.field("Content-Type", json);
    const auto behind = std::make_shared<answering>(io, response);
    trace in_front(behind, std::make_shared<std::vector<std::string>>());
    http_request request(
        request_kind::token, "POST", url::parse("https://as.example/token").value()
    );
    request.body(form, secret("code=CANARY")).authorization(secret("Basic CANARY"));

    std::ostringstream told;
    auto* const before = std::cerr.rdbuf(told.rdbuf());
    std::string body;
    auto keep = [&](result<http_response> got) { body = got ? got->body() : std::string(); };
    in_front.async_send(request, std::move(keep));
    io.run();
    std::cerr.rdbuf(before);

    BOOST_TEST(body == response.body());
    BOOST_REQUIRE(behind->sent.size() == 1U);
    BOOST_TEST(behind->sent.front().body().reveal() == "code=CANARY");
    BOOST_TEST(told.str().find("CANARY") == std::string::npos);
    BOOST_TEST(told.str().find("POST https://as.example/token") != std::string::npos);
    BOOST_TEST(told.str().find("Authorization: Basic (left out)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(field_that_the_user_adds_is_left_out_whatever_it_is_called)
{
    boost::asio::io_context io;
    const auto behind = std::make_shared<answering>(io, http_response(200, ""));
    const auto added = std::make_shared<std::vector<std::string>>();
    trace in_front(behind, added);
    added->push_back("x-plain");
    http_request request(request_kind::resource, "GET", url::parse("https://api.example/").value());
    request.field("Accept", "text/plain").field("X-Plain", "CANARY");

    std::ostringstream told;
    auto* const before = std::cerr.rdbuf(told.rdbuf());
    auto nothing = [](const result<http_response>&) {};
    in_front.async_send(request, std::move(nothing));
    io.run();
    std::cerr.rdbuf(before);

    BOOST_TEST(behind->sent.front().field("X-Plain") == "CANARY");
    BOOST_TEST(told.str().find("CANARY") == std::string::npos);
    BOOST_TEST(told.str().find("X-Plain: (left out)") != std::string::npos);
    BOOST_TEST(told.str().find("Accept: text/plain") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
