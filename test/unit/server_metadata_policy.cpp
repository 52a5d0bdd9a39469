// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "metadata_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace asioauth;
using namespace asioauth::test::metadata;

BOOST_AUTO_TEST_SUITE(server_metadata_policy)

// covers C-8414-1
BOOST_AUTO_TEST_CASE(policy_lets_a_document_say_another_issuer_and_records_it)
{
    provider_policy policy("https://as.example/*/v2.0");
    policy.add_issuer_alias("https://as.example/{tenantid}/v2.0")
        .add_issuer_alias("https://sts.example/*/")
        .reason("One document for all tenants.");
    const auto of = [&policy](std::string_view found, std::string_view asked) {
        return read_server_metadata(
            json_response(document().set("issuer", quoted(found)).text()),
            asked,
            address_policy(),
            &policy
        );
    };
    const auto common = of("https://as.example/{tenantid}/v2.0", "https://as.example/common/v2.0");
    BOOST_REQUIRE(common.has_value());
    BOOST_TEST(common->issuer == "https://as.example/{tenantid}/v2.0");
    BOOST_TEST(!common->issuer_slash_tolerated);
    BOOST_TEST(has(all_notes(common), "{tenantid}"));
    BOOST_TEST(has(all_notes(common), "One document for all tenants."));
    BOOST_TEST(
        of("https://sts.example/1-2/", "https://as.example/t/v2.0")->issuer
        == "https://sts.example/1-2/"
    );
    for (const std::string_view found :
         {"https://evil.example", "https://as.example/other/v2.0", "https://sts.example/a/b/"})
    {
        BOOST_TEST(
            outcome(of(found, "https://as.example/common/v2.0")) == "issuer_mismatch", found
        );
    }
    // What is loosened for one issuer is not for another.
    BOOST_TEST(
        outcome(of("https://as.example/{tenantid}/v2.0", "https://other.example"))
        == "issuer_mismatch"
    );
    BOOST_TEST(all_notes(of("https://other.example", "https://other.example")).empty());
}

// covers C-MCP-8
BOOST_AUTO_TEST_CASE(policy_assumes_s256_for_its_issuer_alone)
{
    const provider_policy policy = provider_policy(issuer).assume_s256(true);
    const provider_policy other = provider_policy("https://other.example").assume_s256(true);
    for (const std::string_view json : {"null", "[]", R"(["plain"])", "\"S256\""})
    {
        const http_response response =
            json_response(document().set("code_challenge_methods_supported", json).text());
        BOOST_TEST(
            outcome(read_server_metadata(response, issuer, address_policy(), &policy)) == "success"
        );
        BOOST_TEST(
            outcome(read_server_metadata(response, issuer, address_policy(), &other)) != "success"
        );
    }
}

BOOST_AUTO_TEST_CASE(policy_puts_endpoints_in_the_place_of_missing_and_wrong_ones)
{
    provider_policy policy(issuer);
    policy.override_endpoint("token_endpoint", "https://api.example/token")
        .override_endpoint("revocation_endpoint", "https://api.example/revoke");
    const auto of = [&policy](const document& d, const address_policy& addresses) {
        return read_server_metadata(json_response(d.text()), issuer, addresses, &policy);
    };
    const auto r = of(document().drop("token_endpoint"), address_policy());
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->token_endpoint.str() == "https://api.example/token");
    BOOST_TEST(r->revocation_endpoint.str() == "https://api.example/revoke");
    BOOST_TEST(r->authorization_endpoint.str() == "https://as.example/authorize");
    const auto wrong = document().set("token_endpoint", "\"javascript:x\"");
    BOOST_TEST(of(wrong, address_policy())->token_endpoint.str() == "https://api.example/token");
    policy.override_endpoint("revocation_endpoint", "http://127.0.0.1:8080/revoke");
    BOOST_TEST(outcome(of(document(), address_policy())) == "endpoint_insecure");
    BOOST_TEST(outcome(of(document(), address_policy().allow_loopback())) == "success");
    policy.override_endpoint("revocation", "https://api.example/revoke");
    BOOST_TEST(outcome(of(document(), address_policy())) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(policy_with_both_endpoints_describes_a_server_without_document)
{
    provider_policy policy("https://as.example/*");
    policy.override_endpoint("token_endpoint", "https://as.example/t").reason("No document.");
    BOOST_TEST(!described_server_metadata(policy, "https://as.example/x").has_value());
    policy.override_endpoint("authorization_endpoint", "https://as.example/a");
    const auto described = described_server_metadata(policy, "https://as.example/x");
    BOOST_REQUIRE(described.has_value());
    BOOST_TEST(described->issuer == "https://as.example/x");
    BOOST_TEST(described->authorization_endpoint.str() == "https://as.example/a");
    BOOST_TEST(described->token_endpoint.str() == "https://as.example/t");
    BOOST_TEST(described->registration_endpoint.empty());
    BOOST_TEST((described->found == provenance::policy));
    BOOST_TEST(described->notes.size() == 1U);
    BOOST_TEST(!described_server_metadata(policy, "https://other.example/x").has_value());
    policy.override_endpoint("token_endpoint", "http://as.example/t");
    BOOST_TEST(!described_server_metadata(policy, "https://as.example/x").has_value());
}

// covers C-9728-11
BOOST_AUTO_TEST_CASE(server_protects_what_it_lists_or_everything)
{
    server_metadata server;
    BOOST_TEST(protects(server, "https://h/mcp"));
    server.protected_resources.emplace();
    BOOST_TEST(!protects(server, "https://h/mcp"));
    server.protected_resources = {"https://g", "https://h/mcp"};
    BOOST_TEST(protects(server, "https://h/mcp"));
    BOOST_TEST(protects(server, "https://g/"));
    BOOST_TEST(!protects(server, "https://h/mcp/"));
    BOOST_TEST(!protects(server, "https://h"));
}

BOOST_AUTO_TEST_CASE(policy_that_cannot_be_used_describes_nothing)
{
    provider_policy policy("https://as.example");
    policy.override_endpoint("authorization_endpoint", "https://as.example/a");
    BOOST_TEST(!described_server_metadata(policy, "https://as.example").has_value());
    policy.override_endpoint("token_endpoint", "https://as.example/t");
    BOOST_TEST(described_server_metadata(policy, "https://as.example").has_value());
    policy.redirect_host("evil.example");
    BOOST_TEST(!described_server_metadata(policy, "https://as.example").has_value());
    provider_policy only_token("https://as.example");
    only_token.override_endpoint("token_endpoint", "https://as.example/t");
    BOOST_TEST(!described_server_metadata(only_token, "https://as.example").has_value());
}

BOOST_AUTO_TEST_CASE(resource_differs_from_what_is_listed_by_a_root_slash_alone)
{
    const auto listed = [](std::string_view one, std::string_view resource) {
        server_metadata server;
        server.protected_resources = {std::string(one)};
        return protects(server, resource);
    };
    BOOST_TEST(listed("https://h", "https://h/"));
    BOOST_TEST(listed("https://h/", "https://h"));
    BOOST_TEST(listed("https://h:8443/", "https://h:8443"));
    BOOST_TEST(!listed("https://h//", "https://h/"));
    BOOST_TEST(!listed("https://h?", "https://h?/")); // no path at all
    BOOST_TEST(!listed("https://h#", "https://h#/"));
    BOOST_TEST(!listed("https://h", "https://g/"));
    BOOST_TEST(!listed("https://h", "https://hx"));
    BOOST_TEST(!listed("https:/", "https://")); // no URL at all
    BOOST_TEST(!listed("", "/"));
}

BOOST_AUTO_TEST_SUITE_END()
