// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What of a whole login and of a session's requests goes where.

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(what_is_sent)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

bool has(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

result<http_response> json(int status, std::string body)
{
    http_response r(status, std::move(body));
    r.field("Content-Type", "application/json");
    return r;
}

std::string form_value(std::string_view form, const std::string& name)
{
    const auto fields = parse_form(form);
    for (const auto& f : *fields)
    {
        if (f.first == name)
            return f.second;
    }
    return "(absent)";
}

// Tokens that say which server issued them, and to which request: CANARY-as.example-1...
void issue_tokens(world& w, const std::string& server, int& issued)
{
    w.on("POST", "https://" + server + "/token", [server, &issued](const http_request&) {
        const std::string name = "CANARY-" + server + "-" + std::to_string(++issued);
        return json(
            200,
            R"({"access_token":")" + name + R"(","refresh_token":")" + name
                + R"(-refresh","token_type":"Bearer","expires_in":3600})"
        );
    });
}

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

// The provider of the other tests, under other names.
void add_named_provider(world& w, const std::string& resource, const std::string& server)
{
    const auto named = [resource, server](std::string text) {
        return replaced(replaced(std::move(text), "mcp.example", resource), "as.example", server);
    };
    w.on("GET", "https://" + resource + "/mcp", [named](const http_request&) {
        http_response r(401, "");
        r.field(
            "WWW-Authenticate",
            "Bearer resource_metadata="
                + named("\"https://mcp.example/.well-known/oauth-protected-resource/mcp\"")
        );
        return result<http_response>(std::move(r));
    });
    w.on(
        "GET",
        "https://" + resource + "/.well-known/oauth-protected-resource/mcp",
        200,
        named(resource_document)
    );
    w.on(
        "GET",
        "https://" + server + "/.well-known/oauth-authorization-server",
        200,
        named(server_document)
    );
    w.on("POST", "https://" + server + "/register", register_client);
}

http_request post_to(const std::string& target)
{
    http_request out(request_kind::resource, "POST", url::parse(target).value());
    out.body("application/json", secret("{}"));
    return out;
}

} // namespace

// covers C-9700-17 C-21-17 C-6750-1 C-MCP-14
// catches D-15
BOOST_AUTO_TEST_CASE(tokens_and_codes_travel_over_https_in_their_own_place_and_nowhere_else)
{
    world w;
    int issued = 0;
    add_named_provider(w, "mcp.example", "as.example");
    issue_tokens(w, "as.example", issued);
    // The first token is refused and refreshed, the second has ended.
    w.on("POST", where, [](const http_request& r) {
        return json(r.authorization() == secret("Bearer CANARY-as.example-1") ? 401 : 200, "{}");
    });
    auto got = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(*got);
    const auto session = session_of(**got);
    for (int i = 0; i < 2; ++i)
    {
        const auto r = w.run(detail::authorised_request(session, post_to(where), plain_settings()));
        BOOST_REQUIRE(*r);
        BOOST_TEST((*r)->status() == 200);
        w.wall += std::chrono::hours(2);
    }
    BOOST_TEST(issued == 3);

    int with_token = 0;
    int with_grant = 0;
    for (const auto& r : w.requests)
    {
        BOOST_TEST_CONTEXT(r.method() << " " << r.target().str())
        {
            BOOST_TEST(r.target().is_https());
            BOOST_TEST(!has(r.target().str(), "CANARY"));
            BOOST_TEST(!has(r.target().str(), "token="));
            for (const auto& field : r.fields())
                BOOST_TEST(!has(field.second, "CANARY"));
            if (r.target().str() == "https://as.example/token")
            {
                BOOST_TEST(r.method() == "POST");
                ++with_grant;
                // The access token is nobody's business here.
                BOOST_TEST(form_value(r.body().reveal(), "access_token") == "(absent)");
                BOOST_TEST(r.authorization().empty());
                continue;
            }
            BOOST_TEST(!has(r.body().reveal(), "CANARY"));
            if (r.authorization().empty())
                continue;
            ++with_token;
            BOOST_TEST(r.target().str() == where);
            BOOST_TEST(!has(r.authorization().reveal(), "refresh"));
        }
    }
    BOOST_TEST(with_grant == 3);
    BOOST_TEST(with_token == 3);
    BOOST_TEST(!has(w.opened.str(), "CANARY"));
}

// covers C-MCP-11 C-MCP-3 C-6750-1
BOOST_AUTO_TEST_CASE(a_token_goes_only_to_the_resource_whose_server_issued_it)
{
    world w; // one store for both
    int issued_here = 0;
    int issued_there = 0;
    add_named_provider(w, "mcp.example", "as.example");
    add_named_provider(w, "other.example", "as.other.example");
    issue_tokens(w, "as.example", issued_here);
    issue_tokens(w, "as.other.example", issued_there);
    const std::string there = "https://other.example/mcp";
    for (const std::string& target : {std::string(where), there})
    {
        w.on("POST", target, [](const http_request& r) {
            return json(has(r.authorization().reveal(), "-1") ? 401 : 200, "{}");
        });
    }
    for (const std::string& target : {std::string(where), there})
    {
        w.iss = target == where ? "https://as.example" : "https://as.other.example";
        const login_params params(target);
        auto got = w.run(detail::login(params, plain_settings()));
        BOOST_REQUIRE(*got);
        auto r = w.run(
            detail::authorised_request(session_of(**got, params), post_to(target), plain_settings())
        );
        BOOST_REQUIRE(*r);
        BOOST_TEST((*r)->status() == 200);
    }
    // A login and a refresh at each.
    BOOST_TEST(issued_here == 2);
    BOOST_TEST(issued_there == 2);
    for (const auto& r : w.requests)
    {
        const std::string_view host = r.target().host();
        const std::string sent =
            std::string(r.authorization().reveal()) + std::string(r.body().reveal());
        BOOST_TEST_CONTEXT(r.method() << " " << r.target().str())
        {
            if (has(sent, "CANARY-as.example"))
                BOOST_TEST((host == "mcp.example" || host == "as.example"));
            if (has(sent, "CANARY-as.other.example"))
                BOOST_TEST((host == "other.example" || host == "as.other.example"));
        }
    }
}

// catches D-8
// covers C-8707-2
BOOST_AUTO_TEST_CASE(a_resource_without_a_slash_stays_without_one_in_every_request)
{
    for (const char* typed : {"https://mcp.example", "https://mcp.example/"})
    {
        world w;
        int issued = 0;
        add_named_provider(w, "mcp.example", "as.example");
        issue_tokens(w, "as.example", issued);
        w.on("GET", typed, 401, "");
        w.on(
            "GET",
            "https://mcp.example/.well-known/oauth-protected-resource",
            200,
            R"({"resource":"https://mcp.example","authorization_servers":["https://as.example"]})"
        );
        auto got = w.run(detail::login(login_params(typed), plain_settings()));
        BOOST_REQUIRE(*got);
        BOOST_TEST(form_value(w.opened.query(), "resource") == "https://mcp.example");
        w.wall += std::chrono::hours(2);
        auto again = w.run(detail::login(login_params(typed), plain_settings()));
        BOOST_REQUIRE(*again);
        BOOST_TEST(issued == 2);
        for (const auto& r : w.requests)
        {
            if (r.target().str() == "https://as.example/token")
            {
                const auto sent = form_value(r.body().reveal(), "resource");
                BOOST_TEST(sent == "https://mcp.example");
            }
        }
    }
}

// covers C-9700-13
BOOST_AUTO_TEST_CASE(every_request_goes_to_the_endpoint_that_the_metadata_names)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://as.example/.well-known/oauth-authorization-server",
        200,
        replaced(
            replaced(
                replaced(
                    server_document, "https://as.example/authorize", "https://login.example/a?p=1"
                ),
                "https://as.example/token",
                "https://api.example/oauth/t"
            ),
            "https://as.example/register",
            "https://as.example/clients/new"
        )
    );
    w.on("POST", "https://as.example/clients/new", register_client);
    w.on("POST", "https://api.example/oauth/t", 200, token_document);
    auto got = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(*got);
    BOOST_TEST(w.opened.str().starts_with("https://login.example/a?p=1&response_type=code&"));
    std::vector<std::string> posts;
    for (const auto& r : w.requests)
    {
        if (r.method() == "POST")
            posts.push_back(r.target().str());
    }
    const std::vector<std::string> expected{
        "https://as.example/clients/new", "https://api.example/oauth/t"};
    BOOST_TEST(posts == expected, boost::test_tools::per_element());
}

// catches D-11
BOOST_AUTO_TEST_CASE(offline_access_is_asked_for_without_forcing_the_user_to_consent_again)
{
    world w;
    add_provider(w);
    w.on(
        "GET",
        "https://as.example/.well-known/oauth-authorization-server",
        200,
        replaced(
            server_document,
            R"("response_types_supported")",
            R"("scopes_supported":["files:read","offline_access"],"response_types_supported")"
        )
    );
    auto got = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(*got);
    BOOST_TEST(form_value(w.opened.query(), "scope") == "files:read offline_access");
    BOOST_TEST(form_value(w.opened.query(), "prompt") == "(absent)");
}

// catches D-6
BOOST_AUTO_TEST_CASE(a_secret_from_an_answer_that_names_no_method_is_kept_and_sent_at_every_login)
{
    world w;
    add_provider(w);
    w.on("POST", "https://as.example/register", [](const http_request&) {
        return json(
            201,
            R"({"client_id":"c","client_secret":"CANARY-s","redirect_uris":["http://127.0.0.1:40123/callback/)"
                + issuer_tag("https://as.example") + R"("]})"
        );
    });
    login_params params(where);
    for (int i = 0; i < 2; ++i)
    {
        auto got = w.run(detail::login(params, plain_settings()));
        BOOST_REQUIRE(*got);
        BOOST_TEST(w.requests.back().target().str() == "https://as.example/token");
        BOOST_TEST(
            w.requests.back().authorization().reveal() == "Basic " + base64_encode("c:CANARY-s")
        );
        params.force(true);
    }
    BOOST_TEST(lines_with(w.log, "send registration").size() == 1u);
}

// covers C-9728-13
BOOST_AUTO_TEST_CASE(the_authorization_server_is_told_before_the_user_is_sent_there)
{
    world w;
    add_provider(w);
    bool told = false;
    w.on("POST", "https://as.example/register", [&](const http_request& r) {
        for (const auto& e : w.events)
            told = told || has(e.text, "the authorization server is https://as.example");
        return register_client(r);
    });
    auto got = w.run(detail::login(login_params(where), plain_settings()));
    BOOST_REQUIRE(*got);
    BOOST_TEST(told);
    BOOST_TEST((**got).found.server.issuer == "https://as.example");
}

BOOST_AUTO_TEST_SUITE_END()
