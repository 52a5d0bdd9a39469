// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(discover)

using namespace asioauth;
using namespace asioauth::test;

namespace {

result<discovery> discovered(world& w, std::string_view where = "https://mcp.example/mcp")
{
    auto r = w.run(detail::discover(discover_params(where), plain_settings()));
    return *r;
}

std::vector<std::string> urls(const world& w)
{
    std::vector<std::string> out;
    for (const auto& r : w.requests)
        out.push_back(r.method() + " " + r.target().str());
    return out;
}

} // namespace

// covers C-MCP-1 C-9728-1
BOOST_AUTO_TEST_CASE(a_challenge_leads_to_both_documents_and_nothing_else_is_asked)
{
    world w;
    add_provider(w);
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    const std::vector<std::string> expected{
        "GET https://mcp.example/mcp",
        "GET https://mcp.example/.well-known/oauth-protected-resource/mcp",
        "GET https://as.example/.well-known/oauth-authorization-server",
    };
    BOOST_TEST(urls(w) == expected, boost::test_tools::per_element());
    BOOST_TEST(name_of(found->login) == "required");
    BOOST_TEST(found->resource == "https://mcp.example/mcp");
    BOOST_TEST(found->server.issuer == "https://as.example");
    BOOST_TEST(found->challenged_scope == "files:read");
    BOOST_TEST(!found->policy.loopback_allowed());
}

BOOST_AUTO_TEST_CASE(a_server_that_challenges_only_post_is_still_required)
{
    world w;
    add_provider(w);
    w.on("GET", "https://mcp.example/mcp", 405, "");
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(name_of(found->login) == "required");
    BOOST_TEST(urls(w)[1] == "POST https://mcp.example/mcp");
}

BOOST_AUTO_TEST_CASE(a_page_that_needs_no_login_may_still_offer_one)
{
    world w;
    add_provider(w);
    w.on("GET", "https://mcp.example/mcp", 200, "{}");
    w.on("POST", "https://mcp.example/mcp", 404, "");
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(name_of(found->login) == "available");
    BOOST_TEST(found->server.issuer == "https://as.example");
}

BOOST_AUTO_TEST_CASE(a_page_without_any_oauth_needs_none)
{
    world w;
    w.on("GET", "https://mcp.example/mcp", 200, "{}");
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(name_of(found->login) == "none");
    BOOST_TEST(found->server.issuer.empty());
}

BOOST_AUTO_TEST_CASE(a_method_or_format_that_is_not_taken_is_no_absence)
{
    for (const int status : {405, 406})
        BOOST_TEST_CONTEXT(status)
        {
            world w;
            w.on("GET", "https://mcp.example/mcp", status, "");
            w.on("POST", "https://mcp.example/mcp", status, "");
            const auto found = discovered(w);
            BOOST_REQUIRE(found);
            BOOST_TEST(name_of(found->login) == "none");
        }
}

BOOST_AUTO_TEST_CASE(a_place_that_does_not_exist_is_refused)
{
    world w;
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::authorization_not_offered);
    BOOST_TEST(found.error().info().http_status() == 404);
}

BOOST_AUTO_TEST_CASE(an_untrusted_certificate_is_never_taken_for_a_host_without_login)
{
    for (errc kind :
         {errc::tls_certificate_untrusted,
          errc::tls_host_mismatch,
          errc::address_blocked,
          errc::connection_lost})
    {
        world w;
        w.on("GET", "https://mcp.example/mcp", [kind](const http_request&) {
            return result<http_response>(failure(kind));
        });
        auto found = discovered(w);
        BOOST_REQUIRE(!found);
        BOOST_TEST(found.error().code() == kind);
        BOOST_TEST(w.requests.size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(documents_that_cannot_be_reached_are_an_error_and_not_an_absence)
{
    world w;
    w.on("GET", "https://mcp.example/mcp", 200, "{}");
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        [](const http_request&) { return result<http_response>(failure(errc::response_timeout)); }
    );
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::response_timeout);
}

BOOST_AUTO_TEST_CASE(a_page_that_moved_or_is_too_large_may_still_offer_a_login)
{
    for (errc kind : {errc::redirect_refused, errc::response_body_too_large})
    {
        world w;
        add_provider(w);
        const auto broken = [kind](const http_request&) {
            return result<http_response>(failure(kind));
        };
        w.on("GET", "https://mcp.example/mcp", broken);
        w.on("POST", "https://mcp.example/mcp", broken);
        auto found = discovered(w);
        BOOST_REQUIRE(found);
        BOOST_TEST(name_of(found->login) == "available");
        world bare;
        bare.on("GET", "https://mcp.example/mcp", broken);
        bare.on("POST", "https://mcp.example/mcp", broken);
        auto nothing_else = discovered(bare);
        BOOST_REQUIRE(!nothing_else);
        BOOST_TEST(nothing_else.error().code() == kind);
    }
}

BOOST_AUTO_TEST_CASE(basic_authentication_is_not_mistaken_for_oauth)
{
    world w;
    w.on("GET", "https://mcp.example/mcp", [](const http_request&) {
        http_response r(401, "");
        r.field("WWW-Authenticate", "Basic realm=\"x\"");
        return result<http_response>(r);
    });
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::authorization_not_offered);
}

// covers C-MCP-1
BOOST_AUTO_TEST_CASE(without_a_header_url_the_path_and_then_the_root_well_known_are_asked)
{
    world w;
    add_provider(w);
    w.on("GET", "https://mcp.example/mcp", 401, "");
    w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 404, "");
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource",
        200,
        R"({"resource":"https://mcp.example","authorization_servers":["https://as.example"]})"
    );
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(urls(w)[1] == "GET https://mcp.example/.well-known/oauth-protected-resource/mcp");
    BOOST_TEST(urls(w)[2] == "GET https://mcp.example/.well-known/oauth-protected-resource");
    BOOST_TEST(found->resource == "https://mcp.example");
}

// covers C-8414-3
BOOST_AUTO_TEST_CASE(three_places_are_asked_for_an_issuer_with_a_path)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/tenant1"]})"
    );
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::server_metadata_not_found);
    const auto asked = urls(w);
    BOOST_REQUIRE(asked.size() == 5);
    BOOST_TEST(asked[2] == "GET https://as.example/.well-known/oauth-authorization-server/tenant1");
    BOOST_TEST(asked[3] == "GET https://as.example/.well-known/openid-configuration/tenant1");
    BOOST_TEST(asked[4] == "GET https://as.example/tenant1/.well-known/openid-configuration");
}

// covers C-8414-1
BOOST_AUTO_TEST_CASE(metadata_of_another_issuer_is_not_used_and_nothing_falls_back)
{
    world w;
    add_provider(w);
    std::string other(server_document);
    other.replace(other.find("https://as.example\""), 19, "https://evil.example\"");
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, other);
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::issuer_mismatch);
    BOOST_TEST(found.error().info().where() == stage::server_metadata);
}

// covers C-9728-3
BOOST_AUTO_TEST_CASE(a_document_for_another_resource_does_not_lead_to_the_default_endpoints)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://victim.example/mcp","authorization_servers":["https://as.example"]})"
    );
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::resource_mismatch);
    BOOST_TEST(found.error().code() == condition::untrusted);
}

// covers C-9728-3
BOOST_AUTO_TEST_CASE(a_challenge_cannot_lead_to_a_token_for_the_whole_host)
{
    const std::string whole =
        R"({"resource":"https://mcp.example","authorization_servers":["https://as.example"]})";
    world w;
    add_provider(w);
    w.on("GET", "https://mcp.example/mcp", [](const http_request&) {
        http_response r(401, "");
        r.field("WWW-Authenticate", R"(Bearer resource_metadata="https://evil.example/m.json")");
        return result<http_response>(std::move(r));
    });
    w.on("GET", "https://evil.example/m.json", 200, whole);
    w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 404, "");
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::resource_mismatch);
    // The host may say so of itself.
    w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource", 200, whole);
    found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->resource == "https://mcp.example");
}

BOOST_AUTO_TEST_CASE(a_server_of_2025_03_26_without_documents_has_default_endpoints)
{
    world w;
    w.on("GET", "https://mcp.example/v1/mcp", 401, "");
    auto found = discovered(w, "https://mcp.example/v1/mcp");
    BOOST_REQUIRE(found);
    BOOST_TEST(name_of(found->server.found) == name_of(provenance::default_endpoints));
    BOOST_TEST(found->server.authorization_endpoint.str() == "https://mcp.example/authorize");
    BOOST_TEST(found->server.token_endpoint.str() == "https://mcp.example/token");
    BOOST_TEST(found->server.registration_endpoint.str() == "https://mcp.example/register");
    BOOST_TEST(found->resource == "https://mcp.example/v1/mcp");
}

BOOST_AUTO_TEST_CASE(a_second_authorization_server_is_tried_when_the_first_has_no_metadata)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://down.example","https://as.example"]})"
    );
    auto found = discovered(w);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->server.issuer == "https://as.example");
}

// covers C-MCP-8 C-9700-8
BOOST_AUTO_TEST_CASE(a_server_without_s256_is_refused)
{
    world w;
    add_provider(w);
    std::string plain(server_document);
    plain.replace(plain.find("S256"), 4, "plain");
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, plain);
    auto found = discovered(w);
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::pkce_not_supported);
}

// covers C-9728-12
BOOST_AUTO_TEST_CASE(only_a_loopback_url_typed_by_the_user_allows_loopback)
{
    world remote;
    add_provider(remote);
    remote.on(
        "GET",
        "https://mcp.example/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["http://localhost:9000"]})"
    );
    auto found = discovered(remote);
    BOOST_REQUIRE(!found);
    for (const auto& r : remote.requests)
    {
        BOOST_TEST(r.target().host() != "localhost");
        BOOST_TEST(!r.policy().loopback_allowed());
    }

    // A local server may name a remote authorization server, but that one cannot point back at this
    // machine.
    world back;
    back.on("GET", "http://localhost:8000/mcp", 401, "");
    back.on(
        "GET",
        "http://localhost:8000/.well-known/oauth-protected-resource/mcp",
        200,
        R"({"resource":"http://localhost:8000/mcp","authorization_servers":["https://as.example"]})"
    );
    std::string evil(server_document);
    evil.replace(evil.find("https://as.example/register"), 27, "http://127.0.0.1:9200/_close");
    back.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, evil);
    auto pointed = discovered(back, "http://localhost:8000/mcp");
    BOOST_REQUIRE(pointed);
    BOOST_TEST(pointed->server.registration_endpoint.empty());
    evil = server_document;
    evil.replace(evil.find("https://as.example/token"), 24, "http://127.0.0.1:9200/_close");
    back.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, evil);
    pointed = discovered(back, "http://localhost:8000/mcp");
    BOOST_REQUIRE(!pointed);
    BOOST_TEST(pointed.error().code() == errc::endpoint_insecure);

    world local;
    local.on("GET", "http://localhost:8000/mcp", 401, "");
    auto here = discovered(local, "http://localhost:8000/mcp");
    BOOST_REQUIRE(here);
    BOOST_TEST(here->policy.loopback_allowed());
}

BOOST_AUTO_TEST_CASE(urls_that_cannot_be_asked_are_refused_before_anything_is_sent)
{
    const char* const bad[] = {
        "",
        "mcp.example",
        "http://mcp.example/mcp",
        "ftp://mcp.example/",
        "https://user:secret@mcp.example/",
        "https://mcp.example/#fragment",
        "https://2130706433/",
        "javascript:alert(1)",
    };
    for (const auto* text : bad)
    {
        BOOST_TEST_CONTEXT(text)
        {
            world w;
            auto found = discovered(w, text);
            BOOST_REQUIRE(!found);
            BOOST_TEST(found.error().code() == condition::usage);
            BOOST_TEST(w.requests.empty());
        }
    }
}

// covers C-MCP-22 C-MCP-20
BOOST_AUTO_TEST_CASE(hostile_urls_of_servers_lead_nowhere_and_are_reported_without_their_secrets)
{
    // What may be a secret of somebody's is not repeated, the rest tells who wrote this.
    const char* const hostile[] = {
        "http://evil.example/x?key=CANARY",
        "https://user:CANARY@evil.example/x",
        "https://CANARY@evil.example/x",
        "https://evil.example/x#CANARY",
        "https://evil.example/`evil`?CANARY",
        "https://evil.example/x|evil",
        "https://evil.example/x evil",
        "https://evil.example/$(evil)>x",
        "https://127.0.0.1/x?key=CANARY",
        "https://2130706433/evil?key=CANARY",
        "javascript:alert('evil')",
        "file:///etc/evil?CANARY",
        "data:text/html,evil",
        "--evil",
    };
    const auto tells = [](const std::string& text, const char* address) {
        const std::string_view name =
            std::string_view(address).find("evil") == std::string_view::npos ? "127.0.0.1" : "evil";
        BOOST_TEST(text.find(name) != std::string::npos, text);
        BOOST_TEST(text.find("CANARY") == std::string::npos, text);
    };
    const auto text_of = [](const failure& f) { return describe(f.code(), f.info()); };
    const auto asked_for_it = [](const world& w) {
        for (const auto& line : urls(w))
        {
            for (const char* part : {"evil", "127.0.0.1", "CANARY"})
            {
                if (line.find(part) != std::string::npos)
                    return true;
            }
        }
        return false;
    };
    for (const char* address : hostile)
    {
        BOOST_TEST_CONTEXT(address)
        {
            // In the challenge: passed over, with a note.
            world challenged;
            add_provider(challenged);
            challenged.on("GET", "https://mcp.example/mcp", [&](const http_request&) {
                http_response r(401, "");
                r.field(
                    "WWW-Authenticate", "Bearer resource_metadata=\"" + std::string(address) + "\""
                );
                return result<http_response>(std::move(r));
            });
            auto found = discovered(challenged);
            BOOST_REQUIRE(found);
            BOOST_TEST(!asked_for_it(challenged));
            BOOST_TEST(challenged.events.size() == 1u);
            for (const auto& e : challenged.events)
                tells(e.text, address);

            // As authorization server.
            world named;
            add_provider(named);
            named.on(
                "GET",
                "https://mcp.example/.well-known/oauth-protected-resource/mcp",
                200,
                R"({"resource":"https://mcp.example/mcp","authorization_servers":[")"
                    + std::string(address) + R"("]})"
            );
            found = discovered(named);
            BOOST_REQUIRE(!found);
            BOOST_TEST(!asked_for_it(named));
            tells(text_of(found.error()), address);

            // As endpoints: an error where a login needs them, otherwise a note.
            for (const char* endpoint : {"authorize", "token", "register"})
            {
                world w;
                add_provider(w);
                std::string document(server_document);
                const std::string good = "https://as.example/" + std::string(endpoint);
                document.replace(document.find(good), good.size(), address);
                w.on(
                    "GET",
                    "https://as.example/.well-known/oauth-authorization-server",
                    200,
                    document
                );
                found = discovered(w);
                BOOST_TEST(!asked_for_it(w));
                if (std::string_view(endpoint) != "register")
                {
                    BOOST_REQUIRE(!found);
                    BOOST_TEST(found.error().code() == errc::endpoint_insecure);
                    tells(text_of(found.error()), address);
                    continue;
                }
                BOOST_REQUIRE(found);
                BOOST_TEST(found->server.registration_endpoint.empty());
                BOOST_TEST(found->notes.size() == 1u);
                for (const auto& note : found->notes)
                    tells(note, address);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_mistyped_path_is_not_taken_for_a_page_without_login)
{
    world w;
    add_provider(w);
    const char* const typed = "https://mcp.example/mpc";
    w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource", 200, resource_document);
    for (const int status : {404, 410, 500})
    {
        w.on("GET", typed, status, "");
        w.on("POST", typed, status, "");
        const auto r = discovered(w, typed);
        BOOST_REQUIRE(!r);
        BOOST_TEST(r.error().code() == errc::resource_mismatch);
        // Both addresses are named, so that the right one can be copied.
        BOOST_TEST(r.error().info().message().find("https://mcp.example/mcp") != std::string::npos);
        BOOST_TEST(r.error().info().message().find(typed) != std::string::npos);
    }
    // A page that is there and needs no login stays one, and the note names both as well.
    w.on("GET", typed, 200, "hello");
    const auto r = discovered(w, typed);
    BOOST_REQUIRE(r);
    BOOST_TEST((r->login == login_support::none));
    BOOST_REQUIRE(!r->notes.empty());
    BOOST_TEST(r->notes.front().find("https://mcp.example/mcp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_policy_that_is_used_is_noted_once_with_its_reason)
{
    world w;
    add_provider(w);
    auto settings = plain_settings();
    settings.providers.add(provider_policy("https://as.example").reason("It is a test."));
    settings.providers.add(provider_policy("https://other.example").reason("It is not asked."));
    auto r = w.run(detail::discover(discover_params("https://mcp.example/mcp"), settings));
    BOOST_REQUIRE(*r);
    BOOST_REQUIRE((*r)->provider);
    const auto& notes = (*r)->notes;
    const auto with = [&](const char* reason) {
        return std::count_if(notes.begin(), notes.end(), [&](const std::string& n) {
            return n.find(reason) != std::string::npos;
        });
    };
    BOOST_TEST(with("It is a test.") == 1);
    BOOST_TEST(with("It is not asked.") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
