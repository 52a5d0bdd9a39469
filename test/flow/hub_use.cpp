// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Calls of programs through a hub, and what it learns of them.

#include "hub_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_calls)

using namespace asioauth;
using namespace asioauth::test;

namespace {

const char* const needs_write =
    R"(Bearer error="insufficient_scope", scope="files:write", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp")";

// A connected integration, and a program with a credential.
class program
{
public:
    explicit program(hub_settings s = hub_settings("https://app.example/hub")) : at(std::move(s))
    {
        me.by_credential(true);
        at.resource([this](const http_request& r) { return answer(r); });
        id = at.connect();
    }

    seen call(const std::string& rest = "", const char* method = "GET")
    {
        return at.ask(asking(method, "/use/" + id + rest), me);
    }

    hub_app at;
    hub_user me = hub_user("anna");
    std::string id;
    world::responder answer = [](const http_request&) { return with_body(200, R"({"ok":true})"); };
};

class canned_stream final : public body_stream
{
public:
    void async_read_some(handler) override {}
    void close() override {}
};

} // namespace

BOOST_AUTO_TEST_CASE(a_call_without_a_credential_or_token_is_refused_whatever_its_method)
{
    program p;
    p.me.by_credential(false).sign_in("first");
    p.at.w.requests.clear();
    for (const char* method : {"GET", "HEAD", "POST", "OPTIONS", "DELETE"})
    {
        BOOST_TEST(p.call("", method).status() == 403, method);
        BOOST_TEST(p.call("/x", method).error() == "form_expired");
    }
    const auto token = p.at.csrf_of(p.me);
    asking cross("GET", "/use/" + p.id);
    cross.field("X-CSRF-Token", token).field("Origin", "https://evil.example");
    BOOST_TEST(p.at.ask(cross, p.me).status() == 403);
    asking in_body("POST", "/use/" + p.id);
    in_body.text("application/x-www-form-urlencoded", "csrf=" + token);
    BOOST_TEST(p.at.ask(in_body, p.me).status() == 403);
    BOOST_TEST(p.at.w.requests.empty());
    asking own("GET", "/use/" + p.id);
    BOOST_TEST(p.at.ask(own.field("X-CSRF-Token", token), p.me).status() == 200);
}

BOOST_AUTO_TEST_CASE(the_token_is_added_and_what_is_between_program_and_hub_stays_there)
{
    program p;
    http_request got;
    p.answer = [&](const http_request& r) {
        got = r;
        return with_body(200, "{}");
    };
    asking a("POST", "/use/" + p.id);
    const std::pair<const char*, const char*> dropped[] = {
        {"Authorization", "Bearer theirs"},
        {"Cookie", "session=theirs"},
        {"Host", "app.example"},
        {"Origin", "https://app.example"},
        {"Referer", "https://app.example/theirs"},
        {"X-CSRF-Token", "theirs"},
        {"X-Api-Key", "theirs"},
        {"Forwarded", "for=theirs"},
        {"X-Forwarded-For", "theirs"},
        {"X-Forwarded-Access-Token", "theirs"},
        {"X-Auth-Request-Access-Token", "theirs"},
        {"X-Real-IP", "theirs"},
        {"Cf-Access-Jwt-Assertion", "theirs"},
        {"X-Amzn-Oidc-Accesstoken", "theirs"},
        {"X-Goog-Iap-Jwt-Assertion", "theirs"},
        {"X-Ms-Token-Aad-Access-Token", "theirs"},
        {"Remote-User", "theirs"},
        {"DPoP", "theirs"},
        {"Connection", "close, X-Listed"},
        {"connection", "x-also-listed , ,"},
        {"X-Listed", "theirs"},
        {"X-Also-Listed", "theirs"},
        {"Keep-Alive", "theirs"},
        {"Proxy-Authorization", "theirs"},
        {"Proxy-Connection", "theirs"},
        {"Proxy-X", "theirs"},
        {"TE", "trailers"},
        {"Trailer", "theirs"},
        {"Transfer-Encoding", "chunked"},
        {"Upgrade", "theirs"},
        {"Content-Length", "99"},
        {"Expect", "100-continue"},
        {"Accept-Encoding", "gzip"},
        {"Via", "theirs"},
        {"Sec-Fetch-Site", "same-origin"},
    };
    for (const auto& f : dropped)
        a.field(f.first, f.second);
    a.field("Accept", "application/json, text/event-stream").field("Mcp-Session-Id", "s");
    a.field("X-Custom", "kept").text("application/json", R"({"a":1})");
    BOOST_TEST(p.at.ask(a, p.me).status() == 200);
    BOOST_TEST(got.authorization().reveal() == "Bearer CANARY-1");
    BOOST_TEST(got.method() == "POST");
    BOOST_TEST(got.target().str() == resource_url);
    BOOST_TEST(got.body().reveal() == R"({"a":1})");
    BOOST_TEST(got.field("Content-Type") == "application/json");
    BOOST_TEST(got.field("Accept") == "application/json, text/event-stream");
    BOOST_TEST(got.field("Mcp-Session-Id") == "s");
    BOOST_TEST(got.field("X-Custom") == "kept");
    BOOST_TEST(got.stream_events());
    for (const auto& f : dropped)
        BOOST_TEST(got.field(f.first) == "", f.first);
    BOOST_TEST(got.fields().size() == 4);
}

BOOST_AUTO_TEST_CASE(a_program_may_name_fields_of_its_own_that_stay)
{
    program p{hub_settings("https://app.example/hub").withhold_field("X-Acme-Token")};
    std::string got = "nothing";
    p.answer = [&](const http_request& r) {
        got = r.field("x-acme-token");
        return with_body(200, "{}");
    };
    asking a("GET", "/use/" + p.id);
    BOOST_TEST(p.at.ask(a.field("x-acme-token", "theirs"), p.me).status() == 200);
    BOOST_TEST(got == "");
}

BOOST_AUTO_TEST_CASE(what_would_speak_for_the_hubs_origin_does_not_come_back)
{
    program p;
    const std::pair<const char*, const char*> dropped[] = {
        {"Set-Cookie", "session=evil"},
        {"WWW-Authenticate", "Basic realm=evil"},
        {"Proxy-Authenticate", "Basic"},
        {"Access-Control-Allow-Origin", "*"},
        {"Strict-Transport-Security", "max-age=0"},
        {"Clear-Site-Data", "\"*\""},
        {"Service-Worker-Allowed", "/"},
        {"Refresh", "0;url=https://evil.example"},
        {"Alt-Svc", "evil"},
        {"Public-Key-Pins", "evil"},
        {"NEL", "evil"},
        {"Report-To", "evil"},
        {"Reporting-Endpoints", "evil"},
        {"Content-Security-Policy-Report-Only", "evil"},
        {"X-Frame-Options", "ALLOWALL"},
        {"SourceMap", "/evil"},
        {"Cross-Origin-Resource-Policy", "cross-origin"},
        {"Timing-Allow-Origin", "*"},
        {"Permissions-Policy", "evil"},
        {"Accept-CH", "evil"},
        {"X-Accel-Redirect", "/internal"},
        {"X-Sendfile", "/etc/passwd"},
        {"X-Sendfile2", "/etc/passwd 0-"},
        {"X-Lighttpd-Send-File", "/etc/passwd"},
        {"X-LiteSpeed-Location", "/internal"},
        {"X-Reproxy-File", "/etc/passwd"},
        {"CDN-Cache-Control", "max-age=99"},
        {"Surrogate-Control", "max-age=99"},
        {"Status", "302"},
        {"Connection", "X-Listed"},
        {"connection", "close, x-also-listed"},
        {"X-Listed", "evil"},
        {"X-Also-Listed", "evil"},
        {"Transfer-Encoding", "chunked"},
        {"Content-Length", "99"},
        {"Keep-Alive", "evil"},
        {"Upgrade", "evil"},
        {"DPoP-Nonce", "evil"},
        {"Authentication-Info", "evil"},
    };
    p.answer = [&](const http_request&) {
        http_response r(299, "{}");
        for (const auto& f : dropped)
            r.field(f.first, f.second);
        r.field("Content-Type", "application/json").field("Mcp-Session-Id", "s");
        r.field("Content-Security-Policy", "default-src *");
        r.field("X-Content-Type-Options", "evil");
        r.field("Cache-Control", "public, max-age=99").field("Expires", "evil");
        return result<http_response>(std::move(r));
    };
    const auto r = p.call();
    BOOST_TEST(r.status() == 299);
    for (const auto& f : dropped)
        BOOST_TEST(r.field(f.first) == "", f.first);
    BOOST_TEST(r.field("Mcp-Session-Id") == "s");
    BOOST_TEST(r.field("Content-Type") == "application/json");
    const auto once = [&](const char* name, const std::string& value) {
        int n = 0;
        for (const auto& f : r.answer.response.fields())
            n += f.first == name ? 1 : 0;
        BOOST_TEST(n == 1, name);
        BOOST_TEST(r.field(name) == value);
    };
    once("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    once("X-Content-Type-Options", "nosniff");
    once("Cache-Control", "no-store");
    BOOST_TEST(r.field("Expires") == "");
}

BOOST_AUTO_TEST_CASE(links_to_further_pages_of_an_answer_come_back)
{
    program p;
    p.answer = [&](const http_request&) {
        http_response r(200, "[]");
        r.field("Link", "<https://mcp.example/mcp?page=2>; rel=next")
            .field("X-Total-Count", "3")
            .field("ETag", "\"x\"")
            .field("Retry-After", "3");
        r.field("X-RateLimit-Remaining", "7").field("Location", "https://mcp.example/mcp/7");
        return result<http_response>(std::move(r));
    };
    const auto r = p.call();
    for (const char* name :
         {"Link", "X-Total-Count", "ETag", "Retry-After", "X-RateLimit-Remaining", "Location"})
        BOOST_TEST(r.field(name) != "", name);
}

BOOST_AUTO_TEST_CASE(a_path_goes_on_below_the_resource_and_never_beside_it)
{
    program p;
    std::vector<std::string> asked;
    const auto reaches = [&](const std::string& rest) {
        p.at.w.requests.clear();
        const auto r = p.call(rest);
        std::string out = std::to_string(r.status());
        for (const auto& q : p.at.w.requests)
            out += " " + q.target().str();
        return out;
    };
    for (const char* good : {"/", "/a", "/a/b?x=1", "?x=1", "/a%20b", "/a?x=/../y"})
        BOOST_TEST(reaches(good) == "404 https://mcp.example/mcp" + std::string(good), good);
    for (const char* evil :
         {"/..",
          "/../",
          "/../admin",
          "/a/../../admin",
          "/./a",
          "/%2e%2e/admin",
          "/%2E%2e/admin",
          "/.%2e/admin",
          "/..%2fadmin",
          "/%2f",
          "//evil.example/",
          "/a//b",
          "/..;/admin",
          "/\\..\\admin",
          "/%5c..%5cadmin",
          "/%00",
          "/a b",
          "/a#b",
          "/%zz",
          "/\x01",
          "/\xc3\xa4",
          "/%252e%252e/",
          "https://evil.example/",
          "@evil.example/",
          ":8443/",
          ".evil.example/",
          "x"})
    {
        const auto got = reaches(evil);
        BOOST_TEST((got == "400" || got == "404"), evil << ": " << got);
    }
}

BOOST_AUTO_TEST_CASE(a_resource_at_the_root_or_with_a_query_is_reached_too)
{
    program p;
    const auto answer = [](const http_request& r) {
        return r.authorization().empty() ? challenge_401(r) : with_body(200, "{}");
    };
    for (const char* where : {"https://mcp.example/", "https://mcp.example/a?k=v"})
    {
        p.at.w.on("GET", where, answer).on("POST", where, answer);
        p.at.w.on(
            "GET",
            "https://mcp.example/.well-known/oauth-protected-resource/mcp",
            200,
            R"({"resource":")" + canonical_resource(url::parse(where).value())
                + R"(","authorization_servers":["https://as.example"]})"
        );
        p.id = p.at.connect(where);
        p.at.w.requests.clear();
        BOOST_TEST(p.call().status() == 200, where);
        BOOST_TEST(p.at.w.requests.back().target().str() == where);
    }
}

BOOST_AUTO_TEST_CASE(other_methods_than_those_of_programs_are_not_forwarded)
{
    program p;
    for (const char* method : {"HEAD", "TRACE", "CONNECT", "PROPFIND", "get", "G ET", ""})
        BOOST_TEST(p.call("", method).status() == 400, method);
    for (const char* method : {"PUT", "PATCH", "DELETE"})
        BOOST_TEST(p.call("", method).status() == 200, method);
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_refreshed_and_the_program_notices_nothing)
{
    program p;
    p.answer = [](const http_request& r) {
        return with_body(r.authorization().reveal() == "Bearer CANARY-2" ? 200 : 401, "{}");
    };
    BOOST_TEST(p.call().status() == 200);
    BOOST_TEST(p.at.grants.back() == "refresh_token");
    BOOST_TEST(p.at.status_of(p.id) == "connected");
    BOOST_TEST(p.call().status() == 200);
    BOOST_TEST(p.at.grants.size() == 2);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_refreshed_is_kept_as_needing_its_user)
{
    program p;
    p.answer = [](const http_request&) { return with_body(401, ""); };
    p.at.token_status = 400;
    p.at.token_body = R"({"error":"invalid_grant"})";
    const auto r = p.call();
    BOOST_TEST(r.status() == 403);
    BOOST_TEST(r.error() == "login_required");
    BOOST_TEST(
        std::string(r.json().at("visit").as_string().c_str())
        == "https://app.example/hub/integrations/" + p.id
    );
    BOOST_TEST(r.answer.changed);
    BOOST_TEST(p.at.status_of(p.id) == "login_required");
    const auto page = p.at.ask(asking::get("/integrations/" + p.id));
    BOOST_TEST(page.says("You have to log in again"));
    // Until its user has been there.
    p.at.token_status = 200;
    p.at.token_body.clear();
    p.answer = [](const http_request&) { return with_body(200, "{}"); };
    p.at.w.advance(std::chrono::seconds(5));
    BOOST_TEST(p.at.ask(hub_app::coming_back(p.at.leave(p.id))).status() == 303);
    BOOST_TEST(p.at.status_of(p.id) == "connected");
    BOOST_TEST(p.call().status() == 200);
}

BOOST_AUTO_TEST_CASE(a_call_that_needs_more_permission_says_so_to_the_user)
{
    program p;
    p.at.more_of_tokens = R"(,"scope":"files:read")";
    p.at.w.advance(std::chrono::seconds(5));
    p.at.ask(hub_app::coming_back(p.at.leave(p.id)));
    p.answer = [](const http_request& r) {
        http_response out(r.field("Mcp-Name") == "write_file" ? 403 : 200, "{}");
        if (out.status() == 403)
            out.field("WWW-Authenticate", needs_write);
        return result<http_response>(std::move(out));
    };
    asking a("POST", "/use/" + p.id);
    const auto r = p.at.ask(a.field("Mcp-Name", "write_file"), p.me);
    BOOST_TEST(r.status() == 403);
    BOOST_TEST(r.error() == "step_up_refused");
    BOOST_TEST(r.json().contains("visit"));
    auto shown = p.at.ask(asking::json("/integrations/" + p.id));
    BOOST_TEST(shown.text("integration", "status") == "more_needed");
    BOOST_TEST(shown.text("integration", "needed_scope") == "files:read files:write");
    BOOST_TEST(shown.text("integration", "needed_by") == "write_file");
    const auto page = p.at.ask(asking::get("/integrations/" + p.id));
    BOOST_TEST(page.says("<code dir=\"auto\">write_file</code> needs"));
    BOOST_TEST(page.says("name=\"more\" value=\"1\""));
    // Other calls go on, and do not hide what is needed.
    BOOST_TEST(p.call("", "POST").status() == 200);
    BOOST_TEST(p.at.status_of(p.id) == "more_needed");
    // A login as usual asks for what is usual, one for more for both.
    BOOST_TEST(parameter_of(p.at.leave(p.id), "scope") == "files:read");
    const auto left = p.at.leave(p.id, {{"more", "1"}});
    BOOST_TEST(parameter_of(left, "scope") == "files:read files:write");
    p.at.w.advance(std::chrono::seconds(5));
    p.at.more_of_tokens = R"(,"scope":"files:read files:write")";
    BOOST_TEST(p.at.ask(hub_app::coming_back(left)).status() == 303);
    shown = p.at.ask(asking::json("/integrations/" + p.id));
    BOOST_TEST(shown.text("integration", "status") == "connected");
    BOOST_TEST(shown.text("integration", "scope") == "files:read files:write");
    BOOST_TEST(shown.text("integration", "needed_scope") == "");
}

BOOST_AUTO_TEST_CASE(a_refusal_that_is_about_no_scope_is_the_programs_own)
{
    program p;
    p.answer = [](const http_request&) { return with_body(403, R"({"message":"not yours"})"); };
    const auto r = p.call();
    BOOST_TEST(r.status() == 403);
    BOOST_TEST(r.says("not yours"));
    BOOST_TEST(p.at.status_of(p.id) == "connected");
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_be_reached_is_a_bad_gateway_and_heals_by_itself)
{
    program p;
    const std::pair<errc, int> failures[] = {
        {errc::connect_failed, 502},
        {errc::connection_lost, 502},
        {errc::response_timeout, 502},
        {errc::tls_certificate_untrusted, 502},
        {errc::address_blocked, 502},
        {errc::deadline_exceeded, 504},
    };
    for (const auto& f : failures)
    {
        p.answer = [&](const http_request&) { return result<http_response>(failure(f.first)); };
        const auto r = p.call();
        BOOST_TEST(r.status() == f.second, f.first);
        BOOST_TEST(r.error() == name_of(f.first));
        BOOST_TEST(!r.json().contains("visit"));
        BOOST_TEST(p.at.status_of(p.id) == "failed");
        p.answer = [](const http_request&) { return with_body(200, "{}"); };
        BOOST_TEST(p.call().status() == 200);
        BOOST_TEST(p.at.status_of(p.id) == "connected");
    }
}

BOOST_AUTO_TEST_CASE(statuses_of_the_integration_are_its_own)
{
    program p;
    for (int status : {201, 204, 304, 400, 404, 429, 500, 503})
    {
        p.answer = [&](const http_request&) { return with_body(status, "{}"); };
        BOOST_TEST(p.call().status() == status);
        BOOST_TEST(p.at.status_of(p.id) == "connected");
    }
}

BOOST_AUTO_TEST_CASE(an_event_stream_is_handed_through)
{
    program p;
    const auto stream = std::make_shared<canned_stream>();
    p.answer = [&](const http_request&) {
        http_response r(200, "");
        r.field("Content-Type", "text/event-stream").field("Set-Cookie", "evil");
        r.events(stream);
        return result<http_response>(std::move(r));
    };
    const auto r = p.call();
    BOOST_TEST((r.answer.response.events() == stream));
    BOOST_TEST(r.field("Content-Type") == "text/event-stream");
    BOOST_TEST(r.field("Set-Cookie") == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_connected_yet_cannot_be_called)
{
    program p;
    p.id = p.at.add();
    BOOST_TEST(p.call().status() == 404);
    p.id = "0123456789abcdef0123456789abcdef";
    BOOST_TEST(p.call().status() == 404);
    p.id = "x";
    BOOST_TEST(p.call().error() == "not_found");
    p.id = "";
    BOOST_TEST(p.call().status() == 404);
}

BOOST_AUTO_TEST_CASE(a_server_without_a_login_is_called_without_a_token)
{
    program p;
    add_open_server(p.at.w);
    p.id = p.at.add("https://open.example/mcp");
    p.at.ask(asking::post("/integrations/" + p.id + "/connect"));
    BOOST_TEST(p.call().status() == 200);
    // One that begins to need a login.
    p.at.w.on("GET", "https://open.example/mcp", 401, "");
    const auto r = p.call();
    BOOST_TEST(r.error() == "login_required");
    BOOST_TEST(p.at.status_of(p.id) == "login_required");
}

BOOST_AUTO_TEST_CASE(a_login_meanwhile_is_not_overwritten_by_the_end_of_an_older_call)
{
    program p;
    p.at.token_status = 400;
    p.at.token_body = R"({"error":"invalid_grant"})";
    bool done = false;
    p.answer = [&](const http_request&) {
        if (!std::exchange(done, true))
        {
            // At another node.
            auto newer = p.at.stored(p.id);
            newer.connected_at = *newer.connected_at + std::chrono::seconds(9);
            auto& r = p.at.w.records[detail::integration_key(p.id)];
            r.value = detail::make_record(newer);
            ++r.at;
        }
        return with_body(401, "");
    };
    BOOST_TEST(p.call().error() == "login_required");
    BOOST_TEST(p.at.status_of(p.id) == "connected");
}

BOOST_AUTO_TEST_CASE(tools_are_listed_and_kept_within_limits)
{
    program p;
    std::string tools;
    for (int n = 0; n != 600; ++n)
        tools += std::string(n ? "," : "") + R"({"name":"t)" + std::to_string(n)
            + R"(","description":"<script>)" + std::string(2'000, 'x') + R"("})";
    p.answer = [&](const http_request& r) { return answer_of_tools(r, "files", tools); };
    const auto r = p.at.ask(asking::post("/integrations/" + p.id + "/tools").as_json());
    BOOST_TEST(r.status() == 200);
    const auto kept = p.at.stored(p.id);
    BOOST_TEST(kept.tools.size() == 500);
    BOOST_TEST(kept.tools.front().name == "t0");
    BOOST_TEST(kept.tools.front().description.size() < 600);
    BOOST_TEST(p.at.w.records[detail::integration_key(p.id)].value.document.size() < 160'000);
    BOOST_TEST(kept.title == "files");
    const auto page = p.at.ask(asking::get("/integrations/" + p.id));
    BOOST_TEST(!page.says("<script>xx"));
    BOOST_TEST(page.says("&lt;script&gt;xx"));
}

BOOST_AUTO_TEST_CASE(an_api_that_is_no_mcp_server_has_no_tools_and_no_problem)
{
    program p;
    p.answer = [](const http_request&) { return with_body(404, "nothing"); };
    const auto r = p.at.ask(asking::post("/integrations/" + p.id + "/tools").as_json());
    BOOST_TEST(r.status() == 200);
    BOOST_TEST(r.text("integration", "tools_note") != "");
    BOOST_TEST(r.text("integration", "status") == "connected");
    p.answer = [](const http_request&) {
        return result<http_response>(failure(errc::connection_lost));
    };
    const auto lost = p.at.ask(asking::post("/integrations/" + p.id + "/tools").as_json());
    BOOST_TEST(lost.status() == 502);
    BOOST_TEST(p.at.status_of(p.id) == "failed");
}

BOOST_AUTO_TEST_CASE(names_of_fields_that_stay_may_have_blanks_of_any_kind_around_them)
{
    program p;
    std::vector<std::string> sent;
    p.answer = [&](const http_request& r) {
        for (const char* name : {"X-One", "X-Two", "X-Three", "X-Kept"})
        {
            if (!r.field(name).empty())
                sent.emplace_back(name);
        }
        auto out = with_body(200, "{}");
        out->field("Connection", "\tx-one ,\t x-two\t,x-three");
        for (const char* name : {"X-One", "X-Two", "X-Three", "X-Kept"})
            out->field(name, "theirs");
        return out;
    };
    asking a("GET", "/use/" + p.id);
    a.field("Connection", "x-one\t, \tX-Two,\t\tx-three\t");
    for (const char* name : {"X-One", "X-Two", "X-Three", "X-Kept"})
        a.field(name, "mine");
    const auto r = p.at.ask(a, p.me);
    BOOST_TEST(r.status() == 200);
    BOOST_TEST(sent == std::vector<std::string>{"X-Kept"}, boost::test_tools::per_element());
    for (const char* name : {"X-One", "X-Two", "X-Three"})
        BOOST_TEST(r.field(name) == "", name);
    BOOST_TEST(r.field("X-Kept") == "theirs");
}

BOOST_AUTO_TEST_SUITE_END()
