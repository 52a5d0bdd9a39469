// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <asioauth/token_grant.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr std::string_view from = "https://as.example/token";

result<token_set> read_exchange(
    std::string_view json,
    std::string_view requested = token_types::id_jag,
    int status = 200,
    bool dpop = false
)
{
    return read_token_exchange_response(
        json_response(status, json, from), requested, "a b", moment_of_test, dpop
    );
}

// An answer with this type of token, and these further members.
result<token_set> read_issued(
    std::string_view issued,
    std::string_view members,
    std::string_view requested = token_types::id_jag
)
{
    return read_exchange(
        R"({"access_token":"CANARY-issued","issued_token_type":")" + std::string(issued) + "\""
            + std::string(members) + "}",
        requested
    );
}

std::size_t parameters_in(const result<http_request>& request)
{
    return parse_form(body_of(request)).value().size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(grants)

BOOST_AUTO_TEST_CASE(client_credentials_request_names_grant_scope_and_resource)
{
    const auto request = make_client_credentials_request(
        full_discovery(), client_of(method::client_secret_basic), "a b", stamp()
    );
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(sent(request, "grant_type") == "client_credentials");
    BOOST_TEST(sent(request, "scope") == "a b");
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(parameters_in(request) == 3u);
    BOOST_TEST(
        sent(
            make_client_credentials_request(
                full_discovery(), client_of(method::private_key_jwt), "", stamp()
            ),
            "scope"
        )
        == "(0 times)"
    );
}

// covers C-9700-12
BOOST_AUTO_TEST_CASE(client_credentials_of_a_client_that_shows_none_are_refused)
{
    const auto of = [](const registration& client, const discovery& found) {
        return outcome(make_client_credentials_request(found, client, "", stamp()));
    };
    BOOST_TEST(of(client_of(method::none), full_discovery()) == "unauthorized_client");
    for (const method m : every_method)
    {
        if (m != method::none)
            BOOST_TEST(of(client_of(m), full_discovery()) == "ok", name_of(m));
    }
    auto found = full_discovery();
    found.provider = policy().auth_method(method::none);
    BOOST_TEST(of(client_of(method::client_secret_basic), found) == "unauthorized_client");
    auto client = client_of(method::none);
    client.key = test_key();
    found.provider = policy().auth_method(method::private_key_jwt);
    BOOST_TEST(of(client, found) == "ok");
}

BOOST_AUTO_TEST_CASE(assertion_grant_carries_the_assertion_and_the_client)
{
    const auto request = make_jwt_bearer_request(
        full_discovery(), client_of(method::none), secret("CANARY-j.w.t"), "a b", stamp()
    );
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(sent(request, "grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer");
    BOOST_TEST(sent(request, "assertion") == "CANARY-j.w.t");
    BOOST_TEST(sent(request, "scope") == "a b");
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(sent(request, "client_id") == "client-1");
    BOOST_TEST(parameters_in(request) == 5u);
    BOOST_TEST(
        outcome(make_jwt_bearer_request(
            full_discovery(), client_of(method::none), secret(), "", stamp()
        ))
        == "invalid_argument"
    );
}

BOOST_AUTO_TEST_CASE(workload_without_registration_may_use_an_assertion_and_nothing_else)
{
    registration nobody;
    const auto request =
        make_jwt_bearer_request(full_discovery(), nobody, secret("CANARY-j.w.t"), "a", stamp());
    BOOST_TEST(outcome(request) == "ok");
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(request->authorization().empty());
    BOOST_TEST(sent(request, "client_id") == "(0 times)");
    BOOST_TEST(sent(request, "assertion") == "CANARY-j.w.t");
    BOOST_TEST(parameters_in(request) == 4u);
    nobody.issuer = issuer;
    BOOST_TEST(
        outcome(make_jwt_bearer_request(full_discovery(), nobody, secret("j"), "", stamp())) == "ok"
    );
    nobody.issuer = "https://other.example";
    BOOST_TEST(
        outcome(make_jwt_bearer_request(full_discovery(), nobody, secret("j"), "", stamp()))
        == "registration_issuer_mismatch"
    );
    nobody = client_of(method::client_secret_post);
    nobody.client_id.clear();
    BOOST_TEST(
        outcome(make_jwt_bearer_request(full_discovery(), nobody, secret("j"), "", stamp()))
        == "client_information_required"
    );
    nobody = client_of(method::none);
    nobody.client_id.clear();
    for (const auto& maker : every_maker())
    {
        if (maker.name != "JWT bearer")
            BOOST_TEST(outcome(maker.make(full_discovery(), nobody)) != "ok", maker.name);
    }
}

BOOST_AUTO_TEST_CASE(token_exchange_says_what_for_what)
{
    auto options = exchange_of(token_types::jwt);
    options.actor(secret("CANARY-actor"), token_types::access_token)
        .requested_token_type(token_types::access_token)
        .audience("backend")
        .resource("https://backend.example/")
        .scope("a b");
    const auto request = make_token_exchange_request(
        full_discovery(), client_of(method::client_secret_basic), options, stamp()
    );
    BOOST_TEST(request->target().str() == from);
    BOOST_TEST(sent(request, "grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange");
    BOOST_TEST(sent(request, "subject_token") == "CANARY-subject");
    BOOST_TEST(sent(request, "subject_token_type") == "urn:ietf:params:oauth:token-type:jwt");
    BOOST_TEST(sent(request, "actor_token") == "CANARY-actor");
    BOOST_TEST(
        sent(request, "actor_token_type") == "urn:ietf:params:oauth:token-type:access_token"
    );
    BOOST_TEST(
        sent(request, "requested_token_type") == "urn:ietf:params:oauth:token-type:access_token"
    );
    BOOST_TEST(sent(request, "audience") == "backend");
    BOOST_TEST(sent(request, "resource") == "https://backend.example/");
    BOOST_TEST(sent(request, "scope") == "a b");
    BOOST_TEST(parameters_in(request) == 9u);
}

BOOST_AUTO_TEST_CASE(token_exchange_asks_for_the_discovered_resource_and_leaves_the_rest_out)
{
    const auto client = client_of(method::client_secret_basic);
    const auto request =
        make_token_exchange_request(full_discovery(), client, exchange_of(), stamp());
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(parameters_in(request) == 4u);
    auto nowhere = full_discovery();
    nowhere.resource.clear();
    const auto plain = make_token_exchange_request(nowhere, client, exchange_of(), stamp());
    BOOST_TEST(parameters_in(plain) == 3u);
}

BOOST_AUTO_TEST_CASE(token_exchange_that_is_not_complete_is_refused)
{
    const auto of = [](const token_exchange_options& options) {
        const auto got = make_token_exchange_request(
            full_discovery(), client_of(method::none), options, stamp()
        );
        BOOST_TEST(!has(all_text(got), canary));
        return outcome(got);
    };
    BOOST_TEST(of(exchange_of("")) == "invalid_argument");
    BOOST_TEST(
        of(token_exchange_options(secret(), token_types::access_token)) == "invalid_argument"
    );
    BOOST_TEST(of(exchange_of().actor(secret("CANARY"), "")) == "invalid_argument");
    BOOST_TEST(of(exchange_of().actor(secret(), token_types::jwt)) == "invalid_argument");
    BOOST_TEST(of(exchange_of()) == "ok");
}

BOOST_AUTO_TEST_CASE(identity_assertion_is_asked_for_at_the_identity_provider_for_the_target)
{
    discovery idp;
    idp.server.issuer = "https://idp.example";
    idp.server.token_endpoint = make_url("https://idp.example/oauth2/token");
    registration at_idp("https://idp.example", "idp-client");
    const auto request = make_identity_assertion_request(
        idp, at_idp, sample_discovery(), secret("CANARY-id-token"), "chat.read", stamp()
    );
    BOOST_REQUIRE_EQUAL(outcome(request), "ok");
    BOOST_TEST(request->target().str() == "https://idp.example/oauth2/token");
    BOOST_TEST(sent(request, "grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange");
    BOOST_TEST(sent(request, "requested_token_type") == "urn:ietf:params:oauth:token-type:id-jag");
    BOOST_TEST(sent(request, "audience") == issuer);
    BOOST_TEST(sent(request, "resource") == "https://mcp.example/mcp");
    BOOST_TEST(sent(request, "scope") == "chat.read");
    BOOST_TEST(sent(request, "subject_token") == "CANARY-id-token");
    BOOST_TEST(sent(request, "subject_token_type") == "urn:ietf:params:oauth:token-type:id_token");
    BOOST_TEST(sent(request, "client_id") == "idp-client");
    BOOST_TEST(parameters_in(request) == 8u);

    at_idp = registration("https://idp.example", "idp-client", secret("CANARY-secret"));
    const auto confidential = make_identity_assertion_request(
        idp, at_idp, sample_discovery(), secret("CANARY-id-token"), "", stamp()
    );
    BOOST_TEST(!confidential->authorization().empty());
    BOOST_TEST(sent(confidential, "client_id") == "(0 times)");

    // Our client at the target is nobody at the identity provider.
    BOOST_TEST(
        outcome(make_identity_assertion_request(
            idp, sample_client(), sample_discovery(), secret("CANARY"), "", stamp()
        ))
        == "registration_issuer_mismatch"
    );
    BOOST_TEST(
        outcome(
            make_identity_assertion_request(idp, at_idp, discovery(), secret("CANARY"), "", stamp())
        )
        == "invalid_argument"
    );
    BOOST_TEST(
        outcome(
            make_identity_assertion_request(idp, at_idp, sample_discovery(), secret(), "", stamp())
        )
        == "invalid_argument"
    );
}

BOOST_AUTO_TEST_CASE(issued_grant_that_is_no_access_token_is_read)
{
    for (const auto type :
         {R"(,"token_type":"N_A")", R"(,"token_type":"n_a")", R"(,"token_type":"Bearer")", ""})
    {
        const auto got = read_issued(
            token_types::id_jag, std::string(type) + R"(,"scope":"a","expires_in":300)"
        );
        BOOST_REQUIRE_EQUAL(outcome(got), "ok");
        BOOST_TEST(got->access_token.reveal() == "CANARY-issued");
        BOOST_TEST(got->issued_token_type == token_types::id_jag);
        BOOST_TEST(got->scope == "a");
        BOOST_TEST((got->expires_at == moment_of_test + std::chrono::seconds(300)));
    }
    BOOST_TEST(read_issued(token_types::id_jag, R"(,"token_type":"N_A")")->scope == "a b");
}

BOOST_AUTO_TEST_CASE(issued_access_token_needs_a_type_that_it_can_be_used_with)
{
    const auto of = [](std::string_view type, bool dpop = false) {
        const auto got = read_exchange(
            R"({"access_token":"CANARY","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":")"
                + std::string(type) + "\"}",
            token_types::access_token,
            200,
            dpop
        );
        BOOST_TEST(!has(all_text(got), canary));
        return outcome(got);
    };
    BOOST_TEST(of("Bearer") == "ok");
    BOOST_TEST(of("N_A") == "token_type_not_supported");
    BOOST_TEST(of("mac") == "token_type_not_supported");
    BOOST_TEST(of("DPoP") == "token_type_not_supported");
    BOOST_TEST(of("DPoP", true) == "ok");
}

BOOST_AUTO_TEST_CASE(answer_of_another_token_type_than_asked_for_is_refused)
{
    const auto other =
        read_issued(token_types::access_token, R"(,"token_type":"N_A")", token_types::id_jag);
    BOOST_TEST(outcome(other) == "token_type_not_supported");
    BOOST_TEST(!has(all_text(other), canary));
    const auto near = read_issued(token_types::jwt, R"(,"token_type":"N_A")", token_types::id_jag);
    BOOST_TEST(outcome(near) == "token_type_not_supported");
    BOOST_TEST(has(near.error().info().message(), token_types::jwt));
    BOOST_TEST(
        outcome(
            read_issued(token_types::jwt, R"(,"token_type":"Bearer")", token_types::access_token)
        )
        == "token_type_not_supported"
    );
    BOOST_TEST(outcome(read_issued(token_types::id_jag, R"(,"token_type":"Bearer")", "")) == "ok");
    for (const auto issued : {"null", "\"\"", "7"})
    {
        const auto got = read_exchange(
            R"({"access_token":"CANARY","token_type":"N_A","issued_token_type":)"
            + std::string(issued) + "}"
        );
        BOOST_TEST(
            outcome(got)
                == (issued == std::string_view("7") ? "json_wrong_type" : "json_member_missing"),
            issued
        );
        BOOST_TEST(!has(all_text(got), canary));
    }
}

BOOST_AUTO_TEST_CASE(refused_token_exchange_is_a_typed_error)
{
    for (const int status : {200, 400, 401})
    {
        const auto got = read_exchange(
            R"({"error":"invalid_grant","error_description":"Audience validation failed"})",
            token_types::id_jag,
            status
        );
        BOOST_TEST(outcome(got) == "invalid_grant");
        BOOST_TEST(got.error().info().server_message() == "Audience validation failed");
        BOOST_TEST((got.error().info().where() == stage::token));
    }
    BOOST_TEST(outcome(read_exchange("<html>", "", 502)) == "http_status_unexpected");
    BOOST_TEST(outcome(read_exchange("{", "")) == "json_malformed");
}

BOOST_AUTO_TEST_CASE(target_of_an_identity_assertion_is_named_whole)
{
    discovery idp;
    idp.server.issuer = "https://idp.example";
    idp.server.token_endpoint = make_url("https://idp.example/oauth2/token");
    const registration at_idp("https://idp.example", "idp-client");
    const auto of = [&](const discovery& target) {
        return outcome(
            make_identity_assertion_request(idp, at_idp, target, secret("CANARY"), "", stamp())
        );
    };
    auto target = sample_discovery();
    BOOST_TEST(of(target) == "ok");
    target.resource.clear();
    BOOST_TEST(of(target) == "invalid_argument");
    target = sample_discovery();
    target.server.issuer.clear();
    BOOST_TEST(of(target) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(exchange_is_answered_with_either_status_of_success)
{
    constexpr std::string_view answer =
        R"({"access_token":"t","token_type":"N_A","issued_token_type":"urn:ietf:params:oauth:token-type:id-jag"})";
    for (const int status : {200, 201})
        BOOST_TEST(outcome(read_exchange(answer, token_types::id_jag, status)) == "ok", status);
    for (const int status : {202, 204, 302, 404})
        BOOST_TEST(
            outcome(read_exchange(answer, token_types::id_jag, status)) == "http_status_unexpected",
            status
        );
    constexpr std::string_view no_text =
        R"({"access_token":"t","token_type":7,"issued_token_type":"urn:ietf:params:oauth:token-type:id-jag"})";
    BOOST_TEST(outcome(read_exchange(no_text)) == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(grants_are_stored_apart_unless_they_are_of_the_same_user_at_the_browser)
{
    const token_exchange_options options(secret("subject"), token_types::access_token);
    const identity_provider idp("https://idp.example", registration("", "at-idp"));
    const token_grant grants[] = {
        token_grant::client_credentials(),
        token_grant::jwt_bearer(secret("one assertion")),
        token_grant::jwt_bearer(secret("another assertion")),
        token_grant::token_exchange(options),
        token_grant::identity_assertion(idp, secret("an ID token"))};
    std::set<std::string> names{token_grant().storage_name()};
    BOOST_TEST(names.contains(""));
    for (const auto& one : grants)
        BOOST_TEST(names.insert(one.storage_name()).second, one.storage_name());
    // What is the same is found again.
    BOOST_TEST(
        token_grant::jwt_bearer(secret("one assertion")).storage_name() == grants[1].storage_name()
    );
    BOOST_TEST(token_grant::device_code({}).storage_name() == token_grant().storage_name());
    for (const auto& one : grants)
        BOOST_TEST(one.storage_name().find("one assertion") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(grant_types_have_the_names_of_the_standards)
{
    const std::string prefix = "urn:ietf:params:oauth:grant-type:";
    BOOST_TEST(token_grant().grant_type() == "");
    BOOST_TEST(token_grant::client_credentials().grant_type() == "client_credentials");
    BOOST_TEST(token_grant::jwt_bearer(secret("a")).grant_type() == prefix + "jwt-bearer");
    const token_exchange_options options(secret("subject"), token_types::access_token);
    BOOST_TEST(token_grant::token_exchange(options).grant_type() == prefix + "token-exchange");
    BOOST_TEST(token_grant::device_code({}).grant_type() == prefix + "device_code");
    const identity_provider idp("https://idp.example", registration("", "at-idp"));
    BOOST_TEST(
        token_grant::identity_assertion(idp, secret("a")).grant_type() == prefix + "jwt-bearer"
    );
}

BOOST_AUTO_TEST_SUITE_END()
