// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol_fixture.hpp"

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/provider_policy.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_SUITE(provider_policy_)

namespace {

bool applies(std::string_view pattern, std::string_view issuer)
{
    return provider_policy(pattern).applies_to(issuer);
}

std::string first_reason(const provider_policies& table, std::string_view issuer)
{
    const provider_policy* found = table.find(issuer);
    return found == nullptr ? "(none)" : found->reason();
}

} // namespace

BOOST_AUTO_TEST_CASE(policy_applies_to_its_issuer_alone)
{
    BOOST_TEST(applies("https://as.example/a", "https://as.example/a"));
    for (const std::string_view other :
         {"https://as.example/A",
          "https://AS.example/a",
          "https://as.example:443/a",
          "https://as.example/a/",
          "https://as.example/a?x",
          "https://as.example/%61",
          "https://as.example",
          "https://as.example.evil.example/a",
          "http://as.example/a",
          ""})
    {
        BOOST_TEST(!applies("https://as.example/a", other), other);
    }
}

BOOST_AUTO_TEST_CASE(policy_without_issuer_applies_to_nothing)
{
    BOOST_TEST(!provider_policy().applies_to(""));
    BOOST_TEST(!provider_policy().applies_to("https://as.example"));
}

BOOST_AUTO_TEST_CASE(lone_root_slash_of_either_makes_no_difference)
{
    BOOST_TEST(applies("https://as.example", "https://as.example/"));
    BOOST_TEST(applies("https://as.example/", "https://as.example"));
    BOOST_TEST(applies("https://*.as.example/", "https://t.as.example"));
    BOOST_TEST(!applies("https://as.example/", "https://as.example//"));
    BOOST_TEST(!applies("https://as.example/t", "https://as.example/t/"));
}

BOOST_AUTO_TEST_CASE(star_stands_for_one_whole_path_segment)
{
    constexpr std::string_view pattern = "https://as.example/*/v2.0";
    for (const std::string_view tenant : {"common", "contoso.example", "6c48-2541_x~", "v2.0"})
    {
        BOOST_TEST(applies(pattern, "https://as.example/" + std::string(tenant) + "/v2.0"), tenant);
    }
    for (const std::string_view tenant :
         {"", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "a@b", "a:b", "{tenantid}", "*"})
    {
        BOOST_TEST(
            !applies(pattern, "https://as.example/" + std::string(tenant) + "/v2.0"), tenant
        );
    }
    BOOST_TEST(!applies(pattern, "https://as.example/common/v2.0/"));
    BOOST_TEST(!applies(pattern, "https://as.example/common"));
    BOOST_TEST(applies("https://as.example/*", "https://as.example/t"));
    BOOST_TEST(!applies("https://as.example/*", "https://as.example/t/"));
    BOOST_TEST(!applies("https://as.example/*", "https://as.example/"));
    BOOST_TEST(applies("https://as.example/*/*", "https://as.example/a/b"));
}

BOOST_AUTO_TEST_CASE(star_stands_for_one_whole_host_label)
{
    constexpr std::string_view pattern = "https://*.as.example/x";
    BOOST_TEST(applies(pattern, "https://tenant-1.as.example/x"));
    for (const std::string_view label :
         {"", "a.b", "a/", "evil.example/", "evil.example?", "evil.example#", "u@h", "a_b", "*"})
    {
        BOOST_TEST(!applies(pattern, "https://" + std::string(label) + ".as.example/x"), label);
    }
    BOOST_TEST(applies("https://*.as.example:8443", "https://t.as.example:8443"));
    BOOST_TEST(!applies("https://*.as.example", "https://t.as.example:8443"));
    BOOST_TEST(applies("https://cognito-idp.*.as.example/*", "https://cognito-idp.r1.as.example/p")
    );
}

BOOST_AUTO_TEST_CASE(star_within_a_label_or_segment_stands_for_itself)
{
    BOOST_TEST(!applies("https://a*.example", "https://ab.example"));
    BOOST_TEST(!applies("https://as.example/t*", "https://as.example/t1"));
    BOOST_TEST(!applies("https://as.example/*t", "https://as.example/1t"));
    BOOST_TEST(!applies("*", "https://as.example"));
    BOOST_TEST(!applies("*://as.example", "https://as.example"));
}

BOOST_AUTO_TEST_CASE(alias_is_compared_byte_for_byte_but_for_stars)
{
    provider_policy policy("https://as.example/*/v2.0");
    policy.add_issuer_alias("https://as.example/{tenantid}/v2.0")
        .add_issuer_alias("https://sts.example/*/");
    BOOST_TEST(policy.is_alias("https://as.example/{tenantid}/v2.0"));
    BOOST_TEST(policy.is_alias("https://sts.example/1-2/"));
    for (const std::string_view other :
         {"https://as.example/t/v2.0",
          "https://as.example/{tenantid}/v2.0/",
          "https://as.example/{TenantId}/v2.0",
          "https://sts.example/1-2",
          "https://sts.example//",
          ""})
    {
        BOOST_TEST(!policy.is_alias(other), other);
    }
    BOOST_TEST(!provider_policy("https://as.example").is_alias("https://as.example"));
    BOOST_TEST(!provider_policy("https://as.example").add_issuer_alias("").is_alias(""));
}

BOOST_AUTO_TEST_CASE(table_gives_the_policy_that_was_added_last)
{
    provider_policies table;
    BOOST_TEST(table.find("https://as.example/a") == nullptr);
    table.add(provider_policy("https://as.example/*").reason("tenant"));
    BOOST_TEST(first_reason(table, "https://as.example/a") == "tenant");
    table.add(provider_policy("https://as.example/a").reason("this one"));
    BOOST_TEST(first_reason(table, "https://as.example/a") == "this one");
    BOOST_TEST(first_reason(table, "https://as.example/b") == "tenant");
    BOOST_TEST(first_reason(table, "https://other.example/a") == "(none)");
    BOOST_TEST(table.all().size() == 2U);
}

BOOST_AUTO_TEST_CASE(recorded_issuer_leads_to_the_policy_that_accepted_it)
{
    provider_policies table;
    table.add(provider_policy("https://as.example").add_issuer_alias("https://new.example"));
    BOOST_TEST(table.find("https://new.example") == nullptr);
    BOOST_TEST(table.find_recorded("https://new.example")->issuer() == "https://as.example");
    BOOST_TEST(table.find_recorded("https://as.example")->issuer() == "https://as.example");
    BOOST_TEST(table.find_recorded("https://other.example") == nullptr);
    table.add(provider_policy("https://new.example"));
    BOOST_TEST(table.find_recorded("https://new.example")->issuer() == "https://new.example");
}

BOOST_AUTO_TEST_CASE(setters_keep_what_they_are_given)
{
    provider_policy p("https://as.example");
    p.assume_s256(true)
        .auth_method(token_endpoint_auth_method::client_secret_post)
        .add_authorization_parameter("access_type", "offline")
        .override_endpoint("token_endpoint", "https://as.example/old")
        .override_endpoint("token_endpoint", "https://as.example/token")
        .token_member("authed_user")
        .add_bearer_name("user")
        .add_error_name("bad_refresh_token", errc::invalid_grant)
        .scope_separator(",")
        .assertion_audience_is_endpoint(true)
        .redirect_host("localhost")
        .omit_offline_access(true)
        .reason("Because.");
    BOOST_TEST(p.assume_s256());
    BOOST_TEST((p.auth_method() == token_endpoint_auth_method::client_secret_post));
    BOOST_TEST((p.authorization_parameters() == form_fields{{"access_type", "offline"}}));
    BOOST_TEST((p.endpoints() == form_fields{{"token_endpoint", "https://as.example/token"}}));
    BOOST_TEST(p.token_member() == "authed_user");
    BOOST_TEST((p.bearer_names() == std::vector<std::string>{"user"}));
    BOOST_REQUIRE(p.error_names().size() == 1U);
    BOOST_TEST(p.error_names()[0].first == "bad_refresh_token");
    BOOST_TEST((p.error_names()[0].second == errc::invalid_grant));
    BOOST_TEST(p.scope_separator() == ",");
    BOOST_TEST(p.assertion_audience_is_endpoint());
    BOOST_TEST(p.redirect_host() == "localhost");
    BOOST_TEST(p.omit_offline_access());
    BOOST_TEST(p.reason() == "Because.");
    BOOST_TEST(outcome(p.check()) == "ok");
}

BOOST_AUTO_TEST_CASE(policy_that_differs_in_nothing_loosens_nothing)
{
    const provider_policy p("https://as.example");
    BOOST_TEST(!p.assume_s256());
    BOOST_TEST((p.resource() == resource_indicator::send));
    BOOST_TEST(!p.auth_method().has_value());
    BOOST_TEST(p.scope_separator() == " ");
    BOOST_TEST(p.issuer_aliases().empty());
    BOOST_TEST(outcome(p.check()) == "ok");
}

BOOST_AUTO_TEST_CASE(resource_is_sent_omitted_or_replaced_as_the_policy_says)
{
    discovery found = sample_discovery();
    BOOST_TEST(resource_to_send(found) == "https://mcp.example/mcp");
    found.provider.emplace("https://as.example");
    BOOST_TEST(resource_to_send(found) == "https://mcp.example/mcp");
    found.provider->resource(resource_indicator::omit);
    BOOST_TEST(resource_to_send(found).empty());
    found.provider->replacement_resource("api://1-2-3");
    BOOST_TEST((found.provider->resource() == resource_indicator::replace));
    BOOST_TEST(resource_to_send(found) == "api://1-2-3");
}

BOOST_AUTO_TEST_CASE(replacement_that_is_no_absolute_uri_is_refused_and_not_sent)
{
    for (const std::string_view bad :
         {"",
          "mcp",
          "//mcp.example",
          ":x",
          "api:",
          "1api:x",
          "a b:x",
          "-api:x",
          "+api:x",
          ".api:x",
          "a_b:x",
          "https://h/#f",
          "https://h/ x"})
    {
        discovery found = sample_discovery();
        found.provider.emplace("https://as.example");
        found.provider->replacement_resource(bad);
        BOOST_TEST(resource_to_send(found) == "https://mcp.example/mcp", bad);
        BOOST_TEST(outcome(found.provider->check()) == "invalid_argument", bad);
    }
}

BOOST_AUTO_TEST_CASE(issuers_and_aliases_that_cannot_be_issuers_are_refused)
{
    for (const std::string_view bad :
         {"",
          "as.example",
          "http://as.example",
          "ftp://as.example",
          "https://as.example/?a",
          "https://as.example/#a",
          "https://u@as.example",
          "https://a*.example",
          "https://as.example/t*"})
    {
        BOOST_TEST(outcome(provider_policy(bad).check()) == "invalid_argument", bad);
        BOOST_TEST(
            outcome(provider_policy("https://as.example").add_issuer_alias(bad).check())
                == "invalid_argument",
            bad
        );
    }
    for (const std::string_view good :
         {"https://as.example/*/v2.0",
          "https://*.as.example/",
          "http://localhost:8080/a",
          "https://as.example/{tenantid}/v2.0"})
    {
        BOOST_TEST(outcome(provider_policy(good).check()) == "ok", good);
    }
}

BOOST_AUTO_TEST_CASE(endpoint_that_is_unknown_or_unsafe_is_refused)
{
    const auto with = [](std::string_view name, std::string_view where) {
        return outcome(provider_policy("https://as.example").override_endpoint(name, where).check()
        );
    };
    BOOST_TEST(with("token_endpoint", "https://as.example/token") == "ok");
    BOOST_TEST(with("device_authorization_endpoint", "https://other.example/d?x=1") == "ok");
    BOOST_TEST(with("token_endpoint", "http://127.0.0.1:8080/token") == "ok");
    BOOST_TEST(with("token", "https://as.example/token") == "invalid_argument");
    BOOST_TEST(with("", "https://as.example/token") == "invalid_argument");
    for (const std::string_view where :
         {"", "http://as.example/token", "javascript:alert(1)", "https://as.example/#f", "/token"})
    {
        BOOST_TEST(with("token_endpoint", where) == "invalid_argument", where);
    }
}

BOOST_AUTO_TEST_CASE(redirect_host_that_is_not_loopback_is_refused)
{
    for (const std::string_view good : {"localhost", "127.0.0.1", "[::1]"})
    {
        BOOST_TEST(
            outcome(provider_policy("https://as.example").redirect_host(good).check()) == "ok"
        );
    }
    for (const std::string_view bad :
         {"app.example", "localhost:80", "localhost/x", "u@localhost", "127.0.0.1.example", "::1"})
    {
        BOOST_TEST(
            outcome(provider_policy("https://as.example").redirect_host(bad).check())
                == "invalid_argument",
            bad
        );
    }
}

BOOST_AUTO_TEST_CASE(refusal_of_a_policy_names_the_policy_and_the_value)
{
    const auto refused = provider_policy("https://as.example")
                             .override_endpoint("token_endpoint", "http://as.example/token")
                             .check();
    BOOST_TEST(has(all_text(refused), "https://as.example"));
    BOOST_TEST(has(all_text(refused), "http://as.example/token"));
}

BOOST_AUTO_TEST_CASE(every_known_policy_is_usable_and_says_why)
{
    BOOST_TEST(!provider_policies::known().all().empty());
    for (const provider_policy& p : provider_policies::known().all())
    {
        BOOST_TEST(outcome(p.check()) == "ok", p.issuer());
        BOOST_TEST(p.reason().size() > 20U, p.issuer());
    }
}

BOOST_AUTO_TEST_CASE(known_policies_apply_to_their_providers_and_to_no_lookalike)
{
    class known_row
    {
    public:
        std::string_view issuer;
        std::string_view policy; // its issuer; empty: none applies
    };
    const known_row rows[] = {
        {"https://accounts.google.com", "https://accounts.google.com"},
        {"https://accounts.google.com/", "https://accounts.google.com"},
        {"https://login.microsoftonline.com/common/v2.0",
         "https://login.microsoftonline.com/*/v2.0"},
        {"https://login.microsoftonline.com/6babcaad-604b-40ac-a9d7-9fd97c0b779f/v2.0",
         "https://login.microsoftonline.com/*/v2.0"},
        {"https://login.microsoftonline.com/contoso.example",
         "https://login.microsoftonline.com/*"},
        {"https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/",
         "https://sts.windows.net/*/"},
        {"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123",
         "https://cognito-idp.*.amazonaws.com/*"},
        {"https://github.com/login/oauth", "https://github.com/login/oauth"},
        {"https://mcp.slack.com", "https://mcp.slack.com"},
        {"https://login.salesforce.com", "https://login.salesforce.com"},
        {"https://context7.com", "https://context7.com"},
        {"https://accounts.google.com.evil.example", ""},
        {"https://evil.example/accounts.google.com", ""},
        {"https://login.microsoftonline.com", ""},
        {"https://login.microsoftonline.com/a/b/v2.0", ""},
        {"https://login.microsoftonline.com.evil.example/common/v2.0", ""},
        {"https://cognito-idp.a.b.amazonaws.com/p", ""},
        {"https://cognito-idp.evil.example/?.amazonaws.com/p", ""},
        {"https://github.com", ""},
        {"https://github.com/evil", ""},
        {"http://mcp.slack.com", ""},
        {"https://slack.com", ""},
    };
    for (const known_row& row : rows)
    {
        const provider_policy* found = provider_policies::known().find(row.issuer);
        BOOST_TEST((found == nullptr ? std::string() : found->issuer()) == row.policy, row.issuer);
    }
    const provider_policies& known = provider_policies::known();
    BOOST_TEST(known.find_recorded("https://slack.com")->issuer() == "https://mcp.slack.com");
    BOOST_TEST(
        known.find_recorded("https://login.microsoftonline.com/{tenantid}/v2.0")->issuer()
        == "https://login.microsoftonline.com/*/v2.0"
    );
}

BOOST_AUTO_TEST_CASE(github_is_described_without_a_document)
{
    constexpr std::string_view issuer = "https://github.com/login/oauth";
    const auto described =
        described_server_metadata(*provider_policies::known().find(issuer), issuer);
    BOOST_REQUIRE(described.has_value());
    BOOST_TEST(described->token_endpoint.str() == "https://github.com/login/oauth/access_token");
    for (const provider_policy& p : provider_policies::known().all())
    {
        BOOST_TEST(
            described_server_metadata(p, p.issuer()).has_value() == (p.issuer() == issuer),
            p.issuer()
        );
    }
}

BOOST_AUTO_TEST_CASE(policies_are_equal_only_if_nothing_is_different)
{
    using change = void (*)(provider_policy&);
    const change changes[] = {
        [](provider_policy& p) { p.assume_s256(true); },
        [](provider_policy& p) { p.resource(resource_indicator::omit); },
        [](provider_policy& p) { p.resource(resource_indicator::replace); },
        [](provider_policy& p) { p.replacement_resource("api://1"); },
        [](provider_policy& p) { p.replacement_resource("api://2"); },
        [](provider_policy& p) { p.add_issuer_alias("https://other.example"); },
        [](provider_policy& p) { p.auth_method(token_endpoint_auth_method::none); },
        [](provider_policy& p) { p.auth_method(token_endpoint_auth_method::client_secret_post); },
        [](provider_policy& p) { p.add_authorization_parameter("a", "b"); },
        [](provider_policy& p) { p.override_endpoint("token_endpoint", "https://as.example/t"); },
        [](provider_policy& p) { p.token_member("a"); },
        [](provider_policy& p) { p.add_bearer_name("a"); },
        [](provider_policy& p) { p.add_error_name("a", errc::invalid_grant); },
        [](provider_policy& p) { p.add_error_name("a", errc::server_error); },
        [](provider_policy& p) { p.scope_separator(","); },
        [](provider_policy& p) { p.assertion_audience_is_endpoint(true); },
        [](provider_policy& p) { p.redirect_host("localhost"); },
        [](provider_policy& p) { p.omit_offline_access(true); },
        [](provider_policy& p) { p.reason("Because."); },
    };
    const provider_policy plain("https://as.example");
    std::vector<provider_policy> all{
        plain, provider_policy(), provider_policy("https://as.example/")};
    for (const change c : changes)
    {
        all.push_back(plain);
        c(all.back());
    }
    for (std::size_t i = 0; i != all.size(); ++i)
    {
        for (std::size_t j = 0; j != all.size(); ++j)
            BOOST_TEST((all[i] == all[j]) == (i == j), i << " and " << j);
    }
}

BOOST_AUTO_TEST_CASE(star_ends_where_its_label_or_segment_ends)
{
    BOOST_TEST(applies("https://*:8443/a", "https://t:8443/a"));
    BOOST_TEST(applies("https://*", "https://t"));
    BOOST_TEST(applies("https://*/a", "https://t/a"));
    BOOST_TEST(applies("https://as.*", "https://as.t"));
    BOOST_TEST(applies("https://as.*.b.*/", "https://as.x.b.y/"));
    BOOST_TEST(!applies("https://as.*", "https://as."));
    BOOST_TEST(!applies("https://as.*", "https://as.a.b"));
    // Beside anything else a star is a star.
    for (const std::string_view pattern :
         {"https://a*",
          "https://a-*.b",
          "https://*-a.b",
          "https://h/a*/b",
          "https://h/*a/b",
          "https://h/.*",
          "https://h/*.b",
          "https://h/*:b",
          "**://h",
          "https:*"})
    {
        std::string text(pattern);
        text.replace(text.find('*'), 1, "x");
        BOOST_TEST(!applies(pattern, text), pattern);
        BOOST_TEST(applies(pattern, pattern), pattern);
    }
}

BOOST_AUTO_TEST_CASE(redirect_host_is_written_in_its_plain_form)
{
    for (const std::string_view bad :
         {"LOCALHOST",
          "localhost.",
          "127.1",
          "localhost:080",
          "localhost?",
          "localhost#",
          "[::1",
          "localhost/",
          "a b"})
    {
        BOOST_TEST(
            outcome(provider_policy("https://as.example").redirect_host(bad).check())
                == "invalid_argument",
            bad
        );
    }
}

BOOST_AUTO_TEST_CASE(replacement_may_be_a_uri_of_any_scheme)
{
    for (const std::string_view good :
         {"api://1", "urn:a:b", "a:b", "x+y-z.1:b", "https://h/", "A1:!$&'()*+,;=%41[]@?/~_"})
    {
        BOOST_TEST(
            outcome(provider_policy("https://as.example").replacement_resource(good).check())
                == "ok",
            good
        );
    }
    for (const std::string_view bad :
         {"-a:b",
          "+:b",
          ".a:b",
          "a_b:c",
          "a/b:c",
          "a:\"",
          "a:<",
          "a:>",
          "a:\\",
          "a:^",
          "a:`",
          "a:{",
          "a:|",
          "a:}",
          "a:b\x7f",
          "a:b\n",
          "a:\xc3\xa4",
          "\xc3\xa4:b"})
    {
        BOOST_TEST(
            outcome(provider_policy("https://as.example").replacement_resource(bad).check())
                == "invalid_argument",
            bad
        );
    }
}

BOOST_AUTO_TEST_CASE(table_without_policies_finds_none)
{
    const provider_policies none;
    BOOST_TEST(none.all().empty());
    BOOST_TEST(none.find("https://as.example") == nullptr);
    BOOST_TEST(none.find_recorded("https://as.example") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
