// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole logins at every provider that the library has a policy for, as that provider behaves; and at
// servers elsewhere that behave so without being known for it.

#include "quirks/providers.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(known_providers)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr auto two_hours = std::chrono::hours(2);
constexpr auto a_day = std::chrono::hours(24);

// A login, and a second visit after the token has ended: refreshed, without the user.
void logs_in_and_renews(visitor& user, std::chrono::seconds pause)
{
    const auto first = user.log_in();
    BOOST_TEST(told(first) == "ok");
    BOOST_REQUIRE(first);
    BOOST_TEST(first->tokens.access_token.reveal() == "CANARY-access-1");
    const auto second = user.return_after(pause);
    BOOST_TEST(told(second) == "ok");
    BOOST_REQUIRE(second);
    BOOST_TEST(second->tokens.access_token.reveal() == "CANARY-access-2");
    BOOST_TEST(user.at.last_token_request().at("grant_type") == "refresh_token");
    BOOST_TEST(user.w.opened.empty());
    BOOST_TEST(user.at.complaints == std::vector<std::string>(), boost::test_tools::per_element());
}

} // namespace

// --- Microsoft Entra ID ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(entra_of_one_tenant_gets_no_resource_and_renews)
{
    entra at;
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "");
    logs_in_and_renews(user, two_hours);
    BOOST_TEST(at.page.count("resource") == 0u);
    BOOST_TEST(at.page["scope"] == at.scope + " offline_access");
}

// The issuer in the records is a template then, and no policy is named after it.
BOOST_AUTO_TEST_CASE(entra_of_all_tenants_gets_no_resource_when_stored_tokens_are_renewed)
{
    entra at("https://login.microsoftonline.com", "common");
    visitor user(at);
    user.with_client("https://login.microsoftonline.com/{tenantid}/v2.0", "entra-app", "");
    logs_in_and_renews(user, two_hours);
    BOOST_TEST(at.last_token_request().count("resource") == 0u);
}

BOOST_AUTO_TEST_CASE(entra_with_a_secret_renews)
{
    entra at;
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "CANARY-secret");
    logs_in_and_renews(user, two_hours);
}

BOOST_AUTO_TEST_CASE(a_server_like_entra_that_nobody_knows_is_refused_for_its_pkce)
{
    entra at("https://login.copy.example");
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::pkce_not_supported);
    BOOST_TEST(user.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_server_with_a_template_for_an_issuer_that_nobody_knows_is_refused)
{
    entra at("https://login.copy.example", "common");
    at.lists_pkce = true;
    visitor user(at);
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::issuer_mismatch);
    BOOST_TEST(user.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_scope_of_another_resource_at_entra_is_told_in_its_words)
{
    entra at;
    flow_settings settings = settings_that_know_providers();
    // A policy that still sends the resource: what the server then says reaches the user.
    settings.providers.add(provider_policy(at.listed).assume_s256(true));
    visitor user(at, settings);
    user.with_client(at.issuer, "entra-app", "");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::user_timeout);
    BOOST_REQUIRE(at.complaints.size() == 1u);
    BOOST_TEST(at.complaints[0] == "AADSTS9010010: resource and scope");
    BOOST_TEST(at.token_requests.empty());
}

BOOST_AUTO_TEST_CASE(the_first_version_of_entra_gets_a_resource_and_renews)
{
    const std::string tenant = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
    entra_v1 at(
        "https://login.microsoftonline.com/" + tenant,
        "https://sts.windows.net/" + tenant + "/",
        "https://login.microsoftonline.com/" + tenant
    );
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "");
    logs_in_and_renews(user, two_hours);
}

BOOST_AUTO_TEST_CASE(the_first_version_of_entra_named_by_its_issuer_renews)
{
    const std::string tenant = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
    const std::string issuer = "https://sts.windows.net/" + tenant + "/";
    entra_v1 at(issuer, issuer, "https://login.microsoftonline.com/" + tenant);
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "CANARY-secret");
    logs_in_and_renews(user, two_hours);
}

BOOST_AUTO_TEST_CASE(a_server_with_the_issuer_of_entra_is_refused_elsewhere)
{
    entra_v1 at(
        "https://login.copy.example/contoso",
        "https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/",
        "https://login.copy.example/contoso"
    );
    visitor user(at);
    user.with_client(at.issuer, "entra-app", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::issuer_mismatch);
    BOOST_TEST(at.token_requests.empty());
}

// --- Amazon Cognito --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(cognito_renews_with_the_refresh_token_that_it_gave_once)
{
    cognito at;
    visitor user(at);
    user.with_client(at.issuer, "pool-client", "CANARY-secret");
    logs_in_and_renews(user, two_hours);
    const auto third = user.return_after(two_hours);
    BOOST_TEST(told(third) == "ok");
    BOOST_TEST(at.last_token_request().at("refresh_token") == "CANARY-refresh-1");
}

BOOST_AUTO_TEST_CASE(a_server_like_cognito_that_nobody_knows_is_refused_for_its_pkce)
{
    cognito at("https://cognito-idp.copy.example");
    visitor user(at);
    user.with_client(at.issuer, "pool-client", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::pkce_not_supported);
    BOOST_TEST(user.w.opened.empty());
}

// --- Google ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(google_is_asked_for_offline_access_in_its_own_way_and_renews)
{
    for (const bool listed : {false, true})
    {
        BOOST_TEST_CONTEXT("offline_access in the resource's scopes: " << listed)
        {
            google at;
            at.resource_lists_offline_access = listed;
            visitor user(at);
            user.with_client("https://accounts.google.com", "google-app", "CANARY-secret");
            logs_in_and_renews(user, two_hours);
            BOOST_TEST(at.page["access_type"] == "offline");
            const auto third = user.return_after(two_hours);
            BOOST_TEST(told(third) == "ok");
            BOOST_TEST(at.last_token_request().at("refresh_token") == "CANARY-refresh-1");
        }
    }
}

BOOST_AUTO_TEST_CASE(google_without_the_secret_of_the_client_says_which_client_it_does_not_take)
{
    google at;
    visitor user(at);
    user.with_client("https://accounts.google.com", "google-app", "");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::invalid_client);
    BOOST_TEST(told(r).find("secret") != std::string::npos, told(r));
}

BOOST_AUTO_TEST_CASE(a_server_like_google_that_nobody_knows_asks_the_user_again_when_the_token_ends)
{
    google at("https://accounts.copy.example");
    visitor user(at);
    user.with_client(at.issuer, "google-app", "CANARY-secret");
    const auto first = user.log_in();
    BOOST_TEST(told(first) == "ok");
    BOOST_TEST(at.page.count("access_type") == 0u);
    const auto second = user.return_after(two_hours);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().code() == errc::login_required);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.issued == 2);
}

// --- GitHub ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(github_without_metadata_logs_in_and_renews)
{
    for (const bool forms : {false, true})
    {
        BOOST_TEST_CONTEXT("answers with forms: " << forms)
        {
            github at;
            at.answers_with_forms = forms;
            // Whoever answers with forms refuses with forms, too: the way of the client has to be
            // the right one at once.
            if (forms)
                at.ways.insert("basic");
            visitor user(at);
            user.with_client(at.issuer, "github-app", "CANARY-secret");
            const auto first = user.log_in();
            BOOST_TEST(told(first) == "ok");
            BOOST_REQUIRE(first);
            BOOST_TEST(first->tokens.scope == "repo gist");
            const auto second = user.return_after(a_day);
            BOOST_TEST(told(second) == "ok");
            BOOST_TEST(at.issued == 2);
        }
    }
}

// The first attempt shows the secret in the header, as every server must understand it.
BOOST_AUTO_TEST_CASE(github_that_wants_the_secret_in_the_form_gets_it_there_from_then_on)
{
    github at;
    visitor user(at);
    user.with_client(at.issuer, "github-app", "CANARY-secret");
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.token_requests.size() == 2u);
    BOOST_TEST(at.complaints.size() == 1u);
    BOOST_TEST(told(user.return_after(a_day)) == "ok");
    BOOST_TEST(at.token_requests.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_that_github_calls_bad_asks_the_user_again)
{
    github at;
    visitor user(at);
    user.with_client(at.issuer, "github-app", "CANARY-secret");
    BOOST_TEST(told(user.log_in()) == "ok");
    at.refresh_token = "CANARY-another";
    const auto silent = user.return_after(a_day);
    BOOST_REQUIRE(!silent);
    BOOST_TEST(silent.error().code() == errc::login_required);
    const auto again = user.log_in();
    BOOST_TEST(told(again) == "ok");
    BOOST_TEST(!user.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(errors_with_status_200_are_no_tokens)
{
    for (const bool known : {true, false})
    {
        BOOST_TEST_CONTEXT("known: " << known)
        {
            github at(known ? "https://github.com" : "https://git.copy.example");
            at.ways = {"basic"};
            flow_settings settings = settings_that_know_providers();
            if (!known)
                settings.providers.add(
                    provider_policy(at.listed)
                        .override_endpoint("token_endpoint", at.token_url)
                        .override_endpoint("authorization_endpoint", at.authorization_url)
                );
            visitor user(at, settings);
            user.with_client(at.issuer, "github-app", "CANARY-secret");
            at.clients["github-app"] = "CANARY-other"; // somebody has changed it
            const auto r = user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(
                r.error().code() == (known ? errc::invalid_client : errc::unknown_oauth_error)
            );
            BOOST_TEST(r.error().info().server_error() == "incorrect_client_credentials");
            BOOST_TEST(r.error().info().server_message() == "The detail is told here.");
            BOOST_TEST(at.issued == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_server_like_github_that_nobody_knows_has_no_metadata)
{
    github at("https://git.copy.example");
    visitor user(at);
    user.with_client(at.issuer, "github-app", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::server_metadata_not_found);
    BOOST_TEST(user.w.opened.empty());
}

// --- Slack -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(slack_gets_commas_and_its_nested_tokens_are_found_and_renewed)
{
    slack at;
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    user.settings.pre_registered.back().auth_method =
        token_endpoint_auth_method::client_secret_post;
    logs_in_and_renews(user, a_day);
    const auto third = user.return_after(a_day);
    BOOST_TEST(told(third) == "ok");
    BOOST_REQUIRE(third);
    BOOST_TEST(third->tokens.scope == "search:read chat:write");
    BOOST_TEST(third->tokens.refresh_token.reveal() == "CANARY-refresh-3");
}

BOOST_AUTO_TEST_CASE(slack_that_wants_the_secret_in_the_form_gets_it_there)
{
    slack at;
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.token_requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(slack_without_rotation_gives_a_token_that_does_not_end)
{
    slack at;
    at.rotates_tokens = false;
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    BOOST_TEST(told(user.log_in()) == "ok");
    const auto much_later = user.return_after(std::chrono::hours(24 * 365));
    BOOST_TEST(told(much_later) == "ok");
    BOOST_TEST(at.issued == 1);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_that_slack_calls_invalid_asks_the_user_again)
{
    slack at;
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    BOOST_TEST(told(user.log_in()) == "ok");
    at.refresh_token = "CANARY-another";
    const auto silent = user.return_after(a_day);
    BOOST_REQUIRE(!silent);
    BOOST_TEST(silent.error().code() == errc::login_required);
    BOOST_TEST(told(user.log_in()) == "ok");
}

BOOST_AUTO_TEST_CASE(names_of_slack_for_tokens_and_for_unknown_clients_are_understood)
{
    slack with_bot;
    with_bot.token_type = "bot";
    visitor user(with_bot);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_TEST(told(r) == "ok");
    BOOST_TEST((r && r->tokens.kind == token_kind::bearer));

    for (const char* name : {"bad_client_secret", "invalid_client_id"})
    {
        BOOST_TEST_CONTEXT(name)
        {
            slack at;
            at.name_of_unknown_client = name;
            visitor stranger(at);
            stranger.with_client("https://slack.com", "slack-app", "CANARY-secret");
            at.clients["slack-app"] = "CANARY-other";
            const auto refused = stranger.log_in();
            BOOST_REQUIRE(!refused);
            BOOST_TEST(refused.error().code() == errc::invalid_client);
            BOOST_TEST(refused.error().info().server_error() == name);
            BOOST_TEST(at.issued == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_of_slack_without_a_known_name_is_told_by_that_name)
{
    slack at;
    at.refuses_with_limit = true;
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::unknown_oauth_error);
    BOOST_TEST(r.error().info().server_error() == "ratelimited");
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_the_issuer_of_slack_is_refused)
{
    slack at("https://mcp.copy.example");
    visitor user(at);
    user.with_client("https://slack.com", "slack-app", "CANARY-secret");
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::issuer_mismatch);
    BOOST_TEST(user.w.opened.empty());
    BOOST_TEST(at.token_requests.empty());
}

BOOST_AUTO_TEST_CASE(nested_tokens_of_a_server_that_nobody_knows_are_not_taken)
{
    slack at("https://chat.copy.example", "https://chat.copy.example");
    at.scope = "search:read,chat:write";
    visitor user(at);
    user.with_client(at.issuer, "slack-app", "CANARY-secret");
    user.settings.pre_registered.back().auth_method =
        token_endpoint_auth_method::client_secret_post;
    const auto r = user.log_in();
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::json_member_missing);
    BOOST_TEST(user.w.records.empty() == false);
    BOOST_TEST(told(r).find("access_token") != std::string::npos);
}

// --- Salesforce ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(salesforce_gets_localhost_at_once_and_renews)
{
    salesforce at;
    visitor user(at);
    logs_in_and_renews(user, two_hours);
    BOOST_TEST(at.registration_requests.size() == 1u);
    BOOST_TEST(at.redirect_uri().rfind("http://localhost:", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(a_client_made_by_hand_at_salesforce_is_sent_back_to_localhost)
{
    salesforce at;
    visitor user(at);
    user.with_client(at.issuer, "connected-app", "CANARY-secret");
    logs_in_and_renews(user, two_hours);
    BOOST_TEST(at.registration_requests.empty());
}

BOOST_AUTO_TEST_CASE(a_server_like_salesforce_that_nobody_knows_gets_localhost_after_its_refusal)
{
    salesforce at("https://login.copy.example");
    visitor user(at);
    const auto r = user.log_in();
    BOOST_TEST(told(r) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
    BOOST_TEST(at.redirect_uri().rfind("http://localhost:", 0) == 0u);
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    BOOST_TEST(at.registration_requests.size() == 2u);
}

// --- Context7 --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(context7_gets_the_secret_in_the_form_at_once_and_renews)
{
    context7 at;
    visitor user(at);
    logs_in_and_renews(user, two_hours);
    BOOST_TEST(
        at.registration_requests[0].at("token_endpoint_auth_method").as_string()
        == "client_secret_post"
    );
    BOOST_TEST(at.token_requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_server_like_context7_that_nobody_knows_gets_the_other_way_after_its_refusal)
{
    context7 at("https://context.copy.example");
    visitor user(at);
    BOOST_TEST(told(user.log_in()) == "ok");
    BOOST_TEST(at.complaints.size() == 1u);
    BOOST_TEST(at.token_requests.size() == 2u);
    BOOST_TEST(told(user.return_after(two_hours)) == "ok");
    BOOST_TEST(at.token_requests.size() == 3u);
    BOOST_TEST(at.registration_requests.size() == 1u);
}

// --- All of those that register nobody -------------------------------------------------------

BOOST_AUTO_TEST_CASE(providers_without_registration_say_what_to_register_where)
{
    entra of_entra;
    cognito of_cognito;
    google of_google;
    github of_github;
    slack of_slack;
    for (fake_provider* at : std::initializer_list<fake_provider*>{
             &of_entra, &of_cognito, &of_google, &of_github, &of_slack})
    {
        BOOST_TEST_CONTEXT(at->listed)
        {
            at->metadata_members += R"(,"service_documentation":"https://docs.example/apps")";
            visitor user(*at);
            const auto r = user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(r.error().code() == errc::client_information_required);
            const auto info = r.error().info();
            BOOST_TEST(info.issuer() == at->issuer);
            BOOST_TEST(info.redirect_uri() == "http://127.0.0.1:40123/callback");
            const bool published = !at->metadata_url.empty();
            BOOST_TEST(info.documentation() == (published ? "https://docs.example/apps" : ""));
            BOOST_TEST(user.w.opened.empty());

            // With just that, the next attempt is a login.
            user.with_client(info.issuer(), "made-by-hand", "CANARY-secret");
            BOOST_TEST(told(user.log_in()) == "ok");
            BOOST_TEST(at->redirect_uri() == info.redirect_uri());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_code_that_has_ended_is_invalid_grant_by_whatever_name)
{
    entra of_entra;
    github of_github;
    slack of_slack;
    for (fake_provider* at :
         std::initializer_list<fake_provider*>{&of_entra, &of_github, &of_slack})
    {
        BOOST_TEST_CONTEXT(at->listed)
        {
            at->spoils_codes = true;
            visitor user(*at);
            user.with_client(at->issuer, "made-by-hand", "CANARY-secret");
            const auto r = user.log_in();
            BOOST_REQUIRE(!r);
            BOOST_TEST(r.error().code() == errc::invalid_grant);
            BOOST_REQUIRE(user.w.browser_saw);
            BOOST_TEST(user.w.browser_saw->code() == errc::invalid_grant);
        }
    }
}

// Without them these logins fail, or take a refusal or the user a second time.
BOOST_AUTO_TEST_CASE(every_known_policy_is_of_use_where_it_applies)
{
    const std::string tenant = "/6babcaad-604b-40ac-a9d7-9fd97c0b779f";
    const std::string microsoft = "https://login.microsoftonline.com" + tenant;
    const std::string sts = "https://sts.windows.net" + tenant + "/";
    entra of_entra;
    entra_v1 of_v1(microsoft, sts, microsoft);
    entra_v1 of_sts(sts, sts, microsoft);
    cognito of_cognito;
    google of_google;
    github of_github;
    slack of_slack;
    salesforce of_salesforce;
    context7 of_context7;
    class row
    {
    public:
        fake_provider* at;
        std::optional<errc> code;
    };
    const row rows[] = {
        {&of_entra, errc::pkce_not_supported},
        {&of_v1, errc::issuer_mismatch},
        {&of_sts, errc::pkce_not_supported},
        {&of_cognito, errc::pkce_not_supported},
        {&of_google, std::nullopt},
        {&of_github, errc::server_metadata_not_found},
        {&of_slack, errc::issuer_mismatch},
        {&of_salesforce, errc::pkce_not_supported},
        {&of_context7, std::nullopt},
    };
    std::set<std::string> met;
    for (const row& one : rows)
    {
        BOOST_TEST_CONTEXT(one.at->listed)
        {
            const auto* policy = provider_policies::known().find(one.at->listed);
            BOOST_REQUIRE(policy != nullptr);
            met.insert(policy->issuer());
            visitor user(*one.at, plain_settings());
            if (one.at->registration_url.empty())
                user.with_client(one.at->issuer, "made-by-hand", "CANARY-secret");
            const auto r = user.log_in();
            BOOST_REQUIRE(r.has_value() == !one.code.has_value());
            if (one.code)
                BOOST_TEST(r.error().code() == *one.code);
            else
                BOOST_TEST((r->tokens.refresh_token.empty() || !one.at->complaints.empty()));
        }
    }
    for (const auto& policy : provider_policies::known().all())
        BOOST_TEST(met.count(policy.issuer()) == 1u, policy.issuer());
}

BOOST_AUTO_TEST_SUITE_END()
