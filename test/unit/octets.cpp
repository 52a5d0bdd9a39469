// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/octets.hpp"

#include "base/http_chars.hpp"
#include "base/url_chars.hpp"
#include "protocol/oauth_error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(octets)

namespace {

namespace detail = asioauth::detail;

// Texts of every length up to three words, with each octet at each place and each other octet of the
// second list behind it: what is found must not depend on neighbours.
template <class Check>
void with_every_text(Check check)
{
    for (std::size_t size = 1; size != 26; ++size)
    {
        for (std::size_t at = 0; at != size; ++at)
        {
            for (int c = 0; c != 256; ++c)
            {
                std::string text(size, 'p');
                text[at] = static_cast<char>(c);
                check(text);
                for (const char behind : {'\0', '\t', ' ', '!', '"', '\\', '\x7f', '\x80', '\xff'})
                {
                    if (at + 1 == size)
                        break;
                    text[at + 1] = behind;
                    check(text);
                }
            }
        }
    }
}

template <class Predicate>
bool all(std::string_view text, Predicate is_good)
{
    for (const char c : text)
    {
        if (!is_good(static_cast<unsigned char>(c)))
            return false;
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(eight_at_a_time_find_what_one_at_a_time_does)
{
    with_every_text([](const std::string& text) {
        BOOST_REQUIRE_EQUAL(detail::is_text(text), all(text, [](unsigned char c) {
                                return c == '\t' || (c >= 0x20 && c != 0x7f);
                            }));
        BOOST_REQUIRE_EQUAL(!detail::has_refused_chars(text), all(text, [](unsigned char c) {
            return c > 0x20 && c < 0x7f && c != '\\';
        }));
        BOOST_REQUIRE_EQUAL(detail::is_visible_ascii(text), all(text, [](unsigned char c) {
                                return c > 0x20 && c < 0x7f;
                            }));
        BOOST_REQUIRE_EQUAL(detail::is_visible_ascii(text, true), all(text, [](unsigned char c) {
                                return c >= 0x20 && c < 0x7f;
                            }));
    });
    BOOST_TEST(detail::is_text(""));
    BOOST_TEST(!detail::has_refused_chars(""));
    BOOST_TEST(detail::is_visible_ascii(""));
}

BOOST_AUTO_TEST_CASE(each_octet_that_is_found_is_marked_and_no_other)
{
    for (unsigned c = 0; c != 256; ++c)
    {
        for (unsigned other = 0; other != 256; ++other)
        {
            // Octet 2 is the one, octets 1 and 3 are neighbours.
            const auto word = detail::eight_of('p') & ~detail::octets{0xffffff00U};
            const auto in = word | (detail::octets{other} << 8U) | (detail::octets{c} << 16U)
                | (detail::octets{other} << 24U);
            const auto marked = [](detail::octets found) { return (found >> 16U) & 0xffU; };
            for (const unsigned limit : {0x00U, 0x20U, 0x21U, 0x7fU, 0x80U})
                BOOST_REQUIRE_EQUAL(
                    marked(detail::less_than(in, static_cast<unsigned char>(limit))),
                    c < limit ? 0x80U : 0U
                );
            BOOST_REQUIRE_EQUAL(marked(detail::equal_to(in, '\t')), c == '\t' ? 0x80U : 0U);
            BOOST_REQUIRE_EQUAL(marked(detail::equal_to(in, 0x7f)), c == 0x7f ? 0x80U : 0U);
            BOOST_REQUIRE_EQUAL(marked(detail::not_ascii(in)), c >= 0x80 ? 0x80U : 0U);
        }
    }
}

BOOST_AUTO_TEST_CASE(characters_of_fields_are_those_that_the_standard_names)
{
    const std::string_view token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i != 256; ++i)
    {
        const char c = static_cast<char>(i);
        BOOST_TEST(detail::is_token_char(c) == (token.find(c) != token.npos), i);
        BOOST_TEST(detail::is_text_char(c) == (i == 9 || (i >= 32 && i != 127)), i);
    }
    BOOST_TEST(detail::is_token("Content-Type"));
    BOOST_TEST(!detail::is_token(""));
    BOOST_TEST(!detail::is_token("a b"));
}

BOOST_AUTO_TEST_SUITE_END()
