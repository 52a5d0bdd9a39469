// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/callback_page.hpp"
#include "net/loopback_fixture.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using namespace asioauth;
using namespace asioauth::testing::loopback;
namespace asio = boost::asio;
using asio::ip::tcp;
using detail::callback_page;
using detail::page_for;

} // namespace

BOOST_FIXTURE_TEST_SUITE(redirect_listener_, fixture)

// reserve
// ------------------------------------------------------------------------------------------------------------

// covers C-8252-2
BOOST_AUTO_TEST_CASE(port_0_gives_a_uri_with_a_real_port)
{
    const auto uri = reserve();
    BOOST_TEST(port != 0);
    BOOST_TEST(uri == "http://127.0.0.1:" + std::to_string(port) + "/callback");
}

BOOST_AUTO_TEST_CASE(the_same_target_gives_the_same_uri)
{
    const auto uri = reserve();
    BOOST_TEST(reserve() == uri);
    BOOST_TEST(reserve(redirect_target().port(port)) != ""); // the port is ours, by number too
}

BOOST_AUTO_TEST_CASE(two_paths_share_the_port_and_each_serves_its_own_flow)
{
    const auto a = reserve();
    const auto first = port;
    const auto b = reserve(redirect_target().path("/other"));
    BOOST_TEST(port == first);
    auto& one = wait(a, "s1");
    auto& two = wait(b, "s2");
    // A state at another flow's path reaches nobody.
    BOOST_TEST(exchange(get("/callback?code=c&state=s2")) == not_waiting);
    BOOST_TEST(exchange(get("/other?code=c&state=s1")) == not_waiting);
    const auto c = send(get("/other?code=c&state=s2"));
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
    const auto uri = reserve(redirect_target().port(free).path("/cb"));
    BOOST_TEST(uri == "http://127.0.0.1:" + std::to_string(free) + "/cb");
    BOOST_TEST(reserve(redirect_target().port(free).path("/cb")) == uri);
}

BOOST_AUTO_TEST_CASE(a_fixed_port_that_listens_elsewhere_is_port_in_use)
{
    tcp::acceptor other(io, {v4, 0}); // with SO_REUSEADDR
    const auto uri = listener.reserve(redirect_target().port(other.local_endpoint().port()));
    BOOST_REQUIRE(uri.has_error());
    BOOST_TEST(uri.error().code() == make_error_code(errc::port_in_use));
    BOOST_TEST((uri.error().info().where() == stage::listener));
}

// covers V58
// catches D-13
BOOST_AUTO_TEST_CASE(a_reserved_port_cannot_be_bound_by_anybody_else)
{
    const auto uri = reserve();
    const auto intruder = [&](bool reuse_port) {
        tcp::acceptor a(io);
        a.open(tcp::v4());
        a.set_option(tcp::acceptor::reuse_address(true));
        if (reuse_port)
            a.set_option(asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>(true));
        error_code ec;
        a.bind({v4, port}, ec);
        return ec;
    };
    for (const bool reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
    auto& w = wait(uri, "s");
    for (const bool reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
    check_genuine(w, "s");
    for (const bool reuse_port : {false, true})
        BOOST_TEST(intruder(reuse_port) == asio::error::address_in_use);
}

BOOST_AUTO_TEST_CASE(a_fixed_port_can_be_bound_again_right_after_a_login)
{
    auto& w = wait(reserve(), "s");
    check_genuine(w, "s"); // leaves a connection in TIME_WAIT
    listener.close();
    loopback_listener next(io.get_executor());
    const auto again = next.reserve(redirect_target().port(port));
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
    for (const std::string_view path :
         {"",    "callback", "/a?b", "/a#b",      "/a b",  "/\xc3\xa4", "/\"",   "/<",  "/>",
          "/\\", "/^",       "/`",   "/{",        "/|",    "/}",        "/%",    "/%4", "/%zz",
          "/..", "/a/../b",  "/./a", "/%2e%2E/a", "/.%2e", "/a\r\nb",   "/a\x7f"})
    {
        BOOST_TEST_CONTEXT(std::string(path))
        {
            const auto uri = listener.reserve(redirect_target().path(path));
            BOOST_REQUIRE(uri.has_error());
            BOOST_TEST(uri.error().code() == make_error_code(errc::redirect_uri_invalid));
        }
    }
    BOOST_TEST(listener.reserve(redirect_target().path('/' + std::string(5000, 'a'))).has_error());
    for (const std::string_view host :
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
        const auto uri = listener.reserve(redirect_target().host(host));
        BOOST_REQUIRE(uri.has_error());
        BOOST_TEST(uri.error().code() == make_error_code(errc::redirect_uri_invalid));
    }
    BOOST_TEST(
        listener.reserve(redirect_target().path("/cb/a.b/..c/%20%2Fx;y=1,2@:!$&'()*+~")).has_value()
    );
}

// covers C-8252-2
BOOST_AUTO_TEST_CASE(an_address_family_for_itself, *boost::unit_test::precondition(with_ipv6))
{
    const auto uri = reserve(redirect_target().host("[::1]"));
    BOOST_TEST(uri == "http://[::1]:" + std::to_string(port) + "/callback");
    auto& w = wait(uri, "s");
    BOOST_TEST(refused({v4, port}));
    const auto c = send(get("/callback?state=s"), tcp::endpoint(v6, port));
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
    const auto uri = reserve(redirect_target().host("localhost"));
    BOOST_TEST(uri == "http://localhost:" + std::to_string(port) + "/callback");
    for (const auto& address : {v4, v6})
    {
        BOOST_TEST(refused({v4, port}));
        BOOST_TEST(refused({v6, port}));
        auto& w = wait(uri, "s");
        // The address is not what the redirect URI says.
        const auto wrong = send(
            get("/callback?state=s", "127.0.0.1:" + std::to_string(port)),
            tcp::endpoint(address, port)
        );
        until([&] { return wrong->done; });
        BOOST_TEST(wrong->response == bad_request);
        const auto c = send(get("/callback?state=s"), tcp::endpoint(address, port));
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
    // A program beside this test may have the port of the other family for a moment, not each time.
    error_code ec;
    for (int tries = 0; tries == 0 || (ec && tries != 5); ++tries)
    {
        tcp::acceptor other(io);
        other.open(tcp::v6());
        other.set_option(asio::ip::v6_only(true));
        other.bind({v6, 0});
        other.listen();
        const auto taken = other.local_endpoint().port();
        const auto uri = listener.reserve(redirect_target().host("localhost").port(taken));
        BOOST_REQUIRE(uri.has_error());
        BOOST_TEST(uri.error().code() == make_error_code(errc::port_in_use));
        // Nothing of the half that worked is kept.
        tcp::acceptor free(io);
        free.open(tcp::v4());
        free.set_option(tcp::acceptor::reuse_address(true)); // connections of other tests linger
        free.bind({v4, taken}, ec);
        if (!ec)
            free.listen(1, ec);
    }
    BOOST_TEST(!ec);
}

BOOST_AUTO_TEST_CASE(localhost_and_the_literal_share_a_port_but_not_their_hosts)
{
    const auto literal = reserve();
    const auto name = reserve(redirect_target().host("localhost").port(port));
    auto& by_literal = wait(literal, "s1");
    auto& by_name = wait(name, "s2");
    const auto literal_host = "127.0.0.1:" + std::to_string(port);
    BOOST_TEST(exchange(get("/callback?state=s2", literal_host)) == not_waiting);
    const auto c = send(get("/callback?state=s1", literal_host));
    until([&] { return by_literal.done(); });
    BOOST_TEST(by_literal.got().url() == literal + "?state=s1");
    BOOST_TEST(!by_name.done());
}

// open and closed
// ----------------------------------------------------------------------------------------------------

// covers C-8252-3 C-21-25
BOOST_AUTO_TEST_CASE(the_port_is_closed_before_the_first_wait_and_after_the_last)
{
    const auto uri = reserve();
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

// covers C-21-25 C-8252-3
// catches D-14
BOOST_AUTO_TEST_CASE(an_open_port_is_open_at_its_loopback_address_only)
{
    for (const std::string_view host : {"127.0.0.1", "localhost"})
    {
        auto& w = wait(reserve(redirect_target().host(host)), "s");
        BOOST_TEST(!refused());
        // Another address of this machine, that everything which listens everywhere answers at.
        BOOST_TEST(refused({asio::ip::make_address("127.0.0.2"), port}));
        BOOST_TEST(refused({asio::ip::make_address("127.255.255.254"), port}));
        w.cancel.emit(asio::cancellation_type::terminal);
        until([&] { return w.done(); });
        BOOST_TEST(refused());
    }
}

BOOST_AUTO_TEST_CASE(a_browser_that_waits_for_its_page_gets_it_after_the_port_is_closed)
{
    auto& w = wait(reserve(), "s");
    const auto c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    BOOST_TEST(refused());
    BOOST_TEST(!c->done);
    w.got().reply(login_outcome());
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(the_same_state_can_be_waited_for_again_while_the_first_browser_still_waits)
{
    const auto uri = reserve();
    auto& first = wait(uri, "s");
    const auto early = send(get("/callback?state=s&iss=wrong"));
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
    const auto preconnect = send("");
    until([&] { return preconnect->connected; });
    check_genuine(w, "s");
    until([&] { return preconnect->done; });
    BOOST_TEST(preconnect->response.empty());
}

BOOST_AUTO_TEST_CASE(the_sockets_are_not_inherited_by_programs_that_the_host_starts)
{
    auto& w = wait(reserve(), "s");
    const auto c = send(get("/callback?state=s"));
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

// waits
// --------------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_second_wait_for_the_same_state_is_refused)
{
    const auto uri = reserve();
    auto& first = wait(uri, "s");
    auto& second = wait(uri, "s");
    until([&] { return second.done(); });
    BOOST_TEST(second.code() == make_error_code(errc::invalid_argument));
    check_genuine(first, "s");
}

BOOST_AUTO_TEST_CASE(a_wait_at_a_uri_that_was_not_reserved_is_refused)
{
    const auto uri = reserve();
    for (const auto& wrong :
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
    const auto uri = reserve();
    for (const auto type :
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
    const auto uri = reserve();
    auto& one = wait(uri, "s1");
    auto& two = wait(uri, "s2");
    one.cancel.emit(asio::cancellation_type::terminal);
    until([&] { return one.done(); });
    BOOST_TEST(exchange(get("/callback?state=s1")) == not_waiting);
    check_genuine(two, "s2");
}

BOOST_AUTO_TEST_CASE(a_cancellation_after_the_redirect_arrived_changes_nothing)
{
    const auto uri = reserve();
    auto& w = wait(uri, "s");
    const auto c = send(get("/callback?state=s"));
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
    const auto uri = reserve();
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
    const auto c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    listener.close();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
    w.got().reply(login_outcome()); // too late, and harmless
}

BOOST_AUTO_TEST_CASE(destroying_the_listener_ends_its_waits_and_tells_its_browsers)
{
    auto own = std::make_unique<loopback_listener>(io.get_executor());
    const auto uri = own->reserve({}).value();
    const auto at = url::parse(uri).value();
    std::optional<result<redirect>> first;
    std::optional<result<redirect>> second;
    own->async_wait(uri, "s1", [&](result<redirect> r) { first.emplace(std::move(r)); });
    own->async_wait(uri, "s2", [&](result<redirect> r) { second.emplace(std::move(r)); });
    const auto c = send(get("/callback?state=s1", at.authority()), tcp::endpoint(v4, at.port()));
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

// the held page
// ------------------------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_redirect_that_is_destroyed_unanswered_says_not_finished)
{
    auto& w = wait(reserve(), "s");
    const auto c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    BOOST_TEST(!c->done);
    w.outcome.reset();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(callback_page::not_finished));
}

BOOST_AUTO_TEST_CASE(a_reply_from_another_thread_arrives)
{
    auto& w = wait(reserve(), "s");
    const auto c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    std::thread([r = std::move(w.got())]() mutable { r.reply(login_outcome()); }).detach();
    until([&] { return c->done; });
    BOOST_TEST(c->response == page_for(login_outcome()));
}

BOOST_AUTO_TEST_CASE(a_browser_that_goes_away_early_changes_nothing)
{
    const auto uri = reserve();
    auto& w = wait(uri, "s");
    const auto c = send(get("/callback?state=s"));
    until([&] { return w.done(); });
    c->drop();
    until([&] { return c->done; });
    BOOST_TEST(w.outcome->has_value());
    w.got().reply(login_outcome());
    io.poll();
    auto& next = wait(uri, "s2");
    check_genuine(next, "s2");
}

BOOST_AUTO_TEST_CASE(a_port_that_was_asked_for_is_not_given_to_who_wants_any)
{
    const auto first = reserve();
    const auto found = port;
    // By its number it is the same place.
    BOOST_TEST(reserve(redirect_target().port(found)) == first);
    BOOST_TEST(reserve() == first);
    listener.close();
    loopback_listener fixed(io.get_executor());
    const auto asked = fixed.reserve(redirect_target().port(found));
    BOOST_REQUIRE(asked.has_value());
    BOOST_TEST(*asked == first);
    const auto any = fixed.reserve({});
    BOOST_REQUIRE(any.has_value());
    BOOST_TEST(*any != first);
    BOOST_TEST(fixed.reserve({}).value() == *any);
    BOOST_TEST(fixed.reserve(redirect_target().port(found)).value() == first);
    fixed.close();
    // Nothing is reserved from then on.
    BOOST_TEST(fixed.reserve({}).error().code() == make_error_code(errc::client_closed));
}

BOOST_AUTO_TEST_CASE(a_cancellation_after_the_listener_is_gone_changes_nothing)
{
    asio::cancellation_signal cancel;
    int calls = 0;
    error_code how;
    {
        loopback_listener gone(io.get_executor());
        gone.async_wait(
            gone.reserve({}).value(),
            "s",
            asio::bind_cancellation_slot(
                cancel.slot(),
                [&](result<redirect> r) {
                    ++calls;
                    how = r.error().code();
                }
            )
        );
    }
    until([&] { return calls != 0; });
    BOOST_TEST(how == asio::error::operation_aborted);
    cancel.emit(asio::cancellation_type::terminal);
    io.poll();
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_browser_that_goes_on_sending_after_its_page_is_left)
{
    const auto uri = reserve();
    auto& w = wait(uri, "s");
    // More than the buffers of the system take: who does not read it has it back as an error.
    const auto c = send(get("/elsewhere") + std::string(16 * 1024 * 1024, 'x'));
    until([&] { return c->done; });
    BOOST_TEST(c->connected);
    BOOST_TEST((c->response.empty() || c->response == page_for(callback_page::not_found)));
    BOOST_TEST(!w.done());
    check_genuine(w, "s");
}

BOOST_AUTO_TEST_SUITE_END()
