// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/http_client_fixture.hpp"

#include <asioauth/limits.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;
using namespace std::string_literals;

const std::string ok = "HTTP/1.1 200 OK\r\n";

struct attack
{
    const char* name;
    std::string bytes;
    errc expected;
};

std::string chunked(const std::string& chunks)
{
    return ok + "Transfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::string times(std::size_t n, std::string_view text)
{
    std::string all;
    all.reserve(n * text.size());
    for (std::size_t i = 0; i != n; ++i)
    {
        all += text;
    }
    return all;
}

const std::vector<attack>& attacks()
{
    const auto invalid = errc::http_framing_invalid;
    static const std::vector<attack> all = {
        {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", invalid},
        {"HTTP/2 preface", "\0\0\x12\x04\0\0\0\0\0"s, invalid},
        {"HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", invalid},
        {"HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", invalid},
        {"empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", invalid},
        {"status 000", "HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"status 099", "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"status 600", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"status 999", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"status of two digits", "HTTP/1.1 20 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"status of four digits", "HTTP/1.1 2000 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"two blanks before the status", "HTTP/1.1  200 X\r\nContent-Length: 0\r\n\r\n", invalid},
        {"folded field", ok + "X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n", invalid},
        {"folded first field", ok + " X-A: b\r\nContent-Length: 0\r\n\r\n", invalid},
        {"NUL in a value", ok + "X-A: b\0c\r\nContent-Length: 0\r\n\r\n"s, invalid},
        {"NUL in a reason", "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n"s, invalid},
        {"control character", ok + "X-A: b\x01\r\nContent-Length: 0\r\n\r\n", invalid},
        {"bare LF", ok + "X-A: b\nContent-Length: 0\r\n\r\n", invalid},
        {"bare LF after the status line", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", invalid},
        {"bare CR", ok + "X-A: b\rX-B: c\r\nContent-Length: 0\r\n\r\n", invalid},
        {"blank before the colon", ok + "Content-Length : 0\r\n\r\n", invalid},
        {"no colon", ok + "Content-Length\r\n\r\n", invalid},
        {"empty name", ok + ": 0\r\n\r\n", invalid},
        {"field name with a blank", ok + "X A: 0\r\nContent-Length: 0\r\n\r\n", invalid},
        {"field name outside ASCII", ok + "X\xc3\xa4: 0\r\nContent-Length: 0\r\n\r\n", invalid},
        {"two equal lengths", ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", invalid},
        {"two lengths", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", invalid},
        {"length list", ok + "Content-Length: 2, 2\r\n\r\nok", invalid},
        {"negative length", ok + "Content-Length: -1\r\n\r\n", invalid},
        {"length with a sign", ok + "Content-Length: +2\r\n\r\nok", invalid},
        {"length in hex", ok + "Content-Length: 0x2\r\n\r\nok", invalid},
        {"empty length", ok + "Content-Length:\r\n\r\n", invalid},
        {"length past 2^64",
         ok + "Content-Length: 18446744073709551618\r\n\r\nok",
         errc::response_body_too_large},
        {"length and chunked",
         ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         invalid},
        {"chunked and length",
         ok + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
         invalid},
        {"gzip, chunked", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", invalid},
        {"chunked, chunked", ok + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", invalid},
        {"chunked twice",
         ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         invalid},
        {"chunked, identity",
         ok + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
         invalid},
        {"identity", ok + "Transfer-Encoding: identity\r\n\r\n", invalid},
        {"xchunked", ok + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", invalid},
        {"chunked in HTTP/1.0",
         "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         invalid},
        {"upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", invalid},
        {"1xx flood",
         times(6, "HTTP/1.1 103 Early Hints\r\n\r\n") + ok + "Content-Length: 0\r\n\r\n",
         invalid},
        {"endless 1xx", times(100'000, "HTTP/1.1 100 Continue\r\n\r\n"), invalid},
        {"chunk size not hex", chunked("x\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk size empty", chunked("\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk size negative", chunked("-2\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk size with 0x", chunked("0x2\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk size past 2^64",
         chunked("10000000000000002\r\nok\r\n0\r\n\r\n"),
         errc::response_body_too_large},
        {"chunk size of 17 digits", chunked("00000000000000002\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk longer than its size", chunked("2\r\nokay\r\n0\r\n\r\n"), invalid},
        {"chunk with two other octets behind it", chunked("2\r\nokay0\r\n\r\n"), invalid},
        {"chunk that ends in LF", chunked("2\r\nok\n0\r\n\r\n"), invalid},
        {"chunk size that ends in LF", chunked("2\nok\r\n0\r\n\r\n"), invalid},
        {"chunk extension of 8 KB",
         chunked("2;a=" + std::string(8 * 1024, 'x') + "\r\nok\r\n0\r\n\r\n"),
         invalid},
        {"chunk extension of 8 MB", chunked("2;a=" + std::string(8 << 20, 'x')), invalid},
        {"trailer of 20000 fields",
         chunked("0\r\n" + times(20'000, "X-A: b\r\n") + "\r\n"),
         invalid},
        {"trailer of 200 fields", chunked("0\r\n" + times(200, "X-A: b\r\n") + "\r\n"), invalid},
        {"trailer that never ends", chunked("0\r\nX-A: " + std::string(1 << 20, 'x')), invalid},
        {"folded trailer", chunked("2\r\nok\r\n0\r\nX-A: b\r\n c\r\n\r\n"), invalid},
        {"trailer without a colon", chunked("2\r\nok\r\n0\r\nX-A\r\n\r\n"), invalid},
        {"trailer that ends in LF", chunked("2\r\nok\r\n0\r\nX-A: b\n\r\n"), invalid},
        {"NUL in a trailer", chunked("2\r\nok\r\n0\r\nX-A: \0b\r\n\r\n"s), invalid},
        {"chunk extension with LF", chunked("2;a\nb\r\nok\r\n0\r\n\r\n"), invalid},
        {"chunk size with a comma", chunked("2,\r\nok\r\n0\r\n\r\n"), invalid},
        {"head of 33 KB",
         ok + "X-A: " + std::string(33 * 1024, 'x') + "\r\nContent-Length: 0\r\n\r\n",
         errc::response_head_too_large},
        {"head that never ends",
         ok + "X-A: " + std::string(1 << 20, 'x'),
         errc::response_head_too_large},
        {"status line that never ends",
         "HTTP/1.1 200 " + std::string(1 << 20, 'x'),
         errc::response_head_too_large},
        {"129 fields",
         ok + times(limits::response_fields + 1, "A: b\r\n") + "\r\n",
         errc::response_head_too_large},
        {"20000 fields", ok + times(20'000, "A: b\r\n") + "\r\n", errc::response_head_too_large},
        {"body announced too large",
         ok + "Content-Length: " + std::to_string(limits::metadata_body + 1) + "\r\n\r\n",
         errc::response_body_too_large},
        {"huge body announced",
         ok + "Content-Length: 18446744073709551615\r\n\r\n",
         errc::response_body_too_large},
        {"chunked body too large",
         chunked(times(300, "400\r\n" + std::string(1024, 'x') + "\r\n")),
         errc::response_body_too_large},
        {"one huge chunk", chunked("ffffffffffffffff\r\n"), errc::response_body_too_large},
        {"body to the end too large",
         ok + "\r\n" + std::string(300 * 1024, 'x'),
         errc::response_body_too_large},
        {"a flood of tiny chunks with extensions",
         chunked(times(100'000, "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=b\r\nx\r\n")),
         errc::response_body_too_large},
        {"body cut short", ok + "Content-Length: 10\r\n\r\nok", errc::connection_lost},
        {"head cut short", ok + "Content-Len", errc::connection_lost},
        {"chunk cut short", chunked("5\r\nok"), errc::connection_lost},
        {"no last chunk", chunked("2\r\nok\r\n"), errc::connection_lost},
        {"trailer cut short", chunked("2\r\nok\r\n0\r\nX-A: b\r\n"), errc::connection_lost},
        {"nothing", "", errc::connection_lost},
        {"interim response only", "HTTP/1.1 100 Continue\r\n\r\n", errc::connection_lost},
    };
    return all;
}

// Feed a reader as a connection would, `step` bytes at a time.
result<http_response> read_all(std::string_view bytes, std::size_t step, std::size_t body_limit)
{
    detail::response_reader reader(body_limit);
    detail::receive_buffer buffer(detail::response_reader::buffer_size);
    while (!bytes.empty())
    {
        const auto n = std::min({step, bytes.size(), detail::response_reader::space(buffer)});
        BOOST_REQUIRE(n != 0U);
        const auto space = buffer.prepare(n);
        std::copy_n(bytes.data(), n, static_cast<char*>(space.data()));
        buffer.commit(n);
        bytes.remove_prefix(n);
        BOOST_REQUIRE(buffer.capacity() <= detail::response_reader::buffer_size);
        const auto whole = reader.take(buffer, n);
        if (!whole)
        {
            return whole.error();
        }
        if (*whole)
        {
            return reader.release();
        }
    }
    if (const auto ended = reader.end(true); !ended)
    {
        return ended.error();
    }
    return reader.release();
}

BOOST_AUTO_TEST_SUITE(response_reader)

BOOST_AUTO_TEST_CASE(an_event_stream_ends_with_its_head_for_those_who_do_not_read_streams)
{
    const std::string stream = "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; "
                               "charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const bool stop : {true, false})
    {
        using event_stream = detail::response_reader::event_stream;
        detail::response_reader reader(1000, stop ? event_stream::skip : event_stream::collect);
        detail::receive_buffer buffer(detail::response_reader::buffer_size);
        const auto space = buffer.prepare(stream.size());
        std::copy_n(stream.data(), stream.size(), static_cast<char*>(space.data()));
        buffer.commit(stream.size());
        const auto whole = reader.take(buffer, stream.size());
        BOOST_REQUIRE(whole);
        BOOST_TEST(*whole == stop);
        BOOST_TEST(!reader.may_keep_alive());
    }
}

BOOST_AUTO_TEST_CASE(a_stream_is_taken_in_pieces_of_at_most_16_kib_however_much_is_there)
{
    using event_stream = detail::response_reader::event_stream;
    const std::string type = "Content-Type: text/event-stream\r\n";
    const std::string body(20'000, 'x');
    for (const auto& bytes :
         {ok + type + "Content-Length: 20000\r\n\r\n" + body,
          ok + type + "Transfer-Encoding: chunked\r\n\r\n4e20\r\n" + body + "\r\n0\r\n\r\n"})
    {
        detail::response_reader reader(10, event_stream::follow);
        detail::receive_buffer buffer(detail::response_reader::buffer_size);
        const auto space = buffer.prepare(bytes.size());
        std::copy_n(bytes.data(), bytes.size(), static_cast<char*>(space.data()));
        buffer.commit(bytes.size());
        BOOST_REQUIRE(reader.take(buffer, bytes.size()));
        BOOST_REQUIRE(reader.is_stream());
        std::string all;
        for (bool whole = false; !whole;)
        {
            std::string octets;
            const auto taken = reader.take_octets(buffer, octets);
            BOOST_REQUIRE(taken);
            BOOST_TEST(octets.size() <= std::size_t{16} * 1024);
            all += octets;
            whole = *taken;
        }
        BOOST_TEST((all == body));
        BOOST_TEST(reader.may_keep_alive());
        BOOST_TEST(buffer.size() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(every_attack_is_refused_however_it_is_cut_up)
{
    for (const auto& a : attacks())
    {
        for (const std::size_t step :
             {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1 << 16}})
        {
            if (a.bytes.size() > 100'000 && step < 7)
            {
                continue; // only slow
            }
            BOOST_TEST_CONTEXT(a.name << ", in steps of " << step)
            {
                const auto r = read_all(a.bytes, step, limits::metadata_body);
                BOOST_REQUIRE(!r.has_value());
                BOOST_TEST(name_of(r.error().code()) == name_of(a.expected));
                BOOST_TEST(!r.error().info().message().empty());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(valid_responses_are_read_however_they_are_cut_up)
{
    struct row
    {
        std::string bytes;
        int status;
        std::string body;
    };
    const row rows[] = {
        {ok + "Content-Length: 2\r\n\r\nok", 200, "ok"},
        {ok + "content-LENGTH:2\r\n\r\nok", 200, "ok"},
        {ok + "Content-Length: \t 2 \t \r\n\r\nok", 200, "ok"},
        {ok + "Content-Length: 0\r\n\r\n", 200, ""},
        {"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
        {"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
        {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"},
        {ok + "\r\nto the end", 200, "to the end"},
        {ok + "\r\n", 200, ""},
        {chunked("2\r\nok\r\n0\r\n\r\n"), 200, "ok"},
        {chunked("0\r\n\r\n"), 200, ""},
        {chunked("1\r\no\r\n01\r\nk\r\n000\r\n\r\n"), 200, "ok"},
        {chunked("2;a;b=c;d=\"e;\\\"\"\r\nok\r\n0;x\r\n\r\n"), 200, "ok"},
        {chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n"),
         200,
         "01234567890123456789"},
        {ok + "Transfer-Encoding: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
        {times(5, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") + ok
             + "Content-Length: 2\r\n\r\nok",
         200,
         "ok"},
        {ok + times(limits::response_fields, "A: b\r\n") + "\r\n", 200, ""},
    };
    for (const auto& r : rows)
    {
        for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1 << 16}})
        {
            BOOST_TEST_CONTEXT(r.bytes << ", in steps of " << step)
            {
                const auto response = read_all(r.bytes, step, limits::metadata_body);
                BOOST_REQUIRE(response.has_value());
                BOOST_TEST(response->status() == r.status);
                BOOST_TEST(response->body() == r.body);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(trailer_does_not_become_part_of_the_head)
{
    const auto r = read_all(chunked("0\r\nWWW-Authenticate: Bearer\r\n\r\n"), 1, 100);
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->field("WWW-Authenticate").empty());
}

BOOST_AUTO_TEST_CASE(body_of_exactly_the_limit_is_read)
{
    const std::string body(1000, 'x');
    BOOST_TEST(read_all(ok + "Content-Length: 1000\r\n\r\n" + body, 64, 1000).has_value());
    BOOST_TEST(!read_all(ok + "Content-Length: 1000\r\n\r\n" + body, 64, 999).has_value());
    BOOST_TEST(read_all(chunked("3e8\r\n" + body + "\r\n0\r\n\r\n"), 64, 1000).has_value());
    BOOST_TEST(!read_all(chunked("3e8\r\n" + body + "\r\n0\r\n\r\n"), 64, 999).has_value());
    BOOST_TEST(read_all(ok + "\r\n" + body, 64, 1000).has_value());
    BOOST_TEST(!read_all(ok + "\r\n" + body, 64, 999).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(http_client_framing, http_client_fixture)

BOOST_AUTO_TEST_CASE(every_attack_ends_in_its_error_and_the_client_goes_on)
{
    std::size_t next = 0;
    loopback_server server([&](peer& p) {
        const std::size_t n = p.number() / 2;
        p.read_request();
        if (p.number() % 2 == 1)
        {
            p.respond("ok", "Connection: close\r\n");
            return;
        }
        p.write(attacks()[n].bytes);
        boost::system::error_code ec;
        p.socket().shutdown(peer::tcp::socket::shutdown_send, ec);
        p.read_to_end(); // no reset, which could overtake the bytes
    });
    for (const auto& a : attacks())
    {
        BOOST_TEST_CONTEXT(a.name)
        {
            const auto o = send(post(server.url(), request_kind::registration));
            BOOST_TEST(o.calls == 1);
            BOOST_TEST(name_of(o.code()) == name_of(a.expected));
            BOOST_TEST(client().connections().idle_count() == 0U);
            BOOST_TEST(get(server.url()).body() == "ok");
            ++next;
        }
    }
    BOOST_TEST(next == attacks().size());
}

BOOST_AUTO_TEST_CASE(response_to_the_end_over_plain_http_is_read_and_not_kept)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write(ok + "\r\nto the end");
    });
    BOOST_TEST(get(server.url()).body() == "to the end");
    BOOST_TEST(client().connections().idle_count() == 0U);
}

BOOST_AUTO_TEST_CASE(tls_response_to_the_end_needs_a_proper_end)
{
    loopback_server cut(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.write(ok + "\r\n{\"a\":1");
    });
    BOOST_TEST((get(cut.url()).code() == errc::connection_lost));
    loopback_server proper(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.write(ok + "\r\n{}");
        p.send_close_notify();
    });
    BOOST_TEST(get(proper.url()).body() == "{}");
}

BOOST_AUTO_TEST_CASE(no_content_keeps_the_connection)
{
    loopback_server server([](peer& p) {
        p.read_request();
        p.write("HTTP/1.1 204 No Content\r\n\r\n");
        answer_all(p);
    });
    BOOST_TEST(get(server.url()).status() == 204);
    BOOST_TEST(get(server.url()).body() == "ok");
    BOOST_TEST(server.accepted() == 1U);
}

BOOST_AUTO_TEST_CASE(body_limit_depends_on_the_kind)
{
    const std::string body(limits::metadata_body + 1, 'x');
    loopback_server server([&](peer& p) {
        while (!p.read_request().empty())
        {
            p.respond(body);
        }
    });
    BOOST_TEST(get(server.url(), request_kind::resource).body().size() == body.size());
    BOOST_TEST((get(server.url(), request_kind::metadata).code() == errc::response_body_too_large));
    BOOST_TEST((get(server.url(), request_kind::token).code() == errc::response_body_too_large));
}

BOOST_AUTO_TEST_CASE(large_response_arrives_whole_over_tls)
{
    std::string body;
    for (int i = 0; i != 300'000; ++i)
    {
        body += static_cast<char>('a' + i % 26);
    }
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        while (!p.read_request().empty())
        {
            p.respond(body);
        }
    });
    BOOST_TEST((get(server.url(), request_kind::resource).body() == body));
    BOOST_TEST((get(server.url(), request_kind::resource).body() == body));
}

BOOST_AUTO_TEST_CASE(large_request_arrives_whole_over_tls)
{
    loopback_server server(test_pki::get().good(), [&](peer& p) {
        const auto request = p.read_request();
        p.respond(std::to_string(std::count(request.begin(), request.end(), '#')));
    });
    auto r = request(server.url(), request_kind::resource, "POST");
    r.body("text/plain", secret(std::string(1'000'000, '#')));
    BOOST_TEST(send(r).body() == "1000000");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
