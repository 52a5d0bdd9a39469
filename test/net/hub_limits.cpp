// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What one user of a hub can have under way at once.

#include "net/hub_server_fixture.hpp"

BOOST_AUTO_TEST_SUITE(hub_limits)

using namespace asioauth;
using namespace asioauth::test;

namespace {

const std::string open_url = "https://open.example/mcp";

// What another user of the same hub is answered with.
http_response answered(const served& at, const std::string& user, const hub_request& request)
{
    hub_user who(user);
    who.by_credential(true);
    const auto got = std::make_shared<std::promise<http_response>>();
    at.server->hub().async_handle(request, who, [got](error_code ec, http_response r) {
        got->set_value(ec ? http_response(0, ec.message()) : std::move(r));
    });
    return got->get_future().get();
}

hub_request asking(const std::string& method, const std::string& target, const std::string& body)
{
    hub_request out(method, target);
    out.field("Accept", "application/json").field("Content-Type", "application/json");
    out.body(secret(body));
    return out;
}

std::string look_at(const std::string& where)
{
    return R"({"url":")" + where + R"("})";
}

// What programs ask of an integration, and the event streams that they have open.
class programs
{
public:
    explicit programs(std::size_t streams, std::size_t calls = 64)
        : at(hub_server_settings().hub([streams, calls](hub_settings& s) {
            s.most_streams(streams).most_calls(calls);
        }))
    {}

    /// The stream that the next call is answered with.
    std::shared_ptr<scripted_stream> next()
    {
        const auto out = std::make_shared<scripted_stream>(at.io->get_executor());
        at.network->on("GET " + open_url, [this, out](const http_request&) {
            ++sent;
            http_response r(200, "");
            r.field("Content-Type", "text/event-stream").events(out);
            return result<http_response>(std::move(r));
        });
        return out;
    }

    /// From now on no streams are answered with.
    void answer_in_whole()
    {
        at.network->on("GET " + open_url, [this](const http_request&) {
            ++sent;
            http_response r(200, "{}");
            r.field("Content-Type", "application/json");
            return result<http_response>(std::move(r));
        });
    }

    int call(line& l, const std::string& id, bool expects = true) const
    {
        begin(l, id, expects);
        return l.read().status;
    }

    void begin(line& l, const std::string& id, bool expects = true) const
    {
        const std::string accept = expects ? "Accept: Text/Event-Stream\r\n" : "";
        l.write(at.request("GET", "/use/" + id, at.key + accept));
    }

    /// Begin a call, and leave it unanswered once it is on its way.
    void begin_held(line& l, const std::string& id)
    {
        std::promise<void> held;
        at.network->on_held = [&held] { held.set_value(); };
        at.network->hold("GET " + open_url);
        begin(l, id);
        held.get_future().wait();
        at.network->hold(""); // waits for what said so
        at.network->on_held = nullptr;
    }

    std::atomic<int> sent = 0;
    served at;
};

} // namespace

BOOST_AUTO_TEST_CASE(servers_that_do_not_answer_keep_their_own_user_busy_and_nobody_else)
{
    served at(hub_server_settings(), false);
    std::promise<void> all;
    int held = 0;
    at.network->hold("GET " + open_url);
    at.network->on_held = [&] {
        if (++held == 8)
            all.set_value();
        if (held > 8) // which must not be: so that this ends
            asio::post(*at.io, [&] { at.network->release(); });
    };
    at.thread = std::thread([&] { at.io->run(); });
    const std::string typed = at.key + "Content-Type: application/json\r\n";
    const auto look = at.request(
        "POST", "/integrations", typed + "Accept: application/json\r\n", look_at(open_url)
    );
    std::vector<std::unique_ptr<line>> looking;
    for (int n = 0; n != 8; ++n)
    {
        looking.push_back(std::make_unique<line>(at.port));
        looking.back()->write(look);
    }
    all.get_future().wait();
    const auto refused = at.ask(look);
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(refused.body.find("too_many_at_once") != std::string::npos);
    const auto page = at.ask(at.request("POST", "/integrations", typed, look_at(open_url)));
    BOOST_TEST(page.status == 429);
    BOOST_TEST(page.body.find("Wait until one of them has answered") != std::string::npos);
    BOOST_TEST(at.get("/", at.key).status == 200);
    const auto other =
        answered(at, "berta", asking("POST", "/integrations", look_at("https://mcp.example/mcp")));
    BOOST_TEST(other.status() == 201, other.body());
    at.network->hold("");
    at.network->release();
    for (const auto& l : looking)
        BOOST_TEST(l->read().status == 201);
    BOOST_TEST(at.ask(look).status == 201);
}

BOOST_AUTO_TEST_CASE(event_streams_of_a_user_are_counted_until_they_end)
{
    programs p(2);
    const auto id = p.at.connected();
    line first(p.at.port);
    const auto of_first = p.next();
    BOOST_TEST(p.call(first, id) == 200);
    line second(p.at.port);
    const auto of_second = p.next();
    BOOST_TEST(p.call(second, id) == 200);
    BOOST_TEST(p.sent == 2);
    // Who expects a stream is told before anything is sent on, and else the stream is let go.
    line third(p.at.port);
    const auto of_third = p.next();
    BOOST_TEST(p.call(third, id) == 429);
    BOOST_TEST(p.sent == 2);
    BOOST_TEST(p.call(third, id, false) == 429);
    BOOST_TEST(p.sent == 3);
    of_third->wait_for_close();
    // One ends, one breaks off, and from one the program goes away.
    of_first->say("");
    BOOST_TEST(first.read_all() == "0\r\n\r\n");
    line fourth(p.at.port);
    const auto of_fourth = p.next();
    BOOST_TEST(p.call(fourth, id) == 200);
    of_second->fail();
    (void)second.read_all();
    line fifth(p.at.port);
    const auto of_fifth = p.next();
    BOOST_TEST(p.call(fifth, id) == 200);
    fourth.close();
    of_fourth->wait_for_close();
    line sixth(p.at.port);
    const auto of_sixth = p.next();
    BOOST_TEST(p.call(sixth, id) == 200);
}

BOOST_AUTO_TEST_CASE(event_streams_of_one_user_are_not_counted_for_another)
{
    programs p(1);
    const auto id = p.at.connected();
    line one(p.at.port);
    const auto of_one = p.next();
    BOOST_TEST(p.call(one, id) == 200);
    p.answer_in_whole();
    const auto added = answered(p.at, "berta", asking("POST", "/integrations", look_at(open_url)));
    BOOST_TEST(added.status() == 201, added.body());
    const std::string hers = added.field("Location").empty()
        ? std::string()
        : std::string(added.field("Location").substr(std::string("/integrations/").size()));
    const auto connected =
        answered(p.at, "berta", asking("POST", "/integrations/" + hers + "/connect", "{}"));
    BOOST_TEST(connected.status() == 200, connected.body());
    const hub_request use("GET", "/use/" + hers);
    BOOST_TEST(answered(p.at, "berta", use).body() == "{}");
    const auto of_hers = p.next();
    {
        const auto open = answered(p.at, "berta", use);
        BOOST_TEST(open.status() == 200);
        BOOST_TEST((open.events() != nullptr));
        BOOST_TEST(answered(p.at, "berta", use).status() == 429);
    }
    // The program has let go of it.
    const auto again = p.next();
    BOOST_TEST(answered(p.at, "berta", use).status() == 200);
}

BOOST_AUTO_TEST_CASE(event_streams_of_an_integration_end_when_it_is_disconnected)
{
    programs p(64);
    const auto left = p.at.connected();
    const auto kept = p.at.connected();
    line of_left(p.at.port);
    const auto ends = p.next();
    BOOST_TEST(p.call(of_left, left) == 200);
    line of_kept(p.at.port);
    const auto goes_on = p.next();
    BOOST_TEST(p.call(of_kept, kept) == 200);
    BOOST_TEST(p.at.ask(p.at.request("DELETE", "/integrations/" + left, p.at.json)).status == 200);
    ends->wait_for_close();
    // Nobody takes it for whole.
    BOOST_TEST(of_left.read_all() == "");
    goes_on->say("data: 1\n\n");
    BOOST_TEST(of_kept.read_to("data: 1\n\n") == "9\r\ndata: 1\n\n");
}

BOOST_AUTO_TEST_CASE(event_stream_that_comes_after_its_integration_was_disconnected_is_let_go)
{
    programs p(64);
    const auto left = p.at.connected();
    const auto kept = p.at.connected();
    const auto late = p.next();
    line of_left(p.at.port);
    p.begin_held(of_left, left);
    BOOST_TEST(p.at.ask(p.at.request("DELETE", "/integrations/" + left, p.at.json)).status == 200);
    p.at.network->release();
    BOOST_TEST(of_left.read().status == 404);
    late->wait_for_close();
    const auto goes_on = p.next();
    line of_kept(p.at.port);
    p.begin_held(of_kept, kept);
    p.at.network->release();
    BOOST_TEST(of_kept.read().status == 200);
}

BOOST_AUTO_TEST_CASE(calls_of_a_user_are_counted_until_they_are_answered)
{
    programs p(64, 2);
    const auto id = p.at.connected();
    p.answer_in_whole();
    line first(p.at.port);
    p.begin_held(first, id);
    line second(p.at.port);
    p.begin_held(second, id);
    line third(p.at.port);
    third.write(p.at.request("POST", "/use/" + id, p.at.key, "{}"));
    const auto refused = third.read();
    BOOST_TEST(refused.status == 429);
    BOOST_TEST(refused.body.find("too_many_at_once") != std::string::npos);
    BOOST_TEST(p.sent == 0);
    const hub_request use("GET", "/use/" + id);
    // Hers is another count.
    BOOST_TEST(answered(p.at, "berta", use).status() == 404);
    p.at.network->release();
    BOOST_TEST(first.read().status == 200);
    BOOST_TEST(second.read().status == 200);
    BOOST_TEST(p.call(third, id) == 200);
}

BOOST_AUTO_TEST_SUITE_END()
