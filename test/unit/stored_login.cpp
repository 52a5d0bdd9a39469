// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "protocol_fixture.hpp"

#include <asioauth/stored_login.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;

namespace {

const auto noon = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));

detail::grant granted()
{
    detail::grant out;
    out.found.requested = url::parse("https://mcp.example/mcp?team=1").value();
    out.found.resource = "https://mcp.example/mcp";
    out.found.server.issuer = "https://as.example";
    out.found.server.token_endpoint = url::parse("https://as.example/token").value();
    out.client = registration("https://as.example", "client-1", secret("CANARY-client-secret"));
    out.tokens.access_token = secret("CANARY-access");
    out.tokens.refresh_token = secret("CANARY-refresh");
    out.tokens.scope = "files:read files:write";
    out.tokens.expires_at = noon;
    out.user = "anna";
    return out;
}

listed_record listed(const detail::grant& g)
{
    listed_record out;
    out.key = record_key(record_kind::grant, "anything");
    out.stored.at = 7;
    out.stored.value = detail::make_record(g);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stored_login_)

BOOST_AUTO_TEST_CASE(grant_in_a_listing_says_whose_it_is_where_and_until_when)
{
    const auto read = read_stored_login(listed(granted()));
    BOOST_REQUIRE(read);
    BOOST_TEST(read->at == 7U);
    BOOST_TEST(read->requested.str() == "https://mcp.example/mcp?team=1");
    BOOST_TEST(read->user == "anna");
    BOOST_TEST(read->resource == "https://mcp.example/mcp");
    BOOST_TEST(read->issuer == "https://as.example");
    BOOST_TEST(read->client_id == "client-1");
    BOOST_TEST(read->scope == "files:read files:write");
    BOOST_TEST((read->kind == token_kind::bearer));
    BOOST_TEST((read->expires_at == noon));
    BOOST_TEST(read->has_refresh_token);
}

BOOST_AUTO_TEST_CASE(token_has_ended_from_the_moment_that_the_server_named)
{
    const auto read = read_stored_login(listed(granted()));
    BOOST_REQUIRE(read);
    BOOST_TEST(!read->ended(noon - std::chrono::seconds(1)));
    BOOST_TEST(read->ended(noon));
}

BOOST_AUTO_TEST_CASE(token_without_an_end_never_ends)
{
    auto g = granted();
    g.tokens.expires_at.reset();
    const auto read = read_stored_login(listed(g));
    BOOST_REQUIRE(read);
    BOOST_TEST(!read->ended(std::chrono::system_clock::time_point::max()));
}

BOOST_AUTO_TEST_CASE(only_an_ended_login_without_refresh_token_needs_the_user)
{
    auto g = granted();
    BOOST_TEST(!read_stored_login(listed(g)).value().needs_user(noon));
    g.tokens.refresh_token = secret();
    const auto read = read_stored_login(listed(g)).value();
    BOOST_TEST(!read.has_refresh_token);
    BOOST_TEST(!read.needs_user(noon - std::chrono::seconds(1)));
    BOOST_TEST(read.needs_user(noon));
}

BOOST_AUTO_TEST_CASE(record_of_another_kind_is_refused)
{
    auto other = listed(granted());
    other.key.kind = record_kind::pending_login;
    BOOST_TEST(test::outcome(read_stored_login(other)) == "invalid_argument");
    BOOST_TEST(test::outcome(read_stored_registration(listed(granted()))) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(record_that_could_not_be_opened_is_told_from_one_that_is_damaged)
{
    auto sealed = listed(granted());
    sealed.stored.value.document = secret();
    BOOST_TEST(test::outcome(read_stored_login(sealed)) == "store_key_unavailable");
    sealed.stored.value.document = secret("{\"version\":2}");
    BOOST_TEST(test::outcome(read_stored_login(sealed)) == "store_record_invalid");
    sealed.stored.value.document = secret("{\"version\":1000}");
    BOOST_TEST(test::outcome(read_stored_login(sealed)) == "store_version_newer");
}

BOOST_AUTO_TEST_CASE(failure_to_read_a_record_names_no_secret)
{
    auto damaged = listed(granted());
    damaged.stored.value.document = secret("{\"version\":2,\"access_token\":\"CANARY-access\"}");
    const auto read = read_stored_login(damaged);
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error().info().where() == stage::store));
    BOOST_TEST(
        describe(read.error().code(), read.error().info()).find("CANARY") == std::string::npos
    );
}

BOOST_AUTO_TEST_CASE(registration_in_a_listing_can_be_managed_with_what_is_read)
{
    registration client("https://as.example", "client-1", secret("CANARY-client-secret"));
    client.source = registration_source::dynamic;
    client.redirect_uris = {"http://127.0.0.1:1234/callback"};
    client.registration_client_uri = url::parse("https://as.example/register/1").value();
    client.registration_access_token = secret("CANARY-management");
    listed_record kept;
    kept.key = record_key(record_kind::registration, "anything");
    kept.stored.at = 3;
    kept.stored.value = detail::make_record(client);

    const auto read = read_stored_registration(kept);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->client_id == "client-1");
    BOOST_TEST((read->source == registration_source::dynamic));
    BOOST_TEST(read->redirect_uris == client.redirect_uris, boost::test_tools::per_element());
    BOOST_TEST(read->registration_client_uri.str() == "https://as.example/register/1");
    BOOST_TEST((read->registration_access_token == client.registration_access_token));
}

BOOST_AUTO_TEST_SUITE_END()
