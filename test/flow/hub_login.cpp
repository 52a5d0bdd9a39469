// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How integrations of a hub are added, logged in to, and left.

#include "hub_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_logins)

using namespace asioauth;
using namespace asioauth::test;

namespace {

seen look_up(hub_app& at, const std::string& address)
{
    return at.ask(asking::post("/integrations", {{"url", address}}).as_json());
}

seen press_connect(hub_app& at, const std::string& id, form_fields form = {})
{
    return at.ask(asking::post("/integrations/" + id + "/connect", std::move(form)).as_json());
}

bool asked(const hub_app& at, const std::string& part)
{
    for (const auto& r : at.w.requests)
    {
        if (r.target().str().find(part) != std::string::npos)
            return true;
    }
    return false;
}

void register_nobody(world& w)
{
    std::string document = server_document;
    const std::string claim = R"("registration_endpoint":"https://as.example/register",)";
    document.erase(document.find(claim), claim.size());
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_look_shows_who_it_is_and_sends_nobody_anywhere)
{
    hub_app at;
    std::string document = resource_document;
    document.insert(1, R"("resource_name":"Files of Example",)");
    at.w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 200, document);
    const auto added = at.ask(asking::post("/integrations", {{"url", " mcp.example/mcp\n"}}));
    BOOST_TEST(added.status() == 303);
    const auto where = added.field("Location");
    BOOST_TEST(where.starts_with("/hub/integrations/"));
    const auto page = at.ask(asking::get(where.substr(4)));
    BOOST_TEST(page.says("Files of Example"));
    BOOST_TEST(page.says("as.example"));
    BOOST_TEST(page.says("Read files"));
    BOOST_TEST(page.field("Set-Cookie") == "");
    BOOST_TEST(!asked(at, "/register"));
    BOOST_TEST(at.count(record_kind::pending_login) == 0);
    BOOST_TEST(at.count(record_kind::registration) == 0);
    const auto shown = at.ask(asking::json(where.substr(4)));
    BOOST_TEST(shown.text("integration", "status") == "added");
    BOOST_TEST(shown.text("integration", "callback_url") == "https://app.example/hub/callback");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_told_and_nothing_is_sent)
{
    hub_app at;
    const char* const wrong[] = {
        "",
        "   ",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ftp://mcp.example/",
        "http://mcp.example/mcp",
        "https://user:pass@mcp.example/",
        "https://mcp.example/#x",
        "https://mcp.example\\@evil.example/",
        "https://mcp.example/ x",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
    };
    for (const char* address : wrong)
    {
        const auto r = look_up(at, address);
        BOOST_TEST(r.status() == 400, address);
        BOOST_TEST(!r.error().empty());
        const auto page = at.ask(asking::post("/integrations", {{"url", address}}));
        BOOST_TEST(page.status() == 400);
        BOOST_TEST(page.says("role=\"alert\""));
    }
    BOOST_TEST(look_up(at, "https://mcp.example/" + std::string(20'000, 'x')).status() == 400);
    BOOST_TEST(at.w.requests.empty());
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_CASE(this_machine_is_not_reached_unless_the_program_says_so)
{
    hub_app at;
    for (const char* address :
         {"http://localhost:8080/mcp",
          "https://localhost/",
          "http://127.0.0.1/",
          "https://127.9.9.9/",
          "http://[::1]/",
          "https://x.localhost/",
          "https://LOCALHOST/"})
    {
        const auto r = look_up(at, address);
        BOOST_TEST(r.error() == "policy_refused", address);
    }
    BOOST_TEST(at.w.requests.empty());
    hub_app open{hub_settings("https://app.example/hub").allow_loopback(true)};
    for (const char* method : {"GET", "POST"})
        open.w.on(method, "http://localhost:8080/mcp", [](const http_request& r) {
            BOOST_TEST(r.policy().loopback_allowed());
            return with_body(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
        });
    BOOST_TEST(look_up(open, "http://localhost:8080/mcp").status() == 201);
}

// covers C-9728-12 C-MCP-15
BOOST_AUTO_TEST_CASE(no_request_for_a_remote_address_may_reach_inside)
{
    hub_app at;
    at.lists_tools = true;
    at.resource([](const http_request&) { return with_body(200, "{}"); });
    // What it names is reached by its rules and not by those of places on this machine.
    std::string document = resource_document;
    document.insert(1, R"("logo_uri":"http://127.0.0.1/logo.png",)");
    at.w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 200, document);
    const auto id = at.connect();
    auto use = asking::get("/use/" + id);
    at.ask(use.field("X-CSRF-Token", at.csrf_of(at.anna)));
    at.ask(asking::post("/integrations/" + id + "/disconnect"));
    BOOST_TEST(at.w.requests.size() > 8);
    for (const auto& r : at.w.requests)
    {
        BOOST_TEST(!r.policy().loopback_allowed(), r.target().str());
        BOOST_TEST(r.policy().private_networks().empty());
        BOOST_TEST(!r.target().host_is_loopback());
    }
}

BOOST_AUTO_TEST_CASE(networks_of_the_program_are_open_at_every_step)
{
    hub_app at{hub_settings("https://app.example/hub").allow_private_network("10.0.0.0/8")};
    at.resource([](const http_request&) { return with_body(200, "{}"); });
    const auto id = at.connect();
    auto use = asking::get("/use/" + id);
    BOOST_TEST(at.ask(use.field("X-CSRF-Token", at.csrf_of(at.anna))).status() == 200);
    for (const auto& r : at.w.requests)
        BOOST_TEST(r.policy().private_networks().size() == 1, r.target().str());
}

BOOST_AUTO_TEST_CASE(the_policy_is_asked_before_anything_is_sent_to_the_resource)
{
    std::vector<std::string> questions;
    hub_settings s("https://app.example/hub");
    s.allow([&](const hub_user& who, const url& where, const std::string& issuer) {
        questions.push_back(who.id() + " " + where.str() + " " + issuer);
        return false;
    });
    hub_app at{s};
    const auto r = look_up(at, resource_url);
    BOOST_TEST(r.error() == "policy_refused");
    BOOST_TEST(r.says("not allowed here"));
    BOOST_TEST(at.w.requests.empty());
    BOOST_REQUIRE(questions.size() == 1);
    BOOST_TEST(questions[0] == "anna https://mcp.example/mcp ");
}

BOOST_AUTO_TEST_CASE(an_authorization_server_that_is_not_allowed_is_not_even_asked)
{
    hub_settings s("https://app.example/hub");
    bool allowed = false;
    s.allow([&](const hub_user&, const url&, const std::string& issuer) {
        return issuer.empty() || allowed || issuer == "https://good.example";
    });
    hub_app at{s};
    BOOST_TEST(look_up(at, resource_url).error() == "policy_refused");
    BOOST_TEST(!asked(at, "as.example"));
    BOOST_TEST(at.integrations() == 0);
    // It may become another one between the look and the login.
    allowed = true;
    const auto id = at.add();
    allowed = false;
    at.w.requests.clear();
    BOOST_TEST(press_connect(at, id).error() == "policy_refused");
    BOOST_TEST(!asked(at, "as.example"));
    BOOST_TEST(at.count(record_kind::pending_login) == 0);
    BOOST_TEST(at.count(record_kind::registration) == 0);
}

BOOST_AUTO_TEST_CASE(an_authorization_server_that_no_document_names_needs_permission_too)
{
    hub_settings s("https://app.example/hub");
    bool allowed = false;
    s.allow([&](const hub_user&, const url&, const std::string& issuer) {
        return issuer.empty() || allowed;
    });
    hub_app at{s};
    for (const char* method : {"GET", "POST"})
        at.w.on(method, "https://old.example/mcp", 401, "");
    BOOST_TEST(look_up(at, "https://old.example/mcp").error() == "policy_refused");
    BOOST_TEST(at.integrations() == 0);
    // Permission that was there at the look is none for the login.
    allowed = true;
    const auto id = at.add("https://old.example/mcp");
    allowed = false;
    BOOST_TEST(press_connect(at, id).error() == "policy_refused");
    BOOST_TEST(at.count(record_kind::pending_login) == 0);
}

BOOST_AUTO_TEST_CASE(a_login_begins_and_ends_with_an_integration_that_is_connected)
{
    hub_app at;
    const auto id = at.add();
    const auto begun = press_connect(at, id, {{"popup", "1"}});
    const auto cookie = begun.field("Set-Cookie");
    BOOST_TEST(cookie.starts_with("__Host-asioauth="));
    for (const char* part :
         {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age=600"})
        BOOST_TEST(cookie.find(part) != std::string::npos, part);
    const auto left = at.leave(id, {{"popup", "1"}});
    BOOST_TEST(left.host() == "as.example");
    BOOST_TEST(parameter_of(left, "redirect_uri") == "https://app.example/hub/callback");
    BOOST_TEST(parameter_of(left, "code_challenge_method") == "S256");
    BOOST_TEST(parameter_of(left, "resource") == resource_url);
    const auto back = at.ask(hub_app::coming_back(left));
    BOOST_TEST(back.field("Location") == "/hub/integrations/" + id + "?popup=1");
    BOOST_TEST(back.answer.list_tools_of == id);
    BOOST_TEST(back.answer.changed);
    const auto popup = at.ask(asking::get("/integrations/" + id + "?popup=1"));
    BOOST_TEST(popup.says("data-login-done=\"" + id + "\""));
    BOOST_TEST(at.status_of(id) == "connected");
    BOOST_TEST(at.count(record_kind::grant) == 1);
}

BOOST_AUTO_TEST_CASE(the_page_on_the_way_leads_to_the_authorization_server_alone)
{
    hub_app at;
    const auto id = at.add();
    const auto page = at.ask(asking::post("/integrations/" + id + "/connect"));
    BOOST_TEST(page.status() == 200);
    BOOST_TEST(page.field("Refresh").starts_with("0;url=https://as.example/authorize?"));
    BOOST_TEST(page.says("href=\"https://as.example/authorize?"));
    BOOST_TEST(page.says("at <strong dir=\"ltr\">as.example</strong>"));
}

// covers C-9700-2 C-9700-4 C-21-5
BOOST_AUTO_TEST_CASE(a_callback_of_another_user_browser_or_server_ends_nothing_and_spoils_nothing)
{
    hub_app at;
    const auto id = at.add();
    const auto left = at.leave(id);
    const auto mine = at.cookie_jar;
    const auto code = [&](const asking& a, const hub_user& by) {
        auto as_json = a;
        return at.ask(as_json.as_json(), by).error();
    };
    const auto good = hub_app::coming_back(left);
    BOOST_TEST(code(good, at.berta) == "login_user_mismatch");
    at.cookie_jar.clear();
    BOOST_TEST(code(good, at.anna) == "browser_mismatch");
    at.cookie_jar["__Host-asioauth"] = std::string(43, 'A');
    BOOST_TEST(code(good, at.anna) == "browser_mismatch");
    at.cookie_jar = mine;
    BOOST_TEST(
        code(hub_app::coming_back(left, "code=evil", "https://evil.example"), at.anna)
        == "issuer_parameter_mismatch"
    );
    BOOST_TEST(code(asking::get("/callback?code=x&state=guess"), at.anna) == "login_not_pending");
    BOOST_TEST(code(asking::get("/callback?code=x"), at.anna) == "state_missing");
    BOOST_TEST(code(asking::get("/callback"), at.anna) == "state_missing");
    BOOST_TEST(
        code(hub_app::coming_back(left, "code=CANARY-code&code=evil"), at.anna)
        == "callback_parameter_duplicated"
    );
    BOOST_TEST(at.grants.empty());
    BOOST_TEST(at.status_of(id) == "added");
    BOOST_TEST(at.ask(good).status() == 303);
    // Once.
    BOOST_TEST(code(good, at.anna) == "login_not_pending");
    BOOST_TEST(at.grants.size() == 1);
    BOOST_TEST(at.status_of(id) == "connected");
}

BOOST_AUTO_TEST_CASE(a_login_of_another_name_of_the_same_beginning_is_somebody_elses)
{
    hub_app at;
    const auto id = at.add();
    const auto left = at.leave(id);
    for (const char* name : {"ann", "anna#", "anna#x", ""})
        BOOST_TEST(at.ask(hub_app::coming_back(left), hub_user(name)).status() != 303, name);
    BOOST_TEST(at.grants.empty());
    BOOST_TEST(detail::is_of_user("anna#" + id, "anna"));
    BOOST_TEST(!detail::is_of_user("anna#" + id, "ann"));
    BOOST_TEST(!detail::is_of_user("anna#" + id + "0", "anna"));
    BOOST_TEST(!detail::is_of_user("anna", "anna"));
    // "a" with the rest as an identifier, against "a#..." as a name
    BOOST_TEST(!detail::is_of_user("a#" + id + "#" + id, "a"));
    BOOST_TEST(detail::is_of_user("a#" + id + "#" + id, "a#" + id));
}

BOOST_AUTO_TEST_CASE(what_the_user_denies_stays_as_it_was)
{
    hub_app at;
    const auto id = at.add();
    const auto no = at.ask(
        hub_app::coming_back(at.leave(id), "error=access_denied&error_description=%3Cscript%3E")
    );
    BOOST_TEST(no.status() == 403);
    BOOST_TEST(!no.says("<script>"));
    BOOST_TEST(at.status_of(id) == "added");
    BOOST_TEST(at.grants.empty());
}

BOOST_AUTO_TEST_CASE(
    a_login_at_a_server_that_does_not_name_itself_comes_back_to_an_address_of_its_own
)
{
    hub_app at;
    std::string document = server_document;
    const std::string claim = R"(,"authorization_response_iss_parameter_supported":true)";
    document.erase(document.find(claim), claim.size());
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    const auto id = at.connect();
    BOOST_TEST(at.status_of(id) == "connected");
    const auto left = at.leave(id);
    BOOST_TEST(
        parameter_of(left, "redirect_uri")
        == "https://app.example/hub/callback/" + detail::issuer_tag("https://as.example")
    );
}

// A login that nobody could ever use or end must not stay.
BOOST_AUTO_TEST_CASE(a_login_of_what_was_disconnected_meanwhile_is_revoked)
{
    hub_app at;
    std::string document = server_document;
    document.insert(1, R"("revocation_endpoint":"https://as.example/revoke",)");
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    int revoked = 0;
    at.w.on("POST", "https://as.example/revoke", [&](const http_request& r) {
        revoked += r.body().reveal().find("CANARY") != std::string_view::npos ? 1 : 0;
        return with_body(200, "");
    });
    const auto id = at.add();
    const auto left = at.leave(id);
    at.ask(asking::post("/integrations/" + id + "/disconnect"));
    const auto back = at.ask(hub_app::coming_back(left));
    BOOST_TEST(back.status() == 404);
    BOOST_TEST(revoked == 2);
    BOOST_TEST(at.count(record_kind::grant) == 0);
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_CASE(a_disconnection_revokes_and_forgets_on_every_node)
{
    hub_app at;
    std::string document = server_document;
    document.insert(1, R"("revocation_endpoint":"https://as.example/revoke",)");
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    std::vector<std::string> revoked;
    at.w.on("POST", "https://as.example/revoke", [&](const http_request& r) {
        revoked.emplace_back(r.body().reveal());
        return with_body(200, "");
    });
    at.resource([](const http_request&) { return with_body(200, "{}"); });
    const auto id = at.connect();
    hub_app other;
    other.resource([](const http_request&) { return with_body(200, "{}"); });
    other.w.records = at.w.records;
    const auto use = [&](hub_app& node) {
        return node.ask(asking::get("/use/" + id).field("X-CSRF-Token", node.csrf_of(node.anna)))
            .status();
    };
    BOOST_TEST(use(at) == 200);
    BOOST_TEST(use(other) == 200);
    const auto gone = at.ask(asking::post("/integrations/" + id + "/disconnect").as_json());
    BOOST_TEST(gone.json().at("disconnected").as_bool());
    BOOST_TEST(gone.json().at("revoked").as_bool());
    BOOST_TEST(gone.answer.changed);
    BOOST_REQUIRE(revoked.size() == 2);
    BOOST_TEST(revoked[0].find("token=CANARY-refresh") != std::string::npos);
    BOOST_TEST(at.count(record_kind::grant) == 0);
    BOOST_TEST(at.integrations() == 0);
    other.w.records = at.w.records;
    BOOST_TEST(use(at) == 404);
    BOOST_TEST(use(other) == 404);
    // What has no answer any more is no failure.
    BOOST_TEST(at.ask(asking::post("/integrations/" + id + "/disconnect")).status() == 404);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_revoked_is_forgotten_all_the_same_and_says_so)
{
    hub_app at;
    std::string document = server_document;
    document.insert(1, R"("revocation_endpoint":"https://as.example/revoke",)");
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    at.w.on("POST", "https://as.example/revoke", 503, "{}");
    const auto id = at.connect();
    asking del("DELETE", "/integrations/" + id);
    del.as_json().field("X-CSRF-Token", at.csrf_of(at.anna));
    const auto gone = at.ask(del);
    BOOST_TEST(gone.status() == 200);
    BOOST_TEST(!gone.json().at("revoked").as_bool());
    BOOST_TEST(at.count(record_kind::grant) == 0);
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_CASE(several_accounts_at_one_server_are_several_integrations)
{
    hub_app at;
    std::string used;
    at.resource([&](const http_request& r) {
        used = r.authorization().reveal();
        return with_body(200, "{}");
    });
    const auto first = at.connect();
    const auto second = at.connect();
    BOOST_TEST(first != second);
    BOOST_TEST(at.count(record_kind::grant) == 2);
    BOOST_TEST(at.stored(first).name != at.stored(second).name);
    const auto token = at.csrf_of(at.anna);
    at.ask(asking::get("/use/" + first).field("X-CSRF-Token", token));
    BOOST_TEST(used == "Bearer CANARY-1");
    at.ask(asking::get("/use/" + second).field("X-CSRF-Token", token));
    BOOST_TEST(used == "Bearer CANARY-2");
    at.ask(asking::post("/integrations/" + first + "/disconnect"));
    BOOST_TEST(at.status_of(second) == "connected");
    BOOST_TEST(at.count(record_kind::grant) == 1);
}

BOOST_AUTO_TEST_CASE(a_server_without_a_login_is_connected_at_once)
{
    hub_app at;
    add_open_server(at.w);
    const auto id = at.add("https://open.example/mcp");
    const auto shown = at.ask(asking::json("/integrations/" + id));
    BOOST_TEST(!shown.json().at("integration").at("needs_login").as_bool());
    const auto r = press_connect(at, id);
    BOOST_TEST(r.status() == 200);
    BOOST_TEST(r.text("integration", "status") == "connected");
    BOOST_TEST(r.field("Set-Cookie") == "");
    BOOST_TEST(at.count(record_kind::grant) == 0);
    const auto gone = at.ask(asking::post("/integrations/" + id + "/disconnect").as_json());
    BOOST_TEST(gone.json().at("disconnected").as_bool());
}

BOOST_AUTO_TEST_CASE(a_server_that_begins_to_need_a_login_gets_one)
{
    hub_app at;
    add_open_server(at.w);
    const auto id = at.add("https://open.example/mcp");
    // Before it was connected.
    for (const char* method : {"GET", "POST"})
        at.w.on(method, "https://open.example/mcp", [](const http_request& r) {
            return r.authorization().empty() ? with_body(401, "") : with_body(200, "{}");
        });
    at.w.on("POST", "https://open.example/token", 200, token_document);
    at.w.on("POST", "https://open.example/register", register_client);
    BOOST_TEST(press_connect(at, id).error() == "login_required");
    BOOST_TEST(
        at.ask(asking::json("/integrations/" + id)).text("integration", "issuer")
        == "https://open.example"
    );
    const auto left = at.leave(id);
    BOOST_TEST(left.host() == "open.example");
    BOOST_TEST(
        at.ask(hub_app::coming_back(left, "code=CANARY-code", "https://open.example")).status()
        == 303
    );
    BOOST_TEST(at.status_of(id) == "connected");
    // And it may need none again: what was granted is not left behind.
    BOOST_TEST(at.count(record_kind::grant) == 1);
    add_open_server(at.w);
    BOOST_TEST(press_connect(at, id).text("integration", "status") == "connected");
    BOOST_TEST(at.count(record_kind::grant) == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_registers_nobody_gets_the_client_that_the_user_brings)
{
    hub_app at;
    register_nobody(at.w);
    const auto id = at.add();
    BOOST_TEST(at.ask(asking::json("/integrations/" + id))
                   .json()
                   .at("integration")
                   .at("needs_client")
                   .as_bool());
    BOOST_TEST(at.ask(asking::get("/integrations/" + id)).says("name=\"client_id\""));
    BOOST_TEST(press_connect(at, id).error() == "client_information_required");
    BOOST_TEST(at.status_of(id) == "added");
    const auto left =
        at.leave(id, {{"client_id", "wrong-client"}, {"client_secret", "CANARY-wrong"}});
    BOOST_TEST(parameter_of(left, "client_id") == "wrong-client");
    BOOST_TEST(parameter_of(left, "redirect_uri") == "https://app.example/hub/callback");
    at.token_status = 401;
    at.token_body = R"({"error":"invalid_client"})";
    const auto no = at.ask(hub_app::coming_back(left).as_json());
    BOOST_TEST(no.error() == "invalid_client");
    BOOST_TEST(at.status_of(id) == "added");
    // On the page it can be corrected; its secret is not told to anybody.
    const auto page = at.ask(asking::get("/integrations/" + id));
    BOOST_TEST(page.says("value=\"wrong-client\""));
    BOOST_TEST(!page.says("CANARY"));
    at.token_status = 200;
    at.token_body.clear();
    const auto again =
        at.leave(id, {{"client_id", "own-client"}, {"client_secret", "CANARY-secret"}});
    BOOST_TEST(parameter_of(again, "client_id") == "own-client");
    BOOST_TEST(at.ask(hub_app::coming_back(again)).status() == 303);
    BOOST_TEST(at.status_of(id) == "connected");
    const auto credentials = at.token_requests.back().authorization().reveal();
    BOOST_TEST(credentials.starts_with("Basic "));
    // Also when nobody is there: with a refresh.
    at.resource([](const http_request& r) {
        return with_body(r.authorization().reveal() == "Bearer CANARY-2" ? 200 : 401, "{}");
    });
    at.issued = 1;
    auto use = asking::get("/use/" + id);
    BOOST_TEST(at.ask(use.field("X-CSRF-Token", at.csrf_of(at.anna))).status() == 200);
    BOOST_TEST(at.grants.back() == "refresh_token");
    BOOST_TEST(at.token_requests.back().authorization().reveal() == credentials);
    // A page shows neither; the identifier is what the user has typed.
    BOOST_TEST(!at.ask(asking::get("/integrations/" + id)).says("CANARY"));
}

BOOST_AUTO_TEST_CASE(a_client_of_the_users_own_is_kept_changed_and_given_up_as_they_say)
{
    hub_app at;
    const auto id = at.add(resource_url, {{"client_id", "own"}, {"client_secret", "CANARY-own"}});
    const auto credentials = [&](const std::vector<std::pair<std::string, std::string>>& fields) {
        BOOST_TEST(at.ask(hub_app::coming_back(at.leave(id, fields))).status() == 303);
        return std::string(at.token_requests.back().authorization().reveal());
    };
    const auto own = credentials({});
    BOOST_TEST(own.starts_with("Basic "));
    // The field for the secret is always empty when the page is shown.
    BOOST_TEST(credentials({{"client_id", "own"}, {"client_secret", ""}}) == own);
    BOOST_TEST(credentials({{"client_id", "own"}, {"client_secret", "CANARY-new"}}) != own);
    // The secret of one client is not sent for another.
    BOOST_TEST(credentials({{"client_id", "other"}, {"client_secret", ""}}).empty());
    const auto left = at.leave(id, {{"client_id", ""}, {"client_secret", "CANARY-left"}});
    BOOST_TEST(parameter_of(left, "client_id") != "other");
    BOOST_TEST(!parameter_of(left, "client_id").empty());
}

BOOST_AUTO_TEST_CASE(a_client_of_one_user_is_nobody_elses)
{
    hub_app at;
    register_nobody(at.w);
    at.connect(resource_url, {{"client_id", "own-client"}, {"client_secret", "CANARY-secret"}});
    const auto other = at.add(resource_url, {}, &at.berta);
    const auto r = at.ask(asking::post("/integrations/" + other + "/connect").as_json(), at.berta);
    BOOST_TEST(r.error() == "client_information_required");
    BOOST_TEST(at.count(record_kind::registration) == 0);
}

BOOST_AUTO_TEST_CASE(scopes_of_the_users_own_are_asked_for)
{
    hub_app at;
    const auto id = at.add(resource_url, {{"scope", "files:write"}});
    BOOST_TEST(parameter_of(at.leave(id), "scope") == "files:write");
    BOOST_TEST(
        parameter_of(at.leave(id, {{"scope", "files:read files:x"}}), "scope")
        == "files:read files:x"
    );
    for (const char* wrong : {"a\nb", "a\"b", "\xc3\xa4"})
    {
        BOOST_TEST(
            at.ask(
                  asking::post("/integrations", {{"url", resource_url}, {"scope", wrong}}).as_json()
            )
                    .status()
                == 400,
            wrong
        );
        BOOST_TEST(press_connect(at, id, {{"scope", wrong}}).status() == 400);
    }
    BOOST_TEST(parameter_of(at.leave(id), "scope") == "files:read files:x");
}

BOOST_AUTO_TEST_CASE(what_was_looked_at_and_left_is_soon_gone)
{
    hub_app at;
    const auto id = at.add();
    at.w.wall += std::chrono::minutes(59);
    BOOST_TEST(at.status_of(id) == "added");
    // A change does not make it last longer.
    (void)press_connect(at, id, {{"scope", "files:write"}});
    at.w.wall += std::chrono::minutes(2);
    BOOST_TEST(at.ask(asking::json("/integrations/" + id)).status() == 404);
    const auto kept = at.connect();
    at.w.wall += std::chrono::hours(24 * 365 * 5);
    BOOST_TEST(at.ask(asking::json("/integrations/" + kept)).status() == 200);
}

BOOST_AUTO_TEST_CASE(a_user_cannot_have_more_than_the_most)
{
    hub_app at{hub_settings("https://app.example/hub").most_integrations(2)};
    const auto draft = at.add();
    at.connect();
    at.connect();
    const auto full = look_up(at, resource_url);
    BOOST_TEST(full.status() == 400);
    BOOST_TEST(full.says("as many integrations as are allowed"));
    // Nor by way of what was looked at before.
    BOOST_TEST(press_connect(at, draft).says("as many integrations as are allowed"));
    BOOST_TEST(at.status_of(draft) == "added");
    // Other users have their own.
    at.add(resource_url, {}, &at.berta);
}

BOOST_AUTO_TEST_CASE(looks_of_a_user_do_not_fill_the_store)
{
    hub_app at;
    int pictures = 0;
    at.w.on("GET", "https://mcp.example/favicon.ico", [&](const http_request&) {
        http_response r(
            200,
            std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08", 25)
                + std::to_string(++pictures)
        );
        r.field("Content-Type", "image/png");
        return result<http_response>(std::move(r));
    });
    const auto kept = at.connect();
    std::string last;
    for (int n = 0; n != 60; ++n)
    {
        at.w.wall += std::chrono::seconds(1);
        last = at.add();
    }
    BOOST_TEST(pictures == 61);
    BOOST_TEST(at.integrations() <= 1 + 20);
    BOOST_TEST(at.count(record_kind::integration) <= 2 * (1 + 20) + 1);
    // The newest are those that stay.
    BOOST_TEST(at.status_of(last) == "added");
    BOOST_TEST(at.status_of(kept) == "connected");
}

BOOST_AUTO_TEST_CASE(a_picture_is_served_from_here_to_its_user_and_goes_with_its_integration)
{
    hub_app at;
    const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08", 25);
    at.w.on("GET", "https://mcp.example/favicon.ico", [&](const http_request&) {
        http_response r(200, png);
        r.field("Content-Type", "text/html"); // what it says does not count
        return result<http_response>(std::move(r));
    });
    const auto id = at.connect();
    const auto where = at.ask(asking::json("/integrations/" + id)).text("integration", "icon");
    BOOST_REQUIRE(where.starts_with("/hub/icons/"));
    BOOST_TEST(at.ask(asking::get("/integrations/" + id)).says("src=\"" + where + "\""));
    const auto icon = at.ask(asking::get(where.substr(4)));
    BOOST_TEST(icon.status() == 200);
    BOOST_TEST(icon.body() == png);
    BOOST_TEST(icon.field("Content-Type") == "image/png");
    BOOST_TEST(icon.field("X-Content-Type-Options") == "nosniff");
    BOOST_TEST(icon.field("Content-Security-Policy") == "default-src 'none'; sandbox");
    BOOST_TEST(icon.field("Cache-Control").find("private") == 0);
    BOOST_TEST(at.ask(asking::get(where.substr(4)), at.berta).status() == 404);
    BOOST_TEST(at.ask(asking::get(where.substr(4) + "x")).status() == 404);
    // As long as what it shows.
    at.w.wall += std::chrono::hours(24 * 365 * 5);
    BOOST_TEST(at.ask(asking::get(where.substr(4))).status() == 200);
    at.ask(asking::post("/integrations/" + id + "/disconnect"));
    BOOST_TEST(at.ask(asking::get(where.substr(4))).status() == 404);
    BOOST_TEST(at.count(record_kind::integration) == 1); // the key of the forms
}

BOOST_AUTO_TEST_CASE(a_login_that_cannot_be_renewed_shows_its_end)
{
    hub_app at;
    at.token_body = R"({"access_token":"CANARY-only","token_type":"Bearer","expires_in":3600})";
    const auto id = at.connect();
    BOOST_TEST(at.status_of(id) == "connected");
    at.w.advance(std::chrono::minutes(51));
    BOOST_TEST(at.status_of(id) == "expiring");
    at.w.advance(std::chrono::minutes(10));
    BOOST_TEST(at.status_of(id) == "login_required");
}

BOOST_AUTO_TEST_CASE(a_reconnection_replaces_the_login_and_keeps_the_rest)
{
    hub_app at;
    std::string used;
    at.resource([&](const http_request& r) {
        used = r.authorization().reveal();
        return with_body(200, "{}");
    });
    const auto id = at.connect();
    const auto token = at.csrf_of(at.anna);
    at.ask(asking::post("/integrations/" + id + "/rename", {{"name", "Mine"}}));
    at.ask(asking::get("/use/" + id).field("X-CSRF-Token", token));
    BOOST_TEST(used == "Bearer CANARY-1");
    at.w.advance(std::chrono::seconds(5));
    const auto left = at.leave(id);
    BOOST_TEST(at.status_of(id) == "connected"); // until the other one is there
    BOOST_TEST(at.ask(hub_app::coming_back(left)).status() == 303);
    at.ask(asking::get("/use/" + id).field("X-CSRF-Token", token));
    BOOST_TEST(used == "Bearer CANARY-2");
    BOOST_TEST(at.stored(id).name == "Mine");
    BOOST_TEST(at.count(record_kind::grant) == 1);
}

BOOST_AUTO_TEST_CASE(
    a_login_that_cannot_begin_is_told_and_kept_as_the_problem_of_what_had_one_already
)
{
    hub_app at;
    const auto id = at.connect();
    at.w.on("GET", "https://mcp.example/mcp", [](const http_request&) {
        return result<http_response>(failure(errc::connect_failed));
    });
    at.w.on("POST", "https://mcp.example/mcp", [](const http_request&) {
        return result<http_response>(failure(errc::connect_failed));
    });
    const auto r = press_connect(at, id);
    BOOST_TEST(r.status() == 502);
    BOOST_TEST(r.error() == "connect_failed");
    // What works is not broken by a login that did not begin.
    BOOST_TEST(at.status_of(id) == "connected");
    const auto page = at.ask(asking::post("/integrations/" + id + "/connect"));
    BOOST_TEST(page.status() == 502);
    BOOST_TEST(page.says("No connection to the server could be made"));
}

BOOST_AUTO_TEST_CASE(what_two_nodes_change_at_once_is_both_there)
{
    hub_app at;
    const auto id = at.connect();
    bool done = false;
    at.w.others = [&](const action& a) {
        const auto* c = std::get_if<act::commit>(&a);
        if (!c || c->key != detail::integration_key(id) || std::exchange(done, true))
            return;
        auto theirs = at.stored(id);
        theirs.needed_by = "theirs";
        auto& r = at.w.records[c->key];
        r.value = detail::make_record(theirs);
        ++r.at;
    };
    BOOST_TEST(
        at.ask(asking::post("/integrations/" + id + "/rename", {{"name", "Mine"}})).status() == 303
    );
    BOOST_TEST(at.stored(id).name == "Mine");
    BOOST_TEST(at.stored(id).needed_by == "theirs");
}

BOOST_AUTO_TEST_CASE(a_server_without_a_login_that_is_disconnected_meanwhile_is_not_connected)
{
    hub_app at;
    add_open_server(at.w);
    const auto id = at.add("https://open.example/mcp");
    at.w.others = [&](const action& a) {
        const auto* c = std::get_if<act::commit>(&a);
        if (c && c->key == detail::integration_key(id))
            at.w.records.erase(c->key);
    };
    BOOST_TEST(press_connect(at, id).status() == 404);
    at.w.others = nullptr;
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_CASE(what_another_node_disconnects_does_not_come_back)
{
    hub_app at;
    const auto id = at.connect();
    at.w.others = [&](const action& a) {
        const auto* c = std::get_if<act::commit>(&a);
        if (c && c->key == detail::integration_key(id))
            at.w.records.erase(c->key);
    };
    auto rename = asking::post("/integrations/" + id + "/rename", {{"name", "Mine"}});
    BOOST_TEST(at.ask(rename.as_json()).status() == 404);
    at.w.others = nullptr;
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
