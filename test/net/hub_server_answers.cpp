// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a hub's own web server has to answer where there is nothing, where it cannot, and with keys of
// its own.

#include "hub_server_fixture.hpp"
#include "support/no_descriptors.hpp"

BOOST_AUTO_TEST_SUITE(hub_server_answers)

using namespace asioauth;
using namespace asioauth::test;

namespace {

std::string bearer(const secret& key)
{
    return "Authorization: Bearer " + std::string(key.reveal()) + "\r\n";
}

// Connects while this process has no descriptor left for the server to accept it with.
// @return how many handlers have run meanwhile
std::size_t come_without_descriptors(served& at, tcp::socket& who)
{
    while (at.io->poll() != 0)
    {} // it waits for whoever comes
    const no_descriptors now;
    who.connect({asio::ip::address_v4::loopback(), at.port});
    std::size_t handlers = 0;
    for (std::size_t n = 0; (n = at.io->poll()) != 0;)
        handlers += n;
    return handlers;
}

} // namespace

BOOST_AUTO_TEST_CASE(outside_the_hub_there_is_nothing_unless_the_program_has_pages)
{
    served at{hub_server_settings().mount("/hub")};
    for (const char* path : {"/", "/hubris", "/x?y", "/assets/hub.css", "/integrations", "/hu"})
    {
        const auto r = at.get(path, at.key);
        BOOST_TEST(r.status == 404, path);
        BOOST_TEST(r.body == "There is nothing here.\n");
        BOOST_TEST(r.field("X-Content-Type-Options") == "nosniff");
        // That is said to nobody else.
        BOOST_TEST(at.get(path).status == 403, path);
    }
    BOOST_TEST(at.get("/hub/", at.key).status == 200);
    BOOST_TEST(at.get("/hub", at.key).field("Location") == "/hub/");
    BOOST_TEST(at.get("/hub?x", at.key).field("Location") == "/hub/");
    // Who signs in is sent to what there is.
    const auto in = at.get(at.server->start_url().substr(at.origin.size()));
    BOOST_TEST(in.field("Location") == "/hub/");
}

BOOST_AUTO_TEST_CASE(answer_of_a_server_is_taken_at_the_callback_alone)
{
    served at{hub_server_settings().mount("/hub")};
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
    const auto posted = [&](const std::string& where) {
        return at.ask(at.request("POST", where, form, "code=c&state=s"));
    };
    const auto taken = posted("/hub/callback");
    BOOST_TEST(taken.status == 200);
    BOOST_TEST(taken.body.find("value=\"c\"") != std::string::npos);
    for (const char* other :
         {"/callback", "/hub/callbacks", "/hub/", "/hub/callback/a/b", "/hub/integrations"})
    {
        const auto r = posted(other);
        BOOST_TEST(r.status == 403, other);
        BOOST_TEST(r.field("Connection") == "close"); // its body was not taken
    }
    // Nor is it read when it is asked for with another method, or at another host.
    const auto put = at.ask(at.request("PUT", "/hub/callback", form, "code=c&state=s"));
    BOOST_TEST(put.status == 403);
    const auto foreign = at.ask(
        "POST /hub/callback HTTP/1.1\r\nHost: evil.example\r\n" + form
        + "Content-Length: 14\r\n\r\ncode=c&state=s"
    );
    BOOST_TEST(foreign.status == 421);
}

BOOST_AUTO_TEST_CASE(key_of_programs_is_random_unless_it_was_given)
{
    served at;
    BOOST_TEST(at.server->program_key().reveal() == "program-key");
    hub_server own(*at.subject, hub_server_settings());
    hub_server another(*at.subject, hub_server_settings());
    BOOST_REQUIRE(own.listen());
    BOOST_REQUIRE(another.listen());
    BOOST_TEST(own.program_key().size() >= 32U);
    BOOST_TEST((own.program_key() != another.program_key()));
    const std::string host = own.origin().substr(std::string("http://").size());
    const auto port = static_cast<std::uint16_t>(std::stoul(host.substr(host.rfind(':') + 1)));
    const auto asked = [&](const std::string& fields) {
        line l(port);
        l.write("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
        return l.read().status;
    };
    BOOST_TEST(asked(bearer(own.program_key())) == 200);
    BOOST_TEST(asked(bearer(another.program_key())) == 403);
    BOOST_TEST(asked(at.key) == 403);
}

BOOST_AUTO_TEST_CASE(hub_that_cannot_be_used_says_why)
{
    served at{hub_server_settings().hub([](hub_settings& s) {
        s = hub_settings("http://app.example"); // neither https nor this machine
    })};
    const auto r = at.get("/", at.key);
    BOOST_TEST(r.status == 503);
    BOOST_TEST(r.body.starts_with("This server cannot answer: "), r.body);
    BOOST_TEST(r.field("Content-Type") == "text/plain; charset=utf-8");
    // A connection outlives such an answer.
    line l(at.port);
    for (int n = 0; n != 2; ++n)
    {
        l.write(at.request("GET", "/", at.key));
        BOOST_TEST(l.read().status == 503);
    }
}

BOOST_AUTO_TEST_CASE(without_a_user_nothing_of_the_hub_can_be_used)
{
    served at{hub_server_settings().user("").mount("/hub").pages(
        [](hub_request, const hub_user& user, hub_server_settings::respond respond) {
            respond(http_response(200, "[" + user.id() + "]"));
        }
    )};
    BOOST_TEST(at.get("/", at.key).body == "[]");
    for (const std::string& who : {at.key, at.cookie()})
    {
        BOOST_TEST(at.get("/hub/", who).status == 403);
        BOOST_TEST(at.get("/hub/events", who).status == 403);
        BOOST_TEST(
            at.get("/hub/use/0123456789abcdef0123456789abcdef", who).body
            == "Open the link that was printed at the start.\n"
        );
    }
}

BOOST_AUTO_TEST_CASE(who_is_signed_in_comes_to_the_pages_of_the_program_or_to_the_hub)
{
    const auto leads_to = [](hub_server_settings s) {
        served at{std::move(s)};
        const auto link = at.server->launch_url().value().substr(at.origin.size());
        const auto in = at.get(link);
        BOOST_TEST(in.status == 303);
        BOOST_TEST(in.field("Cache-Control") == "no-store");
        BOOST_TEST(
            at.get(at.server->start_url().substr(at.origin.size())).field("Location")
            == in.field("Location")
        );
        return in.field("Location");
    };
    const auto page = [](hub_request, const hub_user&, hub_server_settings::respond respond) {
        respond(http_response(200, ""));
    };
    BOOST_TEST(leads_to(hub_server_settings()) == "/");
    BOOST_TEST(leads_to(hub_server_settings().mount("/hub")) == "/hub/");
    BOOST_TEST(leads_to(hub_server_settings().mount("/hub").pages(page)) == "/");
}

BOOST_AUTO_TEST_CASE(link_for_a_browser_is_for_getting_in_and_nothing_else)
{
    served at;
    // Before there is one, none is known.
    BOOST_TEST(at.get("/start?once=").status == 403);
    BOOST_TEST(at.get("/start?once=x").status == 403);
    const auto link = at.server->launch_url().value().substr(at.origin.size());
    BOOST_TEST(at.get("/start?key=" + link.substr(link.find('=') + 1)).status == 403);
    BOOST_TEST(at.get(link + "&x=1").status == 403);
    BOOST_TEST(at.get(link.substr(0, link.size() - 1)).status == 403);
    // None of these has used it up.
    BOOST_TEST(at.get(link).status == 303);
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_is_survived)
{
    served at(hub_server_settings(), false);
    asio::io_context io;
    tcp::socket early(io, tcp::v4());
    const std::size_t handlers = come_without_descriptors(at, early);
    BOOST_TEST(handlers > 0U); // the accept has failed
    BOOST_TEST(handlers < 5U); // and is not tried again at once
    at.thread = std::thread([&] { at.io->run(); });
    asio::write(early, asio::buffer(at.request("GET", "/", at.key + "Connection: close\r\n")));
    std::string got;
    boost::system::error_code ec;
    asio::read(early, asio::dynamic_buffer(got), ec);
    BOOST_TEST(got.starts_with("HTTP/1.1 200 "), got);
}

BOOST_AUTO_TEST_CASE(server_that_was_closed_while_it_waited_for_descriptors_stays_closed)
{
    served at(hub_server_settings(), false);
    asio::io_context io;
    tcp::socket early(io, tcp::v4());
    come_without_descriptors(at, early);
    at.server->close();
    at.thread = std::thread([&] { at.io->run(); });
    std::string got;
    boost::system::error_code ec;
    asio::read(early, asio::dynamic_buffer(got), ec);
    BOOST_TEST(ec.failed());
    BOOST_TEST(got == "");
}

BOOST_AUTO_TEST_SUITE_END()
