// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_reader.hpp"

#include <asioauth/limits.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(response_reader_)

namespace {

using detail::response_reader;
using stream = response_reader::event_stream;

constexpr std::size_t usual_limit = 100;

std::string name_of_failure(const failure& f)
{
    std::string out(name_of(f.code()));
    if (f.info().http_status() != 0)
        out += ' ' + std::to_string(f.info().http_status());
    return out;
}

// A reader with the buffer that it reads from.
class peer
{
public:
    explicit peer(
        std::size_t limit = usual_limit, stream on_stream = stream::collect, bool cut = false
    )
        : reader(limit, on_stream, cut)
    {}

    // "more", "done", or what is wrong.
    std::string send(std::string_view text, std::size_t piece = 1000)
    {
        while (!text.empty())
        {
            const auto n = put(text, piece);
            const auto complete = reader.take(buffer, n);
            if (!complete)
                return name_of_failure(complete.error());
            if (*complete)
            {
                unread = text;
                return "done";
            }
        }
        return "more";
    }

    // The octets of a stream, and what comes of it.
    std::string follow(std::string_view text)
    {
        put(text, text.size());
        std::string octets;
        const auto complete = reader.take_octets(buffer, octets);
        return octets
            + (complete ? *complete ? "|" : "..." : "!" + name_of_failure(complete.error()));
    }

    // The rest of what came, whether it was looked at or not.
    std::string left() const
    {
        return std::string(static_cast<const char*>(buffer.data().data()), buffer.size())
            + std::string(unread);
    }

    response_reader reader;
    detail::receive_buffer buffer{response_reader::buffer_size};
    std::string_view unread;

private:
    std::size_t put(std::string_view& text, std::size_t piece)
    {
        const auto n = std::min({piece, text.size(), buffer.max_size() - buffer.size()});
        boost::asio::buffer_copy(buffer.prepare(n), boost::asio::buffer(text.data(), n));
        buffer.commit(n);
        text.remove_prefix(n);
        return n;
    }
};

// The body of a complete answer with what is left behind it and whether the connection is of use;
// the same however it is cut.
std::string read(std::string_view text, std::size_t limit = usual_limit, bool cut = false)
{
    std::string whole;
    for (const std::size_t piece : {1000U, 1U, 2U, 3U, 7U})
    {
        peer p(limit, stream::collect, cut);
        auto out = p.send(text, piece);
        if (out == "done")
        {
            const bool keeps = p.reader.may_keep_alive();
            const auto left = p.left();
            out = p.reader.release().body() + "|" + left + (keeps ? " keeps" : " closes");
        }
        if (whole.empty())
            whole = out;
        // What is cut off may have been looked at or not.
        BOOST_TEST(
            (cut ? out.substr(0, out.find('|')) : out)
            == (cut ? whole.substr(0, whole.find('|')) : whole)
        );
    }
    return whole;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(body_ends_where_its_framing_says)
{
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nabcHTTP/1.1") == "abc|HTTP/1.1 keeps");
    BOOST_TEST(read(ok + "Content-Length: 0\r\n\r\nx") == "|x keeps");
    BOOST_TEST(read(ok + "Content-Length: 3\r\nConnection: close\r\n\r\nabc") == "abc| closes");
    BOOST_TEST(
        read(ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nx") == "abc|x keeps"
    );
    BOOST_TEST(read("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc") == "abc| closes");
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nab") == "more");
    BOOST_TEST(read(ok + "\r\nabc") == "more");
}

BOOST_AUTO_TEST_CASE(some_statuses_have_no_body_whatever_the_head_says)
{
    for (const std::string status : {"204", "304"})
    {
        const auto head = "HTTP/1.1 " + status + " X\r\n";
        BOOST_TEST(read(head + "Content-Length: 3\r\n\r\nabc") == "|abc keeps");
        BOOST_TEST(read(head + "Transfer-Encoding: chunked\r\n\r\n0\r\n") == "|0\r\n keeps");
        BOOST_TEST(read(head + "\r\n") == "| keeps");
    }
    BOOST_TEST(read("HTTP/1.1 205 X\r\nContent-Length: 1\r\n\r\na") == "a| keeps");
}

BOOST_AUTO_TEST_CASE(end_of_the_connection_ends_a_body_without_framing)
{
    peer p;
    BOOST_TEST(p.reader.untouched());
    BOOST_TEST(p.send(ok + "\r\nabc") == "more");
    BOOST_TEST(!p.reader.untouched());
    BOOST_TEST(!p.reader.may_keep_alive());
    BOOST_TEST(p.reader.end(true).has_value());
    BOOST_TEST(!p.reader.may_keep_alive());
    BOOST_TEST(p.reader.release().body() == "abc");
}

BOOST_AUTO_TEST_CASE(end_of_the_connection_is_a_loss_anywhere_else)
{
    const auto lost = [](std::string_view text, bool clean) {
        peer p;
        BOOST_TEST(p.send(text) == "more");
        const auto ended = p.reader.end(clean);
        return ended ? "ended" : name_of_failure(ended.error());
    };
    BOOST_TEST(lost("", true) == "connection_lost");
    BOOST_TEST(lost("HTTP/1.1 200", true) == "connection_lost");
    BOOST_TEST(lost(ok + "Content-Length: 3\r\n\r\nab", true) == "connection_lost 200");
    BOOST_TEST(lost(ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", true) == "connection_lost 200");
    // Anybody can cut a connection off that does not say how it ends.
    BOOST_TEST(lost(ok + "\r\nabc", false) == "connection_lost 200");
    BOOST_TEST(lost(ok + "\r\nabc", true) == "ended");
}

BOOST_AUTO_TEST_CASE(interim_responses_are_passed_over_so_often_and_no_more)
{
    std::string interim;
    for (int i = 0; i != limits::interim_responses; ++i)
        interim += "HTTP/1.1 103 Early\r\nA: b\r\n\r\n";
    const auto last = ok + "Content-Length: 1\r\n\r\na";
    BOOST_TEST(read(interim + last) == "a| keeps");
    BOOST_TEST(read(interim + "HTTP/1.1 100 C\r\n\r\n" + last) == "http_framing_invalid");
    BOOST_TEST(read("HTTP/1.1 101 Switch\r\n\r\n" + last) == "http_framing_invalid");
    peer p;
    BOOST_TEST(p.send(interim + last) == "done");
    BOOST_TEST(p.reader.release().field("A").empty()); // of the last one alone
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_refused_by_its_first_octets)
{
    for (const auto* const text : {"\r\n", "X", "HTTP/2", "SSH-2.0-x\r\n", "\x15\x03\x03"})
    {
        peer p;
        BOOST_TEST(p.send(text) == "http_framing_invalid", text);
    }
    BOOST_TEST(read(ok + "Content-Length: 1\r\n\r\na") == "a| keeps");
    BOOST_TEST(read("HTTP/1.1 100 C\r\n\r\nX") == "http_framing_invalid");
    BOOST_TEST(read(ok + "A : b\r\n\r\n") == "http_framing_invalid");
    BOOST_TEST(read(ok + "Transfer-Encoding: chunked\r\n\r\nx") == "http_framing_invalid 200");
}

BOOST_AUTO_TEST_CASE(head_has_a_limit)
{
    const auto padded = [](std::size_t size) {
        const std::string begin = ok + "Content-Length: 0\r\nA: ";
        return begin + std::string(size - begin.size() - 4, 'a') + "\r\n\r\n";
    };
    for (const std::size_t piece : {100U, 999U, 8192U})
    {
        BOOST_TEST(peer().send(padded(limits::response_head), piece) == "done");
        BOOST_TEST(
            peer().send(padded(limits::response_head + 1), piece) == "response_head_too_large"
        );
        // Without an end it is known too.
        BOOST_TEST(
            peer().send(ok + "A: " + std::string(limits::response_head, 'a'), piece)
            == "response_head_too_large"
        );
    }
}

BOOST_AUTO_TEST_CASE(body_has_a_limit_however_it_is_framed)
{
    const auto chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    BOOST_TEST(read(ok + "Content-Length: 5\r\n\r\nabcde", 5) == "abcde| keeps");
    BOOST_TEST(read(ok + "Content-Length: 6\r\n\r\n", 5) == "response_body_too_large 200");
    BOOST_TEST(
        read(ok + "Content-Length: 99999999999999999999\r\n\r\n", 5)
        == "response_body_too_large 200"
    );
    BOOST_TEST(read(chunked + "5\r\nabcde\r\n0\r\n\r\n", 5) == "abcde| keeps");
    BOOST_TEST(read(chunked + "6\r\nabcdef", 5) == "response_body_too_large 200");
    BOOST_TEST(read(ok + "\r\nabcde", 5) == "more");
    BOOST_TEST(read(ok + "\r\nabcdef", 5) == "response_body_too_large 200");
}

BOOST_AUTO_TEST_CASE(body_that_may_be_cut_ends_at_the_limit_with_the_connection)
{
    const auto chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    BOOST_TEST(read(ok + "Content-Length: 5\r\n\r\nabcdef", 5, true) == "abcde|f keeps");
    BOOST_TEST(read(ok + "Content-Length: 6\r\n\r\nabcdef", 5, true) == "abcde|f closes");
    BOOST_TEST(read(ok + "Content-Length: 1\r\n\r\na", 0, true) == "|a closes");
    BOOST_TEST(read(chunked + "5\r\nabcde\r\n0\r\n\r\n", 5, true) == "abcde| keeps");
    BOOST_TEST(read(chunked + "6\r\nabcdef", 5, true) == "abcde|f closes");
    BOOST_TEST(read(ok + "\r\nabcdef", 5, true) == "abcde|f closes");
    BOOST_TEST(read(ok + "\r\nabcde", 5, true) == "more");
}

BOOST_AUTO_TEST_CASE(what_framing_adds_has_a_limit)
{
    const std::string chunk = "1;" + std::string(1000, 'x') + "\r\na\r\n";
    std::string text = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const auto most = limits::response_head + usual_limit + response_reader::framing_allowance;
    while (text.size() + chunk.size() <= most)
        text += chunk;
    const auto chunks = text.size() / chunk.size();
    BOOST_TEST(chunks < usual_limit); // the body itself is within its limit
    peer p;
    BOOST_TEST(p.send(text) == "more");
    BOOST_TEST(p.send(chunk) == "response_body_too_large 200");
    peer lenient(usual_limit, stream::collect, true);
    BOOST_TEST(lenient.send(text) == "more");
    BOOST_TEST(lenient.send(chunk) == "done");
    BOOST_TEST(!lenient.reader.may_keep_alive());
    BOOST_TEST(lenient.reader.release().body() == std::string(chunks, 'a'));
}

BOOST_AUTO_TEST_CASE(event_stream_is_collected_skipped_or_followed)
{
    const auto head = ok + "Content-Type: Text/Event-Stream; charset=utf-8\r\n";
    const auto sized = head + "Content-Length: 3\r\n\r\n";
    peer collected;
    BOOST_TEST(collected.send(sized + "abc") == "done");
    BOOST_TEST(collected.reader.release().body() == "abc");
    peer skipped(usual_limit, stream::skip);
    BOOST_TEST(skipped.send(sized + "abc") == "done");
    BOOST_TEST(!skipped.reader.may_keep_alive());
    BOOST_TEST(!skipped.reader.is_stream());
    BOOST_TEST(skipped.reader.release().body().empty());
    peer followed(usual_limit, stream::follow);
    BOOST_TEST(followed.send(sized) == "done");
    BOOST_TEST(followed.reader.is_stream());
    BOOST_TEST(!followed.reader.may_keep_alive());
    BOOST_TEST(followed.follow("ab") == "ab...");
    BOOST_TEST(followed.follow("cd") == "c|");
    BOOST_TEST(followed.left() == "d");
    BOOST_TEST(followed.reader.may_keep_alive());
}

BOOST_AUTO_TEST_CASE(only_a_successful_event_stream_is_followed)
{
    const auto is_followed = [](std::string_view status, std::string_view type) {
        peer p(usual_limit, stream::follow);
        p.send(
            "HTTP/1.1 " + std::string(status) + " X\r\nContent-Type: " + std::string(type)
            + "\r\nContent-Length: 1\r\n\r\n"
        );
        return p.reader.is_stream();
    };
    for (const auto* const type :
         {"text/event-stream", "text/event-stream x", "text/event-stream\t;"})
        BOOST_TEST(is_followed("200", type), type);
    for (const auto* const type :
         {"", "text/event-streams", "text/event-strea", "text/event", "application/json", ";"})
        BOOST_TEST(!is_followed("200", type), type);
    BOOST_TEST(is_followed("299", "text/event-stream"));
    for (const auto* const status : {"204", "300", "304", "400", "500"})
        BOOST_TEST(!is_followed(status, "text/event-stream"), status);
}

BOOST_AUTO_TEST_CASE(stream_has_no_limit_as_a_whole_and_ends_by_its_framing)
{
    const auto head = ok + "Content-Type: text/event-stream\r\n";
    peer chunked(1, stream::follow);
    BOOST_TEST(chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n") == "done");
    const std::string much(1000, 'a');
    for (int i = 0; i != 200; ++i)
        BOOST_TEST(chunked.follow("3e8\r\n" + much + "\r\n") == much + "...");
    // What came before a mistake is good.
    BOOST_TEST(chunked.follow("2\r\nbc\r\nx") == "bc!http_framing_invalid 200");
    peer endless(1, stream::follow);
    BOOST_TEST(endless.send(head + "\r\n") == "done");
    BOOST_TEST(endless.follow(much) == much + "...");
    BOOST_TEST(endless.reader.end(true).has_value());
    BOOST_TEST(!endless.reader.may_keep_alive());
    peer empty(1, stream::follow);
    BOOST_TEST(empty.send(head + "Content-Length: 0\r\n\r\n") == "done");
    BOOST_TEST(empty.follow("") == "|");
    BOOST_TEST(empty.reader.may_keep_alive());
}

BOOST_AUTO_TEST_CASE(stream_is_handed_over_in_pieces_of_bounded_size)
{
    peer p(1, stream::follow);
    BOOST_TEST(p.send(ok + "Content-Type: text/event-stream\r\n\r\n") == "done");
    const std::string much(response_reader::most_octets + 10, 'a');
    BOOST_TEST(p.follow(much).size() == response_reader::most_octets + 3);
    BOOST_TEST(p.follow("") == std::string(10, 'a') + "...");
}

BOOST_AUTO_TEST_CASE(there_is_always_room_for_the_next_read)
{
    detail::receive_buffer b(response_reader::buffer_size);
    BOOST_TEST(response_reader::space(b) == 2U * 1024);
    b.commit(b.prepare(4 * 1024).size());
    BOOST_TEST(response_reader::space(b) == 8U * 1024);
    b.commit(b.prepare(response_reader::buffer_size - b.size() - 1).size());
    BOOST_TEST(response_reader::space(b) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
