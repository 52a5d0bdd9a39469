// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How a program becomes a client, what it does with its registration later, and the settings' hooks.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(clients_flow)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* metadata = "https://as.example/.well-known/oauth-authorization-server";

result<http_response> json(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
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

// The server's metadata with another member in front.
std::string server_with(const std::string& member)
{
    std::string out(server_document);
    out.insert(1, member + ",");
    return out;
}

std::string server_without_registration()
{
    std::string out(server_document);
    const std::string member = R"("registration_endpoint":"https://as.example/register",)";
    out.erase(out.find(member), member.size());
    return out;
}

discovery found_in(world& w)
{
    auto r = w.run(detail::discover(discover_params(where), plain_settings()));
    return **r;
}

} // namespace

// covers C-CIMD-6
BOOST_AUTO_TEST_CASE(ways_to_become_a_client_come_in_their_order)
{
    constexpr const char* document = "https://app.example/client.json";
    for (const bool pre_registered : {true, false})
    {
        for (const bool takes_documents : {true, false})
        {
            world w;
            add_provider(w);
            if (takes_documents)
                w.on(
                    "GET",
                    metadata,
                    200,
                    server_with(R"("client_id_metadata_document_supported":true)")
                );
            auto settings = plain_settings();
            settings.client_metadata_url = document;
            if (pre_registered)
                settings.pre_registered.emplace_back("https://as.example", "by-hand");
            // A client of another server is no client of this one.
            settings.pre_registered.emplace_back("https://other.example", "elsewhere");
            auto r = w.run(detail::login(login_params(where), settings));
            BOOST_REQUIRE(*r);
            const std::string expected = pre_registered ? "by-hand"
                : takes_documents                       ? document
                                                        : "client-1";
            BOOST_TEST((*r)->client.client_id == expected);
            BOOST_TEST(query_value(w.opened, "client_id") == expected);
            BOOST_TEST(
                lines_with(w.log, "send registration").size() == (expected == "client-1" ? 1u : 0u)
            );
        }
    }
}

BOOST_AUTO_TEST_CASE(without_any_way_the_error_says_what_to_register_where)
{
    world w;
    add_provider(w);
    std::string server = server_without_registration();
    server.insert(1, R"("service_documentation":"https://as.example/docs",)");
    w.on("GET", metadata, 200, server);
    auto r = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(!*r);
    BOOST_TEST((r->error().code() == errc::client_information_required));
    BOOST_TEST(r->error().info().issuer() == "https://as.example");
    BOOST_TEST(r->error().info().redirect_uri().substr(0, 17) == "http://127.0.0.1:");
    BOOST_TEST(r->error().info().documentation() == "https://as.example/docs");
    BOOST_TEST(w.opened.empty());
}

BOOST_AUTO_TEST_CASE(an_initial_access_token_goes_to_the_registration_and_nowhere_else)
{
    world w;
    add_provider(w);
    login_params params(where);
    params.initial_access_token(secret("CANARY-initial"));
    auto r = w.run(detail::login(params, plain_settings()));
    BOOST_REQUIRE(*r);
    for (const auto& sent : w.requests)
    {
        const bool shown =
            sent.authorization().reveal().find("CANARY-initial") != std::string_view::npos;
        BOOST_TEST(shown == (sent.target().path() == "/register"));
    }
    BOOST_TEST(broken_invariant(w, r) == "");
}

// covers C-7591-7
BOOST_AUTO_TEST_CASE(a_refused_redirect_uri_is_tried_once_in_its_other_form)
{
    for (const bool heals : {true, false})
    {
        world w;
        add_provider(w);
        std::vector<std::string> bodies;
        w.on("POST", "https://as.example/register", [&](const http_request& r) {
            bodies.emplace_back(r.body().reveal());
            const bool local = bodies.back().find("http://localhost:") != std::string::npos;
            if (heals && local)
                return register_client(r);
            return json(400, R"({"error":"invalid_redirect_uri"})");
        });
        auto r = w.run(detail::login(login_params(where), plain_settings()));
        BOOST_TEST(bodies.size() == 2u);
        BOOST_TEST(r->has_value() == heals);
        if (heals)
            BOOST_TEST(query_value(w.opened, "redirect_uri").substr(0, 17) == "http://localhost:");
        else
            BOOST_TEST((r->error().code() == errc::invalid_redirect_uri));
    }
}

BOOST_AUTO_TEST_CASE(a_stored_registration_at_ipv6_loopback_is_used_again_at_the_same_port)
{
    auto settings = plain_settings();
    settings.redirect.host("[::1]").path("/back");
    world first;
    add_provider(first);
    BOOST_REQUIRE(*first.run(detail::login(login_params(where), settings)));
    BOOST_TEST(query_value(first.opened, "redirect_uri") == "http://[::1]:40123/back");
    world second;
    add_provider(second);
    second.records = first.records;
    BOOST_REQUIRE(*second.run(detail::login(login_params(where).force(true), settings)));
    BOOST_TEST(lines_with(second.log, "send registration").empty());
    BOOST_TEST(lines_with(second.log, "reserve [::1]:40123/back").size() == 1u);
    BOOST_TEST(query_value(second.opened, "redirect_uri") == "http://[::1]:40123/back");
}

BOOST_AUTO_TEST_CASE(a_stored_registration_of_an_address_that_is_not_ours_is_replaced)
{
    for (const char* foreign :
         {"https://127.0.0.1:40123/callback",
          "http://app.example:40123/callback",
          "http://127.0.0.1:40123/callback?x=1",
          "127.0.0.1",
          ""})
    {
        world first;
        add_provider(first);
        BOOST_REQUIRE(*first.run(detail::login(login_params(where), plain_settings())));
        world second;
        add_provider(second);
        second.records = first.records;
        for (auto& r : second.records)
        {
            if (r.first.kind != record_kind::registration || r.second.at == 0)
                continue;
            auto known = read_registration_record(r.second.value);
            BOOST_REQUIRE(known);
            known->redirect_uris.clear();
            if (*foreign != '\0')
                known->redirect_uris.emplace_back(foreign);
            r.second.value = make_record(*known);
        }
        auto r = second.run(detail::login(login_params(where).force(true), plain_settings()));
        BOOST_REQUIRE(*r);
        BOOST_TEST(lines_with(second.log, "send registration").size() == 1u, foreign);
        BOOST_TEST(query_value(second.opened, "redirect_uri").substr(0, 17) == "http://127.0.0.1:");
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_asks_to_wait_is_asked_again_twice_at_most)
{
    for (const char* after : {"3", "3600", ""})
    {
        world w;
        add_provider(w);
        int asked = 0;
        w.on("POST", "https://as.example/register", [&](const http_request&) {
            ++asked;
            auto r = *json(429, R"({"error":"temporarily_unavailable"})");
            if (*after != '\0')
                r.field("Retry-After", after);
            return result<http_response>(std::move(r));
        });
        const auto before = w.wall;
        auto r = w.run(detail::login(login_params(where), plain_settings()));
        BOOST_TEST(!*r);
        const bool waits = after == std::string("3");
        BOOST_TEST(asked == (waits ? 3 : 1));
        BOOST_TEST((w.wall - before == std::chrono::seconds(waits ? 6 : 0)));
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_the_server_has_forgotten_is_registered_again_once)
{
    for (const bool heals : {true, false})
    {
        world first;
        add_provider(first);
        BOOST_REQUIRE(*first.run(detail::login(login_params(where), plain_settings())));
        world w;
        add_provider(w);
        w.records = first.records;
        int registrations = 0;
        w.on("POST", "https://as.example/register", [&](const http_request& r) {
            ++registrations;
            std::string body(r.body().reveal());
            body.insert(1, R"("client_id":"client-2",)");
            return json(201, body);
        });
        w.on("POST", "https://as.example/token", [&](const http_request& r) {
            return heals && form_value(r, "client_id") == "client-2"
                ? json(200, token_document)
                : json(401, R"({"error":"invalid_client"})");
        });
        login_params params(where);
        params.force(true);
        auto r = w.run(detail::login(params, plain_settings()));
        BOOST_TEST(registrations == 1);
        BOOST_TEST(r->has_value() == heals);
        if (heals)
            BOOST_TEST((*r)->client.client_id == "client-2");
        else
            BOOST_TEST((r->error().code() == errc::invalid_client));
    }
}

BOOST_AUTO_TEST_CASE(the_program_may_choose_among_servers_and_only_among_those)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://first.example","https://as.example"]})"
    );
    // By itself: the first that can be used, and why the other was not.
    const auto found = found_in(w);
    BOOST_TEST(found.server.issuer == "https://as.example");
    BOOST_REQUIRE(!found.notes.empty());
    BOOST_TEST(found.notes.front().find("https://first.example") != std::string::npos);

    auto settings = plain_settings();
    std::vector<std::string> offered;
    settings.choose_server = [&](const url& resource, const std::vector<std::string>& issuers) {
        BOOST_TEST(resource.str() == where);
        offered = issuers;
        return std::vector<std::string>{"https://evil.example", "https://as.example"};
    };
    w.requests.clear();
    auto r = w.run(detail::discover(discover_params(where), settings));
    BOOST_REQUIRE(*r);
    BOOST_TEST(offered.size() == 2u);
    for (const auto& sent : w.requests)
    {
        BOOST_TEST(sent.target().host() != "evil.example");
        BOOST_TEST(sent.target().host() != "first.example");
    }
    settings.choose_server = [](const url&, const std::vector<std::string>&) {
        return std::vector<std::string>();
    };
    r = w.run(detail::discover(discover_params(where), settings));
    BOOST_TEST((r->error().code() == errc::authorization_server_missing));
}

BOOST_AUTO_TEST_CASE(the_origin_of_a_resource_without_documents_is_chosen_or_not_too)
{
    // Documents may vanish after they have been looked at.
    for (const bool challenged : {true, false})
        BOOST_TEST_CONTEXT(challenged)
        {
            world w;
            w.on("GET", where, challenged ? 401 : 200, "");
            w.on("POST", where, challenged ? 401 : 200, "{}");
            w.on(
                "GET",
                "https://mcp.example/.well-known/oauth-authorization-server",
                200,
                R"({"issuer":"https://mcp.example","authorization_endpoint":"https://mcp.example/a",)"
                R"("token_endpoint":"https://mcp.example/t","response_types_supported":["code"],)"
                R"("code_challenge_methods_supported":["S256"]})"
            );
            BOOST_TEST(found_in(w).server.issuer == "https://mcp.example");

            std::vector<std::string> offered;
            auto settings = plain_settings();
            settings.choose_server = [&](const url&, const std::vector<std::string>& issuers) {
                offered = issuers;
                return std::vector<std::string>();
            };
            w.requests.clear();
            const auto r = w.run(detail::discover(discover_params(where), settings));
            BOOST_TEST(offered == std::vector<std::string>{"https://mcp.example"});
            if (challenged)
                BOOST_TEST((!*r && r->error().code() == errc::authorization_server_missing));
            else
                BOOST_TEST((*r && (*r)->login == login_support::none));
            for (const auto& sent : w.requests)
                BOOST_TEST(
                    sent.target().path().find("oauth-authorization-server") == std::string::npos
                );
        }
}

BOOST_AUTO_TEST_CASE(a_filter_changes_the_selected_scopes_but_not_those_that_the_caller_names)
{
    auto settings = plain_settings();
    settings.scope_filter = [](const discovery&, const std::string& selected) {
        BOOST_TEST(selected == "files:read");
        return std::string("files:read profile");
    };
    world w;
    add_provider(w);
    BOOST_REQUIRE(*w.run(detail::login(login_params(where), settings)));
    BOOST_TEST(query_value(w.opened, "scope") == "files:read profile");

    world named;
    add_provider(named);
    login_params params(where);
    params.scope("mine");
    BOOST_REQUIRE(*named.run(detail::login(params, settings)));
    BOOST_TEST(query_value(named.opened, "scope") == "mine");

    settings.scope_filter = [](const discovery&, const std::string&) { return std::string(); };
    world none;
    add_provider(none);
    BOOST_REQUIRE(*none.run(detail::login(login_params(where), settings)));
    BOOST_TEST(query_value(none.opened, "scope") == "(absent)");
}

// covers C-7592-1 C-7592-3 C-7592-4
BOOST_AUTO_TEST_CASE(a_managed_registration_is_replaced_in_the_store_and_dropped_with_the_client)
{
    world w;
    add_provider(w);
    constexpr const char* place = "https://as.example/register/client-1";
    w.on("POST", "https://as.example/register", [&](const http_request& r) {
        std::string body(r.body().reveal());
        body.insert(
            1,
            R"("client_id":"client-1","registration_client_uri":")" + std::string(place)
                + R"(","registration_access_token":"CANARY-rat-1",)"
        );
        return json(201, body);
    });
    const auto settings = plain_settings();
    const auto found = found_in(w);
    // Not as the settings would have it: what is kept is found again all the same.
    register_params params;
    params.auth_method(token_endpoint_auth_method::none);
    redirect_target target;
    target.path("/here");
    params.redirect(target);
    auto client = w.run(detail::obtain_registration(found, params, settings));
    BOOST_REQUIRE(*client);
    const auto stored = [&]() -> std::string {
        for (const auto& entry : w.records)
        {
            if (entry.first.kind == record_kind::registration && entry.second.at != 0)
                return std::string(entry.second.value.document.reveal());
        }
        return {};
    };
    BOOST_TEST(stored().find("CANARY-rat-1") != std::string::npos);

    w.on("GET", place, [&](const http_request& r) {
        BOOST_TEST(r.authorization().reveal() == "Bearer CANARY-rat-1");
        return json(
            200,
            R"({"client_id":"client-1","registration_access_token":"CANARY-rat-2","registration_client_uri":")"
                + std::string(place) + "\"}"
        );
    });
    auto read = w.run(detail::read_registration(found, **client, settings));
    BOOST_REQUIRE(*read);
    BOOST_TEST(broken_invariant(w, read) == "");
    BOOST_TEST((*read)->registration_access_token.reveal() == "CANARY-rat-2");
    BOOST_TEST(stored().find("CANARY-rat-2") != std::string::npos);
    BOOST_TEST(stored().find("CANARY-rat-1") == std::string::npos);

    // What an update brings is compared with what was asked for, not with what was before.
    w.on("PUT", place, [&](const http_request& r) {
        const auto body = r.body().reveal();
        BOOST_TEST(body.find("https://app.example/back") != std::string_view::npos);
        return json(
            200, R"({"client_id":"client-1","redirect_uris":["https://app.example/back"]})"
        );
    });
    client_profile other;
    other.client_name("Other").add_redirect_uri("https://app.example/back");
    auto updated = w.run(detail::update_registration(found, **read, other, settings));
    BOOST_REQUIRE(*updated);
    BOOST_TEST((*updated)->redirect_uris.front() == "https://app.example/back");
    BOOST_TEST((*updated)->registration_access_token.reveal() == "CANARY-rat-2");

    // A deletion that the server refuses leaves everything as it is.
    w.on("DELETE", place, 503, "");
    auto deleted = w.run(detail::delete_registration(found, **read));
    BOOST_TEST(!*deleted);
    BOOST_TEST(!stored().empty());
    w.on("DELETE", place, 204, "");
    deleted = w.run(detail::delete_registration(found, **read));
    BOOST_TEST(deleted->has_value());
    BOOST_TEST(stored().empty());
    w.on("GET", place, 401, "");
    read = w.run(detail::read_registration(found, **read, settings));
    BOOST_TEST((read->error().code() == errc::registration_gone));
}

BOOST_AUTO_TEST_CASE(
    an_id_token_is_checked_with_keys_that_are_fetched_again_when_the_server_changes_them
)
{
    world w;
    add_provider(w);
    w.on("GET", metadata, 200, server_with(R"("jwks_uri":"https://as.example/keys")"));
    auto first = signing_key::generate(jws_algorithm::es256);
    auto second = signing_key::generate(jws_algorithm::es256);
    BOOST_REQUIRE(first);
    BOOST_REQUIRE(second);
    int fetched = 0;
    w.on("GET", "https://as.example/keys", [&](const http_request&) {
        ++fetched;
        return json(200, make_jwk_set({fetched == 1 ? *first : *second}));
    });
    const auto settings = plain_settings();
    const auto found = found_in(w);
    const registration client("https://as.example", "client-1");
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(w.wall.time_since_epoch()).count();
    const auto checked = [&](const signing_key& key, const std::string& nonce) {
        token_set tokens;
        tokens.access_token = secret("CANARY-access");
        const std::string claims =
            R"({"iss":"https://as.example","aud":"client-1","sub":"alice","nonce":"n1","iat":)"
            + std::to_string(now) + R"(,"exp":)" + std::to_string(now + 60) + "}";
        tokens.id_token = *sign_jwt(key, "JWT", claims);
        auto r = w.run(detail::check_id_token(found, client, tokens, nonce, settings));
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    };
    const auto good = checked(*first, "n1");
    BOOST_REQUIRE(good);
    BOOST_TEST(good->subject == "alice");
    BOOST_TEST(checked(*first, "n1").has_value());
    BOOST_TEST(fetched == 1);
    BOOST_TEST((checked(*first, "another").error().code() == errc::id_token_invalid));
    BOOST_TEST(checked(*second, "n1").has_value());
    BOOST_TEST(fetched == 2);
    // The old key is no key of the server any more, and asking again does not help; nor is the server
    // asked for every token with a wrong key.
    BOOST_TEST((checked(*first, "n1").error().code() == errc::jwt_key_not_found));
    BOOST_TEST(fetched == 2);
    w.advance(std::chrono::seconds(30));
    BOOST_TEST((checked(*first, "n1").error().code() == errc::jwt_key_not_found));
    BOOST_TEST(fetched == 3);
    BOOST_TEST((checked(*first, "n1").error().code() == errc::jwt_key_not_found));
    BOOST_TEST(fetched == 3);
}

BOOST_AUTO_TEST_CASE(an_id_token_that_fails_its_check_ends_the_login_and_missing_keys_only_drop_it)
{
    for (const bool keys_there : {true, false})
    {
        world w;
        add_provider(w);
        w.on("GET", metadata, 200, server_with(R"("jwks_uri":"https://as.example/keys")"));
        auto key = signing_key::generate(jws_algorithm::es256);
        BOOST_REQUIRE(key);
        w.on("GET", "https://as.example/keys", [&](const http_request&) {
            if (keys_there)
                return json(200, make_jwk_set({*key}));
            return result<http_response>(failure(errc::connect_failed));
        });
        w.on("POST", "https://as.example/token", [&](const http_request&) {
            // Of another login: the nonce is wrong.
            const auto id = *sign_jwt(
                *key,
                "JWT",
                R"({"iss":"https://as.example","aud":"client-1","sub":"mallory","nonce":"x","iat":1800000000,"exp":1800000600})"
            );
            return json(
                200,
                R"({"access_token":"CANARY-access","token_type":"Bearer","id_token":")"
                    + std::string(id.reveal()) + "\"}"
            );
        });
        login_params params(where);
        params.scope("openid files:read");
        auto r = w.run(detail::login(params, plain_settings()));
        BOOST_TEST(query_value(w.opened, "nonce") != "(absent)");
        if (keys_there)
        {
            BOOST_REQUIRE(!*r);
            BOOST_TEST((r->error().code() == errc::id_token_invalid));
        }
        else
        {
            BOOST_REQUIRE(*r);
            BOOST_TEST((*r)->tokens.id_token.empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(revocation_and_introspection_show_who_asks)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        metadata,
        200,
        server_with(
            R"("revocation_endpoint":"https://as.example/revoke","introspection_endpoint":"https://as.example/introspect")"
        )
    );
    const auto found = found_in(w);
    const registration client("https://as.example", "machine", secret("CANARY-secret"));
    int known = 0;
    w.on("POST", "https://as.example/revoke", [&](const http_request& r) {
        known += r.authorization().empty() ? 0 : 1;
        BOOST_TEST(form_value(r, "token") == "CANARY-token");
        BOOST_TEST(form_value(r, "token_type_hint") == "refresh_token");
        return json(200, "");
    });
    w.on("POST", "https://as.example/introspect", [&](const http_request& r) {
        known += r.authorization().empty() ? 0 : 1;
        return json(200, R"({"active":true,"scope":"files:read"})");
    });
    const secret token("CANARY-token");
    auto revoked =
        w.run(detail::revoke(found, client, token, token_hint::refresh_token, plain_settings()));
    BOOST_TEST(revoked->has_value());
    auto said =
        w.run(detail::introspect(found, client, token, token_hint::access_token, plain_settings()));
    BOOST_REQUIRE(*said);
    BOOST_TEST((*said)->active);
    BOOST_TEST(known == 2);
    w.on("POST", "https://as.example/revoke", 503, "");
    revoked =
        w.run(detail::revoke(found, client, token, token_hint::refresh_token, plain_settings()));
    BOOST_TEST((revoked->error().code() == errc::temporarily_unavailable));
}

BOOST_AUTO_TEST_CASE(an_exchanged_token_must_be_of_the_type_that_was_asked_for)
{
    for (const bool right : {true, false})
    {
        world w;
        add_provider(w);
        w.on("POST", "https://as.example/token", [&](const http_request& r) {
            BOOST_TEST(
                form_value(r, "grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange"
            );
            BOOST_TEST(form_value(r, "subject_token") == "CANARY-theirs");
            const std::string type = right ? "access_token" : "refresh_token";
            return json(
                200,
                R"({"access_token":"CANARY-ours","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:)"
                    + type + "\"}"
            );
        });
        auto settings = plain_settings();
        settings.pre_registered.emplace_back(
            "https://as.example", "machine", secret("CANARY-secret")
        );
        login_params params(where);
        params.grant(token_grant::token_exchange(
            token_exchange_options(secret("CANARY-theirs"), token_types::access_token)
        ));
        auto r = w.run(detail::login(params, settings));
        BOOST_TEST(r->has_value() == right);
        if (right)
            BOOST_TEST((*r)->tokens.access_token.reveal() == "CANARY-ours");
        else
            BOOST_TEST((r->error().code() == errc::token_type_not_supported));
        BOOST_TEST(broken_invariant(w, r) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_token_to_exchange_goes_only_to_a_server_that_the_program_has_named)
{
    for (const bool named : {true, false})
    {
        world w;
        add_provider(w);
        w.on("POST", "https://as.example/token", [&](const http_request&) {
            return json(
                200,
                R"({"access_token":"CANARY-ours","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"})"
            );
        });
        auto settings = plain_settings();
        if (named)
            settings.pre_registered.emplace_back(
                "https://as.example", "machine", secret("CANARY-secret")
            );
        for (const bool exchange : {true, false})
        {
            login_params params(where);
            if (exchange)
                params.grant(token_grant::token_exchange(
                    token_exchange_options(secret("CANARY-theirs"), token_types::access_token)
                ));
            else
                params.grant(token_grant::jwt_bearer(secret("CANARY.theirs.x")));
            auto r = w.run(detail::login(params, settings));
            BOOST_TEST(r->has_value() == named);
            if (named)
                continue;
            BOOST_TEST((r->error().code() == errc::client_information_required));
            BOOST_TEST(r->error().info().issuer() == "https://as.example");
            for (const auto& sent : w.requests)
                BOOST_TEST(sent.body().reveal().find("theirs") == std::string_view::npos);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
