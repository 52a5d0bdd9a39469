// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The interpreter and the client: executors, completion tokens, cancellation, deadlines,
// destruction. Real Asio, mock ports.

#include "support/mock_ports.hpp"

#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

BOOST_AUTO_TEST_SUITE(client_operations)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

// A client on mock ports.
class fixture
{
public:
    asio::io_context io;
    std::shared_ptr<mock_transport> network = std::make_shared<mock_transport>(io.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(io.get_executor());
    std::shared_ptr<memory_store> kept = std::make_shared<memory_store>(io.get_executor());
    std::optional<client> subject;

    fixture()
    {
        add_provider(*network);
        subject.emplace(io.get_executor(), settings());
    }

    client_settings settings() const
    {
        client_settings s;
        s.transport(network).listener(user).user_agent(user).store(kept);
        return s;
    }
};

class outcome
{
public:
    int calls = 0;
    error_code ec;
    std::thread::id on;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_login_completes_with_a_session)
{
    fixture f;
    session got;
    int calls = 0;
    f.subject->async_login(where, [&](error_code ec, session s) {
        ++calls;
        BOOST_TEST(!ec);
        got = std::move(s);
    });
    BOOST_TEST(calls == 0); // never inside the initiating function
    f.io.run();
    BOOST_TEST(calls == 1);
    BOOST_REQUIRE(got);
    BOOST_TEST(got.has_token());
    BOOST_TEST(got.resource() == where);
    BOOST_TEST(got.issuer() == "https://as.example");
    BOOST_TEST(f.user->pages == 1);
    BOOST_TEST(!f.user->last_page);
}

BOOST_AUTO_TEST_CASE(the_four_operations_do_the_same_step_by_step)
{
    fixture f;
    const auto steps = [&] {
        f.subject->async_discover(where, [&](error_code e1, discovery found) {
            BOOST_REQUIRE(!e1);
            f.subject->async_register(
                found,
                register_params(),
                [&, found](error_code e2, registration reg) {
                    BOOST_REQUIRE(!e2);
                    f.subject->async_authorize(
                        found,
                        reg,
                        authorize_params(),
                        [&, found, reg](error_code e3, authorization_code code) {
                            BOOST_REQUIRE(!e3);
                            BOOST_TEST(f.user->pages == 0);
                            f.subject->async_exchange(
                                found,
                                reg,
                                code,
                                [&](error_code e4, token_set tokens) {
                                    BOOST_TEST(!e4);
                                    BOOST_TEST(tokens.access_token.reveal() == "CANARY-access");
                                }
                            );
                        }
                    );
                }
            );
        });
    };
    steps();
    f.io.run();
    BOOST_TEST(f.user->pages == 1);
}

BOOST_AUTO_TEST_CASE(a_code_that_nobody_exchanges_tells_the_browser)
{
    fixture f;
    f.subject->async_discover(where, [&](error_code, discovery found) {
        f.subject
            ->async_register(found, register_params(), [&, found](error_code, registration reg) {
                f.subject->async_authorize(
                    found,
                    reg,
                    authorize_params(),
                    [](error_code ec, authorization_code) { BOOST_TEST(!ec); }
                );
            });
    });
    f.io.run();
    BOOST_TEST(f.user->pages == 1);
    BOOST_TEST(f.user->last_page == condition::cancelled);
}

BOOST_AUTO_TEST_CASE(every_completion_token_works)
{
    fixture f;
    auto future = f.subject->async_discover(where, asio::use_future);
    auto deferred = f.subject->async_discover(where);
    bool called = false;
    std::move(deferred)([&](error_code ec, discovery found) {
        called = true;
        BOOST_TEST(!ec);
        BOOST_TEST(found.server.issuer == "https://as.example");
    });
    f.io.run();
    BOOST_TEST(called);
    BOOST_TEST(future.get().server.issuer == "https://as.example");
}

BOOST_AUTO_TEST_CASE(the_handler_runs_on_its_own_executor)
{
    fixture f;
    asio::io_context theirs;
    auto strand = asio::make_strand(theirs);
    outcome out;
    bool in_strand = false;
    f.subject->async_discover(where, asio::bind_executor(strand, [&](error_code ec, discovery) {
                                  ++out.calls;
                                  out.ec = ec;
                                  out.on = std::this_thread::get_id();
                                  in_strand = strand.running_in_this_thread();
                              }));
    // The other context has nothing else to do and must be kept going by the pending handler.
    std::thread other([&] { theirs.run(); });
    const auto other_id = other.get_id();
    f.io.run();
    other.join();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST((out.on == other_id));
    BOOST_TEST(in_strand);
}

BOOST_AUTO_TEST_CASE(diagnostics_say_what_went_wrong_before_the_handler_runs)
{
    fixture f;
    f.network->on("POST https://as.example/token", [](const http_request&) {
        http_response r(400, R"({"error":"invalid_grant","error_description":"the code is old"})");
        r.field("Content-Type", "application/json");
        return result<http_response>(std::move(r));
    });
    diagnostics info;
    bool called = false;
    f.subject->async_login(where, info, [&](error_code ec, session s) {
        called = true;
        BOOST_TEST(ec == errc::invalid_grant);
        BOOST_TEST(ec == condition::login_required);
        BOOST_TEST(!s);
        BOOST_TEST(info.where() == stage::token);
        BOOST_TEST(info.server_message() == "the code is old");
        BOOST_TEST(info.url() == "https://as.example/token");
    });
    f.io.run();
    BOOST_TEST(called);
}

BOOST_AUTO_TEST_CASE(every_cancellation_type_ends_a_wait_for_the_user)
{
    for (auto type :
         {asio::cancellation_type::terminal,
          asio::cancellation_type::partial,
          asio::cancellation_type::total})
    {
        fixture f;
        f.user->stays_away = true;
        asio::cancellation_signal signal;
        outcome out;
        f.user->on_open = [&] { asio::post(f.io, [&] { signal.emit(type); }); };
        f.subject->async_login(
            where,
            asio::bind_cancellation_slot(
                signal.slot(),
                [&](error_code ec, session) {
                    ++out.calls;
                    out.ec = ec;
                }
            )
        );
        f.io.run();
        BOOST_TEST(out.calls == 1);
        BOOST_TEST(out.ec == asio::error::operation_aborted);
        BOOST_TEST(out.ec == condition::cancelled);
    }
}

BOOST_AUTO_TEST_CASE(cancellation_in_every_request_completes_once)
{
    const char* const requests[] = {
        "GET https://mcp.example/mcp",
        "GET https://mcp.example/.well-known/oauth-protected-resource/mcp",
        "GET https://as.example/.well-known/oauth-authorization-server",
        "POST https://as.example/register",
        "POST https://as.example/token",
    };
    for (const auto* key : requests)
    {
        BOOST_TEST_CONTEXT(key)
        {
            fixture f;
            asio::cancellation_signal signal;
            outcome out;
            f.network->hold(key);
            f.network->on_held = [&] {
                asio::post(f.io, [&] { signal.emit(asio::cancellation_type::terminal); });
            };
            f.subject->async_login(
                where,
                asio::bind_cancellation_slot(
                    signal.slot(),
                    [&](error_code ec, session) {
                        ++out.calls;
                        out.ec = ec;
                        f.network->release();
                    }
                )
            );
            f.io.run();
            BOOST_TEST(out.calls == 1);
            BOOST_TEST(out.ec == asio::error::operation_aborted);
        }
    }
}

// Law 10.
BOOST_AUTO_TEST_CASE(a_spent_code_is_saved_although_the_caller_has_gone)
{
    fixture f;
    asio::cancellation_signal signal;
    outcome out;
    f.network->hold("POST https://as.example/token");
    f.network->on_held = [&] {
        asio::post(f.io, [&] { signal.emit(asio::cancellation_type::terminal); });
    };
    f.subject->async_login(
        where,
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](error_code ec, session) {
                ++out.calls;
                out.ec = ec;
                BOOST_TEST(f.user->pages == 0); // the request is still under way
                f.network->release();
            }
        )
    );
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(f.user->pages == 1);
    BOOST_TEST(!f.user->last_page);

    f.io.restart();
    login_params again(where);
    again.silent(true);
    f.network->sent = 0;
    bool reused = false;
    f.subject->async_login(again, [&](error_code ec, session s) { reused = !ec && s.has_token(); });
    f.io.run();
    BOOST_TEST(reused);
    BOOST_TEST(f.network->sent == 0);
}

// A timer that has expired says so even if it was set anew before it could.
BOOST_AUTO_TEST_CASE(a_deadline_that_passes_as_the_caller_cancels_does_not_lose_a_spent_code)
{
    fixture f;
    asio::cancellation_signal signal;
    outcome out;
    f.network->hold("POST https://as.example/token");
    f.network->on_held = [&] {
        asio::post(f.io, [&] {
            signal.emit(asio::cancellation_type::terminal);
            asio::steady_timer(f.io, std::chrono::milliseconds(1100)).wait();
        });
    };
    f.subject->async_login(
        login_params(where).timeout(std::chrono::seconds(1)),
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](error_code ec, session) {
                ++out.calls;
                out.ec = ec;
                asio::post(f.io, [&] { f.network->release(); });
            }
        )
    );
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == asio::error::operation_aborted);
    f.io.restart();
    bool reused = false;
    f.subject->async_login(login_params(where).silent(true), [&](error_code ec, session s) {
        reused = !ec && s.has_token();
    });
    f.io.run();
    BOOST_TEST(reused);
}

BOOST_AUTO_TEST_CASE(partial_and_total_cancellation_are_not_heard_after_the_code_is_spent)
{
    fixture f;
    asio::cancellation_signal signal;
    outcome out;
    f.network->hold("POST https://as.example/token");
    f.network->on_held = [&] {
        asio::post(f.io, [&] {
            signal.emit(asio::cancellation_type::partial);
            asio::post(f.io, [&] { f.network->release(); });
        });
    };
    f.subject->async_login(
        where,
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](error_code ec, session) {
                ++out.calls;
                out.ec = ec;
            }
        )
    );
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(!out.ec);
}

BOOST_AUTO_TEST_CASE(the_deadline_has_its_own_code)
{
    fixture f;
    f.network->hold("GET https://mcp.example/mcp");
    discover_params params(where);
    params.timeout(std::chrono::milliseconds(1));
    outcome out;
    f.subject->async_discover(params, [&](error_code ec, discovery) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == errc::deadline_exceeded);
    BOOST_TEST(out.ec == condition::unreachable);
}

BOOST_AUTO_TEST_CASE(the_deadline_names_the_request_that_was_under_way)
{
    const struct
    {
        const char* held;
        stage where;
    } requests[] = {
        {"GET https://mcp.example/mcp", stage::probe},
        {"GET https://mcp.example/.well-known/oauth-protected-resource/mcp",
         stage::resource_metadata},
        {"GET https://as.example/.well-known/oauth-authorization-server", stage::server_metadata},
        {"POST https://as.example/register", stage::registration},
        {"POST https://as.example/token", stage::token},
    };
    for (const auto& r : requests)
        BOOST_TEST_CONTEXT(r.held)
        {
            // A machine under load may need longer than the first time to get there.
            bool there = false;
            for (std::chrono::milliseconds time(20); !there; time *= 4)
            {
                fixture f;
                f.network->hold(r.held);
                f.network->on_held = [&] { there = true; };
                login_params params(where);
                params.timeout(time); // the time for the user is no time for the server
                diagnostics info;
                outcome out;
                f.subject->async_login(params, info, [&](error_code ec, session) {
                    ++out.calls;
                    out.ec = ec;
                    f.network->release(); // the token request goes on without its caller
                });
                f.io.run();
                BOOST_TEST(out.calls == 1);
                BOOST_TEST(out.ec == errc::deadline_exceeded);
                if (there)
                {
                    BOOST_TEST(info.where() == r.where);
                    BOOST_TEST(
                        info.url() == std::string_view(r.held).substr(r.held[0] == 'G' ? 4 : 5)
                    );
                    BOOST_TEST(!info.message().empty());
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(the_deadline_stands_still_while_the_user_is_waited_for)
{
    // A machine under load may need longer than the first time for its own part.
    outcome out;
    out.ec = errc::deadline_exceeded;
    for (std::chrono::milliseconds time(50); out.ec && time.count() < 10'000; time *= 4)
    {
        fixture f;
        f.user->stays_away = true;
        asio::steady_timer thinks(f.io);
        f.user->on_open = [&] {
            thinks.expires_after(3 * time);
            thinks.async_wait([&](error_code) { f.user->approve(); });
        };
        login_params params(where);
        params.timeout(time);
        f.subject->async_login(params, [&](error_code ec, session) { out.ec = ec; });
        f.io.run();
    }
    BOOST_TEST(!out.ec);
}

BOOST_AUTO_TEST_CASE(after_the_user_the_deadline_goes_on_where_it_was)
{
    fixture f;
    f.network->hold("POST https://as.example/token");
    login_params params(where);
    params.timeout(std::chrono::seconds(2));
    outcome out;
    f.subject->async_login(params, [&](error_code ec, session) {
        ++out.calls;
        out.ec = ec;
        f.network->release(); // the token request goes on without its caller
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == errc::deadline_exceeded);
    BOOST_TEST(f.user->pages == 1);
}

BOOST_AUTO_TEST_CASE(a_context_may_go_as_soon_as_it_has_nothing_to_do_whatever_threads_a_store_has)
{
    for (int n = 0; n != 2'000; ++n)
    {
        asio::io_context io;
        const auto user = std::make_shared<mock_user>(io.get_executor());
        client_settings s;
        s.transport(std::make_shared<mock_transport>(io.get_executor()));
        s.listener(user).user_agent(user);
        s.store(std::make_shared<memory_store>(asio::system_executor()));
        client subject(io.get_executor(), s);
        outcome out;
        subject.async_login(login_params(where).silent(true), [&](error_code ec, session) {
            ++out.calls;
            out.ec = ec;
        });
        io.run();
        BOOST_TEST(out.calls == 1);
        BOOST_TEST(out.ec == errc::login_required);
    }
}

BOOST_AUTO_TEST_CASE(destroying_the_client_cancels_its_operations)
{
    fixture f;
    f.user->stays_away = true;
    outcome out;
    f.user->on_open = [&] { asio::post(f.io, [&] { f.subject.reset(); }); };
    f.subject->async_login(where, [&](error_code ec, session) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == asio::error::operation_aborted);
    BOOST_TEST(f.network->closed);
}

BOOST_AUTO_TEST_CASE(a_request_that_spent_the_code_survives_the_client)
{
    fixture f;
    outcome out;
    f.network->hold("POST https://as.example/token");
    f.network->on_held = [&] {
        asio::post(f.io, [&] {
            f.subject.reset();
            asio::post(f.io, [&] { asio::post(f.io, [&] { f.network->release(); }); });
        });
    };
    f.subject->async_login(where, [&](error_code ec, session) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == asio::error::operation_aborted);
    BOOST_TEST(f.user->pages == 1);
    BOOST_TEST(!f.user->last_page);
    BOOST_TEST(f.network->closed); // after the last operation
}

BOOST_AUTO_TEST_CASE(a_deferred_operation_may_outlive_the_client)
{
    fixture f;
    auto op = f.subject->async_discover(where);
    f.subject.reset();
    f.io.run();
    f.io.restart();
    outcome out;
    std::move(op)([&](error_code ec, discovery) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == errc::client_closed);
}

// Run under LeakSanitizer: what waits inside an adapter is not in the context's own queues.
BOOST_AUTO_TEST_CASE(a_context_that_is_destroyed_with_operations_pending_frees_everything)
{
    const char* const held[] = {
        "GET https://mcp.example/mcp", "POST https://as.example/token", "nothing"};
    for (const auto* key : held)
    {
        const auto alive = std::make_shared<int>(0);
        const std::weak_ptr<int> watch = alive;
        {
            auto io = std::make_unique<asio::io_context>();
            auto network = std::make_shared<mock_transport>(io->get_executor());
            auto user = std::make_shared<mock_user>(io->get_executor());
            user->stays_away = true;
            if (std::string(key) != "nothing")
                user->stays_away = false;
            add_provider(*network);
            network->hold(key);
            client_settings s;
            s.transport(network).listener(user).user_agent(user);
            {
                client c(io->get_executor(), s);
                bool called = false;
                c.async_login(where, [&called, keep = alive](error_code, session) {
                    called = true;
                });
                io->run_for(std::chrono::milliseconds(20));
                BOOST_TEST(!called);
                s = client_settings();
            }
            network.reset();
            user.reset();
            io.reset();
        }
        BOOST_TEST(watch.use_count() == 1);
    }
}

BOOST_AUTO_TEST_CASE(signals_sessions_and_deferred_operations_may_outlive_the_context)
{
    asio::cancellation_signal signal;
    std::optional<session> kept;
    bool called = false;
    {
        fixture f;
        f.subject->async_login(where, [&](error_code ec, session s) {
            BOOST_TEST(!ec);
            kept = std::move(s);
        });
        f.io.run();
        f.io.restart();
        f.network->hold("GET https://mcp.example/mcp");
        f.subject->async_discover(
            where,
            asio::bind_cancellation_slot(
                signal.slot(), [&](error_code, discovery) { called = true; }
            )
        );
        f.io.poll();
    }
    BOOST_TEST(!called);
    BOOST_REQUIRE(kept);
    kept.reset();
    signal.emit(asio::cancellation_type::terminal);
    BOOST_TEST(!called);
}

BOOST_AUTO_TEST_CASE(a_port_that_throws_is_an_error_and_not_a_hang)
{
    for (const auto* key : {"GET https://mcp.example/mcp", "POST https://as.example/token"})
    {
        fixture f;
        f.network->hold(key);
        f.network->on_held = [] { throw std::runtime_error("a defect of the program"); };
        outcome out;
        f.subject->async_login(where, [&](error_code ec, session) {
            ++out.calls;
            out.ec = ec;
        });
        f.io.run();
        BOOST_TEST(out.calls == 1);
        BOOST_TEST(out.ec == errc::internal_error);
    }
    fixture f;
    f.user->on_open = [] { throw std::runtime_error("a defect of the program"); };
    outcome out;
    f.subject->async_login(where, [&](error_code ec, session) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(out.ec == errc::internal_error);
}

BOOST_AUTO_TEST_CASE(a_throwing_event_listener_stops_nothing)
{
    fixture f;
    client_settings s = f.settings();
    s.on_event([](const event&) { throw std::runtime_error("a defect of the program"); });
    client c(f.io.get_executor(), s);
    outcome out;
    c.async_login(where, [&](error_code ec, session) {
        ++out.calls;
        out.ec = ec;
    });
    f.io.run();
    BOOST_TEST(out.calls == 1);
    BOOST_TEST(!out.ec);
}

BOOST_AUTO_TEST_CASE(state_is_released_before_the_handler_runs)
{
    fixture f;
    const auto alive = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = alive;
    client_settings s = f.settings();
    long seen = -1;
    // The handler itself is the only thing that may still hold something when it runs.
    f.subject->async_discover(where, [&seen, watch, keep = alive](error_code, discovery) mutable {
        keep.reset();
        seen = watch.use_count();
    });
    f.io.run();
    BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(many_logins_at_once_from_many_threads)
{
    asio::thread_pool pool(4);
    auto strand = asio::make_strand(pool.get_executor());
    auto network = std::make_shared<mock_transport>(strand);
    auto user = std::make_shared<mock_user>(strand);
    add_provider(*network);
    client_settings s;
    s.listener(user).user_agent(user).transport(network);
    std::atomic<int> done{0};
    std::atomic<int> failed{0};
    {
        // The mock user is not thread-safe, so that the client is given the strand the mocks run
        // on.
        client c(strand, s);
        for (int i = 0; i < 200; ++i)
        {
            login_params params(where);
            params.user("user " + std::to_string(i));
            asio::post(pool, [&c, &done, &failed, params] {
                c.async_login(params, [&done, &failed](error_code ec, session) {
                    ++done;
                    if (ec)
                        ++failed;
                });
            });
        }
        while (done < 200)
            std::this_thread::yield();
    }
    pool.join();
    BOOST_TEST(done == 200);
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(a_copy_of_settings_has_all_of_them)
{
    fixture f;
    client_settings s = f.settings();
    client_profile profile;
    profile.client_name("copied");
    redirect_target target;
    target.port(8'888);
    s.profile(profile).redirect(target).client_metadata_url("https://app.example/client.json");
    s.add_registration(registration("https://as.example", "by-hand"));
    s.dpop(dpop_use::always).refresh_lease(std::chrono::seconds(7));
    s.providers(provider_policies());
    s.on_event([](const event&) {});
    s.choose_server([](const url&, const std::vector<std::string>& all) { return all; });
    s.scope_filter([](const discovery&, const std::string& scope) { return scope; });
    s.allow_step_up([](const step_up_request&) { return true; });
    client_settings assigned;
    assigned = s;
    for (const auto& copy : {s, assigned})
    {
        BOOST_TEST(copy.profile().client_name() == "copied");
        BOOST_TEST(copy.redirect().port() == 8'888);
        BOOST_TEST(copy.client_metadata_url() == "https://app.example/client.json");
        BOOST_TEST(copy.registrations().size() == 1U);
        BOOST_TEST((copy.dpop() == dpop_use::always));
        BOOST_TEST((copy.refresh_lease() == std::chrono::seconds(7)));
        BOOST_TEST(copy.providers().has_value());
        BOOST_TEST(static_cast<bool>(copy.on_event()));
        BOOST_TEST(static_cast<bool>(copy.choose_server()));
        BOOST_TEST(static_cast<bool>(copy.scope_filter()));
        BOOST_TEST(static_cast<bool>(copy.allow_step_up()));
        BOOST_TEST((copy.store() == f.kept));
        BOOST_TEST((copy.transport() == f.network));
        BOOST_TEST((copy.listener() == f.user));
        BOOST_TEST((copy.user_agent() == f.user));
    }
}

// catches D-16
BOOST_AUTO_TEST_CASE(events_tell_the_steps_and_no_secret)
{
    fixture f;
    std::vector<std::string> lines;
    client_settings s = f.settings();
    s.on_event([&](const event& e) {
        std::ostringstream os;
        os << e;
        lines.push_back(os.str());
    });
    client c(f.io.get_executor(), s);
    c.async_login(where, [](error_code ec, session) { BOOST_TEST(!ec); });
    f.io.run();
    BOOST_TEST(lines.size() > 10u);
    for (const auto& line : lines)
    {
        BOOST_TEST(line.find("CANARY") == std::string::npos);
        BOOST_TEST(line.find("state=") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
