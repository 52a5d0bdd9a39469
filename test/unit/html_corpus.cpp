// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Heads of real pages, and inputs that are meant to cost much.

#include "html_fixture.hpp"
#include "hub/page_text.hpp"

#include <asioauth/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace asioauth;
using namespace asioauth::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(html_corpus)

namespace {

const std::filesystem::path folder = ASIOAUTH_TEST_CORPUS;

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    BOOST_REQUIRE_MESSAGE(in.good(), file);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

} // namespace

BOOST_AUTO_TEST_CASE(heads_of_real_pages_are_read_as_expected)
{
    // By name: title, description, the icon that is tried first, and where the page is from; what is
    // empty or not known is left out. The texts of the pages are filler.
    const auto expected = boost::json::parse(text_of(folder / "html_heads.json")).as_object();
    BOOST_TEST(expected.size() == 27U);
    std::size_t found = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder / "documents" / "html"))
    {
        const std::string name = file.path().stem().string();
        BOOST_TEST_CONTEXT(name)
        {
            ++found;
            BOOST_REQUIRE(expected.contains(name));
            const auto& members = expected.at(name).as_object();
            const auto wanted = [&](std::string_view member) {
                const auto* value = members.if_contains(member);
                return value == nullptr ? std::string() : std::string(value->as_string());
            };
            const auto document = boost::json::parse(text_of(file.path())).as_object();
            const std::string from = wanted("from").empty() ? "https://h.example/" : wanted("from");
            const auto head =
                read_html_head(document.at("body").as_string(), "text/html", make_url(from));
            BOOST_TEST(head.title == wanted("title"));
            BOOST_TEST(head.description == wanted("description"));
            BOOST_TEST(first_icon(head) == wanted("icon"));
        }
    }
    BOOST_TEST(found == 27U);
}

BOOST_AUTO_TEST_CASE(what_is_behind_64_kilobytes_is_not_looked_at)
{
    const std::string tag = "<title>a</title>";
    const std::string at_end = std::string(limits::page_body - tag.size(), ' ') + tag;
    const url from = make_url("https://h.example/");
    BOOST_TEST(read_html_head(at_end, "", from).title == "a");
    // The cap goes through its end tag, and what has no end ends at the next tag.
    BOOST_TEST(read_html_head("        " + at_end, "", from).title == "a");
    BOOST_TEST(read_html_head(std::string(16, ' ') + at_end, "", from).title.empty());
}

BOOST_AUTO_TEST_CASE(the_parser_gets_the_head_alone_and_64_attributes_of_a_tag)
{
    using detail::head_markup;
    BOOST_TEST(head_markup(repeated("<div>", 10'000)).empty());
    BOOST_TEST(head_markup(repeated("<!---->", 10'000)).empty());
    BOOST_TEST(head_markup(repeated("<!--", 10'000)).empty());
    BOOST_TEST(head_markup(repeated("<template>", 10'000)).empty());
    BOOST_TEST(head_markup(repeated("<script>", 10'000)).empty());
    BOOST_TEST(
        head_markup("<head><meta x>\n<link y=\">\"></head><meta z>") == "<meta x><link y=\">\">"
    );
    const std::string many = head_markup("<meta" + repeated(" a=b", 50'000) + "><title>a</title>");
    BOOST_TEST(many == "<meta" + repeated(" a=b", 64) + " ><title>a</title>");
}

// The figures are for people: nothing depends on them.
BOOST_AUTO_TEST_CASE(inputs_that_are_meant_to_cost_much_have_a_head_or_none)
{
    std::string attributes = "<meta";
    for (int i = 0; i != 50'000; ++i)
        attributes += " a" + std::to_string(i) + "=b";
    const std::vector<page> pages{
        {"500 KB of nested tags", repeated("<div>", 100'000), ""},
        {"500 KB of nested tags in a template", "<template>" + repeated("<b><p>", 84'000), ""},
        {"50,000 attributes", attributes + "><title>a</title>", ""},
        {"50,000 attributes, one a tag", repeated("<meta a=b>", 50'000), ""},
        {"titles without end", repeated("<title>", 70'000), ""},
        {"titles", repeated("<title></title>", 30'000), ""},
        {"comments with an end far away", repeated("<!-- -->", 60'000) + "--!>", ""},
        {"scripts", repeated("<script></script>", 30'000), ""},
        {"scripts that do not end", "<script>" + repeated("</scriptx", 50'000), ""},
        {"charsets", repeated("<meta charset=charset=", 20'000), ""},
        {"quotes", "<meta content='" + repeated("&quot;", 80'000), ""},
        {"references", "<title>" + repeated("&amp;", 100'000) + "</title>", std::string(256, '&')},
        {"icons", repeated("<link rel=icon href=x sizes='1x1 2x2'>", 13'000), ""},
        {"relations", "<link rel='" + repeated("icon ", 100'000) + "' href=x>", ""},
        {"dots", "<link rel=icon href='" + repeated("../", 20'000) + "'>", ""},
        {"bytes that are no text", std::string(500'000, '\xff'), ""},
        {"no characters at all", std::string(500'000, '\0'), ""},
        {"wide", "\xff\xfe" + repeated("<\0b\0>\0"s, 80'000), ""},
    };
    for (const page& p : pages)
    {
        BOOST_TEST_CONTEXT(p.what)
        {
            const auto begin = std::chrono::steady_clock::now();
            const auto head = read_html_head(p.bytes, "", make_url("https://h.example/"));
            const std::chrono::duration<double, std::milli> took =
                std::chrono::steady_clock::now() - begin;
            BOOST_TEST_MESSAGE(p.what << ": " << took.count() << " ms");
            BOOST_TEST(head.title == p.title);
            BOOST_TEST(head.icons.size() <= limits::icon_candidates);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
