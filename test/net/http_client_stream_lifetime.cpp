// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Streams that are closed, cancelled or destroyed, at any moment and from any side.

#include "net/stream_fixture.hpp"

#include <functional>
#include <optional>
#include <string>

namespace asioauth {
namespace {

using namespace testing;
using boost::asio::cancellation_type;

// A server that sends one chunk and waits for the client to go.
struct open_ended
{
    gate gone;
    loopback_server server{[this](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one"));
        p.read_to_end();
        gone.open();
    }};
};

BOOST_FIXTURE_TEST_SUITE(http_client_stream_lifetime, stream_fixture)

BOOST_AUTO_TEST_CASE(cancellation_of_a_read_ends_the_stream)
{
    for (const auto type :
         {cancellation_type::terminal, cancellation_type::partial, cancellation_type::total})
    {
        open_ended at;
        const auto s = open(at.server.url());
        BOOST_TEST(read(*s).octets() == "one");
        boost::asio::cancellation_signal signal;
        const auto o = start_read(*s, signal.slot());
        io.restart();
        io.poll();
        BOOST_TEST(o->calls == 0);
        signal.emit(type);
        BOOST_TEST(o->calls == 0); // never from inside the emission
        run();                     // nothing is left that would keep the context running
        BOOST_TEST(o->calls == 1);
        BOOST_TEST((o->code() == operation_aborted()));
        BOOST_TEST((read(*s).code() == operation_aborted()));
        at.gone.wait();
    }
}

BOOST_AUTO_TEST_CASE(emission_that_means_nothing_changes_nothing)
{
    gate go;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one"));
        go.wait();
        p.write(chunk("two") + chunk(""));
        p.read_to_end();
    });
    const auto s = open(server.url());
    boost::asio::cancellation_signal signal;
    const auto one = start_read(*s, signal.slot());
    signal.emit(cancellation_type::none);
    run();
    BOOST_TEST(one->octets() == "one");
    signal.emit(cancellation_type::terminal); // too late
    const auto two = start_read(*s);
    signal.emit(cancellation_type::terminal); // of another read
    go.open();
    run();
    BOOST_TEST(two->octets() == "two");
    BOOST_TEST(read(*s).octets() == "");
}

// A cancellation that comes when the octets are on their way already loses neither them nor what
// follows.
BOOST_AUTO_TEST_CASE(a_cancelled_read_either_fails_or_changes_nothing)
{
    int lost = 0;
    for (int k = 0; lost == k; ++k)
    {
        gate head;
        loopback_server server([&](peer& p) {
            p.read_request();
            p.write(event_head + "Content-Length: 20000\r\n\r\n");
            head.wait();
            p.write(std::string(20'000, 'x'));
            p.read_to_end();
        });
        const auto s = open(server.url());
        head.open();
        boost::asio::cancellation_signal signal;
        const auto one = start_read(*s, signal.slot());
        io.restart();
        for (int i = 0; i != k; ++i)
        {
            io.run_one();
        }
        signal.emit(cancellation_type::terminal);
        run();
        BOOST_REQUIRE(one->calls == 1);
        reading last;
        const auto rest = read_all(*s, last);
        if (one->value)
        {
            BOOST_TEST(one->value->size() + rest.size() == 20'000U);
            BOOST_TEST(last.octets() == "");
        }
        else
        {
            ++lost;
            BOOST_TEST((one->code() == operation_aborted()));
            BOOST_TEST((last.code() == operation_aborted()));
        }
    }
    BOOST_TEST(lost > 0);
}

BOOST_AUTO_TEST_CASE(closing_or_destroying_a_stream_ends_the_read_that_waits)
{
    for (const bool destroy : {false, true})
    {
        open_ended at;
        auto s = open(at.server.url());
        BOOST_TEST(read(*s).octets() == "one");
        const auto o = start_read(*s);
        io.restart();
        io.poll();
        BOOST_TEST(o->calls == 0);
        if (destroy)
        {
            s.reset();
        }
        else
        {
            s->close();
        }
        BOOST_TEST(o->calls == 0);
        run();
        BOOST_TEST(o->calls == 1);
        BOOST_TEST((o->code() == operation_aborted()));
        at.gone.wait();
        if (s)
        {
            s->close(); // nothing more happens
            BOOST_TEST((read(*s).code() == operation_aborted()));
        }
    }
}

BOOST_AUTO_TEST_CASE(response_that_is_thrown_away_closes_its_stream)
{
    open_ended at;
    start(stream_request(at.server.url()));
    run();
    at.gone.wait();
    BOOST_TEST(client().connections().idle_count() == 0U);
}

BOOST_AUTO_TEST_CASE(copies_of_a_response_share_its_stream)
{
    open_ended at;
    auto o = send(stream_request(at.server.url()));
    BOOST_REQUIRE(o.value);
    http_response copy = *o.value;
    o.value = failure(errc::invalid_argument);
    BOOST_TEST(read(*copy.events()).octets() == "one");
}

BOOST_AUTO_TEST_CASE(closing_the_client_ends_streams_with_and_without_a_read)
{
    open_ended at;
    open_ended other;
    const auto s = open(at.server.url());
    const auto idle = open(other.server.url());
    BOOST_TEST(read(*s).octets() == "one");
    const auto o = start_read(*s);
    io.restart();
    io.poll();
    client().close();
    BOOST_TEST(o->calls == 0);
    run();
    BOOST_TEST(o->calls == 1);
    BOOST_TEST((o->code() == operation_aborted()));
    BOOST_TEST((read(*s).code() == errc::client_closed));
    // Not what was received before either.
    BOOST_TEST((read(*idle).code() == errc::client_closed));
    at.gone.wait();
    other.gone.wait();
    client().close();
}

BOOST_AUTO_TEST_CASE(a_stream_that_has_ended_still_says_so_when_the_client_is_closed)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one") + chunk(""));
        p.read_to_end();
    });
    const auto s = open(server.url());
    BOOST_TEST(read_all(*s) == "one");
    client().close();
    BOOST_TEST(read(*s).octets() == "");
}

BOOST_AUTO_TEST_CASE(handler_may_throw_and_the_stream_goes_on)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one") + chunk(""));
        p.read_to_end();
    });
    const auto s = open(server.url());
    s->async_read_some([](result<std::string>) { throw 1; });
    BOOST_CHECK_THROW(run(), int);
    run();
    BOOST_TEST(read(*s).octets() == "");
}

// --- The end of the execution context ---------------------------------------------------------

enum class at
{
    held,    // by the program, nobody reads
    waiting, // a read waits whose handler owns the stream and the client
    ended,   // regularly
    closed,  // the client was closed
};

std::ostream& operator<<(std::ostream& os, at w)
{
    return os << "place " << static_cast<int>(w);
}

BOOST_AUTO_TEST_CASE(a_stream_may_outlive_its_execution_context)
{
    for (const auto where : {at::held, at::waiting, at::ended, at::closed})
    {
        for (const bool keep : {true, false})
        {
            BOOST_TEST_CONTEXT(where << ", kept: " << keep)
            {
                loopback_server server([where](peer& p) {
                    p.read_request();
                    p.write(chunked_head + (where == at::ended ? chunk("") : chunk("one")));
                    p.read_to_end();
                });
                const auto watch = std::make_shared<int>(0);
                std::shared_ptr<body_stream> kept;
                {
                    boost::asio::io_context own;
                    const auto c = std::make_shared<http_client>(own.get_executor(), settings);
                    c->async_send(stream_request(server.url()), [&](result<http_response> r) {
                        kept = r.value().events();
                    });
                    own.run();
                    BOOST_REQUIRE(kept);
                    if (where == at::waiting || where == at::ended)
                    {
                        kept->async_read_some([c, s = kept, watch](result<std::string>) {
                            ++*watch;
                        });
                        own.restart();
                        own.run();
                        kept->async_read_some([c, s = kept, watch](result<std::string>) {
                            ++*watch;
                        });
                        own.restart();
                        own.poll();
                    }
                    else if (where == at::closed)
                    {
                        c->close();
                    }
                    if (!keep)
                    {
                        kept.reset();
                    }
                }
                BOOST_TEST(*watch == (where == at::waiting ? 1 : where == at::ended ? 2 : 0));
                BOOST_TEST(watch.use_count() == 1); // no handler is left behind
                kept.reset();
            }
        }
    }
}

// --- Every step -------------------------------------------------------------------------------

// From the request to the end of a stream over TLS; then the connection is used for another request.
struct whole_life
{
    loopback_server server{test_pki::get().good(), [](peer& p) {
                               p.read_request();
                               p.write(chunked_head + chunk("one"));
                               p.write(chunk("two"));
                               p.write(chunk(""));
                               answer_all(p);
                           }};
    std::string text;
    result<void> end = failure(errc::invalid_argument);
    int ends = 0;
    std::shared_ptr<body_stream> stream;
    boost::asio::cancellation_signal signal;
    const std::shared_ptr<int> watch = std::make_shared<int>(0);

    // Every handler owns `keep`.
    template <class Client>
    void start(Client& c, std::shared_ptr<http_client> keep = nullptr)
    {
        c.async_send(
            stream_fixture::stream_request(server.url("/", "localhost")),
            [this, w = watch, keep](result<http_response> r) {
                if (!r)
                {
                    ended(r.error());
                    return;
                }
                stream = r->events();
                next(keep);
            }
        );
    }

    void next(const std::shared_ptr<http_client>& keep)
    {
        stream->async_read_some(boost::asio::bind_cancellation_slot(
            signal.slot(),
            [this, w = watch, keep](result<std::string> r) {
                if (!r)
                {
                    return ended(r.error());
                }
                if (r->empty())
                {
                    return ended({});
                }
                text += *r;
                if (stream)
                {
                    next(keep);
                }
                else
                {
                    ended(failure(operation_aborted()));
                }
            }
        ));
    }

    void ended(result<void> r)
    {
        end = std::move(r);
        ++ends;
    }

    bool is_whole() const { return ends == 1 && end && text == "onetwo"; }
};

// Do something after the first, the second, ... handler of the context has run, until it comes too
// late.
int interrupt_everywhere(const std::function<void(stream_fixture&, whole_life&)>& interrupt)
{
    for (int k = 0;; ++k)
    {
        whole_life life;
        stream_fixture f;
        life.start(f.client());
        for (int i = 0; i != k && life.ends == 0; ++i)
        {
            f.io.run_one();
        }
        const bool late = life.ends != 0;
        interrupt(f, life);
        f.run();
        BOOST_REQUIRE(life.ends == 1);
        BOOST_REQUIRE(std::string("onetwo").starts_with(life.text));
        BOOST_REQUIRE(
            (life.is_whole() || life.end.error().code() == operation_aborted()
             || life.end.error().code() == errc::client_closed)
        );
        if (late)
        {
            BOOST_REQUIRE(life.is_whole());
            return k;
        }
        // Whatever happened, others are not harmed.
        stream_fixture other;
        BOOST_REQUIRE(other.read_all(*other.open(life.server.url("/", "localhost"))) == "onetwo");
    }
}

BOOST_AUTO_TEST_CASE(cancelling_after_any_step_ends_once)
{
    const int steps = interrupt_everywhere([](stream_fixture&, whole_life& life) {
        life.signal.emit(cancellation_type::terminal);
    });
    BOOST_TEST(steps > 15); // otherwise this test has lost its subject
}

BOOST_AUTO_TEST_CASE(closing_the_stream_after_any_step_ends_once)
{
    const int steps = interrupt_everywhere([](stream_fixture&, whole_life& life) {
        if (life.stream)
        {
            life.stream->close();
        }
    });
    BOOST_TEST(steps > 15);
}

BOOST_AUTO_TEST_CASE(destroying_the_stream_after_any_step_ends_once)
{
    const int steps =
        interrupt_everywhere([](stream_fixture&, whole_life& life) { life.stream.reset(); });
    BOOST_TEST(steps > 15);
}

BOOST_AUTO_TEST_CASE(closing_the_client_after_any_step_ends_once)
{
    const int steps =
        interrupt_everywhere([](stream_fixture& f, whole_life&) { f.client().close(); });
    BOOST_TEST(steps > 15);
}

BOOST_AUTO_TEST_CASE(destroying_the_context_after_any_step_leaves_nothing_behind)
{
    bool done = false;
    int k = 0;
    for (; !done; ++k)
    {
        whole_life life;
        {
            boost::asio::io_context own;
            auto c = std::make_shared<http_client>(own.get_executor(), settings);
            life.start(*c, c);
            c.reset(); // it goes with the handlers, and thus with the context
            for (int i = 0; i != k && life.ends == 0; ++i)
            {
                own.run_one();
            }
            done = life.ends != 0;
        }
        BOOST_REQUIRE(life.watch.use_count() == 1);
        if (k % 2 == 0)
        {
            life.stream.reset();
        }
    }
    BOOST_TEST(k > 15);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
