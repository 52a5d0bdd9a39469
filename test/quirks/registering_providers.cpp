// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole logins at providers where programs register themselves, and what goes wrong with that.

#include "quirks/providers.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registering_providers)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr auto two_hours = std::chrono::hours(2);

void has_no_complaints(const fake_provider& at)
{
    BOOST_TEST(at.complaints == std::vector<std::string>(), boost::test_tools::per_element());
}

http_request to_resource(const fake_provider& at)
{
    return http_request(request_kind::resource, "POST", url::parse(at.resource).value());
}

} // namespace

// --- Figma -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(figma_that_has_not_heard_of_the_program_tells_what_to_do_instead)
{
    figma at;
    visitor user(at);
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::http_status_unexpected);
    const auto info = r.error().info();
    BOOST_TEST(info.http_status() == 403);
    BOOST_TEST(info.server_message() == "Forbidden");
    BOOST_TEST(info.hint().find("configure its client id") != std::string::npos, info.hint());
    BOOST_TEST(info.issuer() == at.issuer);
    BOOST_TEST(info.documentation() == "https://developers.figma.example/docs");
    BOOST_TEST(user.w.opened.empty());
    // It asked once, under its own name.
    BOOST_REQUIRE(at.registration_requests.size() == 1u);
    BOOST_TEST(at.registration_requests[0].at("client_name").as_string() == "Flow test");

    user.with_client(info.issuer(), "made-by-hand", "CANARY-secret");
    user.settings.pre_registered.back().redirect_uris = {info.redirect_uri()};
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.redirect_uri() == info.redirect_uri());
    BOOST_TEST(at.registration_requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_secret_that_nobody_asked_figma_for_is_shown_to_it)
{
    for (const bool says_none : {false, true})
    {
        BOOST_TEST_CONTEXT("registered for none: " << says_none)
        {
            figma at;
            at.heard_of.insert("Flow test");
            at.repeats_the_method = says_none;
            visitor user(at);
            BOOST_TEST(told(user.log_in()) == "ok");
            BOOST_TEST(
                at.registration_requests[0].at("token_endpoint_auth_method").as_string() == "none"
            );
            const auto before = at.complaints.size();
            BOOST_TEST(told(user.return_after(two_hours)) == "ok");
            BOOST_TEST(at.complaints.size() == before);
            BOOST_TEST(at.issued == 2);
            BOOST_TEST(at.registration_requests.size() == 1u);
        }
    }
}

// --- Atlassian -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(atlassian_sees_each_refresh_token_once)
{
    atlassian at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    has_no_complaints(at);
    std::set<std::string> used;
    for (const auto& request : at.token_requests)
    {
        if (request.at("grant_type") == "refresh_token")
            BOOST_TEST(used.insert(request.at("refresh_token")).second);
    }
    BOOST_TEST(used.size() == 4u);
}

// Two programs with one store: what one of them has in mind is the token that the other has spent.
BOOST_AUTO_TEST_CASE(atlassian_sees_no_refresh_token_that_another_session_has_spent)
{
    atlassian at;
    visitor user(at);
    const auto granted = user.log_in();
    BOOST_REQUIRE(granted);
    const auto first = session_of(*granted, user.params);
    const auto second = session_of(*granted, user.params);
    user.w.on("POST", at.resource, 200, "{}");
    user.w.wall += two_hours;
    for (const auto& session : {first, second})
    {
        const auto r =
            user.w.run(detail::authorised_request(session, to_resource(at), user.settings));
        BOOST_REQUIRE(r);
        BOOST_TEST(told(*r) == "ok");
        BOOST_TEST(user.w.requests.back().authorization().reveal() == "Bearer CANARY-access-2");
    }
    BOOST_TEST(at.issued == 2);
    has_no_complaints(at);
}

BOOST_AUTO_TEST_CASE(a_family_of_tokens_that_atlassian_has_ended_asks_the_user_again)
{
    atlassian at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.refresh_token.clear(); // somebody else has used it
    const auto silent = user.return_after(two_hours);
    BOOST_REQUIRE(!silent);
    BOOST_TEST(silent.error().code() == errc::login_required);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    BOOST_TEST(at.registration_requests.size() == 1u);
}

// The page says it to the user, and nothing comes back to the program.
BOOST_AUTO_TEST_CASE(a_client_that_atlassian_has_forgotten_is_registered_anew_at_the_next_login)
{
    atlassian at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.purge_clients();
    user.params.force(true);
    const auto late = user.log_in();
    BOOST_REQUIRE(!late);
    BOOST_TEST(late.error().code() == errc::user_timeout);
    BOOST_TEST(told(late).find("register anew") != std::string::npos, told(late));
    BOOST_TEST(at.registration_requests.size() == 1u);

    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
    BOOST_TEST(at.page["client_id"] == "client-2");
}

BOOST_AUTO_TEST_CASE(a_user_who_stays_away_from_a_client_just_registered_costs_no_registration)
{
    atlassian at;
    visitor user(at);
    user.w.page = nullptr;
    user.w.user = user_does::nothing;
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::user_timeout);
    BOOST_TEST(r.error().info().hint().empty());
    at.serve(user.w);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_redirect_host_that_is_not_on_the_list_of_atlassian_is_refused_as_such)
{
    atlassian at;
    visitor user(at);
    const auto found = user.w.run(detail::discover(discover_params(at.resource), user.settings));
    BOOST_REQUIRE(found);
    BOOST_REQUIRE(*found);
    register_params elsewhere;
    elsewhere.redirect_uri("https://app.example/callback");
    const auto r = user.w.run(detail::obtain_registration(**found, elsewhere, user.settings));
    BOOST_REQUIRE(r);
    BOOST_REQUIRE(!*r);
    BOOST_TEST(r->error().code() == errc::invalid_redirect_uri);
    BOOST_TEST(r->error().info().server_message() == "The redirect host is not allowed.");
}

// --- Supabase --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(supabase_gives_tokens_with_status_201)
{
    supabase at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    BOOST_TEST(at.issued == 2);
    has_no_complaints(at);
}

BOOST_AUTO_TEST_CASE(a_client_that_supabase_has_forgotten_comes_back_in_two_logins)
{
    supabase at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.purge_clients();
    const auto silent = user.return_after(two_hours);
    BOOST_REQUIRE(!silent);
    BOOST_TEST(silent.error().code() == errc::login_required);
    const auto records = user.w.records;

    const auto late = user.log_in();
    BOOST_REQUIRE(!late);
    BOOST_TEST(late.error().code() == errc::user_timeout);
    BOOST_TEST(told(late).find("register anew") != std::string::npos, told(late));
    // What was granted is not thrown away for a refusal that names nothing.
    for (const auto& [key, kept] : records)
    {
        if (key.kind == record_kind::grant)
            BOOST_TEST(user.w.records[key].at == kept.at);
    }

    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
}

BOOST_AUTO_TEST_CASE(what_may_pass_by_itself_sends_nobody_to_the_browser)
{
    for (const int status : {408, 425, 429, 500, 503})
    {
        BOOST_TEST_CONTEXT(status)
        {
            supabase at;
            visitor user(at);
            BOOST_TEST(told(user.log_in()) == "ok");
            user.w.opened = url();
            user.w.wall += two_hours;
            user.w.on("POST", at.token_url, status, "{}");
            const auto r = user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(r.error().code() == errc::http_status_unexpected);
            BOOST_TEST(user.w.opened.empty());
            at.serve(user.w);
            BOOST_TEST(told(user.return_after(two_hours)) == "ok");
            has_no_complaints(at);
        }
    }
}

// --- Datadog ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(datadog_gets_the_address_of_this_machine_and_renews)
{
    datadog at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 1u);
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    has_no_complaints(at);
}

BOOST_AUTO_TEST_CASE(datadog_gets_the_address_also_from_a_program_that_says_localhost)
{
    datadog at;
    visitor user(at);
    user.settings.redirect.host("localhost");
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
    BOOST_TEST(at.redirect_uri().rfind("http://127.0.0.1:", 0) == 0u);
}

// --- AWS -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_that_aws_has_purged_is_registered_anew_within_one_login)
{
    aws at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.purge_clients();
    user.w.wall += two_hours;
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
    BOOST_TEST(at.page["client_id"] == "client-2");
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    BOOST_TEST(at.last_token_request().at("client_id") == "client-2");
}

BOOST_AUTO_TEST_CASE(a_client_that_aws_has_purged_is_login_required_where_nobody_can_be_asked)
{
    aws at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.purge_clients();
    const auto r = user.return_after(two_hours);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::login_required);
    BOOST_TEST(at.registration_requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(aws_that_knows_nobody_is_asked_for_one_registration_and_no_more)
{
    aws at;
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    at.knows_nobody = true;
    user.params.force(true);
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::invalid_client);
    BOOST_TEST(at.registration_requests.size() == 2u);
}

// --- X ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_state_is_short_enough_for_x)
{
    x_com at;
    visitor user(at);
    user.with_client(at.issuer, "x-app", "");
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.page["state"].size() < 100u);
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    has_no_complaints(at);
}

BOOST_AUTO_TEST_SUITE_END()
