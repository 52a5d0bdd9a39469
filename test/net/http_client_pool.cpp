// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"
#include "net/refusing_port.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;

BOOST_FIXTURE_TEST_SUITE(http_client_pool, http_client_fixture)

BOOST_AUTO_TEST_CASE(connection_is_used_again)
{
    loopback_server server(answer_all);
    for (int i = 0; i != 5; ++i)
    {
        BOOST_TEST(get(server.url()).body() == "ok");
    }
    BOOST_TEST(send(post(server.url())).body() == "ok");
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(tls_connection_is_used_again)
{
    loopback_server server(test_pki::get().good(), answer_all);
    for (int i = 0; i != 3; ++i)
    {
        BOOST_TEST(get(server.url()).body() == "ok");
    }
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(idle_connection_does_not_keep_the_context_running)
{
    loopback_server server(answer_all);
    BOOST_TEST(
        get(server.url()).body() == "ok"
    ); // run() inside returns although the connection is kept
    BOOST_TEST(client().connections().idle_count() == 1U);
    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(connection_is_not_shared_between_policies_schemes_hosts_or_ports)
{
    loopback_server server(answer_all);
    loopback_server other(answer_all);
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(get(server.url("/", "localhost")).body() == "ok");
    BOOST_TEST(get(other.url()).body() == "ok");
    auto r = request(server.url());
    r.policy(address_policy().allow_loopback().allow_private_network("10.0.0.0/8"));
    BOOST_TEST(send(r).body() == "ok");
    BOOST_TEST(server.accepted() == 3U);
    BOOST_TEST(client().connections().idle_count() == 4U);
}

BOOST_AUTO_TEST_CASE(waiting_requests_are_served_in_order_within_the_limit)
{
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            const int n = ++now;
            for (int m = most; m < n && !most.compare_exchange_weak(m, n);)
            {}
            --now;
            p.respond("ok");
        }
    });
    settings.connections_per_origin(1);
    std::vector<int> order;
    for (int i = 0; i != 50; ++i)
    {
        client().async_send(request(server.url()), [&order, i](result<http_response> v) {
            BOOST_TEST(v.has_value());
            order.push_back(i);
        });
    }
    run();
    BOOST_REQUIRE(order.size() == 50U);
    BOOST_TEST(std::is_sorted(order.begin(), order.end()));
    BOOST_TEST(most == 1);
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(many_requests_use_no_more_connections_than_allowed)
{
    loopback_server server(answer_all);
    settings.connections_per_origin(4);
    std::vector<std::shared_ptr<outcome>> all;
    for (int i = 0; i != 100; ++i)
    {
        all.push_back(start(request(server.url())));
    }
    run();
    for (const auto& o : all)
    {
        BOOST_TEST(o->body() == "ok");
    }
    BOOST_TEST(server.accepted() == 4U);
}

BOOST_AUTO_TEST_CASE(newcomer_does_not_overtake_those_who_wait)
{
    loopback_server server(answer_all);
    settings.connections_per_origin(1);
    std::vector<char> order;
    const auto note = [&order](char c) {
        return [&order, c](result<http_response>) { order.push_back(c); };
    };
    client().async_send(request(server.url()), [&](result<http_response>) {
        order.push_back('a');
        client().async_send(request(server.url()), note('c'));
    });
    client().async_send(request(server.url()), note('b'));
    run();
    BOOST_TEST(std::string(order.begin(), order.end()) == "abc");
}

BOOST_AUTO_TEST_CASE(too_long_a_queue_is_refused)
{
    loopback_server server(answer_all);
    settings.connections_per_origin(1).queued_requests_per_origin(2);
    const auto a = start(request(server.url()));
    const auto b = start(request(server.url()));
    const auto c = start(request(server.url()));
    const auto d = start(request(server.url()));
    run();
    BOOST_TEST(a->body() == "ok");
    BOOST_TEST(b->body() == "ok");
    BOOST_TEST(c->body() == "ok");
    BOOST_TEST((d->code() == errc::too_many_requests_queued));
}

BOOST_AUTO_TEST_CASE(failed_requests_give_their_place_to_those_who_wait)
{
    const testing::refusing_port nobody;
    settings.connections_per_origin(1);
    std::vector<std::shared_ptr<outcome>> all;
    for (int i = 0; i != 2000;
         ++i) // would overflow the stack if each were served from inside the one before
    {
        all.push_back(start(request(nobody.url())));
    }
    run();
    for (const auto& o : all)
    {
        BOOST_REQUIRE((o->code() == errc::connect_failed));
        BOOST_REQUIRE(o->calls == 1);
    }
}

BOOST_AUTO_TEST_CASE(waiting_request_that_is_cancelled_gives_its_place_away)
{
    gate release;
    loopback_server server([&](peer& p) {
        p.read_request();
        release.wait();
        p.respond("ok");
        answer_all(p);
    });
    settings.connections_per_origin(1);
    boost::asio::cancellation_signal signal;
    const auto a = start(request(server.url()));
    const auto b = start(request(server.url()), signal.slot());
    const auto c = start(request(server.url()));
    signal.emit(boost::asio::cancellation_type::partial);
    release.open();
    run();
    BOOST_TEST(a->body() == "ok");
    BOOST_TEST((b->code() == operation_aborted()));
    BOOST_TEST(c->body() == "ok");
}

BOOST_AUTO_TEST_CASE(idle_connections_are_capped_and_the_oldest_goes)
{
    settings.idle_connections(2);
    loopback_server a(answer_all);
    loopback_server b(answer_all);
    loopback_server c(answer_all);
    get(a.url());
    get(b.url());
    get(a.url()); // b is the oldest now
    get(c.url());
    BOOST_TEST(client().connections().idle_count() == 2U);
    get(a.url());
    BOOST_TEST(a.accepted() == 1U);
    get(b.url());
    BOOST_TEST(b.accepted() == 2U);
}

BOOST_AUTO_TEST_CASE(idle_connection_past_its_time_is_dropped)
{
    settings.idle_timeout(std::chrono::milliseconds(0));
    loopback_server server(answer_all);
    get(server.url());
    get(server.url());
    BOOST_TEST(server.accepted() == 2U);
}

BOOST_AUTO_TEST_CASE(idle_connection_that_the_server_closed_is_not_used)
{
    gate closed;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.respond("ok");
        if (p.number() == 0)
        {
            p.close();
            closed.open();
        }
        answer_all(p);
    });
    BOOST_TEST(get(server.url()).body() == "ok");
    closed.wait();
    BOOST_TEST(send(post(server.url())).body() == "ok"); // a POST, so this cannot be the retry
    BOOST_TEST(server.accepted() == 2U);
}

BOOST_AUTO_TEST_CASE(poisoned_idle_connection_is_not_used)
{
    for (const bool tls : {false, true})
        BOOST_TEST_CONTEXT((tls ? "TLS" : "plain"))
        {
            client().connections().close_idle();
            gate idle;
            gate poisoned;
            const auto script = [&](peer& p) {
                if (p.number() == 0)
                {
                    p.read_request();
                    p.respond("ok");
                    idle.wait();
                    p.respond("evil");
                    poisoned.open();
                    p.read_to_end();
                }
                answer_all(p);
            };
            const auto server = tls
                ? std::make_unique<loopback_server>(test_pki::get().good(), script)
                : std::make_unique<loopback_server>(script);
            BOOST_TEST(get(server->url()).body() == "ok");
            idle.open();
            poisoned.wait();
            BOOST_TEST(get(server->url()).body() == "ok");
            BOOST_TEST(server->accepted() == 2U);
        }
}

BOOST_AUTO_TEST_CASE(second_response_together_with_the_first_is_never_attributed)
{
    for (const bool tls : {false, true})
        BOOST_TEST_CONTEXT((tls ? "TLS" : "plain"))
        {
            client().connections().close_idle();
            const auto script = [](peer& p) {
                if (p.number() == 0)
                {
                    p.read_request();
                    p.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                }
                answer_all(p);
            };
            const auto server = tls
                ? std::make_unique<loopback_server>(test_pki::get().good(), script)
                : std::make_unique<loopback_server>(script);
            BOOST_TEST(get(server->url()).body() == "ok");
            BOOST_TEST(client().connections().idle_count() == 0U);
            BOOST_TEST(get(server->url()).body() == "ok");
            BOOST_TEST(server->accepted() == 2U);
        }
}

BOOST_AUTO_TEST_CASE(connection_close_is_obeyed)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.respond("ok", "Connection: close\r\n");
        p.read_to_end();
    });
    get(server.url());
    get(server.url());
    BOOST_TEST(server.accepted() == 2U);
    BOOST_TEST(client().connections().idle_count() == 0U);
}

// The server closes when it gets the second request, so that no look at the idle connection can
// tell.
struct closes_on_second_request
{
    std::atomic<int>* requests;

    void operator()(peer& p) const
    {
        for (int n = 0; !p.read_request().empty(); ++n)
        {
            ++*requests;
            if (p.number() == 0 && n == 1)
            {
                return;
            }
            p.respond("ok");
        }
    }
};

BOOST_AUTO_TEST_CASE(get_on_a_stale_connection_is_sent_again_once)
{
    std::atomic<int> requests = 0;
    loopback_server server(closes_on_second_request{&requests});
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(requests == 3);
    BOOST_TEST(server.accepted() == 2U);
}

BOOST_AUTO_TEST_CASE(post_on_a_stale_connection_is_never_sent_again)
{
    std::atomic<int> requests = 0;
    loopback_server server(closes_on_second_request{&requests});
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST((send(post(server.url())).code() == errc::connection_lost));
    BOOST_TEST(requests == 2);
    BOOST_TEST(server.connections_so_far() == 1U);
}

BOOST_AUTO_TEST_CASE(get_on_a_fresh_connection_is_not_sent_again)
{
    loopback_server server([](peer& p) { p.read_request(); });
    BOOST_TEST((get(server.url()).code() == errc::connection_lost));
    BOOST_TEST(server.connections_so_far() == 1U);
}

BOOST_AUTO_TEST_CASE(get_is_not_sent_again_after_a_first_byte_of_response)
{
    loopback_server server([](peer& p) {
        for (int n = 0; !p.read_request().empty(); ++n)
        {
            if (n == 1)
            {
                p.write("H");
                return;
            }
            p.respond("ok");
        }
    });
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST((get(server.url()).code() == errc::connection_lost));
    BOOST_TEST(server.connections_so_far() == 1U);
}

BOOST_AUTO_TEST_CASE(get_is_sent_again_only_once)
{
    loopback_server server([](peer& p) {
        p.read_request();
        if (p.number() == 0)
        {
            p.respond("ok");
            p.read_request();
        }
    });
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST((get(server.url()).code() == errc::connection_lost));
    BOOST_TEST(server.connections_so_far() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
