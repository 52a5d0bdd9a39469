// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The stream of badges itself, as a web server of the program's own reads it.

#include "hub_server_fixture.hpp"
#include "support/parked.hpp"
#include "support/store_in_front.hpp"

#include <asioauth/hub.hpp>
#include <asioauth/memory_store.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_badges)

using namespace asioauth;
using namespace asioauth::test;

namespace {

/// Counts who lists; may fail, or keep one waiting with what there was when it asked.
class listed_store final : public store_in_front
{
public:
    using store_in_front::store_in_front;
    using listed = result<std::vector<listed_record>>;

    void async_list(record_filter filter, list_handler h) override
    {
        ++lists;
        if (on_list)
            on_list();
        if (!fails && !holds.exchange(false))
            return behind->async_list(std::move(filter), std::move(h));
        const auto waiting = std::make_shared<parked<listed>>(executor, std::move(h));
        if (fails)
            return waiting->complete(failure(errc::store_unavailable));
        behind->async_list(std::move(filter), [this, waiting](listed r) {
            let_go = [waiting, r = std::move(r)] { waiting->complete(listed(r)); };
            held.set_value();
        });
    }

    asio::any_io_executor executor;
    std::atomic<int> lists = 0;
    std::atomic<bool> fails = false;
    std::atomic<bool> holds = false; // the next one, until let_go()
    std::promise<void> held;
    std::function<void()> let_go;
    std::function<void()> on_list; // in the client's thread
};

/// A hub whose context runs in a thread of its own.
class fixture
{
public:
    fixture()
    {
        network = std::make_shared<mock_transport>(io.get_executor());
        const auto user = std::make_shared<mock_user>(io.get_executor());
        for (const char* method : {"GET", "POST"})
            network->on(std::string(method) + " https://open.example/mcp", [](const http_request&) {
                return test::json(200, R"({"jsonrpc":"2.0","id":1,"result":{}})");
            });
        kept->executor = io.get_executor();
        client_settings c;
        c.transport(network).listener(user).user_agent(user).store(kept);
        subject.emplace(io.get_executor(), c);
        thread = std::thread([this] { io.run(); });
    }
    ~fixture()
    {
        work.reset();
        io.stop();
        thread.join();
    }

    hub make(std::chrono::milliseconds poll, std::chrono::milliseconds heartbeat) const
    {
        hub_settings s("https://app.example/hub");
        s.poll_interval(poll).heartbeat(heartbeat);
        return hub(*subject, std::move(s));
    }
    hub slow() const { return make(std::chrono::seconds(15), std::chrono::seconds(15)); }
    hub quick() const { return make(std::chrono::milliseconds(50), std::chrono::seconds(15)); }

    static http_response
    ask(hub& of, const std::string& method, const std::string& target, const std::string& body = "")
    {
        hub_request r(method, "/hub" + target);
        r.field("Accept", "application/json").field("Content-Type", "application/json");
        r.body(secret(body));
        hub_user anna("anna");
        anna.by_credential(true);
        std::promise<http_response> got;
        of.async_handle(r, anna, [&](error_code ec, http_response a) {
            got.set_value(ec ? http_response(0, ec.message()) : std::move(a));
        });
        return got.get_future().get();
    }

    /// An integration that needs no login, with its tools listed; its identifier.
    static std::string connected(hub& of)
    {
        const auto added =
            ask(of, "POST", "/integrations", R"({"url":"https://open.example/mcp"})");
        const std::string id(
            boost::json::parse(added.body()).at("integration").at("id").as_string().c_str()
        );
        BOOST_TEST(ask(of, "POST", "/integrations/" + id + "/connect", "{}").status() == 200);
        // That is done once the answer is on its way.
        int looks = 0;
        while (ask(of, "GET", "/integrations/" + id).body().find("\"tools_at\"")
                   == std::string::npos
               && ++looks != 100'000)
        {}
        BOOST_TEST(looks != 100'000);
        return id;
    }

    static std::shared_ptr<body_stream> watch(hub& of)
    {
        const auto r = ask(of, "GET", "/events");
        BOOST_TEST(r.status() == 200);
        BOOST_REQUIRE((r.events() != nullptr));
        return r.events();
    }

    using reading = std::future<result<std::string>>;

    static reading begin(body_stream& from)
    {
        const auto got = std::make_shared<std::promise<result<std::string>>>();
        from.async_read_some([got](result<std::string> r) { got->set_value(std::move(r)); });
        return got->get_future();
    }
    static result<std::string> read(body_stream& from) { return begin(from).get(); }

    /// Until it says this.
    static void read_to(body_stream& from, const std::string& what)
    {
        for (;;)
        {
            const auto r = read(from);
            BOOST_REQUIRE(r);
            BOOST_REQUIRE(!r->empty());
            if (r->find(what) != std::string::npos)
                return;
        }
    }

    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work{asio::make_work_guard(io)};
    std::shared_ptr<mock_transport> network;
    std::shared_ptr<listed_store> kept =
        std::make_shared<listed_store>(std::make_shared<memory_store>(io.get_executor()));
    std::optional<client> subject;
    std::thread thread;
};

const std::string nobody = "event: badges\ndata: []\n\n";

bool is_cancelled(const result<std::string>& r)
{
    return !r && r.error().code() == operation_aborted();
}

} // namespace

BOOST_FIXTURE_TEST_CASE(second_reader_is_refused_and_disturbs_nobody, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    auto waits = begin(*events);
    const auto refused = read(*events);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code() == make_error_code(errc::invalid_argument));
    // The first one is told what happens, all the same.
    const auto id = connected(h);
    const auto told = waits.get();
    BOOST_REQUIRE(told);
    BOOST_TEST(told->find("event: badges\ndata: [{\"id\":\"" + id) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(closed_stream_says_nothing_more, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    auto waits = begin(*events);
    events->close();
    BOOST_TEST(is_cancelled(waits.get()));
    BOOST_TEST(is_cancelled(read(*events)));
    events->close();
    (void)connected(h);
    BOOST_TEST(is_cancelled(read(*events)));
    // Another one of the same user goes on.
    BOOST_TEST(read(*watch(h)).value().find("\"status\":\"connected\"") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(read_that_is_cancelled_ends_the_stream, fixture)
{
    auto h = slow();
    for (const auto type :
         {asio::cancellation_type::terminal,
          asio::cancellation_type::partial,
          asio::cancellation_type::total})
    {
        const auto events = watch(h);
        BOOST_TEST(read(*events).value() == nobody);
        const auto signal = std::make_shared<asio::cancellation_signal>();
        const auto got = std::make_shared<std::promise<result<std::string>>>();
        // On the thread that the handler runs on.
        asio::post(io, [&, signal, got] {
            events->async_read_some(asio::bind_cancellation_slot(
                signal->slot(),
                asio::bind_executor(
                    io.get_executor(),
                    [got](result<std::string> r) { got->set_value(std::move(r)); }
                )
            ));
            asio::post(io, [signal, type] { signal->emit(type); });
        });
        BOOST_TEST(is_cancelled(got->get_future().get()));
        BOOST_TEST(is_cancelled(read(*events)));
    }
}

BOOST_FIXTURE_TEST_CASE(cancellation_of_no_type_or_after_the_end_changes_nothing, fixture)
{
    auto h = slow();
    auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    asio::cancellation_signal signal;
    const auto got = std::make_shared<std::promise<result<std::string>>>();
    asio::post(io, [&] {
        events->async_read_some(asio::bind_cancellation_slot(
            signal.slot(),
            asio::bind_executor(
                io.get_executor(), [got](result<std::string> r) { got->set_value(std::move(r)); }
            )
        ));
        signal.emit(asio::cancellation_type::none);
    });
    const auto id = connected(h);
    BOOST_TEST(got->get_future().get().value().find(id) != std::string::npos);
    // The stream is gone, and its slot is still there.
    std::promise<void> done;
    events.reset();
    asio::post(io, [&] {
        signal.emit(asio::cancellation_type::terminal);
        done.set_value();
    });
    done.get_future().wait();
    BOOST_TEST(read(*watch(h)).value().find(id) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(stream_that_is_let_go_ends_its_read, fixture)
{
    auto h = slow();
    auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    auto waits = begin(*events);
    events.reset();
    BOOST_TEST(is_cancelled(waits.get()));
}

BOOST_FIXTURE_TEST_CASE(what_another_node_has_changed_is_found_by_looking, fixture)
{
    auto here = quick();
    auto there = slow(); // as if it were another process with the same store
    const auto events = watch(here);
    BOOST_TEST(read(*events).value() == nobody);
    std::promise<void> looked;
    int before = kept->lists;
    kept->on_list = [&] {
        if (kept->lists == before + 2)
            looked.set_value();
    };
    auto waits = begin(*events);
    // It has looked, seen nothing new, and waits again.
    looked.get_future().wait();
    std::promise<void> quiet;
    asio::post(io, [&] {
        kept->on_list = nullptr;
        quiet.set_value();
    });
    quiet.get_future().wait();
    const auto id = connected(there);
    BOOST_TEST(waits.get().value().find(id) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(store_that_is_away_for_a_moment_says_nothing, fixture)
{
    auto h = quick();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    std::promise<void> failed;
    int left = 2;
    std::promise<void> quiet;
    asio::post(io, [&] {
        kept->fails = true;
        kept->on_list = [&] {
            if (--left == 0)
                failed.set_value();
        };
        quiet.set_value();
    });
    quiet.get_future().wait();
    auto waits = begin(*events);
    failed.get_future().wait();
    std::promise<void> well;
    asio::post(io, [&] {
        kept->fails = false;
        kept->on_list = nullptr;
        well.set_value();
    });
    well.get_future().wait();
    const auto id = connected(h);
    BOOST_TEST(waits.get().value().find(id) != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(silence_is_broken_after_a_while, fixture)
{
    auto h = make(std::chrono::milliseconds(50), std::chrono::milliseconds(50));
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    for (int n = 0; n != 3; ++n)
        BOOST_TEST(read(*events).value() == ": still here\n\n");
    const auto id = connected(h);
    read_to(*events, id);
}

BOOST_FIXTURE_TEST_CASE(change_while_nobody_reads_is_told_by_the_next_read, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    const auto id = connected(h);
    BOOST_TEST(read(*events).value().find(id) != std::string::npos);
    BOOST_TEST(ask(h, "DELETE", "/integrations/" + id).status() == 200);
    BOOST_TEST(read(*events).value() == nobody);
}

BOOST_FIXTURE_TEST_CASE(change_while_it_looks_has_it_look_again, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    const auto id = connected(h);
    read_to(*events, id);
    // Has it look, and see the same.
    const std::string renamed = R"({"name":"Other"})";
    BOOST_TEST(ask(h, "POST", "/integrations/" + id + "/rename", renamed).status() == 200);
    kept->holds = true;
    auto waits = begin(*events);
    kept->held.get_future().wait();
    BOOST_TEST(ask(h, "DELETE", "/integrations/" + id).status() == 200);
    kept->let_go();
    BOOST_TEST(waits.get().value() == nobody);
}

BOOST_FIXTURE_TEST_CASE(look_that_is_over_late_finds_a_stream_that_is_closed, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    const auto id = connected(h);
    read_to(*events, id);
    BOOST_TEST(ask(h, "DELETE", "/integrations/" + id).status() == 200);
    kept->holds = true;
    auto waits = begin(*events);
    kept->held.get_future().wait();
    events->close();
    BOOST_TEST(is_cancelled(waits.get()));
    kept->let_go();
    BOOST_TEST(read(*watch(h)).value() == nobody);
    BOOST_TEST(is_cancelled(read(*events)));
}

BOOST_FIXTURE_TEST_CASE(client_that_goes_ends_the_stream, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    auto waits = begin(*events);
    const auto id = connected(h);
    BOOST_TEST(waits.get().value().find(id) != std::string::npos);
    BOOST_TEST(ask(h, "DELETE", "/integrations/" + id).status() == 200);
    subject.reset();
    BOOST_TEST(is_cancelled(read(*events)));
    BOOST_TEST(is_cancelled(read(*events)));
}

BOOST_FIXTURE_TEST_CASE(what_is_of_one_user_wakes_nobody_else, fixture)
{
    auto h = slow();
    const auto events = watch(h);
    BOOST_TEST(read(*events).value() == nobody);
    auto waits = begin(*events);
    // Berta adds one of hers, at this very node.
    hub_user berta("berta");
    berta.by_credential(true);
    const auto asked = [&](const std::string& target, const std::string& body) {
        hub_request r("POST", "/hub" + target);
        r.field("Accept", "application/json").field("Content-Type", "application/json");
        r.body(secret(body));
        std::promise<http_response> got;
        h.async_handle(r, berta, [&](error_code ec, http_response a) {
            BOOST_TEST(!ec);
            got.set_value(std::move(a));
        });
        return got.get_future().get();
    };
    const auto added = asked("/integrations", R"({"url":"https://open.example/mcp"})");
    const std::string hers(
        boost::json::parse(added.body()).at("integration").at("id").as_string().c_str()
    );
    BOOST_TEST(asked("/integrations/" + hers + "/connect", "{}").status() == 200);
    const auto id = connected(h);
    const auto told = waits.get();
    BOOST_TEST(told.value().find(id) != std::string::npos);
    BOOST_TEST(told.value().find(hers) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
