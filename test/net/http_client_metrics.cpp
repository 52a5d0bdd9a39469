// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the library's own HTTP client counts of known traffic.

#include "net/stream_fixture.hpp"

#include <vector>

namespace asioauth {
namespace {

using namespace testing;

class metrics_fixture : public stream_fixture
{
public:
    transport_metrics now() { return client().counts()->now(); }
};

BOOST_FIXTURE_TEST_SUITE(http_client_metrics, metrics_fixture)

BOOST_AUTO_TEST_CASE(connections_are_counted_as_opened_once_and_then_reused)
{
    loopback_server server(answer_all);
    for (int i = 0; i != 5; ++i)
    {
        BOOST_TEST(get(server.url()).body() == "ok");
    }
    const auto m = now();
    BOOST_TEST(m.requests == 5U);
    BOOST_TEST(m.failures == 0U);
    BOOST_TEST(m.opened == 1U);
    BOOST_TEST(m.reused == 4U);
    BOOST_TEST(m.idle == 1U);
    BOOST_TEST(m.in_use == 0U);
    BOOST_TEST(m.connecting.count() == 1U);
    BOOST_TEST(m.full_handshakes + m.resumed_handshakes + m.handshake_failures == 0U);
    client().close();
    BOOST_TEST(now().idle == 0U);
}

BOOST_AUTO_TEST_CASE(handshakes_are_full_resumed_or_failed)
{
    settings.idle_connections(0);
    loopback_server server(test_pki::get().good(), answer_all);
    for (int i = 0; i != 3; ++i)
    {
        BOOST_TEST(get(server.url()).body() == "ok");
    }
    auto m = now();
    BOOST_TEST(m.opened == 3U);
    BOOST_TEST(m.full_handshakes == 1U);
    BOOST_TEST(m.resumed_handshakes == 2U);
    BOOST_TEST(m.handshake_failures == 0U);
    BOOST_TEST(m.handshaking.count() == 3U);

    auto options = test_pki::good_options();
    options.alternative_names = "DNS:other.example";
    loopback_server wrong(test_pki::get().leaf(options), answer_all);
    BOOST_TEST(!get(wrong.url()).value);
    m = now();
    BOOST_TEST(m.handshake_failures == 1U);
    BOOST_TEST(m.connect_failures == 1U);
    BOOST_TEST(m.failures == 1U);
    BOOST_TEST(m.opened == 3U);
    BOOST_TEST(m.in_use == 0U);
}

BOOST_AUTO_TEST_CASE(requests_that_wait_for_a_connection_are_counted_while_they_do)
{
    gate answer;
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            answer.wait();
            p.respond("ok");
        }
    });
    settings.connections_per_origin(2);
    std::vector<std::shared_ptr<outcome>> all;
    for (int i = 0; i != 7; ++i)
    {
        all.push_back(start(request(server.url())));
    }
    boost::asio::cancellation_signal stop;
    const auto gone = start(request(server.url()), stop.slot());
    auto m = now();
    BOOST_TEST(m.waiting == 6U);
    BOOST_TEST(m.in_use == 2U);
    stop.emit(boost::asio::cancellation_type::terminal);
    BOOST_TEST(now().waiting == 5U);
    answer.open();
    run();
    m = now();
    BOOST_TEST(m.waiting == 0U);
    BOOST_TEST(m.in_use == 0U);
    BOOST_TEST(m.idle == 2U);
    BOOST_TEST(m.requests == 8U);
    BOOST_TEST(m.failures == 1U);
    BOOST_TEST(m.opened == 2U);
    BOOST_TEST(m.reused == 5U);
}

BOOST_AUTO_TEST_CASE(who_cannot_be_connected_to_is_counted)
{
    std::uint16_t nobody = 0;
    {
        const loopback_server server(answer_all);
        nobody = server.port();
    }
    const auto target = "http://127.0.0.1:" + std::to_string(nobody) + "/";
    BOOST_TEST((get(target).code() == errc::connect_failed));
    const auto m = now();
    BOOST_TEST(m.connect_failures == 1U);
    BOOST_TEST(m.failures == 1U);
    BOOST_TEST(m.opened == 0U);
    BOOST_TEST(m.connecting.count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_handshake_that_is_never_answered_is_a_failure_to_connect)
{
    settings.tls_timeout(std::chrono::milliseconds(50));
    gate end;
    loopback_server server([&](peer&) { end.wait(); });
    const auto target = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    BOOST_TEST((get(target).code() == errc::tls_timeout));
    BOOST_TEST(now().connect_failures == 1U);
    BOOST_TEST(now().in_use == 0U);
    end.open();
}

BOOST_AUTO_TEST_CASE(redirects_and_second_attempts_are_counted)
{
    loopback_server server([](peer& p) {
        if (p.read_request().empty())
        {
            return;
        }
        p.write("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        p.read_request();
        p.respond("ok");
        p.read_request();
        p.close(); // in the face of a request on a kept connection
    });
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(now().redirects == 1U);
    BOOST_TEST(now().retries == 0U);
    BOOST_TEST(get(server.url()).body() == "ok");
    const auto m = now();
    BOOST_TEST(m.redirects == 2U);
    BOOST_TEST(m.retries == 1U);
    BOOST_TEST(m.requests == 2U);
    BOOST_TEST(m.opened == 2U);
}

BOOST_AUTO_TEST_CASE(a_stream_is_counted_until_its_end)
{
    loopback_server server([](peer& p) {
        while (!p.read_request().empty())
        {
            p.write(chunked_head + chunk("one"));
            p.write("0\r\n\r\n");
        }
    });
    reading last;
    {
        const auto s = open(server.url());
        BOOST_TEST(now().streams == 1U);
        BOOST_TEST(now().in_use == 0U);
        BOOST_TEST(read_all(*s, last) == "one");
        BOOST_TEST(now().streams == 0U);
        BOOST_TEST(now().idle == 1U);
    }
    const auto s = open(server.url());
    BOOST_TEST(now().streams == 1U);
    client().close();
    run();
    BOOST_TEST(now().streams == 0U);
    BOOST_TEST(now().in_use == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
