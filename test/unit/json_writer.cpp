// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_writer.hpp"

#include "base/json_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(json_writer)

using asioauth::detail::json_object;
using writer = asioauth::detail::json_writer;

namespace {

std::string text_of(writer& w)
{
    return std::string(w.finish().reveal());
}

} // namespace

BOOST_AUTO_TEST_CASE(members_are_written_in_order_with_nested_ones_inside_and_without_empty_ones)
{
    writer w;
    w.text("a", "x");
    w.begin("b");
    w.flag("yes", true);
    w.begin("empty");
    w.end();
    w.number("n", -7);
    w.end();
    w.texts("none", {});
    w.texts("list", {"p", "q"});
    w.text("nothing", "");
    w.flag("no", false);
    BOOST_TEST(text_of(w) == R"({"a":"x","b":{"yes":true,"empty":{},"n":-7},"list":["p","q"]})");
}

BOOST_AUTO_TEST_CASE(nothing_written_is_an_empty_object)
{
    writer w;
    BOOST_TEST(text_of(w) == "{}");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back_whatever_the_text)
{
    std::string every;
    for (char c = 1; c != 0x7f; ++c)
        every += c;
    every += "\xc3\xa4\xe2\x82\xac{[,:";
    writer w;
    w.text(every, "name");
    w.text("value", every);
    w.texts("values", {every, "", "{"});
    w.number("least", std::numeric_limits<std::int64_t>::min());
    const auto read = json_object::parse(text_of(w));
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->string(every).value() == "name");
    BOOST_TEST(read->string("value").value() == every);
    const std::vector<std::string> expected = {every, "", "{"};
    BOOST_TEST(
        read->optional_strings("values").value().value() == expected,
        boost::test_tools::per_element()
    );
    BOOST_TEST(
        *read->raw().if_contains("least")->if_int64() == std::numeric_limits<std::int64_t>::min()
    );
}

BOOST_AUTO_TEST_CASE(characters_that_need_it_are_escaped_wherever_they_are)
{
    for (unsigned c = 0; c != 0x80; ++c)
    {
        for (std::size_t size = 1; size != 20; ++size)
        {
            for (std::size_t at = 0; at != size; ++at)
            {
                std::string value(size, 'p');
                value[at] = static_cast<char>(c);
                writer out;
                out.text("m", value);
                const auto written = out.finish();
                const bool escaped = c < 0x20 || c == '"' || c == '\\';
                const bool is_short = c >= 0x20 || c == '\n';
                const auto longer = escaped ? (is_short ? 1U : 5U) : 0U;
                BOOST_REQUIRE(written.size() == value.size() + longer + 8);
                // NUL can be written, but is not read.
                const auto read = json_object::parse(written.reveal());
                BOOST_REQUIRE(read.has_value() == (c != 0));
                if (read)
                    BOOST_REQUIRE(*read->raw().if_contains("m")->if_string() == value);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_document_of_any_length_is_whole)
{
    const std::string longer(5'000, 'x');
    writer w;
    for (int i = 0; i != 20; ++i)
        w.text("m" + std::to_string(i), longer);
    const auto read = json_object::parse(text_of(w));
    BOOST_REQUIRE(read.has_value());
    for (int i = 0; i != 20; ++i)
        BOOST_TEST(read->string("m" + std::to_string(i)).value() == longer);
}

BOOST_AUTO_TEST_SUITE_END()
