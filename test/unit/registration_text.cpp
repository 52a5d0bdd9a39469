// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/registration_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(registration_text)

namespace {

namespace detail = asioauth::detail;

// What a text is read as, written again.
std::string value_of(std::string_view text)
{
    const auto value = detail::read_json_value(text);
    return value ? boost::json::serialize(*value) : "none";
}

} // namespace

BOOST_AUTO_TEST_CASE(value_is_one_json_value_of_any_kind)
{
    for (const auto* const text :
         {"null", "true", "7", "-1.5E0", "\"a\"", "[]", "{}", R"({"a":[1,{"b":null}]})"})
        BOOST_TEST(value_of(text) == text);
    BOOST_TEST(value_of(" 7 ") == "7");
    for (const auto* const text :
         {"",
          " ",
          "7,\"w\":8",
          "7}",
          "7},{",
          "{",
          "'a'",
          "a",
          "7 8",
          "//",
          R"({"a":1,"a":2})",
          "\"\xff\"",
          "NaN"})
        BOOST_TEST(value_of(text) == "none", text);
    // No second member, under whatever name.
    BOOST_TEST(value_of("7,\"v\":8") == "none");
}

BOOST_AUTO_TEST_CASE(text_is_utf8_without_control_characters)
{
    const std::string ascii(5000, 'a');
    const std::string umlauts = ascii + "\xc3\xa4";
    for (const auto& text : {std::string(), std::string(" ~"), ascii, umlauts})
        BOOST_TEST(detail::is_text(text));
    for (const auto* const text : {"a\n", "\t", "\x1f", "a\x7f", "\x01"})
        BOOST_TEST(!detail::is_text(text), text);
    BOOST_TEST(!detail::is_text(std::string_view("a\0b", 3)));
    BOOST_TEST(!detail::is_text(ascii + "\n"));
    for (const auto* const broken :
         {"\xff", "\xc3", "a\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"})
    {
        BOOST_TEST(!detail::is_text(broken));
        BOOST_TEST(!detail::is_text(ascii + broken));
    }
    BOOST_TEST(detail::is_text("\xe2\x82\xac \xf0\x9f\x98\x80 \"\\/"));
}

BOOST_AUTO_TEST_CASE(scope_is_made_of_visible_words)
{
    for (const auto* const scope : {"", "a", "a b", "a:b/c.d", "!#[]~"})
        BOOST_TEST(detail::is_scope(scope), scope);
    for (const auto* const text : {"a\"", "\\", "a\tb", "a\n", "\xc3\xa4", "\x7f"})
        BOOST_TEST(!detail::is_scope(text), text);
}

BOOST_AUTO_TEST_CASE(compact_jwt_has_three_parts)
{
    for (const auto* const jwt : {"a.b.c", "..", "aZ0-_.aZ0-_.aZ0-_", "a.b."})
        BOOST_TEST(detail::is_compact_jwt(jwt), jwt);
    for (const auto* const text :
         {"", "a", "a.b", "a.b.c.d", "a.b.c=", "a.b.c ", "a+b.c.d", "a/.b.c"})
        BOOST_TEST(!detail::is_compact_jwt(text), text);
}

BOOST_AUTO_TEST_CASE(keys_are_at_https_or_on_this_machine)
{
    for (const auto* const text :
         {"https://a.example/jwks", "https://a.example", "http://localhost:1/k", "http://[::1]/"})
        BOOST_TEST(detail::is_key_set_url(text), text);
    for (const auto* const text :
         {"",
          "http://a.example/jwks",
          "https://a.example/#k",
          "http://localhost/#k",
          "file:///k",
          "jwks"})
        BOOST_TEST(!detail::is_key_set_url(text), text);
    BOOST_TEST(detail::is_display_url("http://a.example/#k"));
    BOOST_TEST(!detail::is_display_url("javascript:alert(1)"));
}

BOOST_AUTO_TEST_SUITE_END()
