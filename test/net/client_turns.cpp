// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Many operations at once: what is done once for all of them, and what happens to the others when
// the one that does it ends early. Real Asio, mock ports.

#include "client_core.hpp"
#include "flow/flow_op.hpp"
#include "support/mock_ports.hpp"
#include "support/store_in_front.hpp"
#include "transport/background.hpp"

#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

BOOST_AUTO_TEST_SUITE(client_turns)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

template <class Context>
class fixture
{
public:
    template <class... Args>
    explicit fixture(Args... args) : context(args...)
    {
        add_provider(*network);
        network->on("POST https://as.example/register", [this](const http_request& r) {
            ++registrations;
            return register_client(r);
        });
        network->on("POST https://as.example/token", [this](const http_request& r) {
            const bool refresh =
                r.body().reveal().find("grant_type=refresh_token") != std::string_view::npos;
            const int n = refresh ? ++refreshes : 0;
            return json(
                200,
                R"({"access_token":"CANARY-)" + std::to_string(n)
                    + R"(","refresh_token":"CANARY-refresh","token_type":"Bearer"})"
            );
        });
        network->on("POST https://mcp.example/mcp", [](const http_request& r) {
            if (r.authorization().empty())
                return challenge_401(r);
            return json(r.authorization().reveal() == "Bearer CANARY-0" ? 401 : 200, "{}");
        });
        client_settings s;
        s.transport(network).listener(user).user_agent(user).store(kept);
        subject.emplace(context.get_executor(), s);
    }

    static http_request request()
    {
        return http_request(request_kind::resource, "POST", url::parse(where).value());
    }

    Context context;
    std::shared_ptr<mock_transport> network =
        std::make_shared<mock_transport>(context.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(context.get_executor());
    std::shared_ptr<memory_store> kept = std::make_shared<memory_store>(context.get_executor());
    std::optional<client> subject;
    std::atomic<int> registrations = 0;
    std::atomic<int> refreshes = 0;
};

session logged_in(fixture<asio::io_context>& f)
{
    session out;
    f.subject->async_login(where, [&](error_code ec, session s) {
        BOOST_TEST(!ec);
        out = std::move(s);
    });
    f.context.run();
    f.context.restart();
    return out;
}

} // namespace

// covers C-7591-6
BOOST_AUTO_TEST_CASE(of_many_registrations_of_the_same_client_at_once_one_is_sent)
{
    fixture<asio::io_context> f;
    int done = 0;
    std::vector<std::string> clients;
    f.subject->async_discover(where, [&](error_code, discovery found) {
        for (int i = 0; i < 100; ++i)
        {
            f.subject->async_register(found, register_params(), [&](error_code ec, registration r) {
                BOOST_TEST(!ec);
                clients.push_back(r.client_id);
                ++done;
            });
        }
    });
    f.context.run();
    BOOST_TEST(done == 100);
    BOOST_TEST(f.registrations == 1);
    BOOST_TEST(std::count(clients.begin(), clients.end(), "client-1") == 100);
}

BOOST_AUTO_TEST_CASE(a_registration_that_fails_lets_the_next_one_try)
{
    fixture<asio::io_context> f;
    int asked = 0;
    f.network->on("POST https://as.example/register", [&](const http_request& r) {
        return ++asked == 1 ? json(500, "broken") : register_client(r);
    });
    int good = 0;
    int bad = 0;
    f.subject->async_discover(where, [&](error_code, discovery found) {
        for (int i = 0; i < 10; ++i)
            f.subject->async_register(found, register_params(), [&](error_code ec, registration) {
                ++(ec ? bad : good);
            });
    });
    f.context.run();
    BOOST_TEST(asked == 2);
    BOOST_TEST(bad == 1);
    BOOST_TEST(good == 9);
}

BOOST_AUTO_TEST_CASE(registrations_of_different_clients_at_one_server_run_sixteen_at_once)
{
    constexpr int all = 40;
    constexpr int at_once = 16;
    fixture<asio::io_context> f;
    f.network->hold("POST https://as.example/register");
    int held = 0;
    f.network->on_held = [&] { ++held; };
    int done = 0;
    f.subject->async_discover(where, [&](error_code, discovery found) {
        for (int i = 0; i < all; ++i)
        {
            redirect_target target;
            target.path("/callback/" + std::to_string(i));
            register_params params;
            params.redirect(target);
            f.subject->async_register(found, params, [&](error_code ec, registration) {
                BOOST_TEST(!ec);
                ++done;
            });
        }
    });
    // As long as the server says nothing there are so many, and each answer lets others come.
    int seen = 0;
    while (done < all)
    {
        f.context.run_for(std::chrono::milliseconds(0));
        f.context.restart();
        while (f.context.poll() != 0)
            ;
        f.context.restart();
        BOOST_TEST(held - seen <= at_once);
        if (seen == 0)
            BOOST_TEST(held == at_once);
        seen = held;
        f.network->release();
    }
    BOOST_TEST(held == all);
}

namespace {

constexpr int logins_at_once = 128;
constexpr const char* probed = "GET https://mcp.example/mcp";

void run_ready(asio::io_context& io)
{
    while (io.poll() != 0)
        ;
}

login_params login_of(int number, const std::string& place = where)
{
    login_params out(place);
    out.user("user " + std::to_string(number));
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(of_many_logins_at_one_origin_so_many_begin_at_once)
{
    constexpr int all = 300;
    fixture<asio::io_context> f;
    f.network->hold(probed);
    int held = 0;
    f.network->on_held = [&] { ++held; };
    int done = 0;
    std::vector<int> order;
    for (int i = 0; i < all; ++i)
        f.subject->async_login(login_of(i), [&, i](error_code ec, const session&) {
            BOOST_TEST(!ec);
            order.push_back(i);
            ++done;
        });
    run_ready(f.context);
    BOOST_TEST(held == logins_at_once);
    f.network->release();
    run_ready(f.context);
    BOOST_TEST(held == 2 * logins_at_once);
    f.network->release();
    run_ready(f.context);
    BOOST_TEST(held == all);
    BOOST_TEST(done == 2 * logins_at_once);
    f.network->release();
    f.context.run();
    BOOST_TEST(done == all);
    // Those that have come first have gone first.
    for (std::size_t i = 0; i < order.size(); ++i)
        BOOST_TEST(order[i] / logins_at_once == static_cast<int>(i) / logins_at_once);
}

BOOST_AUTO_TEST_CASE(a_login_at_another_origin_does_not_wait_for_those)
{
    fixture<asio::io_context> f;
    f.network->hold(probed);
    f.network->on("GET https://other.example/mcp", [](const http_request&) {
        return json(200, "{}");
    });
    for (int i = 0; i < logins_at_once + 10; ++i)
        f.subject->async_login(login_of(i), [](error_code, const session&) {});
    run_ready(f.context);
    int done = 0;
    f.subject->async_login(
        login_of(0, "https://other.example/mcp"), [&](error_code, const session&) { ++done; }
    );
    run_ready(f.context);
    BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_CASE(a_login_that_waits_for_its_user_lets_others_begin)
{
    constexpr int all = logins_at_once + 10;
    fixture<asio::io_context> f;
    f.user->stays_away = true;
    int opened = 0;
    f.user->on_open = [&] { ++opened; };
    for (int i = 0; i < all; ++i)
        f.subject->async_login(login_of(i), [](error_code, const session&) {});
    run_ready(f.context);
    BOOST_TEST(opened == all);
}

BOOST_AUTO_TEST_CASE(a_login_that_waits_to_begin_can_be_cancelled_and_its_place_is_not_lost)
{
    fixture<asio::io_context> f;
    f.network->hold(probed);
    int done = 0;
    const auto count = [&](error_code ec, const session&) { done += ec ? 0 : 1; };
    for (int i = 0; i < logins_at_once; ++i)
        f.subject->async_login(login_of(i), count);
    std::vector<asio::cancellation_signal> stop(3);
    std::vector<error_code> ends(3);
    std::vector<int> calls(3);
    for (std::size_t i = 0; i < 3; ++i)
        f.subject->async_login(
            login_of(1000 + static_cast<int>(i)),
            asio::bind_cancellation_slot(
                stop[i].slot(),
                [&, i](error_code ec, const session&) {
                    ends[i] = ec;
                    ++calls[i];
                }
            )
        );
    run_ready(f.context);
    // In the middle, at the beginning, at the end.
    for (const std::size_t i : {std::size_t(1), std::size_t(0), std::size_t(2)})
    {
        stop[i].emit(asio::cancellation_type::terminal);
        run_ready(f.context);
        BOOST_TEST(calls[i] == 1);
        BOOST_TEST((ends[i] == condition::cancelled));
    }
    f.subject->async_login(login_of(2000), count);
    f.network->hold("");
    f.network->release();
    f.context.run();
    BOOST_TEST(done == logins_at_once + 1);
}

BOOST_AUTO_TEST_CASE(a_login_whose_time_is_over_while_it_waits_to_begin_says_so)
{
    fixture<asio::io_context> f;
    f.network->hold(probed);
    for (int i = 0; i < logins_at_once; ++i)
        f.subject->async_login(login_of(i), [](error_code, const session&) {});
    run_ready(f.context);
    login_params hurried = login_of(1000);
    hurried.timeout(std::chrono::milliseconds(1));
    diagnostics info;
    error_code how;
    f.subject->async_login(hurried, info, [&](error_code ec, const session&) { how = ec; });
    while (!how)
        f.context.run_one();
    BOOST_TEST((how == errc::deadline_exceeded));
    BOOST_TEST(
        info.message() == "It was waiting for its turn: others are under way at the same server."
    );
}

BOOST_AUTO_TEST_CASE(there_is_a_limit_on_how_many_logins_wait_to_begin)
{
    constexpr int most_waiting = 16'384;
    fixture<asio::io_context> f;
    f.network->hold(probed);
    int refused = 0;
    int ended = 0;
    diagnostics info;
    for (int i = 0; i < logins_at_once + most_waiting + 1; ++i)
        f.subject->async_login(login_of(i), info, [&](error_code ec, const session&) {
            ++ended;
            refused += ec == errc::too_many_requests_queued ? 1 : 0;
        });
    run_ready(f.context);
    BOOST_TEST(ended == 1);
    BOOST_TEST(refused == 1);
    BOOST_TEST(info.url() == where);
    f.subject.reset();
    run_ready(f.context);
    BOOST_TEST(ended == logins_at_once + most_waiting + 1);
}

// covers C-9700-22
BOOST_AUTO_TEST_CASE(of_many_requests_with_a_refused_token_one_refreshes_and_all_get_through)
{
    fixture<asio::io_context> f;
    const session s = logged_in(f);
    int good = 0;
    for (int i = 0; i < 100; ++i)
        s.async_send(f.request(), [&](error_code ec, http_response r) {
            BOOST_TEST(!ec);
            good += r.status() == 200 ? 1 : 0;
        });
    f.context.run();
    BOOST_TEST(good == 100);
    BOOST_TEST(f.refreshes == 1);
}

BOOST_AUTO_TEST_CASE(a_waiter_that_is_cancelled_disturbs_neither_the_refresh_nor_the_others)
{
    fixture<asio::io_context> f;
    const session s = logged_in(f);
    f.network->hold("POST https://as.example/token");
    asio::cancellation_signal first;
    asio::cancellation_signal second;
    std::vector<error_code> ends(3);
    std::vector<int> calls(3);
    const auto ended = [&](std::size_t i) {
        return [&, i](error_code ec, http_response) {
            ends[i] = ec;
            ++calls[i];
        };
    };
    s.async_send(f.request(), asio::bind_cancellation_slot(first.slot(), ended(0)));
    s.async_send(f.request(), asio::bind_cancellation_slot(second.slot(), ended(1)));
    s.async_send(f.request(), ended(2));
    while (f.context.poll() != 0)
        ;
    // The first is refreshing, the second waits for it.
    second.emit(asio::cancellation_type::total);
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(calls[1] == 1);
    BOOST_TEST((ends[1] == condition::cancelled));
    // Who is refreshing may stop waiting; the refresh goes on for the others.
    first.emit(asio::cancellation_type::terminal);
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(calls[0] == 1);
    BOOST_TEST((ends[0] == condition::cancelled));
    BOOST_TEST(calls[2] == 0);
    f.network->hold("");
    f.network->release();
    f.context.run();
    BOOST_TEST(calls[2] == 1);
    BOOST_TEST(!ends[2]);
    BOOST_TEST(f.refreshes == 1);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_ends_everybody_who_waits)
{
    fixture<asio::io_context> f;
    const session s = logged_in(f);
    f.network->hold("POST https://as.example/token");
    int ended = 0;
    for (int i = 0; i < 20; ++i)
        s.async_send(f.request(), [&](error_code ec, http_response) {
            BOOST_TEST((ec == condition::cancelled));
            ++ended;
        });
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(ended == 0);
    f.subject.reset();
    while (f.context.poll() != 0)
        ;
    // The one whose refresh token is on the wire has been told as well; it goes on behind the scenes.
    BOOST_TEST(ended == 20);
    f.network->release();
    f.context.run();
    BOOST_TEST(ended == 20);
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_away_frees_everybody_who_waits)
{
    std::weak_ptr<mock_transport> network;
    {
        fixture<asio::io_context> f;
        network = f.network;
        const session s = logged_in(f);
        f.network->hold("POST https://as.example/token");
        for (int i = 0; i < 20; ++i)
            s.async_send(f.request(), [keep = f.network](error_code, http_response) {});
        while (f.context.poll() != 0)
            ;
    }
    BOOST_TEST(network.expired());
}

BOOST_AUTO_TEST_CASE(many_threads_refresh_once)
{
    fixture<asio::thread_pool> f(std::size_t(4));
    std::atomic<int> good = 0;
    f.subject->async_login(where, [&](error_code ec, session s) {
        BOOST_TEST(!ec);
        for (int i = 0; i < 200; ++i)
            s.async_send(f.request(), [&](error_code failed, http_response r) {
                if (!failed && r.status() == 200)
                    ++good;
            });
    });
    f.context.join();
    BOOST_TEST(good == 200);
    BOOST_TEST(f.refreshes == 1);
}

namespace {

// A store whose adapter does not hear cancellations, and answers when it pleases.
class deaf_store final : public store_in_front
{
public:
    explicit deaf_store(asio::any_io_executor ex)
        : store_in_front(std::make_shared<memory_store>(std::move(ex)))
    {}

    void async_load(record_key key, load_handler h) override
    {
        if (!deaf)
            return behind->async_load(std::move(key), std::move(h));
        waiting.push_back(std::make_unique<load_handler>(std::move(h)));
    }

    bool deaf = false;
    std::vector<std::unique_ptr<load_handler>> waiting;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_late_answer_to_what_was_cancelled_spends_and_loses_nothing)
{
    asio::io_context io;
    auto network = std::make_shared<mock_transport>(io.get_executor());
    auto user = std::make_shared<mock_user>(io.get_executor());
    auto kept = std::make_shared<deaf_store>(io.get_executor());
    add_provider(*network);
    int refreshes = 0;
    network->on("POST https://as.example/token", [&](const http_request& r) {
        const bool refresh =
            r.body().reveal().find("grant_type=refresh_token") != std::string_view::npos;
        refreshes += refresh ? 1 : 0;
        return json(200, token_document);
    });
    network->on("POST https://mcp.example/mcp", [](const http_request& r) {
        return r.authorization().empty() ? challenge_401(r) : json(401, "");
    });
    client_settings settings;
    settings.transport(network).listener(user).user_agent(user).store(kept);
    client subject(io.get_executor(), settings);
    session s;
    subject.async_login(where, [&](error_code ec, session made) {
        BOOST_TEST(!ec);
        s = std::move(made);
    });
    io.run();
    io.restart();

    kept->deaf = true;
    asio::cancellation_signal stop;
    int calls = 0;
    error_code how;
    http_request request(request_kind::resource, "POST", url::parse(where).value());
    s.async_send(
        std::move(request),
        asio::bind_cancellation_slot(
            stop.slot(),
            [&](error_code ec, http_response) {
                ++calls;
                how = ec;
            }
        )
    );
    while (io.poll() != 0)
        ;
    BOOST_REQUIRE(kept->waiting.size() == 1u);
    stop.emit(asio::cancellation_type::total);
    while (io.poll() != 0)
        ;
    BOOST_TEST(calls == 1);
    BOOST_TEST((how == condition::cancelled));
    BOOST_TEST(refreshes == 0);
    auto late = std::move(*kept->waiting.front());
    kept->waiting.clear();
    std::move(late)(result<stored_record>(stored_record()));
    io.run();
    BOOST_TEST(calls == 1);
    BOOST_TEST(refreshes == 0);
}

// Goes on after what was cancelled, with something that must be brought to its end.
static flow<stored_record> stubborn()
{
    const record_key first(record_kind::grant, "first");
    auto cancelled = co_await act::load(first);
    if (cancelled)
        co_return cancelled;
    co_await commit_section(true);
    const record_key second(record_kind::grant, "second");
    auto wanted = co_await act::load(second);
    co_await commit_section(false);
    co_return wanted;
}

BOOST_AUTO_TEST_CASE(a_late_answer_is_not_taken_for_the_answer_to_the_next_action)
{
    asio::io_context io;
    auto kept = std::make_shared<deaf_store>(io.get_executor());
    kept->deaf = true;
    client_settings settings;
    settings.store(kept);
    const auto core = std::make_shared<detail::client_core>(io.get_executor(), settings);
    asio::cancellation_signal stop;
    std::optional<stored_record> got;
    detail::handler_of<stored_record> handler(asio::bind_cancellation_slot(
        stop.slot(),
        [&](error_code ec, stored_record r) {
            BOOST_TEST(!ec);
            got = std::move(r);
        }
    ));
    detail::launch(core, std::chrono::seconds(60), stubborn(), std::move(handler), nullptr);
    const auto poll = [&] {
        while (io.poll() != 0)
            ;
    };
    poll();
    BOOST_REQUIRE(kept->waiting.size() == 1u);
    stop.emit(asio::cancellation_type::terminal);
    poll();
    BOOST_REQUIRE(kept->waiting.size() == 2u);
    for (std::size_t i = 0; i < 2; ++i)
    {
        BOOST_TEST(!got);
        stored_record answer;
        answer.at = i + 1;
        std::move (*kept->waiting[i])(result<stored_record>(std::move(answer)));
        poll();
    }
    BOOST_REQUIRE(got);
    BOOST_TEST(got->at == 2u);
    core->close();
    io.run();
}

// Servers choose the algorithm, and RSA takes its time.
BOOST_AUTO_TEST_CASE(a_key_that_takes_long_to_make_is_made_beside_the_loop)
{
    for (const std::string algorithm : {"ES256", "RS256"})
    {
        fixture<asio::io_context> f;
        const auto with = [&](std::string document) {
            const auto more = R"(,"dpop_signing_alg_values_supported":[")" + algorithm + R"("]})";
            document.replace(document.rfind('}'), 1, more);
            return [document](const http_request&) { return json(200, document); };
        };
        f.network->on(
            "GET https://mcp.example/.well-known/oauth-protected-resource/mcp",
            with(resource_document)
        );
        f.network->on(
            "GET https://as.example/.well-known/oauth-authorization-server", with(server_document)
        );
        f.network->on("POST https://as.example/token", [](const http_request& r) {
            BOOST_TEST(!r.field("DPoP").empty());
            return json(200, R"({"access_token":"CANARY","token_type":"DPoP"})");
        });
        int calls = 0;
        f.subject->async_login(where, [&](error_code ec, session s) {
            ++calls;
            BOOST_TEST(!ec);
            BOOST_TEST(s.has_token());
        });
        f.context.run();
        BOOST_TEST(calls == 1);
        BOOST_TEST(asio::has_service<detail::background>(f.context) == (algorithm == "RS256"));
    }
}

// Who emits holds nothing of an operation that has ended meanwhile, with its context. Run under the
// sanitizers.
BOOST_AUTO_TEST_CASE(a_signal_may_be_emitted_while_the_context_comes_to_its_end)
{
    for (int round = 0; round != 300; ++round)
    {
        asio::io_context theirs;
        asio::cancellation_signal signal;
        int calls = 0;
        std::atomic<bool> go{false};
        std::thread emitting([&] {
            while (!go)
                std::this_thread::yield();
            signal.emit(asio::cancellation_type::terminal);
            theirs.run();
        });
        {
            fixture<asio::io_context> f;
            f.network->hold("GET https://mcp.example/mcp");
            f.network->on_held = [&] { go = true; };
            f.subject->async_discover(
                where,
                asio::bind_cancellation_slot(
                    signal.slot(),
                    asio::bind_executor(
                        theirs.get_executor(), [&](error_code, const discovery&) { ++calls; }
                    )
                )
            );
            f.context.run();
        }
        emitting.join();
        BOOST_TEST(calls == 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()
