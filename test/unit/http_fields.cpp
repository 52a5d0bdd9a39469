// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/http_fields.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(http_fields_of_a_message)

namespace {

using asioauth::http_fields;

static_assert(std::forward_iterator<http_fields::const_iterator>);
static_assert(std::ranges::forward_range<const http_fields>);

std::string text_of(const http_fields& fields)
{
    std::string out;
    for (const auto& [name, value] : fields)
        out.append(name).append("=").append(value).append("|");
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(fields_are_in_order_and_may_come_twice_and_be_empty)
{
    http_fields f;
    BOOST_TEST(f.empty());
    BOOST_TEST(f.size() == 0U);
    BOOST_TEST((f.begin() == f.end()));
    f.add("B", "1");
    f.add("a", "");
    f.add("", "x");
    f.add("b", "2");
    f.add(std::string(1, '\0'), std::string("\0=|", 3));
    BOOST_TEST(!f.empty());
    BOOST_TEST(f.size() == 5U);
    BOOST_TEST(text_of(f) == std::string("B=1|a=|=x|b=2|\0=\0=||", 20));
}

BOOST_AUTO_TEST_CASE(names_are_found_without_regard_to_case_and_the_first_counts)
{
    http_fields f;
    f.add("Accept", "a");
    f.add("ACCEPT", "b");
    f.add("empty", "");
    BOOST_TEST(f.first("accept") == "a");
    BOOST_TEST(f.first("Empty").empty());
    BOOST_TEST(f.first("accep").empty());
    BOOST_TEST(f.first("").empty());
}

BOOST_AUTO_TEST_CASE(setting_replaces_the_first_value_and_keeps_order_and_name)
{
    const std::vector<std::string> values = {"", "x", "as long", std::string(1000, 'v')};
    for (const std::string& value : values)
    {
        http_fields f;
        f.add("one", "1");
        f.add("Two", "2 is so long");
        f.add("two", "3");
        f.set("TWO", value);
        BOOST_TEST(text_of(f) == "one=1|Two=" + value + "|two=3|");
        f.set("four", "4");
        BOOST_TEST(text_of(f) == "one=1|Two=" + value + "|two=3|four=4|");
    }
}

BOOST_AUTO_TEST_CASE(a_field_that_is_there_and_empty_is_replaced)
{
    http_fields f;
    f.add("a", "");
    f.set("A", "1");
    BOOST_TEST(text_of(f) == "a=1|");
}

BOOST_AUTO_TEST_CASE(what_is_added_may_be_a_part_of_the_fields)
{
    http_fields f;
    f.add("name", std::string(100, 'x'));
    for (int i = 0; i != 20; ++i)
    {
        const auto [name, value] = *f.begin();
        f.add(value.substr(0, 3), value);
        f.set("other", f.first("name").substr(0, 10));
        f.set("name", f.first("name"));
    }
    BOOST_TEST(f.size() == 22U);
    BOOST_TEST(f.first("name") == std::string(100, 'x'));
    BOOST_TEST(f.first("other") == std::string(10, 'x'));
    BOOST_TEST(
        std::count_if(
            f.begin(),
            f.end(),
            [](const auto& one) { return one.first == "xxx" && one.second.size() == 100; }
        )
        == 20
    );
}

BOOST_AUTO_TEST_CASE(copies_are_independent_and_what_was_moved_from_is_empty)
{
    for (const std::size_t size : {std::size_t(1), std::size_t(500)})
    {
        http_fields a;
        a.add("n", std::string(size, 'x'));
        http_fields b = a;
        BOOST_TEST((a == b));
        b.add("m", "");
        BOOST_TEST((a != b));
        const http_fields c = std::move(b);
        BOOST_TEST(c.size() == 2U);
        BOOST_TEST(b.empty()); // NOLINT(bugprone-use-after-move)
        b.add("again", "1");
        BOOST_TEST(text_of(b) == "again=1|");
        BOOST_TEST(a.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(an_iterator_goes_on_and_can_be_kept)
{
    http_fields f;
    f.add("a", "1");
    f.add("b", "2");
    auto i = f.begin();
    const auto first = i++;
    BOOST_TEST((*first).first == "a");
    BOOST_TEST((*i).second == "2");
    BOOST_TEST((std::next(first) == i));
    BOOST_TEST((++i == f.end()));
}

BOOST_AUTO_TEST_CASE(room_that_is_enough_is_not_taken_again)
{
    http_fields f;
    f.add("first", "1");
    f.reserve(400);
    const char* const at = (*f.begin()).first.data();
    f.add(std::string(100, 'n'), std::string(200, 'v'));
    f.add("c", "d");
    BOOST_TEST((*f.begin()).first.data() == at);
}

BOOST_AUTO_TEST_SUITE_END()
