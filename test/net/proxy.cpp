// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/proxy_fixture.hpp"
#include "net/refusing_port.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using std::chrono::milliseconds;

// A user name and a password, and what a proxy is shown of them.
constexpr std::string_view with_password = "http://anna:canary-7x%40@proxy.example:3128";
constexpr std::string_view shown = "Proxy-Authorization: Basic YW5uYTpjYW5hcnktN3hA\r\n";

void answer_with_request(peer& p)
{
    for (auto request = p.read_request(); !request.empty(); request = p.read_request())
    {
        p.respond(request);
    }
}

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

// --- What is sent, and to whom ---------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(proxy_tunnel, proxy_fixture)

// covers C-MCP-19
BOOST_AUTO_TEST_CASE(request_goes_through_a_tunnel_to_a_server_that_is_checked)
{
    loopback_server server(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.respond(p.server_name());
    });
    start_proxy_to(server);
    BOOST_TEST(send(to_server()).body() == "good.example");
    BOOST_TEST(
        (heads()
         == std::vector<std::string>{"CONNECT good.example:443 HTTP/1.1\r\n"
                                     "Host: good.example:443\r\n"
                                     "User-Agent: asioauth/0.1.0\r\n"
                                     "\r\n"})
    );
    BOOST_TEST((asked() == std::vector<std::string>{"proxy.example"}));
    // It is at a private address, which the policy is not asked about.
    BOOST_TEST((dialled == std::vector<std::string>{"10.9.8.7 3128"}));
}

BOOST_AUTO_TEST_CASE(what_is_asked_for_is_host_and_port)
{
    auto options = test_pki::good_options();
    options.alternative_names = "DNS:good.example,IP:93.184.216.34,IP:2606:4700::1111";
    loopback_server server(test_pki::get().leaf(options), answer_all);
    start_proxy_to(server);
    BOOST_TEST(send(to("https://GOOD.example:8443/a?b")).body() == "ok");
    BOOST_TEST(send(to("https://93.184.216.34/")).body() == "ok");
    BOOST_TEST(send(to("https://[2606:4700:0::1111]/")).body() == "ok");
    const std::array<std::string, 3> ends{
        "good.example:8443", "93.184.216.34:443", "[2606:4700::1111]:443"};
    const auto log = heads();
    BOOST_REQUIRE(log.size() == ends.size());
    for (std::size_t i = 0; i != ends.size(); ++i)
    {
        BOOST_TEST(has(log[i], "CONNECT " + ends[i] + " HTTP/1.1\r\nHost: " + ends[i] + "\r\n"));
    }
}

BOOST_AUTO_TEST_CASE(tunnel_is_used_again)
{
    loopback_server server(test_pki::get().good(), answer_all);
    start_proxy_to(server);
    for (int i = 0; i != 3; ++i)
    {
        BOOST_TEST(send(to_server()).body() == "ok");
    }
    BOOST_TEST(proxy->accepted() == 1U);
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(session_is_resumed_through_another_tunnel)
{
    loopback_server server(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.respond("ok", "Connection: close\r\n");
    });
    start_proxy_to(server);
    BOOST_TEST(send(to_server()).body() == "ok");
    BOOST_TEST(send(to_server()).body() == "ok");
    BOOST_TEST(proxy->accepted() == 2U);
    BOOST_TEST(server.resumed() == 1U);
}

BOOST_AUTO_TEST_CASE(password_is_shown_to_the_proxy_and_to_nobody_else)
{
    loopback_server server(test_pki::get().good(), answer_with_request);
    start_proxy_to(server);
    use(with_password);
    const auto got = send(to_server());
    BOOST_TEST(has(got.body(), "GET / HTTP/1.1\r\n"));
    BOOST_TEST(!has(got.body(), "Proxy-"));
    BOOST_TEST(!has(got.body(), "Basic"));
    BOOST_TEST(has(heads().front(), shown));
}

BOOST_AUTO_TEST_CASE(field_for_a_proxy_that_a_caller_sets_is_not_sent_to_the_server)
{
    loopback_server server(test_pki::get().good(), answer_with_request);
    start_proxy_to(server);
    auto r = to_server();
    r.field("proxy-authorization", "Basic Zm9yIGEgcHJveHk=");
    const auto got = send(r);
    BOOST_TEST(has(got.body(), "GET / HTTP/1.1\r\n"));
    BOOST_TEST(!has(got.body(), "Basic"));
    BOOST_TEST(!has(heads().front(), "Basic"));
}

BOOST_AUTO_TEST_CASE(secrets_of_a_request_are_not_shown_to_the_proxy)
{
    loopback_server server(test_pki::get().good(), answer_all);
    start_proxy_to(server);
    auto r = to("https://good.example/path?query=1", request_kind::resource);
    r.authorization(secret("Bearer canary-token")).field("X-Own", "canary-field");
    BOOST_TEST(send(r).body() == "ok");
    const auto log = heads();
    BOOST_REQUIRE(log.size() == 1U);
    for (const auto* const word : {"canary", "path", "query", "Authorization", "X-Own"})
    {
        BOOST_TEST(!has(log.front(), word));
    }
}

BOOST_AUTO_TEST_CASE(server_behind_a_proxy_has_to_be_who_it_should_be)
{
    auto options = test_pki::good_options();
    options.alternative_names = "DNS:other.example,DNS:proxy.example";
    for (const bool trusted : {true, false})
    {
        std::atomic<std::size_t> bytes = 0;
        const auto id =
            trusted ? test_pki::get().leaf(options) : make_identity(test_pki::good_options());
        loopback_server server(id, [&](peer& p) { bytes += p.read_request().size(); });
        start_proxy_to(server);
        BOOST_TEST(
            (send(to_server()).code()
             == (trusted ? errc::tls_host_mismatch : errc::tls_certificate_untrusted))
        );
        BOOST_TEST(bytes == 0U);
    }
}

BOOST_AUTO_TEST_CASE(body_of_a_success_is_none_whatever_its_fields_say)
{
    loopback_server server(test_pki::get().good(), answer_all);
    for (const auto* const fields :
         {"Content-Length: 5\r\n",
          "Content-Length: five\r\n",
          "Content-Length: 5\r\nContent-Length: 6\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
          "Connection: close\r\n"})
    {
        BOOST_TEST_CONTEXT(fields)
        {
            proxy_fixture f;
            f.start_proxy([&](peer& p, const std::string&) {
                p.write(std::string("HTTP/1.1 200 OK\r\n") + fields + "\r\n");
                relay(p, server.port());
            });
            BOOST_TEST(f.send(to_server()).body() == "ok");
        }
    }
}

BOOST_AUTO_TEST_CASE(any_success_is_one_and_may_be_announced)
{
    loopback_server server(test_pki::get().good(), answer_all);
    for (const auto* const head :
         {"HTTP/1.0 200 Connection established\r\n\r\n",
          "HTTP/1.1 201\r\n\r\n",
          "HTTP/1.1 204 No Content\r\n\r\n",
          "HTTP/1.1 299 \r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 200 "
          "OK\r\n\r\n"})
    {
        BOOST_TEST_CONTEXT(head)
        {
            proxy_fixture f;
            f.start_proxy([&](peer& p, const std::string&) {
                p.write(head);
                relay(p, server.port());
            });
            BOOST_TEST(f.send(to_server()).body() == "ok");
        }
    }
}

// --- What goes directly ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(loopback_servers_are_reached_directly)
{
    hooks.route = {};
    use("http://127.0.0.1:1");
    loopback_server plain(answer_all);
    loopback_server secure(test_pki::get().good(), answer_all);
    BOOST_TEST(get(plain.url()).body() == "ok");
    BOOST_TEST(get(plain.url("/", "localhost")).body() == "ok");
    BOOST_TEST(get(secure.url("/", "localhost")).body() == "ok");
    BOOST_TEST(get(secure.url("/", "a.localhost")).body() == "ok");
}

BOOST_AUTO_TEST_CASE(excepted_servers_are_reached_directly)
{
    loopback_server server(test_pki::get().good(), answer_all);
    direct_port = server.port();
    known->names["good.example"] = {"93.184.216.34"};
    use("http://proxy.example:3128", "elsewhere.example, good.example");
    BOOST_TEST(send(to_server()).body() == "ok");
    BOOST_TEST((dialled == std::vector<std::string>{"93.184.216.34 443"}));
    BOOST_TEST(!was_asked("proxy.example"));
}

// What a redirect leads to decides anew, and what is kept for one way is not used for the other.
BOOST_AUTO_TEST_CASE(redirect_from_behind_a_proxy_to_an_excepted_server_and_back_goes_each_its_way)
{
    auto options = test_pki::good_options();
    options.alternative_names = "DNS:good.example,DNS:near.example";
    const auto id = test_pki::get().leaf(options);
    loopback_server far(id, [](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            has(r, "GET /home")
                ? p.respond("far")
                : p.write("HTTP/1.1 302 Found\r\nLocation: https://near.example/\r\n"
                          "Content-Length: 0\r\n\r\n");
        }
    });
    loopback_server near(id, [](peer& p) {
        while (!p.read_request().empty())
        {
            p.write("HTTP/1.1 302 Found\r\nLocation: https://good.example/home\r\n"
                    "Content-Length: 0\r\n\r\n");
        }
    });
    start_proxy_to(far);
    direct_port = near.port();
    known->names["near.example"] = {"93.184.216.34"};
    use("http://proxy.example:3128", "near.example");
    BOOST_TEST(send(to("https://good.example/", request_kind::page)).body() == "far");
    BOOST_TEST((dialled == std::vector<std::string>{"10.9.8.7 3128", "93.184.216.34 443"}));
    BOOST_TEST(send(to("https://good.example/", request_kind::page)).body() == "far");
    BOOST_TEST(dialled.size() == 2U);
}

// --- A proxy that says no --------------------------------------------------------------------

// A server that must hear of nothing.
BOOST_AUTO_TEST_CASE(refusal_says_so_with_its_status)
{
    for (const int status : {101, 300, 302, 400, 403, 404, 405, 429, 500, 502, 503, 504})
    {
        BOOST_TEST_CONTEXT(status)
        {
            proxy_fixture f;
            f.start_proxy_that_says(
                "HTTP/1.1 " + std::to_string(status)
                + " No\r\nLocation: https://elsewhere.example/\r\nContent-Length: 9\r\n\r\nan "
                  "answer"
            );
            const auto got = f.send(to_server());
            BOOST_TEST((got.code() == errc::proxy_refused));
            BOOST_TEST((got.code() == condition::unreachable));
            BOOST_TEST(got.value.error().info().http_status() == status);
            BOOST_TEST(has(got.message(), "proxy.example:3128"));
            BOOST_TEST(!has(got.message(), "an answer"));
            BOOST_TEST(f.heads().size() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(password_that_is_wanted_or_wrong_is_said_to_be)
{
    const std::string wanted = "HTTP/1.1 407 Proxy Authentication Required\r\n"
                               "Proxy-Authenticate: Digest realm=\"a\"\r\n"
                               "Proxy-Authenticate: BASIC realm=\"a\"\r\n\r\n";
    for (const bool given : {false, true})
    {
        proxy_fixture f;
        f.start_proxy_that_says(wanted);
        if (given)
        {
            f.use(with_password);
        }
        const auto got = f.send(to_server());
        BOOST_TEST((got.code() == errc::proxy_authentication_required));
        BOOST_TEST((got.code() == condition::usage));
        BOOST_TEST(got.value.error().info().http_status() == 407);
        BOOST_TEST(has(got.message(), given ? "does not accept" : "wants a user name"));
        BOOST_TEST(has(std::string(hint_for(errc::proxy_authentication_required)), "user:password")
        );
    }
}

BOOST_AUTO_TEST_CASE(proxy_that_says_401_means_itself)
{
    start_proxy_that_says("HTTP/1.1 401 Unauthorized\r\n\r\n");
    use(with_password);
    const auto got = send(to_server());
    BOOST_TEST((got.code() == errc::proxy_authentication_required));
    BOOST_TEST(got.value.error().info().http_status() == 401);
    BOOST_TEST(has(got.message(), "does not accept"));
}

BOOST_AUTO_TEST_CASE(proxy_without_basic_authentication_is_named_as_such)
{
    start_proxy_that_says("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n\r\n");
    const auto got = send(to_server());
    BOOST_TEST((got.code() == errc::proxy_authentication_required));
    BOOST_TEST(has(got.message(), "does not offer Basic"));
    BOOST_TEST(has(got.value.error().info().hint(), "not supported"));
}

BOOST_AUTO_TEST_CASE(answer_that_is_none_is_refused)
{
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    std::string many;
    for (int i = 0; i != 6; ++i)
    {
        many += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    std::string fields = ok;
    for (int i = 0; i != 129; ++i)
    {
        fields += "A: b\r\n";
    }
    const std::vector<std::string> answers{
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\x16\x03\x01\x02\x03",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        ok + "a b: c\r\n\r\n",
        ok + "a: b\r\n c\r\n\r\n",
        ok + "a: b\nc: d\r\n\r\n",
        ok + std::string("a: \0\r\n\r\n", 9),
        ok + "a: " + std::string(16 * 1024, 'b') + "\r\n\r\n", // an end beyond the limit
        ok + "a: " + std::string(17 * 1024, 'b'),              // no end
        "HTTP/1.1 100 Continue\r\na: " + std::string(16 * 1024, 'b') + "\r\n\r\n" + ok + "\r\n",
        many + ok + "\r\n",
        fields + "\r\n",
    };
    for (const auto& answer : answers)
    {
        BOOST_TEST_CONTEXT(answer.substr(0, 40))
        {
            proxy_fixture f;
            f.start_proxy_that_says(answer);
            const auto got = f.send(to_server());
            BOOST_TEST((got.code() == errc::proxy_response_invalid));
            BOOST_TEST(has(got.message(), "proxy.example:3128"));
        }
    }
}

// What a server says stands behind the head only if somebody else said it.
BOOST_AUTO_TEST_CASE(bytes_behind_a_success_are_refused)
{
    for (const auto* const behind : {"\x16", "HTTP/1.1 200 OK\r\n\r\n", "\r\n"})
    {
        proxy_fixture f;
        std::string before_hello;
        f.start_proxy([&](peer& p, const std::string&) {
            p.write(std::string(tunnel_is_there) + behind);
            before_hello = p.read_to_end();
        });
        BOOST_TEST((f.send(to_server()).code() == errc::proxy_response_invalid));
        f.proxy.reset();
        BOOST_TEST(before_hello.empty());
    }
}

BOOST_AUTO_TEST_CASE(proxy_that_closes_is_named)
{
    for (const auto* const before : {"", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 100 C\r\n\r\n"})
    {
        for (const bool reset : {false, true})
        {
            proxy_fixture f;
            f.start_proxy([&](peer& p, const std::string&) {
                p.write(before);
                reset ? p.reset() : p.close();
            });
            const auto got = f.send(to_server());
            BOOST_TEST((got.code() == errc::connection_lost));
            BOOST_TEST(has(got.message(), "The proxy proxy.example:3128"));
        }
    }
}

BOOST_AUTO_TEST_CASE(proxy_that_is_not_there_is_named)
{
    const testing::refusing_port nobody;
    proxy_port = nobody.number();
    const auto refused = send(to_server());
    BOOST_TEST((refused.code() == errc::connect_failed));
    BOOST_TEST(has(refused.message(), "the proxy proxy.example"));
    known->names.clear();
    const auto unknown = send(to_server());
    BOOST_TEST((unknown.code() == errc::name_not_resolved));
    BOOST_TEST(has(unknown.message(), "proxy.example"));
}

BOOST_AUTO_TEST_CASE(every_address_of_a_proxy_is_tried)
{
    loopback_server server(test_pki::get().good(), answer_all);
    start_proxy_to(server);
    known->names["proxy.example"] = {"93.184.216.34", "10.9.8.7"}; // nobody is at the first
    BOOST_TEST(send(to_server()).body() == "ok");
    BOOST_TEST((dialled == std::vector<std::string>{"93.184.216.34 3128", "10.9.8.7 3128"}));
}

// --- A proxy that takes its time -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(silence_ends_by_the_deadline_of_the_proxy)
{
    settings.proxy_timeout(milliseconds(40));
    for (const auto* const before : {"", "HTTP/1.1 200 OK\r\nA: ", "HTTP/1.1 100 C\r\n\r\n"})
    {
        start_proxy_that_says(before);
        BOOST_TEST((send(to_server()).code() == errc::proxy_timeout));
    }
}

BOOST_AUTO_TEST_CASE(dripping_ends_by_the_deadline_of_the_proxy)
{
    settings.proxy_timeout(milliseconds(100));
    start_proxy([](peer& p, const std::string&) {
        p.write("HTTP/1.1 200 OK\r\nA: ");
        // A byte each time that a read gives up after a millisecond, until the client has gone.
        const timeval pace{0, 1000};
        ::setsockopt(p.socket().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof(pace));
        char byte = 0;
        while (::recv(p.socket().native_handle(), &byte, 1, 0) < 0 && p.write("x"))
        {}
    });
    BOOST_TEST((send(to_server()).code() == errc::proxy_timeout));
}

BOOST_AUTO_TEST_CASE(everything_together_has_its_deadline)
{
    settings.total_timeout(milliseconds(40));
    start_proxy_that_says("");
    BOOST_TEST((send(to_server()).code() == errc::deadline_exceeded));
}

BOOST_AUTO_TEST_CASE(handshake_through_a_tunnel_has_its_own_deadline)
{
    settings.tls_timeout(milliseconds(40));
    start_proxy_that_says(std::string(tunnel_is_there));
    BOOST_TEST((send(to_server()).code() == errc::tls_timeout));
}

BOOST_AUTO_TEST_CASE(extreme_timeouts_do_not_overflow)
{
    settings.proxy_timeout(milliseconds::max());
    loopback_server server(test_pki::get().good(), answer_all);
    start_proxy_to(server);
    BOOST_TEST(send(to_server()).body() == "ok");
    proxy_fixture none;
    none.settings.proxy_timeout(milliseconds::min());
    none.start_proxy_that_says("");
    BOOST_TEST((none.send(to_server()).code() == errc::proxy_timeout));
}

// Whoever cancels, closes or destroys while the proxy thinks ends it at once, and the proxy sees that.
BOOST_AUTO_TEST_CASE(waiting_for_a_proxy_ends_when_nobody_wants_it_any_more)
{
    for (const int how : {0, 1})
    {
        proxy_fixture f;
        std::atomic<bool> there = false;
        std::atomic<bool> left = false;
        f.start_proxy([&](peer& p, const std::string&) {
            p.write("HTTP/1.1 200 OK\r\n");
            there = true;
            p.read_to_end();
            left = true;
        });
        boost::asio::cancellation_signal cancel;
        const auto o = f.start(to_server(), cancel.slot());
        while (!there)
        {
            f.io.poll();
        }
        BOOST_TEST(o->calls == 0);
        how == 0 ? cancel.emit(boost::asio::cancellation_type::terminal) : f.client().close();
        f.run();
        BOOST_TEST(o->calls == 1);
        BOOST_TEST((o->code() == operation_aborted()));
        f.proxy.reset();
        BOOST_TEST(left);
    }
}

BOOST_AUTO_TEST_CASE(context_that_goes_takes_a_request_that_waits_for_a_proxy_with_it)
{
    auto f = std::make_unique<proxy_fixture>();
    std::atomic<bool> there = false;
    auto server = std::make_unique<loopback_server>([&](peer& p) {
        p.read_request();
        there = true;
        p.read_to_end();
    });
    f->proxy_port = server->port();
    const auto o = f->start(to_server());
    while (!there)
    {
        f->io.poll();
    }
    f.reset();
    server.reset();
    BOOST_TEST(o->calls == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
