// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "registration_fixture.hpp"

#include <asioauth/protocol/registration_management.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;
using clock_type = std::chrono::system_clock;

constexpr std::string_view where = "https://as.example/register/c1?v=2";

registration managed()
{
    registration out("https://as.example", "c1", secret("CANARY-old"));
    out.redirect_uris = {"http://127.0.0.1:8123/callback"};
    out.scope = "a";
    out.source = registration_source::dynamic;
    out.registration_client_uri = make_url(where);
    out.registration_access_token = secret("CANARY-rat");
    out.client_secret_expires_at = clock_type::time_point(std::chrono::seconds(1900000000));
    return out;
}

result<registration> answered(
    std::string_view json,
    int status = 200,
    const registration& client = managed(),
    const client_profile* updated = nullptr
)
{
    return read_registration_management_response(
        json_response(status, json, where), sample_discovery(), client, updated
    );
}

client_profile redirect_profile()
{
    client_profile out;
    out.client_name("Acme").scope("b").add_redirect_uri("https://app.example/cb");
    return out;
}

std::string deleted(int status, std::string_view body = "")
{
    http_response response(status, std::string(body));
    response.from(make_url(where));
    return outcome(read_registration_delete_response(response));
}

} // namespace

BOOST_AUTO_TEST_SUITE(registration_management)

// covers C-7592-1
BOOST_AUTO_TEST_CASE(every_request_carries_the_registration_access_token_over_https)
{
    const auto found = sample_discovery();
    const auto client = managed();
    const auto read = make_registration_read_request(found, client);
    const auto update = make_registration_update_request(found, client, sample_profile());
    const auto remove = make_registration_delete_request(found, client);
    BOOST_TEST(read.value().method() == "GET");
    BOOST_TEST(update.value().method() == "PUT");
    BOOST_TEST(remove.value().method() == "DELETE");
    for (const auto* request : {&*read, &*update, &*remove})
    {
        BOOST_TEST((request->kind() == request_kind::registration));
        BOOST_TEST(request->target().str() == where);
        BOOST_TEST(request->target().is_https());
        BOOST_TEST(request->authorization().reveal() == "Bearer CANARY-rat");
        BOOST_TEST(request->field("Accept") == "application/json");
        BOOST_TEST(!may_be_redirected(request->kind()));
        BOOST_TEST(request->identity().empty());
    }
    BOOST_TEST(read->body().empty());
    BOOST_TEST(remove->body().empty());
}

// covers C-7592-1
BOOST_AUTO_TEST_CASE(client_that_authenticates_with_a_certificate_shows_it)
{
    auto client = managed();
    client.identity = sample_identity();
    auto found = sample_discovery();
    found.policy.allow_loopback();
    const auto read = make_registration_read_request(found, client);
    BOOST_TEST((read.value().identity() == sample_identity()));
    BOOST_TEST(read->policy().loopback_allowed());
}

BOOST_AUTO_TEST_CASE(client_without_management_is_not_manageable)
{
    BOOST_TEST(is_manageable(managed()));
    auto no_token = managed();
    no_token.registration_access_token = secret();
    auto no_place = managed();
    no_place.registration_client_uri = url();
    for (const auto& client : {no_token, no_place})
    {
        BOOST_TEST(!is_manageable(client));
        const auto found = sample_discovery();
        BOOST_TEST(
            outcome(make_registration_read_request(found, client)) == "registration_not_manageable"
        );
        BOOST_TEST(
            outcome(make_registration_update_request(found, client, sample_profile()))
            == "registration_not_manageable"
        );
        BOOST_TEST(
            outcome(make_registration_delete_request(found, client))
            == "registration_not_manageable"
        );
    }
}

// covers C-7592-5 C-MCP-4
BOOST_AUTO_TEST_CASE(token_is_sent_to_no_other_origin_and_no_other_issuer)
{
    auto client = managed();
    auto found = sample_discovery();
    for (const auto place :
         {"https://evil.example/register/c1",
          "http://as.example/register/c1",
          "https://as.example:8443/register/c1"})
    {
        client.registration_client_uri = make_url(place);
        const auto refused = make_registration_read_request(found, client);
        BOOST_TEST(outcome(refused) == "registration_not_manageable", place);
        BOOST_TEST(!has(all_text(refused), canary));
    }
    found.server.registration_endpoint = url();
    BOOST_TEST(
        outcome(make_registration_delete_request(found, managed())) == "registration_not_manageable"
    );
    found = sample_discovery();
    found.server.issuer = "https://other.example";
    BOOST_TEST(
        outcome(make_registration_read_request(found, managed())) == "registration_issuer_mismatch"
    );
}

// covers C-7592-2
BOOST_AUTO_TEST_CASE(update_says_everything_and_leaves_out_what_the_server_sets)
{
    const auto profile = sample_profile()
                             .client_uri("https://acme.example")
                             .scope("a b")
                             .auth_method(method::client_secret_basic);
    const auto body =
        body_of(make_registration_update_request(sample_discovery(), managed(), profile));
    BOOST_TEST(text_of(body, "client_id") == R"("c1")");
    BOOST_TEST(text_of(body, "client_secret") == R"("CANARY-old")");
    for (const auto name :
         {"registration_access_token",
          "registration_client_uri",
          "client_secret_expires_at",
          "client_id_issued_at"})
        BOOST_TEST(text_of(body, name) == "(absent)", name);
    const auto fresh = body_of(make_registration_request(sample_discovery(), profile));
    for (const auto& member : fresh)
        BOOST_TEST(
            text_of(body, std::string_view(member.key())) == boost::json::serialize(member.value()),
            std::string_view(member.key())
        );
    BOOST_TEST(body.size() == fresh.size() + 2);
}

// covers C-7592-2
BOOST_AUTO_TEST_CASE(update_of_a_public_client_has_no_secret)
{
    auto client = managed();
    client.client_secret = secret();
    const auto body =
        body_of(make_registration_update_request(sample_discovery(), client, sample_profile()));
    BOOST_TEST(text_of(body, "client_secret") == "(absent)");
    BOOST_TEST(text_of(body, "client_id") == R"("c1")");
}

BOOST_AUTO_TEST_CASE(secret_is_written_as_json_whatever_it_is_made_of)
{
    auto client = managed();
    const std::string odd = "a\"b\\c\n\x01\x1f/\xc3\xa9";
    client.client_secret = secret(odd);
    const auto body =
        body_of(make_registration_update_request(sample_discovery(), client, sample_profile()));
    BOOST_TEST(body.at("client_secret").as_string() == odd);
}

BOOST_AUTO_TEST_CASE(update_keeps_the_redirect_uris_unless_the_profile_has_others)
{
    client_profile bare;
    bare.client_name("Acme");
    BOOST_TEST(
        text_of(
            body_of(make_registration_update_request(sample_discovery(), managed(), bare)),
            "redirect_uris"
        )
        == R"(["http://127.0.0.1:8123/callback"])"
    );
    bare.add_redirect_uri("https://app.example/cb");
    BOOST_TEST(
        text_of(
            body_of(make_registration_update_request(sample_discovery(), managed(), bare)),
            "redirect_uris"
        )
        == R"(["https://app.example/cb"])"
    );
    BOOST_TEST(
        outcome(make_registration_update_request(
            sample_discovery(), managed(), bare.logo_uri("javascript:x")
        ))
        == "invalid_client_metadata"
    );
}

// covers C-7592-3
BOOST_AUTO_TEST_CASE(new_secret_and_token_replace_the_old_ones)
{
    const auto got = answered(
        R"({"client_id":"c1","client_secret":"s2","client_secret_expires_at":0,)"
        R"("registration_access_token":"t2","registration_client_uri":"https://as.example/r/9"})"
    );
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->client_secret.reveal() == "s2");
    BOOST_TEST(!got->client_secret_expires_at);
    BOOST_TEST(got->registration_access_token.reveal() == "t2");
    BOOST_TEST(got->registration_client_uri.str() == "https://as.example/r/9");
}

// covers C-7592-3
BOOST_AUTO_TEST_CASE(what_the_answer_leaves_out_is_kept)
{
    const auto got = answered(R"({"client_id":"c1"})");
    BOOST_REQUIRE(got.has_value());
    const auto before = managed();
    BOOST_TEST((got->client_secret == before.client_secret));
    BOOST_TEST((got->client_secret_expires_at == before.client_secret_expires_at));
    BOOST_TEST((got->registration_access_token == before.registration_access_token));
    BOOST_TEST((got->registration_client_uri == before.registration_client_uri));
    BOOST_TEST((got->redirect_uris == before.redirect_uris));
    BOOST_TEST(got->scope == "a");
    BOOST_TEST(name_of(got->auth_method) == "client_secret_basic");
    BOOST_TEST((got->source == registration_source::dynamic));
    const auto later = answered(R"({"client_id":"c1","client_secret_expires_at":1950000000})");
    BOOST_TEST(
        (later.value().client_secret_expires_at
         == clock_type::time_point(std::chrono::seconds(1950000000)))
    );
}

// covers C-7592-5
BOOST_AUTO_TEST_CASE(management_does_not_move_to_another_origin)
{
    const auto got = answered(R"({"client_id":"c1","registration_access_token":"t2",)"
                              R"("registration_client_uri":"https://evil.example/r"})");
    BOOST_TEST(got.value().registration_client_uri.str() == where);
    BOOST_TEST(got->registration_access_token.reveal() == "t2");
}

BOOST_AUTO_TEST_CASE(answer_that_cannot_be_used_is_refused)
{
    BOOST_TEST(outcome(answered(R"({"client_id":"c2"})")) == "registration_response_invalid");
    BOOST_TEST(outcome(answered("{}")) == "json_member_missing");
    BOOST_TEST(
        outcome(answered(R"({"client_id":"c1","redirect_uris":["https://evil.example/"]})"))
        == "registration_redirect_uri_changed"
    );
    BOOST_TEST(
        outcome(answered(R"({"client_id":"c1","grant_types":["implicit"]})"))
        == "registration_response_invalid"
    );
    BOOST_TEST(
        outcome(answered(R"({"client_id":"c1","token_endpoint_auth_method":"private_key_jwt"})"))
        == "token_endpoint_auth_method_not_supported"
    );
    BOOST_TEST(outcome(answered(R"({"error":"invalid_request"})")) == "invalid_request");
    const auto leak = answered(
        R"({"client_id":"c1","client_secret":"CANARY","registration_access_token":"CANARY","scope":7})"
    );
    BOOST_TEST(outcome(leak) == "json_wrong_type");
    BOOST_TEST(!has(all_text(leak), canary));
}

BOOST_AUTO_TEST_CASE(answer_to_an_update_is_compared_with_what_was_asked_for)
{
    auto profile = redirect_profile();
    const auto changed = answered(
        R"({"client_id":"c1","redirect_uris":["https://app.example/cb"]})", 200, managed(), &profile
    );
    BOOST_TEST((changed.value().redirect_uris == names{"https://app.example/cb"}));
    BOOST_TEST(changed->scope == "b");
    BOOST_TEST(
        outcome(answered(
            R"({"client_id":"c1","redirect_uris":["http://127.0.0.1:8123/callback"]})",
            200,
            managed(),
            &profile
        ))
        == "registration_redirect_uri_changed"
    );
    // The secret that the client was given stays what it authenticates with.
    auto client = managed();
    client.auth_method = method::client_secret_post;
    BOOST_TEST(
        method_of(answered(R"({"client_id":"c1"})", 200, client, &profile)) == "client_secret_post"
    );
    profile.key(sample_key()).auth_method(method::private_key_jwt);
    const auto keyed = answered(R"({"client_id":"c1"})", 200, managed(), &profile);
    BOOST_TEST(method_of(keyed) == "private_key_jwt");
    BOOST_TEST((keyed->key == sample_key()));
}

BOOST_AUTO_TEST_CASE(client_that_is_gone_is_registration_gone)
{
    for (const int status : {401, 403, 404})
    {
        const auto got =
            answered(R"({"error":"invalid_token","error_description":"revoked"})", status);
        BOOST_TEST(outcome(got) == "registration_gone");
        BOOST_TEST(got.error().info().http_status() == status);
        BOOST_TEST(got.error().info().server_error() == "invalid_token");
        BOOST_TEST(got.error().info().server_message() == "revoked");
        BOOST_TEST(outcome(answered("", status)) == "registration_gone");
    }
    BOOST_TEST(outcome(answered("", 405)) == "registration_not_manageable");
    BOOST_TEST(outcome(answered("", 500)) == "http_status_unexpected");
    BOOST_TEST(outcome(answered("", 204)) == "http_status_unexpected");
    BOOST_TEST(
        outcome(answered(R"({"error":"invalid_client_metadata"})", 400))
        == "invalid_client_metadata"
    );
}

// covers C-7592-4
BOOST_AUTO_TEST_CASE(deletion_is_done_when_the_server_says_so)
{
    BOOST_TEST(deleted(204) == "ok");
    BOOST_TEST(deleted(200, "{}") == "ok");
    BOOST_TEST(deleted(401) == "registration_gone");
    BOOST_TEST(deleted(403) == "registration_gone");
    BOOST_TEST(deleted(404) == "registration_gone");
    BOOST_TEST(deleted(405) == "registration_not_manageable");
    for (const int status : {302, 400, 429, 500, 503})
        BOOST_TEST(deleted(status) == "http_status_unexpected", status);
    BOOST_TEST(deleted(503, R"({"error":"temporarily_unavailable"})") == "temporarily_unavailable");
}

BOOST_AUTO_TEST_CASE(update_with_a_method_that_the_server_does_not_take_is_not_sent)
{
    const auto got =
        make_registration_update_request(listing({"tls_client_auth"}), managed(), sample_profile());
    BOOST_TEST(outcome(got) == "token_endpoint_auth_method_not_supported");
    BOOST_TEST((got.error().info().where() == stage::registration));
    BOOST_TEST(!has(all_text(got), canary));
    // Nor one whose certificate says nothing.
    const auto unreadable = sample_profile()
                                .identity(tls_identity("CANARY", secret("CANARY")))
                                .auth_method(method::self_signed_tls_client_auth);
    const auto keyless =
        make_registration_update_request(sample_discovery(), managed(), unreadable);
    BOOST_TEST(outcome(keyless) == "key_invalid");
    BOOST_TEST(!has(all_text(keyless), canary));
}

BOOST_AUTO_TEST_CASE(answer_is_taken_with_either_status_of_success_alone)
{
    BOOST_TEST(outcome(answered(R"({"client_id":"c1"})", 200)) == "ok");
    BOOST_TEST(outcome(answered(R"({"client_id":"c1"})", 201)) == "ok");
    for (const int status : {202, 204, 302})
        BOOST_TEST(
            outcome(answered(R"({"client_id":"c1"})", status)) == "http_status_unexpected", status
        );
}

BOOST_AUTO_TEST_CASE(method_is_kept_or_is_the_one_of_the_new_profile)
{
    constexpr std::string_view silent = R"({"client_id":"c1"})";
    const auto updated = [&](const client_profile& profile, method before) {
        auto client = managed();
        client.auth_method = before;
        return method_of(answered(silent, 200, client, &profile));
    };
    // A secret that nobody had asked for stays in use.
    BOOST_TEST(updated(sample_profile(), method::client_secret_post) == "client_secret_post");
    BOOST_TEST(
        updated(
            sample_profile().auth_method(method::client_secret_basic), method::client_secret_post
        )
        == "client_secret_basic"
    );
    const auto with_key = sample_profile().key(sample_key()).auth_method(method::private_key_jwt);
    BOOST_TEST(updated(with_key, method::client_secret_post) == "private_key_jwt");
}

BOOST_AUTO_TEST_CASE(answer_about_a_client_that_logs_nobody_in_needs_no_code)
{
    constexpr std::string_view machine =
        R"({"client_id":"c1","grant_types":["client_credentials"],"response_types":[]})";
    BOOST_TEST(outcome(answered(machine)) == "registration_response_invalid");
    auto client = managed();
    client.redirect_uris.clear();
    BOOST_TEST(outcome(answered(machine, 200, client)) == "ok");
    auto profile = sample_profile();
    BOOST_TEST(
        outcome(answered(machine, 200, client, &profile)) == "registration_response_invalid"
    );
}

BOOST_AUTO_TEST_SUITE_END()
