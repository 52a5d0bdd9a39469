// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/response_head.hpp"

#include <asioauth/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(response_head_)

namespace {

using detail::framing_fields;
using detail::read_response_head;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\n";

std::string why_not(std::string_view text)
{
    const auto head = read_response_head(text);
    return head ? std::string("read")
                : std::string(name_of(head.error().code())) + ": " + head.error().info().message();
}

// The same for a head of which only these fields are given.
std::string with(std::string_view fields)
{
    return why_not(std::string(ok).append(fields).append("\r\n\r\n"));
}

detail::response_head head_of(std::string_view fields)
{
    return read_response_head(std::string(ok).append(fields).append("\r\n")).value();
}

const std::string no_status =
    "http_framing_invalid: The response does not begin with a valid status line.";
const std::string no_cr_lf =
    "http_framing_invalid: The response head has a line that does not end in CR LF.";
const std::string malformed = "http_framing_invalid: The response head is malformed.";
const std::string bad_field =
    "http_framing_invalid: The response head has a folded or malformed field.";
const std::string control = "http_framing_invalid: The response head contains a control character.";
const std::string bad_length =
    "http_framing_invalid: The response has a malformed or repeated Content-Length.";
const std::string bad_coding =
    "http_framing_invalid: The response has an unknown or repeated Transfer-Encoding.";
const std::string both =
    "http_framing_invalid: The response has both Content-Length and Transfer-Encoding.";

} // namespace

BOOST_AUTO_TEST_CASE(status_line_is_read_with_any_reason)
{
    for (const auto* const line :
         {"HTTP/1.1 200 OK",
          "HTTP/1.1 200 ",
          "HTTP/1.1 200",
          "HTTP/1.0 200 OK",
          "HTTP/1.1 200 Some Longer\tText \xc3\xbc"})
    {
        const auto head = read_response_head(std::string(line) + "\r\n\r\n");
        BOOST_REQUIRE_MESSAGE(head.has_value(), line);
        BOOST_TEST(head->message.status() == 200);
        BOOST_TEST(head->message.fields().empty());
        BOOST_TEST(!head->length.has_value());
        BOOST_TEST(!head->is_chunked);
    }
    BOOST_TEST(read_response_head("HTTP/1.1 100 \r\n\r\n")->message.status() == 100);
    BOOST_TEST(read_response_head("HTTP/1.1 599 \r\n\r\n")->message.status() == 599);
}

BOOST_AUTO_TEST_CASE(status_line_that_is_none_is_refused)
{
    for (const auto* const line :
         {"",
          "HTTP/1.1",
          "HTTP/1.1 ",
          "HTTP/1.1 20",
          "HTTP/1.1 099 X",
          "HTTP/1.1 600 X",
          "HTTP/1.1 999 X",
          "HTTP/1.1 000 X",
          "HTTP/1.1 2000",
          "HTTP/1.1 200OK",
          "HTTP/1.1 200\tOK",
          "HTTP/1.1  200 OK",
          "HTTP/1.1\t200 OK",
          "HTTP/1.1 2x0 OK",
          "HTTP/1.1 -20 OK",
          "HTTP/1.1 /00 OK",
          "HTTP/1.1 2:0 OK",
          "HTTP/1.2 200 OK",
          "HTTP/2.0 200 OK",
          "http/1.1 200 OK",
          "ICY 200 and more"})
    {
        BOOST_TEST(why_not(std::string(line) + "\r\nA: b\r\n\r\n") == no_status, line);
    }
}

BOOST_AUTO_TEST_CASE(head_has_one_empty_line_and_that_at_its_end)
{
    BOOST_TEST(why_not("") == malformed);
    BOOST_TEST(why_not(ok) == malformed);
    BOOST_TEST(why_not(std::string(ok) + "A: b\r\n") == malformed);
    BOOST_TEST(why_not(std::string(ok) + "\r\nA: b\r\n\r\n") == malformed);
    BOOST_TEST(why_not(std::string(ok) + "A: b\r\n\r\n") == "read");
}

BOOST_AUTO_TEST_CASE(every_line_ends_in_cr_lf)
{
    for (const auto* const text :
         {"HTTP/1.1 200 OK",
          "HTTP/1.1 200 OK\r",
          "HTTP/1.1 200 OK\n\n",
          "HTTP/1.1 200 OK\r\r\n",
          "HTTP/1.1 200 OK\r\nA: b\n\n",
          "HTTP/1.1 200 OK\r\nA: b\rc: d\r\n\r\n",
          "HTTP/1.1 200 OK\r\nA: b\r\n\r"})
    {
        BOOST_TEST(why_not(text) == no_cr_lf, text);
    }
}

BOOST_AUTO_TEST_CASE(control_characters_are_refused)
{
    BOOST_TEST(with("A: b\nC: d") == control);
    BOOST_TEST(with("A: \x01") == control);
    BOOST_TEST(with("A: \x7f") == control);
    BOOST_TEST(with("A\x1f: b") == control);
    BOOST_TEST(with(std::string_view("A: b\0c", 6)) == control);
    BOOST_TEST(why_not("HTTP/1.1 200 \x1b[31m\r\n\r\n") == control);
    BOOST_TEST(with("A: b\tc \x80\xff") == "read");
}

BOOST_AUTO_TEST_CASE(fields_are_read_without_the_blanks_around_their_values)
{
    const auto head = head_of("A: b\r\nSet-Cookie:  \t c d \t\r\nempty:\r\nset-cookie::e\r\n");
    BOOST_TEST(head.message.fields().size() == 4U);
    BOOST_TEST(head.message.field("a") == "b");
    BOOST_TEST(head.message.field("Empty").empty());
    BOOST_TEST(head.message.all("SET-COOKIE").size() == 2U);
    BOOST_TEST(head.message.all("SET-COOKIE").front() == "c d");
    BOOST_TEST(head.message.all("SET-COOKIE").back() == ":e");
}

BOOST_AUTO_TEST_CASE(field_that_is_none_is_refused)
{
    for (const auto* const field :
         {"A", ":", ": b", " A: b", "A : b", "A\t: b", "A b: c", "(A): b", "A: b\r\n folded", "\t"})
    {
        BOOST_TEST(with(field) == bad_field, field);
    }
}

BOOST_AUTO_TEST_CASE(there_are_so_many_fields_and_no_more)
{
    std::string fields;
    for (std::size_t i = 0; i != limits::response_fields; ++i)
        fields += "A: b\r\n";
    BOOST_TEST(head_of(fields).message.fields().size() == limits::response_fields);
    BOOST_TEST(
        with(fields + "A: b") == "response_head_too_large: The response has too many fields."
    );
}

BOOST_AUTO_TEST_CASE(content_length_is_one_number)
{
    BOOST_TEST(head_of("Content-Length: 0\r\n").length.value() == 0U);
    BOOST_TEST(head_of("content-length:0012 \r\n").length.value() == 12U);
    // What no body can have is as good as the largest number.
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    BOOST_TEST(head_of("Content-Length: 18446744073709551615\r\n").length.value() == most);
    BOOST_TEST(head_of("Content-Length: 18446744073709551616\r\n").length.value() == most);
    BOOST_TEST(head_of("Content-Length: " + std::string(99, '9') + "\r\n").length.value() == most);
    for (const auto* const value : {"", "-1", "+1", "0x1", "1,1", "1 1", "1.0", "a", "\xc2\xb2"})
    {
        BOOST_TEST(with("Content-Length: " + std::string(value)) == bad_length, value);
    }
    BOOST_TEST(with("Content-Length: 1\r\nContent-Length: 1") == bad_length);
    BOOST_TEST(with("Content-Length: 1\r\nA: b\r\nCONTENT-LENGTH: 2") == bad_length);
}

BOOST_AUTO_TEST_CASE(transfer_encoding_is_chunked_once_and_alone)
{
    BOOST_TEST(head_of("Transfer-Encoding: chunked\r\n").is_chunked);
    BOOST_TEST(head_of("transfer-encoding:\tCHUNKED \r\n").is_chunked);
    for (const auto* const value :
         {"", "gzip", "identity", "gzip, chunked", "chunked, chunked", "x"})
    {
        BOOST_TEST(with("Transfer-Encoding: " + std::string(value)) == bad_coding, value);
    }
    BOOST_TEST(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked") == bad_coding);
    BOOST_TEST(why_not("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == bad_coding);
    BOOST_TEST(with("Transfer-Encoding: chunked\r\nContent-Length: 1") == both);
    BOOST_TEST(with("Content-Length: 1\r\nTransfer-Encoding: chunked") == both);
}

BOOST_AUTO_TEST_CASE(connection_is_kept_unless_the_server_says_that_it_closes)
{
    for (const auto* const value :
         {"", ",", "keep-alive", "closed", "not-close", "keep-alive, upgrade,", "\"close\""})
    {
        const auto field = "Connection: " + std::string(value) + "\r\n";
        BOOST_TEST(head_of(field).keeps_alive, value);
    }
    for (const auto* const value :
         {"close", "Close", "keep-alive, close", "close,keep-alive", ", \tCLOSE\t ,", "a,b,close"})
    {
        const auto field = "connection: " + std::string(value) + "\r\n";
        BOOST_TEST(!head_of(field).keeps_alive, value);
    }
    BOOST_TEST(!head_of("Connection: close\r\nConnection: keep-alive\r\n").keeps_alive);
    BOOST_TEST(head_of("X-Connection: close\r\n").keeps_alive);
    const auto old = read_response_head("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n");
    BOOST_TEST(!old.value().keeps_alive);
}

BOOST_AUTO_TEST_CASE(framing_means_nothing_where_there_is_no_body)
{
    constexpr std::string_view text =
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\nContent-Length: y\r\nTransfer-Encoding: z\r\n"
        "Connection: close\r\n\r\n";
    BOOST_TEST(why_not(text) == bad_length);
    const auto head = read_response_head(text, framing_fields::ignore);
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(!head->length.has_value());
    BOOST_TEST(!head->is_chunked);
    BOOST_TEST(head->keeps_alive);
    BOOST_TEST(head->message.fields().size() == 4U);
    // All else is checked as ever.
    BOOST_TEST(
        !read_response_head("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", framing_fields::ignore).has_value()
    );
}

BOOST_AUTO_TEST_CASE(beginning_of_a_response_is_known_by_its_first_octets)
{
    for (const auto* const begin :
         {"", "H", "HTTP", "HTTP/1", "HTTP/1.", "HTTP/1.1 200", "HTTP/1.x"})
        BOOST_TEST(detail::may_begin_response(begin), begin);
    for (const auto* const begin :
         {"h", "X", "HTTP/2", "HTTP 1.1", "\r\n", "\x16\x03\x01", "ICY 200"})
        BOOST_TEST(!detail::may_begin_response(begin), begin);
}

BOOST_AUTO_TEST_SUITE_END()
