// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/callback_page.hpp"
#include "listener/loopback_impl.hpp"

#include <asioauth/redirect_listener.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace asioauth;
namespace asio = boost::asio;
using asio::ip::tcp;
using detail::callback_page;
using detail::page_for;

auto const v4 = asio::ip::address(asio::ip::address_v4::loopback());
auto const v6 = asio::ip::address(asio::ip::address_v6::loopback());

/// Skips what this machine cannot do at all, so that the other tests say something.
bool has_ipv6()
{
    asio::io_context io;
    tcp::acceptor a(io);
    error_code ec;
    a.open(tcp::v6(), ec);
    if (!ec)
        a.bind({v6, 0}, ec);
    return !ec;
}

boost::test_tools::assertion_result with_ipv6(boost::unit_test::test_unit_id)
{
    return has_ipv6();
}

/// A browser: connects, sends, and reads until the other side closes.
class client : public std::enable_shared_from_this<client>
{
public:
    client(asio::io_context& io, tcp::endpoint to) : socket_(io), to_(std::move(to)) {}

    void start(std::string bytes)
    {
        out_ = std::move(bytes);
        socket_.async_connect(to_, [self = shared_from_this()](error_code ec) {
            self->connected = !ec;
            if (ec)
                return self->end(ec);
            self->send();
        });
    }

    void send(std::string bytes)
    {
        out_ = std::move(bytes);
        send();
    }

    void drop()
    {
        error_code ignored;
        socket_.close(ignored);
    }

    bool connected = false;
    bool done = false;
    error_code how;
    std::string response;

private:
    void send()
    {
        asio::async_write(
            socket_,
            asio::buffer(out_),
            [self = shared_from_this()](error_code, std::size_t) { self->read(); }
        );
    }

    void read()
    {
        if (std::exchange(reading_, true))
            return;
        asio::async_read(
            socket_,
            asio::dynamic_buffer(response),
            [self = shared_from_this()](error_code ec, std::size_t) { self->end(ec); }
        );
    }

    void end(error_code ec)
    {
        how = ec;
        done = true;
        error_code ignored;
        socket_.close(ignored);
    }

    tcp::socket socket_;
    tcp::endpoint to_;
    std::string out_;
    bool reading_ = false;
};

/// One async_wait.
class wait_result
{
public:
    bool done() const { return outcome.has_value(); }
    error_code code() const
    {
        return outcome->has_error() ? outcome->error().code() : error_code();
    }
    redirect& got() { return outcome->value(); }

    std::optional<result<redirect>> outcome;
    int calls = 0;
    asio::cancellation_signal cancel;
};

class fixture
{
public:
    ~fixture()
    {
        waits.clear(); // redirects that are left are answered before the loop goes
        listener.close();
    }

    void until(std::function<bool()> const& condition)
    {
        while (!condition())
        {
            if (io.stopped())
                io.restart();
            // So that what would hang fails; never reached otherwise.
            BOOST_REQUIRE(io.run_one_for(std::chrono::seconds(30)) != 0);
        }
    }

    std::string reserve(redirect_target const& target = {})
    {
        auto const uri = listener.reserve(target);
        BOOST_REQUIRE(uri.has_value());
        auto const parsed = url::parse(*uri).value();
        port = parsed.port();
        authority = parsed.authority();
        return *uri;
    }

    wait_result& wait(std::string uri, std::string state)
    {
        auto& w = waits.emplace_back();
        auto on_done = [&w](result<redirect> r) {
            ++w.calls;
            w.outcome.emplace(std::move(r));
        };
        listener.async_wait(
            std::move(uri),
            std::move(state),
            asio::bind_cancellation_slot(w.cancel.slot(), std::move(on_done))
        );
        BOOST_REQUIRE(!w.done()); // never inside the function
        return w;
    }

    std::shared_ptr<client> send(std::string bytes, std::optional<tcp::endpoint> to = {})
    {
        auto c = std::make_shared<client>(io, to.value_or(tcp::endpoint(v4, port)));
        c->start(std::move(bytes));
        return c;
    }

    std::string exchange(std::string bytes)
    {
        auto const c = send(std::move(bytes));
        until([&] { return c->done; });
        BOOST_TEST(c->connected);
        BOOST_TEST(c->how == asio::error::eof);
        return c->response;
    }

    std::string get(std::string_view target, std::string_view host = {}) const
    {
        std::string out = "GET ";
        out.append(target).append(" HTTP/1.1\r\nHost: ");
        out.append(host.empty() ? std::string_view(authority) : host).append("\r\n\r\n");
        return out;
    }

    bool refused(tcp::endpoint const& to)
    {
        tcp::socket s(io);
        error_code ec;
        s.connect(to, ec);
        return ec == asio::error::connection_refused;
    }

    bool refused() { return refused({v4, port}); }

    /// The genuine redirect of `state`, and its page for a success.
    void check_genuine(wait_result& w, std::string const& state)
    {
        auto const target = "/callback?code=c&state=" + state;
        auto const c = send(get(target));
        until([&] { return w.done(); });
        BOOST_REQUIRE(w.outcome->has_value());
        BOOST_TEST(w.got().url() == "http://" + authority + target);
        BOOST_TEST(!c->done);
        w.got().reply(login_outcome());
        until([&] { return c->done; });
        BOOST_TEST(c->response == page_for(login_outcome()));
        BOOST_TEST(w.calls == 1);
    }

    asio::io_context io;
    loopback_listener listener{io.get_executor()};
    std::list<wait_result> waits;
    std::uint16_t port = 0;
    std::string authority;
};

std::string const bad_request = page_for(callback_page::bad_request);
std::string const not_waiting = page_for(callback_page::not_waiting);

} // namespace

BOOST_FIXTURE_TEST_SUITE(redirect_listener_, fixture)

// reserve ------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(port_0_gives_a_uri_with_a_real_port)
{
    auto const uri = reserve();
    BOOST_TEST(port != 0);
    BOOST_TEST(uri == "http://127.0.0.1:" + std::to_string(port) + "/callback");
}

BOOST_AUTO_TEST_CASE(the_same_target_gives_the_same_uri)
{
    auto const uri = reserve();
    BOOST_TEST(reserve() == uri);
    BOOST_TEST(reserve(redirect_target().port(port)) != ""); // the port is ours, by number too
}

BOOST_AUTO_TEST_CASE(two_paths_share_the_port_and_each_serves_its_own_flow)
{
    auto const a = reserve();
    auto const first = port;
    auto const b = reserve(redirect_target().path("/other"));
    BOOST_TEST(port == first);
    auto& one = wait(a, "s1");
    auto& two = wait(b, "s2");
    // A state at another flow's path reaches nobody.
    BOOST_TEST(exchange(get("/callback?code=c&state=s2")) == not_waiting);
    BOOST_TEST(exchange(get("/other?code=c&state=s1")) == not_waiting);
    auto const c = send(get("/other?code=c&state=s2"));
    until([&] { return two.done(); });
    BOOST_TEST(!one.done());
    two.got().reply(login_outcome());
    until([&] { return c->done; });
    check_genuine(one, "s1");
}

BOOST_AUTO_TEST_CASE(a_fixed_port_is_kept_in_the_uri)
{
    std::uint16_t free = 0;
    {
        tcp::acceptor probe(io, {v4, 0});
        free = probe.local_endpoint().port();
    }
    auto const uri = reserve(redirect_target().port(free).path("/cb"));
    BOOST_TEST(uri == "http://127.0.0.1:" + std::to_string(free) + "/cb");
    BOOST_TEST(reserve(redirect_target().port(free).path("/cb")) == uri);
}

BOOST_AUTO_TEST_CASE(a_fixed_port_that_listens_elsewhere_is_port_in_use)
{
    tcp::acceptor other(io, {v4, 0}); // with SO_REUSEADDR
    auto const uri = listener.reserve(redirect_target().port(other.local_endpoint().port()));
    BOOST_REQUIRE(uri.has_error());
    BOOST_TEST(uri.error().code() == make_error_code(errc::port_in_use));
    BOOST_TEST((uri.error().info().where() == stage::listener));
}

// covers V58
BOOST_AUTO_TEST_CASE(a_reserved_port_cannot_be_bound_by_anybody_else)
{
    auto const uri = reserve();
    auto const intruder = [&](bool reuse_port) {
        tcp::acceptor a(io);
        a.open(tcp::v4());
        a.set_option(tcp::acceptor::reuse_address(true));
        if (reuse_port)
            a.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>(true));
        error_code ec;
        a.bind({v4, port}, ec);
        return ec;
    };
    for (bool const reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
    auto& w = wait(uri, "s");
    for (bool const reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
    check_genuine(w, "s");
    for (bool const reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
}

BOOST_AUTO_TEST_CASE(a_fixed_port_can_be_bound_again_right_after_a_login)
{
    auto& w = wait(reserve(), "s");
    check_genuine(w, "s"); // leaves a connection in TIME_WAIT
    listener.close();
    loopback_listener next(io.get_executor());
    auto const again = next.reserve(redirect_target().port(port));
    BOOST_REQUIRE(again.has_value());
    // And it is held exclusively also this way.
    loopback_listener third(io.get_executor());
    BOOST_TEST(
        third.reserve(redirect_target().port(port)).error().code()
        == make_error_code(errc::port_in_use)
    );
}

BOOST_AUTO_TEST_CASE(targets_that_no_browser_returns_to_unchanged_are_refused)
{
    for (std::string_view const path :
         {"",    "callback", "/a?b", "/a#b",      "/a b",  "/\xc3\xa4", "/\"",   "/<",  "/>",
          "/\\", "/^",       "/`",   "/{",        "/|",    "/}",        "/%",    "/%4", "/%zz",
          "/..", "/a/../b",  "/./a", "/%2e%2E/a", "/.%2e", "/a\r\nb",   "/a\x7f"})
    {
        BOOST_TEST_CONTEXT(std::string(path))
        {
            auto const uri = listener.reserve(redirect_target().path(path));
            BOOST_REQUIRE(uri.has_error());
            BOOST_TEST(uri.error().code() == make_error_code(errc::redirect_uri_invalid));
        }
    }
    BOOST_TEST(listener.reserve(redirect_target().path('/' + std::string(5000, 'a'))).has_error());
    for (std::string_view const host :
         {"",
          "0.0.0.0",
          "127.0.0.2",
          "127.1",
          "::1",
          "LOCALHOST",
          "localhost.",
          "example.com",
          "127.0.0.1@evil",
          "[::]",
          "[::1]:80"})
    {
        auto const uri = listener.reserve(redirect_target().host(host));
        BOOST_REQUIRE(uri.has_error());
        BOOST_TEST(uri.error().code() == make_error_code(errc::redirect_uri_invalid));
    }
    BOOST_TEST(
        listener.reserve(redirect_target().path("/cb/a.b/..c/%20%2Fx;y=1,2@:!$&'()*+~")).has_value()
    );
}

BOOST_AUTO_TEST_CASE(an_address_family_for_itself, *boost::unit_test::precondition(with_ipv6))
{
    auto const uri = reserve(redirect_target().host("[::1]"));
    BOOST_TEST(uri == "http://[::1]:" + std::to_string(port) + "/callback");
    auto& w = wait(uri, "s");
    BOOST_TEST(refused({v4, port}));
    auto const c = send(get("/callback?state=s"), tcp::endpoint(v6, port));
    until([&] { return w.done(); });
    BOOST_TEST(w.got().url() == uri + "?state=s");
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
    BOOST_TEST(refused({v6, port}));
}

BOOST_AUTO_TEST_CASE(
    localhost_is_served_on_both_families, *boost::unit_test::precondition(with_ipv6)
)
{
    auto const uri = reserve(redirect_target().host("localhost"));
    BOOST_TEST(uri == "http://localhost:" + std::to_string(port) + "/callback");
    for (auto const& address : {v4, v6})
    {
        BOOST_TEST(refused({v4, port}));
        BOOST_TEST(refused({v6, port}));
        auto& w = wait(uri, "s");
        // The address is not what the redirect URI says.
        auto const wrong = send(
            get("/callback?state=s", "127.0.0.1:" + std::to_string(port)),
            tcp::endpoint(address, port)
        );
        until([&] { return wrong->done; });
        BOOST_TEST(wrong->response == bad_request);
        auto const c = send(get("/callback?state=s"), tcp::endpoint(address, port));
        until([&] { return w.done(); });
        BOOST_TEST(w.got().url() == uri + "?state=s");
        w.got().reply(login_outcome());
        until([&] { return c->done; });
        BOOST_TEST(c->response == page_for(login_outcome()));
    }
}

// covers V58
BOOST_AUTO_TEST_CASE(
    localhost_with_the_other_family_taken_is_port_in_use, *boost::unit_test::precondition(with_ipv6)
)
{
    tcp::acceptor other(io);
    other.open(tcp::v6());
    other.set_option(asio::ip::v6_only(true));
    other.bind({v6, 0});
    other.listen();
    auto const taken = other.local_endpoint().port();
    auto const uri = listener.reserve(redirect_target().host("localhost").port(taken));
    BOOST_REQUIRE(uri.has_error());
    BOOST_TEST(uri.error().code() == make_error_code(errc::port_in_use));
    // Nothing of the half that worked is kept.
    tcp::acceptor free(io);
    free.open(tcp::v4());
    error_code ec;
    free.bind({v4, taken}, ec);
    BOOST_TEST(!ec);
}

BOOST_AUTO_TEST_CASE(localhost_and_the_literal_share_a_port_but_not_their_hosts)
{
    auto const literal = reserve();
    auto const name = reserve(redirect_target().host("localhost").port(port));
    auto& by_literal = wait(literal, "s1");
    auto& by_name = wait(name, "s2");
    auto const literal_host = "127.0.0.1:" + std::to_string(port);
    BOOST_TEST(exchange(get("/callback?state=s2", literal_host)) == not_waiting);
    auto const c = send(get("/callback?state=s1", literal_host));
    until([&] { return by_literal.done(); });
    BOOST_TEST(by_literal.got().url() == literal + "?state=s1");
    BOOST_TEST(!by_name.done());
}

// open and closed ----------------------------------------------------------------------------------------------------

// covers C-8252-3
BOOST_AUTO_TEST_CASE(the_port_is_closed_before_the_first_wait_and_after_the_last)
{
    auto const uri = reserve();
    BOOST_TEST(refused());
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    BOOST_TEST(!refused());
    check_genuine(one, "s1");
    BOOST_TEST(!refused());
    check_genuine(two, "s2");
    BOOST_TEST(refused());
    auto& three = wait(uri, "s3");
    BOOST_TEST(!refused());
    three.cancel.emit(asio::cancellation_type::partial);
    BOOST_TEST(refused());
    until([&] { return three.done(); });
    BOOST_TEST(three.code() == asio::error::operation_aborted);
    BOOST_TEST(reserve() == uri);
}

BOOST_AUTO_TEST_CASE(a_browser_that_waits_for_its_page_gets_it_after_the_port_is_closed)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    BOOST_TEST(refused());
    BOOST_TEST(!c->done);
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(the_same_state_can_be_waited_for_again_while_the_first_browser_still_waits)
{
    auto const uri = reserve();
    auto& first = wait(uri, "s");
    auto const early = send(get("/callback?state=s&iss=wrong"));
    until([&] { return first.done(); });
    auto& second = wait(uri, "s"); // listens again although a connection of this port is alive
    check_genuine(second, "s");
    BOOST_TEST(!early->done);
    first.got().reply(login_outcome(errc::issuer_parameter_mismatch));
    until([&] { return early->done; });
    BOOST_TEST(early->response == page_for(login_outcome(errc::issuer_parameter_mismatch)));
}

BOOST_AUTO_TEST_CASE(a_browser_that_connected_early_and_sent_nothing_is_dropped_with_the_last_wait)
{
    auto& w = wait(reserve(), "s");
    auto const preconnect = send("");
    until([&] { return preconnect->connected; });
    check_genuine(w, "s");
    until([&] { return preconnect->done; });
    BOOST_TEST(preconnect->response.empty());
}

BOOST_AUTO_TEST_CASE(the_sockets_are_not_inherited_by_programs_that_the_host_starts)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    int ours = 0;
    for (int fd = 3; fd < 256; ++fd)
    {
        sockaddr_in at = {};
        socklen_t size = sizeof(at);
        if (::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0
            || at.sin_family != AF_INET || ntohs(at.sin_port) != port)
            continue;
        ++ours;
        BOOST_TEST((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    }
    BOOST_TEST(ours == 2); // the bound socket and the browser's
}

// who is who ---------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_redirect_is_handed_over_as_the_browser_shows_it)
{
    auto& w = wait(reserve(), "a+b/c");
    std::string const target = "/callback?code=x%2fY&state=a%2Bb%2Fc&iss=https%3A%2F%2Fas&z";
    auto const c = send(get(target));
    until([&] { return w.done(); });
    BOOST_TEST(w.got().url() == "http://" + authority + target);
}

// covers V50, V51, V55
BOOST_AUTO_TEST_CASE(redirects_without_the_right_state_disturb_nobody)
{
    auto& w = wait(reserve(), "right");
    for (std::string_view const query :
         {"state=wrong",
          "state=righ",
          "state=rightt",
          "state=Right",
          "state=right%00",
          "error=access_denied&state=wrong",
          "code=c&state=+right"})
        BOOST_TEST(exchange(get("/callback?" + std::string(query))) == not_waiting);
    for (std::string_view const query :
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
    auto const number = std::to_string(port);
    std::vector<std::string> const hosts = {
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
    for (auto const& host : hosts)
        BOOST_TEST(exchange(get("/callback?code=c&state=s", host)) == bad_request);
    auto const start = std::string("GET /callback?code=c&state=s HTTP/1.1\r\n");
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
    auto const uri = reserve(redirect_target().host("localhost"));
    auto& w = wait(uri, "s");
    auto const c = send(get("/callback?state=s", "LocalHost:" + std::to_string(port)));
    until([&] { return w.done(); });
    BOOST_TEST(w.got().url() == uri + "?state=s"); // as reserved, not as sent
}

BOOST_AUTO_TEST_CASE(other_methods_and_paths_are_refused)
{
    auto& w = wait(reserve(), "s");
    auto const rest = " /callback?code=c&state=s HTTP/1.1\r\nHost: " + authority + "\r\n";
    auto const not_allowed = page_for(callback_page::method_not_allowed);
    for (std::string_view const method : {"POST", "OPTIONS", "PUT", "DELETE", "get", "TRACE", "X"})
        BOOST_TEST(exchange(std::string(method) + rest + "\r\n") == not_allowed);
    BOOST_TEST(exchange("POST" + rest + "Content-Length: 9\r\n\r\nstate=s&a") == not_allowed);
    BOOST_TEST(exchange("HEAD" + rest + "\r\n") == detail::without_body(not_allowed));
    auto const not_found = page_for(callback_page::not_found);
    for (std::string_view const path :
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
    std::vector<std::string> const junk = {
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
    for (auto const& bytes : junk)
        BOOST_TEST(exchange(bytes) == bad_request);
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_CASE(an_oversized_head_is_refused)
{
    auto& w = wait(reserve(), "s");
    auto const too_large = page_for(callback_page::head_too_large);
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
    auto const c = send("GET /callback?state=s HTTP/1.0\r\nHost: " + authority + "\r\n\r\n");
    until([&] { return w.done(); });
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(a_redirect_in_single_bytes_arrives)
{
    auto& w = wait(reserve(), "s");
    auto const c = std::make_shared<client>(io, tcp::endpoint(v4, port));
    auto const bytes = get("/callback?state=s");
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
    std::vector<std::string> const cores = {
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
    auto const not_found = page_for(callback_page::not_found);
    int count = 0;
    for (auto const& core : cores)
    {
        for (std::string_view const name :
             {"error", "error_description", "error_uri", "iss", "state", "code"})
        {
            auto const target = "/callback?" + std::string(name) + '=' + core;
            BOOST_TEST(exchange(get(target + (name == "state" ? "" : "&state=x"))).size() != 0U);
            auto const response = exchange(get(target));
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

BOOST_AUTO_TEST_CASE(a_failure_page_holds_nothing_of_the_redirect)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?error=%3Cb%3Eboo&error_description=%3Cscript%3E&state=s"));
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
    std::vector<std::string> const junk = {
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

BOOST_AUTO_TEST_CASE(two_flows_at_once_are_told_apart_by_state)
{
    auto const uri = reserve();
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    auto const second = send(get("/callback?state=s2"));
    auto const first = send(get("/callback?state=s1"));
    until([&] { return one.done() && two.done(); });
    BOOST_TEST(one.got().url() == uri + "?state=s1");
    BOOST_TEST(two.got().url() == uri + "?state=s2");
    one.got().reply(login_outcome(errc::access_denied));
    two.got().reply(login_outcome());
    until([&] { return first->done && second->done; });
    BOOST_TEST(first->response == page_for(login_outcome(errc::access_denied)));
    BOOST_TEST(second->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(the_second_use_of_a_link_is_told_so)
{
    auto const uri = reserve();
    auto& other = wait(uri, "other"); // keeps the port open
    auto& w = wait(uri, "s");
    auto const first = send(get("/callback?state=s"));
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

// waits --------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_second_wait_for_the_same_state_is_refused)
{
    auto const uri = reserve();
    auto& first = wait(uri, "s");
    auto& second = wait(uri, "s");
    until([&] { return second.done(); });
    BOOST_TEST(second.code() == make_error_code(errc::invalid_argument));
    check_genuine(first, "s");
}

BOOST_AUTO_TEST_CASE(a_wait_at_a_uri_that_was_not_reserved_is_refused)
{
    auto const uri = reserve();
    for (auto const& wrong :
         {uri + "x",
          std::string(),
          std::string("http://"),
          std::string("https") + uri.substr(4),
          "http://127.0.0.1:1/callback" + std::string(),
          uri.substr(0, uri.size() - 9)})
    {
        auto& w = wait(wrong, "s");
        until([&] { return w.done(); });
        BOOST_TEST(w.code() == make_error_code(errc::invalid_argument));
    }
    auto& w = wait(uri, "");
    until([&] { return w.done(); });
    BOOST_TEST(w.code() == make_error_code(errc::invalid_argument));
    BOOST_TEST(refused());
}

BOOST_AUTO_TEST_CASE(every_cancellation_type_ends_a_wait)
{
    auto const uri = reserve();
    for (auto const type :
         {asio::cancellation_type::terminal,
          asio::cancellation_type::partial,
          asio::cancellation_type::total})
    {
        auto& w = wait(uri, "s");
        w.cancel.emit(type);
        BOOST_TEST(!w.done());
        w.cancel.emit(type); // once is enough
        until([&] { return w.done(); });
        BOOST_TEST(w.code() == asio::error::operation_aborted);
        BOOST_TEST(w.calls == 1);
    }
}

BOOST_AUTO_TEST_CASE(cancelling_one_flow_leaves_the_other)
{
    auto const uri = reserve();
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    one.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return one.done(); });
    BOOST_TEST(exchange(get("/callback?state=s1")) == not_waiting);
    check_genuine(two, "s2");
}

BOOST_AUTO_TEST_CASE(a_cancellation_after_the_redirect_arrived_changes_nothing)
{
    auto const uri = reserve();
    auto& w = wait(uri, "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    auto& next = wait(uri, "s");
    w.cancel.emit(asio::cancellation_type::terminal);
    check_genuine(next, "s");
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
    BOOST_TEST(w.calls == 1);
}

BOOST_AUTO_TEST_CASE(close_ends_every_wait_and_frees_the_port)
{
    auto const uri = reserve();
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    listener.close();
    BOOST_TEST(!one.done());
    until([&] { return one.done() && two.done(); });
    BOOST_TEST(one.code() == asio::error::operation_aborted);
    BOOST_TEST(two.code() == asio::error::operation_aborted);
    tcp::acceptor free(io, {v4, port}); // throws if it is not
    auto& late = wait(uri, "s3");
    until([&] { return late.done(); });
    BOOST_TEST(late.code() == asio::error::operation_aborted);
    BOOST_TEST(listener.reserve({}).error().code() == make_error_code(errc::client_closed));
}

BOOST_AUTO_TEST_CASE(close_tells_a_browser_that_waits)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    listener.close();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
    w.got().reply(login_outcome()); // too late, and harmless
}

BOOST_AUTO_TEST_CASE(destroying_the_listener_ends_its_waits_and_tells_its_browsers)
{
    auto own = std::make_unique<loopback_listener>(io.get_executor());
    auto const uri = own->reserve({}).value();
    auto const at = url::parse(uri).value();
    std::optional<result<redirect>> first;
    std::optional<result<redirect>> second;
    own->async_wait(uri, "s1", [&](result<redirect> r) { first.emplace(std::move(r)); });
    own->async_wait(uri, "s2", [&](result<redirect> r) { second.emplace(std::move(r)); });
    auto const c = send(get("/callback?state=s1", at.authority()), tcp::endpoint(v4, at.port()));
    until([&] { return first.has_value(); });
    own.reset();
    until([&] { return second.has_value() && c->done; });
    BOOST_TEST(second->error().code() == asio::error::operation_aborted);
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
}

BOOST_AUTO_TEST_CASE(the_loop_runs_dry_after_close)
{
    auto& w = wait(reserve(), "s");
    check_genuine(w, "s");
    wait(reserve(), "s2");
    listener.close();
    io.restart();
    io.run(); // would hang if anything were left
    BOOST_TEST(waits.back().code() == asio::error::operation_aborted);
}

// the held page ------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_redirect_that_is_destroyed_unanswered_says_not_finished)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    BOOST_TEST(!c->done);
    w.outcome.reset();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
}

BOOST_AUTO_TEST_CASE(a_reply_from_another_thread_arrives)
{
    auto& w = wait(reserve(), "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    std::thread([r = std::move(w.got())]() mutable { r.reply(login_outcome()); }).detach();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(a_browser_that_goes_away_early_changes_nothing)
{
    auto const uri = reserve();
    auto& w = wait(uri, "s");
    auto const c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    c->drop();
    until([&] { return c->done; });
    BOOST_TEST(w.outcome->has_value());
    w.got().reply(login_outcome());
    io.poll();
    auto& next = wait(uri, "s2");
    check_genuine(next, "s2");
}

// limits -------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(slow_connections_up_to_the_limit_do_not_block_the_genuine_one)
{
    detail::loopback_limits patient; // so that no deadline makes room
    patient.head = std::chrono::hours(1);
    auto const own = std::make_shared<loopback_listener::impl>(io.get_executor(), patient);
    auto const at = url::parse(own->reserve({}).value()).value();
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
    auto const c = send(get("/callback?state=s", at.authority()));
    until([&] { return got.has_value(); });
    // Only the oldest had to go for it; the others went when nobody waited any more.
    BOOST_TEST(slow.front()->response.empty());
    got->value().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
    for (auto const& s : slow)
        until([&] { return s->done; });
    own->close();
}

BOOST_AUTO_TEST_CASE(the_oldest_connection_without_a_request_makes_room_and_no_other)
{
    detail::loopback_limits patient;
    patient.head = std::chrono::hours(1);
    patient.connections = 3;
    auto const own = std::make_shared<loopback_listener::impl>(io.get_executor(), patient);
    auto const at = url::parse(own->reserve({}).value()).value();
    port = at.port();
    own->async_wait(at.str(), "s", [](result<redirect>) {});
    std::vector<std::shared_ptr<client>> slow;
    for (std::size_t i = 0; i < patient.connections; ++i)
    {
        slow.push_back(send("GET /"));
        until([&] { return slow.back()->connected; });
    }
    auto const c = send(get("/x", at.authority()));
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
    auto const small = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    auto const at = url::parse(small->reserve({}).value()).value();
    tcp::endpoint const where(v4, at.port());
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
    for (auto const& browser : browsers)
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
    auto const hasty = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    auto const at = url::parse(hasty->reserve({}).value()).value();
    hasty->async_wait(at.str(), "s", [](result<redirect>) {});
    auto const c = send("GET /callback?state=s HTTP/1.1\r\n", tcp::endpoint(v4, at.port()));
    until([&] { return c->done; });
    BOOST_TEST(c->connected);
    BOOST_TEST(c->response.empty());
    hasty->close();
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_in_time_is_not_finished)
{
    detail::loopback_limits limits;
    limits.answer = std::chrono::milliseconds(20);
    auto const hasty = std::make_shared<loopback_listener::impl>(io.get_executor(), limits);
    auto const at = url::parse(hasty->reserve({}).value()).value();
    std::optional<result<redirect>> got;
    hasty->async_wait(at.str(), "s", [&](result<redirect> r) { got.emplace(std::move(r)); });
    auto const c = send(get("/callback?state=s", at.authority()), tcp::endpoint(v4, at.port()));
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
    got->value().reply(login_outcome()); // too late, and harmless
    io.poll();
    hasty->close();
}

BOOST_AUTO_TEST_CASE(running_out_of_descriptors_is_survived_without_spinning)
{
    auto& w = wait(reserve(), "s");
    rlimit before = {};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    tcp::socket early(io, tcp::v4());
    tcp::socket genuine(io, tcp::v4());
    int const lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free);
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    early.connect({v4, port});
    genuine.connect({v4, port});
    auto const request = get("/callback?state=s");
    asio::write(genuine, asio::buffer(request));
    // The accept fails, and then nothing happens until the pause is over.
    auto const handlers = io.run_for(std::chrono::milliseconds(20));
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    BOOST_TEST(handlers < 5U);
    BOOST_TEST(!w.done());
    until([&] { return w.done(); });
    BOOST_TEST(w.outcome->has_value());
}

BOOST_AUTO_TEST_SUITE_END()
