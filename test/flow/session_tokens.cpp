// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Tokens from a session, and logging out: with failing servers and stores, and with others who use
// the same login.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(session_tokens)

using namespace asioauth;
using namespace asioauth::test;
using std::chrono::seconds;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

// A login whose tokens are numbered and last an hour: CANARY-1, CANARY-2...
class logged_in
{
public:
    logged_in()
    {
        add_provider(w);
        w.on(
            "GET",
            "https://as.example/.well-known/oauth-authorization-server",
            200,
            std::string(server_document)
                .insert(1, R"("revocation_endpoint":"https://as.example/revoke",)")
        );
        w.on("POST", "https://as.example/token", [this](const http_request&) {
            ++asked;
            http_response out(token_status, token_status == 200 ? next_tokens() : token_body);
            out.field("Content-Type", "application/json");
            if (!retry_after.empty())
                out.field("Retry-After", retry_after);
            return result<http_response>(std::move(out));
        });
        w.on("POST", "https://as.example/revoke", [this](const http_request& r) {
            const auto form = parse_form(r.body().reveal());
            for (const auto& f : *form)
            {
                if (f.first == "token")
                    revoked.push_back(f.second);
            }
            return result<http_response>(http_response(revocation_status, ""));
        });
        auto got = w.run(detail::login(login_params(where), settings));
        session = session_of(**got);
        asked = 0;
        w.requests.clear();
    }

    std::string next_tokens()
    {
        const std::string n = std::to_string(++issued);
        return R"({"access_token":"CANARY-)" + n + R"(","refresh_token":"CANARY-refresh-)" + n
            + R"(","token_type":"Bearer","expires_in":)" + lifetime + "}";
    }

    result<access_token> token(seconds min_ttl = seconds(30), const std::string& refused = "")
    {
        auto r = w.run(detail::fresh_token(session, min_ttl, secret(refused), settings));
        w.pages_shown = 1;
        BOOST_TEST(broken_invariant(w, r) == "");
        BOOST_TEST(w.turns.empty());
        BOOST_TEST(w.leases.empty());
        return *r;
    }

    result<logout_outcome> log_out(logout_params params = {})
    {
        auto r = w.run(detail::logout(session, params, settings));
        w.pages_shown = 1;
        BOOST_TEST(broken_invariant(w, r) == "");
        BOOST_TEST(w.leases.empty());
        return *r;
    }

    stored_record& stored()
    {
        for (auto& r : w.records)
        {
            if (r.first.kind == record_kind::grant)
                return r.second;
        }
        throw std::runtime_error("no grant is stored");
    }

    // Another process refreshes: its tokens are in the store.
    void renewed_elsewhere(const std::string& token)
    {
        grant g = *session->granted();
        g.tokens.access_token = secret(token);
        g.tokens.refresh_token = secret("CANARY-theirs");
        g.tokens.expires_at = w.wall + seconds(3'600);
        stored().value = make_record(g);
        ++stored().at;
    }

    world w;
    flow_settings settings = plain_settings();
    std::shared_ptr<detail::session_memory> session;
    int asked = 0;
    int issued = 0;
    int token_status = 200;
    std::string token_body = "{}";
    std::string retry_after;
    std::string lifetime = "3600";
    int revocation_status = 200;
    std::vector<std::string> revoked;
};

std::string text(const result<access_token>& t)
{
    return t ? std::string(t->value.reveal()) : std::string(name_of(t.error().code()));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_token_that_lasts_is_handed_out_without_any_request_or_look_into_the_store)
{
    logged_in at;
    at.w.store_fails = failure(errc::store_unavailable);
    BOOST_TEST(text(at.token()) == "CANARY-1");
    BOOST_TEST(at.asked == 0);
}

// covers C-9700-22
BOOST_AUTO_TEST_CASE(a_token_that_ends_within_the_wanted_time_is_refreshed)
{
    logged_in at;
    at.w.advance(seconds(3'500));
    BOOST_TEST(text(at.token(seconds(60))) == "CANARY-1");
    const auto fresh = at.token(seconds(120));
    BOOST_TEST(text(fresh) == "CANARY-2");
    BOOST_TEST((*fresh->expires_at == at.w.wall + seconds(3'600)));
    BOOST_TEST(at.asked == 1);
    // A copy of the session in another process finds it in the store.
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.refresh_token.reveal() == "CANARY-refresh-2");
}

BOOST_AUTO_TEST_CASE(tokens_that_never_last_as_long_as_wanted_are_handed_out_fresh)
{
    logged_in at;
    at.lifetime = "20";
    BOOST_TEST(text(at.token(seconds(7'200))) == "CANARY-2");
    BOOST_TEST(at.asked == 1);
}

BOOST_AUTO_TEST_CASE(while_a_server_is_away_a_token_that_lasts_is_used)
{
    logged_in at;
    at.token_status = 503;
    at.w.advance(seconds(3'590));
    BOOST_TEST(text(at.token()) == "CANARY-1");
    BOOST_TEST(at.asked == 1);
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.refresh_token.reveal() == "CANARY-refresh-1");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_is_asked_after_longer_and_longer_pauses)
{
    logged_in at;
    at.token_status = 503;
    at.w.advance(seconds(3'601));
    BOOST_TEST(!at.token());
    BOOST_TEST(at.asked == 1);
    BOOST_TEST(!at.token()); // within the pause of a second
    BOOST_TEST(at.asked == 1);
    at.w.advance(seconds(1));
    BOOST_TEST(!at.token());
    BOOST_TEST(at.asked == 2);
    at.w.advance(seconds(1));
    BOOST_TEST(!at.token()); // two seconds now
    BOOST_TEST(at.asked == 2);
    at.w.advance(seconds(1));
    at.token_status = 200;
    BOOST_TEST(text(at.token()) == "CANARY-2");
    BOOST_TEST(at.asked == 3);
    // The next trouble begins with a second again.
    at.token_status = 503;
    at.w.advance(seconds(3'601));
    BOOST_TEST(!at.token());
    at.w.advance(seconds(1));
    BOOST_TEST(!at.token());
    BOOST_TEST(at.asked == 5);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_retry_after_is_left_alone_for_so_long)
{
    logged_in at;
    at.token_status = 429;
    at.retry_after = "40";
    at.w.advance(seconds(3'601));
    const auto first = at.token();
    BOOST_TEST((first.error().info().retry_after() == seconds(40)));
    at.w.advance(seconds(39));
    BOOST_TEST(!at.token());
    BOOST_TEST(at.asked == 1);
    at.w.advance(seconds(1));
    at.token_status = 200;
    BOOST_TEST(text(at.token()) == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(a_server_that_says_retry_after_days_is_asked_after_an_hour)
{
    logged_in at;
    at.token_status = 503;
    at.retry_after = "1000000";
    at.w.advance(seconds(3'601));
    BOOST_TEST(!at.token());
    at.w.advance(seconds(3'599));
    BOOST_TEST(!at.token());
    BOOST_TEST(at.asked == 1);
    at.w.advance(seconds(1));
    at.token_status = 200;
    BOOST_TEST(text(at.token()) == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(the_life_of_a_token_begins_when_it_is_asked_for)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    const auto asked_at = at.w.wall;
    at.w.on("POST", "https://as.example/token", [&](const http_request&) {
        at.w.advance(seconds(50)); // the answer takes its time
        http_response out(200, at.next_tokens());
        out.field("Content-Type", "application/json");
        return result<http_response>(std::move(out));
    });
    BOOST_TEST(text(at.token()) == "CANARY-2");
    const auto ends_at = at.session->granted()->tokens.expires_at;
    BOOST_REQUIRE(ends_at);
    BOOST_TEST((*ends_at == asked_at + seconds(3'600)));
}

BOOST_AUTO_TEST_CASE(a_client_that_may_not_refresh_sends_its_user_to_log_in)
{
    logged_in at;
    at.token_status = 400;
    at.token_body = R"({"error":"unauthorized_client"})";
    at.w.advance(seconds(3'601));
    BOOST_TEST(text(at.token()) == "login_required");
}

BOOST_AUTO_TEST_CASE(a_refresh_token_that_was_refused_is_never_tried_again)
{
    logged_in at;
    at.token_status = 400;
    at.token_body = R"({"error":"invalid_grant"})";
    at.w.advance(seconds(3'601));
    BOOST_TEST(text(at.token()) == "login_required");
    BOOST_TEST(text(at.token()) == "login_required");
    BOOST_TEST(at.asked == 1);
    const auto known = read_grant_record(at.stored().value);
    BOOST_REQUIRE(known);
    BOOST_TEST(known->tokens.refresh_token.empty());
    BOOST_TEST(known->client.client_id == "client-1"); // the registration stays
}

BOOST_AUTO_TEST_CASE(why_the_server_does_not_refresh_any_more_is_told_once)
{
    const std::pair<const char*, std::string_view> refusals[] = {
        {R"({"error":"invalid_grant","error_description":"revoked by its owner"})",
         "the server does not refresh the tokens any more: revoked by its owner"},
        {R"({"error":"unauthorized_client"})", "the server does not refresh the tokens any more"},
    };
    for (const auto& [body, said] : refusals)
    {
        logged_in at;
        at.token_status = 400;
        at.token_body = body;
        at.w.advance(seconds(3'601));
        BOOST_TEST(text(at.token()) == "login_required");
        const auto is_it = [](const event& e) {
            return e.text.starts_with("the server does not ref");
        };
        BOOST_REQUIRE_EQUAL(std::count_if(at.w.events.begin(), at.w.events.end(), is_it), 1);
        const auto e = *std::find_if(at.w.events.begin(), at.w.events.end(), is_it);
        BOOST_TEST(e.text == said);
        BOOST_TEST(e.where == stage::token);
        BOOST_TEST((e.code == errc::invalid_grant || e.code == errc::unauthorized_client));
    }
}

BOOST_AUTO_TEST_CASE(a_refused_refresh_token_that_another_process_used_is_no_reason_to_log_in)
{
    logged_in at;
    at.token_status = 400;
    at.token_body = R"({"error":"invalid_grant"})";
    at.w.advance(seconds(3'601));
    at.w.on("POST", "https://as.example/token", [&](const http_request&) {
        at.renewed_elsewhere("CANARY-theirs");
        http_response out(400, R"({"error":"invalid_grant"})");
        out.field("Content-Type", "application/json");
        return result<http_response>(std::move(out));
    });
    BOOST_TEST(text(at.token()) == "CANARY-theirs");
}

BOOST_AUTO_TEST_CASE(what_another_process_got_is_used_without_asking_the_server)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.renewed_elsewhere("CANARY-theirs");
    BOOST_TEST(text(at.token()) == "CANARY-theirs");
    BOOST_TEST(at.asked == 0);
}

BOOST_AUTO_TEST_CASE(while_another_process_refreshes_a_token_that_lasts_is_used)
{
    logged_in at;
    at.w.held_by_others = 1'000;
    at.w.advance(seconds(3'590));
    BOOST_TEST(text(at.token()) == "CANARY-1");
    BOOST_TEST(at.asked == 0);
}

BOOST_AUTO_TEST_CASE(while_another_process_refreshes_one_without_a_good_token_waits_for_it)
{
    logged_in at;
    at.w.held_by_others = 5;
    at.w.advance(seconds(3'601));
    int looks = 0;
    at.w.others = [&](const action& a) {
        if (std::holds_alternative<act::load>(a) && ++looks == 4)
            at.renewed_elsewhere("CANARY-theirs");
    };
    BOOST_TEST(text(at.token()) == "CANARY-theirs");
    BOOST_TEST(at.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_process_that_died_in_a_refresh_is_succeeded_by_one_that_tries_once)
{
    logged_in at;
    at.w.held_by_others = 5; // until its lease runs out
    at.w.advance(seconds(3'601));
    BOOST_TEST(text(at.token()) == "CANARY-2");
    BOOST_TEST(at.asked == 1);
}

BOOST_AUTO_TEST_CASE(what_was_done_just_before_the_lease_was_got_is_not_done_again)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.w.others = [&](const action& a) {
        if (std::holds_alternative<act::hold_lease>(a))
            at.renewed_elsewhere("CANARY-theirs");
    };
    BOOST_TEST(text(at.token()) == "CANARY-theirs");
    BOOST_TEST(at.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_refresh_token_is_not_spent_while_the_store_is_away)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.w.store_fails = failure(errc::store_unavailable);
    BOOST_TEST(text(at.token()) == "store_unavailable");
    at.w.store_fails.reset();
    at.w.lease_fails = failure(errc::store_unavailable);
    BOOST_TEST(text(at.token()) == "store_unavailable");
    BOOST_TEST(at.asked == 0);
    at.w.lease_fails.reset();
    BOOST_TEST(text(at.token()) == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(tokens_that_were_rotated_are_stored_as_soon_as_the_store_is_back)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.w.commits_fail = 12;
    BOOST_TEST(text(at.token()) == "CANARY-2");
    BOOST_TEST(at.asked == 1);
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.access_token.reveal() == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(tokens_that_end_while_the_store_is_away_are_not_handed_out)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.lifetime = "5";
    at.w.commits_fail = 12;
    const auto got = at.token(seconds(0));
    BOOST_TEST(text(got) == "CANARY-3");
    BOOST_TEST((got && *got->expires_at > at.w.wall));
    BOOST_TEST(at.asked == 2);
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.refresh_token.reveal() == "CANARY-refresh-3");
}

BOOST_AUTO_TEST_CASE(tokens_that_end_as_fast_as_they_come_are_got_once)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.lifetime = "0";
    BOOST_TEST(text(at.token(seconds(0))) == "CANARY-2");
    BOOST_TEST(at.asked == 1);
    // Nor are they got for ever while it takes as long as this.
    at.w.commits_fail = 12;
    BOOST_TEST(text(at.token(seconds(0))) == "CANARY-4");
    BOOST_TEST(at.asked == 3);
}

BOOST_AUTO_TEST_CASE(a_token_that_ends_while_its_refresh_fails_is_not_handed_out)
{
    logged_in at;
    at.w.advance(seconds(3'590));
    at.w.on("POST", "https://as.example/token", [&at](const http_request&) {
        at.w.advance(seconds(11));
        return result<http_response>(http_response(503, ""));
    });
    const auto got = at.token();
    BOOST_TEST(!got);
    BOOST_TEST(text(got) == "http_status_unexpected");
}

BOOST_AUTO_TEST_CASE(tokens_that_could_not_be_stored_at_all_are_used_and_stored_later)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.w.commits_fail = 10'000;
    BOOST_TEST(text(at.token()) == "CANARY-2");
    at.w.commits_fail = 0;
    at.w.advance(seconds(3'601));
    // The refresh token of memory is sent, not the spent one of the store.
    BOOST_TEST(text(at.token()) == "CANARY-3");
    BOOST_TEST(at.asked == 2);
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.access_token.reveal() == "CANARY-3");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_stored_is_in_the_session_whenever_nobody_waits_any_more)
{
    int steps = 1; // of the whole, once it is known
    for (int step = -1; step < steps; ++step)
    {
        logged_in at;
        at.w.advance(seconds(3'601));
        at.w.commits_fail = 10'000;
        const int first = at.w.steps();
        if (step >= 0)
            at.w.cancel_from = first + step;
        (void)at.w.run(detail::fresh_token(at.session, seconds(0), secret(), at.settings));
        at.w.pages_shown = 1;
        if (step < 0)
            steps = at.w.steps() - first;
        const std::string newest = "CANARY-" + std::to_string(at.issued);
        BOOST_TEST(at.session->granted()->tokens.access_token.reveal() == newest);
    }
    BOOST_TEST(steps > 50);
}

BOOST_AUTO_TEST_CASE(who_was_logged_out_elsewhere_is_not_logged_in_by_a_refresh)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.stored() = stored_record();
    BOOST_TEST(text(at.token()) == "login_required");
    BOOST_TEST(at.asked == 0);

    logged_in during;
    during.w.advance(seconds(3'601));
    during.w.on("POST", "https://as.example/token", [&](const http_request&) {
        during.stored() = stored_record();
        http_response out(200, during.next_tokens());
        out.field("Content-Type", "application/json");
        return result<http_response>(std::move(out));
    });
    BOOST_TEST(text(during.token()) == "login_required");
    BOOST_TEST((during.stored().at == 0));
}

BOOST_AUTO_TEST_CASE(a_client_that_the_server_has_forgotten_is_forgotten_here_too)
{
    logged_in at;
    at.token_status = 401;
    at.token_body = R"({"error":"invalid_client"})";
    at.w.advance(seconds(3'601));
    BOOST_TEST(text(at.token()) == "login_required");
    for (const auto& r : at.w.records)
        BOOST_TEST((r.first.kind != record_kind::registration || r.second.at == 0));
}

BOOST_AUTO_TEST_CASE(another_token_is_got_for_one_that_was_refused_and_only_for_that_one)
{
    logged_in at;
    BOOST_TEST(text(at.token(seconds(0), "CANARY-1")) == "CANARY-2");
    // Somebody else was faster.
    BOOST_TEST(text(at.token(seconds(0), "CANARY-1")) == "CANARY-2");
    BOOST_TEST(at.asked == 1);
}

// Many who wait for one refresh do not each ask a server that has just said no.
BOOST_AUTO_TEST_CASE(who_waited_for_a_refresh_that_failed_does_not_ask_again_at_once)
{
    logged_in at;
    at.token_status = 503;
    at.w.advance(seconds(3'601));
    auto other = session_of(*at.session->granted());
    BOOST_TEST(!at.token());
    auto r = at.w.run(detail::fresh_token(other, seconds(0), secret(), at.settings));
    BOOST_TEST(!*r);
    BOOST_TEST(at.asked == 1);
}

BOOST_AUTO_TEST_CASE(tokens_that_another_process_got_long_ago_are_not_taken_for_fresh_ones)
{
    logged_in at;
    at.renewed_elsewhere("CANARY-theirs");
    at.w.advance(seconds(3'590));
    BOOST_TEST(text(at.token(seconds(60))) == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(a_record_of_the_old_tokens_does_not_win_over_the_rotated_ones)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    at.w.on("POST", "https://as.example/token", [&](const http_request&) {
        // Another process has found the old token spent, and says so.
        grant g = *at.session->granted();
        g.tokens.refresh_token = secret();
        at.stored().value = make_record(g);
        ++at.stored().at;
        http_response out(200, at.next_tokens());
        out.field("Content-Type", "application/json");
        return result<http_response>(std::move(out));
    });
    BOOST_TEST(text(at.token()) == "CANARY-2");
    const auto known = read_grant_record(at.stored().value);
    BOOST_TEST(known->tokens.access_token.reveal() == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(a_secret_that_was_changed_in_the_settings_holds_for_older_logins)
{
    logged_in at;
    registration client("https://as.example", "client-1", secret("CANARY-new-secret"));
    at.settings.pre_registered.push_back(client);
    auto opened = at.w.run(detail::login(login_params(where).as_stored(true), at.settings));
    BOOST_REQUIRE(*opened);
    BOOST_TEST((*opened)->client.client_secret.reveal() == "CANARY-new-secret");
}

BOOST_AUTO_TEST_CASE(a_secret_that_was_rotated_since_the_login_is_tried_before_the_login_is_given_up
)
{
    logged_in at;
    at.w.advance(seconds(3'601));
    for (auto& r : at.w.records)
    {
        if (r.first.kind != record_kind::registration)
            continue;
        auto client = read_registration_record(r.second.value);
        client->client_secret = secret("CANARY-rotated");
        client->auth_method = token_endpoint_auth_method::client_secret_post;
        r.second.value = make_record(*client);
        ++r.second.at;
    }
    at.w.on("POST", "https://as.example/token", [&](const http_request& r) {
        const bool knows =
            std::string(r.body().reveal()).find("CANARY-rotated") != std::string::npos;
        http_response out(
            knows ? 200 : 401, knows ? at.next_tokens() : R"({"error":"invalid_client"})"
        );
        out.field("Content-Type", "application/json");
        return result<http_response>(std::move(out));
    });
    BOOST_TEST(text(at.token()) == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(a_record_of_a_newer_version_is_neither_used_nor_replaced)
{
    logged_in at;
    const record newer = [] {
        record r;
        r.document = secret(R"({"version":99})");
        return r;
    }();
    at.stored().value = newer;
    ++at.stored().at;
    at.w.advance(seconds(3'601));
    BOOST_TEST(text(at.token()) == "store_version_newer");
    auto again = at.w.run(detail::login(login_params(where), at.settings));
    BOOST_TEST(name_of(again->error().code()) == "store_version_newer");
    BOOST_TEST((at.stored().value == newer));
}

BOOST_AUTO_TEST_CASE(logging_out_revokes_the_refresh_token_then_the_access_token_and_forgets)
{
    logged_in at;
    const auto out = at.log_out();
    BOOST_REQUIRE(out);
    BOOST_TEST(out->refresh_token_revoked);
    BOOST_TEST(out->access_token_revoked);
    BOOST_TEST(!out->registration_deleted);
    const std::vector<std::string> order{"CANARY-refresh-1", "CANARY-1"};
    BOOST_TEST(at.revoked == order, boost::test_tools::per_element());
    BOOST_TEST((at.stored().at == 0));
    BOOST_TEST(text(at.token()) == "login_required");
    BOOST_TEST(at.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_revoke_does_not_keep_the_user_logged_in)
{
    logged_in at;
    at.revocation_status = 500;
    const auto out = at.log_out();
    BOOST_REQUIRE(out);
    BOOST_TEST(!out->refresh_token_revoked);
    BOOST_TEST((at.stored().at == 0));
}

BOOST_AUTO_TEST_CASE(logging_out_locally_sends_nothing)
{
    logged_in at;
    BOOST_REQUIRE(at.log_out(logout_params().local_only(true)));
    BOOST_TEST(at.w.requests.empty());
    BOOST_TEST((at.stored().at == 0));
}

BOOST_AUTO_TEST_CASE(logging_out_revokes_what_another_process_got_meanwhile)
{
    logged_in at;
    at.renewed_elsewhere("CANARY-newer");
    BOOST_REQUIRE(at.log_out());
    const std::vector<std::string> order{"CANARY-theirs", "CANARY-newer"};
    BOOST_TEST(at.revoked == order, boost::test_tools::per_element());
    BOOST_TEST((at.stored().at == 0));
}

BOOST_AUTO_TEST_CASE(logging_out_waits_for_a_refresh_in_another_process_but_not_for_ever)
{
    logged_in at;
    at.w.held_by_others = 3;
    BOOST_REQUIRE(at.log_out());
    BOOST_TEST(at.w.held_by_others == 0);

    logged_in stuck;
    stuck.w.held_by_others = 100'000;
    BOOST_REQUIRE(stuck.log_out());
    BOOST_TEST((stuck.stored().at == 0));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_keeps_the_login_as_it_is)
{
    logged_in at;
    at.w.store_fails = failure(errc::store_unavailable);
    const auto out = at.log_out();
    BOOST_TEST(!out);
    BOOST_TEST(at.revoked.empty());
    at.w.store_fails.reset();
    BOOST_TEST((at.stored().at != 0));
    BOOST_TEST(text(at.token()) == "CANARY-1");
}

// Every step of a refresh and of a logout fails, is cancelled, or is the last one.
BOOST_AUTO_TEST_CASE(whatever_happens_at_any_step_no_turn_and_no_lease_is_kept_and_nothing_is_lost)
{
    int runs = 0;
    for (const bool leaving : {false, true})
    {
        for (int step = 0; step < 40; ++step)
        {
            for (int how = 0; how != 3; ++how)
            {
                logged_in at;
                const int first = at.w.steps();
                at.w.advance(seconds(3'601));
                if (how == 0)
                    at.w.fail_at = first + step;
                else if (how == 1)
                    at.w.cancel_from = first + step;
                else
                    at.w.abandon_at = first + step;
                std::string wrong;
                if (leaving)
                {
                    auto r = at.w.run(detail::logout(at.session, logout_params(), at.settings));
                    at.w.pages_shown = 1;
                    wrong = broken_invariant(at.w, r);
                }
                else
                {
                    auto r =
                        at.w.run(detail::fresh_token(at.session, seconds(30), secret(), at.settings)
                        );
                    at.w.pages_shown = 1;
                    wrong = broken_invariant(at.w, r);
                    // What the server has rotated is in the store, or in the session if the store
                    // has failed.
                    const auto known = read_grant_record(at.stored().value);
                    BOOST_REQUIRE(known);
                    const std::string newest = "CANARY-" + std::to_string(at.issued);
                    const bool kept = known->tokens.access_token.reveal() == newest
                        || at.session->granted()->tokens.access_token.reveal() == newest;
                    BOOST_TEST((kept || how == 2), "lost at step " << step << " by " << how);
                }
                BOOST_TEST(wrong == "");
                if (how != 2)
                {
                    BOOST_TEST(at.w.turns.empty());
                    BOOST_TEST(at.w.leases.empty());
                }
                ++runs;
            }
        }
    }
    BOOST_TEST(runs == 240);
}

BOOST_AUTO_TEST_SUITE_END()
