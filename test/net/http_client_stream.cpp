// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Responses that are handed over with their head.

#include "net/stream_fixture.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/use_future.hpp>

#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using std::chrono::milliseconds;

std::string times(std::size_t n, std::string_view text)
{
    std::string all;
    for (std::size_t i = 0; i != n; ++i)
    {
        all += text;
    }
    return all;
}

// Answers the first request on each connection with this stream, and later ones with "ok".
auto answer_with(std::string bytes)
{
    return [bytes](peer& p) {
        if (p.read_request().empty())
        {
            return;
        }
        p.write(bytes);
        answer_all(p);
    };
}

// Answers with this and closes.
auto answer_and_close(std::string bytes)
{
    return [bytes](peer& p) {
        p.read_request();
        p.write(bytes);
        p.close();
    };
}

BOOST_FIXTURE_TEST_SUITE(http_client_stream, stream_fixture)

BOOST_AUTO_TEST_CASE(a_stream_is_handed_over_with_its_head_and_read_as_it_comes)
{
    struct row
    {
        const char* name;
        std::string head;
        std::string first;
        std::string second;
        std::string end;
    };
    const row rows[] = {
        {"chunked", chunked_head, chunk("one "), chunk("two"), "0\r\nX-Trailer: x\r\n\r\n"},
        {"length", event_head + "Content-Length: 7\r\n\r\n", "one ", "two", ""},
        {"to the end", event_head + "Connection: close\r\n\r\n", "one ", "two", ""},
    };
    for (const auto& r : rows)
    {
        BOOST_TEST_CONTEXT(r.name)
        {
            gate head;
            gate one;
            gate two;
            loopback_server server([&](peer& p) {
                p.read_request();
                p.write(r.head);
                head.wait();
                p.write(r.first);
                one.wait();
                p.write(r.second);
                two.wait();
                p.write(r.end);
                p.close();
            });
            const auto o = send(stream_request(server.url("/events"), "POST"));
            BOOST_REQUIRE(o.value);
            BOOST_TEST(o.value->status() == 200);
            BOOST_TEST(o.value->body() == "");
            BOOST_TEST(o.value->field("content-type") == "text/event-stream");
            BOOST_TEST(o.value->from().path() == "/events");
            const auto s = o.value->events();
            BOOST_REQUIRE(s);
            head.open();
            BOOST_TEST(read(*s).octets() == "one ");
            one.open();
            BOOST_TEST(read(*s).octets() == "two");
            two.open();
            BOOST_TEST(read(*s).octets() == "");
            BOOST_TEST(read(*s).octets() == ""); // told again
        }
    }
}

BOOST_AUTO_TEST_CASE(every_other_response_is_read_in_full)
{
    const std::string length = "Content-Length: 2\r\n\r\nok";
    const std::string type = "Content-Type: text/event-stream\r\n";
    for (const auto& bytes :
         {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + length,
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-streams\r\n" + length,
          "HTTP/1.1 200 OK\r\nContent-Type: text/event\r\n" + length,
          "HTTP/1.1 200 OK\r\n" + length,
          "HTTP/1.1 401 X\r\n" + type + length,
          "HTTP/1.1 403 X\r\n" + type + length,
          "HTTP/1.1 302 X\r\nLocation: /\r\n" + type + length,
          "HTTP/1.1 500 X\r\n" + type + length})
    {
        BOOST_TEST_CONTEXT(bytes)
        {
            loopback_server server(answer_with(bytes));
            const auto o = send(stream_request(server.url()));
            // No redirect is followed with a token.
            if (bytes.find("302") == std::string::npos)
            {
                BOOST_REQUIRE(o.value);
                BOOST_TEST(o.body() == "ok");
                BOOST_TEST(!o.value->events());
            }
            else
            {
                BOOST_TEST((o.code() == errc::redirect_refused));
            }
        }
    }
    loopback_server empty(answer_with("HTTP/1.1 204 X\r\n" + type + "\r\n"));
    const auto o = send(stream_request(empty.url()));
    BOOST_REQUIRE(o.value);
    BOOST_TEST(!o.value->events());
}

BOOST_AUTO_TEST_CASE(a_type_with_parameters_in_any_case_is_a_stream)
{
    for (const auto* type :
         {"Text/Event-Stream", "text/event-stream;charset=utf-8", "text/event-stream ; charset=x"})
    {
        BOOST_TEST_CONTEXT(type)
        {
            loopback_server server(answer_with(
                "HTTP/1.1 202 OK\r\nContent-Type: " + std::string(type)
                + "\r\nContent-Length: 2\r\n\r\nok"
            ));
            const auto s = open(server.url());
            BOOST_TEST(read_all(*s) == "ok");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stream_that_nobody_asked_for_is_read_in_full)
{
    for (const auto kind :
         {request_kind::resource,
          request_kind::metadata,
          request_kind::registration,
          request_kind::token})
    {
        BOOST_TEST_CONTEXT(name_of(kind))
        {
            loopback_server server(answer_with(chunked_head + chunk("ok") + chunk("")));
            auto r = request(server.url(), kind);
            r.stream_events(kind != request_kind::resource); // elsewhere it is ignored
            const auto o = send(r);
            BOOST_TEST(o.body() == "ok");
            BOOST_REQUIRE(o.value);
            BOOST_TEST(!o.value->events());
        }
    }
    loopback_server server(answer_with(chunked_head));
    auto r = request(server.url(), request_kind::probe);
    const auto o = send(r.stream_events(true));
    BOOST_REQUIRE(o.value);
    BOOST_TEST(!o.value->events());
}

BOOST_AUTO_TEST_CASE(octets_that_come_with_the_head_are_not_lost)
{
    const auto body = times(700, "data: 0123456789\n\n");
    for (const auto& bytes :
         {chunked_head + chunk(body) + chunk(""),
          event_head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
          event_head + "Connection: close\r\n\r\n" + body})
    {
        loopback_server server(answer_and_close(bytes));
        const auto s = open(server.url());
        BOOST_TEST(read_all(*s) == body);
    }
}

BOOST_AUTO_TEST_CASE(octets_that_come_one_by_one_are_handed_over_without_what_framing_adds)
{
    const std::string body = "data: {\"a\":1}\n\n";
    loopback_server server([&](peer& p) {
        p.read_request();
        std::string all = chunked_head;
        for (const char c : body)
        {
            all += "01;x=y\r\n" + std::string(1, c) + "\r\n";
        }
        all += "0\r\nA: b\r\n\r\n";
        for (const char c : all)
        {
            p.write(std::string_view(&c, 1));
        }
        answer_all(p);
    });
    const auto s = open(server.url());
    BOOST_TEST(read_all(*s) == body);
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_stream_ends_at_once)
{
    for (const auto& bytes :
         {chunked_head + chunk(""),
          event_head + "Content-Length: 0\r\n\r\n",
          event_head + "Connection: close\r\n\r\n"})
    {
        loopback_server server(answer_and_close(bytes));
        const auto s = open(server.url());
        BOOST_TEST(read(*s).octets() == "");
    }
}

// More than the limit for a body that is read in full.
BOOST_AUTO_TEST_CASE(a_stream_has_no_limit_on_its_size)
{
    const std::size_t size = std::size_t{5} << 20;
    for (const bool is_chunked : {true, false})
    {
        loopback_server server([&](peer& p) {
            p.read_request();
            const std::string piece(std::size_t{64} << 10, 'x');
            p.write(
                is_chunked ? chunked_head
                           : event_head + "Content-Length: " + std::to_string(size) + "\r\n\r\n"
            );
            for (std::size_t sent = 0; sent != size; sent += piece.size())
            {
                p.write(is_chunked ? chunk(piece) : piece);
            }
            p.write(is_chunked ? chunk("") : "");
            answer_all(p);
        });
        const auto s = open(server.url());
        BOOST_TEST(read_all(*s).size() == size);
        BOOST_TEST((send(request(server.url(), request_kind::resource)).code() == error_code()));
    }
}

// The server says when it cannot send any more. Whoever reads on its own behalf never lets it come
// to that, and gets everything.
BOOST_AUTO_TEST_CASE(nothing_is_received_while_nobody_reads)
{
    const std::size_t size = std::size_t{32} << 20;
    std::atomic<std::size_t> sent = 0;
    std::atomic<bool> blocked = false;
    std::atomic<bool> all_sent = false;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(event_head + "Content-Length: " + std::to_string(size) + "\r\n\r\n");
        const std::string piece(std::size_t{64} << 10, 'x');
        const int fd = p.socket().native_handle();
        const timeval pause{0, 50'000};
        ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &pause, sizeof(pause));
        while (sent != size)
        {
            const auto n =
                ::send(fd, piece.data(), std::min(piece.size(), size - sent), MSG_NOSIGNAL);
            if (n > 0)
            {
                sent += static_cast<std::size_t>(n);
            }
            else if (errno == EAGAIN || errno == EWOULDBLOCK)
            {
                blocked = true;
            }
            else
            {
                return;
            }
        }
        all_sent = true;
        p.read_to_end();
    });
    const auto s = open(server.url());
    while (!blocked && !all_sent)
    {
        io.restart();
        io.poll();
    }
    BOOST_TEST(sent < size);
    BOOST_TEST(read_all(*s).size() == size);
}

BOOST_AUTO_TEST_CASE(a_read_that_waits_too_long_ends_the_stream)
{
    settings.stream_idle_timeout(milliseconds(30));
    gate gone;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one"));
        p.read_to_end();
        gone.open();
    });
    const auto s = open(server.url("/x?secret=1"));
    BOOST_TEST(read(*s).octets() == "one");
    for (int i = 0; i != 2; ++i) // told again
    {
        const auto o = read(*s);
        BOOST_TEST((o.code() == errc::response_timeout));
        BOOST_TEST(!o.value.error().info().message().empty());
        BOOST_TEST(o.value.error().info().url() == server.url("/x"));
    }
    gone.wait(); // the connection is closed although the stream is held
}

BOOST_AUTO_TEST_CASE(framing_alone_does_not_make_a_read_wait_longer)
{
    settings.stream_idle_timeout(milliseconds(60));
    for (const char* drip : {"a", "A: b\r\n"})
    {
        loopback_server server([drip](peer& p) {
            p.read_request();
            p.write(chunked_head + (drip[1] == '\0' ? "1;" : "0\r\n"));
            // Some each time that a read gives up after a millisecond, until the client has gone.
            const timeval pace{0, 1000};
            ::setsockopt(p.socket().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof(pace));
            char byte = 0;
            while (::recv(p.socket().native_handle(), &byte, 1, 0) < 0 && p.write(drip))
            {}
        });
        const auto s = open(server.url());
        BOOST_TEST((read(*s).code() == errc::response_timeout));
    }
}

// Deadlines are pending work, and open() has run the context until there was none.
BOOST_AUTO_TEST_CASE(a_stream_that_nobody_reads_has_no_deadline)
{
    settings.stream_idle_timeout(milliseconds(0));
    gate go;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(chunked_head + chunk("one"));
        go.wait();
        p.read_to_end();
    });
    const auto s = open(server.url());
    BOOST_TEST(io.stopped());
    go.open();
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_cut_short_ends_with_an_error_after_what_came)
{
    for (const auto& bytes :
         {event_head + "Content-Length: 10\r\n\r\none",
          chunked_head + "a\r\none",
          chunked_head + chunk("one"),
          chunked_head + chunk("one") + "0\r\n",
          chunked_head + chunk("one") + "0\r\nA: b\r\n"})
    {
        BOOST_TEST_CONTEXT(bytes)
        {
            loopback_server server(answer_and_close(bytes));
            const auto s = open(server.url());
            reading last;
            BOOST_TEST(read_all(*s, last) == "one");
            BOOST_TEST((last.code() == errc::connection_lost));
            BOOST_TEST((read(*s).code() == errc::connection_lost));
        }
    }
    gate head;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(event_head + "\r\n");
        head.wait();
        p.reset();
        p.socket().close();
    });
    const auto s = open(server.url());
    head.open();
    BOOST_TEST((read(*s).code() == errc::connection_lost));
}

BOOST_AUTO_TEST_CASE(bad_framing_ends_the_stream_after_what_came_before_it)
{
    struct row
    {
        const char* name;
        std::string bytes;
    };
    const row rows[] = {
        {"size not hex", "x\r\n"},
        {"size empty", "\r\n"},
        {"size negative", "-1\r\n"},
        {"size with 0x", "0x1\r\nx"},
        {"size ends in LF", "1\nx"},
        {"size too large", "ffffffffffffffff\r\n"},
        {"size of endless zeros", times(100'000, "0")},
        {"extension too long", "1;" + times(100'000, "x")},
        {"extensions too many", "1" + times(100'000, ";x")},
        {"blanks without end", "1" + times(100'000, " ")},
        {"chunk too long", "1\r\nxy\r\n"},
        {"trailer too long", "0\r\nA: " + times(100'000, "x")},
        {"trailer of many fields", "0\r\n" + times(20'000, "A: b\r\n") + "\r\n"},
        {"trailer malformed", "0\r\nno colon\r\n\r\n"},
        {"control character in the trailer", "0\r\nA: \x01\r\n\r\n"},
    };
    for (const auto& r : rows)
    {
        BOOST_TEST_CONTEXT(r.name)
        {
            gate gone;
            loopback_server server([&](peer& p) {
                p.read_request();
                p.write(chunked_head + chunk("one") + r.bytes);
                p.read_to_end();
                gone.open();
            });
            const auto s = open(server.url());
            reading last;
            BOOST_TEST(read_all(*s, last).starts_with("one"));
            BOOST_TEST(
                (last.code() == errc::http_framing_invalid
                 || last.code() == errc::response_body_too_large)
            );
            BOOST_TEST((read(*s).code() == last.code()));
            gone.wait();
        }
    }
}

BOOST_AUTO_TEST_CASE(framing_within_its_limits_goes_on_for_ever)
{
    // Together far more than is allowed for a response that is read in full.
    constexpr std::size_t chunks = 2'000;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(chunked_head);
        for (std::size_t i = 0; i != chunks; ++i)
        {
            p.write("000000001;" + std::string(500, 'x') + "\r\nx\r\n");
        }
        p.write(chunk(""));
        p.read_to_end();
    });
    const auto s = open(server.url());
    BOOST_TEST(read_all(*s) == std::string(chunks, 'x'));
}

BOOST_AUTO_TEST_CASE(connection_of_a_stream_that_ended_regularly_is_used_again)
{
    for (const auto& bytes :
         {chunked_head + chunk("one") + chunk(""),
          event_head + "Content-Length: 3\r\n\r\none",
          event_head + "Content-Length: 0\r\n\r\n"})
    {
        BOOST_TEST_CONTEXT(bytes)
        {
            loopback_server server(answer_with(bytes));
            const auto before = client().connections().idle_count();
            const auto s = open(server.url());
            BOOST_TEST(client().connections().idle_count() == before);
            read_all(*s);
            BOOST_TEST(client().connections().idle_count() == before + 1);
            BOOST_TEST(get(server.url()).body() == "ok");
            s->close(); // has nothing to do with the connection any more
            run();
            BOOST_TEST(get(server.url()).body() == "ok");
            BOOST_TEST(server.accepted() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(connection_is_not_used_again_where_that_is_not_safe)
{
    for (const auto& bytes :
         {event_head + "Connection: close\r\nContent-Length: 3\r\n\r\none",
          "HTTP/1.0" + event_head.substr(8) + "Content-Length: 3\r\n\r\none",
          // Something that nobody asked for comes behind the end.
          event_head + "Content-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\n",
          chunked_head + chunk("one") + chunk("") + "x"})
    {
        BOOST_TEST_CONTEXT(bytes)
        {
            loopback_server server(answer_with(bytes));
            const auto s = open(server.url());
            BOOST_TEST(read_all(*s) == "one");
            BOOST_TEST(client().connections().idle_count() == 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(connection_of_a_stream_that_was_closed_early_is_not_used_again)
{
    for (const bool read_some : {false, true})
    {
        for (const bool destroy : {false, true})
        {
            gate gone;
            const auto before = client().connections().idle_count();
            loopback_server server([&](peer& p) {
                if (p.number() != 0)
                {
                    return answer_all(p);
                }
                p.read_request();
                p.write(chunked_head + chunk("one"));
                p.read_to_end();
                gone.open();
            });
            auto s = open(server.url());
            if (read_some)
            {
                BOOST_TEST(read(*s).octets() == "one");
            }
            if (destroy)
            {
                s.reset();
            }
            else
            {
                s->close();
            }
            run();
            gone.wait();
            BOOST_TEST(client().connections().idle_count() == before);
            BOOST_TEST(get(server.url()).body() == "ok");
            BOOST_TEST(server.accepted() == 2U);
            if (s)
            {
                BOOST_TEST((read(*s).code() == operation_aborted()));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(streams_do_not_keep_requests_waiting)
{
    settings.connections_per_origin(1);
    loopback_server server([](peer& p) {
        for (auto r = p.read_request(); !r.empty(); r = p.read_request())
        {
            if (r.starts_with("GET /events"))
            {
                p.write(chunked_head);
            }
            else if (r.starts_with("GET /end"))
            {
                p.write(chunked_head + chunk("one") + chunk(""));
            }
            else
            {
                p.respond("ok");
            }
        }
    });
    std::vector<std::shared_ptr<body_stream>> streams;
    for (int i = 0; i != 3; ++i)
    {
        streams.push_back(open(server.url("/events")));
        BOOST_TEST(get(server.url()).body() == "ok");
    }
    // Those who wait for the head of a stream are served when it is there.
    const auto another = start(stream_request(server.url("/end")));
    const auto waiting = start(request(server.url()));
    run();
    BOOST_REQUIRE(another->value);
    BOOST_TEST(waiting->body() == "ok");
    // There are no more connections afterwards than there may be.
    BOOST_TEST(client().connections().idle_count() == 1U);
    BOOST_TEST(read_all(*another->value->events()) == "one");
    BOOST_TEST(client().connections().idle_count() == 1U);
    BOOST_TEST(get(server.url()).body() == "ok");
}

BOOST_AUTO_TEST_CASE(a_second_read_at_a_time_is_refused_and_changes_nothing)
{
    gate go;
    loopback_server server([&](peer& p) {
        p.read_request();
        p.write(chunked_head);
        go.wait();
        p.write(chunk("one") + chunk(""));
        p.read_to_end();
    });
    const auto s = open(server.url());
    const auto first = start_read(*s);
    const auto second = start_read(*s);
    run_until([&] { return second->calls != 0; });
    BOOST_TEST((second->code() == errc::invalid_argument));
    BOOST_TEST(first->calls == 0);
    go.open();
    run();
    BOOST_TEST(first->octets() == "one");
    BOOST_TEST(read(*s).octets() == "");
}

BOOST_AUTO_TEST_CASE(handler_runs_on_its_own_executor)
{
    loopback_server server(answer_with(chunked_head + chunk("one") + chunk("")));
    const auto s = open(server.url());
    boost::asio::io_context theirs;
    std::string got;
    s->async_read_some(boost::asio::bind_executor(theirs, [&](result<std::string> v) {
        got = v.value();
    }));
    run();
    BOOST_TEST(got == "");
    theirs.run(); // was kept busy
    BOOST_TEST(got == "one");
}

BOOST_AUTO_TEST_CASE(any_completion_token_may_be_used)
{
    loopback_server server(answer_with(chunked_head + chunk("one") + chunk("")));
    const auto s = open(server.url());
    auto got = s->async_read(boost::asio::use_future);
    run();
    BOOST_TEST(got.get().value() == "one");
    s->async_read()([&](result<std::string> v) { BOOST_TEST(v.value() == ""); });
    run();
}

// Reads, cancels and lets go in a thread that is not the client's.
BOOST_AUTO_TEST_CASE(a_stream_is_used_from_another_thread)
{
    loopback_server server(answer_with(chunked_head + times(200, chunk("one")) + chunk("")));
    std::vector<std::shared_ptr<body_stream>> streams;
    for (int i = 0; i != 20; ++i)
    {
        streams.push_back(open(server.url()));
    }
    auto work = boost::asio::make_work_guard(io);
    io.restart();
    std::thread runner([this] { io.run(); });
    std::size_t ended = 0;
    for (std::size_t i = 0; i != streams.size(); ++i)
    {
        std::string all;
        for (;;)
        {
            boost::asio::cancellation_signal signal;
            std::promise<result<std::string>> done;
            streams[i]->async_read_some(boost::asio::bind_cancellation_slot(
                signal.slot(),
                boost::asio::bind_executor(
                    io.get_executor(), [&](result<std::string> v) { done.set_value(std::move(v)); }
                )
            ));
            const auto v = done.get_future().get();
            BOOST_REQUIRE(v);
            all += *v;
            if (v->empty())
            {
                ++ended;
                break;
            }
            if (i % 2 == 1)
            {
                streams[i]->close();
                break;
            }
        }
        BOOST_TEST(all.size() <= 600U);
        streams[i].reset();
    }
    work.reset();
    runner.join();
    BOOST_TEST(ended >= streams.size() / 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(tls_stream, stream_fixture)

BOOST_AUTO_TEST_CASE(a_stream_over_tls_is_read_as_it_comes_and_leaves_its_connection)
{
    gate head;
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        p.read_request();
        p.write(chunked_head);
        head.wait();
        const std::string piece(50'000, 'x');
        p.write(chunk(piece));
        for (const char c : chunk("one") + chunk(""))
        {
            p.write(std::string_view(&c, 1));
        }
        answer_all(p);
    });
    const auto s = open(server.url("/", "localhost"));
    head.open();
    BOOST_TEST(read_all(*s) == std::string(50'000, 'x') + "one");
    BOOST_TEST(get(server.url("/", "localhost")).body() == "ok");
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(a_stream_over_tls_may_end_with_a_close_that_is_signed_only)
{
    for (const bool is_signed : {true, false})
    {
        loopback_server server(test_pki::get().good(), [is_signed](peer& p) {
            p.read_request();
            p.write(event_head + "Connection: close\r\n\r\none");
            if (is_signed)
            {
                p.send_close_notify();
            }
            p.close();
        });
        const auto s = open(server.url("/", "localhost"));
        reading last;
        BOOST_TEST(read_all(*s, last) == "one");
        BOOST_TEST(last.value.has_value() == is_signed);
        if (!is_signed)
        {
            BOOST_TEST((last.code() == errc::connection_lost));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
