// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Runs whole flows and disturbs them at every single step, in every way that can happen there:
// failure, cancellation, destruction, and replies that were truncated, retyped or bloated. What
// must hold however it goes is in broken_invariant().

#include "support/flow_world.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(every_step)

using namespace asioauth;
using namespace asioauth::test;

namespace {

// Which flow, in which world.
class scenario
{
public:
    std::string name;
    std::function<void(world&)> prepare;
};

std::ostream& operator<<(std::ostream& os, const scenario& s)
{
    return os << s.name;
}

std::vector<scenario> scenarios()
{
    std::vector<scenario> out;
    const auto add = [&](std::string name, user_does user, std::function<void(world&)> more) {
        scenario s;
        s.name = std::move(name);
        s.prepare = [user, more](world& w) {
            add_provider(w);
            w.user = user;
            if (more)
                more(w);
        };
        out.push_back(std::move(s));
    };
    add("approves", user_does::approves, nullptr);
    add("denies", user_does::denies, nullptr);
    add("pastes", user_does::pastes, nullptr);
    add("forged_then_approves", user_does::is_forged_then_approves, nullptr);
    add("silent_user", user_does::nothing, nullptr);
    add("old_server", user_does::approves, [](world& w) {
        w.on("GET", "https://mcp.example/mcp", 401, "");
        w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 404, "");
        w.on("POST", "https://mcp.example/register", register_client);
        w.on("POST", "https://mcp.example/token", 200, token_document);
        w.iss = "https://mcp.example";
    });
    add("client_credentials", user_does::has_no_browser, [](world& w) {
        w.settings = plain_settings();
        w.settings->pre_registered.emplace_back(
            "https://as.example", "machine", secret("CANARY-secret")
        );
        w.params.emplace("https://mcp.example/mcp");
        w.params->grant(token_grant::client_credentials());
        // Knows the client by one of two methods only.
        w.on("POST", "https://as.example/token", [](const http_request& r) {
            const bool known = r.authorization().empty();
            http_response answer(
                known ? 200 : 401, known ? token_document : R"({"error":"invalid_client"})"
            );
            answer.field("Content-Type", "application/json");
            return result<http_response>(std::move(answer));
        });
    });
    add("device", user_does::has_no_browser, [](world& w) {
        std::string server(server_document);
        server.insert(1, R"("device_authorization_endpoint":"https://as.example/device",)");
        w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
        w.on(
            "POST",
            "https://as.example/device",
            200,
            R"({"device_code":"CANARY-device","user_code":"ABCD","verification_uri":"https://as.example/go","expires_in":600})"
        );
        w.params.emplace("https://mcp.example/mcp");
        w.params->grant(token_grant::device_code([](const device_prompt&) {}));
        const auto asked = std::make_shared<int>(0);
        w.on("POST", "https://as.example/token", [asked](const http_request&) {
            const bool done = ++*asked == 3;
            http_response answer(
                done ? 200 : 400, done ? token_document : R"({"error":"authorization_pending"})"
            );
            answer.field("Content-Type", "application/json");
            return result<http_response>(std::move(answer));
        });
    });
    add("bound_and_pushed", user_does::approves, [](world& w) {
        std::string server(server_document);
        server.insert(
            1,
            R"("pushed_authorization_request_endpoint":"https://as.example/par","require_pushed_authorization_requests":true,"dpop_signing_alg_values_supported":["ES256"],)"
        );
        w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
        w.on(
            "POST",
            "https://as.example/par",
            201,
            R"({"request_uri":"urn:ietf:params:oauth:request_uri:x","expires_in":60})"
        );
        w.settings = plain_settings();
        w.settings->dpop = dpop_use::always;
        const auto asked = std::make_shared<int>(0);
        w.on("POST", "https://as.example/token", [asked](const http_request&) {
            const bool done = ++*asked == 2;
            http_response answer(
                done ? 200 : 400,
                done ? R"({"access_token":"CANARY-access","token_type":"DPoP","expires_in":3600})"
                     : R"({"error":"use_dpop_nonce"})"
            );
            answer.field("Content-Type", "application/json").field("DPoP-Nonce", "n1");
            return result<http_response>(std::move(answer));
        });
    });
    add("forgotten_client", user_does::approves, [](world& w) {
        world first;
        add_provider(first);
        auto r =
            first.run(detail::login(login_params("https://mcp.example/mcp"), plain_settings()));
        if (!r || !*r)
            throw std::runtime_error("the scenario itself is broken");
        w.records = first.records;
        std::erase_if(w.records, [](const auto& e) { return e.first.kind == record_kind::grant; });
        const auto asked = std::make_shared<int>(0);
        w.on("POST", "https://as.example/token", [asked](const http_request&) {
            const bool known = ++*asked > 1;
            http_response answer(
                known ? 200 : 401, known ? token_document : R"({"error":"invalid_client"})"
            );
            answer.field("Content-Type", "application/json");
            return result<http_response>(std::move(answer));
        });
    });
    add("busy_registration", user_does::approves, [](world& w) {
        const auto asked = std::make_shared<int>(0);
        w.on("POST", "https://as.example/register", [asked](const http_request& r) {
            if (++*asked > 1)
                return register_client(r);
            http_response answer(429, "later");
            answer.field("Retry-After", "3");
            return result<http_response>(std::move(answer));
        });
    });
    // Documents are remembered from another login; the server has moved since.
    const auto remembering = [](world& w, const char* control) {
        world first;
        add_provider(first);
        for (const char* where :
             {"https://mcp.example/.well-known/oauth-protected-resource/mcp",
              "https://as.example/.well-known/oauth-authorization-server"})
        {
            const bool resource = std::string(where).find("mcp.example") != std::string::npos;
            const std::string body = resource ? resource_document : server_document;
            first.on("GET", where, [body, control](const http_request&) {
                http_response r(200, body);
                r.field("Content-Type", "application/json")
                    .field("Cache-Control", control)
                    .field("ETag", "\"1\"");
                return result<http_response>(std::move(r));
            });
        }
        w.settings = plain_settings();
        const auto found =
            first.run(detail::discover(discover_params("https://mcp.example/mcp"), *w.settings));
        if (!found || !*found)
            throw std::runtime_error("the scenario itself is broken");
    };
    add("remembered", user_does::approves, [=](world& w) {
        remembering(w, "max-age=60");
        std::string moved(server_document);
        moved.replace(moved.find("/register"), 9, "/elsewhere");
        w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, moved);
        w.on("POST", "https://as.example/register", 404, "{}");
        w.on("POST", "https://as.example/elsewhere", register_client);
    });
    add("asked_about", user_does::approves, [=](world& w) {
        remembering(w, "no-cache");
        w.on("GET", "https://mcp.example/.well-known/oauth-protected-resource/mcp", 304, "");
        w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 304, "");
    });
    add("expired_grant", user_does::approves, [](world& w) {
        world first;
        add_provider(first);
        auto r =
            first.run(detail::login(login_params("https://mcp.example/mcp"), plain_settings()));
        if (!r || !*r)
            throw std::runtime_error("the scenario itself is broken");
        w.records = first.records;
        w.wall = first.wall + std::chrono::hours(2);
    });
    return out;
}

std::optional<result<grant>> run(world& w)
{
    const login_params params = w.params.value_or(login_params("https://mcp.example/mcp"));
    return w.run(detail::login(params, w.settings.value_or(plain_settings())));
}

int steps_of(const scenario& s)
{
    world w;
    s.prepare(w);
    const auto r = run(w);
    BOOST_TEST(broken_invariant(w, r) == "");
    // An undisturbed run ends as the scenario means it to.
    const bool good =
        r && (r->has_value() || w.user == user_does::denies || w.user == user_does::nothing);
    BOOST_TEST(good, s << (r && !*r ? ": " + r->error().code().message() : std::string()));
    return w.steps();
}

// Mutations of a reply. Each gives a document that a correct reader must refuse or survive.
std::vector<std::function<http_response(http_response)>> mutations(const std::string& body)
{
    std::vector<std::function<http_response(http_response)>> out;
    for (std::size_t cut :
         {std::size_t(0), body.size() / 3, body.size() / 2, body.empty() ? 0 : body.size() - 1})
    {
        out.push_back([cut](http_response r) {
            r.body(r.body().substr(0, std::min(cut, r.body().size())));
            return r;
        });
    }
    // Every string value becomes a number, an object, null; every member comes twice.
    for (std::size_t colon = body.find(':'); colon != std::string::npos;
         colon = body.find(':', colon + 1))
    {
        if (colon == 0 || body[colon - 1] != '"')
            continue;
        const auto from = colon + 1;
        auto end = from;
        if (end < body.size() && body[end] == '"')
            end = body.find('"', end + 1) + 1;
        else if (end < body.size() && body[end] == '[')
            end = body.find(']', end) + 1;
        else
            end = std::min(body.find_first_of(",}", end), body.size());
        if (end == 0 || end > body.size())
            continue;
        for (const char* instead :
             {"7", "{}", "null", "\"\"", "[7]", "\"javascript:alert(1)\"", "1e999"})
        {
            out.push_back([from, end, instead](http_response r) {
                std::string b = r.body();
                if (end <= b.size())
                    b.replace(from, end - from, instead);
                r.body(std::move(b));
                return r;
            });
        }
        const auto name = body.rfind('"', colon - 2);
        if (name != std::string::npos)
        {
            out.push_back([name, end](http_response r) {
                std::string b = r.body();
                if (end <= b.size())
                    b.insert(end, "," + b.substr(name, end - name));
                r.body(std::move(b));
                return r;
            });
        }
    }
    out.push_back([](http_response r) {
        r.body(std::string(300'000, 'x'));
        return r;
    });
    out.push_back([](http_response r) {
        r.body(std::string(200'000, '['));
        return r;
    });
    for (int status : {0, 100, 204, 301, 302, 400, 401, 403, 404, 429, 500, 503, 999})
    {
        out.push_back([status](http_response r) {
            r.status(status);
            return r;
        });
    }
    out.push_back([](http_response) {
        return http_response(200, "<html><title>hello</title></html>");
    });
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(failure_at_every_step_ends_the_flow_cleanly)
{
    const errc kinds[] = {
        errc::connection_lost,
        errc::response_timeout,
        errc::address_blocked,
        errc::tls_certificate_untrusted,
        errc::store_unavailable,
        errc::out_of_memory,
        errc::deadline_exceeded,
    };
    int runs = 0;
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int at = 0; at < steps; ++at)
        {
            for (errc kind : kinds)
            {
                BOOST_TEST_CONTEXT(s << " fails at step " << at << " with " << name_of(kind))
                {
                    world w;
                    s.prepare(w);
                    w.fail_at = at;
                    w.fail_with = failure(kind);
                    const auto r = run(w);
                    BOOST_TEST(broken_invariant(w, r) == "");
                    ++runs;
                }
            }
        }
    }
    BOOST_TEST_MESSAGE("failures injected: " << runs);
    BOOST_TEST(runs > 500);
}

BOOST_AUTO_TEST_CASE(cancellation_at_every_step_ends_the_flow_without_asking_for_more)
{
    int runs = 0;
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int at = 0; at < steps; ++at)
        {
            BOOST_TEST_CONTEXT(s << " cancelled from step " << at)
            {
                world w;
                s.prepare(w);
                w.cancel_from = at;
                const auto r = run(w);
                BOOST_TEST(broken_invariant(w, r) == "");
                BOOST_REQUIRE(r);
                // After a commit section the flow may have succeeded; otherwise it says that it was
                // cancelled.
                if (!*r)
                    BOOST_TEST(
                        (r->error().code() == condition::cancelled || w.browser_saw.has_value())
                    );
                ++runs;
            }
        }
    }
    BOOST_TEST(runs > 80);
}

BOOST_AUTO_TEST_CASE(cancellation_after_the_code_is_spent_still_stores_the_tokens)
{
    world w;
    add_provider(w);
    const int steps = [] {
        world plain;
        add_provider(plain);
        run(plain);
        int at = 0;
        for (const auto& line : plain.log)
        {
            if (line.rfind("send token", 0) == 0)
                return at;
            ++at;
        }
        return -1;
    }();
    BOOST_REQUIRE(steps > 0);
    w.cancel_from = steps + 1;
    run(w);
    bool stored = false;
    for (const auto& entry : w.records)
        stored = stored || (entry.first.kind == record_kind::grant && entry.second.at == 1);
    BOOST_TEST(stored);
}

// A session whose request needs new tokens, and then more scopes.
BOOST_AUTO_TEST_CASE(disturbance_at_every_step_of_an_authorised_request_loses_no_grant)
{
    const auto prepared = [](world& w) {
        add_provider(w);
        auto g = w.run(detail::login(login_params("https://mcp.example/mcp"), plain_settings()));
        w.on(
            "POST",
            "https://as.example/token",
            [n = std::make_shared<int>(0)](const http_request&) {
                http_response out(
                    200,
                    R"({"access_token":"CANARY-)" + std::to_string(++*n)
                        + R"(","refresh_token":"CANARY-r","token_type":"Bearer"})"
                );
                out.field("Content-Type", "application/json");
                return result<http_response>(std::move(out));
            }
        );
        w.on("POST", "https://mcp.example/mcp", [](const http_request& r) {
            const auto token = r.authorization().reveal();
            if (token.empty())
                return challenge_401(r);
            http_response out(200, "{}");
            if (token == "Bearer CANARY-access")
                out.status(401);
            else if (token == "Bearer CANARY-1")
                out.status(403).field(
                    "WWW-Authenticate", R"(Bearer error="insufficient_scope", scope="files:write")"
                );
            return result<http_response>(std::move(out));
        });
        w.pages_shown = 0;
        return session_of(**g);
    };
    const auto send = [](world& w, const std::shared_ptr<detail::session_memory>& session) {
        http_request request(
            request_kind::resource, "POST", url::parse("https://mcp.example/mcp").value()
        );
        return w.run(detail::authorised_request(session, std::move(request), plain_settings()));
    };
    world plain;
    const auto undisturbed = prepared(plain);
    const int before = plain.steps();
    const auto good = send(plain, undisturbed);
    BOOST_REQUIRE(*good);
    BOOST_TEST((*good)->status() == 200);
    const int steps = plain.steps();
    BOOST_TEST(steps - before > 20);
    for (int at = before; at < steps; ++at)
    {
        for (const char* how : {"fails", "is cancelled", "is abandoned"})
        {
            BOOST_TEST_CONTEXT("step " << at << ' ' << how)
            {
                world w;
                const auto session = prepared(w);
                const std::string what = how;
                if (what == "fails")
                    w.fail_at = at;
                else if (what == "is cancelled")
                    w.cancel_from = at;
                else
                    w.abandon_at = at;
                const auto r = send(w, session);
                BOOST_TEST(broken_invariant(w, r) == "");
                BOOST_TEST(!session->granted()->tokens.access_token.empty());
                bool stored = false;
                for (const auto& entry : w.records)
                    stored = stored || (entry.first.kind == record_kind::grant && entry.second.at);
                BOOST_TEST(stored);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(destruction_at_every_step_frees_everything)
{
    int runs = 0;
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int at = 0; at < steps; ++at)
        {
            BOOST_TEST_CONTEXT(s << " destroyed at step " << at)
            {
                world w;
                s.prepare(w);
                w.abandon_at = at;
                const auto r = run(w);
                BOOST_TEST(w.abandoned());
                BOOST_TEST(broken_invariant(w, r) == "");
                ++runs;
            }
        }
    }
    BOOST_TEST(runs > 80);
}

BOOST_AUTO_TEST_CASE(mutated_replies_at_every_step_are_refused_or_survived)
{
    int runs = 0;
    int refused = 0;
    for (const auto& s : scenarios())
    {
        // The bodies of the undisturbed run, by step.
        std::map<int, std::string> bodies;
        const int steps = steps_of(s);
        for (int at = 0; at < steps; ++at)
        {
            world w;
            s.prepare(w);
            w.mutate_at = at;
            w.mutation = [&, at](http_response r) {
                bodies[at] = r.body();
                return r;
            };
            run(w);
        }
        for (const auto& entry : bodies)
        {
            for (const auto& mutation : mutations(entry.second))
            {
                BOOST_TEST_CONTEXT(s << " with a mutated reply at step " << entry.first)
                {
                    world w;
                    s.prepare(w);
                    w.mutate_at = entry.first;
                    w.mutation = mutation;
                    const auto r = run(w);
                    BOOST_TEST(broken_invariant(w, r) == "");
                    // Whatever a server writes, the user is never sent to anything but http or
                    // https.
                    if (!w.opened.empty())
                        BOOST_TEST(w.opened.is_https());
                    ++runs;
                    if (r && !*r)
                        ++refused;
                }
            }
        }
    }
    BOOST_TEST_MESSAGE("mutated replies: " << runs << ", refused: " << refused);
    BOOST_TEST(runs > 1000);
    BOOST_TEST(refused > runs / 3);
}

BOOST_AUTO_TEST_SUITE_END()
