// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/form.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(form)

BOOST_AUTO_TEST_CASE(text_is_encoded_as_rfc_6749_appendix_b_shows)
{
    BOOST_TEST(form_encode(" %&+\xc2\xa3\xe2\x82\xac") == "+%25%26%2B%C2%A3%E2%82%AC");
    BOOST_TEST(form_encode("AZaz09*-._") == "AZaz09*-._");
    BOOST_TEST(
        form_encode("~!'()/:?#[]@$,;=\"\r\n").find_first_of("~!'()/:?#[]@$,;=\"\r\n")
        == std::string::npos
    );
    BOOST_TEST(form_encode(std::string_view("\0\x7f\xff", 3)) == "%00%7F%FF");
    BOOST_TEST(form_encode(std::string_view()).empty());
}

BOOST_AUTO_TEST_CASE(fields_are_joined_in_order_and_empty_values_kept)
{
    BOOST_TEST(form_encode(form_fields{}).empty());
    BOOST_TEST(
        form_encode(form_fields{{"a", "1"}, {"b", ""}, {"a", "x y"}, {"", "e"}, {"k&", "v="}})
        == "a=1&b=&a=x+y&=e&k%26=v%3D"
    );
}

BOOST_AUTO_TEST_CASE(every_byte_survives_encoding_and_decoding)
{
    std::string all;
    for (int c = 0; c != 256; ++c)
    {
        all += static_cast<char>(c);
    }
    BOOST_TEST((form_decode(form_encode(all)) == all));
    const form_fields fields{{all, all}, {"x", ""}, {"", ""}};
    BOOST_TEST((parse_form(form_encode(fields)) == fields));
}

BOOST_AUTO_TEST_CASE(malformed_percent_encoding_is_refused)
{
    for (const std::string_view text :
         {"%", "%4", "a%", "%4g", "%g4", "%%41", "a%2", "%-1", "% 1", "%+1"})
    {
        BOOST_TEST(!form_decode(text).has_value(), text);
        BOOST_TEST(!parse_form("x=1&a=" + std::string(text)).has_value(), text);
        BOOST_TEST(!parse_form(std::string(text) + "=1").has_value(), text);
    }
    BOOST_TEST(form_decode("%41%4a%4A+b").value() == "AJJ b");
}

BOOST_AUTO_TEST_CASE(forms_are_split_at_ampersands_and_the_first_equals_sign)
{
    class row
    {
    public:
        std::string_view text;
        form_fields fields;
    };
    const row rows[] = {
        {"", {}},
        {"&", {}},
        {"&&&", {}},
        {"a", {{"a", ""}}},
        {"a=", {{"a", ""}}},
        {"=", {{"", ""}}},
        {"=b", {{"", "b"}}},
        {"a=b", {{"a", "b"}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
        {"&a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
        {"a%3Db=c%26d", {{"a=b", "c&d"}}},
        {"a;b=c", {{"a;b", "c"}}},
        {"a+b=c+d", {{"a b", "c d"}}},
        {"?a=b", {{"?a", "b"}}},
    };
    for (const row& r : rows)
    {
        const auto got = parse_form(r.text);
        BOOST_TEST((got.has_value() && *got == r.fields), r.text);
    }
}

BOOST_AUTO_TEST_CASE(base64_matches_rfc_4648_test_vectors)
{
    class row
    {
    public:
        std::string_view bytes;
        std::string_view padded;
    };
    for (const row& r :
         {row{"", ""},
          row{"f", "Zg=="},
          row{"fo", "Zm8="},
          row{"foo", "Zm9v"},
          row{"foob", "Zm9vYg=="},
          row{"fooba", "Zm9vYmE="},
          row{"foobar", "Zm9vYmFy"}})
    {
        BOOST_TEST(base64_encode(r.bytes) == r.padded);
        BOOST_TEST(base64url_encode(r.bytes) == r.padded.substr(0, r.padded.find('=')));
    }
    BOOST_TEST(base64_encode("\xfb\xff\xbf") == "+/+/");
    BOOST_TEST(base64url_encode("\xfb\xff\xbf") == "-_-_");
    BOOST_TEST(base64url_encode(std::string_view("\0", 1)) == "AA");
}

BOOST_AUTO_TEST_CASE(base64url_is_decoded_only_as_it_is_encoded)
{
    std::string all;
    for (int c = 0; c != 256; ++c)
    {
        all += static_cast<char>(c);
        BOOST_REQUIRE((base64url_decode(base64url_encode(all)) == all));
    }
    BOOST_TEST(base64url_decode("").value().empty());
    BOOST_TEST(base64url_decode("-w").value() == "\xfb");
    for (const std::string_view text :
         {"A",
          "AAAAA",
          "AA==",
          "AAA=",
          "=",
          "AB",
          "AAB",
          "+/",
          "-/",
          "A A",
          "AAA\n",
          " AAA",
          "AA.A",
          "\xc3\xa4ww"})
    {
        BOOST_TEST(!base64url_decode(text).has_value(), text);
    }
    BOOST_TEST(!base64url_decode(std::string_view("AA\0A", 4)).has_value());
}

BOOST_AUTO_TEST_CASE(every_octet_is_kept_encoded_or_refused_as_it_should_be)
{
    const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_";
    const std::string_view digits = "0123456789abcdefABCDEF";
    for (int i = 0; i != 256; ++i)
    {
        const std::string one(1, static_cast<char>(i));
        BOOST_TEST(form_decode(form_encode(one)).value_or("") == one, i);
        BOOST_TEST(
            base64url_decode("AAA" + one).has_value()
                == (alphabet.find(one) != std::string_view::npos),
            i
        );
        const bool is_digit = digits.find(one) != std::string_view::npos;
        BOOST_TEST(form_decode("%" + one + "0").has_value() == is_digit, i);
        BOOST_TEST(form_decode("%0" + one).has_value() == is_digit, i);
    }
}

BOOST_AUTO_TEST_SUITE_END()
