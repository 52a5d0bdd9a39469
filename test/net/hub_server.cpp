// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The hub's own web server over sockets, as browsers, programs and strangers meet it.

#include "support/mock_ports.hpp"

#include <asioauth/body_stream.hpp>
#include <asioauth/client.hpp>
#include <asioauth/hub_server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_server_)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// A body that says what the test has it say, and knows its end.
class scripted_stream final : public body_stream
{
public:
    explicit scripted_stream(asio::any_io_executor ex) : executor_(std::move(ex)) {}

    void say(std::string text)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        said_.push_back(std::move(text));
        give();
    }
    void fail()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        over_ = true;
        give();
    }
    /// Blocks until the reader has let go.
    void wait_for_close() { closed_.get_future().wait(); }

    void async_read_some(handler h) override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto waiting = std::make_shared<parked<result<std::string>>>(executor_, std::move(h));
        // Belongs to the context, and goes with it.
        const auto timer = std::make_shared<asio::steady_timer>(
            executor_, std::chrono::steady_clock::time_point::max()
        );
        timer->async_wait([waiting, timer](error_code) {});
        waiting_ = waiting;
        timer_ = timer;
        give();
    }

    void close() override
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!std::exchange(told_, true))
            closed_.set_value();
        over_ = true;
        give();
    }

private:
    void give()
    {
        const auto waiting = waiting_.lock();
        if (!waiting || (said_.empty() && !over_))
            return;
        if (said_.empty())
            waiting->complete(failure(operation_aborted()));
        else
        {
            waiting->complete(std::move(said_.front()));
            said_.pop_front();
        }
        waiting_.reset();
        asio::post(executor_, [timer = timer_.lock()] { timer->cancel(); });
    }

    asio::any_io_executor executor_;
    std::mutex mutex_;
    std::deque<std::string> said_;
    std::weak_ptr<parked<result<std::string>>> waiting_;
    std::weak_ptr<asio::steady_timer> timer_;
    std::promise<void> closed_;
    bool told_ = false;
    bool over_ = false;
};

class answer
{
public:
    int status = 0;
    std::string head;
    std::string body;

    bool has(const std::string& what) const { return head.find(what) != std::string::npos; }
    std::string field(const std::string& name) const
    {
        const auto at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos)
            return {};
        const auto from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

/// One connection of a browser; calls block.
class line
{
public:
    explicit line(std::uint16_t port) : socket_(io_)
    {
        socket_.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
    }

    void write(const std::string& text)
    {
        boost::system::error_code ec;
        asio::write(socket_, asio::buffer(text), ec);
    }

    /// The head alone; a status of 0 if the connection ended instead.
    answer read_head()
    {
        answer out;
        boost::system::error_code ec;
        const auto n = asio::read_until(socket_, asio::dynamic_buffer(pending_), "\r\n\r\n", ec);
        if (ec)
            return out;
        out.head = pending_.substr(0, n);
        pending_.erase(0, n);
        out.status = std::stoi(out.head.substr(9, 3));
        return out;
    }

    answer read(bool head_only = false)
    {
        answer out = read_head();
        const auto size = out.field("Content-Length");
        if (head_only || size.empty())
            return out;
        const auto wanted = std::stoul(size);
        boost::system::error_code ec;
        if (pending_.size() < wanted)
            asio::read(
                socket_,
                asio::dynamic_buffer(pending_),
                asio::transfer_exactly(wanted - pending_.size()),
                ec
            );
        out.body = pending_.substr(0, wanted);
        pending_.erase(0, wanted);
        return out;
    }

    /// Until this is there; what there was, if it ends before.
    std::string read_to(const std::string& what)
    {
        boost::system::error_code ec;
        const auto n = asio::read_until(socket_, asio::dynamic_buffer(pending_), what, ec);
        std::string out = pending_.substr(0, ec ? pending_.size() : n);
        pending_.erase(0, out.size());
        return out;
    }

    /// All that comes until the peer closes.
    std::string read_all()
    {
        boost::system::error_code ec;
        asio::read(socket_, asio::dynamic_buffer(pending_), ec);
        return std::exchange(pending_, std::string());
    }

    void close() { socket_.close(); }
    tcp::socket& socket() { return socket_; }

private:
    asio::io_context io_;
    tcp::socket socket_;
    std::string pending_;
};

// Serves in a thread of its own.
class served
{
public:
    explicit served(hub_server_settings s = hub_server_settings(), bool runs = true)
    {
        network = std::make_shared<mock_transport>(io->get_executor());
        const auto user = std::make_shared<mock_user>(io->get_executor());
        add_provider(*network);
        for (const char* method : {"GET", "POST"})
            network->on(std::string(method) + " https://open.example/mcp", [](const http_request&) {
                http_response r(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
                r.field("Content-Type", "application/json");
                return result<http_response>(std::move(r));
            });
        client_settings c;
        c.transport(network).listener(user).user_agent(user);
        subject.emplace(io->get_executor(), c);
        s.program_key(secret("program-key"));
        server.emplace(*subject, std::move(s));
        BOOST_REQUIRE(server->listen());
        origin = server->origin();
        port = static_cast<std::uint16_t>(std::stoul(origin.substr(origin.rfind(':') + 1)));
        host = "127.0.0.1:" + std::to_string(port);
        if (runs)
            thread = std::thread([this] { io->run(); });
    }

    ~served() { stop(); }

    void stop()
    {
        work.reset();
        io->stop();
        if (thread.joinable())
            thread.join();
    }

    std::string request(
        const std::string& method,
        const std::string& target,
        const std::string& fields = "",
        const std::string& body = ""
    ) const
    {
        return method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields
            + (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n")
            + "\r\n" + body;
    }

    answer ask(const std::string& text, bool head_only = false) const
    {
        line l(port);
        l.write(text);
        return l.read(head_only);
    }
    answer
    get(const std::string& target, const std::string& fields = "", const char* method = "GET") const
    {
        return ask(request(method, target, fields), std::string(method) == "HEAD");
    }

    std::string cookie()
    {
        if (!cookie_.empty())
            return cookie_;
        const auto in = get(server->start_url().substr(origin.size()));
        const auto set = in.field("Set-Cookie");
        cookie_ = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
        return cookie_;
    }

    /// An integration that needs no login.
    std::string connected()
    {
        const auto added = ask(request(
            "POST",
            "/integrations",
            json + "Content-Type: application/json\r\n",
            R"({"url":"https://open.example/mcp"})"
        ));
        const auto o = boost::json::parse(added.body);
        const std::string id(o.at("integration").at("id").as_string().c_str());
        BOOST_TEST(
            ask(request("POST", "/integrations/" + id + "/connect", json + "Content-Length: 0\r\n"))
                .status
            == 200
        );
        return id;
    }

    std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>();
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{
        asio::make_work_guard(*io)};
    std::shared_ptr<mock_transport> network;
    std::optional<client> subject;
    std::optional<hub_server> server;
    std::string origin;
    std::string host;
    std::uint16_t port = 0;
    const std::string key = "Authorization: Bearer program-key\r\n";
    const std::string json = key + "Accept: application/json\r\n";
    std::thread thread;

private:
    std::string cookie_;
};

} // namespace

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
    served at;
    std::vector<std::unique_ptr<line>> all;
    for (int n = 0; n != 256; ++n)
    {
        all.push_back(std::make_unique<line>(at.port));
        all.back()->write(at.request("GET", "/", at.key + "Accept: application/json\r\n"));
    }
    for (auto& l : all)
        BOOST_TEST(l->read().status == 200);
    line beyond(at.port);
    BOOST_TEST(beyond.read_all() == "");
    // There is room again when one goes; when that is noticed is the server's affair.
    all.front()->close();
    int status = 0;
    for (int n = 0; n != 10'000 && status == 0; ++n)
    {
        line next(at.port);
        next.write(at.request("GET", "/", at.key));
        status = next.read().status;
    }
    BOOST_TEST(status == 200);
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
}

BOOST_AUTO_TEST_SUITE_END()
