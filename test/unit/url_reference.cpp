// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/url.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(url_reference)

namespace {

std::string resolved(std::string_view base, std::string_view reference)
{
    const auto made = resolve_reference(url::parse(base).value(), reference);
    return made ? made->str() : std::string(name_of(made.error().code()));
}

} // namespace

BOOST_AUTO_TEST_CASE(reference_to_a_query_keeps_the_path)
{
    BOOST_TEST(resolved("https://h/a/b;c?d", "?e") == "https://h/a/b;c?e");
    BOOST_TEST(resolved("https://h/a/b", "?") == "https://h/a/b?");
    BOOST_TEST(resolved("https://h", "?e") == "https://h/?e");
    BOOST_TEST(resolved("https://h?d", "?e/../f") == "https://h/?e/../f");
}

BOOST_AUTO_TEST_CASE(base_without_a_path_is_the_root)
{
    BOOST_TEST(resolved("https://h", "a") == "https://h/a");
    BOOST_TEST(resolved("https://h", "../a") == "https://h/a");
    BOOST_TEST(resolved("https://h", "") == "https://h/");
    BOOST_TEST(resolved("https://h", "#f") == "https://h/");
    BOOST_TEST(resolved("https://h:8443", "/a?b") == "https://h:8443/a?b");
    BOOST_TEST(resolved("https://h/a", "b/") == "https://h/b/");
}

BOOST_AUTO_TEST_CASE(colon_behind_a_slash_or_a_question_mark_begins_no_scheme)
{
    BOOST_TEST(resolved("https://h/a/b", "./c:d") == "https://h/a/c:d");
    BOOST_TEST(resolved("https://h/a/b", "?c:d") == "https://h/a/b?c:d");
    BOOST_TEST(resolved("https://h/a/b", "/c:d") == "https://h/c:d");
    BOOST_TEST(resolved("https://h/a/b", "c?d:e") == "https://h/a/c?d:e");
    BOOST_TEST(resolved("https://h/a/b", "c:d") == "url_scheme_not_allowed");
    BOOST_TEST(resolved("https://h/a/b", ":") != "https://h/a/:");
}

BOOST_AUTO_TEST_CASE(scheme_comes_from_the_base_if_only_the_host_is_named)
{
    BOOST_TEST(resolved("https://h/a", "//g:1/x") == "https://g:1/x");
    BOOST_TEST(resolved("http://localhost/a", "//g/x") == "http://g/x");
    BOOST_TEST(resolved("https://h/a", "//g/x#f") == "https://g/x");
}

BOOST_AUTO_TEST_CASE(reference_without_path_and_query_is_to_the_page_as_it_was_asked_for)
{
    const auto base = *url::parse("https://h.example/a?b");
    for (const char* reference : {"", "#part"})
        BOOST_TEST(resolve_reference(base, reference).value().str() == "https://h.example/a?b");
    BOOST_TEST(resolve_reference(base, "?").value().str() == "https://h.example/a?");
    BOOST_TEST(resolve_reference(base, "?c").value().str() == "https://h.example/a?c");
    BOOST_TEST(resolve_reference(base, "d").value().str() == "https://h.example/d");
}

BOOST_AUTO_TEST_SUITE_END()
