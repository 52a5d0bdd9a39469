// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Who gets a hub's metrics, and what is in them.

#include "net/hub_server_fixture.hpp"
#include "support/exposition.hpp"

#include <asioauth/prometheus.hpp>

BOOST_AUTO_TEST_SUITE(hub_metrics)

using namespace asioauth;
using namespace asioauth::test;

namespace {

constexpr const char* token = "CANARY-metrics-token";

std::string bearer(const std::string& shown)
{
    return "Authorization: Bearer " + shown + "\r\n";
}

hub_server_settings with(std::function<void(hub_settings&)> f)
{
    return hub_server_settings().hub(std::move(f));
}

hub_server_settings with_token()
{
    return with([](hub_settings& h) { h.metrics_token(secret(token)); });
}

// The answer of a hub without a server around it.
http_response handled(const hub_settings& settings, const hub_request& request, hub_user user)
{
    asio::io_context io;
    const auto network = std::make_shared<mock_transport>(io.get_executor());
    const auto person = std::make_shared<mock_user>(io.get_executor());
    client_settings c;
    c.transport(network).listener(person).user_agent(person);
    const client through(io.get_executor(), c);
    const hub subject(through, settings);
    http_response out;
    subject.async_handle(request, std::move(user), [&](error_code ec, http_response r) {
        BOOST_TEST(!ec);
        out = std::move(r);
    });
    io.run();
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(whoever_shows_the_token_gets_the_numbers_of_the_client)
{
    served s(with_token());
    s.connected();
    const auto a = s.get("/metrics", bearer(token));
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.field("Content-Type") == prometheus_content_type);
    BOOST_TEST(a.field("Cache-Control") == "no-store");
    BOOST_TEST(a.field("X-Content-Type-Options") == "nosniff");
    const exposition e(a.body);
    BOOST_TEST(
        e.value("asioauth_operations_total", {{"operation", "hub"}, {"outcome", "done"}}) >= 2
    );
    BOOST_TEST(e.value("asioauth_operations_running", {{"operation", "hub"}}) >= 1); // this one
    BOOST_TEST(e.value("asioauth_store_requests_total", {{"result", "done"}}) > 0);
    BOOST_TEST(
        e.value("asioauth_requests_total", {{"stage", "probe"}, {"result", "success"}}) >= 1
    );
}

BOOST_AUTO_TEST_CASE(nothing_of_users_servers_and_secrets_is_in_them)
{
    served s(with_token());
    const auto id = s.connected();
    s.ask(s.request(
        "POST",
        "/integrations",
        s.json + "Content-Type: application/json\r\n",
        R"({"url":"https://mcp.example/mcp"})"
    ));
    const auto a = s.get("/metrics", bearer(token));
    BOOST_REQUIRE(a.status == 200);
    for (const auto& what :
         {std::string("CANARY"),
          std::string("example"),
          std::string("http:"),
          std::string("https:"),
          std::string("local\""),
          std::string("program-key"),
          id})
        BOOST_TEST(a.body.find(what) == std::string::npos, what);
    const exposition e(a.body);
    BOOST_TEST(e.series() < 900U);
    // Every value of every label is one of a fixed set.
    std::set<std::string> known{
        "success",
        "client_error",
        "server_error",
        "none",
        "in_use",
        "idle",
        "stream",
        "full",
        "resumed",
        "failed",
        "hit",
        "miss",
        "done",
        "shared",
        "ended"};
    for (std::size_t i = 0; i != operation_kinds; ++i)
        known.insert(std::string(name_of(operation_kind(i))));
    for (std::size_t i = 0; i != operation_outcomes; ++i)
        known.insert(std::string(name_of(operation_outcome(i))));
    for (std::size_t i = 0; i != stages; ++i)
        known.insert(std::string(name_of(stage(i))));
    for (const char* label : {"operation", "outcome", "stage", "result", "state", "kind"})
    {
        const auto values = e.values_of(label);
        BOOST_TEST(!values.empty(), label);
        for (const auto& v : values)
            BOOST_TEST(known.count(v) == 1U, v);
    }
}

BOOST_AUTO_TEST_CASE(nobody_else_gets_them)
{
    served s(with_token());
    BOOST_TEST(s.get("/metrics").status == 403);
    BOOST_TEST(s.get("/metrics", bearer("wrong")).status == 403);
    BOOST_TEST(s.get("/metrics", bearer("")).status == 403);
    BOOST_TEST(s.get("/metrics", bearer(std::string(token) + "x")).status == 403);
    BOOST_TEST(
        s.get("/metrics", "Authorization: Basic " + std::string(token) + "\r\n").status == 403
    );
    BOOST_TEST(s.get("/metrics?token=" + std::string(token)).status == 403);
    BOOST_TEST(s.get("/metrics", s.key).status == 403);      // programs of the user's
    BOOST_TEST(s.get("/metrics", s.cookie()).status == 403); // the user
    BOOST_TEST(s.get("/metrics", bearer(token)).status == 200);
    // And the token is good for nothing else.
    BOOST_TEST(s.get("/", bearer(token)).status == 403);
    BOOST_TEST(s.get("/integrations", bearer(token)).status == 403);
}

BOOST_AUTO_TEST_CASE(without_a_setting_there_is_no_such_address)
{
    served s;
    BOOST_TEST(s.get("/metrics", bearer("")).status == 403);
    BOOST_TEST(s.get("/metrics", s.key).status == 404);
    BOOST_TEST(s.get("/metrics", s.cookie()).status == 404);
}

BOOST_AUTO_TEST_CASE(a_token_that_can_be_guessed_is_none)
{
    for (const char* weak : {"a", "123456789012345"})
    {
        served s(with([&](hub_settings& h) { h.metrics_token(secret(weak)); }));
        BOOST_TEST(s.get("/metrics", bearer(weak)).status == 403, weak);
        BOOST_TEST(s.get("/metrics", bearer("")).status == 403, weak);
    }
}

BOOST_AUTO_TEST_CASE(the_program_may_decide_who_gets_them)
{
    served s(with([](hub_settings& h) {
        h.allow_metrics([](const hub_request& r, const hub_user& who) {
            return r.field("X-Collector") == "yes" || who.by_credential();
        });
    }));
    BOOST_TEST(s.get("/metrics").status == 403);
    BOOST_TEST(s.get("/metrics", s.cookie()).status == 403);
    BOOST_TEST(s.get("/metrics", s.key).status == 200);
    BOOST_TEST(s.get("/metrics", "X-Collector: yes\r\n").status == 200);
    BOOST_TEST(s.get("/metrics", "X-Collector: yes\r\n", "HEAD").status == 200);
    BOOST_TEST(s.get("/metrics", "X-Collector: yes\r\n", "DELETE").status == 405);
    BOOST_TEST(s.get("/metrics/more", "X-Collector: yes\r\n").status == 403);
}

BOOST_AUTO_TEST_CASE(an_embedded_hub_says_what_it_wants)
{
    hub_settings settings("https://app.example/hub");
    settings.metrics_token(secret(token));
    const auto refused = handled(settings, hub_request("GET", "/hub/metrics"), "");
    BOOST_TEST(refused.status() == 401);
    BOOST_TEST(refused.field("WWW-Authenticate") == "Bearer");
    hub_request shown("GET", "/hub/metrics");
    shown.field("authorization", std::string("Bearer ") + token);
    BOOST_TEST(handled(settings, shown, "").status() == 200);
    BOOST_TEST(handled(settings, shown, "anna").status() == 200);
    BOOST_TEST(handled(settings, hub_request("GET", "/hub/metrics"), "anna").status() == 401);
    BOOST_TEST(handled(settings, hub_request("GET", "/metrics"), "").status() == 401);
}

BOOST_AUTO_TEST_SUITE_END()
