// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Servers and policies of a hub that are other ones than when the user decided.

#include "hub_fixture.hpp"

#include <chrono>

BOOST_AUTO_TEST_SUITE(hub_changes)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* iss_claim = R"(,"authorization_response_iss_parameter_supported":true)";
constexpr const char* resource_metadata =
    "https://mcp.example/.well-known/oauth-protected-resource/mcp";

std::string replaced(std::string text, const std::string& what, const std::string& by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

// Until documents are asked for again; what a user has looked at is still there.
void let_documents_age(world& w)
{
    w.advance(std::chrono::minutes(10));
}

// The resource names this authorization server from now on.
void move_to(world& w, const std::string& host, const std::string& document = server_document)
{
    let_documents_age(w);
    w.on("GET", resource_metadata, 200, replaced(resource_document, "as.example", host));
    w.on(
        "GET",
        "https://" + host + "/.well-known/oauth-authorization-server",
        200,
        replaced(document, "as.example", host)
    );
    w.on("POST", "https://" + host + "/register", register_client);
    w.on("POST", "https://" + host + "/token", 200, token_document);
}

std::string of_nobody()
{
    return replaced(
        server_document, R"("registration_endpoint":"https://as.example/register",)", ""
    );
}

seen press_connect(hub_app& at, const std::string& id, form_fields form = {})
{
    return at.ask(asking::post("/integrations/" + id + "/connect", std::move(form)).as_json());
}

std::string issuer_of(hub_app& at, const std::string& id)
{
    return at.ask(asking::json("/integrations/" + id)).text("integration", "issuer");
}

seen use(hub_app& at, const std::string& id)
{
    return at.ask(asking::get("/use/" + id).field("X-CSRF-Token", at.csrf_of(at.anna)));
}

} // namespace

BOOST_AUTO_TEST_CASE(a_login_at_another_server_than_the_one_shown_is_decided_anew)
{
    for (const bool connected : {false, true})
    {
        hub_app at;
        const auto id = connected ? at.connect() : at.add();
        BOOST_TEST(issuer_of(at, id) == "https://as.example");
        move_to(at.w, "other.example");
        const auto r = press_connect(at, id);
        BOOST_TEST(r.error() == "authorization_server_changed");
        BOOST_TEST(r.status() == 403);
        BOOST_TEST(r.says("https://other.example"));
        BOOST_TEST(issuer_of(at, id) == "https://other.example");
        BOOST_TEST(at.status_of(id) == (connected ? "connected" : "added"));
        // The user has seen it.
        const auto left = at.leave(id);
        BOOST_TEST(left.host() == "other.example");
        const auto back =
            at.ask(hub_app::coming_back(left, "code=CANARY-code", "https://other.example"));
        BOOST_TEST(back.status() == 303);
        BOOST_TEST(issuer_of(at, id) == "https://other.example");
    }
}

BOOST_AUTO_TEST_CASE(on_the_page_the_other_server_is_shown_before_anybody_is_sent_there)
{
    hub_app at;
    const auto id = at.add();
    move_to(at.w, "other.example");
    const auto page = at.ask(asking::post("/integrations/" + id + "/connect"));
    BOOST_TEST(page.status() == 403);
    BOOST_TEST(page.says("role=\"alert\""));
    BOOST_TEST(page.says("other.example"));
    BOOST_TEST(page.field("Refresh") == "");
    BOOST_TEST(page.field("Set-Cookie") == "");
}

BOOST_AUTO_TEST_CASE(a_client_of_the_users_own_is_never_shown_to_another_server)
{
    for (const bool by_way_of_no_login : {false, true})
    {
        hub_app at;
        at.w.on(
            "GET", "https://as.example/.well-known/oauth-authorization-server", 200, of_nobody()
        );
        const auto id =
            at.add(resource_url, {{"client_id", "own"}, {"client_secret", "CANARY-own"}});
        BOOST_TEST(parameter_of(at.leave(id), "client_id") == "own");
        if (by_way_of_no_login)
        {
            // The first look is answered as by a server without a login, the second by another one.
            int looks = 0;
            const auto open = [](const http_request&) {
                return with_body(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
            };
            at.w.on("GET", resource_url, [&at, open, &looks](const http_request& r) {
                if (++looks == 1)
                    return open(r);
                move_to(at.w, "evil.example", of_nobody());
                at.w.on("POST", resource_url, challenge_401);
                return challenge_401(r);
            });
            at.w.on("POST", resource_url, open);
            for (const char* where :
                 {resource_metadata,
                  "https://mcp.example/.well-known/oauth-protected-resource",
                  "https://mcp.example/.well-known/oauth-authorization-server"})
                at.w.on("GET", where, 404, "");
            let_documents_age(at.w);
            BOOST_TEST(press_connect(at, id).status() != 200);
            BOOST_TEST(looks > 1);
        }
        move_to(at.w, "evil.example", of_nobody());
        for (const char* method : {"GET", "POST"})
            at.w.on(method, resource_url, challenge_401);
        for (int n = 0; n != 3; ++n)
        {
            const auto r = press_connect(at, id);
            BOOST_TEST(!r.says("client_id=own"));
            BOOST_TEST(r.status() != 200);
        }
        // It stays with the one that it is of, or goes.
        BOOST_TEST(
            issuer_of(at, id)
            == (by_way_of_no_login ? "https://evil.example" : "https://as.example")
        );
        BOOST_TEST(at.stored(id).client_id == (by_way_of_no_login ? "" : "own"));
        BOOST_TEST(at.stored(id).client_secret.empty() == by_way_of_no_login);
        for (const auto& r : at.w.requests)
        {
            if (r.target().host() == "evil.example")
                BOOST_TEST(r.authorization().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(permission_that_is_gone_is_noticed_before_anything_is_sent)
{
    hub_settings s("https://app.example/hub");
    bool resource = true;
    bool issuer = true;
    s.allow([&](const hub_user&, const url&, const std::string& of) {
        return of.empty() ? resource : issuer;
    });
    hub_app at{s};
    const auto id = at.add();
    at.w.requests.clear();
    resource = false;
    BOOST_TEST(press_connect(at, id).error() == "policy_refused");
    BOOST_TEST(at.w.requests.empty());
    resource = true;
    issuer = false;
    BOOST_TEST(press_connect(at, id).error() == "policy_refused");
    BOOST_TEST(at.w.requests.empty());
}

BOOST_AUTO_TEST_CASE(what_the_policy_does_not_have_any_more_is_used_no_more_and_can_be_left)
{
    hub_settings s("https://app.example/hub");
    std::string refused;
    s.allow([&](const hub_user&, const url& where, const std::string& issuer) {
        return refused.empty() || (where.host() != refused && issuer != refused);
    });
    for (const char* what : {"mcp.example", "https://as.example"})
    {
        refused.clear();
        hub_app at{s};
        at.resource([](const http_request&) { return with_body(200, "{}"); });
        const auto id = at.connect();
        BOOST_TEST(use(at, id).status() == 200);
        refused = what;
        at.w.requests.clear();
        const auto r = use(at, id);
        BOOST_TEST(r.status() == 403);
        BOOST_TEST(r.error() == "policy_refused");
        (void)at.w.run(detail::list_integration_tools(at.site, id, "anna", at.settings));
        BOOST_TEST(at.w.requests.empty());
        refused.clear();
        BOOST_TEST(use(at, id).status() == 200);
        refused = what;
        const auto left = at.ask(asking::post("/integrations/" + id + "/disconnect").as_json());
        BOOST_TEST(left.json().at("disconnected").as_bool());
        BOOST_TEST(at.count(record_kind::grant) == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_picture_stays_when_the_tools_were_listed)
{
    hub_app at;
    at.lists_tools = true;
    at.w.on("GET", "https://mcp.example/favicon.ico", [](const http_request&) {
        http_response r(200, std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08", 25));
        return result<http_response>(std::move(r));
    });
    at.resource([](const http_request& r) {
        const std::string body(r.body().reveal());
        if (body.find("\"tools/list\"") != std::string::npos)
            return with_body(200, R"({"jsonrpc":"2.0","id":3,"result":{"tools":[]}})");
        if (body.find("\"server/discover\"") != std::string::npos)
            return with_body(
                200, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})"
            );
        return with_body(
            200,
            R"({"jsonrpc":"2.0","id":2,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"x","version":"1"}}})"
        );
    });
    const auto id = at.connect();
    BOOST_TEST(at.stored(id).tools_note == "");
    const auto where = at.ask(asking::json("/integrations/" + id)).text("integration", "icon");
    BOOST_TEST(!where.empty());
    at.w.wall += std::chrono::hours(30);
    BOOST_TEST(at.ask(asking::get(where.substr(4))).status() == 200);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_the_address_gives_way_to_what_the_server_calls_itself)
{
    hub_app at;
    at.lists_tools = true;
    std::string title = "Files";
    at.resource([&](const http_request& r) { return answer_of_tools(r, title, ""); });
    const auto id = at.connect();
    const auto rename = [&](const std::string& name) {
        at.ask(asking::post("/integrations/" + id + "/rename", {{"name", name}}));
        at.ask(asking::post("/integrations/" + id + "/tools").as_json());
        return at.stored(id).name;
    };
    BOOST_TEST(rename("Mine") == "Mine");
    BOOST_TEST(rename("mcp.example") == "Files");
    // A server that does not call itself anything any more is known by what it did.
    title = "";
    BOOST_TEST(rename("mcp.example") == "Files");
}

BOOST_AUTO_TEST_CASE(documents_of_issuers_have_names_of_one_form_and_no_other)
{
    hub_app at;
    at.settings.client_metadata_url = "https://app.example/hub/client-metadata.json";
    const std::string tag = issuer_tag("https://as.example");
    const auto status = [&](const std::string& path) {
        return at.ask(asking::get(path), hub_user("")).status();
    };
    BOOST_TEST(status("/client-metadata.json") == 200);
    BOOST_TEST(status("/client-metadata/" + tag + ".json") == 200);
    for (const char other : {'/', '?', '.', '%'})
    {
        std::string bad = tag;
        bad[1] = other;
        BOOST_TEST(status("/client-metadata/" + bad + ".json") == 401, other);
    }
    BOOST_TEST(status("/client-metadata/" + tag + "a.json") == 401);
    BOOST_TEST(status("/client-metadata/" + tag.substr(1) + ".json") == 401);
    BOOST_TEST(status("/client-metadata-" + tag + ".json") == 401);
    BOOST_TEST(status("/client-metadata/" + tag) == 401);
}

// covers C-9700-3
BOOST_AUTO_TEST_CASE(servers_that_do_not_say_who_they_are_get_documents_and_places_of_their_own)
{
    hub_app at;
    at.settings.client_metadata_url = "https://app.example/hub/client-metadata.json";
    const std::string takes = R"("client_id_metadata_document_supported":true,"issuer")";
    const std::string document = replaced(of_nobody(), "\"issuer\"", takes);
    move_to(at.w, "one.example", document);
    const auto one = at.leave(at.add());
    BOOST_TEST(parameter_of(one, "client_id") == at.settings.client_metadata_url);
    BOOST_TEST(parameter_of(one, "redirect_uri") == "https://app.example/hub/callback");

    move_to(at.w, "two.example", replaced(document, iss_claim, ""));
    const auto two = at.leave(at.add());
    move_to(at.w, "three.example", replaced(document, iss_claim, ""));
    const auto three = at.leave(at.add());
    const auto client = parameter_of(two, "client_id");
    const auto uri = parameter_of(two, "redirect_uri");
    BOOST_TEST(client.starts_with("https://app.example/hub/client-metadata/"));
    BOOST_TEST(uri.starts_with("https://app.example/hub/callback/"));
    BOOST_TEST(client != parameter_of(three, "client_id"));
    BOOST_TEST(uri != parameter_of(three, "redirect_uri"));

    // Anybody gets the document, and it has this one place in it.
    const std::string path = client.substr(std::string("https://app.example/hub").size());
    const auto shown = at.ask(asking::get(path), hub_user(""));
    BOOST_TEST(shown.status() == 200);
    const auto told = shown.json();
    BOOST_TEST(told.at("client_id").as_string() == client);
    const auto& places = told.at("redirect_uris").as_array();
    BOOST_REQUIRE(places.size() == 1);
    BOOST_TEST(places[0].as_string() == uri);
    for (const char* wrong :
         {"/client-metadata/",
          "/client-metadata/x.json",
          "/client-metadata/0123456789/abcde.json",
          "/client-metadata/0123456789abcdef0.json",
          "/client-metadata",
          "/client-metadatax.json"})
        BOOST_TEST(at.ask(asking::get(wrong), hub_user("")).status() == 401, wrong);

    // The code of one does not arrive at the place of the other.
    const auto third = url::parse(parameter_of(three, "redirect_uri")).value();
    const auto mixed = at.ask(asking::get(
        std::string(third.path()).substr(4)
        + "?code=CANARY-code&state=" + form_encode(parameter_of(two, "state"))
    ));
    BOOST_TEST(mixed.status() != 303);
    BOOST_TEST(at.count(record_kind::grant) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
