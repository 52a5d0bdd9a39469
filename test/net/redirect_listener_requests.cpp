// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/callback_page.hpp"
#include "listener/loopback_impl.hpp"
#include "net/loopback_fixture.hpp"
#include "support/no_descriptors.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace asioauth;
using namespace asioauth::testing::loopback;
namespace asio = boost::asio;
using asio::ip::tcp;
using detail::callback_page;
using detail::page_for;

} // namespace

BOOST_FIXTURE_TEST_SUITE(redirect_listener_requests_, fixture)

// who is who
// ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_redirect_is_handed_over_as_the_browser_shows_it)
{
    auto& w = wait(reserve(), "a+b/c");
    const std::string target = "/callback?code=x%2fY&state=a%2Bb%2Fc&iss=https%3A%2F%2Fas&z";
    const auto c = send(get(target));
    until([&] { return w.done(); });
    BOOST_TEST(w.got().url() == "http://" + authority + target);
}

// covers V50, V51, V55
// catches D-14
BOOST_AUTO_TEST_CASE(redirects_without_the_right_state_disturb_nobody)
{
    auto& w = wait(reserve(), "right");
    for (const std::string_view query :
         {"state=wrong",
          "state=righ",
          "state=rightt",
          "state=Right",
          "state=right%00",
          "error=access_denied&state=wrong",
          "code=c&state=+right"})
        BOOST_TEST(exchange(get("/callback?" + std::string(query))) == not_waiting);
    for (const std::string_view query :
         {"",
          "code=c",
          "state",
          "state=",
          "error=access_denied",
          "state=right&state=right",
          "state=right&state=wrong",
          "state=right&st%61te=x",
          "state=%zz",
          "State=right",
          "state%00=right"})
        BOOST_TEST(exchange(get("/callback?" + std::string(query))) == bad_request);
    BOOST_TEST(exchange(get("/callback")) == bad_request);
    BOOST_TEST(!w.done());
    check_genuine(w, "right");
}

BOOST_AUTO_TEST_CASE(an_oversized_state_disturbs_nobody)
{
    auto& w = wait(reserve(), "s");
    BOOST_TEST(exchange(get("/callback?state=" + std::string(7000, 's'))) == not_waiting);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

// covers V54, V59
BOOST_AUTO_TEST_CASE(a_foreign_host_is_refused)
{
    auto& w = wait(reserve(), "s");
    const auto number = std::to_string(port);
    const std::vector<std::string> hosts = {
        "evil.example",
        "evil.example:" + number,
        "localhost:" + number,
        "localhost.:" + number,
        "127.0.0.1",
        "127.0.0.1:" + std::to_string(port + 1),
        "127.1:" + number,
        "127.0.0.1.:" + number,
        "[::1]:" + number,
        "127.0.0.1:" + number + "@evil",
        "127.0.0.1:0" + number,
        "127.0.0.1:" + number + ",a",
        "user@127.0.0.1:" + number,
        "[::ffff:127.0.0.1]:" + number,
    };
    for (const auto& host : hosts)
        BOOST_TEST(exchange(get("/callback?code=c&state=s", host)) == bad_request);
    const auto start = std::string("GET /callback?code=c&state=s HTTP/1.1\r\n");
    BOOST_TEST(exchange(start + "\r\n") == bad_request);
    BOOST_TEST(exchange(start + "Host:\r\n\r\n") == bad_request);
    BOOST_TEST(
        exchange(start + "Host: " + authority + "\r\nHost: " + authority + "\r\n\r\n")
        == bad_request
    );
    BOOST_TEST(exchange(start + "X-Forwarded-Host: " + authority + "\r\n\r\n") == bad_request);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_CASE(a_host_in_capitals_is_accepted)
{
    const auto uri = reserve(redirect_target().host("localhost"));
    auto& w = wait(uri, "s");
    const auto c = send(get("/callback?state=s", "LocalHost:" + std::to_string(port)));
    until([&] { return w.done(); });
    BOOST_TEST(w.got().url() == uri + "?state=s"); // as reserved, not as sent
}

BOOST_AUTO_TEST_CASE(other_methods_and_paths_are_refused)
{
    auto& w = wait(reserve(), "s");
    const auto rest = " /callback?code=c&state=s HTTP/1.1\r\nHost: " + authority + "\r\n";
    const auto not_allowed = page_for(callback_page::method_not_allowed);
    for (const std::string_view method : {"POST", "OPTIONS", "PUT", "DELETE", "get", "TRACE", "X"})
        BOOST_TEST(exchange(std::string(method) + rest + "\r\n") == not_allowed);
    BOOST_TEST(exchange("POST" + rest + "Content-Length: 9\r\n\r\nstate=s&a") == not_allowed);
    BOOST_TEST(exchange("HEAD" + rest + "\r\n") == detail::without_body(not_allowed));
    const auto not_found = page_for(callback_page::not_found);
    for (const std::string_view path :
         {"/",
          "/favicon.ico",
          "/callback/",
          "/callbac",
          "/callbackk",
          "//callback",
          "/Callback",
          "/%63allback",
          "/callback;a",
          "/x/../callback",
          "/callback%3Fa",
          "/oauth_config"})
        BOOST_TEST(exchange(get(std::string(path) + "?code=c&state=s")) == not_found);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_request_gets_a_fixed_answer)
{
    auto& w = wait(reserve(), "s");
    const std::vector<std::string> junk = {
        "GET http://" + authority + "/callback?state=s HTTP/1.1\r\nHost: " + authority + "\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: " + authority + "\r\n\r\n",
        "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: " + authority + "\r\n\r\n",
        "GET /callback?state=s\r\n\r\n",
        "GET /callback?state=s HTTP/2.0\r\nHost: " + authority + "\r\n\r\n",
        "GET /callback?state=s HTTP/1.1\nHost: " + authority + "\n\n",
        "GET /callback?state=s HTTP/1.1\r\nHost: " + authority + "\r\n x\r\n\r\n",
        "GET /callback?state=s#f HTTP/1.1\r\nHost: " + authority + "\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x02\x01",
        std::string(1, '\0'),
        "\r\n",
    };
    for (const auto& bytes : junk)
        BOOST_TEST(exchange(bytes) == bad_request);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_CASE(an_oversized_head_is_refused)
{
    auto& w = wait(reserve(), "s");
    const auto too_large = page_for(callback_page::head_too_large);
    BOOST_TEST(exchange("GET /" + std::string(9000, 'a')) == too_large);
    BOOST_TEST(
        exchange("GET / HTTP/1.1\r\nHost: " + authority + "\r\nX: " + std::string(20'000, 'a'))
        == too_large
    );
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_CASE(http_1_0_is_served)
{
    auto& w = wait(reserve(), "s");
    const auto c = send("GET /callback?state=s HTTP/1.0\r\nHost: " + authority + "\r\n\r\n");
    until([&] { return w.done(); });
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(a_redirect_in_single_bytes_arrives)
{
    auto& w = wait(reserve(), "s");
    const auto c = std::make_shared<client>(io, tcp::endpoint(v4, port));
    const auto bytes = get("/callback?state=s");
    c->start(bytes.substr(0, 1));
    until([&] { return c->connected; });
    for (std::size_t i = 1; i < bytes.size(); ++i)
    {
        BOOST_TEST(!w.done());
        c->send(bytes.substr(i, 1));
        io.poll();
    }
    until([&] { return w.done(); });
    BOOST_TEST(w.outcome->has_value());
}

// covers V52
BOOST_AUTO_TEST_CASE(no_payload_gets_into_a_page)
{
    auto& w = wait(reserve(), "s");
    const std::vector<std::string> cores = {
        "<script>alert(1)</script>",
        "<img/src=x/onerror=alert(1)>",
        "\"><svg/onload=alert(1)>",
        "'-alert(1)-'",
        "javascript:alert(1)",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "{{7*7}}",
        "${7*7}",
        "<%=7*7%>",
        "</title><h1>x",
        "%0d%0aSet-Cookie:%20a=b",
        "%0d%0a%0d%0a<html>",
        "%u003cscript%u003e",
        "&lt;script&gt;",
        "%26lt;",
        "`id`",
        "//evil.example",
        "%5c%5cevil",
        "%00<b>",
        "%E2%80%AE",
    };
    const auto not_found = page_for(callback_page::not_found);
    int count = 0;
    for (const auto& core : cores)
    {
        for (const std::string_view name :
             {"error", "error_description", "error_uri", "iss", "state", "code"})
        {
            const auto target = "/callback?" + std::string(name) + '=' + core;
            BOOST_TEST(exchange(get(target + (name == "state" ? "" : "&state=x"))).size() != 0U);
            const auto response = exchange(get(target));
            BOOST_TEST((response == bad_request || response == not_waiting));
            if (core.find("%u") == std::string::npos && core.find('&') == std::string::npos
                && core.find("%>") == std::string::npos)
                BOOST_TEST(response == (name == "state" ? not_waiting : bad_request));
            count += 2;
        }
        BOOST_TEST(exchange(get('/' + core)) == not_found);
        BOOST_TEST(exchange(get("/callback/" + core + "?state=s")) == not_found);
        ++count;
    }
    BOOST_TEST(count >= 200);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

// covers C-9700-1 C-UPD-6 C-21-21
BOOST_AUTO_TEST_CASE(no_request_sends_the_browser_anywhere)
{
    auto& other = wait(reserve(), "other"); // keeps the port open
    const auto goes_nowhere = [](const std::string& response) {
        BOOST_TEST(response.starts_with("HTTP/1.1 "));
        BOOST_TEST(!response.starts_with("HTTP/1.1 3"));
        for (const std::string_view part :
             {"Location", "location", "Refresh", "refresh", "http-equiv", "href", "evil"})
            BOOST_TEST(response.find(part) == std::string::npos, part);
    };
    const std::vector<std::string> targets = {
        "//evil.example",
        "//evil.example/callback",
        "/callback//evil.example",
        "/callback/../..//evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "/callback%0d%0aLocation:%20https://evil.example",
        "/callback/",
        "/",
    };
    for (const auto& target : targets)
    {
        goes_nowhere(exchange(get(target)));
        goes_nowhere(exchange(get(target + "?state=other&next=https://evil.example")));
    }
    // Nor does the genuine redirect, whatever else it brings.
    int round = 0;
    for (const std::string_view name :
         {"next", "url", "redirect_uri", "redirect", "return_to", "target_link_uri", "error_uri"})
    {
        for (const std::string_view value :
             {"https://evil.example", "//evil.example", "%0d%0aLocation:%20https://evil.example"})
        {
            for (const auto how : {errc(), errc::access_denied})
            {
                const auto state = "s" + std::to_string(round++);
                auto& w = wait("http://" + authority + "/callback", state);
                const auto c = send(
                    get("/callback?code=c&state=" + state + "&" + std::string(name) + "="
                        + std::string(value))
                );
                until([&] { return w.done(); });
                w.got().reply(how == errc() ? login_outcome() : login_outcome(how));
                until([&] { return c->done; });
                goes_nowhere(c->response);
            }
        }
    }
    BOOST_TEST(!other.done());
}

BOOST_AUTO_TEST_CASE(a_failure_page_holds_nothing_of_the_redirect)
{
    auto& w = wait(reserve(), "s");
    const auto c = send(get("/callback?error=%3Cb%3Eboo&error_description=%3Cscript%3E&state=s"));
    until([&] { return w.done(); });
    w.got().reply(login_outcome(errc::access_denied));
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome(errc::access_denied)));
    BOOST_TEST(c->response.find("boo") == std::string::npos);
    BOOST_TEST(c->response.find("Access was denied") != std::string::npos);
}

// covers V51
BOOST_AUTO_TEST_CASE(a_thousand_junk_requests_do_not_stop_the_genuine_one)
{
    auto& w = wait(reserve(), "s");
    const std::vector<std::string> junk = {
        get("/callback?state=wrong"),
        get("/callback?error=x"),
        get("/x"),
        "junk\n",
        get("/callback?state=s", "evil.example"),
    };
    for (std::size_t i = 0; i < 1000; ++i)
        exchange(junk[i % junk.size()]);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

// catches D-14
BOOST_AUTO_TEST_CASE(two_flows_at_once_are_told_apart_by_state)
{
    const auto uri = reserve();
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    const auto second = send(get("/callback?state=s2"));
    const auto first = send(get("/callback?state=s1"));
    until([&] { return one.done() && two.done(); });
    BOOST_TEST(one.got().url() == uri + "?state=s1");
    BOOST_TEST(two.got().url() == uri + "?state=s2");
    one.got().reply(login_outcome(errc::access_denied));
    two.got().reply(login_outcome());
    until([&] { return first->done && second->done; });
    BOOST_TEST(first->response == page_for(login_outcome(errc::access_denied)));
    BOOST_TEST(second->response == page_for(login_outcome()));
}

// covers C-9700-16 C-21-15
BOOST_AUTO_TEST_CASE(the_second_use_of_a_link_is_told_so)
{
    const auto uri = reserve();
    auto& other = wait(uri, "other"); // keeps the port open
    auto& w = wait(uri, "s");
    const auto first = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    BOOST_TEST(
        exchange(get("/callback?state=s")) == not_waiting
    ); // while the first is being worked on
    w.got().reply(login_outcome());
    until([&] { return first->done; });
    BOOST_TEST(exchange(get("/callback?state=s")) == not_waiting);
    BOOST_TEST(w.calls == 1);
    BOOST_TEST(!other.done());
}

// limits
// -------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(slow_connections_up_to_the_limit_do_not_block_the_genuine_one)
{
    detail::loopback_limits patient; // so that no deadline makes room
    patient.head = std::chrono::hours(1);
    const auto own = std::make_shared<loopback_listener::impl>(io.get_executor(), patient);
    const auto at = url::parse(own->reserve({}).value()).value();
    port = at.port();
    std::optional<result<redirect>> got;
    own->async_wait(at.str(), "s", [&](result<redirect> r) { got.emplace(std::move(r)); });

    constexpr std::size_t limit = 64;
    std::vector<std::shared_ptr<client>> slow;
    for (std::size_t i = 0; i < limit; ++i)
    {
        slow.push_back(send("GET /callback?"));
        until([&] { return slow.back()->connected; });
    }
    const auto c = send(get("/callback?state=s", at.authority()));
    until([&] { return got.has_value(); });
    // Only the oldest had to go for it; the others went when nobody waited any more.
    BOOST_TEST(slow.front()->response.empty());
    got->value().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
    for (const auto& s : slow)
        until([&] { return s->done; });
    own->close();
}

BOOST_AUTO_TEST_CASE(the_oldest_connection_without_a_request_makes_room_and_no_other)
{
    detail::loopback_limits patient;
    patient.head = std::chrono::hours(1);
    patient.connections = 3;
    const auto own = std::make_shared<loopback_listener::impl>(io.get_executor(), patient);
    const auto at = url::parse(own->reserve({}).value()).value();
    port = at.port();
    own->async_wait(at.str(), "s", [](result<redirect>) {});
    std::vector<std::shared_ptr<client>> slow;
    for (std::size_t i = 0; i < patient.connections; ++i)
    {
        slow.push_back(send("GET /"));
        until([&] { return slow.back()->connected; });
    }
    const auto c = send(get("/x", at.authority()));
    until([&] { return c->done && slow[0]->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_found));
    io.poll();
    BOOST_TEST(!slow[1]->done);
    BOOST_TEST(!slow[2]->done);
    own->close();
    until([&] { return slow[1]->done && slow[2]->done; });
}

BOOST_AUTO_TEST_CASE(browsers_that_wait_for_their_page_are_never_dropped_for_new_ones)
{
    detail::loopback_limits limits;
    limits.connections = 2;
    const auto small = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    const auto at = url::parse(small->reserve({}).value()).value();
    const tcp::endpoint where(v4, at.port());
    std::vector<std::optional<result<redirect>>> got(3);
    std::vector<std::shared_ptr<client>> browsers;
    for (std::size_t i = 0; i < got.size(); ++i)
    {
        auto store = [&got, i](result<redirect> r) { got[i].emplace(std::move(r)); };
        small->async_wait(at.str(), 's' + std::to_string(i), std::move(store));
    }
    for (std::size_t i = 0; i < got.size(); ++i)
        browsers.push_back(send(get("/callback?state=s" + std::to_string(i), at.authority()), where)
        );
    until([&] { return got[0] && got[1] && browsers[2]->connected; });
    io.poll();
    BOOST_TEST(!got[2]); // waits in the system's queue for a place
    got[0]->value().reply(login_outcome());
    until([&] { return got[2].has_value(); });
    for (auto& g : got)
        g->value().reply(login_outcome());
    for (const auto& browser : browsers)
    {
        until([&] { return browser->done; });
        BOOST_TEST(browser->response == page_for(login_outcome()));
    }
    small->close();
}

BOOST_AUTO_TEST_CASE(a_head_that_does_not_come_in_time_ends_the_connection)
{
    detail::loopback_limits limits;
    limits.head = std::chrono::milliseconds(20);
    const auto hasty = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    const auto at = url::parse(hasty->reserve({}).value()).value();
    hasty->async_wait(at.str(), "s", [](result<redirect>) {});
    const auto c = send("GET /callback?state=s HTTP/1.1\r\n", tcp::endpoint(v4, at.port()));
    until([&] { return c->done; });
    BOOST_TEST(c->connected);
    BOOST_TEST(c->response.empty());
    hasty->close();
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_in_time_is_not_finished)
{
    detail::loopback_limits limits;
    limits.answer = std::chrono::milliseconds(20);
    const auto hasty = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    const auto at = url::parse(hasty->reserve({}).value()).value();
    std::optional<result<redirect>> got;
    hasty->async_wait(at.str(), "s", [&](result<redirect> r) { got.emplace(std::move(r)); });
    const auto c = send(get("/callback?state=s", at.authority()), tcp::endpoint(v4, at.port()));
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
    got->value().reply(login_outcome()); // too late, and harmless
    io.poll();
    hasty->close();
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_is_survived_without_spinning)
{
    auto& w = wait(reserve(), "s");
    tcp::socket early(io, tcp::v4());
    tcp::socket genuine(io, tcp::v4());
    auto now = std::make_unique<test::no_descriptors>();
    early.connect({v4, port});
    genuine.connect({v4, port});
    const auto request = get("/callback?state=s");
    asio::write(genuine, asio::buffer(request));
    // The accept fails, and then nothing happens until the pause is over.
    const auto handlers = io.run_for(std::chrono::milliseconds(20));
    now.reset();
    BOOST_TEST(handlers < 5U);
    BOOST_TEST(!w.done());
    until([&] { return w.done(); });
    BOOST_TEST(w.outcome->has_value());
}

// As the one of a handler that there was no memory for.
BOOST_AUTO_TEST_CASE(whoever_waits_at_a_door_and_is_dropped_leaves_it_to_the_next)
{
    const auto ex = detail::home_executor::serial(io.get_executor());
    const auto door = std::make_shared<detail::loopback_door>(ex, tcp::endpoint(v4, 0));
    {
        detail::loopback_attendant first(door);
        const auto second = std::move(first);
        BOOST_TEST(door->accepting);
    }
    BOOST_TEST(!door->accepting);
    detail::loopback_attendant third(door);
    BOOST_TEST(door->accepting);
    BOOST_TEST((third.leave() == door));
    detail::loopback_attendant fourth(door);
    BOOST_TEST(door->accepting);
}

BOOST_AUTO_TEST_SUITE_END()
