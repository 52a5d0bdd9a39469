// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Discovery and logins with documents that are remembered: what is asked again, and when what was
// remembered is given up.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(remembered_documents)

using namespace asioauth;
using namespace asioauth::test;
using std::chrono::seconds;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* resource_place =
    "https://mcp.example/.well-known/oauth-protected-resource/mcp";
constexpr const char* server_place = "https://as.example/.well-known/oauth-authorization-server";

using fields = form_fields;

result<http_response> document(std::string body, const fields& more, int status = 200)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    for (const auto& f : more)
        r.field(f.first, f.second);
    return r;
}

// A client that lives longer than one run: its settings, and with them its memory.
class remembering
{
public:
    remembering()
    {
        add_provider(w);
        serve(resource_place, resource_document, {});
        serve(server_place, server_document, {});
    }

    void serve(const char* place, std::string body, fields more, int status = 200)
    {
        w.on("GET", place, [=](const http_request&) { return document(body, more, status); });
    }

    void serve_both(const fields& more)
    {
        serve(resource_place, resource_document, more);
        serve(server_place, server_document, more);
    }

    result<discovery> discover(discover_params params = discover_params(where))
    {
        w.requests.clear();
        w.events.clear();
        auto r = w.run(detail::discover(std::move(params), settings));
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    }

    result<grant> login(login_params params = login_params(where))
    {
        w.requests.clear();
        w.pages_shown = 0;
        auto r = w.run(detail::login(std::move(params), settings));
        BOOST_TEST(broken_invariant(w, r) == "");
        return *r;
    }

    // How often a place was asked in the last run.
    long asked(std::string_view place) const
    {
        return std::count_if(w.requests.begin(), w.requests.end(), [&](const http_request& r) {
            return r.target().str() == place;
        });
    }

    const http_request& request_to(std::string_view place) const
    {
        return *std::find_if(w.requests.begin(), w.requests.end(), [&](const http_request& r) {
            return r.target().str() == place;
        });
    }

    bool told(std::string_view text) const
    {
        return std::any_of(w.events.begin(), w.events.end(), [&](const event& e) {
            std::ostringstream line;
            line << e;
            return line.str().find(text) != std::string::npos;
        });
    }

    world w;
    flow_settings settings = plain_settings();
};

// A server document in which one thing is another.
std::string changed(const std::string& from, const std::string& to)
{
    std::string out(server_document);
    for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at + to.size()))
        out.replace(at, from.size(), to);
    return out;
}

} // namespace

// covers C-9728-14
BOOST_AUTO_TEST_CASE(a_second_discovery_asks_the_resource_and_nobody_else)
{
    remembering c;
    const auto first = c.discover();
    BOOST_REQUIRE(first);
    BOOST_TEST(c.w.requests.size() == 3u);
    BOOST_TEST(!c.told("from memory"));
    const auto second = c.discover();
    BOOST_REQUIRE(second);
    BOOST_TEST(c.w.requests.size() == 1u);
    BOOST_TEST(c.asked(where) == 1);
    BOOST_TEST(c.told("from memory: " + std::string(server_place)));
    BOOST_TEST(c.told("from memory: " + std::string(resource_place)));
    BOOST_TEST(second->server.issuer == first->server.issuer);
    BOOST_TEST(second->server.token_endpoint.str() == first->server.token_endpoint.str());
    BOOST_TEST((second->server.found == first->server.found));
    BOOST_TEST(
        *second->resource_document->scopes_supported == *first->resource_document->scopes_supported,
        boost::test_tools::per_element()
    );
    BOOST_TEST((second->resource_document->found == first->resource_document->found));
    // What the answer of the resource says is never old.
    c.w.on("GET", where, [](const http_request&) {
        http_response r(401, "");
        r.field("WWW-Authenticate", R"(Bearer scope="other")");
        return result<http_response>(std::move(r));
    });
    BOOST_TEST(c.discover()->challenged_scope == "other");
    BOOST_TEST(c.w.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(documents_are_asked_for_again_when_their_time_is_over)
{
    remembering c;
    c.serve(server_place, server_document, {{"Cache-Control", "max-age=60"}});
    BOOST_REQUIRE(c.discover());
    c.w.advance(seconds(59));
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 0);
    c.w.advance(seconds(1));
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);
    BOOST_TEST(c.asked(resource_place) == 0);
    // Its server says nothing.
    c.w.advance(seconds(240));
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(resource_place) == 1);
}

BOOST_AUTO_TEST_CASE(the_settings_bound_how_long_and_how_much_is_remembered)
{
    remembering brief;
    brief.settings.memory->documents = detail::document_cache(1 << 20, seconds(10));
    brief.serve_both({{"Cache-Control", "max-age=60"}});
    BOOST_REQUIRE(brief.discover());
    brief.w.advance(seconds(10));
    BOOST_REQUIRE(brief.discover());
    BOOST_TEST(brief.w.requests.size() == 3u);

    remembering forgetful;
    forgetful.settings.memory->documents = detail::document_cache(0, seconds(3600));
    forgetful.serve_both({{"Cache-Control", "max-age=60"}});
    BOOST_REQUIRE(forgetful.discover());
    BOOST_REQUIRE(forgetful.discover());
    BOOST_TEST(forgetful.w.requests.size() == 3u);
    BOOST_TEST(forgetful.settings.memory->documents.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_stored_is_asked_for_every_time)
{
    remembering c;
    c.serve_both({{"Cache-Control", "no-store, max-age=60"}, {"ETag", "\"1\""}});
    for (int i = 0; i < 3; ++i)
    {
        BOOST_REQUIRE(c.discover());
        BOOST_TEST(c.w.requests.size() == 3u);
        BOOST_TEST(c.request_to(server_place).field("If-None-Match") == "");
    }
    BOOST_TEST(c.settings.memory->documents.size() == 0u);
}

BOOST_AUTO_TEST_CASE(who_wants_fresh_answers_gets_them_and_others_after_it)
{
    remembering c;
    c.serve_both({{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}});
    BOOST_REQUIRE(c.discover());
    c.serve(server_place, changed("/token", "/token2"), {{"Cache-Control", "max-age=60"}});
    auto found = c.discover(discover_params(where).fresh(true));
    BOOST_REQUIRE(found);
    BOOST_TEST(c.w.requests.size() == 3u);
    BOOST_TEST(found->server.token_endpoint.path() == "/token2");
    // Whole, and from the server itself.
    BOOST_TEST(c.request_to(server_place).field("If-None-Match") == "");
    BOOST_TEST(c.request_to(server_place).field("Cache-Control") == "no-cache");
    found = c.discover();
    BOOST_REQUIRE(found);
    BOOST_TEST(c.w.requests.size() == 1u);
    BOOST_TEST(found->server.token_endpoint.path() == "/token2");
}

BOOST_AUTO_TEST_CASE(a_document_that_has_not_changed_is_not_sent_again)
{
    remembering c;
    c.serve_both({{"Cache-Control", "max-age=60"}, {"ETag", "\"v1\""}});
    BOOST_REQUIRE(c.discover());
    c.w.advance(seconds(60));
    c.serve(server_place, "", {{"Cache-Control", "max-age=10"}}, 304);
    c.serve(resource_place, "", {}, 304);
    auto found = c.discover();
    BOOST_REQUIRE(found);
    BOOST_TEST(c.request_to(server_place).field("If-None-Match") == "\"v1\"");
    BOOST_TEST(found->server.token_endpoint.str() == "https://as.example/token");
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.w.requests.size() == 1u);
    c.w.advance(seconds(10));
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);
    BOOST_TEST(c.asked(resource_place) == 0);
    // By now it has.
    c.w.advance(seconds(10));
    c.serve(server_place, changed("/token", "/token2"), {{"ETag", "\"v2\""}});
    found = c.discover();
    BOOST_REQUIRE(found);
    BOOST_TEST(found->server.token_endpoint.path() == "/token2");
}

BOOST_AUTO_TEST_CASE(not_modified_is_no_answer_to_who_has_nothing)
{
    remembering c;
    c.serve(server_place, "", {{"ETag", "\"v1\""}}, 304);
    const auto found = c.discover();
    BOOST_REQUIRE(!found);
    BOOST_TEST(found.error().code() == errc::http_status_unexpected);
    BOOST_TEST(found.error().info().http_status() == 304);
    BOOST_TEST(c.settings.memory->documents.size() == 2u); // the resource's, and an absence
}

BOOST_AUTO_TEST_CASE(not_modified_about_another_document_has_this_one_fetched_whole)
{
    remembering c;
    c.serve_both({{"Cache-Control", "no-cache"}, {"ETag", "\"v1\""}});
    BOOST_REQUIRE(c.discover());
    c.w.on("GET", server_place, [](const http_request& r) {
        if (!r.field("If-None-Match").empty())
            return document("", {{"ETag", "\"v2\""}}, 304);
        return document(changed("/token", "/token2"), {});
    });
    const auto found = c.discover();
    BOOST_REQUIRE(found);
    BOOST_TEST(found->server.token_endpoint.path() == "/token2");
    BOOST_TEST(c.asked(server_place) == 2);
}

// A page that is not there is remembered for a moment, so that a login does not ask for it again.
BOOST_AUTO_TEST_CASE(absence_is_remembered_for_a_short_time_and_failures_are_not)
{
    const char* first = server_place;
    const char* second = "https://as.example/.well-known/openid-configuration";
    for (int status : {404, 405, 410})
    {
        remembering c;
        c.serve(first, "", {{"Cache-Control", "max-age=3600"}}, status);
        c.serve(second, server_document, {{"Cache-Control", "max-age=3600"}});
        BOOST_REQUIRE(c.discover());
        // As long as the other place has a good one nobody looks at the first.
        c.w.advance(seconds(299));
        BOOST_REQUIRE(c.discover());
        BOOST_TEST(c.w.requests.size() == 1u);
    }
    for (int status : {404, 405, 410, 401, 403, 429, 500, 503})
    {
        const bool absence = status == 404 || status == 405 || status == 410;
        remembering c;
        c.serve(first, "", {{"Cache-Control", "max-age=3600"}}, status);
        c.serve(second, server_document, {{"Cache-Control", "no-cache"}});
        BOOST_REQUIRE(c.discover());
        c.w.advance(seconds(59));
        BOOST_REQUIRE(c.discover());
        BOOST_TEST(c.asked(first) == (absence ? 0 : 1), status);
        BOOST_TEST(c.asked(second) == 1);
        c.w.advance(seconds(1));
        c.serve(first, server_document, {});
        BOOST_REQUIRE(c.discover());
        BOOST_TEST(c.asked(first) == 1);
        BOOST_TEST(c.asked(second) == 0);
    }
    remembering c;
    c.w.on("GET", first, [](const http_request&) {
        return result<http_response>(failure(errc::connect_failed));
    });
    BOOST_REQUIRE(!c.discover());
    c.serve(first, server_document, {});
    BOOST_REQUIRE(c.discover());
}

// What does not pass its check is not kept for anybody.
BOOST_AUTO_TEST_CASE(documents_that_cannot_be_used_are_not_remembered)
{
    const std::string bad[] = {
        "",
        "{",
        "[]",
        changed("https://as.example\"", "https://evil.example\""),
        changed("S256", "plain"),
        changed("https://as.example/token", "http://as.example/token"),
    };
    for (const auto& body : bad)
    {
        remembering c;
        c.serve(server_place, body, {{"Cache-Control", "max-age=3600"}});
        BOOST_TEST(!c.discover(), body);
        BOOST_TEST(c.settings.memory->documents.size() == 2u); // the resource's, and an absence
        c.serve(server_place, server_document, {});
        c.w.advance(seconds(31));
        BOOST_TEST(c.discover().has_value(), body);
    }
    remembering c;
    c.serve(resource_place, "{}", {{"Cache-Control", "max-age=3600"}});
    BOOST_TEST(!c.discover());
    c.serve(resource_place, resource_document, {});
    BOOST_TEST(c.discover().has_value());
}

BOOST_AUTO_TEST_CASE(a_document_too_large_for_the_memory_is_used_and_not_kept)
{
    remembering c;
    c.settings.memory->documents = detail::document_cache(100'000, seconds(3600));
    std::string large(server_document);
    large.insert(1, R"("x":")" + std::string(30'000, 'x') + R"(",)");
    c.serve(server_place, large, {});
    BOOST_REQUIRE(c.discover());
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);
    BOOST_TEST(c.asked(resource_place) == 0);
}

// Each resource checks the document for itself, also one that was right for another resource.
BOOST_AUTO_TEST_CASE(a_remembered_document_is_checked_against_what_is_expected_now)
{
    remembering c;
    const char* root = "https://mcp.example/.well-known/oauth-protected-resource";
    c.serve(resource_place, "", {}, 404);
    c.serve(root, resource_document, {});
    for (const char* r : {"https://mcp.example/mcp", "https://mcp.example/other"})
        c.w.on("GET", r, 401, "");
    BOOST_REQUIRE(c.discover());
    const auto other = c.discover(discover_params("https://mcp.example/other"));
    BOOST_REQUIRE(!other);
    BOOST_TEST(other.error().code() == errc::resource_mismatch);
    BOOST_TEST(c.asked(root) == 1); // memory alone refuses nobody
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(root) == 1);
    // By now it is right for the other one.
    c.serve(
        root,
        R"({"resource":"https://mcp.example/other","authorization_servers":["https://as.example"]})",
        {}
    );
    BOOST_TEST(c.discover(discover_params("https://mcp.example/other")).has_value());
}

BOOST_AUTO_TEST_CASE(a_challenge_that_names_another_document_has_that_one_read)
{
    remembering c;
    BOOST_REQUIRE(c.discover());
    c.w.on("GET", where, [](const http_request&) {
        http_response r(401, "");
        r.field("WWW-Authenticate", R"(Bearer resource_metadata="https://mcp.example/new")");
        return result<http_response>(std::move(r));
    });
    c.serve(
        "https://mcp.example/new",
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"resource_name":"New"})",
        {}
    );
    const auto found = c.discover();
    BOOST_REQUIRE(found);
    BOOST_TEST(c.asked("https://mcp.example/new") == 1);
    BOOST_TEST(found->resource_document->resource_name == "New");
}

BOOST_AUTO_TEST_CASE(permission_to_reach_a_network_is_not_shared_with_who_does_not_have_it)
{
    remembering c;
    BOOST_REQUIRE(c.discover(discover_params(where).allow_private_network("10.0.0.0/8")));
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.w.requests.size() == 3u);
    for (const auto& r : c.w.requests)
        BOOST_TEST(r.policy().private_networks().empty());
    BOOST_REQUIRE(c.discover(discover_params(where).allow_private_network("10.0.0.0/8")));
    BOOST_TEST(c.w.requests.size() == 1u);
    BOOST_REQUIRE(c.discover(discover_params(where).allow_private_network("10.0.0.0/9")));
    BOOST_TEST(c.w.requests.size() == 3u);
}

BOOST_AUTO_TEST_CASE(clients_do_not_share_what_they_remember)
{
    remembering one;
    remembering other;
    BOOST_REQUIRE(one.discover());
    BOOST_REQUIRE(other.discover());
    BOOST_TEST(other.w.requests.size() == 3u);
}

// --- What was remembered turns out to be wrong -----------------------------------------------------

BOOST_AUTO_TEST_CASE(a_login_heals_when_an_endpoint_has_moved_since)
{
    const std::string endpoints[] = {"/register", "/token"};
    for (const auto& endpoint : endpoints)
    {
        for (int how : {404, 405, 410, 0})
        {
            BOOST_TEST_CONTEXT(endpoint << " answers " << how)
            {
                remembering c;
                BOOST_REQUIRE(c.discover());
                const std::string old = "https://as.example" + endpoint;
                c.w.on("POST", old, [how](const http_request&) {
                    if (how == 0)
                        return result<http_response>(failure(errc::connect_failed));
                    return result<http_response>(http_response(how, "gone"));
                });
                const std::string moved = "https://as.example/new" + endpoint;
                c.serve(server_place, changed(old, moved), {});
                if (endpoint == "/register")
                    c.w.on("POST", moved, register_client);
                else
                    c.w.on("POST", moved, 200, token_document);
                const auto r = c.login();
                BOOST_REQUIRE(r);
                BOOST_TEST(r->tokens.access_token.reveal() == "CANARY-access");
                BOOST_TEST(c.asked(old) == 1);
                BOOST_TEST(c.asked(moved) == 1);
                BOOST_TEST(c.asked(server_place) == 1);
                const auto& now = r->found.server;
                const auto& used =
                    endpoint == "/token" ? now.token_endpoint : now.registration_endpoint;
                BOOST_TEST(used.str() == moved);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_login_that_fails_at_an_unchanged_server_fails_once_and_asks_no_more)
{
    remembering c;
    BOOST_REQUIRE(c.discover());
    c.w.on("POST", "https://as.example/register", 404, "");
    long asked = 0;
    for (int i = 0; i < 5; ++i)
    {
        const auto r = c.login();
        BOOST_REQUIRE(!r);
        BOOST_TEST(r.error().info().http_status() == 404);
        BOOST_TEST(c.asked("https://as.example/register") == 1);
        asked += c.asked(server_place);
    }
    BOOST_TEST(asked == 1); // not again within half a minute
    c.w.advance(seconds(30));
    BOOST_TEST(!c.login());
    BOOST_TEST(c.asked(server_place) == 1);
}

BOOST_AUTO_TEST_CASE(a_login_that_fails_with_documents_of_its_own_asks_for_nothing_again)
{
    remembering c;
    c.w.on("POST", "https://as.example/register", 404, "");
    BOOST_TEST(!c.login());
    BOOST_TEST(c.asked(where) == 1);
    BOOST_TEST(c.asked(server_place) == 1);
}

BOOST_AUTO_TEST_CASE(a_document_has_changed_if_anything_of_it_that_a_login_uses_has)
{
    remembering before;
    const auto found = before.discover();
    BOOST_REQUIRE(found);
    const auto again = [&](const char* place, const std::string& body) {
        remembering now;
        now.serve(place, body, {});
        auto r =
            now.w.run(detail::discover_again(*found, discover_params(where), now.settings)).value();
        BOOST_REQUIRE(r);
        return r->has_value();
    };
    BOOST_TEST(!again(server_place, server_document));
    BOOST_TEST(!again(server_place, changed("[\"none\",", "[")));
    const std::string with = R"({"issuer":"https://as.example",)";
    const auto added = [&](const std::string& member) {
        return changed(R"({"issuer":"https://as.example",)", with + member);
    };
    BOOST_TEST(again(server_place, changed("/authorize", "/new/authorize")));
    BOOST_TEST(again(server_place, changed("/token\"", "/new/token\"")));
    BOOST_TEST(again(server_place, changed("/register", "/new/register")));
    BOOST_TEST(again(
        server_place, added(R"("pushed_authorization_request_endpoint":"https://as.example/par",)")
    ));
    BOOST_TEST(again(
        server_place, added(R"("device_authorization_endpoint":"https://as.example/device",)")
    ));
    BOOST_TEST(again(server_place, changed("iss_parameter_supported\":true", "x\":true")));
    std::string wider = resource_document;
    wider.replace(wider.find("https://mcp.example/mcp"), 23, "https://mcp.example/");
    BOOST_TEST(again(resource_place, wider));
}

BOOST_AUTO_TEST_CASE(another_authorization_server_of_a_resource_is_a_change)
{
    remembering before;
    const auto found = before.discover();
    BOOST_REQUIRE(found);
    remembering now;
    const char* other = "https://other.example/.well-known/oauth-authorization-server";
    now.serve(other, changed("https://as.example", "https://other.example"), {});
    std::string resource = resource_document;
    resource.replace(resource.find("https://as.example"), 18, "https://other.example");
    now.serve(resource_place, resource, {});
    auto r =
        now.w.run(detail::discover_again(*found, discover_params(where), now.settings)).value();
    BOOST_REQUIRE(r);
    BOOST_REQUIRE(*r);
    BOOST_TEST((*r)->server.issuer == "https://other.example");
}

BOOST_AUTO_TEST_CASE(a_resource_that_needs_no_login_any_more_is_no_change_to_log_in_with)
{
    remembering before;
    const auto found = before.discover();
    BOOST_REQUIRE(found);
    remembering open;
    open.w.on("GET", where, 200, "{}");
    open.w.on("POST", where, 200, "{}");
    // It still publishes where one could log in.
    auto r =
        open.w.run(detail::discover_again(*found, discover_params(where), open.settings)).value();
    BOOST_REQUIRE(r);
    BOOST_REQUIRE(*r);
    BOOST_TEST(((*r)->login == login_support::available));
    open.serve(resource_place, "", {}, 404);
    open.settings = plain_settings();
    r = open.w.run(detail::discover_again(*found, discover_params(where), open.settings)).value();
    BOOST_REQUIRE(r);
    BOOST_TEST(!r->has_value());
}

BOOST_AUTO_TEST_CASE(only_failures_of_endpoints_are_laid_to_documents)
{
    const auto at = [](stage where_it_was, errc code, int status = 0) {
        return detail::may_be_outdated(failure(code).where(where_it_was).http_status(status));
    };
    for (const stage s : {stage::registration, stage::authorization, stage::token})
    {
        BOOST_TEST(at(s, errc::connect_failed));
        BOOST_TEST(at(s, errc::http_status_unexpected, 404));
        BOOST_TEST(!at(s, errc::http_status_unexpected, 500));
        BOOST_TEST(!at(s, errc::invalid_grant, 400));
        BOOST_TEST(!at(s, errc::store_unavailable));
    }
    for (const stage s : {stage::probe, stage::resource, stage::store, stage::listener})
    {
        BOOST_TEST(!at(s, errc::connect_failed));
        BOOST_TEST(!at(s, errc::http_status_unexpected, 404));
    }
}

BOOST_AUTO_TEST_CASE(failures_that_documents_do_not_explain_leave_them_alone)
{
    for (int status : {400, 401, 403, 429, 500, 503})
    {
        remembering c;
        BOOST_REQUIRE(c.discover());
        c.w.on("POST", "https://as.example/register", status, R"({"error":"invalid_request"})");
        BOOST_TEST(!c.login());
        BOOST_TEST(c.asked(server_place) == 0, status);
        BOOST_TEST(c.asked(where) == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_login_heals_when_the_server_has_another_name_in_its_answers_since)
{
    remembering c;
    BOOST_REQUIRE(c.discover());
    // The resource has another authorization server by now; the old one sends its users there.
    const std::string fresh_place = "https://new.example/.well-known/oauth-authorization-server";
    c.serve(
        resource_place,
        R"({"resource":"https://mcp.example/mcp","authorization_servers":["https://new.example"]})",
        {}
    );
    c.serve(fresh_place.c_str(), changed("as.example", "new.example"), {});
    c.w.on("POST", "https://new.example/register", register_client);
    c.w.on("POST", "https://new.example/token", 200, token_document);
    c.w.iss = "https://new.example";
    const auto r = c.login();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->found.server.issuer == "https://new.example");
    // No code of one server went to the other.
    BOOST_TEST(c.asked("https://as.example/token") == 0);
    BOOST_TEST(c.asked("https://new.example/token") == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_forgot_its_client_has_its_documents_read_anew_before_the_next_one
)
{
    remembering c;
    BOOST_REQUIRE(c.login());
    std::erase_if(c.w.records, [](const auto& e) { return e.first.kind == record_kind::grant; });
    const auto dead = [n = std::make_shared<int>(0)](const http_request&) {
        return ++*n == 1 ? document(R"({"error":"invalid_client"})", {}, 401)
                         : document(token_document, {});
    };
    c.w.on("POST", "https://as.example/token", dead);
    c.serve(server_place, changed("/register", "/register2"), {});
    c.w.on("POST", "https://as.example/register2", register_client);
    const auto r = c.login();
    BOOST_REQUIRE(r);
    BOOST_TEST(c.asked(server_place) == 1);
    BOOST_TEST(c.asked("https://as.example/register") == 0);
    BOOST_TEST(c.asked("https://as.example/register2") == 1);
}

BOOST_AUTO_TEST_CASE(a_refresh_that_fails_for_good_has_the_documents_read_anew_by_the_next_login)
{
    remembering c;
    c.serve_both({{"Cache-Control", "max-age=3600"}});
    BOOST_REQUIRE(c.login());
    c.w.advance(seconds(3590));
    c.w.on("POST", "https://as.example/token", 404, "");
    c.serve(server_place, changed("/token", "/token2"), {});
    c.w.on("POST", "https://as.example/token2", 200, token_document);
    const auto r = c.login();
    BOOST_REQUIRE(r);
    BOOST_TEST(r->found.server.token_endpoint.path() == "/token2");
    BOOST_TEST(c.asked("https://as.example/token") == 1);
}

// covers C-9728-6
BOOST_AUTO_TEST_CASE(a_token_that_is_refused_has_the_resource_metadata_read_anew_by_the_next_login)
{
    remembering c;
    const auto g = c.login();
    BOOST_REQUIRE(g);
    const auto session = session_of(*g);
    c.w.on("POST", where, 401, "");
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    const auto r = c.w.run(detail::authorised_request(session, std::move(request), c.settings));
    BOOST_TEST(!*r);
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(resource_place) == 1);
    BOOST_TEST(c.asked(server_place) == 0);
}

BOOST_AUTO_TEST_CASE(a_web_login_heals_before_the_user_is_sent_and_doubts_after_a_wrong_issuer)
{
    detail::web_settings web;
    web.redirect_uri = "https://app.example/back";
    remembering c;
    BOOST_REQUIRE(c.discover());
    c.w.on("POST", "https://as.example/register", 404, "");
    c.serve(server_place, changed("/register", "/register2"), {});
    c.w.on("POST", "https://as.example/register2", register_client);
    c.w.requests.clear();
    auto begun = c.w.run(detail::begin_login("anna", begin_params(where), "", web, c.settings));
    BOOST_REQUIRE(*begun);
    BOOST_TEST((*begun)->found.server.registration_endpoint.path() == "/register2");
    BOOST_TEST(c.asked(server_place) == 1);

    // The callback asks for no document; what it doubts is for the next one to ask.
    c.w.advance(seconds(30));
    c.w.requests.clear();
    const auto sent = parse_form((*begun)->where.query());
    std::string state;
    for (const auto& f : *sent)
        state = f.first == "state" ? f.second : state;
    const login_callback callback(
        "/back?code=x&iss=https%3A%2F%2Fnew.example&state=" + form_encode(state)
    );
    const auto done = c.w.run(detail::complete_login(callback, (*begun)->binding, web, c.settings));
    BOOST_REQUIRE(!*done);
    BOOST_TEST((done->error().code() == errc::issuer_parameter_mismatch));
    BOOST_TEST(c.w.requests.empty());
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);
}

// --- Operations of their own ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_registration_or_exchange_that_finds_nobody_doubts_the_documents)
{
    remembering c;
    const auto found = c.discover();
    BOOST_REQUIRE(found);
    c.w.on("POST", "https://as.example/register", 404, "");
    const auto r = c.w.run(detail::obtain_registration(*found, register_params(), c.settings));
    BOOST_TEST(!*r);
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);

    c.w.advance(seconds(30));
    c.w.on("POST", "https://as.example/token", 410, "");
    const registration client("https://as.example", "client-1", secret("CANARY-secret"));
    const auto t = c.w.run(detail::request_tokens(
        *found, client, token_params(token_grant::client_credentials()), c.settings
    ));
    BOOST_TEST(!*t);
    BOOST_REQUIRE(c.discover());
    BOOST_TEST(c.asked(server_place) == 1);
}

BOOST_AUTO_TEST_CASE(keys_are_remembered_only_as_long_as_their_server_allows)
{
    remembering c;
    c.serve(
        server_place,
        changed(
            "\"response_types_supported\"",
            R"("jwks_uri":"https://as.example/keys","response_types_supported")"
        ),
        {}
    );
    auto key = signing_key::generate(jws_algorithm::es256);
    BOOST_REQUIRE(key);
    c.serve("https://as.example/keys", make_jwk_set({*key}), {{"Cache-Control", "max-age=20"}});
    const auto found = c.discover();
    BOOST_REQUIRE(found);
    const registration client("https://as.example", "client-1");
    const auto check = [&] {
        c.w.requests.clear();
        token_set tokens;
        const auto now = std::chrono::duration_cast<seconds>(c.w.wall.time_since_epoch()).count();
        tokens.id_token = *sign_jwt(
            *key,
            "JWT",
            R"({"iss":"https://as.example","aud":"client-1","sub":"a","nonce":"n","iat":)"
                + std::to_string(now) + R"(,"exp":)" + std::to_string(now + 60) + "}"
        );
        const auto r = c.w.run(detail::check_id_token(*found, client, tokens, "n", c.settings));
        BOOST_TEST(r->has_value());
        return c.w.requests.size();
    };
    BOOST_TEST(check() == 1u);
    BOOST_TEST(check() == 0u);
    c.w.advance(seconds(20));
    BOOST_TEST(check() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
