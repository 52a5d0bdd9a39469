// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a flow does not do although a server would have it so.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(refusals)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* metadata = "https://as.example/.well-known/oauth-authorization-server";
// Where a server that asks for ever gives in, so that a client that never stops is seen.
constexpr int for_ever = 20;

result<http_response> json(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
}

// A provider whose resource takes tokens only with a proof.
void add_bound_provider(world& w)
{
    add_provider(w);
    w.on("GET", where, [](const http_request&) {
        http_response r(401, "");
        r.field(
            "WWW-Authenticate",
            R"(DPoP resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp", algs="ES256")"
        );
        return result<http_response>(std::move(r));
    });
    w.on("POST", "https://as.example/token", [](const http_request&) {
        auto r =
            json(200, R"({"access_token":"CANARY-bound","token_type":"DPoP","expires_in":3600})");
        r->field("DPoP-Nonce", "nonce-of-as");
        return r;
    });
}

// The refusal of a proof, with a nonce that is another one each time.
http_response wants_nonce(int status, int times)
{
    http_response r(status, R"({"error":"use_dpop_nonce"})");
    r.field("Content-Type", "application/json")
        .field("WWW-Authenticate", R"(DPoP error="use_dpop_nonce")")
        .field("DPoP-Nonce", "nonce-" + std::to_string(times));
    return r;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_authorization_server_that_refuses_every_proof_is_asked_twice)
{
    world w;
    add_bound_provider(w);
    int asked = 0;
    w.on("POST", "https://as.example/token", [&](const http_request&) {
        if (++asked == for_ever)
            return json(200, token_document);
        return result<http_response>(wants_nonce(400, asked));
    });
    const auto r = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(r);
    BOOST_TEST(!*r);
    BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(a_resource_that_refuses_every_proof_is_asked_twice)
{
    world w;
    add_bound_provider(w);
    const auto settings = plain_settings();
    const auto got = w.run(detail::login(login_params(where), settings));
    BOOST_REQUIRE((got && *got));
    int sent = 0;
    w.on("POST", where, [&](const http_request&) {
        if (++sent == for_ever)
            return json(200, "{}");
        return result<http_response>(wants_nonce(401, sent));
    });
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    const auto r = w.run(detail::authorised_request(session_of(**got), request, settings));
    BOOST_REQUIRE(r);
    BOOST_TEST(!*r);
    BOOST_TEST(sent == 2);
}

BOOST_AUTO_TEST_CASE(the_nonce_of_one_server_is_not_sent_to_another)
{
    world w;
    add_bound_provider(w);
    const auto settings = plain_settings();
    const auto got = w.run(detail::login(login_params(where), settings));
    BOOST_REQUIRE((got && *got));
    std::string proof;
    w.on("POST", where, [&](const http_request& r) {
        proof = r.field("DPoP");
        return json(200, "{}");
    });
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    const auto r = w.run(detail::authorised_request(session_of(**got), request, settings));
    BOOST_REQUIRE((r && *r));
    BOOST_REQUIRE(unverified_claims(proof));
    BOOST_TEST(unverified_claims(proof)->find("nonce") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_id_token_of_a_server_without_keys_is_dropped)
{
    world w;
    add_provider(w);
    w.on(
        "POST",
        "https://as.example/token",
        200,
        R"({"access_token":"CANARY-access","token_type":"Bearer","id_token":"a.b.c"})"
    );
    login_params params(where);
    params.scope("openid files:read");
    const auto r = w.run(detail::login(params, plain_settings()));
    BOOST_REQUIRE((r && *r));
    BOOST_TEST((*r)->tokens.access_token.reveal() == "CANARY-access");
    BOOST_TEST((*r)->tokens.id_token.empty());
}

// covers C-7591-3
BOOST_AUTO_TEST_CASE(a_client_whose_secret_has_ended_is_registered_anew)
{
    world w;
    add_provider(w);
    w.on("POST", "https://as.example/register", [](const http_request& r) {
        std::string body(r.body().reveal());
        body.insert(
            1,
            R"("client_id":"client-1","client_secret":"CANARY-secret","client_secret_expires_at":1800000100,)"
        );
        return json(201, std::move(body));
    });
    int registered = 0;
    const auto log_in = [&] {
        login_params again(where);
        again.force(true);
        const auto r = w.run(detail::login(again, plain_settings()));
        BOOST_REQUIRE((r && *r));
        registered = static_cast<int>(lines_with(w.log, "send registration").size());
    };
    log_in();
    const int first = registered;
    log_in();
    const int second = registered;
    w.advance(std::chrono::seconds(200));
    log_in();
    BOOST_TEST(first == 1);
    BOOST_TEST(second == first);
    BOOST_TEST(registered == first + 1);
}

BOOST_AUTO_TEST_CASE(while_another_process_registers_nobody_else_does)
{
    world w;
    add_provider(w);
    w.held_by_others = 2;
    const auto r = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE((r && *r));
    BOOST_TEST(lines_with(w.log, "hold_lease registration").size() == 3U);
    BOOST_TEST(lines_with(w.log, "send registration").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_document_that_cannot_be_trusted_is_told_rather_than_one_that_cannot_be_had)
{
    world w;
    add_provider(w);
    w.on("GET", metadata, [](const http_request&) {
        return result<http_response>(failure(errc::connect_failed));
    });
    std::string other(server_document);
    other.replace(other.find("https://as.example"), 18, "https://as.evil.xx");
    w.on("GET", "https://as.example/.well-known/openid-configuration", 200, other);
    const auto r = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE((r && !*r));
    BOOST_TEST(r->error().code() == errc::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(a_redirect_that_anybody_could_have_sent_does_not_end_the_login_but_is_told)
{
    using text = const std::string&;
    const std::string iss = "&iss=https%3A%2F%2Fas.example";
    const std::pair<errc, std::function<std::string(text, text)>> all[] = {
        {errc::callback_invalid, [&](text u, text s) { return u + "?code=%zz&state=" + s + iss; }},
        {errc::callback_redirect_uri_mismatch,
         [&](text u, text s) { return u + "/x?code=forged&state=" + s + iss; }},
        {errc::callback_parameter_duplicated,
         [&](text u, text s) { return u + "?code=a&code=b&state=" + s + iss; }},
        {errc::state_missing, [&](text u, text) { return u + "?code=forged" + iss; }},
        {errc::state_mismatch, [&](text u, text) { return u + "?code=forged&state=x" + iss; }},
        {errc::issuer_parameter_missing,
         [&](text u, text s) { return u + "?code=forged&state=" + s; }},
        {errc::issuer_parameter_mismatch,
         [&](text u, text s) { return u + "?code=forged&iss=https%3A%2F%2Fevil&state=" + s; }},
        {errc::code_missing, [&](text u, text s) { return u + "?state=" + s + iss; }},
    };
    for (const auto& [expected, made] : all)
    {
        BOOST_TEST_CONTEXT(name_of(expected))
        {
            world good;
            add_provider(good);
            good.forged = made;
            good.user = user_does::is_forged_then_approves;
            auto r = good.run(detail::login(login_params(where), plain_settings()));
            BOOST_TEST(broken_invariant(good, r) == "");
            BOOST_TEST(r->has_value());
            BOOST_TEST(good.pages_shown == 2);

            world bad;
            add_provider(bad);
            bad.forged = made;
            bad.user = user_does::is_forged_only;
            auto none = bad.run(detail::login(login_params(where), plain_settings()));
            BOOST_TEST(broken_invariant(bad, none) == "");
            BOOST_REQUIRE(!*none);
            BOOST_TEST((none->error().code() == expected));
            BOOST_REQUIRE(bad.browser_saw);
            BOOST_TEST((bad.browser_saw->code() == expected));
            BOOST_TEST(lines_with(bad.log, "send token").empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_the_server_itself_refuses_ends_the_login_at_once)
{
    world w;
    add_provider(w);
    w.forged = [](const std::string& uri, const std::string& state) {
        return uri + "?error=server_error&state=" + state + "&iss=https%3A%2F%2Fas.example";
    };
    // The second one would be a good one.
    w.user = user_does::is_forged_then_approves;
    auto r = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_TEST(broken_invariant(w, r) == "");
    BOOST_REQUIRE(!*r);
    BOOST_TEST((r->error().code() == errc::server_error));
    BOOST_REQUIRE(w.browser_saw);
    BOOST_TEST((w.browser_saw->code() == errc::server_error));
    BOOST_TEST(w.pages_shown == 1);
}

BOOST_AUTO_TEST_CASE(a_filter_that_leaves_nothing_asks_for_no_scope_without_a_resource_document_too)
{
    for (const bool documented : {true, false})
    {
        world w;
        add_provider(w);
        if (!documented)
        {
            w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 404, "");
            w.on(
                "GET",
                "https://mcp.example/.well-known/oauth-authorization-server",
                200,
                R"({"issuer":"https://mcp.example","scopes_supported":["all"],)"
                R"("authorization_endpoint":"https://mcp.example/a",)"
                R"("token_endpoint":"https://mcp.example/t",)"
                R"("response_types_supported":["code"],"code_challenge_methods_supported":["S256"]})"
            );
            w.on("GET", "https://mcp.example/mcp", [](const http_request&) {
                http_response out(401, "");
                out.field("WWW-Authenticate", "Bearer");
                return result<http_response>(std::move(out));
            });
        }
        auto settings = plain_settings();
        settings.scope_filter = [](const discovery&, const std::string&) { return std::string(); };
        settings.pre_registered.emplace_back("https://mcp.example", "by-hand");
        w.iss = documented ? "https://as.example" : "https://mcp.example";
        (void)w.run(detail::login(login_params(where), settings));
        BOOST_REQUIRE(!w.opened.empty());
        BOOST_TEST(w.opened.query().find("scope=") == std::string_view::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
