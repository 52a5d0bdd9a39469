// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a hub keeps of what has failed, and what it makes of records that are not as it left them.

#include "hub_fixture.hpp"

#include <chrono>
#include <functional>

BOOST_AUTO_TEST_SUITE(hub_problems)

using namespace asioauth;
using namespace asioauth::test;
using detail::integration_state;

namespace {

constexpr const char* open_url = "https://open.example/mcp";

seen press_connect(hub_app& at, const std::string& id, form_fields form = {})
{
    return at.ask(asking::post("/integrations/" + id + "/connect", std::move(form)).as_json());
}

seen press_on_page(hub_app& at, const std::string& id)
{
    return at.ask(asking::post("/integrations/" + id + "/connect"));
}

void lose_connections(hub_app& at, const std::string& where)
{
    for (const char* method : {"GET", "POST"})
        at.w.on(method, where, [](const http_request&) {
            return result<http_response>(failure(errc::connect_failed));
        });
}

// As another node, or another version, would have written it.
void rewrite(
    hub_app& at, const std::string& id, const std::function<void(detail::integration&)>& change
)
{
    auto i = at.stored(id);
    change(i);
    auto& r = at.w.records[detail::integration_key(id)];
    r.value = detail::make_record(i);
    ++r.at;
}

seen use(hub_app& at, const std::string& id)
{
    return at.ask(asking::get("/use/" + id).field("X-CSRF-Token", at.csrf_of(at.anna)));
}

// A server of tools with this title.
void add_tools(hub_app& at, const std::string& title)
{
    at.resource([title](const http_request& r) {
        return answer_of_tools(r, title, R"({"name":"a"})");
    });
}

} // namespace

BOOST_AUTO_TEST_CASE(a_login_that_cannot_begin_is_the_problem_of_what_did_not_work_any_more)
{
    hub_app at;
    const auto id = at.connect();
    rewrite(at, id, [](auto& i) { i.state = integration_state::login_required; });
    lose_connections(at, resource_url);
    const auto r = press_connect(at, id);
    BOOST_TEST(r.status() == 502);
    BOOST_TEST(r.error() == "connect_failed");
    auto kept = at.stored(id);
    BOOST_TEST((kept.state == integration_state::failed));
    BOOST_TEST(kept.problem.code == "connect_failed");
    // The page says it once: as what is wrong with the integration.
    const auto page = press_on_page(at, id);
    BOOST_TEST(page.status() == 502);
    BOOST_TEST(page.says("Something went wrong"));
    BOOST_TEST(page.says("No connection to the server could be made"));
    BOOST_TEST(!page.says("id=\"notice\""));

    at.resource([](const http_request&) { return with_body(200, "{}"); });
    for (const char* method : {"GET", "POST"})
        at.w.on(method, resource_url, challenge_401);
    at.w.advance(std::chrono::seconds(5));
    BOOST_TEST(at.ask(hub_app::coming_back(at.leave(id))).status() == 303);
    kept = at.stored(id);
    BOOST_TEST((kept.state == integration_state::connected));
    BOOST_TEST(kept.problem.empty());
}

BOOST_AUTO_TEST_CASE(a_server_without_a_login_that_cannot_be_reached_again_has_a_problem)
{
    hub_app at;
    add_open_server(at.w);
    const auto id = at.add(open_url);
    BOOST_TEST(press_connect(at, id).text("integration", "status") == "connected");
    lose_connections(at, open_url);
    at.w.advance(std::chrono::minutes(10)); // what was found is not remembered
    BOOST_TEST(press_connect(at, id).error() == "connect_failed");
    BOOST_TEST(at.status_of(id) == "failed");
    BOOST_TEST(at.stored(id).problem.code == "connect_failed");
    const auto page = press_on_page(at, id);
    BOOST_TEST(page.status() == 502);
    BOOST_TEST(page.says("Something went wrong"));
    BOOST_TEST(!page.says("id=\"notice\""));
    // A draft has none: its page says what went wrong, and stays what it was.
    add_open_server(at.w);
    const auto draft = at.add(open_url);
    lose_connections(at, open_url);
    at.w.advance(std::chrono::minutes(10));
    BOOST_TEST(press_on_page(at, draft).says("id=\"notice\""));
    BOOST_TEST(at.status_of(draft) == "added");
    BOOST_TEST(at.stored(draft).problem.empty());

    add_open_server(at.w);
    BOOST_TEST(press_connect(at, id).text("integration", "status") == "connected");
    BOOST_TEST(at.stored(id).problem.empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_was_connected_and_needs_a_login_now_says_so)
{
    hub_app at;
    add_open_server(at.w);
    const auto id = at.add(open_url);
    BOOST_TEST(press_connect(at, id).text("integration", "status") == "connected");
    for (const char* method : {"GET", "POST"})
        at.w.on(method, open_url, [](const http_request& r) {
            return r.authorization().empty() ? with_body(401, "") : with_body(200, "{}");
        });
    at.w.on("POST", "https://open.example/token", 200, token_document);
    at.w.on("POST", "https://open.example/register", register_client);
    at.w.advance(std::chrono::minutes(10));
    BOOST_TEST(press_connect(at, id).error() == "login_required");
    const auto kept = at.stored(id);
    BOOST_TEST((kept.state == integration_state::failed));
    BOOST_TEST(kept.needs_login);
    BOOST_TEST(kept.issuer == "https://open.example");
    const auto left = at.leave(id);
    BOOST_TEST(left.host() == "open.example");
    const auto back =
        at.ask(hub_app::coming_back(left, "code=CANARY-code", "https://open.example"));
    BOOST_TEST(back.status() == 303);
    BOOST_TEST(at.status_of(id) == "connected");
}

BOOST_AUTO_TEST_CASE(a_record_whose_document_is_somebody_elses_is_nobodys)
{
    hub_app at;
    at.resource([](const http_request&) { return with_body(200, "{}"); });
    const auto id = at.connect();
    BOOST_TEST(use(at, id).status() == 200);
    auto& r = at.w.records[detail::integration_key(id)];
    auto hers = at.stored(id);
    hers.user = "berta";
    r.value.document = detail::make_record(hers).document;
    for (const auto* by : {&at.anna, &at.berta})
    {
        BOOST_TEST(at.ask(asking::json("/integrations/" + id), *by).status() == 404);
        BOOST_TEST(!at.ask(asking::json("/integrations"), *by).says(id));
        const auto gone = asking::post("/integrations/" + id + "/disconnect").as_json();
        BOOST_TEST(at.ask(gone, *by).status() == 404);
    }
    BOOST_TEST(use(at, id).status() != 200);
    // Nor is one that cannot be read.
    r.value.document = secret("{}");
    BOOST_TEST(at.ask(asking::json("/integrations/" + id)).status() == 404);
    BOOST_TEST(at.ask(asking::get("/")).status() == 200);
}

BOOST_AUTO_TEST_CASE(a_client_of_the_users_own_comes_before_the_one_of_the_site)
{
    hub_app at;
    at.settings.pre_registered.emplace_back("https://other.example", "of-another-server");
    at.settings.pre_registered.emplace_back("https://as.example", "of-the-site");
    const auto without = at.add();
    BOOST_TEST(parameter_of(at.leave(without), "client_id") == "of-the-site");
    BOOST_TEST(!at.stored(without).needs_client);
    const auto with = at.add(resource_url, {{"client_id", "own"}, {"client_secret", "CANARY-own"}});
    BOOST_TEST(parameter_of(at.leave(with), "client_id") == "own");
    BOOST_TEST(at.ask(hub_app::coming_back(at.leave(with))).status() == 303);
    BOOST_TEST(at.token_requests.back().authorization().reveal().starts_with("Basic "));
    // The other one has not learned of it.
    BOOST_TEST(parameter_of(at.leave(without), "client_id") == "of-the-site");
}

BOOST_AUTO_TEST_CASE(a_name_follows_the_title_until_its_user_has_chosen_one)
{
    hub_app at;
    const auto id = at.connect();
    BOOST_TEST(at.stored(id).name == "mcp.example");
    const auto list_tools = [&](const std::string& title) {
        at.w.advance(std::chrono::minutes(10));
        add_tools(at, title);
        const auto r = at.ask(asking::post("/integrations/" + id + "/tools").as_json());
        BOOST_TEST(r.status() == 200, r.body());
        return r.text("integration", "name");
    };
    BOOST_TEST(list_tools("Files") == "Files");
    BOOST_TEST(list_tools("Folders") == "Folders");
    at.ask(asking::post("/integrations/" + id + "/rename", {{"name", "Mine"}}));
    BOOST_TEST(list_tools("Files") == "Mine");
    BOOST_TEST(at.stored(id).title == "Files");
    // Who goes back to what the server calls itself is told of its next name again.
    at.ask(asking::post("/integrations/" + id + "/rename", {{"name", "Files"}}));
    BOOST_TEST(list_tools("Folders") == "Folders");
    // A server without a title leaves a name.
    BOOST_TEST(list_tools("") == "Folders");
}

BOOST_AUTO_TEST_CASE(the_last_page_in_a_window_of_its_own_is_for_what_is_connected)
{
    hub_app at;
    const auto id = at.add();
    const auto shown = [&](const std::string& query) {
        return at.ask(asking::get("/integrations/" + id + query)).says("data-login-done");
    };
    BOOST_TEST(!shown("?popup=1")); // not yet
    const auto back = at.ask(hub_app::coming_back(at.leave(id, {{"popup", "1"}})));
    BOOST_TEST(back.field("Location") == "/hub/integrations/" + id + "?popup=1");
    BOOST_TEST(shown("?popup=1"));
    BOOST_TEST(!shown(""));
    BOOST_TEST(!shown("?popup=0"));
    BOOST_TEST(!shown("?popup=%zz"));
    rewrite(at, id, [](auto& i) { i.state = integration_state::failed; });
    BOOST_TEST(!shown("?popup=1"));
}

BOOST_AUTO_TEST_CASE(a_call_that_works_does_not_hide_what_another_has_found_out)
{
    hub_app at;
    const auto fails_and = [&](integration_state meanwhile) {
        at.resource([&at, meanwhile](const http_request&) {
            // At another node, while this call is under way.
            for (auto& r : at.w.records)
            {
                if (r.first.kind != record_kind::integration
                    || !detail::is_integration_id(r.first.id))
                    continue;
                auto i = detail::read_integration_record(r.second.value).value();
                i.state = meanwhile;
                i.needed_scope = meanwhile == integration_state::more_needed ? "files:write" : "";
                r.second.value = detail::make_record(i);
                ++r.second.at;
            }
            return with_body(200, "{}");
        });
    };
    at.resource([](const http_request&) { return with_body(200, "{}"); });
    const auto id = at.connect();
    rewrite(at, id, [](auto& i) { i.state = integration_state::failed; });
    fails_and(integration_state::more_needed);
    BOOST_TEST(use(at, id).status() == 200);
    BOOST_TEST(at.status_of(id) == "more_needed");
    BOOST_TEST(at.stored(id).needed_scope == "files:write");

    rewrite(at, id, [](auto& i) { i.state = integration_state::failed; });
    fails_and(integration_state::failed);
    BOOST_TEST(use(at, id).status() == 200);
    BOOST_TEST(at.status_of(id) == "connected"); // it works again
}

BOOST_AUTO_TEST_CASE(a_login_where_none_was_shown_is_decided_by_its_user)
{
    hub_app at;
    const auto id = at.add();
    rewrite(at, id, [](auto& i) { i.issuer.clear(); });
    const auto r = press_connect(at, id);
    BOOST_TEST(r.status() == 403);
    BOOST_TEST(r.error() == "authorization_server_changed");
    BOOST_TEST(r.says("No login was needed when it was looked at"));
    BOOST_TEST(r.says("https://as.example"));
    BOOST_TEST(at.leave(id).host() == "as.example");
}

BOOST_AUTO_TEST_CASE(servers_are_chosen_by_the_program_and_then_by_the_policy)
{
    hub_settings s("https://app.example/hub");
    std::string refused;
    s.allow([&](const hub_user&, const url&, const std::string& issuer) {
        return issuer.empty() || issuer != refused;
    });
    hub_app at{s};
    std::vector<std::string> listed;
    bool none = false;
    at.settings.choose_server = [&](const url&, const std::vector<std::string>& all) {
        listed = all;
        return none ? std::vector<std::string>() : all;
    };
    const auto look = [&] {
        at.w.advance(std::chrono::minutes(10));
        return at.ask(asking::post("/integrations", {{"url", std::string(resource_url)}}).as_json()
        );
    };
    BOOST_TEST(look().status() == 201);
    BOOST_TEST(
        listed == std::vector<std::string>{"https://as.example"}, boost::test_tools::per_element()
    );
    refused = "https://as.example";
    BOOST_TEST(look().error() == "policy_refused");
    // It was the program that had none, and not the policy.
    none = true;
    BOOST_TEST(look().error() == "authorization_server_missing");
    refused.clear();
    BOOST_TEST(look().error() == "authorization_server_missing");
}

BOOST_AUTO_TEST_CASE(a_document_that_cannot_be_made_is_not_there)
{
    hub_app at;
    const hub_user nobody("");
    const auto none = at.ask(asking::get("/client-metadata.json"), nobody);
    BOOST_TEST(none.status() == 404);
    BOOST_TEST(none.says("no client metadata document"));
    at.settings.client_metadata_url = "https://app.example/hub/client-metadata.json";
    BOOST_TEST(at.ask(asking::get("/client-metadata.json"), nobody).status() == 200);
    // It is to be got, and nothing else.
    BOOST_TEST(at.ask(asking("POST", "/client-metadata.json"), nobody).status() == 401);
    BOOST_TEST(at.ask(asking("DELETE", "/client-metadata.json")).status() != 200);
}

BOOST_AUTO_TEST_CASE(who_adds_to_the_list_itself_is_told_where_to)
{
    hub_app at;
    for (const char* method : {"POST", "PUT", "DELETE"})
    {
        asking a(method, "/");
        a.text("application/json", "{}").field("X-CSRF-Token", at.csrf_of(at.anna));
        const auto r = at.ask(a);
        BOOST_TEST(r.status() == 405, method);
        BOOST_TEST(r.field("Allow") == "GET", method);
    }
    BOOST_TEST(at.integrations() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
