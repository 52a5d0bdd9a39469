// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Many operations that need one document at the same moment: it is asked for once, whoever of them is
// ended meanwhile. Real Asio; mock ports, and once real sockets.

#include "support/loopback_server.hpp"
#include "support/mock_ports.hpp"

#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <map>
#include <mutex>

BOOST_AUTO_TEST_SUITE(client_documents)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* resource_place =
    "GET https://mcp.example/.well-known/oauth-protected-resource/mcp";
constexpr const char* server_place =
    "GET https://as.example/.well-known/oauth-authorization-server";

result<http_response> json(int status, std::string body, std::string_view control)
{
    auto r = test::json(status, std::move(body));
    if (!control.empty())
        r->field("Cache-Control", control);
    return r;
}

template <class Context>
class fixture
{
public:
    template <class... Args>
    explicit fixture(Args... args) : context(args...)
    {
        add_provider(*network);
        serve(resource_place, 200, resource_document);
        serve(server_place, 200, server_document);
        network->on("POST https://as.example/register", [this](const http_request& r) {
            ++registrations;
            return register_client(r);
        });
        client_settings s;
        s.transport(network).listener(user).user_agent(user).store(kept);
        subject.emplace(context.get_executor(), s);
    }

    void serve(const char* place, int status, std::string body, std::string control = "")
    {
        auto* const n = &asked[place];
        network->on(place, [=](const http_request&) {
            ++*n;
            return json(status, body, control);
        });
    }

    void poll()
    {
        context.restart();
        while (context.poll() != 0)
            ;
    }

    Context context;
    std::shared_ptr<mock_transport> network =
        std::make_shared<mock_transport>(context.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(context.get_executor());
    std::shared_ptr<memory_store> kept = std::make_shared<memory_store>(context.get_executor());
    std::optional<client> subject;
    std::map<std::string, std::atomic<int>> asked;
    std::atomic<int> registrations = 0;
};

// What became of some operations, each of which can be cancelled.
template <std::size_t N>
class ends
{
public:
    auto handler(std::size_t i)
    {
        return asio::bind_cancellation_slot(
            signals[i].slot(),
            [this, i](error_code ec, const discovery& found) {
                ++calls[i];
                code[i] = ec;
                issuer[i] = found.server.issuer;
            }
        );
    }

    std::array<asio::cancellation_signal, N> signals;
    std::array<int, N> calls{};
    std::array<error_code, N> code{};
    std::array<std::string, N> issuer;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_thousand_logins_at_one_server_ask_once_for_each_document_and_register_once)
{
    fixture<asio::io_context> f;
    int good = 0;
    for (int i = 0; i < 1000; ++i)
    {
        login_params params(where);
        params.user("user-" + std::to_string(i));
        f.subject->async_login(params, [&](error_code ec, const session& s) {
            good += !ec && s.has_token() ? 1 : 0;
        });
    }
    f.context.run();
    BOOST_TEST(good == 1000);
    BOOST_TEST(f.asked[resource_place] == 1);
    BOOST_TEST(f.asked[server_place] == 1);
    BOOST_TEST(f.registrations == 1);
}

BOOST_AUTO_TEST_CASE(many_threads_ask_once_as_well)
{
    fixture<asio::thread_pool> f(std::size_t(4));
    std::atomic<int> good = 0;
    for (int i = 0; i < 200; ++i)
        f.subject->async_discover(where, [&](error_code ec, const discovery&) {
            good += ec ? 0 : 1;
        });
    f.context.join();
    BOOST_TEST(good == 200);
    BOOST_TEST(f.asked[resource_place] == 1);
    BOOST_TEST(f.asked[server_place] == 1);
}

// The first of three is ended after every handler that runs; the second then asks in its place, or has
// its answer already.
BOOST_AUTO_TEST_CASE(whoever_asks_may_be_ended_at_every_step_and_the_others_get_the_document)
{
    bool ran_to_its_end = false;
    for (int step = 0; !ran_to_its_end; ++step)
    {
        BOOST_TEST_CONTEXT("ended after " << step << " handlers")
        {
            fixture<asio::io_context> f;
            ends<3> e;
            for (std::size_t i = 0; i < 3; ++i)
                f.subject->async_discover(where, e.handler(i));
            for (int n = 0; n < step; ++n)
                ran_to_its_end = f.context.poll_one() == 0 || ran_to_its_end;
            e.signals[0].emit(asio::cancellation_type::total);
            f.context.run();
            for (std::size_t i = 0; i < 3; ++i)
                BOOST_TEST(e.calls[i] == 1);
            BOOST_TEST((!e.code[0] || e.code[0] == condition::cancelled));
            for (std::size_t i = 1; i < 3; ++i)
            {
                BOOST_TEST(!e.code[i]);
                BOOST_TEST(e.issuer[i] == "https://as.example");
            }
            BOOST_TEST(f.asked[resource_place] <= 2);
            BOOST_TEST(f.asked[server_place] <= 2);
            BOOST_TEST(f.asked[resource_place] + f.asked[server_place] <= 3);
        }
        BOOST_REQUIRE(step < 1000);
    }
}

BOOST_AUTO_TEST_CASE(whoever_waits_may_be_ended_at_every_step_and_disturbs_nobody)
{
    bool ran_to_its_end = false;
    for (int step = 0; !ran_to_its_end; ++step)
    {
        BOOST_TEST_CONTEXT("ended after " << step << " handlers")
        {
            fixture<asio::io_context> f;
            ends<3> e;
            for (std::size_t i = 0; i < 3; ++i)
                f.subject->async_discover(where, e.handler(i));
            for (int n = 0; n < step; ++n)
                ran_to_its_end = f.context.poll_one() == 0 || ran_to_its_end;
            e.signals[1].emit(asio::cancellation_type::total);
            f.context.run();
            BOOST_TEST((!e.code[1] || e.code[1] == condition::cancelled));
            BOOST_TEST(!e.code[0]);
            BOOST_TEST(!e.code[2]);
            BOOST_TEST(f.asked[resource_place] == 1);
            BOOST_TEST(f.asked[server_place] == 1);
        }
        BOOST_REQUIRE(step < 1000);
    }
}

// While the answer is awaited the one who asked for it is ended, and then the next one.
BOOST_AUTO_TEST_CASE(the_next_one_asks_when_the_one_who_asked_is_ended)
{
    fixture<asio::io_context> f;
    f.network->hold(server_place);
    int held = 0;
    f.network->on_held = [&] { ++held; };
    ends<3> e;
    for (std::size_t i = 0; i < 3; ++i)
        f.subject->async_discover(where, e.handler(i));
    for (std::size_t i = 0; i < 2; ++i)
    {
        f.poll();
        BOOST_TEST(held == static_cast<int>(i) + 1);
        e.signals[i].emit(asio::cancellation_type::total);
        f.poll();
        BOOST_TEST(e.calls[i] == 1);
        BOOST_TEST((e.code[i] == condition::cancelled));
    }
    f.poll();
    BOOST_TEST(held == 3);
    BOOST_TEST(e.calls[2] == 0);
    f.network->release();
    f.context.run();
    BOOST_TEST(!e.code[2]);
    BOOST_TEST(e.calls[2] == 1);
}

BOOST_AUTO_TEST_CASE(a_deadline_of_the_one_who_asks_is_no_answer_for_the_others)
{
    fixture<asio::io_context> f;
    f.network->hold(server_place);
    ends<2> e;
    f.subject->async_discover(
        discover_params(where).timeout(std::chrono::milliseconds(1)), e.handler(0)
    );
    f.subject->async_discover(where, e.handler(1));
    while (e.calls[0] == 0)
        f.context.run_one();
    BOOST_TEST(e.code[0] == errc::deadline_exceeded);
    f.poll();
    f.network->hold("");
    f.network->release();
    f.context.run();
    BOOST_TEST(!e.code[1]);
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_to_those_who_have_waited_and_to_nobody_later)
{
    fixture<asio::io_context> f;
    auto* const n = &f.asked[resource_place];
    f.network->on(resource_place, [=](const http_request&) {
        ++*n;
        return result<http_response>(failure(errc::connect_failed));
    });
    ends<4> e;
    for (std::size_t i = 0; i < 3; ++i)
        f.subject->async_discover(where, e.handler(i));
    f.context.run();
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(e.code[i] == errc::connect_failed);
    BOOST_TEST(*n == 1);
    f.context.restart();
    f.serve(resource_place, 200, resource_document);
    f.subject->async_discover(where, e.handler(3));
    f.context.run();
    BOOST_TEST(!e.code[3]);
    BOOST_TEST(*n == 2);
}

// A document that is wrong is wrong for all who waited, and each says so for itself.
BOOST_AUTO_TEST_CASE(a_wrong_document_is_refused_by_everybody_and_asked_for_once)
{
    fixture<asio::io_context> f;
    f.serve(resource_place, 200, R"({"resource":"https://other.example"})", "max-age=3600");
    ends<3> e;
    for (std::size_t i = 0; i < 3; ++i)
        f.subject->async_discover(where, e.handler(i));
    f.context.run();
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(e.code[i] == errc::resource_mismatch);
    BOOST_TEST(f.asked[resource_place] == 1);
    f.context.restart();
    f.serve(resource_place, 200, resource_document);
    ends<1> later;
    f.subject->async_discover(where, later.handler(0));
    f.context.run();
    BOOST_TEST(!later.code[0]);
}

BOOST_AUTO_TEST_CASE(what_must_not_be_stored_is_given_to_nobody_else)
{
    fixture<asio::io_context> f;
    f.serve(server_place, 200, server_document, "no-store");
    ends<5> e;
    for (std::size_t i = 0; i < 5; ++i)
        f.subject->async_discover(where, e.handler(i));
    f.context.run();
    for (std::size_t i = 0; i < 5; ++i)
        BOOST_TEST(!e.code[i]);
    BOOST_TEST(f.asked[server_place] == 5);
    BOOST_TEST(f.asked[resource_place] == 1);
}

BOOST_AUTO_TEST_CASE(other_permissions_do_not_wait_for_each_other)
{
    fixture<asio::io_context> f;
    ends<3> e;
    for (std::size_t i = 0; i < 3; ++i)
    {
        discover_params params(where);
        if (i != 0)
            params.allow_private_network("10.0.0.0/8");
        f.subject->async_discover(params, e.handler(i));
    }
    f.context.run();
    BOOST_TEST(f.asked[server_place] == 2);
    BOOST_TEST(f.asked[resource_place] == 2);
}

BOOST_AUTO_TEST_CASE(without_a_memory_only_those_who_ask_at_the_same_time_share_an_answer)
{
    fixture<asio::io_context> f;
    client_settings s;
    s.transport(f.network).metadata_cache_size(0);
    f.subject.emplace(f.context.get_executor(), s);
    for (int round = 1; round <= 2; ++round)
    {
        ends<3> e;
        f.network->hold(server_place);
        for (std::size_t i = 0; i < 3; ++i)
            f.subject->async_discover(where, e.handler(i));
        f.poll();
        f.network->hold("");
        f.network->release();
        while (e.calls != std::array<int, 3>{1, 1, 1})
            f.poll();
        BOOST_TEST(f.asked[server_place] == round);
        BOOST_TEST(f.asked[resource_place] == round);
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_ends_everybody_who_waits_for_a_document)
{
    fixture<asio::io_context> f;
    f.network->hold(server_place);
    ends<3> e;
    for (std::size_t i = 0; i < 3; ++i)
        f.subject->async_discover(where, e.handler(i));
    f.poll();
    f.subject.reset();
    f.context.run();
    for (std::size_t i = 0; i < 3; ++i)
    {
        BOOST_TEST(e.calls[i] == 1);
        BOOST_TEST((e.code[i] == condition::cancelled));
    }
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_away_frees_everybody_who_waits_for_a_document)
{
    std::weak_ptr<mock_transport> network;
    {
        fixture<asio::io_context> f;
        network = f.network;
        f.network->hold(server_place);
        for (int i = 0; i < 20; ++i)
            f.subject->async_discover(where, [keep = f.network](error_code, const discovery&) {});
        f.poll();
    }
    BOOST_TEST(network.expired());
}

// The same over real sockets.
BOOST_AUTO_TEST_CASE(a_thousand_registrations_from_one_url_reach_a_real_server_once)
{
    std::mutex mutex;
    std::map<std::string, int> asked;
    std::string origin;
    asioauth::testing::loopback_server server([&](asioauth::testing::peer& p) {
        for (;;)
        {
            const std::string request = p.read_request();
            if (request.empty())
                return;
            const std::string line = request.substr(0, request.find(" HTTP"));
            {
                const std::lock_guard<std::mutex> lock(mutex);
                ++asked[line];
            }
            const std::string type = "Content-Type: application/json\r\n";
            if (line == "GET /mcp")
                p.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n"
                        "WWW-Authenticate: Bearer\r\n\r\n");
            else if (line == "GET /.well-known/oauth-protected-resource/mcp")
                p.respond(
                    R"({"resource":")" + origin + R"(/mcp","authorization_servers":[")" + origin
                        + R"("]})",
                    type
                );
            else if (line == "GET /.well-known/oauth-authorization-server")
            {
                std::string body(server_document);
                const std::string mock = "https://as.example";
                for (auto at = body.find(mock); at != std::string::npos; at = body.find(mock))
                    body.replace(at, mock.size(), origin);
                p.respond(body, type);
            }
            else
            {
                std::string body = request.substr(request.find("\r\n\r\n") + 4);
                body.insert(1, R"("client_id":"client-1",)");
                p.respond(body, type);
            }
        }
    });
    origin = "http://127.0.0.1:" + std::to_string(server.port());
    asio::io_context io;
    auto user = std::make_shared<mock_user>(io.get_executor());
    client_settings s;
    s.listener(user).user_agent(user);
    client subject(io.get_executor(), s);
    int good = 0;
    for (int i = 0; i < 1000; ++i)
        subject.async_discover(origin + "/mcp", [&](error_code ec, discovery found) {
            BOOST_TEST(!ec);
            subject.async_register(
                std::move(found),
                register_params(),
                [&](error_code failed, const registration& r) {
                    good += !failed && r.client_id == "client-1" ? 1 : 0;
                }
            );
        });
    io.run();
    BOOST_TEST(good == 1000);
    const std::lock_guard<std::mutex> lock(mutex);
    BOOST_TEST(asked["GET /mcp"] == 1000);
    BOOST_TEST(asked["GET /.well-known/oauth-protected-resource/mcp"] == 1);
    BOOST_TEST(asked["GET /.well-known/oauth-authorization-server"] == 1);
    BOOST_TEST(asked["POST /register"] == 1);
    BOOST_TEST(asked.size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
