// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How the answers of a hub are written by a server on Beast.

#include "support/mock_ports.hpp"

#include <asioauth/hub_beast.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>

BOOST_AUTO_TEST_SUITE(hub_beast)

using namespace asioauth;
using namespace asioauth::test;
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

class canned_stream final : public body_stream
{
public:
    canned_stream(asio::any_io_executor ex, std::deque<result<std::string>> parts, int& alive)
        : executor_(std::move(ex))
        , parts_(std::move(parts))
        , alive_(alive)
    {
        ++alive_;
    }
    ~canned_stream() override { --alive_; }

    void async_read_some(handler h) override
    {
        auto part = parts_.empty() ? result<std::string>(failure(errc::connection_lost))
                                   : std::move(parts_.front());
        if (!parts_.empty())
            parts_.pop_front();
        std::make_shared<parked<result<std::string>>>(executor_, std::move(h))
            ->complete(std::move(part));
    }
    void close() override {}

private:
    asio::any_io_executor executor_;
    std::deque<result<std::string>> parts_;
    int& alive_;
};

class written
{
public:
    std::string text;
    boost::system::error_code error;
    bool keep_alive = false;
};

class writer
{
public:
    written write(http_response r, http::verb method = http::verb::get, unsigned version = 11)
    {
        asio::local::stream_protocol::socket ours(io);
        asio::local::stream_protocol::socket theirs(io);
        asio::local::connect_pair(ours, theirs);
        http::request<http::string_body> request(method, "/", version);
        if (!keeps_alive)
            request.keep_alive(false);
        written out;
        bool done = false;
        async_write_hub_response(
            ours,
            request,
            std::move(r),
            [&](boost::system::error_code ec, bool keep_alive) {
                done = true;
                out.error = ec;
                out.keep_alive = keep_alive;
                ours.close();
            }
        );
        BOOST_TEST(!done);
        io.restart();
        io.run();
        BOOST_TEST(done);
        boost::system::error_code ec;
        asio::read(theirs, asio::dynamic_buffer(out.text), ec);
        return out;
    }

    http_response streamed(std::deque<result<std::string>> parts)
    {
        http_response r(200, "");
        r.field("Content-Type", "text/event-stream");
        r.events(std::make_shared<canned_stream>(io.get_executor(), std::move(parts), alive));
        return r;
    }

    asio::io_context io;
    bool keeps_alive = true;
    int alive = 0;
};

std::string body_of(const written& w)
{
    const auto end = w.text.find("\r\n\r\n");
    return end == std::string::npos ? "no head" : w.text.substr(end + 4);
}

bool says(const written& w, const char* what)
{
    return w.text.find(what) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_answer_is_written_with_its_length)
{
    writer w;
    http_response r(404, "nothing");
    r.field("X-One", "1").field("X-One", "2").field("Content-Length", "99");
    const auto got = w.write(r);
    BOOST_TEST(!got.error);
    BOOST_TEST(got.keep_alive);
    BOOST_TEST(got.text.starts_with("HTTP/1.1 404 "));
    BOOST_TEST(says(got, "Content-Length: 7\r\n"));
    BOOST_TEST(!says(got, "99"));
    BOOST_TEST(body_of(got) == "nothing");
    const auto empty = w.write(http_response(303, ""));
    BOOST_TEST(says(empty, "Content-Length: 0\r\n"));
}

BOOST_AUTO_TEST_CASE(a_head_has_the_length_of_what_is_not_sent)
{
    writer w;
    const auto got = w.write(http_response(200, "nothing"), http::verb::head);
    BOOST_TEST(says(got, "Content-Length: 7\r\n"));
    BOOST_TEST(body_of(got) == "");
    BOOST_TEST(got.keep_alive);
    // Nobody reads the stream of one.
    const auto streamed = w.write(w.streamed({std::string("a"), std::string()}), http::verb::head);
    BOOST_TEST(!streamed.error);
    BOOST_TEST(body_of(streamed) == "");
    BOOST_TEST(!streamed.keep_alive);
    BOOST_TEST(w.alive == 0);
}

BOOST_AUTO_TEST_CASE(what_goes_on_is_sent_in_chunks_and_ends_the_connection)
{
    writer w;
    const auto got = w.write(w.streamed({std::string("ab"), std::string("cde"), std::string()}));
    BOOST_TEST(!got.error);
    BOOST_TEST(says(got, "Transfer-Encoding: chunked\r\n"));
    BOOST_TEST(says(got, "Connection: close\r\n"));
    BOOST_TEST(!says(got, "Content-Length"));
    BOOST_TEST(body_of(got) == "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
    BOOST_TEST(!got.keep_alive);
    BOOST_TEST(w.alive == 0);
}

BOOST_AUTO_TEST_CASE(what_breaks_off_has_no_last_chunk)
{
    writer w;
    const auto got = w.write(w.streamed({std::string("ab"), failure(errc::connection_lost)}));
    BOOST_TEST((got.error == errc::connection_lost));
    BOOST_TEST(!got.keep_alive);
    BOOST_TEST(body_of(got) == "2\r\nab\r\n");
    BOOST_TEST(w.alive == 0);
}

BOOST_AUTO_TEST_CASE(an_old_client_gets_a_stream_that_ends_with_its_connection)
{
    writer w;
    const auto got = w.write(
        w.streamed({std::string("ab"), std::string("c"), std::string()}), http::verb::get, 10
    );
    BOOST_TEST(got.text.starts_with("HTTP/1.0 200 "));
    BOOST_TEST(!says(got, "chunked"));
    BOOST_TEST(!says(got, "Content-Length"));
    BOOST_TEST(body_of(got) == "abc");
    BOOST_TEST(!got.error);
    BOOST_TEST(!got.keep_alive);
    const auto plain = w.write(http_response(200, "x"), http::verb::get, 10);
    BOOST_TEST(!plain.keep_alive);
    BOOST_TEST(body_of(plain) == "x");
}

BOOST_AUTO_TEST_CASE(who_wants_to_close_is_closed)
{
    writer w;
    w.keeps_alive = false;
    const auto got = w.write(http_response(200, "x"));
    BOOST_TEST(!got.keep_alive);
    BOOST_TEST(says(got, "Connection: close\r\n"));
}

BOOST_AUTO_TEST_CASE(a_field_or_status_that_is_none_does_not_reach_the_wire)
{
    writer w;
    http_response r(200, "x");
    r.field("X-Odd", "a\r\nSet-Cookie: evil=1")
        .field("X-Odd\r\nEvil", "1")
        .field("X-Nul", std::string_view("a\0b", 3));
    r.field("X-Fine", "1");
    const auto got = w.write(r);
    BOOST_TEST(!says(got, "evil"));
    BOOST_TEST(!says(got, "Evil"));
    BOOST_TEST(!says(got, "X-Nul"));
    BOOST_TEST(says(got, "X-Fine: 1\r\n"));
    for (int status : {0, -1, 99, 1'000, 100'000})
        BOOST_TEST(w.write(http_response(status, "")).text.starts_with("HTTP/1.1 500 "));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_ends_the_stream)
{
    writer w;
    asio::local::stream_protocol::socket ours(w.io);
    {
        asio::local::stream_protocol::socket theirs(w.io);
        asio::local::connect_pair(ours, theirs);
    }
    http::request<http::string_body> request(http::verb::get, "/", 11);
    bool failed = false;
    async_write_hub_response(
        ours,
        request,
        w.streamed({std::string("a")}),
        [&](boost::system::error_code ec, bool keep) { failed = ec.failed() && !keep; }
    );
    w.io.run();
    BOOST_TEST(failed);
    BOOST_TEST(w.alive == 0);
}

BOOST_AUTO_TEST_CASE(a_request_is_handed_over_with_all_its_fields)
{
    http::request<http::string_body> request(http::verb::post, "/a?b", 11);
    request.insert("X-One", "1");
    request.insert("x-one", "2");
    request.body() = "text";
    const hub_request r = make_hub_request(request);
    BOOST_TEST(r.method() == "POST");
    BOOST_TEST(r.target() == "/a?b");
    BOOST_TEST(r.fields().size() == 2);
    BOOST_TEST(r.field("X-ONE") == "1");
    BOOST_TEST(r.body().reveal() == "text");
}

BOOST_AUTO_TEST_SUITE_END()
