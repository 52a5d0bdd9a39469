// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "listener/request_head.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace {

using asioauth::detail::request_head;
using asioauth::detail::request_head_reader;
using state = request_head_reader::state;

state outcome(std::string_view bytes)
{
    request_head_reader reader;
    return reader.feed(bytes);
}

// What must be refused: as a whole and byte by byte.
void check_refused(std::string_view bytes)
{
    BOOST_TEST_CONTEXT(std::string(bytes))
    {
        BOOST_TEST((outcome(bytes) == state::refused));
        request_head_reader reader;
        for (const char c : bytes)
            reader.feed({&c, 1});
        BOOST_TEST((reader.feed({}) == state::refused));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(request_head_)

BOOST_AUTO_TEST_CASE(a_whole_head_is_taken_apart)
{
    request_head_reader reader;
    const auto got = reader.feed("GET /callback?code=a&state=b HTTP/1.1\r\nHost: 127.0.0.1:1234\r\n"
                                 "Accept:\t text/html \t\r\nX-Empty:\r\n\r\n");
    BOOST_REQUIRE((got == state::complete));
    const request_head& head = reader.head();
    BOOST_TEST(head.method == "GET");
    BOOST_TEST(head.target == "/callback?code=a&state=b");
    BOOST_TEST(head.path() == "/callback");
    BOOST_TEST(head.minor_version == 1);
    BOOST_TEST(head.fields.size() == 3U);
    BOOST_TEST(head.field("host").value() == "127.0.0.1:1234");
    BOOST_TEST(head.field("accept").value() == "text/html");
    BOOST_TEST(head.field("x-empty").value().empty());
    BOOST_TEST(!head.field("cookie").has_value());
}

BOOST_AUTO_TEST_CASE(a_head_in_single_bytes_reads_the_same)
{
    const std::string text = "GET /a HTTP/1.0\r\nhOsT: h\r\n\r\n";
    request_head_reader reader;
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        BOOST_TEST((reader.feed({&text[i], 1}) == state::incomplete));
    BOOST_TEST((reader.feed({&text.back(), 1}) == state::complete));
    BOOST_TEST(reader.head().minor_version == 0);
    BOOST_TEST(reader.head().field("host").value() == "h");
    BOOST_TEST(reader.head().path() == "/a");
}

BOOST_AUTO_TEST_CASE(bytes_after_the_head_are_not_looked_at)
{
    std::string bytes = "POST / HTTP/1.1\r\nHost: h\r\n\r\n";
    bytes += std::string(20'000, '\0');
    BOOST_TEST((outcome(bytes) == state::complete));
}

BOOST_AUTO_TEST_CASE(octets_above_127_are_accepted_in_field_values_only)
{
    BOOST_TEST((outcome("GET / HTTP/1.1\r\nCookie: \xc3\xa4\r\n\r\n") == state::complete));
    check_refused("GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nH\xc3\xa4: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(control_bytes_and_stray_line_ends_are_refused)
{
    using namespace std::string_view_literals;
    check_refused("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"sv);
    check_refused("GET / HTTP/1.1\r\nHost: h\0\r\n\r\n"sv);
    check_refused("GET / HTTP/1.1\nHost: h\n\n");
    check_refused("GET / HTTP/1.1\r\nHost: h\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n");
    check_refused("GET /\x1b[31m HTTP/1.1\r\nHost: h\r\n\r\n");
    check_refused("\x16\x03\x01\x02"); // a TLS ClientHello
    check_refused("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_as_soon_as_it_is_proven)
{
    BOOST_TEST((outcome("GET /\n") == state::refused));
    BOOST_TEST((outcome("\x16") == state::refused));
}

BOOST_AUTO_TEST_CASE(folded_lines_are_refused)
{
    check_refused("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\n Host: a\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(malformed_fields_are_refused)
{
    check_refused("GET / HTTP/1.1\r\nHost : h\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\n: h\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nA(B): h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_second_host_is_refused)
{
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nHOST: b\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_second_field_of_another_name_has_no_single_value)
{
    request_head_reader reader;
    BOOST_REQUIRE((reader.feed("GET / HTTP/1.1\r\nA: 1\r\na: 2\r\n\r\n") == state::complete));
    BOOST_TEST(!reader.head().field("a").has_value());
}

BOOST_AUTO_TEST_CASE(targets_that_are_not_in_origin_form_are_refused)
{
    for (const std::string_view target :
         {"http://127.0.0.1/",
          "HTTP://127.0.0.1:1/callback?state=a",
          "*",
          "127.0.0.1:80",
          "callback",
          "?a=b",
          "/a#b",
          "/a b",
          "/a\tb",
          ""})
        check_refused("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(other_versions_and_malformed_request_lines_are_refused)
{
    check_refused("PRI * HTTP/2.0\r\n\r\n");
    for (const std::string_view line :
         {"GET / HTTP/2.0",
          "GET / HTTP/0.9",
          "GET / HTTP/1.2",
          "GET / HTTP/1.10",
          "GET / http/1.1",
          "GET /",
          "GET",
          "GET  HTTP/1.1",
          "GET / HTTP/1.1 ",
          " GET / HTTP/1.1",
          "G(T / HTTP/1.1",
          "GET\t/ HTTP/1.1",
          "GET  / HTTP/1.1"})
        check_refused(std::string(line) + "\r\nHost: h\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_head_of_8_KiB_is_read_and_one_byte_more_is_too_large)
{
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    const std::string end = "\r\n\r\n";
    const auto head = [&](std::size_t size) {
        return start + std::string(size - start.size() - end.size(), 'x') + end;
    };
    BOOST_TEST((outcome(head(request_head_reader::max_size)) == state::complete));
    BOOST_TEST((outcome(head(request_head_reader::max_size + 1)) == state::too_large));
    BOOST_TEST((outcome(std::string(100'000, 'A')) == state::too_large));
}

BOOST_AUTO_TEST_CASE(more_than_100_fields_are_refused)
{
    const auto head = [](std::size_t count) {
        std::string text = "GET / HTTP/1.1\r\n";
        for (std::size_t i = 0; i < count; ++i)
            text += "a: b\r\n";
        return text + "\r\n";
    };
    BOOST_TEST((outcome(head(request_head_reader::max_fields)) == state::complete));
    check_refused(head(request_head_reader::max_fields + 1));
}

BOOST_AUTO_TEST_CASE(bytes_after_a_refusal_change_nothing)
{
    request_head_reader reader;
    BOOST_REQUIRE((reader.feed("\n") == state::refused));
    BOOST_TEST((reader.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == state::refused));
}

BOOST_AUTO_TEST_SUITE_END()
