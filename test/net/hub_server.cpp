// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The hub's own web server over sockets, as browsers, programs and strangers meet it.

#include "hub_server_fixture.hpp"

#if defined(__linux__)
#include <sys/fsuid.h>
#endif
#include <unistd.h>

#include <condition_variable>
#include <mutex>

BOOST_AUTO_TEST_SUITE(hub_server_)

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_CASE(who_opens_the_link_is_signed_in_and_nobody_else)
{
    served at;
    BOOST_TEST(at.get("/").status == 403);
    BOOST_TEST(at.get("/events").status == 403);
    BOOST_TEST(at.get("/integrations").status == 403);
    const std::string start = at.server->start_url();
    BOOST_TEST(start.starts_with(at.origin + "/start?key="));
    for (const std::string& wrong : std::vector<std::string>{
             "/start?key=",
             "/start?key=x",
             "/start?",
             "/start",
             start.substr(at.origin.size()) + "x",
             start.substr(at.origin.size()) + "&x=1"})
    {
        const auto r = at.get(wrong);
        BOOST_TEST(r.status == 403, wrong);
        BOOST_TEST(r.field("Set-Cookie") == "");
    }
    const auto in = at.get(start.substr(at.origin.size()));
    BOOST_TEST(in.status == 303);
    BOOST_TEST(in.field("Location") == "/");
    BOOST_TEST(in.field("Cache-Control") == "no-store");
    BOOST_TEST(in.field("Referrer-Policy") == "no-referrer");
    const auto set = in.field("Set-Cookie");
    BOOST_TEST(set.starts_with("asioauth-signed-in-" + std::to_string(at.port) + "="));
    BOOST_TEST(set.find("; Path=/; HttpOnly; SameSite=Lax") != std::string::npos);
    // What is in the link is not what is in the cookie.
    BOOST_TEST(set.find(start.substr(start.find('=') + 1)) == std::string::npos);
    const auto page = at.get("/", at.cookie());
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.field("Content-Security-Policy").starts_with("default-src 'none'"));
    const auto value = set.substr(set.find('=') + 1, set.find(';') - set.find('=') - 1);
    const std::string name = "asioauth-signed-in-" + std::to_string(at.port) + "=";
    for (const std::string& wrong : std::vector<std::string>{
             name,
             name + "x",
             name + value + "x",
             name + value + "; " + name + value,
             "asioauth-signed-in=" + value})
        BOOST_TEST(at.get("/", "Cookie: " + wrong + "\r\n").status == 403, wrong);
    BOOST_TEST(page.body.find(value) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_link_for_a_browser_that_is_started_works_once)
{
    served at;
    const auto target = [&] { return at.server->launch_url().value().substr(at.origin.size()); };
    const auto first = target();
    BOOST_TEST(first.starts_with("/start?once="));
    BOOST_TEST(at.get(first + "x").status == 403);
    const auto in = at.get(first);
    BOOST_TEST(in.status == 303);
    const auto set = in.field("Set-Cookie");
    const std::string cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    BOOST_TEST(at.get("/", cookie).status == 200);
    // Somebody else has seen it: nobody knows who was first.
    const auto again = at.get(first);
    BOOST_TEST(again.status == 403);
    BOOST_TEST(again.field("Set-Cookie") == "");
    BOOST_TEST(again.body.find("used before") != std::string::npos);
    BOOST_TEST(at.get("/", cookie).status == 403);
    BOOST_TEST(at.get("/", at.key).status == 200);
    // The link that was printed goes on, and so does a new one; an older one is none.
    BOOST_TEST(at.get("/", at.cookie()).status == 200);
    const auto older = target();
    const auto newer = target();
    BOOST_TEST(at.get(older).status == 403);
    BOOST_TEST(at.get(newer).status == 303);
}

// Only root can be somebody else; the tables are in unit/hub_peer_users.
BOOST_AUTO_TEST_CASE(a_link_for_a_browser_is_of_no_use_to_other_users_of_the_machine)
{
    served at;
    const auto link = at.server->launch_url().value().substr(at.origin.size());
#if defined(__linux__)
    if (::geteuid() == 0)
    {
        // Of this thread, and with it of the sockets that it makes.
        constexpr uid_t nobody = 65'534;
        ::setfsuid(nobody);
        line other(at.port);
        ::setfsuid(0);
        other.write(at.request("GET", link));
        const auto refused = other.read();
        BOOST_TEST(refused.status == 403);
        BOOST_TEST(refused.field("Set-Cookie") == "");
    }
#endif
    // It is not used up.
    const auto in = at.get(link);
    BOOST_TEST(in.status == 303);
    const auto set = in.field("Set-Cookie");
    const std::string cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
    BOOST_TEST(at.get("/", cookie).status == 200);
}

BOOST_AUTO_TEST_CASE(requests_for_another_host_are_refused_whoever_sends_them)
{
    served at;
    const auto cookie = at.cookie();
    for (const std::string& host : std::vector<std::string>{
             "evil.example",
             "evil.example:" + std::to_string(at.port),
             "127.0.0.1",
             "127.0.0.1:1",
             "127.0.0.1:" + std::to_string(at.port) + ".evil.example",
             "[::1]:" + std::to_string(at.port),
             ""})
    {
        for (const std::string& who : {cookie, at.key})
            BOOST_TEST(
                at.ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n" + who + "\r\n").status == 421,
                host
            );
        BOOST_TEST(
            at.ask(
                  "GET " + at.server->start_url().substr(at.origin.size())
                  + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
            )
                .status
            == 421
        );
    }
    BOOST_TEST(at.ask("GET / HTTP/1.1\r\n" + cookie + "\r\n").status == 421);
    BOOST_TEST(at.ask("GET / HTTP/1.0\r\n" + cookie + "\r\n").status == 421);
    // Cookies are for one of the two names, so that it has to be the one of the callback.
    const std::string localhost = "Host: localhost:" + std::to_string(at.port) + "\r\n";
    const auto other = at.ask("GET /?x=1 HTTP/1.1\r\n" + localhost + "\r\n");
    BOOST_TEST(other.status == 307);
    BOOST_TEST(other.field("Location") == at.origin + "/?x=1");
    BOOST_TEST(at.ask("GET @evil.example/ HTTP/1.1\r\n" + localhost + "\r\n").status != 307);
    BOOST_TEST(
        at.ask("POST / HTTP/1.1\r\n" + localhost + at.key + "Content-Length: 0\r\n\r\n").status
        == 421
    );
}

BOOST_AUTO_TEST_CASE(a_program_shows_its_key_and_a_wrong_one_is_nothing)
{
    served at;
    BOOST_TEST(at.get("/", at.json).status == 200);
    for (const char* wrong : {"Bearer x", "Bearer program-keyx", "Bearer program-ke"})
        BOOST_TEST(
            at.get("/", "Authorization: " + std::string(wrong) + "\r\n" + at.cookie()).status
                == 403,
            wrong
        );
    const auto id = at.connected();
    BOOST_TEST(at.get("/use/" + id, at.key).status == 200);
    BOOST_TEST(at.get("/use/" + id).status == 403);
    BOOST_TEST(at.get("/use/" + id, at.cookie()).status == 403);
    BOOST_TEST(at.get("/use/" + id, "Authorization: Bearer x\r\n").status == 403);
}

BOOST_AUTO_TEST_CASE(a_connection_is_used_again_and_a_head_is_asked_for_alone)
{
    served at;
    line l(at.port);
    for (int n = 0; n != 3; ++n)
    {
        l.write(at.request("GET", "/", at.cookie()));
        const auto got = l.read();
        BOOST_TEST(got.status == 200);
        BOOST_TEST(got.body.ends_with("</html>\n"));
        l.write(at.request("HEAD", "/", at.cookie()));
        const auto head = l.read(true);
        BOOST_TEST(head.status == 200);
        BOOST_TEST(head.field("Content-Type") == "text/html; charset=utf-8");
    }
    l.write(at.request("GET", "/", at.cookie() + "Connection: close\r\n"));
    BOOST_TEST(l.read().status == 200);
    BOOST_TEST(l.read_all() == "");
    line old(at.port);
    old.write("GET / HTTP/1.0\r\nHost: " + at.host + "\r\n" + at.cookie() + "\r\n");
    BOOST_TEST(old.read().status == 200);
    BOOST_TEST(old.read_all() == "");
}

BOOST_AUTO_TEST_CASE(heads_and_bodies_have_an_end)
{
    served at;
    line large(at.port);
    large.write("GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x'));
    BOOST_TEST(large.read_all() == "");
    line many(at.port);
    std::string fields;
    for (int n = 0; n != 10'000; ++n)
        fields += "X: y\r\n";
    many.write(at.request("GET", "/", fields));
    BOOST_TEST(many.read_all() == "");
    line rubbish(at.port);
    rubbish.write("\x16\x03\x01 what\r\n\r\n");
    BOOST_TEST(rubbish.read_all() == "");
    // Who is not signed in is answered before a body is taken, and sends no other request.
    line stranger(at.port);
    stranger.write(
        "POST /integrations HTTP/1.1\r\nHost: " + at.host + "\r\nContent-Length: 8000000\r\n\r\n"
    );
    BOOST_TEST(stranger.read().status == 403);
    BOOST_TEST(stranger.read_all() == "");
    // Unless it is what an authorization server posts, which is short and says so.
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
    const auto posted = at.ask(at.request("POST", "/callback", form, "code=c&state=s"));
    BOOST_TEST(posted.status == 200);
    BOOST_TEST(posted.body.find("value=\"c\"") != std::string::npos);
    for (const char* size : {"Content-Length: 65537\r\n", "Transfer-Encoding: chunked\r\n"})
    {
        line long_answer(at.port);
        long_answer.write(at.request("POST", "/callback", form + size));
        BOOST_TEST(long_answer.read().status == 403);
        BOOST_TEST(long_answer.read_all() == "");
    }
    // Nor anybody more than the most.
    line signed_in(at.port);
    signed_in.write(at.request("POST", "/integrations", at.key + "Content-Length: 9000000\r\n"));
    BOOST_TEST(signed_in.read_all() == "");
    line smuggled(at.port);
    smuggled.write(
        at.request(
            "POST", "/integrations", at.key + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
        )
        + "0\r\n\r\nGET / HTTP/1.1\r\nHost: " + at.host + "\r\n" + at.key + "\r\n"
    );
    BOOST_TEST(smuggled.read_all().find("200 OK") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_is_slow_is_left)
{
    served at{hub_server_settings().patience(std::chrono::milliseconds(50))};
    line idle(at.port);
    line begun(at.port);
    begun.write("GET / HTTP/1.1\r\nHost:");
    line half(at.port);
    half.write(at.request("POST", "/integrations", at.key + "Content-Length: 100\r\n") + "x");
    BOOST_TEST(idle.read_all() == "");
    BOOST_TEST(begun.read_all() == "");
    BOOST_TEST(half.read_all() == "");
}

BOOST_AUTO_TEST_CASE(no_more_connections_than_the_most_are_served)
{
    std::mutex mutex;
    std::condition_variable more;
    std::vector<hub_server_settings::respond> asked; // and not answered
    served at{hub_server_settings().mount("/hub").pages(
        [&](hub_request, const hub_user&, hub_server_settings::respond r) {
            const std::lock_guard<std::mutex> lock(mutex);
            asked.push_back(std::move(r));
            more.notify_one();
        }
    )};
    std::vector<std::unique_ptr<line>> all;
    for (int n = 0; n != 256; ++n)
    {
        all.push_back(std::make_unique<line>(at.port));
        all.back()->write(at.request("GET", "/", at.key));
    }
    {
        std::unique_lock<std::mutex> lock(mutex);
        more.wait(lock, [&] { return asked.size() == 256; });
    }
    line beyond(at.port);
    beyond.write(at.request("GET", "/hub/", at.key + "Connection: close\r\n"));
    BOOST_TEST(beyond.read_all() == "");
    for (const auto& r : asked)
        r(http_response(200, "here"));
    asked.clear();
    for (auto& l : all)
        BOOST_TEST(l->read().status == 200);
    // There is room again when one goes; when that is noticed is the server's affair.
    all.front()->close();
    int status = 0;
    for (int n = 0; n != 10'000 && status == 0; ++n)
    {
        line next(at.port);
        next.write(at.request("GET", "/hub/", at.key));
        status = next.read().status;
    }
    BOOST_TEST(status == 200);
}

BOOST_AUTO_TEST_CASE(connections_that_say_nothing_keep_nobody_out)
{
    served at;
    std::vector<std::unique_ptr<line>> all;
    for (int n = 0; n != 256; ++n)
        all.push_back(std::make_unique<line>(at.port));
    const auto link = at.server->launch_url().value().substr(at.origin.size());
    BOOST_TEST(link.starts_with("/start?once="));
    BOOST_TEST(at.get(link).status == 303);
    // The oldest had to go, and nobody else.
    BOOST_TEST(all.front()->read_all() == "");
    all[1]->write(at.request("GET", "/", at.key));
    BOOST_TEST(all[1]->read().status == 200);
}

BOOST_AUTO_TEST_CASE(connections_that_ask_for_nothing_any_more_keep_nobody_out)
{
    served at;
    std::vector<std::unique_ptr<line>> all;
    for (int n = 0; n != 256; ++n)
    {
        all.push_back(std::make_unique<line>(at.port));
        all.back()->write(at.request("GET", "/", n == 0 ? at.key : std::string()));
        BOOST_TEST(all.back()->read().status == (n == 0 ? 200 : 403));
    }
    line next(at.port);
    next.write(at.request("GET", "/", at.key));
    BOOST_TEST(next.read().status == 200);
    // The oldest that is not signed in had to go.
    BOOST_TEST(all[1]->read_all() == "");
    all[0]->write(at.request("GET", "/", at.key));
    BOOST_TEST(all[0]->read().status == 200);
    // Who has never asked goes before who has.
    line idle(at.port);
    line another(at.port);
    another.write(at.request("GET", "/", at.key));
    BOOST_TEST(another.read().status == 200);
    BOOST_TEST(idle.read_all() == "");
    all[3]->write(at.request("GET", "/"));
    BOOST_TEST(all[3]->read().status == 403);
}

BOOST_AUTO_TEST_CASE(a_page_that_watches_is_told_at_once_of_every_change_and_that_the_hub_lives)
{
    served at{hub_server_settings().hub([](hub_settings& s) {
        s.heartbeat(std::chrono::milliseconds(50));
    })};
    line l(at.port);
    l.write(at.request("GET", "/events", at.cookie()));
    const auto head = l.read_head();
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.field("Content-Type") == "text/event-stream");
    BOOST_TEST(head.field("Cache-Control") == "no-store");
    BOOST_TEST(head.has("chunked"));
    BOOST_TEST(l.read_to("data: []\n\n").find("event: badges\n") != std::string::npos);
    BOOST_TEST(l.read_to(": still here\n\n").ends_with(": still here\n\n"));
    const auto id = at.connected();
    const auto told = l.read_to("\"status\":\"connected\"");
    BOOST_TEST(told.find(id) != std::string::npos);
    const auto del = at.ask(at.request("DELETE", "/integrations/" + id, at.json));
    BOOST_TEST(del.status == 200);
    BOOST_TEST(l.read_to("data: []\n\n").ends_with("data: []\n\n"));
}

BOOST_AUTO_TEST_CASE(pages_that_watch_are_counted_and_forgotten_when_they_go)
{
    served at;
    std::vector<std::unique_ptr<line>> all;
    for (int n = 0; n != 16; ++n)
    {
        all.push_back(std::make_unique<line>(at.port));
        all.back()->write(at.request("GET", "/events", at.cookie()));
        BOOST_TEST(all.back()->read_head().status == 200);
    }
    BOOST_TEST(at.get("/events", at.cookie()).status == 429);
    BOOST_TEST(at.get("/", at.cookie()).status == 200);
    for (auto& l : all)
        l->close();
    int found = 0;
    for (int n = 0; n != 10'000 && found != 16; ++n)
    {
        auto l = std::make_unique<line>(at.port);
        l->write(at.request("GET", "/events", at.cookie()));
        if (l->read_head().status != 200)
            continue;
        ++found;
        all.push_back(std::move(l));
    }
    BOOST_TEST(found == 16);
}

BOOST_AUTO_TEST_CASE(events_of_an_integration_are_handed_through_as_they_come)
{
    served at;
    const auto id = at.connected();
    auto events = std::make_shared<scripted_stream>(at.io->get_executor());
    at.network->on("GET https://open.example/mcp", [events](const http_request&) {
        http_response r(200, "");
        r.field("Content-Type", "text/event-stream").events(events);
        return result<http_response>(std::move(r));
    });
    line l(at.port);
    l.write(at.request("GET", "/use/" + id, at.key));
    BOOST_TEST(l.read_head().field("Content-Type") == "text/event-stream");
    events->say("data: 1\n\n");
    BOOST_TEST(l.read_to("data: 1\n\n") == "9\r\ndata: 1\n\n");
    events->say("data: 2\n\n");
    BOOST_TEST(l.read_to("data: 2\n\n") == "\r\n9\r\ndata: 2\n\n");
    events->say("");
    BOOST_TEST(l.read_all() == "\r\n0\r\n\r\n");
    // One that breaks off has no last chunk.
    events = std::make_shared<scripted_stream>(at.io->get_executor());
    at.network->on("GET https://open.example/mcp", [events](const http_request&) {
        http_response r(200, "");
        r.events(events);
        return result<http_response>(std::move(r));
    });
    line broken(at.port);
    broken.write(at.request("GET", "/use/" + id, at.key));
    BOOST_TEST(broken.read_head().status == 200);
    events->say("data: 1\n\n");
    events->fail();
    BOOST_TEST(broken.read_all() == "9\r\ndata: 1\n\n\r\n");
}

BOOST_AUTO_TEST_CASE(an_integration_is_let_go_when_the_program_goes_or_does_not_read)
{
    served at{hub_server_settings().patience(std::chrono::milliseconds(50))};
    const auto id = at.connected();
    const auto begin = [&](line& l) {
        auto events = std::make_shared<scripted_stream>(at.io->get_executor());
        at.network->on("GET https://open.example/mcp", [events](const http_request&) {
            http_response r(200, "");
            r.events(events);
            return result<http_response>(std::move(r));
        });
        l.write(at.request("GET", "/use/" + id, at.key));
        BOOST_TEST(l.read_head().status == 200);
        return events;
    };
    line gone(at.port);
    const auto first = begin(gone);
    gone.close();
    first->wait_for_close();
    line lazy(at.port);
    const auto second = begin(lazy);
    for (int n = 0; n != 2'000; ++n)
        second->say(std::string(16 * 1024, 'x'));
    second->wait_for_close();
}

BOOST_AUTO_TEST_CASE(closing_ends_every_connection_and_stream)
{
    served at;
    const auto id = at.connected();
    const auto events = std::make_shared<scripted_stream>(at.io->get_executor());
    at.network->on("GET https://open.example/mcp", [events](const http_request&) {
        http_response r(200, "");
        r.events(events);
        return result<http_response>(std::move(r));
    });
    line idle(at.port);
    line watching(at.port);
    watching.write(at.request("GET", "/events", at.cookie()));
    BOOST_TEST(watching.read_head().status == 200);
    line using_it(at.port);
    using_it.write(at.request("GET", "/use/" + id, at.key));
    BOOST_TEST(using_it.read_head().status == 200);
    at.server->close();
    at.server->close();
    events->wait_for_close();
    (void)watching.read_all();
    (void)using_it.read_all();
    BOOST_TEST(idle.read_all() == "");
    boost::system::error_code ec;
    asio::io_context io;
    tcp::socket late(io);
    late.connect(tcp::endpoint(asio::ip::address_v4::loopback(), at.port), ec);
    BOOST_TEST(ec.failed());
}

BOOST_AUTO_TEST_CASE(everything_may_go_in_any_order)
{
    enum class part
    {
        server,
        client,
        context
    };
    const std::vector<part> orders[] = {
        {part::server, part::client, part::context},
        {part::client, part::server, part::context},
        {part::client, part::context},
        {part::server, part::context},
    };
    for (const bool stopped : {false, true})
    {
        for (const auto& order : orders)
        {
            served at;
            const auto id = at.connected();
            at.network->on(
                "GET https://open.example/mcp",
                [ex = at.io->get_executor()](const http_request&) {
                    http_response r(200, "");
                    r.events(std::make_shared<scripted_stream>(ex));
                    return result<http_response>(std::move(r));
                }
            );
            std::optional<hub> kept = at.server->hub();
            line watching(at.port);
            watching.write(at.request("GET", "/events", at.cookie()));
            BOOST_TEST(watching.read_head().status == 200);
            line using_it(at.port);
            using_it.write(at.request("GET", "/use/" + id, at.key));
            BOOST_TEST(using_it.read_head().status == 200);
            line half(at.port);
            half.write("GET / HTTP/1.1\r\n");
            if (stopped)
                at.stop();
            for (const auto p : order)
            {
                if (p == part::server)
                    at.server.reset();
                else if (p == part::client)
                    at.subject.reset();
                else
                {
                    at.stop();
                    // The library's objects may be destroyed after the context.
                    at.network.reset();
                    at.work.reset();
                }
            }
            at.server.reset();
            at.subject.reset();
            at.io = std::make_shared<asio::io_context>();
            kept.reset();
            (void)watching.read_all();
            (void)using_it.read_all();
            (void)half.read_all();
        }
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_first_is_told_by_its_hub)
{
    served at;
    auto kept = at.server->hub();
    at.subject.reset();
    const auto r = at.get("/", at.json);
    BOOST_TEST(r.status == 503);
    std::promise<error_code> told;
    kept.async_list("local", [&](error_code ec, std::vector<hub_integration>) {
        told.set_value(ec);
    });
    BOOST_TEST((told.get_future().get() == errc::client_closed));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_told)
{
    served at;
    hub_server second(*at.subject, hub_server_settings().port(at.port));
    const auto r = second.listen();
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().code() == errc::port_in_use));
    hub_server third(*at.subject, hub_server_settings());
    BOOST_TEST(third.listen().has_value());
    BOOST_TEST(third.origin() != at.origin);
}

BOOST_AUTO_TEST_CASE(pages_of_the_program_are_for_who_is_signed_in)
{
    hub_server_settings s;
    s.mount("/integrations")
        .user("me")
        .pages([](hub_request r, const hub_user& user, hub_server_settings::respond respond) {
            if (r.target() == "/silent")
                return;
            http_response out(200, user.id() + " " + r.target());
            out.field("X-Odd", "a\r\nSet-Cookie: evil=1");
            if (r.target() == "/elsewhere")
            {
                std::thread([respond, out] { respond(out); }).detach();
                return;
            }
            respond(out);
            respond(http_response(500, "again"));
        });
    served at(std::move(s));
    BOOST_TEST(at.get("/").status == 403);
    BOOST_TEST(at.get("/integrationsx").status == 403);
    BOOST_TEST(at.get("/integrations/").status == 403);
    const auto r = at.get("/x?y", at.cookie());
    BOOST_TEST(r.body == "me /x?y");
    BOOST_TEST(!r.has("evil"));
    BOOST_TEST(at.get("/elsewhere", at.cookie()).body == "me /elsewhere");
    // Who does not respond at all has closed the connection.
    BOOST_TEST(at.get("/silent", at.cookie()).status == 0);
    BOOST_TEST(at.get("/integrationsx", at.cookie()).body == "me /integrationsx");
    BOOST_TEST(at.get("/integrations/", at.cookie()).body.find("<!DOCTYPE html>") == 0);
    BOOST_TEST(at.get("/integrations", at.cookie()).field("Location") == "/integrations/");
    BOOST_TEST(at.get("/start?key=x", at.cookie()).status == 403);
    // Cookies go to every port, so that the page of another program could send its forms here.
    const std::string elsewhere = "Origin: http://127.0.0.1:1\r\nSec-Fetch-Site: same-site\r\n";
    const std::string here = "Origin: " + at.origin + "\r\nSec-Fetch-Site: same-origin\r\n";
    BOOST_TEST(at.ask(at.request("POST", "/x", at.cookie() + elsewhere, "a=b")).status == 403);
    BOOST_TEST(at.ask(at.request("POST", "/x", at.cookie() + here, "a=b")).status == 200);
    BOOST_TEST(at.ask(at.request("POST", "/x", at.key + elsewhere, "a=b")).status == 200);
    BOOST_TEST(at.get("/x", at.cookie() + elsewhere).status == 200);
}

// covers C-21-18
BOOST_AUTO_TEST_CASE(page_of_a_failed_login_does_not_repeat_what_the_server_was_sent)
{
    served at;
    at.network->on("POST https://as.example/token", [](const http_request&) {
        return test::json(
            400, R"({"error":"invalid_grant","error_description":"not CANARY-code, sorry"})"
        );
    });
    const auto page = at.log_in(at.added());
    BOOST_TEST(page.body.find("Not connected") != std::string::npos, page.body);
    BOOST_TEST(page.body.find("CANARY") == std::string::npos, page.body);
}

BOOST_AUTO_TEST_SUITE_END()
