// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/flow_world.hpp"

#include <asioauth/protocol/form.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(login)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

result<grant> logged_in(world& w, login_params params = login_params(where))
{
    auto r = w.run(detail::login(std::move(params), plain_settings()));
    return *r;
}

std::string query_value(const url& u, const std::string& name)
{
    const auto fields = parse_form(u.query());
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return "(absent)";
}

std::string form_value(const http_request& r, const std::string& name)
{
    const auto fields = parse_form(r.body().reveal());
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return "(absent)";
}

const http_request& last_request(const world& w)
{
    return w.requests.back();
}

} // namespace

// covers C-9700-5 C-21-13 C-8707-1 C-9728-10
BOOST_AUTO_TEST_CASE(a_whole_login_ends_with_stored_tokens_and_a_page_that_says_so)
{
    world w;
    add_provider(w);
    auto r = logged_in(w);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-access");
    BOOST_TEST(r->at == 1u);
    BOOST_REQUIRE(w.browser_saw);
    BOOST_TEST(!w.browser_saw->code());
    BOOST_TEST(w.pages_shown == 1);

    BOOST_TEST(query_value(w.opened, "response_type") == "code");
    BOOST_TEST(query_value(w.opened, "code_challenge_method") == "S256");
    BOOST_TEST(query_value(w.opened, "resource") == where);
    BOOST_TEST(query_value(w.opened, "scope") == "files:read");
    BOOST_TEST(form_value(last_request(w), "resource") == where);
    BOOST_TEST(form_value(last_request(w), "code") == world::code_canary);
    BOOST_TEST(form_value(last_request(w), "code_verifier").size() == 43u);
    BOOST_TEST(form_value(last_request(w), "client_secret") == "(absent)");
}

BOOST_AUTO_TEST_CASE(
    the_listener_waits_before_the_browser_opens_and_the_port_is_bound_before_registration
)
{
    world w;
    add_provider(w);
    BOOST_REQUIRE(logged_in(w));
    const auto at = [&](const std::string& prefix) {
        for (std::size_t i = 0; i < w.log.size(); ++i)
        {
            if (w.log[i].rfind(prefix, 0) == 0)
                return i;
        }
        return w.log.size();
    };
    BOOST_TEST(at("reserve") < at("send registration"));
    BOOST_TEST(at("wait_redirect") < at("open_url"));
    BOOST_TEST(at("open_url") < at("send token"));
    BOOST_TEST(at("send token") < w.log.size());
}

BOOST_AUTO_TEST_CASE(a_second_login_uses_the_stored_token_and_sends_nothing)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world second;
    second.records = first.records;
    second.user = user_does::nothing;
    auto r = logged_in(second);
    BOOST_REQUIRE(r);
    BOOST_TEST(second.requests.empty());
    BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-access");
    BOOST_TEST(r->client.client_id == "client-1");
    BOOST_TEST(r->found.resource == where);
}

// covers C-21-16
// catches D-4 D-5
BOOST_AUTO_TEST_CASE(an_expired_token_is_refreshed_and_an_omitted_refresh_token_is_kept)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world later;
    later.records = first.records;
    later.wall = first.wall + std::chrono::hours(2);
    later.on(
        "POST",
        "https://as.example/token",
        200,
        R"({"access_token":"CANARY-new","token_type":"bearer","expires_in":3600})"
    );
    auto r = logged_in(later);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-new");
    BOOST_TEST(r->tokens.refresh_token.reveal() == "CANARY-refresh");
    BOOST_TEST(later.requests.size() == 1u);
    BOOST_TEST(form_value(last_request(later), "grant_type") == "refresh_token");
    BOOST_TEST(form_value(last_request(later), "resource") == where);
    BOOST_TEST(r->at == 2u);
}

// catches D-2
BOOST_AUTO_TEST_CASE(a_passing_failure_of_the_refresh_keeps_everything)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world later;
    later.records = first.records;
    later.wall = first.wall + std::chrono::hours(2);
    later.on("POST", "https://as.example/token", 503, "down");
    auto r = logged_in(later);
    BOOST_REQUIRE(!r);
    for (const auto& entry : first.records)
        BOOST_TEST(later.records[entry.first].at == entry.second.at);
    BOOST_TEST(later.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_refused_refresh_sends_the_user_again_with_the_stored_registration)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world later;
    add_provider(later);
    later.records = first.records;
    later.wall = first.wall + std::chrono::hours(2);
    int calls = 0;
    later.on("POST", "https://as.example/token", [&](const http_request&) {
        http_response r(
            calls == 0 ? 400 : 200, calls == 0 ? R"({"error":"invalid_grant"})" : token_document
        );
        r.field("Content-Type", "application/json");
        ++calls;
        return result<http_response>(std::move(r));
    });
    auto r = logged_in(later);
    BOOST_REQUIRE(r);
    BOOST_TEST(calls == 2);
    BOOST_TEST(lines_with(later.log, "send registration").empty());
}

// catches D-3
BOOST_AUTO_TEST_CASE(a_refresh_that_lost_a_race_uses_what_the_winner_stored)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    // While our refresh is under way somebody else stores newer tokens; the server then refuses
    // ours, or takes it.
    for (bool refused : {true, false})
    {
        world later;
        later.records = first.records;
        later.wall = first.wall + std::chrono::hours(2);
        later.on("POST", "https://as.example/token", [&](const http_request&) {
            for (auto& entry : later.records)
            {
                if (entry.first.kind != record_kind::grant)
                    continue;
                auto theirs = read_grant_record(entry.second.value);
                theirs->tokens.access_token = secret("CANARY-theirs");
                theirs->tokens.expires_at = later.wall + std::chrono::hours(1);
                entry.second.value = make_record(*theirs);
                ++entry.second.at;
            }
            http_response r(
                refused ? 400 : 200, refused ? R"({"error":"invalid_grant"})" : token_document
            );
            r.field("Content-Type", "application/json");
            return result<http_response>(std::move(r));
        });
        auto r = logged_in(later);
        BOOST_REQUIRE(r);
        BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-theirs");
        BOOST_TEST(r->at == 2u);
        BOOST_TEST(later.opened.empty());
    }
}

// covers C-9700-3 C-8252-7
BOOST_AUTO_TEST_CASE(answers_of_two_issuers_arrive_at_two_places)
{
    world w;
    add_provider(w);
    auto r = logged_in(w);
    BOOST_REQUIRE(r);
    BOOST_REQUIRE(r->client.redirect_uris.size() == 1u);
    BOOST_TEST(
        r->client.redirect_uris.front()
        == "http://127.0.0.1:40123/callback/" + issuer_tag("https://as.example")
    );
    BOOST_TEST(issuer_tag("https://as.example") != issuer_tag("https://as.example/"));
    BOOST_TEST(issuer_tag("https://as.example").size() == 16u);

    // Who chooses a redirect URI gets that one.
    world chosen;
    add_provider(chosen);
    login_params params(where);
    redirect_target target;
    target.host("localhost").port(8888);
    params.redirect(target);
    auto exact = logged_in(chosen, params);
    BOOST_REQUIRE(exact);
    BOOST_TEST(exact->client.redirect_uris.front() == "http://localhost:8888/callback");
}

BOOST_AUTO_TEST_CASE(a_tampered_record_is_not_used)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    const char* const documents[] = {
        "",
        "{}",
        "rubbish",
        R"({"version":2})",
        R"({"version":1,"requested":"https://mcp.example/mcp"})",
        R"({"version":1,"requested":"javascript:x","token_endpoint":"https://as.example/token","access_token":"a","client":{}})",
    };
    for (const auto* text : documents)
    {
        BOOST_TEST_CONTEXT(text)
        {
            world w;
            add_provider(w);
            w.records = first.records;
            for (auto& entry : w.records)
                entry.second.value.document = secret(text);
            auto r = logged_in(w);
            BOOST_REQUIRE(r);
            BOOST_TEST(lines_with(w.log, "send registration").size() == 1u);
            record broken;
            broken.document = secret(text);
            auto grant_read = read_grant_record(broken);
            BOOST_REQUIRE(!grant_read);
            BOOST_TEST(grant_read.error().code() == errc::store_record_invalid);
            auto client_read = read_registration_record(broken);
            BOOST_REQUIRE(!client_read);
            BOOST_TEST(client_read.error().code() == condition::storage);
        }
    }
}

BOOST_AUTO_TEST_CASE(of_two_who_register_at_once_the_second_uses_the_first_ones_client)
{
    world w;
    add_provider(w);
    w.on("POST", "https://as.example/register", [&](const http_request& request) {
        // The other one was faster: its registration is stored while ours is on its way.
        registration theirs("https://as.example", "client-of-the-other");
        theirs.redirect_uris.emplace_back(
            "http://127.0.0.1:40123/callback/" + issuer_tag("https://as.example")
        );
        theirs.source = registration_source::dynamic;
        for (auto& entry : w.records)
        {
            if (entry.first.kind == record_kind::registration)
            {
                entry.second.at = 1;
                entry.second.value = make_record(theirs);
            }
        }
        return register_client(request);
    });
    auto r = logged_in(w);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->client.client_id == "client-of-the-other");
}

BOOST_AUTO_TEST_CASE(a_private_network_that_was_allowed_once_is_not_allowed_for_ever)
{
    world first;
    add_provider(first);
    login_params wide(where);
    wide.allow_private_network("10.0.0.0/8");
    BOOST_REQUIRE(logged_in(first, wide));
    world second;
    second.records = first.records;
    auto r = logged_in(second);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->found.policy.private_networks().empty());
}

BOOST_AUTO_TEST_CASE(a_loopback_server_that_was_allowed_once_is_not_allowed_for_ever)
{
    constexpr const char* here = "http://localhost:8000/mcp";
    world first;
    add_provider(first);
    first.on("GET", here, challenge_401);
    first.on(
        "GET",
        "http://localhost:8000/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"http://localhost:8000/mcp","authorization_servers":["https://as.example"]})"
    );
    const auto stored = logged_in(first, login_params(here));
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->found.policy.loopback_allowed());
    world second;
    second.records = first.records;
    login_params params(here);
    params.allow_loopback(false).silent(true);
    const auto r = logged_in(second, params);
    BOOST_TEST((!r || !r->found.policy.loopback_allowed()));
    BOOST_TEST(second.requests.empty());
}

BOOST_AUTO_TEST_CASE(a_silent_login_never_opens_a_browser)
{
    world w;
    add_provider(w);
    login_params params(where);
    params.silent(true);
    auto r = logged_in(w, params);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == condition::login_required);
    BOOST_TEST(w.requests.empty());
}

BOOST_AUTO_TEST_CASE(a_wider_scope_than_granted_leads_to_a_new_login)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world second;
    add_provider(second);
    second.records = first.records;
    login_params params(where);
    params.scope("files:read files:write");
    auto r = logged_in(second, params);
    BOOST_REQUIRE(r);
    BOOST_TEST(query_value(second.opened, "scope") == "files:read files:write");
}

BOOST_AUTO_TEST_CASE(two_users_do_not_share_a_grant)
{
    world first;
    add_provider(first);
    login_params alice(where);
    alice.user("alice");
    BOOST_REQUIRE(logged_in(first, alice));
    world second;
    second.records = first.records;
    login_params bob(where);
    bob.user("bob").silent(true);
    auto r = logged_in(second, bob);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::login_required);
}

BOOST_AUTO_TEST_CASE(a_user_who_denies_sees_a_page_and_the_caller_a_cancellation)
{
    world w;
    add_provider(w);
    w.user = user_does::denies;
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::access_denied);
    BOOST_TEST(r.error().code() == condition::cancelled);
    BOOST_REQUIRE(w.browser_saw);
    BOOST_TEST(w.browser_saw->code() == errc::access_denied);
    BOOST_TEST(lines_with(w.log, "send token").empty());
}

BOOST_AUTO_TEST_CASE(a_user_who_does_not_come_back_ends_in_user_timeout)
{
    world w;
    add_provider(w);
    w.user = user_does::nothing;
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::user_timeout);
}

BOOST_AUTO_TEST_CASE(a_pasted_redirect_url_completes_the_login)
{
    world w;
    add_provider(w);
    w.user = user_does::pastes;
    BOOST_TEST(logged_in(w).has_value());
}

BOOST_AUTO_TEST_CASE(a_wrong_paste_is_asked_for_again)
{
    world w;
    add_provider(w);
    w.user = user_does::pastes_rubbish_first;
    BOOST_TEST(logged_in(w).has_value());
}

// covers C-9207-2 C-9700-3
// catches D-14
BOOST_AUTO_TEST_CASE(a_forged_redirect_does_not_burn_the_login)
{
    world w;
    add_provider(w);
    w.user = user_does::is_forged_then_approves;
    auto r = logged_in(w);
    BOOST_REQUIRE(r);
    BOOST_TEST(form_value(last_request(w), "code") == world::code_canary);
}

// covers C-9207-2 C-9207-4 C-21-5
BOOST_AUTO_TEST_CASE(a_redirect_from_another_issuer_ends_without_a_token_request)
{
    world w;
    add_provider(w);
    w.user = user_does::is_forged_only;
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::issuer_parameter_mismatch);
    BOOST_TEST(lines_with(w.log, "send token").empty());
    BOOST_REQUIRE(w.browser_saw);
    BOOST_TEST(w.browser_saw->code() == errc::issuer_parameter_mismatch);
}

// covers C-9207-3
BOOST_AUTO_TEST_CASE(a_redirect_without_iss_is_refused_when_iss_is_advertised)
{
    world w;
    add_provider(w);
    w.send_iss = false;
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::issuer_parameter_missing);
    BOOST_TEST(lines_with(w.log, "send token").empty());
}

BOOST_AUTO_TEST_CASE(a_missing_browser_is_an_error_that_says_so)
{
    world w;
    add_provider(w);
    w.user = user_does::has_no_browser;
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::browser_not_opened);
}

BOOST_AUTO_TEST_CASE(a_failed_exchange_is_shown_in_the_browser)
{
    world w;
    add_provider(w);
    w.on(
        "POST",
        "https://as.example/token",
        400,
        R"({"error":"invalid_grant","error_description":"code is old"})"
    );
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(r.error().code() == errc::invalid_grant);
    BOOST_TEST(r.error().info().server_message() == "code is old");
    BOOST_REQUIRE(w.browser_saw);
    BOOST_TEST(w.browser_saw->code() == errc::invalid_grant);
}

BOOST_AUTO_TEST_CASE(tokens_survive_a_store_that_fails_after_the_exchange)
{
    world w;
    add_provider(w);
    w.on("POST", "https://as.example/token", [&](const http_request&) {
        w.store_fails = failure(errc::store_unavailable);
        http_response r(200, token_document);
        r.field("Content-Type", "application/json");
        return result<http_response>(std::move(r));
    });
    auto r = logged_in(w);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->at == 0u);
    BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-access");
}

// catches D-6
BOOST_AUTO_TEST_CASE(a_taken_port_of_a_stored_registration_leads_to_a_new_registration)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world second;
    add_provider(second);
    second.records = first.records;
    login_params params(where);
    params.force(true);
    BOOST_REQUIRE(logged_in(second, params));
    BOOST_TEST(lines_with(second.log, "send registration").empty());
    BOOST_TEST(lines_with(second.log, "reserve 127.0.0.1:40123/callback").size() == 1u);

    world third;
    add_provider(third);
    third.records = first.records;
    third.fail_at = 5; // the reservation of the old port, see the log of `second`
    third.fail_with = failure(errc::port_in_use);
    BOOST_REQUIRE(second.log.size() > 5u);
    int step = 0;
    for (const auto& line : second.log)
    {
        if (line.rfind("reserve", 0) == 0)
            third.fail_at = step;
        ++step;
    }
    BOOST_REQUIRE(logged_in(third, params));
    BOOST_TEST(lines_with(third.log, "send registration").size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_pre_registered_client_is_used_at_its_issuer_only)
{
    flow_settings settings = plain_settings();
    settings.pre_registered.emplace_back("https://as.example", "pre-1", secret("s3cret"));
    world w;
    add_provider(w);
    auto r = w.run(detail::login(login_params(where), settings));
    BOOST_REQUIRE(*r);
    BOOST_TEST((**r).client.client_id == "pre-1");
    BOOST_TEST(lines_with(w.log, "send registration").empty());
    BOOST_TEST(!last_request(w).authorization().empty());

    flow_settings elsewhere = plain_settings();
    elsewhere.pre_registered.emplace_back("https://other.example", "pre-1", secret("s3cret"));
    world w2;
    add_provider(w2);
    auto r2 = w2.run(detail::login(login_params(where), elsewhere));
    BOOST_REQUIRE(*r2);
    BOOST_TEST((**r2).client.client_id == "client-1");
}

// covers C-9207-7
BOOST_AUTO_TEST_CASE(two_clients_for_one_issuer_in_the_settings_are_refused)
{
    flow_settings settings = plain_settings();
    settings.pre_registered.emplace_back("https://other.example", "pre-0");
    settings.pre_registered.emplace_back("https://as.example", "pre-1", secret("CANARY-s"));
    world fine;
    add_provider(fine);
    BOOST_REQUIRE(*fine.run(detail::login(login_params(where), settings)));
    // The same client twice is no contradiction.
    settings.pre_registered.push_back(settings.pre_registered.back());
    world same;
    add_provider(same);
    BOOST_REQUIRE(*same.run(detail::login(login_params(where), settings)));

    settings.pre_registered.emplace_back("https://as.example", "pre-2", secret("CANARY-t"));
    world w;
    add_provider(w);
    auto r = w.run(detail::login(login_params(where), settings));
    BOOST_REQUIRE(!*r);
    BOOST_TEST(r->error().code() == errc::invalid_argument);
    BOOST_TEST(r->error().code() == condition::usage);
    BOOST_TEST(r->error().info().url() == "https://as.example");
    BOOST_TEST((r->error().info().where() == stage::registration));
    BOOST_TEST(broken_invariant(w, r) == "");
    BOOST_TEST(w.opened.empty());
    BOOST_TEST(lines_with(w.log, "send registration").empty());
    BOOST_TEST(lines_with(w.log, "send token").empty());
}

// covers C-9728-6 C-MCP-4
BOOST_AUTO_TEST_CASE(a_new_login_reads_the_metadata_anew_and_registers_at_a_new_server)
{
    world first;
    add_provider(first);
    BOOST_REQUIRE(logged_in(first));
    world moved;
    add_provider(moved);
    moved.records = first.records;
    moved.iss = "https://new.example";
    moved.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://new.example"]})"
    );
    std::string document(server_document);
    for (auto at = document.find("as.example"); at != std::string::npos;
         at = document.find("as.example"))
        document.replace(at, 10, "new.example");
    moved.on("GET", "https://new.example/.well-known/oauth-authorization-server", 200, document);
    moved.on("POST", "https://new.example/register", [](const http_request& r) {
        auto out = register_client(r);
        std::string body(out->body());
        body.replace(body.find("client-1"), 8, "client-2");
        http_response renamed(201, std::move(body));
        renamed.field("Content-Type", "application/json");
        return result<http_response>(std::move(renamed));
    });
    moved.on(
        "POST",
        "https://new.example/token",
        200,
        R"({"access_token":"CANARY-new","token_type":"Bearer","expires_in":3600})"
    );
    login_params params(where);
    params.force(true);
    auto r = logged_in(moved, params);
    BOOST_REQUIRE(r);
    BOOST_TEST(r->found.server.issuer == "https://new.example");
    BOOST_TEST(r->client.issuer == "https://new.example");
    BOOST_TEST(r->client.client_id == "client-2");
    BOOST_TEST(moved.opened.host() == "new.example");
    BOOST_TEST(query_value(moved.opened, "client_id") == "client-2");
    BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-new");
    // What the old server issued is not kept for the new one.
    BOOST_TEST(r->tokens.refresh_token.empty());
    for (const auto& request : moved.requests)
        BOOST_TEST(request.target().host() != "as.example");
}

// catches D-12
// covers C-9207-4 C-9207-5
BOOST_AUTO_TEST_CASE(an_iss_that_was_not_advertised_is_compared_as_it_is_and_not_refused)
{
    std::string silent(server_document);
    const std::string flag = R"(,"authorization_response_iss_parameter_supported":true)";
    silent.erase(silent.find(flag), flag.size());
    const auto with_iss = [&](const std::string& iss, bool sent) {
        world w;
        add_provider(w);
        w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, silent);
        w.iss = iss;
        w.send_iss = sent;
        const auto r = logged_in(w);
        return r ? std::string("logged in") : std::string(name_of(r.error().code()));
    };
    BOOST_TEST(with_iss("", false) == "logged in");
    BOOST_TEST(with_iss("https://as.example", true) == "logged in");
    for (const char* near_miss :
         {"https://as.example/",
          "https://AS.example",
          "https://as.example:443",
          "HTTPS://as.example"})
        BOOST_TEST(with_iss(near_miss, true) == "issuer_parameter_mismatch");
}

BOOST_AUTO_TEST_CASE(a_server_without_registration_says_what_is_missing)
{
    world w;
    add_provider(w);
    std::string closed(server_document);
    const auto at = closed.find("\"registration_endpoint\"");
    closed.erase(at, closed.find(',', at) - at + 1);
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, closed);
    auto r = logged_in(w);
    BOOST_REQUIRE(!r);
    BOOST_TEST(
        (r.error().code() == errc::registration_not_supported
         || r.error().code() == errc::client_information_required)
    );
    BOOST_TEST(w.opened.empty());
}

// covers C-6750-1 C-MCP-11
BOOST_AUTO_TEST_CASE(the_token_is_not_sent_to_another_place)
{
    world w;
    add_provider(w);
    auto g = logged_in(w);
    BOOST_REQUIRE(g);
    const char* const elsewhere[] = {
        "https://evil.example/mcp",
        "https://mcp.example:8443/mcp",
        "http://mcp.example/mcp",
        "https://sub.mcp.example/mcp",
        "https://mcp.example",
        "https://mcp.example/",
        "https://mcp.example/other",
        "https://mcp.example/mcp/../admin",
        "https://mcp.example/mcpx",
    };
    for (const auto* target : elsewhere)
    {
        BOOST_TEST_CONTEXT(target)
        {
            world quiet;
            http_request request(request_kind::resource, "GET", url::parse(target).value());
            auto r =
                quiet.run(detail::authorised_request(session_of(*g), request, plain_settings()));
            BOOST_REQUIRE(!*r);
            BOOST_TEST(r->error().code() == errc::invalid_argument);
            BOOST_TEST(quiet.requests.empty());
        }
    }
    world w2;
    w2.on("GET", "https://mcp.example/mcp/tools", 200, "{}");
    http_request request(
        request_kind::resource, "GET", url::parse("https://mcp.example/mcp/tools").value()
    );
    auto r = w2.run(detail::authorised_request(session_of(*g), request, plain_settings()));
    BOOST_REQUIRE(*r);
    BOOST_TEST(last_request(w2).authorization().reveal() == "Bearer CANARY-access");
}

// covers C-21-15
BOOST_AUTO_TEST_CASE(a_code_cannot_be_exchanged_twice)
{
    world w;
    add_provider(w);
    auto g = logged_in(w);
    BOOST_REQUIRE(g);
    pending_authorization pending;
    pending.issuer = "https://as.example";
    pending.client_id = "client-1";
    pending.redirect_uri = "http://127.0.0.1:1/callback";
    pending.resource = where;
    pending.code_verifier = secret("verifier");
    const authorization_code code(pending, secret("once"));
    world again;
    add_provider(again);
    auto first = again.run(detail::exchange(g->found, g->client, code, plain_settings()));
    BOOST_TEST(first->has_value());
    world third;
    add_provider(third);
    auto second = third.run(detail::exchange(g->found, g->client, code, plain_settings()));
    BOOST_REQUIRE(!*second);
    BOOST_TEST(second->error().code() == errc::authorization_already_used);
    BOOST_TEST(third.requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()
