// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The routes of a hub: who may ask for what, and what the answers look like.

#include "hub_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_routes)

using namespace asioauth;
using namespace asioauth::test;

namespace {

// The forms of a page, by what they lead to; each with its hidden fields and where it is.
int forms_without_token(const std::string& page)
{
    int out = 0;
    for (auto at = page.find("<form"); at != std::string::npos; at = page.find("<form", at + 1))
    {
        const auto end = page.find("</form>", at);
        const auto form = page.substr(at, end - at);
        out += form.find("name=\"csrf\" value=\"") == std::string::npos ? 1 : 0;
    }
    return out;
}

// Every way of writing, for an integration.
std::vector<asking> writes(const std::string& id)
{
    const std::string base = "/integrations/" + id;
    return {
        asking::post("/integrations", {{"url", "https://mcp.example/mcp"}}),
        asking::post(base + "/connect"),
        asking::post(base + "/rename", {{"name", "Other"}}),
        asking::post(base + "/tools"),
        asking::post(base + "/disconnect"),
        asking("DELETE", base),
        asking("PUT", base),
        asking("TRACE", base),
    };
}

} // namespace

BOOST_AUTO_TEST_CASE(nobody_without_a_name_gets_anything_but_the_clients_metadata)
{
    hub_app at;
    at.settings.client_metadata_url = "https://app.example/hub/client-metadata.json";
    const hub_user nobody("");
    for (const char* path :
         {"",
          "/",
          "/integrations",
          "/events",
          "/callback?code=x&state=y",
          "/use/01010101010101010101010101010101",
          "/assets/hub.css"})
        BOOST_TEST(at.ask(asking::get(path), nobody).status() == 401, path);
    const auto document = at.ask(asking::get("/client-metadata.json"), nobody);
    BOOST_TEST(document.status() == 200);
    BOOST_TEST(document.says(R"("client_id":"https://app.example/hub/client-metadata.json")"));
    BOOST_TEST(document.says("https://app.example/hub/callback"));
    at.settings.client_metadata_url.clear();
    BOOST_TEST(at.ask(asking::get("/client-metadata.json"), nobody).status() == 404);
}

BOOST_AUTO_TEST_CASE(a_page_has_no_script_of_its_own_and_is_shown_in_no_frame_and_kept_nowhere)
{
    hub_app at;
    const auto id = at.connect();
    const auto draft = at.add();
    const auto leaving = at.ask(asking::post("/integrations/" + draft + "/connect"));
    std::vector<seen> pages = {
        at.ask(asking::get("/")),
        at.ask(asking::get("/?url=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")),
        at.ask(asking::get("/integrations/" + id)),
        at.ask(asking::get("/integrations/" + id + "?popup=1")),
        at.ask(asking::get("/integrations/" + draft)),
        at.ask(asking::get("/nothing")),
        at.ask(asking::post("/integrations", {{"url", "<script>alert(1)</script>"}})),
        leaving,
    };
    for (const auto& page : pages)
    {
        BOOST_TEST(page.field("Content-Type") == "text/html; charset=utf-8");
        const auto policy = page.field("Content-Security-Policy");
        BOOST_TEST(policy == detail::page_policy);
        BOOST_TEST(policy.find("default-src 'none'") == 0);
        BOOST_TEST(policy.find("unsafe") == std::string::npos);
        BOOST_TEST(page.field("X-Frame-Options") == "DENY");
        BOOST_TEST(page.field("Cache-Control") == "no-store");
        BOOST_TEST(page.field("X-Content-Type-Options") == "nosniff");
        // With none at all browsers hide the origin of forms.
        BOOST_TEST(page.field("Referrer-Policy") == "same-origin");
        BOOST_TEST(!page.says("<script>"));
        BOOST_TEST(!page.says(" style="));
        BOOST_TEST(!page.says(" onclick="));
        BOOST_TEST(forms_without_token(page.body()) == 0);
    }
    BOOST_TEST(pages[0].says("name=\"csrf\" value=\"" + at.csrf_of(at.anna) + "\""));
}

BOOST_AUTO_TEST_CASE(a_write_without_the_token_of_this_user_and_sign_in_changes_nothing)
{
    hub_app at;
    const auto id = at.connect();
    hub_user again("anna");
    again.sign_in("second");
    const std::string good = at.csrf_of(at.anna);
    const std::string wrong[] = {
        "",
        "x",
        good.substr(1),
        good + "x",
        at.csrf_of(at.berta),
        at.csrf_of(again),
    };
    for (const auto& token : wrong)
    {
        for (auto& write : writes(id))
        {
            const auto before = at.w.requests.size();
            const auto records = at.w.records.size();
            auto in_form = write;
            auto in_field = write;
            const auto r = at.ask(in_form.csrf(token));
            BOOST_TEST(r.status() == 403);
            BOOST_TEST(at.ask(in_field.csrf("").field("X-CSRF-Token", token)).status() == 403);
            BOOST_TEST(at.ask(in_field.as_json()).error() == "form_expired");
            BOOST_TEST(at.w.requests.size() == before);
            BOOST_TEST(at.w.records.size() == records);
        }
    }
    BOOST_TEST(at.status_of(id) == "connected");
    // The right one is good in either place.
    BOOST_TEST(
        at.ask(asking::post("/integrations/" + id + "/rename", {{"name", "A"}})).status() == 303
    );
    auto by_field = asking::post("/integrations/" + id + "/rename", {{"name", "B"}}).csrf("");
    BOOST_TEST(at.ask(by_field.field("X-CSRF-Token", good)).status() == 303);
    BOOST_TEST(at.stored(id).name == "B");
}

BOOST_AUTO_TEST_CASE(a_write_that_another_site_has_sent_is_refused_whatever_token_it_shows)
{
    hub_app at;
    const auto id = at.connect();
    const std::pair<const char*, const char*> fields[] = {
        {"Origin", "https://evil.example"},
        {"Origin", "null"},
        {"Origin", "http://app.example"},
        {"Origin", "https://app.example:8443"},
        {"Sec-Fetch-Site", "cross-site"},
        {"Sec-Fetch-Site", "same-site"},
        {"Sec-Fetch-Site", "rubbish"}};
    for (const auto& f : fields)
    {
        auto form = asking::post("/integrations/" + id + "/disconnect");
        BOOST_TEST(at.ask(form.field(f.first, f.second)).status() == 403, f.second);
        auto del = asking("DELETE", "/integrations/" + id);
        del.field("X-CSRF-Token", at.csrf_of(at.anna)).field(f.first, f.second);
        BOOST_TEST(at.ask(del).status() == 403);
    }
    BOOST_TEST(at.status_of(id) == "connected");
    auto own = asking::post("/integrations/" + id + "/disconnect");
    own.field("Origin", "https://app.example").field("Sec-Fetch-Site", "same-origin");
    BOOST_TEST(at.ask(own).status() == 303);
}

BOOST_AUTO_TEST_CASE(a_program_with_a_credential_needs_no_form_token)
{
    hub_app at;
    at.anna.by_credential(true);
    const auto added =
        at.ask(asking("POST", "/integrations")
                   .as_json()
                   .text("application/json", R"({"url":"https://mcp.example/mcp"})"));
    BOOST_TEST(added.status() == 201);
    BOOST_TEST(added.field("Location") == "/hub/integrations/" + added.text("integration", "id"));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_form_or_a_flat_object_of_texts_is_a_bad_request)
{
    hub_app at;
    const std::string token = at.csrf_of(at.anna);
    const std::pair<const char*, std::string> bodies[] = {
        {"application/json", "{"},
        {"application/json", "[]"},
        {"application/json", R"({"url":7})"},
        {"application/json", R"({"url":{"a":"b"}})"},
        {"application/json", R"({"url":"a","url":"b"})"},
        {"application/json", std::string(60'000, '[')},
        {"text/plain", "url=x"},
        {"multipart/form-data; boundary=x", "--x"},
        {"", "url=x"},
        {"application/x-www-form-urlencoded", "url=%zz"},
        {"application/x-www-form-urlencoded", "url=%"},
    };
    for (const auto& b : bodies)
    {
        asking a("POST", "/integrations");
        a.as_json().text(b.first, b.second).field("X-CSRF-Token", token);
        const auto r = at.ask(a);
        BOOST_TEST(r.status() == 400, b.first << ' ' << b.second.substr(0, 40));
        BOOST_TEST(r.error() == "request_invalid");
    }
    asking large("POST", "/integrations");
    large.as_json().field("X-CSRF-Token", token);
    large.text("application/x-www-form-urlencoded", "url=" + std::string(65'600, 'x'));
    BOOST_TEST(at.ask(large).status() == 413);
    BOOST_TEST(at.w.requests.empty());
}

BOOST_AUTO_TEST_CASE(another_method_than_those_of_a_route_is_refused_by_name)
{
    hub_app at;
    const auto id = at.connect();
    at.anna.by_credential(true);
    const auto asked = [&](const char* method, const std::string& path) {
        const auto r = at.ask(asking(method, path));
        return std::to_string(r.status()) + " " + r.field("Allow");
    };
    BOOST_TEST(asked("POST", "/") == "405 GET");
    BOOST_TEST(asked("DELETE", "/integrations") == "405 GET, POST");
    BOOST_TEST(asked("PUT", "/integrations/" + id) == "405 GET, DELETE");
    BOOST_TEST(asked("DELETE", "/integrations/" + id + "/rename") == "405 POST");
    BOOST_TEST(asked("OPTIONS", "/") == "405 GET");
    for (const char* what : {"connect", "rename", "tools", "disconnect"})
    {
        const auto r = at.ask(asking::get("/integrations/" + id + "/" + what));
        BOOST_TEST(r.status() == 303);
        BOOST_TEST(r.field("Location") == "/hub/integrations/" + id);
    }
    BOOST_TEST(at.status_of(id) == "connected");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_found)
{
    hub_app at;
    const auto id = at.connect();
    for (const auto& path : std::vector<std::string>{
             "/x",
             "//",
             "//integrations",
             "/integrations//",
             "/integrations/x",
             "/integrations/0123456789abcdef0123456789abcdef",
             "/integrations/" + id + "/x",
             "/integrations/" + id + "/rename/x",
             "/integrations/" + id + "//rename",
             "/assets/x",
             "/assets/hub.css/x",
             "/icons",
             "/icons/x",
             "/icons/" + std::string(43, 'A'),
             "/icons/" + std::string(43, 'A') + "/x",
             "/events/x",
             "/callback/a/b",
             "/../x"})
    {
        BOOST_TEST(at.ask(asking::get(path)).status() == 404, path);
        BOOST_TEST(at.ask(asking::json(path)).error() == "not_found", path);
    }
    // The hub is where it is mounted and nowhere else.
    for (const char* target : {"/hubris", "/", "/other", "https://app.example/hub/", "*", ""})
    {
        const auto r = at.raw(hub_request("GET", target), at.anna);
        BOOST_REQUIRE((r && *r));
        BOOST_TEST((*r)->response.status() == 404, target);
    }
    const auto bare = at.raw(hub_request("GET", "/hub"), at.anna);
    BOOST_TEST((*bare)->response.field("Location") == "/hub/");
}

BOOST_AUTO_TEST_CASE(nobody_sees_or_changes_what_is_somebody_elses)
{
    hub_app at;
    const auto id = at.connect();
    const auto draft = at.add();
    const auto before = at.stored(id);
    for (const auto& one : {id, draft})
    {
        for (auto& write : writes(one))
        {
            if (write.request().target() == "/hub/integrations")
                continue;
            auto a = write;
            if (a.request().method() != "POST")
                a.field("X-CSRF-Token", at.csrf_of(at.berta));
            BOOST_TEST(at.ask(a, at.berta).status() == 404);
        }
        BOOST_TEST(at.ask(asking::get("/integrations/" + one), at.berta).status() == 404);
        BOOST_TEST(
            at.ask(asking::get("/integrations/" + one + "/rename"), at.berta).status() == 404
        );
        auto use = asking::get("/use/" + one).field("X-CSRF-Token", at.csrf_of(at.berta));
        BOOST_TEST(at.ask(use, at.berta).status() == 404);
    }
    BOOST_TEST(at.ask(asking::json("/"), at.berta).json().at("integrations").as_array().empty());
    const auto badges = at.w.run(detail::current_badges(at.site, "berta"));
    BOOST_TEST(**badges == "[]");
    BOOST_TEST(at.stored(id).name == before.name);
    BOOST_TEST(at.status_of(id) == "connected");
    // A user whose name is the beginning, or a part, of another one is somebody else.
    for (const char* name : {"ann", "anna#", "ANNA", "anna "})
        BOOST_TEST(
            at.ask(asking::get("/integrations/" + id), hub_user(name)).status() == 404, name
        );
}

BOOST_AUTO_TEST_CASE(the_list_says_what_is_there_and_how_it_is)
{
    hub_app at;
    const auto id = at.connect();
    const auto draft = at.add();
    const auto listed = at.ask(asking::json("/")).json();
    BOOST_TEST(listed.at("version").as_int64() == 1);
    BOOST_TEST(listed.at("callback_url").as_string() == "https://app.example/hub/callback");
    const auto& all = listed.at("integrations").as_array();
    BOOST_REQUIRE(all.size() == 1); // what is not connected yet is no integration yet
    const auto& one = all[0].as_object();
    BOOST_TEST(one.at("id").as_string() == id);
    BOOST_TEST(one.at("url").as_string() == resource_url);
    BOOST_TEST(one.at("status").as_string() == "connected");
    BOOST_TEST(one.at("issuer").as_string() == "https://as.example");
    BOOST_TEST(one.at("use_url").as_string() == "https://app.example/hub/use/" + id);
    BOOST_TEST(at.ask(asking::json("/integrations")).json().contains("integrations"));
    BOOST_TEST(at.ask(asking::get("/integrations")).field("Location") == "/hub/");
    const auto page = at.ask(asking::get("/"));
    BOOST_TEST(page.says("href=\"/hub/integrations/" + id + "\""));
    BOOST_TEST(!page.says(draft));
    BOOST_TEST(page.says("data-badge=\"" + id + "\">Connected<"));
    const auto badges = at.w.run(detail::current_badges(at.site, "anna"));
    BOOST_TEST((*badges)->find(R"("status":"connected")") != std::string::npos);
    BOOST_TEST((*badges)->find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_wants_to_watch_is_told_so_by_the_answer)
{
    hub_app at;
    BOOST_TEST(at.ask(asking::get("/events")).answer.watches);
    // Nobody else's page makes a browser watch.
    BOOST_TEST(!at.ask(asking::get("/events").field("Sec-Fetch-Site", "cross-site")).answer.watches
    );
}

BOOST_AUTO_TEST_CASE(what_has_servers_asked_is_bounded_and_leaving_them_is_not)
{
    hub_app at;
    const auto id = at.connect();
    at.site->settings.most_looks(0);
    at.w.requests.clear();
    for (const auto& path :
         {std::string("/integrations"),
          "/integrations/" + id + "/connect",
          "/integrations/" + id + "/tools"})
    {
        const auto refused = at.ask(asking::post(path, {{"url", resource_url}}).as_json());
        BOOST_TEST(refused.status() == 429, path);
        BOOST_TEST(refused.error() == "too_many_at_once", path);
        const auto page = at.ask(asking::post(path, {{"url", resource_url}}));
        BOOST_TEST(page.status() == 429, path);
        BOOST_TEST(page.says("Wait until one of them has answered"), path);
    }
    BOOST_TEST(at.w.requests.empty());
    BOOST_TEST(at.ask(asking::get("/")).status() == 200);
    const std::string own = "/integrations/" + id;
    BOOST_TEST(at.ask(asking::post(own + "/rename", {{"name", "x"}}).as_json()).status() == 200);
    BOOST_TEST(at.ask(asking::post(own + "/disconnect").as_json()).status() == 200);
}

BOOST_AUTO_TEST_CASE(a_name_is_presentable_text_and_escaped_on_pages)
{
    hub_app at;
    const auto id = at.connect();
    const auto rename = [&](const std::string& name) {
        return at.ask(asking::post("/integrations/" + id + "/rename", {{"name", name}}).as_json());
    };
    const std::string evil = "</script><img src=x onerror=\"alert(1)\">'&\x01\r\nX: y\xe2\x80\xae";
    BOOST_TEST(rename(evil).status() == 200);
    const auto name = at.stored(id).name;
    BOOST_TEST(name.find_first_of("\r\n\x01") == std::string::npos);
    BOOST_TEST(name.find("\xe2\x80\xae") == std::string::npos);
    for (const char* path : {"/", "/integrations/"})
    {
        const auto page = at.ask(asking::get(std::string(path) + (path[1] ? id : "")));
        BOOST_TEST(!page.says("<img src=x"));
        BOOST_TEST(page.says("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;"));
    }
    BOOST_TEST(rename("").error() == "name_missing");
    BOOST_TEST(rename("\x01\x02").error() == "name_missing");
    BOOST_TEST(rename(std::string(10'000, 'x')).status() == 200);
    BOOST_TEST(at.stored(id).name.size() <= 130);
    // What is not connected yet has no name to change.
    const auto draft = at.add();
    BOOST_TEST(
        at.ask(asking::post("/integrations/" + draft + "/rename", {{"name", "x"}})).status() == 404
    );
}

BOOST_AUTO_TEST_CASE(a_foreign_text_can_put_neither_markup_nor_another_scheme_into_a_page)
{
    hub_app at;
    std::string document = resource_document;
    document.insert(
        1,
        R"x("resource_name":"<script>alert(1)</script>","resource_documentation":"javascript:alert(1)","resource_policy_uri":"https://mcp.example/\"><b>","resource_tos_uri":"data:text/html,x",)x"
    );
    at.w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 200, document);
    at.w.on("GET", "https://mcp.example/", [](const http_request&) {
        http_response r(
            200, "<html><head><meta name=description content='\"><script>alert(2)</script>'></head>"
        );
        r.field("Content-Type", "text/html");
        return result<http_response>(std::move(r));
    });
    const auto id = at.add();
    const auto page = at.ask(asking::get("/integrations/" + id));
    BOOST_TEST(page.status() == 200);
    BOOST_TEST(page.says("&lt;script&gt;alert(1)"));
    BOOST_TEST(!page.says("<script>"));
    BOOST_TEST(!page.says("javascript:"));
    BOOST_TEST(!page.says("data:text"));
    BOOST_TEST(!page.says("<b>"));
}

BOOST_AUTO_TEST_CASE(a_base_url_that_cannot_be_used_is_told_to_the_program)
{
    for (const char* base :
         {"http://app.example/hub",
          "ftp://app.example",
          "app.example/hub",
          "",
          "https://app.example/hub?x=1",
          "https://app.example/hub#x",
          "https://u:p@app.example/hub"})
    {
        hub_app at{hub_settings(base)};
        const auto r = at.raw(hub_request("GET", "/hub/"), at.anna);
        BOOST_REQUIRE(r);
        BOOST_TEST((!*r && r->error().code() == errc::redirect_uri_invalid), base);
    }
}

BOOST_AUTO_TEST_CASE(a_hub_at_the_root_has_its_pages_there)
{
    for (const char* base :
         {"https://app.example",
          "https://app.example/",
          "https://app.example:443",
          "https://APP.example"})
    {
        hub_app at{hub_settings(base)};
        BOOST_TEST(at.site->origin == "https://app.example");
        BOOST_TEST(at.site->at("/x") == "/x");
        const auto r = at.raw(hub_request("GET", "/"), at.anna);
        BOOST_REQUIRE((r && *r));
        BOOST_TEST((*r)->response.status() == 200);
        // Two slashes would be another host.
        BOOST_TEST((*r)->response.body().find("\"//") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_key_of_the_forms_is_made_once_for_all_nodes)
{
    hub_app first;
    const auto token = first.csrf_of(first.anna);
    hub_app second;
    second.w.records = first.w.records;
    BOOST_TEST(second.csrf_of(second.anna) == token);
    BOOST_TEST(second.csrf_of(second.berta) != token);
    // Two that start together agree.
    hub_app third;
    bool done = false;
    third.w.others = [&](const action& a) {
        if (std::holds_alternative<act::commit>(a) && !std::exchange(done, true))
            third.w.records = first.w.records;
    };
    BOOST_TEST(third.csrf_of(third.anna) == token);
}

BOOST_AUTO_TEST_CASE(the_texts_of_tokens_of_two_users_cannot_be_made_one)
{
    const secret key("key");
    const auto token = [&](const char* id, const char* sign_in) {
        return detail::form_token(key, hub_user(id).sign_in(sign_in));
    };
    BOOST_TEST(token("ab", "c") != token("a", "bc"));
    BOOST_TEST(token("a", "") != token("", "a"));
    BOOST_TEST(token("ann", "c") != token("bob", "c"));
    BOOST_TEST(token("a", "b").size() == 43);
    BOOST_TEST(detail::form_token(secret(), hub_user("a")) == "");
    BOOST_TEST(!detail::is_form_token(secret(), hub_user("a"), ""));
}

BOOST_AUTO_TEST_CASE(assets_are_kept_and_answers_are_not)
{
    hub_app at;
    for (const char* path : {"/assets/hub.css", "/assets/hub.js?x"})
    {
        const auto r = at.ask(asking::get(path));
        BOOST_TEST(r.status() == 200);
        BOOST_TEST(r.field("X-Content-Type-Options") == "nosniff");
        BOOST_TEST(r.field("Cache-Control").find("immutable") != std::string::npos);
    }
    const auto list = at.ask(asking::json("/"));
    BOOST_TEST(list.field("Cache-Control") == "no-store");
    BOOST_TEST(list.field("X-Content-Type-Options") == "nosniff");
    BOOST_TEST(list.field("Content-Security-Policy").find("default-src 'none'") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
