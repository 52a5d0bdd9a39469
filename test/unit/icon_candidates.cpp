// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Pictures that pages and servers name, one by one.

#include "html_fixture.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/provider_profile.hpp>

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;

BOOST_AUTO_TEST_SUITE(icon_candidates)

BOOST_AUTO_TEST_CASE(pictures_within_the_page_are_few_and_each_once_too)
{
    const auto head = read_html_head(
        "<link rel=icon href='data:image/png;base64,YQ=='>"
        "<link rel=icon href='data:image/png;base64,YQ=='>"
        "<link rel=icon href='data:image/gif;BASE64,Yg'>",
        "",
        make_url("https://h.example/")
    );
    BOOST_REQUIRE(head.icons.size() == 3U);
    BOOST_TEST(head.icons[0].data == "a");
    BOOST_TEST(head.icons[1].data == "b");
    BOOST_TEST(head.icons[2].where.str() == "https://h.example/favicon.ico");
}

BOOST_AUTO_TEST_CASE(address_that_is_a_reference_is_read_as_browsers_read_it)
{
    const auto icon = [](std::string_view reference,
                         std::string_view base = "https://h.example/a/b") {
        const auto made =
            make_icon_candidate(icon_relation::icon, reference, "", "", make_url(base));
        return made ? made->where.str() : std::string("none");
    };
    const std::string at = "https://h.example/";
    BOOST_TEST(icon("/a\\b?c\\d") == at + "a/b?c%5Cd");
    BOOST_TEST(icon("/a\tb\r\nc") == at + "abc");
    BOOST_TEST(icon("/<>[]^`{|}\x7f") == at + "%3C%3E%5B%5D%5E%60%7B%7C%7D%7F");
    BOOST_TEST(icon("/i.png#\\x y") == at + "i.png");
    BOOST_TEST(icon(" \n ") == "none");
    BOOST_TEST(icon("data") == at + "a/data");
    // http is nothing but another way to write https, as long as that is a URL.
    BOOST_TEST(icon("http://c.example:80/i.png") == "https://c.example/i.png");
    const std::string long_path(
        limits::url_size - std::string_view("http://c.example/").size(), 'i'
    );
    BOOST_TEST(url::parse("http://c.example/" + long_path).has_value());
    BOOST_TEST(icon("http://c.example/" + long_path) == "none");
    BOOST_TEST(icon("http://c.example/" + long_path.substr(1)).size() == limits::url_size);
    // This machine is for pages on it.
    BOOST_TEST(icon("http://localhost:1/i") == "none");
    BOOST_TEST(icon("http://localhost:1/i", "http://127.0.0.1/") == "http://localhost:1/i");
}

BOOST_AUTO_TEST_CASE(edge_that_is_declared_is_the_nearest_to_what_is_wanted)
{
    const auto size = [](std::string_view sizes) {
        return make_icon_candidate(
                   icon_relation::icon, "/i", "", sizes, make_url("https://h.example/")
        )
            ->size;
    };
    for (const auto sizes :
         {"", "any", "x", "x64", "64", "-64x64", "0x0", "64 x 64", "99999x1", "6ax6"})
        BOOST_TEST(size(sizes) == 0U, sizes);
    BOOST_TEST(size("64x64") == 64U);
    BOOST_TEST(size("9999x1") == 9999U);
    BOOST_TEST(size("16x16 \t512x512") == 16U); // too small is worse, but not that much
    BOOST_TEST(size("63x63 64x64 65x65") == 64U);
    BOOST_TEST(size("0x0 48X48 any") == 48U);
}

BOOST_AUTO_TEST_CASE(every_source_of_a_profile_has_a_name)
{
    BOOST_TEST(name_of(profile_source::none) == "none");
    BOOST_TEST(name_of(profile_source::server_identity) == "server_identity");
    BOOST_TEST(name_of(profile_source::resource_metadata) == "resource_metadata");
    BOOST_TEST(name_of(profile_source::server_metadata) == "server_metadata");
    BOOST_TEST(name_of(profile_source::page) == "page");
    BOOST_TEST(name_of(static_cast<profile_source>(99)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
