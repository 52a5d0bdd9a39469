// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/language_tag.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(language_tag)

namespace {

using asioauth::detail::is_language_tag;

} // namespace

BOOST_AUTO_TEST_CASE(language_has_two_to_eight_letters)
{
    for (const auto* const tag : {"aa", "ZZ", "azA", "abcd", "abcde", "abcdefgh"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"a", "abcdefghi", "a1", "1a", "12", "a@", "a[", "`a", "a{", "{a", "@a", "a/", "a:"})
        BOOST_TEST(!is_language_tag(text), text);
}

BOOST_AUTO_TEST_CASE(short_language_may_have_three_extensions)
{
    for (const auto* const tag : {"zh-abc", "zh-abc-def", "zh-abc-def-ghi", "zho-abc-Latn"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"zh-abc-def-ghi-jkl", "abcd-efg", "abcde-efg", "zh-ab1", "zh-1bc", "zh-abc-DE-def"})
        BOOST_TEST(!is_language_tag(text), text);
}

BOOST_AUTO_TEST_CASE(script_comes_before_the_region_and_both_but_once)
{
    for (const auto* const tag :
         {"de-Latn", "de-DE", "de-276", "de-Latn-DE", "de-Latn-276", "de-abc-Latn-DE"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"de-DE-Latn",
          "de-Latn-Latn",
          "de-DE-DE",
          "de-27",
          "de-2a6",
          "de-27a",
          "de-D1",
          "de-Lat1",
          "de-a276-27"})
        BOOST_TEST(!is_language_tag(text), text);
}

BOOST_AUTO_TEST_CASE(variant_has_five_characters_or_begins_with_a_digit)
{
    for (const auto* const tag :
         {"de-1996", "de-1abc", "de-abcde", "de-12345678", "de-DE-1996-abcde", "de-a1b2c"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"de-a996", "de-199", "de-1996-DE", "de-abcde-Latn", "de-123456789"})
    {
        // Three digits are a region.
        BOOST_TEST(is_language_tag(text) == (std::string_view(text) == "de-199"), text);
    }
}

BOOST_AUTO_TEST_CASE(extension_has_a_letter_or_digit_and_something_behind_it)
{
    for (const auto* const tag :
         {"de-a-bc",
          "de-1-bc",
          "de-a-bc-de-fghijklm",
          "de-a-bc-b-de",
          "de-DE-1996-u-co-phonebk",
          "de-a-12",
          "de-a-bc-x-y"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"de-a",
          "de-a-",
          "de-a-b",
          "de-a-bc-d",
          "de-a-b-cd",
          "de--a-bc",
          "de-a-x-bc",
          "de-@-bc",
          "de-a-bc-",
          "de-a-b_c"})
        BOOST_TEST(!is_language_tag(text), text);
}

BOOST_AUTO_TEST_CASE(private_use_ends_a_tag_or_is_all_of_it)
{
    for (const auto* const tag :
         {"x-a", "X-a", "x-12345678", "x-a-b-c", "x-x", "de-x-a", "de-X-a-bcdefgh", "de-x-x-x"})
        BOOST_TEST(is_language_tag(tag), tag);
    for (const auto* const text :
         {"x",
          "X",
          "x-",
          "x--a",
          "x-123456789",
          "x-a-",
          "x-a_b",
          "de-x",
          "de-x-",
          "y-a",
          "x-\xc3\xa4"})
        BOOST_TEST(!is_language_tag(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
