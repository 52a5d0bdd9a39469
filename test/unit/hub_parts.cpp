// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The parts of a hub that only compute: requests taken apart, records, words, shapes of answers.

#include "base/html_text.hpp"
#include "hub/integration.hpp"
#include "hub/pages.hpp"
#include "hub/request.hpp"
#include "hub/responses.hpp"
#include "hub/site.hpp"
#include "support/print.hpp"

#include <boost/asio/error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_parts)

using namespace asioauth;
using namespace asioauth::detail;

namespace {

const char* const some_id = "0123456789abcdef0123456789abcdef";
const std::chrono::system_clock::time_point some_time{std::chrono::seconds(1'800'000'000)};

integration sample()
{
    integration i;
    i.id = some_id;
    i.user = "anna";
    i.resource = url::parse("https://mcp.example/mcp").value();
    i.name = "Files";
    i.title = "Files of Example";
    i.issuer = "https://as.example";
    i.scope = "files:read";
    i.client_id = "own";
    i.client_secret = secret("CANARY");
    i.state = integration_state::more_needed;
    i.problem.code = "connection_lost";
    i.problem.message = "It was lost.";
    i.needed_scope = "files:write";
    i.added_at = some_time;
    i.connected_at = some_time + std::chrono::seconds(1);
    i.ends_at = some_time + std::chrono::seconds(2);
    i.tools_at = some_time + std::chrono::seconds(3);
    integration_tool tool;
    tool.name = "read";
    tool.description = "Reads.";
    i.tools.push_back(tool);
    return i;
}

record with(const std::function<void(boost::json::object&)>& change)
{
    record r = make_record(sample());
    auto o = boost::json::parse(std::string(r.document.reveal())).as_object();
    change(o);
    r.document = secret(boost::json::serialize(o));
    return r;
}

std::string path_of(std::string_view target, std::string_view prefix)
{
    const auto t = split_target(target, prefix);
    if (!t)
        return "nothing";
    std::string out = t->path + " ?" + t->query;
    for (const auto& s : t->segments)
        out += " [" + s + "]";
    return out;
}

hub_request body_of(std::string_view type, std::string_view body)
{
    hub_request r("POST", "/");
    r.field("content-TYPE", type).body(secret(std::string(body)));
    return r;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_target_is_taken_apart_below_the_prefix_and_nowhere_else)
{
    BOOST_TEST(path_of("/hub", "/hub") == " ?");
    BOOST_TEST(path_of("/hub?x", "/hub") == " ?x");
    BOOST_TEST(path_of("/hub/", "/hub") == "/ ?");
    BOOST_TEST(path_of("/hub/a/b?c?d", "/hub") == "/a/b ?c?d [a] [b]");
    BOOST_TEST(path_of("/hub//a", "/hub") == "//a ? [] [a]");
    BOOST_TEST(path_of("/hub/a/", "/hub") == "/a/ ? [a]");
    BOOST_TEST(path_of("/hub/%61", "/hub") == "/%61 ? [%61]");
    BOOST_TEST(path_of("/hubris", "/hub") == "nothing");
    BOOST_TEST(path_of("/HUB/", "/hub") == "nothing");
    BOOST_TEST(path_of("/%68ub/", "/hub") == "nothing");
    BOOST_TEST(path_of("", "/hub") == "nothing");
    BOOST_TEST(path_of("https://app.example/hub/", "/hub") == "nothing");
    BOOST_TEST(path_of("/a", "") == "/a ? [a]");
    BOOST_TEST(path_of("*", "") == "nothing");
}

BOOST_AUTO_TEST_CASE(a_field_is_found_whatever_its_case_and_the_first_one_counts)
{
    hub_request r("GET", "/");
    r.field("X-CSRF-Token", "a").field("x-csrf-token", "b");
    BOOST_TEST(r.field("x-Csrf-TOKEN") == "a");
    BOOST_TEST(r.field("X-CSRF") == "");
}

BOOST_AUTO_TEST_CASE(a_body_is_a_form_or_a_flat_object_of_texts)
{
    const auto value = [](const std::optional<hub_fields>& f) {
        return f ? f->get("a") : std::string("nothing");
    };
    BOOST_TEST(value(read_body(body_of("", ""))) == "");
    BOOST_TEST(value(read_body(body_of("application/json", R"({"a":"b","c":null})"))) == "b");
    BOOST_TEST(value(read_body(body_of("application/json; charset=utf-8", R"({"a":"b"})"))) == "b");
    BOOST_TEST(
        value(read_body(body_of("application/x-www-form-urlencoded", "a=b+%2b&a=c"))) == "b +"
    );
    for (const char* wrong :
         {"{",
          "7",
          "[\"a\"]",
          R"({"a":1})",
          R"({"a":true})",
          R"({"a":["b"]})",
          R"({"a":{"b":"c"}})",
          R"({"a":"b","a":"c"})"})
        BOOST_TEST(value(read_body(body_of("application/json", wrong))) == "nothing", wrong);
    BOOST_TEST(value(read_body(body_of("text/plain", "a=b"))) == "nothing");
    BOOST_TEST(value(read_body(body_of("", "a=b"))) == "nothing");
    BOOST_TEST(read_query("a=%zz").get("a") == "");
    BOOST_TEST(read_query("a=b&c").get("a") == "b");
}

BOOST_AUTO_TEST_CASE(json_is_for_those_who_want_it_and_no_page)
{
    const auto wants = [](const char* accept) {
        hub_request r("GET", "/");
        r.field("Accept", accept);
        return wants_json(r);
    };
    BOOST_TEST(wants("application/json"));
    BOOST_TEST(wants("application/json, text/plain;q=0.5"));
    BOOST_TEST(!wants("text/html,application/json"));
    BOOST_TEST(!wants("*/*"));
    BOOST_TEST(!wants(""));
}

BOOST_AUTO_TEST_CASE(another_site_is_known_by_what_the_browser_says)
{
    const auto from = [](const char* name, const char* value) {
        hub_request r("POST", "/");
        r.field(name, value);
        return is_from_another_site(r, "https://app.example");
    };
    BOOST_TEST(!is_from_another_site(hub_request("POST", "/"), "https://app.example"));
    BOOST_TEST(!from("Origin", "https://app.example"));
    BOOST_TEST(!from("Sec-Fetch-Site", "same-origin"));
    BOOST_TEST(!from("Sec-Fetch-Site", "none"));
    for (const char* origin :
         {"https://app.example.evil",
          "https://app.example/",
          "null",
          "http://app.example",
          "https://APP.example"})
        BOOST_TEST(from("Origin", origin), origin);
    BOOST_TEST(from("Sec-Fetch-Site", "same-site"));
    BOOST_TEST(from("sec-fetch-site", "cross-site"));
    hub_request both("POST", "/");
    both.field("Sec-Fetch-Site", "same-origin").field("Origin", "https://evil.example");
    BOOST_TEST(is_from_another_site(both, "https://app.example"));
    hub_request hidden("POST", "/");
    hidden.field("Sec-Fetch-Site", "same-origin").field("Origin", "null");
    BOOST_TEST(!is_from_another_site(hidden, "https://app.example"));
}

BOOST_AUTO_TEST_CASE(a_record_is_read_as_it_was_written)
{
    const record r = make_record(sample());
    BOOST_TEST(r.user == "anna");
    BOOST_TEST(r.issuer == "https://as.example");
    BOOST_TEST(!r.expires_at);
    const auto read = read_integration_record(r);
    BOOST_REQUIRE(read);
    BOOST_TEST(make_record(*read).document.reveal() == r.document.reveal());
    BOOST_TEST(read->client_secret.reveal() == "CANARY");
    BOOST_TEST((read->state == integration_state::more_needed));
    BOOST_REQUIRE(read->tools.size() == 1);
    BOOST_TEST(read->tools[0].description == "Reads.");
    integration draft = sample();
    draft.state = integration_state::added;
    BOOST_TEST((make_record(draft).expires_at == some_time + std::chrono::hours(1)));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_none_is_refused)
{
    const auto code = [](const record& r) {
        const auto read = read_integration_record(r);
        return read ? std::string("read") : std::string(name_of(read.error().code()));
    };
    record r;
    for (const char* text : {"", "{", "[]", "7", "null", "{}", R"({"version":"1"})"})
    {
        r.document = secret(text);
        BOOST_TEST(code(r) == "store_record_invalid", text);
    }
    using object = boost::json::object;
    const std::pair<const char*, std::function<void(object&)>> changes[] = {
        {"no identifier", [](object& o) { o.erase("id"); }},
        {"another shape of identifier", [](object& o) { o["id"] = "x"; }},
        {"identifier in capitals", [](object& o) { o["id"] = "0123456789ABCDEF0123456789ABCDEF"; }},
        {"no user", [](object& o) { o["user"] = ""; }},
        {"no URL", [](object& o) { o["resource"] = "javascript:x"; }},
        {"no state", [](object& o) { o["state"] = "fine"; }},
        {"no time", [](object& o) { o["added_at"] = "now"; }},
        {"version 0", [](object& o) { o["version"] = 0; }},
    };
    for (const auto& c : changes)
        BOOST_TEST(code(with(c.second)) == "store_record_invalid", c.first);
    BOOST_TEST(code(with([](object& o) { o["version"] = 2; })) == "store_version_newer");
    // What is not needed may be missing, or be something else.
    const auto odd = with([](object& o) {
        o["tools"] = "x";
        o["problem"] = 7;
        o["ends_at"] = 1e30;
        o["title"] = object();
        o.erase("scope");
    });
    const auto read = read_integration_record(odd);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->tools.empty());
    BOOST_TEST(!read->ends_at);
    const auto tools = read_integration_record(with([](object& o) {
        o["tools"] = boost::json::array{7, nullptr, object{{"name", "a"}, {"title", 3}}};
    }));
    BOOST_REQUIRE(tools);
    BOOST_REQUIRE(tools->tools.size() == 1);
    BOOST_TEST(tools->tools[0].name == "a");
}

BOOST_AUTO_TEST_CASE(a_badge_follows_state_and_time)
{
    integration i = sample();
    const auto at = [&](int seconds) {
        return std::string(badge_of(i, *i.ends_at + std::chrono::seconds(seconds)).name);
    };
    i.state = integration_state::connected;
    BOOST_TEST(at(-601) == "connected");
    BOOST_TEST(at(-600) == "expiring");
    BOOST_TEST(at(-1) == "expiring");
    BOOST_TEST(at(0) == "login_required");
    i.ends_at.reset();
    BOOST_TEST(
        std::string(badge_of(i, some_time + std::chrono::hours(99'999)).name) == "connected"
    );
    // What is wrong comes before what ends.
    const std::pair<integration_state, const char*> states[] = {
        {integration_state::added, "added"},
        {integration_state::login_required, "login_required"},
        {integration_state::more_needed, "more_needed"},
        {integration_state::failed, "failed"}};
    for (const auto& s : states)
    {
        i.state = s.first;
        BOOST_TEST(badge_of(i, some_time).name == s.second);
        BOOST_TEST(name_of(s.first) == s.second);
        BOOST_TEST(badge_of(i, some_time).label != "");
        BOOST_TEST(asioauth::name_of(badge_of(i, some_time).status) == s.second);
    }
    BOOST_TEST(asioauth::name_of(static_cast<integration_status>(99)).empty());
}

// Front ends rely on them: what changes here has to change in the page hub_json of hub.hpp.
BOOST_AUTO_TEST_CASE(the_json_of_an_integration_has_the_members_that_are_described)
{
    const hub_site site(hub_settings("https://app.example/hub"));
    const auto members = [&](const integration& i) {
        std::string out;
        const auto o = object_of(site, i, some_time);
        for (const auto& m : o)
            out += std::string(m.key()) + " ";
        return out;
    };
    integration i = sample();
    i.icon = "picture";
    i.tools_note = "none";
    BOOST_TEST(
        members(i)
        == "id url name title description icon status status_text needs_login issuer needs_client "
           "scope needed_scope needed_by problem connected_at use_url ends_at tools tools_at "
           "tools_note "
    );
    integration least;
    least.resource = i.resource;
    BOOST_TEST(
        members(least)
        == "id url name title description status status_text needs_login issuer needs_client "
           "callback_url permissions scope tools "
    );
    least.needs_login = false;
    least.state = integration_state::connected;
    BOOST_TEST(
        members(least)
        == "id url name title description status status_text needs_login needs_client scope tools "
    );
    const auto o = object_of(site, i, some_time);
    BOOST_TEST(
        boost::json::serialize(o.at("tools"))
        == R"([{"name":"read","title":"","description":"Reads."}])"
    );
    BOOST_TEST(o.at("icon").as_string() == "/hub/icons/picture");
    BOOST_TEST(o.at("use_url").as_string() == "https://app.example/hub/use/" + i.id);
    BOOST_TEST(o.at("connected_at").as_int64() == 1'800'000'001);
    BOOST_TEST(
        badges_of({i}, some_time)
        == R"([{"id":")" + i.id
            + R"(","status":"more_needed","status_text":"Needs more permission","tools_at":1800000003}])"
    );
    BOOST_TEST(badges_of({least}, some_time).find("\"tools_at\":0}") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_grant_belongs_to_one_integration_of_one_user)
{
    integration i = sample();
    BOOST_TEST(grant_user(i) == "anna#" + std::string(some_id));
    BOOST_TEST(is_of_user(grant_user(i), "anna"));
    BOOST_TEST(!is_of_user(grant_user(i), "ann"));
    BOOST_TEST(!is_of_user(grant_user(i), ""));
    BOOST_TEST(!is_of_user("", ""));
    BOOST_TEST(is_integration_id(some_id));
    BOOST_TEST(!is_integration_id("0123456789abcdef0123456789abcde"));
    BOOST_TEST(!is_integration_id("0123456789abcdef0123456789abcdeg"));
    BOOST_TEST(!is_integration_id("icon " + std::string(some_id)));
    BOOST_TEST((icon_key(some_id) != integration_key(some_id)));
}

BOOST_AUTO_TEST_CASE(markup_is_escaped)
{
    BOOST_TEST(escape_html("a") == "a");
    BOOST_TEST(
        escape_html("<a href='x' b=\"y\">&</a>")
        == "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;&lt;/a&gt;"
    );
    BOOST_TEST(escape_html("\xc3\xa4") == "\xc3\xa4");
    BOOST_TEST(escape_html("") == "");
}

BOOST_AUTO_TEST_CASE(scopes_are_told_in_words)
{
    const hub_site plain(hub_settings("https://app.example"));
    const std::pair<const char*, const char*> words[] = {
        {"openid", "Know who you are"},
        {"offline_access", "Stay connected while you are away"},
        {"files:read", "Read files"},
        {"read:files", "Read files"},
        {"files.readonly", "Read files"},
        {"repo", "Use repo"},
        {"admin", "Administer everything"},
        {"https://www.example.com/auth/drive.readonly", "Read drive"},
        {"write_calendar-events", "Change calendar events"},
        {"READ", "Read everything"},
        {":", "Use"},
        {"::read::", "Read everything"},
        {"https://x/", "Use"},
    };
    for (const auto& w : words)
        BOOST_TEST(words_for_scope(plain, w.first) == w.second, w.first);
    hub_settings own("https://app.example");
    own.describe_scope([](const std::string& s) {
        return s == "repo" ? std::string("All your code") : std::string();
    });
    const hub_site site(own);
    BOOST_TEST(words_for_scope(site, "repo") == "All your code");
    BOOST_TEST(words_for_scope(site, "files:read") == "Read files");
    BOOST_TEST(split_scope("  a  b ").size() == 2);
    BOOST_TEST(split_scope("").empty());
}

BOOST_AUTO_TEST_CASE(what_went_wrong_has_a_status_of_its_own)
{
    const std::pair<errc, int> statuses[] = {
        {errc::invalid_url, 400},
        {errc::invalid_argument, 400},
        {errc::client_information_required, 400},
        {errc::login_required, 403},
        {errc::access_denied, 403},
        {errc::step_up_refused, 403},
        {errc::step_up_limit, 403},
        {errc::connection_lost, 502},
        {errc::tls_certificate_untrusted, 502},
        {errc::invalid_client, 502},
        {errc::issuer_mismatch, 502},
        {errc::store_unavailable, 503},
        {errc::store_conflict, 503},
        {errc::entropy_unavailable, 503},
        {errc::internal_error, 503},
        {errc::client_closed, 503},
        {errc::proxy_authentication_required, 503},
        {errc::proxy_refused, 502},
        {errc::deadline_exceeded, 504},
    };
    for (const auto& s : statuses)
        BOOST_TEST(status_for(s.first) == s.second, s.first);
}

BOOST_AUTO_TEST_CASE(a_failure_is_shown_without_control_characters)
{
    failure f(errc::invalid_grant);
    f.where(stage::token).server_message("no\r\nSet-Cookie: x\x1b[31m");
    const auto shown = error_object(f).at("error").as_object();
    BOOST_TEST(shown.at("code").as_string() == "invalid_grant");
    BOOST_TEST(shown.at("stage").as_string() == "token");
    const std::string message(shown.at("message").as_string().c_str());
    BOOST_TEST(message.find_first_of("\r\n\x1b") == std::string::npos);
    const std::string said(shown.at("server_message").as_string().c_str());
    BOOST_TEST(said.starts_with("no"));
    BOOST_TEST(said.find_first_of("\r\n\x1b") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_picture_has_the_type_that_was_seen_in_it)
{
    const auto r = icon_response("image/png\n\x89PNG\n\n");
    BOOST_TEST(r.field("Content-Type") == "image/png");
    BOOST_TEST(r.body() == "\x89PNG\n\n");
    BOOST_TEST(icon_response("image/png").status() == 404);
}

BOOST_AUTO_TEST_CASE(no_secret_of_an_integration_is_in_its_object)
{
    const hub_site site(hub_settings("https://app.example/hub"));
    auto i = sample();
    for (const auto state :
         {integration_state::added,
          integration_state::connected,
          integration_state::more_needed,
          integration_state::failed})
    {
        i.state = state;
        const auto text = boost::json::serialize(object_of(site, i, some_time));
        BOOST_TEST(text.find("CANARY") == std::string::npos);
        BOOST_TEST(text.find("anna") == std::string::npos);
        BOOST_TEST(badges_of({i}, some_time).find("CANARY") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_problem_is_another_one_if_any_part_of_it_is)
{
    integration_problem one;
    one.stage = "token";
    one.code = "invalid_grant";
    one.message = "It was refused.";
    one.hint = "Log in.";
    one.said = "no";
    const auto same = one;
    BOOST_TEST((one == same));
    using member = std::string integration_problem::*;
    const std::pair<const char*, member> members[] = {
        {"stage", &integration_problem::stage},
        {"code", &integration_problem::code},
        {"message", &integration_problem::message},
        {"hint", &integration_problem::hint},
        {"said", &integration_problem::said}};
    for (const auto& [what, place] : members)
    {
        auto other = one;
        other.*place = "x";
        BOOST_TEST(!(one == other), what);
    }
}

BOOST_AUTO_TEST_CASE(a_failure_of_a_foreign_category_has_its_name_and_no_hint)
{
    const error_code reset(boost::asio::error::connection_reset);
    const integration_problem foreign{failure(reset)};
    BOOST_TEST(foreign.code == reset.category().name());
    BOOST_TEST(!foreign.message.empty());
    BOOST_TEST(foreign.hint == "");
    // Every problem has a code: that is what tells it from none.
    const integration_problem unknown{failure(error_code(9'999, error_category()))};
    BOOST_TEST(unknown.code == "internal_error");
    BOOST_TEST(!unknown.empty());
    BOOST_TEST(unknown.hint == "");
    const integration_problem own{failure(errc::access_denied)};
    BOOST_TEST(own.code == "access_denied");
    BOOST_TEST(own.hint != "");
    // What the one who failed says comes before what is said in general.
    failure told(errc::access_denied);
    told.message("Not today.").hint("Ask Anna.");
    const integration_problem both(told);
    BOOST_TEST(both.message.ends_with(" Not today."));
    BOOST_TEST(both.hint == "Ask Anna.");
}

BOOST_AUTO_TEST_CASE(a_user_of_grants_that_is_only_as_long_is_of_nobody)
{
    const std::string id = some_id;
    BOOST_TEST(is_of_user("anna#" + id, "anna"));
    BOOST_TEST(!is_of_user("anna#" + id, "ann")); // shorter
    BOOST_TEST(!is_of_user("anna#" + id, "bnna"));
    BOOST_TEST(!is_of_user("anna-" + id, "anna"));
    BOOST_TEST(!is_of_user("anna#" + id.substr(1) + "g", "anna"));
    BOOST_TEST(!is_of_user("anna##" + id.substr(1), "anna"));
    BOOST_TEST(is_of_user("#" + id, ""));
}

BOOST_AUTO_TEST_CASE(a_flag_that_is_none_is_not_set)
{
    const auto needs = [](const std::function<void(boost::json::object&)>& change) {
        const auto read = read_integration_record(with(change));
        return read && read->needs_login;
    };
    BOOST_TEST(needs([](auto& o) { o["needs_login"] = true; }));
    BOOST_TEST(!needs([](auto& o) { o["needs_login"] = false; }));
    BOOST_TEST(!needs([](auto& o) { o["needs_login"] = "true"; }));
    BOOST_TEST(!needs([](auto& o) { o.erase("needs_login"); }));
    BOOST_TEST(detail::name_of(static_cast<integration_state>(99)).empty());
}

BOOST_AUTO_TEST_CASE(what_the_other_server_said_is_told_apart_from_the_rest)
{
    const hub_site site(hub_settings("https://app.example/hub"));
    auto i = sample();
    const auto problem = [&] { return object_of(site, i, some_time).at("problem").as_object(); };
    BOOST_TEST(!problem().contains("server_message"));
    i.problem.said = "Come back tomorrow.";
    BOOST_TEST(problem().at("server_message").as_string() == "Come back tomorrow.");
    BOOST_TEST(problem().at("message").as_string() == "It was lost.");
    i.problem = integration_problem();
    BOOST_TEST(!object_of(site, i, some_time).contains("problem"));
}

BOOST_AUTO_TEST_CASE(a_failure_is_shown_with_its_address_and_status_if_it_has_them)
{
    const auto bare = error_object(failure(errc::connection_lost)).at("error").as_object();
    BOOST_TEST(!bare.contains("url"));
    BOOST_TEST(!bare.contains("status"));
    BOOST_TEST(!bare.contains("server_message"));
    failure f(errc::http_status_unexpected);
    f.url("https://as.example/token").http_status(418);
    const auto full = error_object(f).at("error").as_object();
    BOOST_TEST(full.at("url").as_string() == "https://as.example/token");
    BOOST_TEST(full.at("status").as_int64() == 418);
}

BOOST_AUTO_TEST_CASE(scopes_that_cannot_be_read_are_not_guessed_at)
{
    const hub_site plain(hub_settings("https://app.example"));
    const std::string unknown = "Something that the server calls";
    for (const char* odd :
         {"files read", "files:r\u00e4d", "<b>read</b>", "a+b", "https://x/?y", "read\n", "%72ead"})
        BOOST_TEST(words_for_scope(plain, odd) == unknown, odd);
    // Nor is what is longer than anybody reads.
    BOOST_TEST(words_for_scope(plain, std::string(64, 'x')) == "Use " + std::string(64, 'x'));
    BOOST_TEST(words_for_scope(plain, std::string(65, 'x')) == unknown);
    // Whoever knows better is asked first.
    hub_settings own("https://app.example");
    own.describe_scope([](const std::string& s) {
        return s == "a+b" ? std::string("Both") : std::string();
    });
    const hub_site site(own);
    BOOST_TEST(words_for_scope(site, "a+b") == "Both");
    BOOST_TEST(words_for_scope(site, "a+c") == unknown);
}

BOOST_AUTO_TEST_CASE(statuses_of_what_nobody_who_asks_can_change)
{
    const std::pair<errc, int> statuses[] = {
        {errc::policy_refused, 403},
        {errc::out_of_memory, 503},
        {errc::redirect_uri_invalid, 400},
    };
    for (const auto& s : statuses)
        BOOST_TEST(status_for(s.first) == s.second, s.first);
    BOOST_TEST(status_for(error_code(boost::asio::error::no_descriptors)) == 503);
}

BOOST_AUTO_TEST_CASE(a_form_token_without_a_key_is_none)
{
    const hub_user anna = hub_user("anna").sign_in("first");
    BOOST_TEST(form_token(secret(), anna) == "");
    BOOST_TEST(!is_form_token(secret(), anna, ""));
    const secret key("0123456789abcdef0123456789abcdef");
    const auto token = form_token(key, anna);
    BOOST_TEST(is_form_token(key, anna, token));
    BOOST_TEST(!is_form_token(key, anna, ""));
    BOOST_TEST(!is_form_token(key, anna, token + "x"));
    BOOST_TEST(!is_form_token(key, hub_user("anna").sign_in("second"), token));
    BOOST_TEST(!is_form_token(secret("another"), anna, token));
}

BOOST_AUTO_TEST_CASE(a_callback_has_at_most_one_more_segment)
{
    const auto is = [](std::string_view target) {
        const auto t = split_target(target, "/hub");
        return t && is_callback(*t);
    };
    BOOST_TEST(is("/hub/callback"));
    BOOST_TEST(is("/hub/callback?code=x"));
    BOOST_TEST(is("/hub/callback/tag"));
    BOOST_TEST(!is("/hub/callback/tag/more"));
    BOOST_TEST(!is("/hub/callbacks"));
    BOOST_TEST(!is("/hub/x/callback"));
    BOOST_TEST(!is("/hub/"));
    BOOST_TEST(!is("/hub"));
}

BOOST_AUTO_TEST_CASE(sessions_that_were_not_used_for_long_are_forgotten_first)
{
    open_sessions all;
    std::vector<std::shared_ptr<session_memory>> made;
    const auto name = [](std::size_t n) { return "s" + std::to_string(n); };
    const auto add = [&] {
        made.push_back(
            std::make_shared<session_memory>(grant(), login_params("https://mcp.example/mcp"))
        );
        all.put(name(made.size() - 1), made.back());
    };
    while (made.size() != 256)
        add();
    BOOST_TEST((all.find(name(0)) == made[0])); // the last one that was used, from now on
    add();
    BOOST_TEST((all.find(name(1)) == nullptr));
    BOOST_TEST((all.find(name(0)) == made[0]));
    BOOST_TEST((all.find(name(2)) == made[2]));
    BOOST_TEST((all.find(name(256)) == made[256]));
    // Of one name there is one.
    all.put(name(2), made[0]);
    BOOST_TEST((all.find(name(2)) == made[0]));
    all.forget(name(2));
    BOOST_TEST((all.find(name(2)) == nullptr));
}

BOOST_AUTO_TEST_CASE(documents_are_of_a_hub_that_serves_them_itself)
{
    const hub_site site(hub_settings("https://app.example/hub"));
    flow_settings with;
    BOOST_TEST(site.documents_of(with) == "");
    with.client_metadata_url = "https://app.example/hub/client-metadata.json";
    BOOST_TEST(site.documents_of(with) == "https://app.example/hub/client-metadata");
    for (const char* other :
         {"https://app.example/client-metadata.json",
          "https://other.example/hub/client-metadata.json",
          "https://app.example/hub/client-metadata"})
    {
        with.client_metadata_url = other;
        BOOST_TEST(site.documents_of(with) == "", other);
    }
}

BOOST_AUTO_TEST_SUITE_END()
