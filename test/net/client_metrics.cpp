// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What a client counts of known traffic, and the spans that its events make. Mock ports; for what the
// network itself counts see http_client_metrics.cpp.

#include "support/mock_ports.hpp"
#include "support/store_in_front.hpp"

#include <asioauth/authorizer.hpp>
#include <asioauth/client.hpp>
#include <asioauth/memory_store.hpp>
#include <asioauth/prometheus.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <sstream>
#include <stdexcept>
#include <thread>

BOOST_AUTO_TEST_SUITE(client_metrics)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;
using how = operation_outcome;

namespace {

constexpr const char* where = "https://mcp.example/mcp";
constexpr const char* token_place = "POST https://as.example/token";

// Two processes can share a store.
template <class Context>
class fixture
{
public:
    template <class... Args>
    explicit fixture(Args... args) : context(args...)
    {
        add_provider(*network);
        network->on(token_place, [this](const http_request& r) {
            const bool refresh =
                r.body().reveal().find("grant_type=refresh_token") != std::string_view::npos;
            if (refresh && refresh_status != 200)
                return json(refresh_status, refresh_answer);
            return json(
                200,
                R"({"access_token":"CANARY-)" + std::to_string(refresh ? ++refreshes : 0)
                    + R"(","refresh_token":"CANARY-refresh","token_type":"Bearer"})"
            );
        });
        network->on("POST https://mcp.example/mcp", [](const http_request& r) {
            if (r.authorization().empty())
                return challenge_401(r);
            return json(r.authorization().reveal() == "Bearer CANARY-0" ? 401 : 200, "{}");
        });
        subject.emplace(context.get_executor(), settings());
    }

    client_settings settings()
    {
        client_settings s;
        s.transport(network).listener(user).user_agent(user).store(kept);
        return s;
    }

    static http_request request()
    {
        return http_request(request_kind::resource, "POST", url::parse(where).value());
    }

    session log_in(error_code wanted = error_code())
    {
        session out;
        subject->async_login(where, [&](error_code ec, session s) {
            BOOST_TEST(ec == wanted);
            out = std::move(s);
        });
        context.run();
        context.restart();
        return out;
    }

    Context context;
    std::shared_ptr<mock_transport> network =
        std::make_shared<mock_transport>(context.get_executor());
    std::shared_ptr<mock_user> user = std::make_shared<mock_user>(context.get_executor());
    std::shared_ptr<store> kept = std::make_shared<memory_store>(context.get_executor());
    std::optional<client> subject;
    std::atomic<int> refreshes = 0;
    int refresh_status = 200;
    std::string refresh_answer;
};

std::uint64_t requests_of(const metrics& m)
{
    std::uint64_t out = 0;
    for (const auto& r : m.requests)
        out += r.time.count();
    return out;
}

std::uint64_t ended(const operation_metrics& o)
{
    std::uint64_t out = 0;
    for (const auto n : o.ended)
        out += n;
    return out;
}

// A store that is out of order when the test wants it.
class broken_store final : public store_in_front
{
public:
    explicit broken_store(asio::any_io_executor ex)
        : store_in_front(std::make_shared<memory_store>(ex))
        , executor(std::move(ex))
    {}

    void async_load(record_key key, load_handler h) override
    {
        if (!broken)
            return behind->async_load(std::move(key), std::move(h));
        asio::post(executor, [h = std::move(h)]() mutable {
            std::move(h)(failure(errc::store_unavailable));
        });
    }

    asio::any_io_executor executor;
    bool broken = true;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_login_is_counted_with_each_of_its_requests)
{
    fixture<asio::io_context> f;
    BOOST_TEST(ended(f.subject->metrics().of(operation_kind::login)) == 0U);
    f.log_in();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(operation_kind::login).of(how::done) == 1U);
    BOOST_TEST(ended(m.of(operation_kind::login)) == 1U);
    BOOST_TEST(m.of(operation_kind::login).running == 0U);
    BOOST_TEST(m.of(operation_kind::login).time.count() == 1U);
    BOOST_TEST(m.of(stage::probe).client_errors == 1U); // the challenge
    BOOST_TEST(m.of(stage::resource_metadata).succeeded == 1U);
    BOOST_TEST(m.of(stage::server_metadata).succeeded == 1U);
    BOOST_TEST(m.of(stage::registration).succeeded == 1U);
    BOOST_TEST(m.of(stage::token).succeeded == 1U);
    BOOST_TEST(requests_of(m) == 5U);
    BOOST_TEST(f.network->sent == 5);
    BOOST_TEST(m.documents.misses == 2U);
    BOOST_TEST(m.documents.entries == 2U);
    BOOST_TEST(m.documents.bytes > 0U);
    BOOST_TEST(m.store.done > 0U);
    BOOST_TEST(m.store.failed == 0U);
    BOOST_TEST(m.store.time.count() == m.store.done);
    BOOST_TEST(m.network.requests == 0U); // this network does not count
}

BOOST_AUTO_TEST_CASE(what_is_remembered_is_a_hit)
{
    fixture<asio::io_context> f;
    for (int i = 0; i != 3; ++i)
    {
        f.subject->async_discover(where, [](error_code ec, discovery) { BOOST_TEST(!ec); });
        f.context.run();
        f.context.restart();
    }
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(operation_kind::discover).of(how::done) == 3U);
    BOOST_TEST(m.documents.misses == 2U);
    BOOST_TEST(m.documents.hits == 4U);
    BOOST_TEST(m.documents.shared == 0U);
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_same_request_shares_it)
{
    fixture<asio::io_context> f;
    for (int i = 0; i != 10; ++i)
        f.subject->async_discover(where, [](error_code ec, discovery) { BOOST_TEST(!ec); });
    f.context.run();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(stage::resource_metadata).time.count() == 1U);
    BOOST_TEST(m.documents.misses == m.documents.shared + 2);
    BOOST_TEST(m.documents.shared >= 9U);
}

BOOST_AUTO_TEST_CASE(every_way_to_end_is_told_apart)
{
    fixture<asio::io_context> f;
    f.network->on("POST https://as.example/register", [](const http_request&) {
        return result<http_response>(failure(errc::connection_lost));
    });
    f.log_in(make_error_code(errc::connection_lost));
    BOOST_TEST(f.subject->metrics().of(stage::registration).unanswered > 0U);
    BOOST_TEST(f.subject->metrics().of(operation_kind::login).of(how::unreachable) == 1U);

    f.subject->async_login(login_params(where).silent(true), [](error_code ec, session) {
        BOOST_TEST((ec == errc::login_required));
    });
    f.context.run();
    f.context.restart();
    BOOST_TEST(f.subject->metrics().of(operation_kind::login).of(how::login_required) == 1U);

    f.subject->async_discover("not a URL", [](error_code ec, discovery) { BOOST_TEST(!!ec); });
    f.context.run();
    f.context.restart();
    BOOST_TEST(f.subject->metrics().of(operation_kind::discover).of(how::usage) == 1U);

    f.network->hold("GET https://mcp.example/mcp");
    asio::cancellation_signal stop;
    f.subject->async_discover(
        where,
        asio::bind_cancellation_slot(
            stop.slot(), [](error_code ec, discovery) { BOOST_TEST((ec == condition::cancelled)); }
        )
    );
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(f.subject->metrics().of(operation_kind::discover).running == 1U);
    stop.emit(asio::cancellation_type::terminal);
    f.context.run();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(operation_kind::discover).running == 0U);
    BOOST_TEST(m.of(operation_kind::discover).of(how::cancelled) == 1U);
    BOOST_TEST(m.of(stage::probe).unanswered == 1U);
}

BOOST_AUTO_TEST_CASE(of_many_that_need_a_fresh_token_one_refreshes_and_the_others_share)
{
    fixture<asio::io_context> f;
    const session s = f.log_in();
    for (int i = 0; i != 20; ++i)
        s.async_send(f.request(), [](error_code ec, http_response r) {
            BOOST_TEST(!ec);
            BOOST_TEST(r.status() == 200);
        });
    f.context.run();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(operation_kind::send).of(how::done) == 20U);
    BOOST_TEST(m.refresh.done == 1U);
    BOOST_TEST(m.refresh.shared == 19U);
    BOOST_TEST(m.refresh.failed == 0U);
    BOOST_TEST(m.refresh.ended == 0U);
    BOOST_TEST(m.refresh.waits == 0U);
}

BOOST_AUTO_TEST_CASE(a_refresh_that_may_pass_is_another_matter_than_the_end_of_a_grant)
{
    {
        fixture<asio::io_context> f;
        const session s = f.log_in();
        f.refresh_status = 503;
        s.async_send(f.request(), [](error_code, http_response) {});
        f.context.run();
        const metrics m = f.subject->metrics();
        BOOST_TEST(m.refresh.failed == 1U);
        BOOST_TEST(m.refresh.ended == 0U);
        BOOST_TEST(m.of(stage::token).server_errors == 1U);
    }
    fixture<asio::io_context> f;
    const session s = f.log_in();
    f.user->stays_away = true;
    f.refresh_status = 400;
    f.refresh_answer = R"({"error":"invalid_grant"})";
    s.async_token(std::chrono::hours(1), [](error_code, access_token) {});
    s.async_replace_token(secret("CANARY-0"), [](error_code ec, access_token) {
        BOOST_TEST((ec == errc::login_required));
    });
    f.context.run();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.refresh.ended == 1U);
    BOOST_TEST(m.refresh.failed == 0U);
    BOOST_TEST(m.refresh.done == 0U);
    BOOST_TEST(m.of(operation_kind::token).of(how::login_required) == 1U);
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_lease_of_another_process_is_counted)
{
    fixture<asio::io_context> f;
    const session s = f.log_in();
    client other(f.context.get_executor(), f.settings());
    session theirs;
    other.async_login(login_params(where).silent(true), [&](error_code ec, session t) {
        BOOST_TEST(!ec);
        theirs = std::move(t);
    });
    f.context.run();
    f.context.restart();
    f.network->hold(token_place);
    int done = 0;
    const auto ended = [&](error_code ec, access_token t) {
        BOOST_TEST(!ec);
        BOOST_TEST(t.value.reveal() == "CANARY-1");
        ++done;
    };
    s.async_replace_token(secret("CANARY-0"), ended);
    while (f.context.poll() != 0)
        ;
    theirs.async_replace_token(secret("CANARY-0"), ended);
    while (other.metrics().refresh.waits == 0 && f.context.run_one() != 0)
        ;
    f.network->hold("");
    f.network->release();
    f.context.run();
    BOOST_TEST(done == 2);
    BOOST_TEST(f.refreshes == 1);
    BOOST_TEST(f.subject->metrics().refresh.done == 1U);
    BOOST_TEST(other.metrics().refresh.done == 0U);
    BOOST_TEST(other.metrics().refresh.shared == 1U);
    BOOST_TEST(other.metrics().refresh.waits >= 1U);
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_is_counted)
{
    fixture<asio::io_context> f;
    client_settings s = f.settings();
    s.store(std::make_shared<broken_store>(f.context.get_executor()));
    client c(f.context.get_executor(), s);
    c.async_login(where, [](error_code ec, session) { BOOST_TEST((ec == condition::storage)); });
    f.context.run();
    const metrics m = c.metrics();
    BOOST_TEST(m.store.failed >= 1U);
    BOOST_TEST(m.store.time.count() == m.store.failed + m.store.done);
    BOOST_TEST(m.of(operation_kind::login).of(how::storage) == 1U);
}

BOOST_AUTO_TEST_CASE(logins_of_web_servers_have_kinds_of_their_own)
{
    fixture<asio::io_context> f;
    authorizer web(*f.subject, "https://app.example/callback");
    web.async_begin("anna", where, [](error_code ec, begun_login) { BOOST_TEST(!ec); });
    web.async_complete(login_callback("/callback?code=c&state=forged"), [](error_code ec, auto) {
        BOOST_TEST(!!ec);
    });
    f.context.run();
    const metrics m = f.subject->metrics();
    BOOST_TEST(m.of(operation_kind::begin_login).of(how::done) == 1U);
    BOOST_TEST(ended(m.of(operation_kind::complete_login)) == 1U);
    BOOST_TEST(m.of(operation_kind::complete_login).of(how::done) == 0U);
    BOOST_TEST(ended(m.of(operation_kind::login)) == 0U);
}

BOOST_AUTO_TEST_CASE(eight_threads_lose_no_count_while_others_read)
{
    constexpr int count = 400;
    fixture<asio::thread_pool> f(std::size_t(8));
    std::atomic<int> done = 0;
    std::atomic<bool> over = false;
    bool grows = true;
    std::thread reader([&] {
        std::uint64_t before = 0;
        while (!over)
        {
            const auto now = f.subject->metrics().of(operation_kind::discover).time.count();
            grows = grows && now >= before && now <= std::uint64_t(count);
            before = now;
        }
    });
    for (int i = 0; i != count; ++i)
        asio::post(f.context, [&] {
            f.subject->async_discover(where, [&](error_code ec, discovery) { done += ec ? 0 : 1; });
        });
    f.context.join();
    over = true;
    reader.join();
    BOOST_TEST(grows);
    const metrics m = f.subject->metrics();
    BOOST_TEST(done == count);
    BOOST_TEST(m.of(operation_kind::discover).of(how::done) == std::uint64_t(count));
    BOOST_TEST(m.of(operation_kind::discover).time.count() == std::uint64_t(count));
    BOOST_TEST(m.of(operation_kind::discover).running == 0U);
    BOOST_TEST(requests_of(m) == std::uint64_t(f.network->sent));
    BOOST_TEST(m.documents.hits + m.documents.misses == 2U * count);
}

// --- Events ----------------------------------------------------------------------------------

namespace {

// Makes spans of events, as an adapter does, and takes no event that does not fit.
class spans
{
public:
    void hear(const event& e)
    {
        ++events;
        std::ostringstream line;
        line << e;
        BOOST_TEST(line.str().find("CANARY") == std::string::npos);
        BOOST_TEST(line.str().find("state=") == std::string::npos);
        BOOST_TEST(e.operation != 0U);
        switch (e.what)
        {
        case event::kind::begin: BOOST_TEST(operations.emplace(e.operation, e).second); break;
        case event::kind::end:
            BOOST_TEST(operations.erase(e.operation) == 1U);
            for (const auto& r : requests)
                BOOST_TEST(r.second.operation != e.operation); // no child outlives it
            ends.push_back(e);
            break;
        case event::kind::request:
            BOOST_TEST(e.span != 0U);
            BOOST_TEST(requests.emplace(e.span, e).second);
            break;
        case event::kind::response:
        {
            const auto it = requests.find(e.span);
            BOOST_REQUIRE(it != requests.end());
            BOOST_TEST(it->second.operation == e.operation);
            BOOST_TEST(it->second.url == e.url);
            BOOST_TEST((e.took.count() >= 0));
            requests.erase(it);
            responses.push_back(e);
            break;
        }
        case event::kind::note:
        case event::kind::step: break;
        }
        const bool known = operations.count(e.operation) == 1 || e.what == event::kind::end;
        BOOST_TEST(known);
    }

    std::map<std::uint64_t, event> operations;
    std::map<std::uint64_t, event> requests;
    std::vector<event> ends;
    std::vector<event> responses;
    int events = 0;
};

} // namespace

BOOST_AUTO_TEST_CASE(events_of_a_login_are_spans_within_one_span)
{
    fixture<asio::io_context> f;
    spans all;
    client_settings s = f.settings();
    s.on_event([&](const event& e) { all.hear(e); });
    client c(f.context.get_executor(), s);
    bool told = false;
    c.async_login(where, [&](error_code ec, session) {
        BOOST_TEST(!ec);
        told = all.ends.size() == 1; // before the caller hears of it
    });
    f.context.run();
    BOOST_TEST(told);
    BOOST_TEST(all.operations.empty());
    BOOST_TEST(all.requests.empty());
    BOOST_TEST(all.responses.size() == 5U);
    BOOST_REQUIRE(all.ends.size() == 1U);
    BOOST_TEST((all.ends[0].doing == operation_kind::login));
    BOOST_TEST(!all.ends[0].code);
    BOOST_TEST((all.ends[0].took >= all.responses[0].took));
}

BOOST_AUTO_TEST_CASE(spans_of_several_clients_at_once_are_told_apart_and_end_with_what_failed)
{
    fixture<asio::io_context> f;
    spans all;
    client_settings s = f.settings();
    s.on_event([&](const event& e) { all.hear(e); });
    client one(f.context.get_executor(), s);
    client two(f.context.get_executor(), s);
    for (int i = 0; i != 10; ++i)
    {
        one.async_login(login_params(where).user(std::to_string(i)), [](error_code, session) {});
        two.async_discover("https://nothing.example/", [](error_code, discovery) {});
    }
    two.async_login(login_params(where).user("x").silent(true), [](error_code, session) {});
    f.context.run();
    BOOST_TEST(all.operations.empty());
    BOOST_TEST(all.requests.empty());
    BOOST_TEST(all.ends.size() == 21U);
    int needed = 0;
    for (const auto& e : all.ends)
        needed += e.code == errc::login_required ? 1 : 0;
    BOOST_TEST(needed == 1);
}

BOOST_AUTO_TEST_CASE(what_is_cancelled_ends_its_spans_too)
{
    fixture<asio::io_context> f;
    spans all;
    client_settings s = f.settings();
    s.on_event([&](const event& e) { all.hear(e); });
    std::optional<client> c;
    c.emplace(f.context.get_executor(), s);
    f.network->hold("GET https://mcp.example/mcp");
    asio::cancellation_signal stop;
    c->async_login(
        login_params(where).user("a"),
        asio::bind_cancellation_slot(stop.slot(), [](error_code, session) {})
    );
    c->async_login(login_params(where).user("b"), [](error_code, session) {});
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(all.requests.size() == 2U);
    stop.emit(asio::cancellation_type::terminal);
    while (f.context.poll() != 0)
        ;
    BOOST_TEST(all.requests.size() == 1U);
    BOOST_REQUIRE(all.responses.size() == 1U);
    BOOST_TEST((all.responses[0].code == operation_aborted()));
    c.reset();
    f.context.run();
    BOOST_TEST(all.requests.empty());
    BOOST_TEST(all.operations.empty());
    BOOST_TEST(all.ends.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_a_port_throws_ends_the_span_of_its_request)
{
    fixture<asio::io_context> f;
    f.network->on("GET https://mcp.example/mcp", [](const http_request&) -> result<http_response> {
        throw std::runtime_error("broken");
    });
    spans all;
    client_settings s = f.settings();
    s.on_event([&](const event& e) { all.hear(e); });
    client c(f.context.get_executor(), s);
    c.async_discover(where, [](error_code ec, discovery) {
        BOOST_TEST((ec == errc::internal_error));
    });
    f.context.run();
    BOOST_TEST(all.requests.empty());
    BOOST_TEST(all.operations.empty());
    BOOST_REQUIRE(all.responses.size() == 1U);
    BOOST_TEST((all.responses[0].code == errc::internal_error));
    BOOST_TEST(c.metrics().of(stage::probe).unanswered == 1U);
}

BOOST_AUTO_TEST_CASE(a_context_that_goes_away_tells_nothing_more)
{
    auto alive = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = alive;
    {
        fixture<asio::io_context> f;
        f.network->hold("GET https://mcp.example/mcp");
        client_settings s = f.settings();
        s.on_event([watch](const event&) { BOOST_TEST(!watch.expired()); });
        client c(f.context.get_executor(), s);
        c.async_discover(where, [](error_code, discovery) {});
        while (f.context.poll() != 0)
            ;
        alive.reset();
    }
}

BOOST_AUTO_TEST_CASE(an_event_of_an_operation_is_one_line)
{
    const auto line = [](const event& e) {
        std::ostringstream os;
        os << e;
        return os.str();
    };
    event e(event::kind::begin, stage::none, "");
    e.doing = operation_kind::login;
    BOOST_TEST(line(e) == "login begins");
    e.what = event::kind::end;
    e.took = std::chrono::microseconds(1'234'567);
    BOOST_TEST(line(e) == "login ends after 1234 ms");
    e.code = errc::user_timeout;
    BOOST_TEST(line(e).find("login ends after 1234 ms: ") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
