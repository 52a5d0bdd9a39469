// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Every request to a hub, disturbed at every single step: it ends with a typed answer or not at all,
// and what is kept afterwards can be used.

#include "hub_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_every_step)

using namespace asioauth;
using namespace asioauth::test;

namespace {

// One request, and what had to be there before.
class scenario
{
public:
    std::string name;
    std::function<asking(hub_app&)> prepare;
    int status = 0; // of the undisturbed answer
};

asking with_token(hub_app& at, asking a)
{
    return a.field("X-CSRF-Token", at.csrf_of(at.anna));
}

void add_revocation(hub_app& at)
{
    std::string document = server_document;
    document.insert(1, R"("revocation_endpoint":"https://as.example/revoke",)");
    at.w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, document);
    at.w.on("POST", "https://as.example/revoke", 200, "");
}

void add_picture(hub_app& at)
{
    at.w.on("GET", "https://mcp.example/favicon.ico", [](const http_request&) {
        http_response r(200, std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08", 25));
        return result<http_response>(std::move(r));
    });
}

std::vector<scenario> scenarios()
{
    std::vector<scenario> out;
    const auto add = [&](std::string name, int status, std::function<asking(hub_app&)> f) {
        out.push_back(scenario{std::move(name), std::move(f), status});
    };
    add("first list", 200, [](hub_app&) { return asking::get("/"); });
    add("list", 200, [](hub_app& at) {
        at.connect();
        return asking::json("/");
    });
    add("look", 303, [](hub_app& at) {
        add_picture(at);
        return with_token(at, asking::post("/integrations", {{"url", resource_url}}));
    });
    add("connect", 200, [](hub_app& at) {
        const auto id = at.add();
        return with_token(at, asking::post("/integrations/" + id + "/connect"));
    });
    add("connect with a client", 200, [](hub_app& at) {
        const auto id = at.add();
        return with_token(
            at,
            asking::post(
                "/integrations/" + id + "/connect",
                {{"client_id", "own"}, {"client_secret", "CANARY-secret"}}
            )
        );
    });
    add("connect at once", 303, [](hub_app& at) {
        add_open_server(at.w);
        const auto id = at.add("https://open.example/mcp");
        return with_token(at, asking::post("/integrations/" + id + "/connect"));
    });
    add("callback", 303, [](hub_app& at) {
        add_picture(at);
        add_revocation(at);
        return hub_app::coming_back(at.leave(at.add()));
    });
    add("callback of a reconnection", 303, [](hub_app& at) {
        return hub_app::coming_back(at.leave(at.connect()));
    });
    add("rename", 303, [](hub_app& at) {
        const auto id = at.connect();
        return with_token(at, asking::post("/integrations/" + id + "/rename", {{"name", "x"}}));
    });
    add("tools", 303, [](hub_app& at) {
        const auto id = at.connect();
        return with_token(at, asking::post("/integrations/" + id + "/tools"));
    });
    add("disconnect", 303, [](hub_app& at) {
        add_picture(at);
        add_revocation(at);
        const auto id = at.connect();
        return with_token(at, asking::post("/integrations/" + id + "/disconnect"));
    });
    add("use", 200, [](hub_app& at) {
        const auto id = at.connect();
        return with_token(at, asking::get("/use/" + id));
    });
    add("use with a refresh", 200, [](hub_app& at) {
        const auto id = at.connect();
        at.resource([](const http_request& r) {
            return with_body(r.authorization().reveal() == "Bearer CANARY-2" ? 200 : 401, "{}");
        });
        return with_token(at, asking::get("/use/" + id));
    });
    add("picture", 200, [](hub_app& at) {
        add_picture(at);
        const auto id = at.connect();
        const auto where = at.ask(asking::json("/integrations/" + id)).text("integration", "icon");
        return asking::get(where.substr(4));
    });
    return out;
}

hub_request final_request(hub_app& at, asking a)
{
    hub_request r = a.csrf("").request();
    std::string cookies;
    for (const auto& c : at.cookie_jar)
        cookies += (cookies.empty() ? "" : "; ") + c.first + "=" + c.second;
    r.field("Cookie", cookies);
    return r;
}

void answers_with_a_token(hub_app& at)
{
    at.resource([](const http_request&) { return with_body(200, "{}"); });
}

// A node that has prepared the request, and how many steps it takes.
class prepared
{
public:
    explicit prepared(const scenario& s)
    {
        answers_with_a_token(at);
        request = final_request(at, s.prepare(at));
        before = at.w.steps();
    }

    // Whatever has happened, the next look is well and agrees with the store.
    void check_afterwards()
    {
        at.w.fail_at = at.w.cancel_from = -1;
        at.w.store_fails.reset();
        const auto listed = at.ask(asking::json("/"));
        BOOST_TEST(listed.status() == 200);
        const auto token = at.csrf_of(at.anna);
        const auto all = listed.json();
        for (const auto& one : all.at("integrations").as_array())
        {
            const std::string id(one.at("id").as_string().c_str());
            BOOST_TEST(one.at("status").as_string() != "added");
            // What is called connected can be called; or says at the first call that it cannot.
            if (one.at("status").as_string() != "connected")
                continue;
            const auto used = at.ask(asking::get("/use/" + id).field("X-CSRF-Token", token));
            if (used.status() != 200)
                BOOST_TEST(at.status_of(id) == "login_required");
        }
        // No login without its integration.
        for (const auto& r : at.w.records)
        {
            if (r.first.kind != record_kind::grant || r.second.at == 0)
                continue;
            const auto& user = r.second.value.user;
            const auto id = user.substr(user.size() - 32);
            const auto& of = at.w.records[detail::integration_key(id)];
            BOOST_TEST(of.at != 0, "a login without its integration: " << user);
        }
    }

    // What its user does not see is not left behind: of a login either all is kept or nothing.
    void check_nothing_is_half_done()
    {
        for (const auto& r : at.w.records)
        {
            if (r.first.kind != record_kind::grant || r.second.at == 0)
                continue;
            const auto& user = r.second.value.user;
            const auto of = at.stored(user.substr(user.size() - 32));
            BOOST_TEST((of.state != detail::integration_state::added), "only half connected");
        }
    }

    hub_app at;
    hub_request request{"GET", "/"};
    int before = 0;
};

int steps_of(const scenario& s)
{
    prepared p(s);
    const auto r = p.at.raw(p.request, p.at.anna);
    BOOST_REQUIRE((r && *r));
    BOOST_TEST((*r)->response.status() == s.status, s.name);
    p.check_afterwards();
    prepared q(s);
    (void)q.at.raw(q.request, q.at.anna);
    return q.at.w.steps() - q.before;
}

bool is_answer(const detail::hub_answer& a)
{
    const int status = a.response.status();
    return status == 200 || status == 201 || status == 303 || status == 403 || status == 404
        || status == 502 || status == 503 || status == 504;
}

} // namespace

BOOST_AUTO_TEST_CASE(failure_at_every_step_is_a_typed_answer_and_leaves_what_can_be_used)
{
    int runs = 0;
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int step = 0; step != steps; ++step)
        {
            for (errc kind :
                 {errc::store_unavailable, errc::connection_lost, errc::entropy_unavailable})
            {
                BOOST_TEST_CONTEXT(s.name << " fails at step " << step << " with " << name_of(kind))
                {
                    prepared p(s);
                    p.at.w.fail_at = p.before + step;
                    p.at.w.fail_with = failure(kind);
                    const auto r = p.at.raw(p.request, p.at.anna);
                    BOOST_TEST(broken_invariant(p.at.w, r) == "");
                    BOOST_REQUIRE(r);
                    if (*r)
                        BOOST_TEST(is_answer(**r), (*r)->response.status());
                    p.check_afterwards();
                    ++runs;
                }
            }
        }
    }
    BOOST_TEST_MESSAGE("failures injected: " << runs);
    BOOST_TEST(runs > 400);
}

BOOST_AUTO_TEST_CASE(a_store_that_goes_away_at_any_step_is_a_typed_answer)
{
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int step = 0; step != steps; ++step)
        {
            BOOST_TEST_CONTEXT(s.name << " without a store from step " << step)
            {
                prepared p(s);
                int seen = 0;
                const int from = step;
                p.at.w.others = [&](const action&) {
                    if (seen++ >= from)
                        p.at.w.store_fails = failure(errc::store_unavailable);
                };
                const auto r = p.at.raw(p.request, p.at.anna);
                p.at.w.others = nullptr;
                BOOST_TEST(broken_invariant(p.at.w, r) == "");
                BOOST_REQUIRE(r);
                if (*r)
                    BOOST_TEST(is_answer(**r), (*r)->response.status());
                p.at.w.store_fails.reset();
                BOOST_TEST(p.at.ask(asking::json("/")).status() == 200);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(cancellation_and_destruction_at_every_step_end_the_request)
{
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int step = 0; step != steps; ++step)
        {
            BOOST_TEST_CONTEXT(s.name << " is ended at step " << step)
            {
                prepared cancelled(s);
                cancelled.at.w.cancel_from = cancelled.before + step;
                const auto r = cancelled.at.raw(cancelled.request, cancelled.at.anna);
                BOOST_TEST(broken_invariant(cancelled.at.w, r) == "");
                BOOST_REQUIRE(r);
                cancelled.check_afterwards();
                cancelled.check_nothing_is_half_done();
                prepared destroyed(s);
                destroyed.at.w.abandon_at = destroyed.before + step;
                const auto none = destroyed.at.raw(destroyed.request, destroyed.at.anna);
                BOOST_TEST(!none);
                BOOST_TEST(broken_invariant(destroyed.at.w, none) == "");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_change_of_another_node_at_every_step_loses_neither)
{
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int step = 0; step != steps; ++step)
        {
            BOOST_TEST_CONTEXT(s.name << " meets another node at step " << step)
            {
                prepared p(s);
                int seen = 0;
                bool changed = false;
                p.at.w.others = [&](const action&) {
                    if (seen++ != step)
                        return;
                    for (auto& r : p.at.w.records)
                    {
                        if (r.second.at == 0 || !detail::is_integration_id(r.first.id)
                            || r.first.kind != record_kind::integration)
                            continue;
                        auto theirs = detail::read_integration_record(r.second.value).value();
                        theirs.website = "https://theirs.example/";
                        r.second.value = detail::make_record(theirs);
                        ++r.second.at;
                        changed = true;
                    }
                };
                const auto r = p.at.raw(p.request, p.at.anna);
                p.at.w.others = nullptr;
                BOOST_TEST(broken_invariant(p.at.w, r) == "");
                BOOST_REQUIRE((r && *r));
                BOOST_TEST((*r)->response.status() == s.status);
                if (changed)
                {
                    for (const auto& one : p.at.w.records)
                    {
                        if (one.second.at == 0 || one.first.kind != record_kind::integration
                            || !detail::is_integration_id(one.first.id))
                            continue;
                        BOOST_TEST(
                            detail::read_integration_record(one.second.value)->website
                            == "https://theirs.example/"
                        );
                    }
                }
                p.check_afterwards();
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_disconnection_at_another_node_at_every_step_is_final)
{
    for (const auto& s : scenarios())
    {
        const int steps = steps_of(s);
        for (int step = 0; step != steps; ++step)
        {
            BOOST_TEST_CONTEXT(s.name << " is disconnected elsewhere at step " << step)
            {
                prepared p(s);
                int seen = 0;
                bool gone = false;
                p.at.w.others = [&](const action&) {
                    if (seen++ != step)
                        return;
                    for (auto& r : p.at.w.records)
                    {
                        if (r.first.kind == record_kind::integration
                            && detail::is_integration_id(r.first.id) && r.second.at != 0)
                        {
                            r.second = stored_record();
                            gone = true;
                        }
                    }
                };
                const int before = p.at.integrations();
                const auto r = p.at.raw(p.request, p.at.anna);
                p.at.w.others = nullptr;
                BOOST_TEST(broken_invariant(p.at.w, r) == "");
                BOOST_REQUIRE(r);
                if (*r)
                    BOOST_TEST(is_answer(**r));
                if (gone && before != 0)
                    BOOST_TEST(p.at.integrations() == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
