// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Tokens without a redirect, and how a client shows who it is.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(grants_flow)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* token_endpoint = "https://as.example/token";

std::map<std::string, std::string> form_of(const http_request& r)
{
    std::map<std::string, std::string> out;
    const auto fields = parse_form(r.body().reveal());
    for (const auto& f : *fields)
        out[f.first] = f.second;
    return out;
}

result<http_response> json(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
}

flow_settings with_client(registration client)
{
    auto out = plain_settings();
    out.pre_registered.push_back(std::move(client));
    return out;
}

void add_device_endpoint(world& w)
{
    std::string server(server_document);
    server.insert(1, R"("device_authorization_endpoint":"https://as.example/device",)");
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
}

registration machine()
{
    return registration("https://as.example", "machine", secret("CANARY-secret"));
}

} // namespace

BOOST_AUTO_TEST_CASE(
    a_refused_secret_is_sent_in_its_other_form_and_never_where_it_was_only_signed_with
)
{
    using enum token_endpoint_auth_method;
    const auto asked_with = [](token_endpoint_auth_method method) {
        world w;
        add_provider(w);
        int asked = 0;
        w.on("POST", token_endpoint, [&](const http_request&) {
            ++asked;
            return json(401, R"({"error":"invalid_client"})");
        });
        auto client = machine();
        client.auth_method = method;
        login_params params(where);
        params.grant(token_grant::client_credentials());
        auto r = w.run(detail::login(params, with_client(client)));
        BOOST_TEST(!*r);
        for (const auto& sent : w.requests)
        {
            if (method == client_secret_jwt)
                BOOST_TEST(sent.body().reveal().find("CANARY-secret") == std::string_view::npos);
        }
        return asked;
    };
    BOOST_TEST(asked_with(client_secret_basic) == 2);
    BOOST_TEST(asked_with(client_secret_post) == 2);
    BOOST_TEST(asked_with(client_secret_jwt) == 1);
}

BOOST_AUTO_TEST_CASE(client_credentials_need_no_user_and_are_asked_for_again_when_they_end)
{
    world w;
    add_provider(w);
    w.user = user_does::has_no_browser;
    std::map<std::string, std::string> sent;
    int asked = 0;
    w.on("POST", token_endpoint, [&](const http_request& r) {
        ++asked;
        sent = form_of(r);
        return json(
            200, R"({"access_token":"CANARY-access","token_type":"Bearer","expires_in":3600})"
        );
    });
    const auto settings = with_client(machine());
    login_params params(where);
    params.grant(token_grant::client_credentials());
    auto r = w.run(detail::login(params, settings));
    BOOST_REQUIRE(*r);
    BOOST_TEST(sent["grant_type"] == "client_credentials");
    BOOST_TEST(sent["resource"] == where);
    BOOST_TEST(sent["scope"] == "files:read");
    BOOST_TEST(w.opened.empty());
    BOOST_TEST(lines_with(w.log, "reserve").empty());

    // Stored, used, and when it has ended asked for again: even silently.
    params.silent(true);
    BOOST_REQUIRE(*w.run(detail::login(params, settings)));
    BOOST_TEST(asked == 1);
    w.wall += std::chrono::hours(2);
    BOOST_REQUIRE(*w.run(detail::login(params, settings)));
    BOOST_TEST(asked == 2);
}

BOOST_AUTO_TEST_CASE(a_refused_assertion_is_not_sent_again_and_no_other_grant_is_tried)
{
    for (const char* why : {"invalid_grant", "invalid_scope", "unauthorized_client"})
    {
        world w;
        add_provider(w);
        int asked = 0;
        w.on("POST", token_endpoint, [&](const http_request& r) {
            ++asked;
            BOOST_TEST(form_of(r)["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer");
            return json(400, R"({"error":")" + std::string(why) + "\"}");
        });
        login_params params(where);
        params.grant(token_grant::jwt_bearer(secret("CANARY.assertion.x")));
        registration workload("https://as.example", "workload");
        auto r = w.run(detail::login(params, with_client(workload)));
        BOOST_REQUIRE(!*r);
        BOOST_TEST(name_of(r->error().code()) == why);
        BOOST_TEST(asked == 1);
        BOOST_TEST(broken_invariant(w, r) == "");
        BOOST_TEST(w.opened.empty());
    }
}

BOOST_AUTO_TEST_CASE(an_assertion_source_is_told_what_its_assertion_is_for)
{
    world w;
    add_provider(w);
    assertion_request told;
    login_params params(where);
    params.grant(token_grant::jwt_bearer([&](const assertion_request& r) {
        told = r;
        return result<secret>(secret("CANARY.assertion.x"));
    }));
    registration workload("https://as.example", "workload");
    BOOST_REQUIRE(*w.run(detail::login(params, with_client(workload))));
    BOOST_TEST(told.issuer == "https://as.example");
    BOOST_TEST(told.token_endpoint == token_endpoint);
    BOOST_TEST(told.resource == where);
    BOOST_TEST(told.scope == "files:read");

    world failing;
    add_provider(failing);
    params.grant(token_grant::jwt_bearer([](const assertion_request&) {
        return result<secret>(failure(errc::entropy_unavailable));
    }));
    auto r = failing.run(detail::login(params, with_client(workload)));
    BOOST_TEST((r->error().code() == errc::entropy_unavailable));
}

BOOST_AUTO_TEST_CASE(enterprise_managed_authorization_goes_both_legs)
{
    world w;
    add_provider(w);
    std::map<std::string, std::string> first;
    std::map<std::string, std::string> second;
    w.on("POST", "https://idp.example/token", [&](const http_request& r) {
        first = form_of(r);
        return json(
            200,
            R"({"access_token":"CANARY-jag","issued_token_type":"urn:ietf:params:oauth:token-type:id-jag","token_type":"N_A"})"
        );
    });
    w.on("POST", token_endpoint, [&](const http_request& r) {
        second = form_of(r);
        return json(200, token_document);
    });
    identity_provider idp(
        "https://idp.example", registration("https://idp.example", "at-idp", secret("CANARY-s"))
    );
    idp.token_endpoint("https://idp.example/token");
    login_params params(where);
    params.grant(token_grant::identity_assertion(idp, secret("CANARY.id.token")));
    auto r = w.run(detail::login(params, with_client(machine())));
    BOOST_REQUIRE(*r);
    BOOST_TEST(broken_invariant(w, r) == "");
    BOOST_TEST(first["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange");
    BOOST_TEST(first["requested_token_type"] == "urn:ietf:params:oauth:token-type:id-jag");
    BOOST_TEST(first["subject_token_type"] == "urn:ietf:params:oauth:token-type:id_token");
    BOOST_TEST(first["audience"] == "https://as.example");
    BOOST_TEST(first["resource"] == where);
    BOOST_TEST(second["assertion"] == "CANARY-jag");

    // Anything but an ID-JAG is not passed on.
    w.on("POST", "https://idp.example/token", [&](const http_request&) {
        return json(
            200,
            R"({"access_token":"CANARY-x","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer"})"
        );
    });
    second.clear();
    params.force(true);
    r = w.run(detail::login(params, with_client(machine())));
    BOOST_REQUIRE(!*r);
    BOOST_TEST(second.empty());
}

BOOST_AUTO_TEST_CASE(an_identity_provider_without_https_gets_no_id_token)
{
    world w;
    add_provider(w);
    identity_provider idp("https://idp.example", registration("https://idp.example", "at-idp"));
    idp.token_endpoint("http://idp.example/token");
    login_params params(where);
    params.grant(token_grant::identity_assertion(idp, secret("CANARY.id.token")));
    auto r = w.run(detail::login(params, with_client(machine())));
    BOOST_TEST((r->error().code() == errc::endpoint_insecure));
    for (const auto& sent : w.requests)
        BOOST_TEST(sent.target().host() != "idp.example");
}

BOOST_AUTO_TEST_CASE(a_device_login_waits_as_it_is_told)
{
    world w;
    add_provider(w);
    add_device_endpoint(w);
    w.on(
        "POST",
        "https://as.example/device",
        200,
        R"({"device_code":"CANARY-device","user_code":"ABCD-EFGH","verification_uri":"https://as.example/go","expires_in":600,"interval":7})"
    );
    std::vector<std::int64_t> at;
    w.on("POST", token_endpoint, [&](const http_request& r) {
        BOOST_TEST(form_of(r)["device_code"] == "CANARY-device");
        at.push_back(
            std::chrono::duration_cast<std::chrono::seconds>(w.wall.time_since_epoch()).count()
        );
        const char* const answers[] = {
            "authorization_pending", "slow_down", "authorization_pending"};
        if (at.size() <= 3)
            return json(400, R"({"error":")" + std::string(answers[at.size() - 1]) + "\"}");
        return json(200, token_document);
    });
    device_prompt shown;
    login_params params(where);
    params.grant(token_grant::device_code([&](const device_prompt& p) { shown = p; }));
    auto r = w.run(detail::login(params, with_client(registration("https://as.example", "tv"))));
    BOOST_REQUIRE(*r);
    BOOST_TEST(broken_invariant(w, r) == "");
    BOOST_TEST(shown.user_code == "ABCD-EFGH");
    BOOST_TEST(shown.verification_uri.str() == "https://as.example/go");
    BOOST_REQUIRE(at.size() == 4u);
    BOOST_TEST(at[1] - at[0] == 7);
    BOOST_TEST(at[2] - at[1] == 12);
    BOOST_TEST(at[3] - at[2] == 12);
}

BOOST_AUTO_TEST_CASE(a_device_login_ends_when_the_code_does_or_the_user_says_no)
{
    for (const char* why : {"expired_token", "access_denied", "ends"})
    {
        world w;
        add_provider(w);
        add_device_endpoint(w);
        w.on(
            "POST",
            "https://as.example/device",
            200,
            R"({"device_code":"CANARY-device","user_code":"ABCD","verification_uri":"https://as.example/go","expires_in":60})"
        );
        const std::string error = why == std::string("ends") ? "authorization_pending" : why;
        w.on("POST", token_endpoint, [&](const http_request&) {
            return json(400, R"({"error":")" + error + "\"}");
        });
        login_params params(where);
        params.grant(token_grant::device_code(nullptr));
        auto r =
            w.run(detail::login(params, with_client(registration("https://as.example", "tv"))));
        BOOST_REQUIRE(!*r);
        BOOST_TEST(
            name_of(r->error().code()) == (why == std::string("ends") ? "expired_token" : why)
        );
    }
}

BOOST_AUTO_TEST_CASE(a_device_login_waits_for_its_user_no_longer_than_was_asked_for)
{
    world w;
    add_provider(w);
    add_device_endpoint(w);
    w.on(
        "POST",
        "https://as.example/device",
        200,
        R"({"device_code":"CANARY-device","user_code":"ABCD","verification_uri":"https://as.example/go","expires_in":600,"interval":5})"
    );
    int asked = 0;
    w.on("POST", token_endpoint, [&](const http_request&) {
        BOOST_TEST(w.waits_for_user());
        ++asked;
        return json(400, R"({"error":"authorization_pending"})");
    });
    login_params params(where);
    params.grant(token_grant::device_code(nullptr)).user_timeout(std::chrono::seconds(20));
    auto r = w.run(detail::login(params, with_client(registration("https://as.example", "tv"))));
    BOOST_REQUIRE(!*r);
    BOOST_TEST(broken_invariant(w, r) == "");
    BOOST_TEST((r->error().code() == errc::user_timeout));
    BOOST_TEST(asked == 4);
    // The client was known when the code was asked for: it is not taken for a forgotten one.
    BOOST_TEST(r->error().info().hint().find("register anew") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_algorithm_of_a_proof_is_one_that_both_servers_take)
{
    using list = std::vector<std::string>;
    const auto chosen = [](const list& server, const list& resource) {
        discovery found;
        found.server.dpop_signing_alg_values_supported = server;
        found.resource_document.emplace();
        found.resource_document->dpop_signing_alg_values_supported = resource;
        const auto got = detail::choose_dpop(found, dpop_use::automatic);
        BOOST_REQUIRE(got);
        return *got ? std::string(name_of(**got)) : std::string();
    };
    const list many{"RS256", "PS256", "ES512", "ES384", "EdDSA", "ES256"};
    BOOST_TEST(chosen(many, many) == "ES256");
    BOOST_TEST(chosen(many, {"RS256", "EdDSA"}) == "EdDSA");
    BOOST_TEST(chosen({"RS256"}, many) == "RS256");
    BOOST_TEST(chosen({"HS256", "none"}, many) == "");
    BOOST_TEST(chosen({"ES256"}, {"EdDSA"}) == "");
    // Who insists on it is told that it cannot be had.
    discovery found;
    found.dpop_challenged = true;
    found.server.dpop_signing_alg_values_supported = list{"HS256"};
    const auto none = detail::choose_dpop(found, dpop_use::automatic);
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().code() == errc::token_type_not_supported));
    BOOST_TEST(!*detail::choose_dpop(found, dpop_use::never));
}

BOOST_AUTO_TEST_CASE(a_client_that_is_not_known_by_one_method_is_tried_by_another_once)
{
    for (const bool heals : {true, false})
    {
        world w;
        add_provider(w);
        std::vector<std::string> methods;
        w.on("POST", token_endpoint, [&](const http_request& r) {
            methods.push_back(r.authorization().empty() ? "post" : "basic");
            BOOST_TEST((form_of(r).count("client_secret") == 1) == r.authorization().empty());
            if (heals && methods.back() == "post")
                return json(200, token_document);
            return json(401, R"({"error":"invalid_client"})");
        });
        const auto settings = with_client(machine());
        login_params params(where);
        params.grant(token_grant::client_credentials());
        auto r = w.run(detail::login(params, settings));
        BOOST_TEST(r->has_value() == heals);
        BOOST_TEST(methods.size() == 2u);
        if (!heals)
        {
            BOOST_TEST((r->error().code() == errc::invalid_client));
            continue;
        }
        // From now on the right one comes first, at this issuer and for this client.
        params.force(true);
        BOOST_REQUIRE(*w.run(detail::login(params, settings)));
        BOOST_TEST(methods.size() == 3u);
        BOOST_TEST(methods.back() == "post");
    }
}

// covers C-UPD-1 C-9700-12
BOOST_AUTO_TEST_CASE(a_client_with_a_key_signs_a_new_assertion_for_every_request)
{
    world w;
    add_provider(w);
    auto key = signing_key::generate(jws_algorithm::es256);
    BOOST_REQUIRE(key);
    std::vector<std::string> assertions;
    w.on("POST", token_endpoint, [&](const http_request& r) {
        assertions.push_back(form_of(r)["client_assertion"]);
        return json(200, token_document);
    });
    login_params params(where);
    params.grant(token_grant::client_credentials()).force(true);
    const auto settings = with_client(registration("https://as.example", "machine", *key));
    BOOST_REQUIRE(*w.run(detail::login(params, settings)));
    BOOST_REQUIRE(*w.run(detail::login(params, settings)));
    BOOST_REQUIRE(assertions.size() == 2u);
    BOOST_TEST(assertions[0] != assertions[1]);
    const auto set = jwk_set::parse(make_jwk_set({*key}));
    for (const auto& a : assertions)
    {
        const auto checked = verify_jwt(a, *set);
        BOOST_REQUIRE(checked);
        BOOST_TEST(checked->claims.find(R"("aud":"https://as.example")") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(tokens_that_must_be_bound_to_a_key_and_are_not_are_refused)
{
    world w;
    add_provider(w);
    login_params params(where);
    params.grant(token_grant::client_credentials()).dpop(dpop_use::always);
    auto r = w.run(detail::login(params, with_client(machine())));
    BOOST_TEST((r->error().code() == errc::token_type_not_supported));
}

BOOST_AUTO_TEST_CASE(a_code_brings_no_unbound_tokens_where_bound_ones_were_asked_for)
{
    world w;
    add_provider(w);
    login_params params(where);
    params.dpop(dpop_use::always);
    auto r = w.run(detail::login(params, plain_settings()));
    BOOST_REQUIRE(!*r);
    BOOST_TEST((r->error().code() == errc::token_type_not_supported));
    BOOST_TEST(broken_invariant(w, r) == "");

    // Nor does the store.
    world stored;
    add_provider(stored);
    BOOST_REQUIRE(*stored.run(detail::login(login_params(where), plain_settings())));
    stored.opened = url();
    r = stored.run(detail::login(params, plain_settings()));
    BOOST_TEST(!stored.opened.empty());
    BOOST_TEST((r->error().code() == errc::token_type_not_supported));
}

BOOST_AUTO_TEST_CASE(tokens_of_one_subject_are_not_found_by_another_nor_by_a_person)
{
    world w;
    add_provider(w);
    w.on("POST", token_endpoint, [](const http_request& r) {
        auto form = form_of(r);
        const std::string who = form.count("subject_token") ? form["subject_token"] : "person";
        return json(
            200,
            R"({"access_token":"CANARY-of-)" + who
                + R"(","token_type":"Bearer","expires_in":3600,"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"})"
        );
    });
    const auto settings = with_client(machine());
    const auto token_for = [&](const std::string& who) {
        login_params params(where);
        if (!who.empty())
            params.grant(token_grant::token_exchange(
                token_exchange_options(secret(who), token_types::access_token)
            ));
        auto r = w.run(detail::login(params, settings));
        return std::string((*r)->tokens.access_token.reveal());
    };
    for (int round = 0; round < 2; ++round)
    {
        BOOST_TEST(token_for("alice") == "CANARY-of-alice");
        BOOST_TEST(token_for("bob") == "CANARY-of-bob");
        BOOST_TEST(token_for("") == "CANARY-of-person");
    }
    BOOST_TEST(lines_with(w.log, "send token").size() == 3u); // the second round is from the store
}

BOOST_AUTO_TEST_CASE(a_bound_grant_without_refresh_token_is_renewed_with_a_bound_one)
{
    world w;
    add_provider(w);
    std::string server(server_document);
    server.insert(1, R"("dpop_signing_alg_values_supported":["ES256"],)");
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
    w.on("GET", where, [](const http_request&) {
        http_response r(401, "");
        r.field(
            "WWW-Authenticate",
            R"(DPoP resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp")"
        );
        return result<http_response>(std::move(r));
    });
    int proofs = 0;
    w.on("POST", token_endpoint, [&](const http_request& r) {
        proofs += r.field("DPoP").empty() ? 0 : 1;
        return json(200, R"({"access_token":"CANARY-a","token_type":"DPoP","expires_in":3600})");
    });
    const auto settings = with_client(machine());
    login_params params(where);
    params.grant(token_grant::client_credentials());
    BOOST_REQUIRE(*w.run(detail::login(params, settings)));
    w.wall += std::chrono::hours(2);
    auto again = w.run(detail::login(params, settings));
    BOOST_REQUIRE(*again);
    BOOST_TEST(proofs == 2);
    BOOST_TEST(((*again)->tokens.kind == token_kind::dpop));
}

BOOST_AUTO_TEST_SUITE_END()
