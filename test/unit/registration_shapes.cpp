// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "registration_fixture.hpp"

#include <asioauth/protocol/provider_policy.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

using names = std::vector<std::string>;
using method = token_endpoint_auth_method;

constexpr std::string_view from = "https://as.example/register";

result<registration> read(
    std::string_view json,
    const client_profile& profile,
    const discovery& found = sample_discovery(),
    int status = 201
)
{
    return read_registration_response(json_response(status, json, from), found, profile);
}

// A response with members beyond the identifier and the redirect URI of the sample profile.
result<registration>
read_with(std::string_view members, const client_profile& profile = sample_profile())
{
    return read(
        R"({"client_id":"c1","redirect_uris":["http://127.0.0.1:8123/callback"],)"
            + std::string(members) + "}",
        profile
    );
}

// What a server says that refuses in words.
failure refused(int status, std::string_view text, std::string_view type = "text/plain")
{
    http_response response(status, std::string(text));
    response.field("Content-Type", type).from(make_url(from));
    return read_registration_response(response, sample_discovery(), sample_profile()).error();
}

failure refused_as(errc code)
{
    return failure(code).where(stage::registration).http_status(400);
}

client_profile redirected_to(const names& uris)
{
    client_profile out;
    out.client_name("Acme Agent");
    for (const auto& uri : uris)
        out.add_redirect_uri(uri);
    return out;
}

std::string adjusted(const client_profile& profile, const failure& why)
{
    const auto other = adjusted_profile(profile, why);
    if (!other)
        return "nothing";
    std::string out;
    for (const auto& uri : other->redirect_uris())
        out.append(uri).append(" ");
    return out + other->application_type();
}

} // namespace

BOOST_AUTO_TEST_SUITE(registration_shapes)

BOOST_AUTO_TEST_CASE(members_that_are_null_or_empty_are_read_as_absent)
{
    for (const auto value : {"null", "\"\""})
    {
        std::string members;
        for (const auto name :
             {"client_secret",
              "token_endpoint_auth_method",
              "token_endpoint_auth_signing_alg",
              "scope",
              "registration_access_token",
              "registration_client_uri",
              "application_type",
              "client_name",
              "client_uri",
              "logo_uri",
              "jwks_uri",
              "software_id"})
            members.append("\"").append(name).append("\":").append(value).append(",");
        members.append(R"("jwks":null,"contacts":null,"client_id_issued_at":null)");
        const auto got = read_with(members);
        BOOST_TEST(method_of(got) == "none", value);
        BOOST_TEST(got->client_secret.empty());
        BOOST_TEST(got->registration_client_uri.empty());
    }
}

BOOST_AUTO_TEST_CASE(time_of_issue_may_be_written_in_any_way)
{
    for (const auto value :
         {"1750736996",
          "\"1649137285\"",
          "\"2021-08-19T20:10:19.199Z\"",
          "0",
          "null",
          "1e12",
          "\"\"",
          "{}",
          "true"})
        BOOST_TEST(
            outcome(read_with(R"("client_id_issued_at":)" + std::string(value))) == "ok", value
        );
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(response_type_of_several_words_counts_by_its_words)
{
    BOOST_TEST(outcome(read_with(R"("response_types":["code id_token"])")) == "ok");
    BOOST_TEST(outcome(read_with(R"("response_types":["id_token","id_token code"])")) == "ok");
    for (const auto types : {R"(["id_token token"])", R"(["codes"])", R"([""])", R"([" "])"})
        BOOST_TEST(
            outcome(read_with(R"("response_types":)" + std::string(types)))
                == "registration_response_invalid",
            types
        );
}

BOOST_AUTO_TEST_CASE(client_without_the_code_grant_is_taken_without_redirect_uris)
{
    client_profile service;
    service.add_grant_type("client_credentials").auth_method(method::client_secret_post);
    constexpr std::string_view answer =
        R"({"client_id":"c1","client_secret":"s","redirect_uris":[],"response_types":[],)"
        R"("grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_post"})";
    const auto got = read(answer, service);
    BOOST_TEST(method_of(got) == "client_secret_post");
    BOOST_TEST(got->redirect_uris.empty());
    // The same answer is of no use to a client that wants to log somebody in.
    BOOST_TEST(outcome(read(answer, sample_profile())) == "registration_redirect_uri_changed");
    BOOST_TEST(
        outcome(read(
            R"({"client_id":"c1","client_secret":"s","grant_types":["authorization_code"]})",
            service
        ))
        == "registration_response_invalid"
    );
    service.add_grant_type("refresh_token");
    BOOST_TEST(outcome(read(answer, service)) == "ok");
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(key_of_the_profile_becomes_that_of_the_registration)
{
    const auto profile = sample_profile().key(sample_key()).auth_method(method::private_key_jwt);
    for (const auto members :
         {R"("token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":"ES256")",
          R"("token_endpoint_auth_method":"private_key_jwt","client_secret":"s")",
          R"("client_name":"x")"})
    {
        const auto got = read_with(members, profile);
        BOOST_TEST(method_of(got) == "private_key_jwt", members);
        BOOST_TEST((got->key == sample_key()));
    }
}

// covers C-7591-2
BOOST_AUTO_TEST_CASE(method_that_needs_what_the_profile_lacks_is_refused)
{
    const auto with_key = sample_profile().key(sample_key());
    const auto with_identity = sample_profile().identity(sample_identity());
    const auto named = [](std::string_view name, const client_profile& profile) {
        return method_of(read_with(
            R"("client_secret":"CANARY","token_endpoint_auth_method":")" + std::string(name) + "\"",
            profile
        ));
    };
    constexpr std::string_view no = "token_endpoint_auth_method_not_supported";
    BOOST_TEST(named("private_key_jwt", sample_profile()) == no);
    BOOST_TEST(named("private_key_jwt", with_identity) == no);
    BOOST_TEST(named("private_key_jwt", with_key) == "private_key_jwt");
    BOOST_TEST(named("tls_client_auth", with_key) == no);
    BOOST_TEST(named("tls_client_auth", with_identity) == "tls_client_auth");
    BOOST_TEST(named("self_signed_tls_client_auth", sample_profile()) == no);
    BOOST_TEST(
        named("self_signed_tls_client_auth", with_identity) == "self_signed_tls_client_auth"
    );
    BOOST_TEST(named("client_secret_jwt", sample_profile()) == "client_secret_jwt");
    BOOST_TEST(
        method_of(read_with(R"("token_endpoint_auth_method":"client_secret_jwt")"))
        == "registration_response_invalid"
    );
}

BOOST_AUTO_TEST_CASE(assertions_in_an_algorithm_that_the_key_does_not_have_are_refused)
{
    const auto profile = sample_profile().key(sample_key()).auth_method(method::private_key_jwt);
    for (const auto algorithm : {"PS256", "HS256", "none", "es256"})
    {
        const auto got = read_with(
            R"("token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":")"
                + std::string(algorithm) + "\"",
            profile
        );
        BOOST_TEST(outcome(got) == "token_endpoint_auth_method_not_supported", algorithm);
        BOOST_TEST(has(got.error().info().message(), algorithm));
    }
    // A client that uses another method signs nothing.
    BOOST_TEST(
        outcome(read_with(
            R"("token_endpoint_auth_method":"none","token_endpoint_auth_signing_alg":"PS256")",
            profile
        ))
        == "ok"
    );
}

BOOST_AUTO_TEST_CASE(certificate_belongs_to_the_registration_only_where_it_is_to_be_shown)
{
    const auto profile = sample_profile().identity(sample_identity());
    BOOST_TEST(read_with(R"("x":1)", profile).value().identity.empty());
    BOOST_TEST(!read_with(R"("token_endpoint_auth_method":"tls_client_auth")", profile)
                    .value()
                    .identity.empty());
    BOOST_TEST(!read_with(R"("tls_client_certificate_bound_access_tokens":true)", profile)
                    .value()
                    .identity.empty());
    BOOST_TEST(read_with(R"("tls_client_certificate_bound_access_tokens":"true")", profile)
                   .value()
                   .identity.empty());
    auto bound = profile;
    bound.certificate_bound_access_tokens(true);
    BOOST_TEST(!read_with(R"("x":1)", bound).value().identity.empty());
}

BOOST_AUTO_TEST_CASE(policy_of_the_issuer_stands_above_the_response)
{
    auto found = sample_discovery();
    found.provider = provider_policy();
    found.provider->auth_method(method::client_secret_post);
    constexpr std::string_view answer =
        R"({"client_id":"c","client_secret":"s","token_endpoint_auth_method":"client_secret_basic"})";
    BOOST_TEST(method_of(read(answer, sample_profile(), found)) == "client_secret_post");
    BOOST_TEST(
        method_of(read(R"({"client_id":"c"})", sample_profile(), found))
        == "registration_response_invalid"
    );
}

BOOST_AUTO_TEST_CASE(registration_access_token_that_no_header_can_carry_is_not_kept)
{
    for (const std::string& token :
         {std::string(R"(a\nb)"),
          std::string("a b"),
          std::string(R"(\u00e9)"),
          std::string(70000, 'x')})
    {
        const auto got = read_with(
            R"("registration_client_uri":"https://as.example/r/1","registration_access_token":")"
            + token + "\""
        );
        BOOST_TEST(outcome(got) == "ok");
        BOOST_TEST(got->registration_access_token.empty());
    }
}

BOOST_AUTO_TEST_CASE(secret_of_absurd_size_is_refused)
{
    const auto got = read_with(R"("client_secret":"CANARY)" + std::string(70000, 'x') + "\"");
    BOOST_TEST(outcome(got) == "registration_response_invalid");
    BOOST_TEST(!has(all_text(got), canary));
}

// covers C-CIMD-7 C-MCP-4
BOOST_AUTO_TEST_CASE(identifier_that_looks_like_a_metadata_document_is_bound_to_its_issuer)
{
    const auto got = read(R"({"client_id":"https://other.example/client.json"})", sample_profile());
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->source == registration_source::dynamic));
    BOOST_TEST(got->issuer == "https://as.example");
    auto elsewhere = sample_discovery();
    elsewhere.server.issuer = "https://other.example";
    elsewhere.server.client_id_metadata_document_supported = true;
    BOOST_TEST(
        outcome(make_refresh_token_request(elsewhere, *got, secret("r"), "", request_stamp()))
        == "registration_issuer_mismatch"
    );
}

// covers C-7591-4
BOOST_AUTO_TEST_CASE(refusals_in_words_keep_status_and_text)
{
    for (const int status : {400, 403, 404, 422, 500})
    {
        const auto got = refused(status, "Redirect URI http://x is not in the allowlist");
        BOOST_TEST(name_of(got.code()) == "http_status_unexpected");
        BOOST_TEST(got.info().http_status() == status);
        BOOST_TEST(got.info().server_message() == "Redirect URI http://x is not in the allowlist");
    }
    const auto page = refused(403, "<html>\n<b>Forbidden</b>", "text/html");
    BOOST_TEST(name_of(page.code()) == "http_status_unexpected");
    BOOST_TEST(page.info().server_message() == "<html> <b>Forbidden</b>");
    const auto cut =
        refused(400, R"({"error":"invalid_redirect_uri","disallowed_uris":["https://a"])");
    BOOST_TEST(name_of(cut.code()) == "http_status_unexpected");
    BOOST_TEST(has(cut.info().server_message(), "invalid_redirect_uri"));
    // A typed error counts whatever it is labelled as, and whatever is beside it.
    const auto typed = refused(
        403, R"({"error":"invalid_redirect_uri","error_description":"no","disallowed_uris":["x"]})"
    );
    BOOST_TEST(name_of(typed.code()) == "invalid_redirect_uri");
    BOOST_TEST(typed.info().server_message() == "no");
    const auto empty = refused(400, "");
    BOOST_TEST(name_of(empty.code()) == "http_status_unexpected");
}

BOOST_AUTO_TEST_CASE(words_below_a_status_of_success_are_not_shown)
{
    const auto got = refused(201, R"({"client_id":"c","client_secret":"CANARY"})", "text/plain");
    BOOST_TEST(name_of(got.code()) == "content_type_not_json");
    BOOST_TEST(!has(describe(got.code(), got.info()), canary));
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(refused_loopback_redirect_is_tried_with_the_other_name)
{
    const auto why = refused_as(errc::invalid_redirect_uri);
    BOOST_TEST(
        adjusted(redirected_to({"http://127.0.0.1:8123/cb?a=127.0.0.1"}), why)
        == "http://localhost:8123/cb?a=127.0.0.1 "
    );
    BOOST_TEST(
        adjusted(redirected_to({"http://localhost:80/x", "HTTP://LocalHost"}), why)
        == "http://127.0.0.1:80/x HTTP://127.0.0.1 "
    );
    BOOST_TEST(
        adjusted(redirected_to({"http://localhost/a", "https://app.example/cb"}), why)
        == "http://127.0.0.1/a https://app.example/cb "
    );
    // Both were tried, or there is no other name.
    BOOST_TEST(
        adjusted(redirected_to({"http://localhost/a", "http://127.0.0.1/a"}), why) == "nothing"
    );
    BOOST_TEST(adjusted(redirected_to({"http://[::1]:1/a"}), why) == "nothing");
    BOOST_TEST(adjusted(redirected_to({"http://127.0.0.2/a"}), why) == "nothing");
    BOOST_TEST(adjusted(redirected_to({"http://a.localhost/a"}), why) == "nothing");
    BOOST_TEST(adjusted(redirected_to({}), why) == "nothing");
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(refused_https_redirect_is_tried_with_the_other_application_type)
{
    const auto why = refused_as(errc::invalid_redirect_uri);
    const auto profile = redirected_to({"https://app.example/cb"});
    BOOST_TEST(adjusted(profile, why) == "https://app.example/cb native");
    auto native = profile;
    BOOST_TEST(adjusted(native.application_type("native"), why) == "https://app.example/cb web");
    // The server's text says more than the URIs.
    BOOST_TEST(
        adjusted(
            sample_profile(), refused(422, "application_type native is not allowed, use a callback")
        )
        == "http://127.0.0.1:8123/callback web"
    );
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(refusal_is_adjusted_to_only_if_it_is_about_redirects)
{
    const auto other = "http://localhost:8123/callback ";
    const auto profile = sample_profile();
    for (const auto text :
         {"Invalid redirect URI. It must be from an allowed host.",
          "Redirect URI does not match the original request.",
          "bad CALLBACK",
          R"({"error":"invalid_client_metadata","error_description":"redirect_uris: bad"})",
          R"({"error":"invalid_request","error_description":"redirect_uri not allowed"})",
          R"({"error":"Invalid redirect URI"})"})
    {
        for (const int status : {400, 403, 422})
            BOOST_TEST(adjusted(profile, refused(status, text)) == other, text);
    }
    for (const auto text :
         {"Forbidden",
          "",
          R"({"error":"invalid_client_metadata","error_description":"bad logo"})",
          R"({"error":"access_denied"})"})
        BOOST_TEST(adjusted(profile, refused(403, text)) == "nothing", text);
    for (const int status : {401, 404, 429, 500, 502})
        BOOST_TEST(adjusted(profile, refused(status, "redirect")) == "nothing", status);
    BOOST_TEST(
        adjusted(profile, failure(errc::registration_redirect_uri_changed).http_status(201))
        == "nothing"
    );
    BOOST_TEST(adjusted(profile, failure(errc::connect_failed)) == "nothing");
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(adjusted_profile_is_not_adjusted_again)
{
    const auto why = refused_as(errc::invalid_redirect_uri);
    const auto loopback = adjusted_profile(sample_profile(), why);
    BOOST_REQUIRE(loopback.has_value());
    BOOST_TEST(adjusted(*loopback, why) == "nothing");
    const auto web = adjusted_profile(redirected_to({"https://app.example/cb"}), why);
    BOOST_REQUIRE(web.has_value());
    BOOST_TEST(adjusted(*web, why) == "nothing");
    // All else of the profile stays.
    BOOST_TEST(loopback->client_name() == "Acme Agent");
    BOOST_TEST(
        text_of(
            body_of(make_registration_request(sample_discovery(), *loopback)), "application_type"
        )
        == R"("native")"
    );
}

BOOST_AUTO_TEST_CASE(algorithm_of_assertions_is_a_text_or_is_not_there)
{
    const auto profile = sample_profile().key(sample_key()).auth_method(method::private_key_jwt);
    const auto with_algorithm = [&](std::string_view algorithm) {
        return outcome(read_with(
            R"("token_endpoint_auth_method":"private_key_jwt","token_endpoint_auth_signing_alg":)"
                + std::string(algorithm),
            profile
        ));
    };
    BOOST_TEST(with_algorithm(R"("ES256")") == "ok");
    BOOST_TEST(with_algorithm("\"\"") == "ok");
    BOOST_TEST(with_algorithm("null") == "ok");
    BOOST_TEST(with_algorithm("7") == "json_wrong_type");
    BOOST_TEST(with_algorithm(R"(["ES256"])") == "json_wrong_type");
}

BOOST_AUTO_TEST_CASE(certificate_is_not_for_tokens_that_are_bound_to_none)
{
    const auto profile = sample_profile().identity(sample_identity());
    for (const auto value : {"false", "null", "1", "\"true\"", "[true]", "{}"})
        BOOST_TEST(
            read_with(
                R"("tls_client_certificate_bound_access_tokens":)" + std::string(value), profile
            )
                .value()
                .identity.empty(),
            value
        );
}

BOOST_AUTO_TEST_CASE(response_without_a_method_is_for_the_one_that_was_to_be_registered)
{
    // A server that lists nothing that the client can do, and names no method either.
    const auto found = listing({"tls_client_auth"});
    BOOST_TEST(
        outcome(read(R"({"client_id":"c"})", sample_profile(), found))
        == "token_endpoint_auth_method_not_supported"
    );
    BOOST_TEST(
        method_of(read(
            R"({"client_id":"c","token_endpoint_auth_method":"none"})", sample_profile(), found
        ))
        == "none"
    );
    for (const int status : {202, 204, 299})
        BOOST_TEST(
            outcome(read(R"({"client_id":"c"})", sample_profile(), found, status))
                == "http_status_unexpected",
            status
        );
}

BOOST_AUTO_TEST_CASE(profile_with_redirects_that_are_no_urls_is_adjusted_as_far_as_it_can_be)
{
    const auto why = refused_as(errc::invalid_redirect_uri);
    BOOST_TEST(
        adjusted(redirected_to({"com.example.app:/cb", "http://localhost/a"}), why)
        == "com.example.app:/cb http://127.0.0.1/a "
    );
    BOOST_TEST(adjusted(redirected_to({"com.example.app:/cb"}), why) == "nothing");
    BOOST_TEST(adjusted(redirected_to({"https://app.example/cb", "no URL"}), why) == "nothing");
    BOOST_TEST(
        adjusted(redirected_to({"https://localhost/cb"}), why) == "https://localhost/cb web"
    );
}

BOOST_AUTO_TEST_SUITE_END()
