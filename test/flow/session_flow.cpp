// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a session does with 401 and 403.

#include "support/flow_world.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(session_flow)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

result<http_response> answer(int status, const std::string& challenge = "")
{
    http_response r(status, R"({"ok":true})");
    r.field("Content-Type", "application/json");
    if (!challenge.empty())
        r.field("WWW-Authenticate", challenge);
    return r;
}

std::string bearer_of(const http_request& r)
{
    return std::string(r.authorization().reveal());
}

// A login at a provider whose tokens are numbered: CANARY-1, CANARY-2...
class logged_in
{
public:
    explicit logged_in(flow_settings s = plain_settings()) : settings(std::move(s))
    {
        add_provider(w);
        w.on("POST", "https://as.example/token", [this](const http_request& r) {
            const auto form = parse_form(r.body().reveal());
            for (const auto& f : *form)
            {
                if (f.first == "grant_type")
                    grants.push_back(f.second);
            }
            http_response out(token_status, token_body.empty() ? next_tokens() : token_body);
            out.field("Content-Type", "application/json");
            return result<http_response>(std::move(out));
        });
        auto got = w.run(detail::login(login_params(where), settings));
        session = session_of(**got);
    }

    std::string next_tokens()
    {
        return R"({"access_token":"CANARY-)" + std::to_string(++issued)
            + R"(","refresh_token":"CANARY-refresh","token_type":"Bearer","expires_in":3600})";
    }

    result<http_response> send()
    {
        http_request request(request_kind::resource, "POST", url::parse(where).value());
        request.body("application/json", secret("{}"));
        w.pages_shown = 0;
        auto r = w.run(detail::authorised_request(session, std::move(request), settings));
        w.pages_shown = std::min(w.pages_shown, 2); // a page for each step-up
        BOOST_TEST(w.turns.empty());
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    }

    world w;
    flow_settings settings;
    std::shared_ptr<detail::session_memory> session;
    std::vector<std::string> grants;
    int issued = 0;
    int token_status = 200;
    std::string token_body;
};

const char* const needs_write =
    R"(Bearer error="insufficient_scope", scope="files:write", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp")";

} // namespace

// covers C-MCP-14
BOOST_AUTO_TEST_CASE(a_request_carries_the_token_in_its_authorization_field)
{
    logged_in at;
    at.w.on("POST", where, [&](const http_request& r) {
        BOOST_TEST(bearer_of(r) == "Bearer CANARY-1");
        BOOST_TEST(r.target().query() == "");
        return answer(200);
    });
    const auto r = at.send();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->status() == 200);
}

// covers C-21-12
BOOST_AUTO_TEST_CASE(a_refused_token_is_refreshed_once_and_the_request_is_sent_again)
{
    logged_in at;
    int calls = 0;
    at.w.on("POST", where, [&](const http_request& r) {
        ++calls;
        return bearer_of(r) == "Bearer CANARY-2" ? answer(200) : answer(401);
    });
    const auto r = at.send();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->status() == 200);
    BOOST_TEST(calls == 2);
    BOOST_TEST(at.grants.back() == "refresh_token");
    BOOST_TEST(at.session->granted()->tokens.access_token.reveal() == "CANARY-2");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_again_after_the_refresh_ends_in_login_required)
{
    logged_in at;
    int calls = 0;
    at.w.on("POST", where, [&](const http_request&) {
        ++calls;
        return answer(401, R"(Bearer error="invalid_token", error_description="no")");
    });
    const auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::login_required));
    BOOST_TEST(r.error().info().server_error() == "invalid_token");
    BOOST_TEST(calls == 2);
    BOOST_TEST(at.issued == 2);
}

BOOST_AUTO_TEST_CASE(a_refused_refresh_ends_in_login_required_and_asks_nobody_again)
{
    logged_in at;
    at.w.on("POST", where, [](const http_request&) { return answer(401); });
    at.token_status = 400;
    at.token_body = R"({"error":"invalid_grant"})";
    const auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == condition::login_required));
    BOOST_TEST(at.grants.size() == 2u);
}

// catches D-2
BOOST_AUTO_TEST_CASE(a_passing_failure_of_the_refresh_is_told_as_such_and_keeps_the_tokens)
{
    logged_in at;
    at.w.on("POST", where, [](const http_request&) { return answer(401); });
    at.token_status = 503;
    at.token_body = "down";
    const auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() != condition::login_required));
    BOOST_TEST(at.session->granted()->tokens.refresh_token.reveal() == "CANARY-refresh");
    BOOST_TEST(at.w.records.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_token_that_has_ended_is_refreshed_before_it_is_sent)
{
    logged_in at;
    at.w.wall += std::chrono::hours(2);
    std::vector<std::string> seen;
    at.w.on("POST", where, [&](const http_request& r) {
        seen.push_back(bearer_of(r));
        return answer(200);
    });
    BOOST_REQUIRE(at.send());
    BOOST_TEST(
        seen == std::vector<std::string>{"Bearer CANARY-2"}, boost::test_tools::per_element()
    );
}

// covers C-MCP-7
BOOST_AUTO_TEST_CASE(insufficient_scope_sends_the_user_for_the_union_of_the_scopes)
{
    logged_in at;
    at.w.on("POST", where, [&](const http_request& r) {
        if (r.authorization().empty())
            return challenge_401(r);
        return bearer_of(r) == "Bearer CANARY-1" ? answer(403, needs_write) : answer(200);
    });
    const auto r = at.send();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->status() == 200);
    BOOST_TEST(
        std::string(at.w.opened.query()).find("scope=files%3Aread+files%3Awrite")
            != std::string::npos,
        at.w.opened.query()
    );
    BOOST_TEST(at.session->granted()->tokens.scope == "files:read files:write");
}

BOOST_AUTO_TEST_CASE(scopes_that_another_request_has_got_meanwhile_are_used)
{
    logged_in at;
    int refused = 0;
    at.w.on("POST", where, [&](const http_request& r) {
        if (bearer_of(r) == "Bearer CANARY-raised")
            return answer(200);
        if (++refused == 1)
        {
            detail::grant raised = *at.session->granted();
            raised.tokens.access_token = secret("CANARY-raised");
            raised.tokens.scope = "files:read files:write";
            at.session->replace(std::move(raised));
        }
        return answer(403, needs_write);
    });
    at.w.opened = url();
    const auto r = at.send();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->status() == 200);
    BOOST_TEST(refused == 1);
    BOOST_TEST(at.w.opened.empty()); // nobody was sent anywhere
}

// covers C-MCP-7
BOOST_AUTO_TEST_CASE(a_resource_that_asks_for_what_was_granted_ends_in_the_limit)
{
    logged_in at;
    int calls = 0;
    at.w.on("POST", where, [&](const http_request& r) {
        if (r.authorization().empty())
            return challenge_401(r);
        ++calls;
        return answer(403, needs_write);
    });
    auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::step_up_limit));
    BOOST_TEST(r.error().info().required_scope() == "files:read files:write");
    BOOST_TEST(calls == 2);
    BOOST_TEST(at.issued == 2);
}

BOOST_AUTO_TEST_CASE(a_resource_that_asks_for_ever_new_scopes_ends_in_the_limit)
{
    logged_in at;
    int calls = 0;
    at.w.on("POST", where, [&](const http_request& r) {
        if (r.authorization().empty())
            return challenge_401(r);
        return answer(
            403, "Bearer error=\"insufficient_scope\", scope=\"s" + std::to_string(++calls) + "\""
        );
    });
    const auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::step_up_limit));
    BOOST_TEST(r.error().info().required_scope() == "files:read s1 s2 s3 s4");
    BOOST_TEST(calls == 4);
}

// covers C-MCP-24
BOOST_AUTO_TEST_CASE(a_step_up_that_the_policy_refuses_is_not_offered_again)
{
    flow_settings settings = plain_settings();
    int asked = 0;
    step_up_request seen;
    settings.allow_step_up = [&](const step_up_request& r) {
        seen = r;
        ++asked;
        return false;
    };
    logged_in at(settings);
    at.w.on("POST", where, [](const http_request&) { return answer(403, needs_write); });
    at.w.opened = url();
    for (int i = 0; i < 2; ++i)
    {
        const auto r = at.send();
        BOOST_REQUIRE(!r);
        BOOST_TEST((r.error().code() == errc::step_up_refused));
        BOOST_TEST(r.error().info().message().find("files:write") != std::string::npos);
        BOOST_TEST(r.error().info().required_scope() == "files:read files:write");
    }
    BOOST_TEST(asked == 1);
    BOOST_TEST(seen.scope == "files:read files:write");
    BOOST_TEST(seen.granted_scope == "files:read");
    BOOST_TEST(seen.method == "POST");
    BOOST_TEST(at.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_silent_session_refuses_a_step_up_and_asks_nobody)
{
    int asked = 0;
    flow_settings settings = plain_settings();
    settings.allow_step_up = [&](const step_up_request&) {
        ++asked;
        return true;
    };
    logged_in at(settings);
    at.session = session_of(*at.session->granted(), login_params(where).silent(true));
    at.w.on("POST", where, [](const http_request&) { return answer(403, needs_write); });
    at.w.opened = url();
    for (int i = 0; i < 2; ++i)
    {
        const auto r = at.send();
        BOOST_REQUIRE(!r);
        BOOST_TEST((r.error().code() == errc::step_up_refused));
        BOOST_TEST(r.error().info().required_scope() == "files:read files:write");
    }
    BOOST_TEST(asked == 0);
    BOOST_TEST(at.w.opened.empty());
}

// Where there is no user to be sent, silence forbids nothing.
BOOST_AUTO_TEST_CASE(a_silent_session_of_a_client_by_itself_asks_for_more_scopes)
{
    flow_settings settings = plain_settings();
    settings.pre_registered.emplace_back("https://as.example", "machine", secret("CANARY-secret"));
    int asked = 0;
    settings.allow_step_up = [&](const step_up_request&) { return ++asked != 0; };
    world w;
    add_provider(w);
    w.user = user_does::has_no_browser;
    login_params params(where);
    params.grant(token_grant::client_credentials()).silent(true);
    auto got = w.run(detail::login(params, settings));
    BOOST_REQUIRE(*got);
    const auto session = session_of(**got, params);
    w.on("POST", where, [&](const http_request& r) {
        if (r.authorization().empty())
            return challenge_401(r);
        const bool covers = session->granted()->tokens.scope == "files:read files:write";
        return covers ? answer(200) : answer(403, needs_write);
    });
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    auto r = w.run(detail::authorised_request(session, request, settings));
    BOOST_REQUIRE(*r);
    BOOST_TEST((*r)->status() == 200);
    BOOST_TEST(asked == 1);
    BOOST_TEST(w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_step_up_that_the_user_denies_is_not_offered_again)
{
    logged_in at;
    at.w.on("POST", where, [](const http_request& r) {
        return r.authorization().empty() ? challenge_401(r) : answer(403, needs_write);
    });
    at.w.user = user_does::denies;
    auto r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::access_denied));
    at.w.opened = url();
    r = at.send();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::step_up_refused));
    BOOST_TEST(r.error().info().required_scope() == "files:read files:write");
    BOOST_TEST(at.w.opened.empty());
}

BOOST_AUTO_TEST_CASE(a_stream_is_asked_for_again_after_a_refresh_and_a_step_up_and_handed_over)
{
    class silent_stream final : public body_stream
    {
    public:
        void async_read_some(handler) override {}
        void close() override {}
    };
    const auto stream = std::make_shared<silent_stream>();
    for (const bool wanted : {true, false})
    {
        logged_in at;
        int calls = 0;
        at.w.on("POST", where, [&](const http_request& r) {
            if (r.authorization().empty())
            {
                BOOST_TEST(!r.stream_events()); // the probe of the step-up
                return challenge_401(r);
            }
            BOOST_TEST(r.stream_events() == wanted);
            ++calls;
            if (calls == 1)
                return answer(401);
            if (calls == 2)
                return answer(403, needs_write);
            auto out = answer(200);
            out->body("").events(stream);
            return out;
        });
        http_request request(request_kind::resource, "POST", url::parse(where).value());
        request.stream_events(wanted);
        const auto r =
            at.w.run(detail::authorised_request(at.session, std::move(request), at.settings));
        BOOST_REQUIRE(*r);
        BOOST_TEST(calls == 3);
        BOOST_TEST(((*r)->events() == stream));
    }
}

// catches D-1
BOOST_AUTO_TEST_CASE(nothing_is_held_while_the_resource_has_a_request)
{
    logged_in at;
    // Sent with the token of the login, after a refresh, and after the user agreed to more.
    int calls = 0;
    at.w.on("POST", where, [&](const http_request& r) {
        if (r.authorization().empty())
            return challenge_401(r);
        BOOST_TEST(at.w.turns.empty());
        BOOST_TEST(!at.w.committing_now());
        ++calls;
        if (calls == 1)
            return answer(401);
        return calls == 2 ? answer(403, needs_write) : answer(200);
    });
    BOOST_REQUIRE(at.send());
    BOOST_TEST(calls == 3);
    // Refreshed before it is sent.
    at.w.wall += std::chrono::hours(2);
    BOOST_REQUIRE(at.send());
    BOOST_TEST(calls == 4);
    BOOST_TEST(at.issued == 4);
    // The turns are there, and taken only where tokens are renewed or clients made.
    BOOST_TEST(!lines_with(at.w.log, "take_turn").empty());
}

BOOST_AUTO_TEST_CASE(a_403_without_insufficient_scope_is_handed_over)
{
    logged_in at;
    for (const char* challenge :
         {"",
          R"(Bearer error="invalid_token", scope="x")",
          R"(Bearer error="insufficient_scope")",
          R"(Basic realm="x")"})
    {
        at.w.on("POST", where, [=](const http_request&) { return answer(403, challenge); });
        const auto r = at.send();
        BOOST_REQUIRE(r);
        BOOST_TEST(r->status() == 403);
    }
}

BOOST_AUTO_TEST_CASE(other_refusals_are_handed_over_as_they_are)
{
    logged_in at;
    for (const int status : {400, 404, 429, 500, 503})
    {
        at.w.on("POST", where, [=](const http_request&) { return answer(status); });
        const auto r = at.send();
        BOOST_REQUIRE(r);
        BOOST_TEST(r->status() == status);
    }
    BOOST_TEST(at.issued == 1);
}

BOOST_AUTO_TEST_CASE(tokens_that_another_process_stored_are_used_instead_of_a_refresh)
{
    logged_in at;
    for (auto& entry : at.w.records)
    {
        if (entry.first.kind != record_kind::grant)
            continue;
        auto theirs = read_grant_record(entry.second.value);
        theirs->tokens.access_token = secret("CANARY-theirs");
        entry.second.value = make_record(*theirs);
        ++entry.second.at;
    }
    at.w.on("POST", where, [&](const http_request& r) {
        return bearer_of(r) == "Bearer CANARY-theirs" ? answer(200) : answer(401);
    });
    BOOST_REQUIRE(at.send());
    BOOST_TEST(at.issued == 1);
}

// covers C-9700-20
BOOST_AUTO_TEST_CASE(tokens_bound_to_a_key_go_with_a_fresh_proof_and_the_nonce_of_their_server)
{
    world w;
    add_provider(w);
    const auto challenge = [](const http_request&) {
        http_response r(401, "");
        r.field(
            "WWW-Authenticate",
            R"(DPoP resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp", algs="ES256")"
        );
        return result<http_response>(std::move(r));
    };
    w.on("GET", where, challenge);
    std::vector<std::string> proofs;
    int asked = 0;
    w.on("POST", "https://as.example/token", [&](const http_request& r) {
        proofs.emplace_back(r.field("DPoP"));
        ++asked;
        http_response out(
            asked == 1 ? 400 : 200,
            asked == 1 ? R"({"error":"use_dpop_nonce"})"
                       : R"({"access_token":"CANARY-bound","token_type":"DPoP","expires_in":3600})"
        );
        out.field("Content-Type", "application/json").field("DPoP-Nonce", "nonce-of-as");
        return result<http_response>(std::move(out));
    });
    const auto settings = plain_settings();
    auto got = w.run(detail::login(login_params(where), settings));
    BOOST_REQUIRE(got);
    BOOST_REQUIRE(*got);
    BOOST_TEST(((*got)->tokens.kind == token_kind::dpop));
    BOOST_TEST(asked == 2);
    BOOST_TEST(
        std::string(w.opened.query()).find("dpop_jkt=" + (*got)->tokens.dpop_key.thumbprint())
        != std::string::npos
    );
    BOOST_TEST(unverified_claims(proofs[1])->find("nonce-of-as") != std::string::npos);

    // The key is kept with the grant, and the resource has nonces of its own.
    const auto session = session_of(**got);
    int sent = 0;
    w.on("POST", where, [&](const http_request& r) {
        proofs.emplace_back(r.field("DPoP"));
        BOOST_TEST(bearer_of(r) == "DPoP CANARY-bound");
        if (++sent > 1)
            return answer(200);
        http_response out(401, "");
        out.field("WWW-Authenticate", R"(DPoP error="use_dpop_nonce")");
        out.field("DPoP-Nonce", "nonce-of-rs");
        return result<http_response>(std::move(out));
    });
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    auto r = w.run(detail::authorised_request(session, request, settings));
    BOOST_REQUIRE(*r);
    BOOST_TEST((*r)->status() == 200);
    const auto last = *unverified_claims(proofs.back());
    BOOST_TEST(last.find("nonce-of-rs") != std::string::npos);
    BOOST_TEST(last.find("\"ath\"") != std::string::npos);
    std::sort(proofs.begin(), proofs.end());
    BOOST_TEST((std::unique(proofs.begin(), proofs.end()) == proofs.end()));
}

BOOST_AUTO_TEST_SUITE_END()
