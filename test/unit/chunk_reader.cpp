// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/chunk_reader.hpp"

#include <asioauth/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(chunk_reader_)

namespace {

using detail::chunk_reader;

constexpr std::size_t usual_limit = 100;

std::string times(std::size_t n, std::string_view text)
{
    std::string out;
    while (n-- != 0)
        out += text;
    return out;
}

// What becomes of an input that comes in pieces of this size: the body and what is left behind it,
// or what was refused.
std::string
read(std::string_view in, std::size_t piece, std::size_t limit = usual_limit, bool cut = false)
{
    chunk_reader subject(limit, cut);
    std::string body;
    while (!in.empty() && !subject.is_done())
    {
        const auto part = in.substr(0, piece);
        const auto used = subject.take(part, body);
        if (!used)
            return std::string(name_of(used.error().code()));
        in.remove_prefix(*used);
        if (*used != part.size() && !subject.is_done())
            return "stopped early";
    }
    return body + (subject.is_done() ? "|" : "...") + std::string(in)
        + (subject.was_cut() ? " cut" : "");
}

// The same, which must not depend on how the input is cut.
std::string read(std::string_view in)
{
    const auto whole = read(in, in.size());
    for (std::size_t piece = 1; piece < in.size() && piece < 100; ++piece)
        BOOST_TEST(read(in, piece) == whole);
    return whole;
}

std::string message_of(std::string_view in)
{
    chunk_reader subject(usual_limit);
    std::string body;
    const auto used = subject.take(in, body);
    return used ? "" : used.error().info().message();
}

} // namespace

BOOST_AUTO_TEST_CASE(chunks_are_joined_however_they_arrive)
{
    BOOST_TEST(read("0\r\n\r\n") == "|");
    BOOST_TEST(read("3\r\nabc\r\n0\r\n\r\n") == "abc|");
    BOOST_TEST(read("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == "abcde|");
    BOOST_TEST(read("3\r\n\r\n0\r\n0\r\n\r\n") == "\r\n0|");
    BOOST_TEST(read("000A\r\n0123456789\r\n00\r\n\r\n") == "0123456789|");
    BOOST_TEST(read("a\r\n0123456789\r\n0\r\n\r\n") == "0123456789|");
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_last_chunk_is_left_alone)
{
    BOOST_TEST(read("1\r\na\r\n0\r\n\r\nHTTP/1.1 ", 1000) == "a|HTTP/1.1 ");
    BOOST_TEST(read("1\r\na\r\n0\r\nA: b\r\n\r\n\r\n", 1000) == "a|\r\n");
    chunk_reader subject(usual_limit);
    std::string body;
    BOOST_TEST(subject.take("0\r\n\r\n", body).value() == 5U);
    BOOST_TEST(subject.is_done());
    BOOST_TEST(subject.take("1\r\n", body).value() == 0U);
    BOOST_TEST(body.empty());
}

BOOST_AUTO_TEST_CASE(body_that_has_not_ended_is_not_done)
{
    constexpr std::string_view whole = "2;x=y\r\nab\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t n = 0; n != whole.size(); ++n)
    {
        chunk_reader subject(usual_limit);
        std::string body;
        BOOST_TEST(subject.take(whole.substr(0, n), body).value() == n);
        BOOST_TEST(!subject.is_done());
        BOOST_TEST(!subject.was_cut());
    }
}

BOOST_AUTO_TEST_CASE(extensions_are_checked_and_dropped)
{
    for (const auto* const extension :
         {";", ";a", ";a=b", " ;a", "\t;a", " ", "\t \t", ";a=\"b c\"", "; a ; b", ";\xc3\xbc"})
    {
        const std::string in = "1" + std::string(extension) + "\r\na\r\n0\r\n\r\n";
        BOOST_TEST(read(in) == "a|", extension);
        BOOST_TEST(read("1\r\na\r\n0" + std::string(extension) + "\r\n\r\n") == "a|", extension);
    }
    // Blanks may stand before an extension, nothing else.
    for (const auto* const wrong :
         {" a", "\ta", " =", "g", ",", "\"", "\n", ";a\n", ";\x7f", ";\x01"})
    {
        BOOST_TEST(read("1" + std::string(wrong) + "\r\na") == "http_framing_invalid", wrong);
    }
}

BOOST_AUTO_TEST_CASE(extension_of_one_chunk_has_a_limit)
{
    const auto with = [](std::size_t octets) {
        return "1;" + std::string(octets - 1, 'x') + "\r\na\r\n";
    };
    const auto most = with(chunk_reader::max_extension);
    BOOST_TEST(read(most + "0\r\n\r\n", 1000) == "a|");
    // Counted anew for each chunk.
    BOOST_TEST(read(most + most + "0\r\n\r\n", 7) == "aa|");
    const auto more = with(chunk_reader::max_extension + 1);
    BOOST_TEST(read(more, 1000) == "http_framing_invalid");
    BOOST_TEST(message_of(more) == "A chunk of the response has too long an extension.");
    BOOST_TEST(
        message_of("1" + std::string(2000, ' '))
        == "A chunk of the response has too long an extension."
    );
}

BOOST_AUTO_TEST_CASE(size_that_is_none_is_refused)
{
    for (const auto* const in :
         {"\r\n", "g\r\n", " 1\r\n", ";a\r\n", "-1\r\n", "+1\r\n", "\n", "x1"})
    {
        BOOST_TEST(message_of(in) == "A chunk of the response has no size.", in);
    }
    BOOST_TEST(message_of("0x1\r\n") == "A chunk of the response is malformed.");
    BOOST_TEST(message_of("1\r\na\r\n\r\n") == "A chunk of the response has no size.");
    for (const auto* const in : {"/", ":", "@", "G", "`", "g"}) // beside what is a digit
    {
        BOOST_TEST(read(in) == "http_framing_invalid", in);
        BOOST_TEST(read("1" + std::string(in)) == "http_framing_invalid", in);
    }
}

BOOST_AUTO_TEST_CASE(size_may_have_so_many_digits)
{
    const auto most = chunk_reader::max_size_digits;
    BOOST_TEST(read(std::string(most - 1, '0') + "1\r\na\r\n0\r\n\r\n") == "a|");
    BOOST_TEST(read(std::string(most, '0') + "\r\n\r\n") == "|");
    BOOST_TEST(
        message_of(std::string(most, '0') + "1\r\na")
        == "A chunk of the response has too long a size."
    );
    // Counted anew for each chunk.
    const auto one = std::string(most - 1, '0') + "1\r\na\r\n";
    BOOST_TEST(read(one + one + "0\r\n\r\n") == "aa|");
}

BOOST_AUTO_TEST_CASE(size_never_wraps)
{
    BOOST_TEST(read("10000000000000001\r\n") == "response_body_too_large");
    BOOST_TEST(read("ffffffffffffffff\r\n") == "response_body_too_large");
    BOOST_TEST(read("fffffffffffffff\r\n") == "response_body_too_large");
    BOOST_TEST(message_of("1000000000000000") == "A chunk of the response is too large.");
    // Short of that a body that nobody collects may be as long as it likes.
    BOOST_TEST(read("fffffffffffffff\r\nabc", 1000, chunk_reader::unlimited) == "abc...");
    BOOST_TEST(
        read("ffffffffffffffff\r\nabc", 1000, chunk_reader::unlimited) == "response_body_too_large"
    );
}

BOOST_AUTO_TEST_CASE(every_line_ends_in_cr_lf)
{
    BOOST_TEST(message_of("1\r\r\na") == "A chunk size does not end in CR LF.");
    BOOST_TEST(message_of("1;a\ra") == "A chunk size does not end in CR LF.");
    BOOST_TEST(message_of("1\na") == "A chunk of the response is malformed.");
    BOOST_TEST(message_of("1\r\nab\r\n") == "A chunk is longer than its size says.");
    BOOST_TEST(message_of("1\r\na\n") == "A chunk is longer than its size says.");
    BOOST_TEST(message_of("1\r\na\rb") == "A chunk is longer than its size says.");
    BOOST_TEST(message_of("0\r\n\rx") == "The trailer does not end in CR LF.");
    BOOST_TEST(message_of("0\r\n\r\r") == "The trailer does not end in CR LF.");
    BOOST_TEST(message_of("0\r\nA: b\rx") == "A line of the trailer does not end in CR LF.");
    BOOST_TEST(message_of("0\r\nA: b\r\r\n") == "A line of the trailer does not end in CR LF.");
}

BOOST_AUTO_TEST_CASE(trailer_is_checked_and_dropped)
{
    BOOST_TEST(read("1\r\na\r\n0\r\nA: b\r\n\r\n") == "a|");
    BOOST_TEST(read("0\r\nA:\r\nContent-Length: 5\r\nb:: c:\t\xc3\xbc\r\n\r\n") == "|");
    for (const auto* const malformed :
         {":",
          ": b",
          " A: b",
          "A b: c",
          "A\r\n",
          "A\t: b",
          "\n",
          "(A): b",
          "\xc3\xbc: b",
          "A\x7f: b"})
    {
        const std::string in = "0\r\n" + std::string(malformed) + "\r\n\r\n";
        BOOST_TEST(read(in) == "http_framing_invalid", malformed);
        BOOST_TEST(
            message_of(in) == "The trailer of the response has a malformed field.", malformed
        );
    }
    for (const auto* const control : {"A: b\n", "A: \x01", "A: \x7f", "A: b\r\n B: c"})
    {
        BOOST_TEST(
            read("0\r\n" + std::string(control) + "\r\n\r\n") == "http_framing_invalid", control
        );
    }
    BOOST_TEST(
        message_of("0\r\nA: b\nC: d\r\n")
        == "The trailer of the response contains a control character."
    );
}

BOOST_AUTO_TEST_CASE(trailer_has_a_limit_of_octets_and_one_of_fields)
{
    const auto fields = [](std::size_t n) { return "0\r\n" + times(n, "A:\r\n") + "\r\n"; };
    BOOST_TEST(read(fields(limits::response_fields), 1000) == "|");
    BOOST_TEST(
        message_of(fields(limits::response_fields + 1))
        == "The trailer of the response has too many fields."
    );
    // The line feed that ends a field counts, the empty line at the end does not.
    const auto octets = [](std::size_t n) {
        return "0\r\nA:" + std::string(n - 4, 'b') + "\r\n\r\n";
    };
    BOOST_TEST(read(octets(chunk_reader::max_trailer), 1000) == "|");
    BOOST_TEST(
        message_of(octets(chunk_reader::max_trailer + 1))
        == "The trailer of the response is too long."
    );
    // What an extension of the last chunk took does not count.
    const std::string extended = "0;" + std::string(chunk_reader::max_extension - 1, 'x');
    BOOST_TEST(read(extended + octets(chunk_reader::max_trailer).substr(1), 1000) == "|");
}

BOOST_AUTO_TEST_CASE(body_has_a_limit_over_all_its_chunks)
{
    BOOST_TEST(read("5\r\nabcde\r\n0\r\n\r\n", 1, 5) == "abcde|");
    BOOST_TEST(read("6\r\nabcdef", 100, 5) == "response_body_too_large");
    BOOST_TEST(read("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 1, 5) == "abcde|");
    BOOST_TEST(read("3\r\nabc\r\n3\r\ndef\r\n", 1, 5) == "response_body_too_large");
    BOOST_TEST(read("0\r\n\r\n", 1, 0) == "|");
    BOOST_TEST(read("1\r\na", 1, 0) == "response_body_too_large");
    // Refused before anything of such a chunk is taken.
    chunk_reader subject(5);
    std::string body;
    BOOST_TEST(!subject.take("3\r\nabc\r\n3\r\ndef", body).has_value());
    BOOST_TEST(body == "abc");
}

BOOST_AUTO_TEST_CASE(body_that_may_be_cut_ends_at_the_limit)
{
    for (const std::size_t piece : {1U, 2U, 3U, 1000U})
    {
        BOOST_TEST(read("6\r\nabcdef\r\n0\r\n\r\n", piece, 5, true).starts_with("abcde|"));
        BOOST_TEST(read("3\r\nabc\r\n3\r\ndef\r\n", piece, 5, true).starts_with("abcde|"));
        BOOST_TEST(read("3\r\nabc\r\n3\r\ndef\r\n", piece, 5, true).ends_with(" cut"));
        // The limit is reached, but it is not known yet whether there is more.
        BOOST_TEST(read("5\r\nabcde\r\n", piece, 5, true) == "abcde...");
        BOOST_TEST(read("5\r\nabcde\r\n0\r\n\r\n", piece, 5, true) == "abcde|");
        BOOST_TEST(read("5\r\nabcde\r\n1\r\n", piece, 5, true) == "abcde| cut");
        BOOST_TEST(read("1\r\n", piece, 0, true) == "| cut");
    }
    // A mistake before the limit is one all the same.
    BOOST_TEST(read("3\r\nabcd\r\n", 1000, 5, true) == "http_framing_invalid");
}

BOOST_AUTO_TEST_CASE(body_is_appended_to_what_is_there)
{
    chunk_reader subject(chunk_reader::unlimited);
    std::string body = "before ";
    BOOST_TEST(subject.take("3\r\nab", body).value() == 5U);
    BOOST_TEST(body == "before ab");
    // Whoever does not collect takes away what there is.
    body.clear();
    BOOST_TEST(subject.take("c\r\n200\r\n" + std::string(512, 'd'), body).value() == 520U);
    BOOST_TEST(body == "c" + std::string(512, 'd'));
}

BOOST_AUTO_TEST_SUITE_END()
