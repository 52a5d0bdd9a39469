// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/protocol/image_type.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using asioauth::image_type;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(image_types)

namespace {

const std::string png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1"s;
const std::string gif = "GIF89a\1\0\1\0\0\0\0;"s;
const std::string jpeg = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"s;
const std::string webp = "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f"s;
const std::string ico = "\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\4\0\0\0\x16\0\0\0abcd"s;

} // namespace

BOOST_AUTO_TEST_CASE(five_kinds_are_known_by_their_bytes)
{
    BOOST_TEST(image_type(png) == "image/png");
    BOOST_TEST(image_type(gif) == "image/gif");
    BOOST_TEST(image_type("GIF87a" + gif.substr(6)) == "image/gif");
    BOOST_TEST(image_type(jpeg) == "image/jpeg");
    BOOST_TEST(image_type(webp) == "image/webp");
    BOOST_TEST(image_type(ico) == "image/x-icon");
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_picture)
{
    for (const auto& bytes :
         {""s,
          "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"s,
          "<?xml version='1.0'?><svg/>"s,
          "<html><script>alert(1)</script>"s,
          " "s + png,
          "%PDF-1.4 and more that is a document"s,
          "BM and more that is a bitmap, which nobody needs"s,
          "RIFF\x1a\0\0\0WAVEfmt and more"s,
          "\0\0\2\0\1\0\x10\x10\0\0\1\0\x20\0\4\0\0\0\x16\0\0\0abcd"s, // a cursor
          "PK\3\4 and more that is an archive"s})
    {
        BOOST_TEST(image_type(bytes).empty(), bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_beginning_alone_is_no_picture)
{
    for (const auto& bytes : {png, gif, jpeg, webp, ico})
    {
        for (std::size_t n = 0; n != 13; ++n)
            BOOST_TEST(image_type(bytes.substr(0, n)).empty(), n);
    }
}

BOOST_AUTO_TEST_CASE(an_icon_file_without_its_pictures_is_none)
{
    BOOST_TEST(image_type(ico.substr(0, ico.size() - 1)).empty());
    std::string many = ico;
    many[4] = 2;
    BOOST_TEST(image_type(many).empty());
    std::string none = ico;
    none[4] = 0;
    BOOST_TEST(image_type(none).empty());
    std::string inside = ico;
    inside[18] = 5; // the picture would begin in the directory
    BOOST_TEST(image_type(inside).empty());
    std::string far = ico;
    far[21] = '\xff';
    BOOST_TEST(image_type(far).empty());
    std::string empty = ico;
    empty[14] = 0;
    BOOST_TEST(image_type(empty).empty());
}

BOOST_AUTO_TEST_CASE(picture_has_more_than_what_says_that_it_is_one)
{
    const auto least = [](const std::string& whole) {
        std::size_t n = 0;
        while (n != whole.size() && image_type(whole.substr(0, n)).empty())
            ++n;
        return n;
    };
    BOOST_TEST(least(png) == 16U);
    BOOST_TEST(least(gif) == 14U);
    BOOST_TEST(least(jpeg) == 13U);
    BOOST_TEST(least(webp) == 21U);
    BOOST_TEST(least(ico) == ico.size());
    // Another container of the same kind.
    std::string sound = webp;
    sound.replace(8, 4, "WAVE");
    BOOST_TEST(image_type(sound).empty());
}

BOOST_AUTO_TEST_SUITE_END()
