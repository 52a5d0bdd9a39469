// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "grant_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

namespace {

result<http_request>
make_code(const discovery& found, const pending_authorization& pending = pending_login())
{
    return make_code_token_request(
        found, client_of(method::none), pending, secret("CANARY-code"), stamp()
    );
}

} // namespace

BOOST_AUTO_TEST_SUITE(token_request)

// covers C-8707-1
BOOST_AUTO_TEST_CASE(code_is_exchanged_for_the_resource_that_the_user_agreed_to)
{
    auto found = full_discovery();
    found.provider = policy().replacement_resource("api://now");
    BOOST_TEST(sent(make_code(found), "resource") == "https://mcp.example/mcp");
    auto pending = pending_login();
    pending.resource = "api://then";
    BOOST_TEST(sent(make_code(full_discovery(), pending), "resource") == "api://then");
}

// covers C-8707-1
BOOST_AUTO_TEST_CASE(resource_that_was_left_out_by_policy_stays_out_and_no_other_may_be_missing)
{
    auto pending = pending_login();
    pending.resource.clear();
    auto found = full_discovery();
    BOOST_TEST(outcome(make_code(found, pending)) == "invalid_argument");
    found.provider = policy();
    BOOST_TEST(outcome(make_code(found, pending)) == "invalid_argument");
    found.provider->resource(resource_indicator::omit);
    BOOST_TEST(sent(make_code(found, pending), "resource") == "(0 times)");
}

BOOST_AUTO_TEST_CASE(authorization_and_code_request_agree_on_the_resource)
{
    auto omitting = full_discovery();
    omitting.provider = policy().resource(resource_indicator::omit);
    auto replacing = full_discovery();
    replacing.provider = policy().replacement_resource("api://other");
    for (const auto& found : {full_discovery(), omitting, replacing})
    {
        const auto request = make_authorization_request(
            found,
            sample_client(),
            "http://127.0.0.1:8123/callback",
            authorization_options(),
            octets(1),
            octets(2),
            moment_of_test
        );
        BOOST_REQUIRE_EQUAL(outcome(request), "ok");
        BOOST_TEST(
            value_of(request->where.query(), "resource")
            == sent(make_code(found, request->pending), "resource")
        );
    }
}

BOOST_AUTO_TEST_CASE(login_that_recorded_no_verifier_or_redirect_uri_gets_no_token)
{
    auto pending = pending_login();
    pending.code_verifier = secret();
    BOOST_TEST(outcome(make_code(full_discovery(), pending)) == "invalid_argument");
    pending = pending_login();
    pending.redirect_uri.clear();
    BOOST_TEST(outcome(make_code(full_discovery(), pending)) == "invalid_argument");
}

BOOST_AUTO_TEST_CASE(refresh_asks_for_fewer_scopes_only_where_it_is_told)
{
    const auto refresh = [](std::string_view scope) {
        return make_refresh_token_request(
            full_discovery(), client_of(method::none), secret("CANARY"), scope, stamp()
        );
    };
    BOOST_TEST(sent(refresh("a"), "scope") == "a");
    BOOST_TEST(sent(refresh(""), "scope") == "(0 times)");
}

BOOST_AUTO_TEST_SUITE_END()
