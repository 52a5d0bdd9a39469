// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Pages as text: the character encoding that they are read in, and the head alone of one. What becomes
// of it is in html_heads.cpp.

#include "hub/page_text.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_page_text)

using asioauth::detail::head_markup;
using asioauth::detail::page_text;
using namespace std::string_literals;

namespace {

std::string labelled(std::string_view label)
{
    return "text/html; charset=" + std::string(label);
}

// Two octets for each, the big end first or last.
std::string wide(const std::vector<unsigned>& units, bool big)
{
    std::string out = big ? "\xfe\xff" : "\xff\xfe";
    for (const auto u : units)
    {
        const auto high = static_cast<char>(u >> 8U);
        const auto low = static_cast<char>(u & 255U);
        out += big ? high : low;
        out += big ? low : high;
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_encoding_that_pages_may_name_can_be_read)
{
    const std::array<std::string_view, 3> rows[] = {
        {"us-ascii", "\x80", "\u20ac"},      {"ascii", "\x80", "\u20ac"},
        {"iso-8859-1", "\x80", "\u20ac"},    {"iso8859-1", "\x80", "\u20ac"},
        {"latin1", "\x80", "\u20ac"},        {"l1", "\x80", "\u20ac"},
        {"windows-1252", "\x80", "\u20ac"},  {"cp1252", "\x80", "\u20ac"},
        {"x-cp1252", "\x80", "\u20ac"},      {"iso-8859-2", "\xb1", "\u0105"},
        {"latin2", "\xb1", "\u0105"},        {"iso-8859-3", "\xa1", "\u0126"},
        {"iso-8859-4", "\xa3", "\u0156"},    {"iso-8859-5", "\xb1", "\u0411"},
        {"iso-8859-6", "\xc7", "\u0627"},    {"iso-8859-7", "\xe1", "\u03b1"},
        {"iso-8859-8", "\xe0", "\u05d0"},    {"iso-8859-9", "\xf0", "\u011f"},
        {"latin5", "\xf0", "\u011f"},        {"iso-8859-13", "\xe0", "\u0105"},
        {"iso-8859-15", "\xa4", "\u20ac"},   {"windows-874", "\xa1", "\u0e01"},
        {"windows-1250", "\xb9", "\u0105"},  {"windows-1251", "\xef", "\u043f"},
        {"windows-1253", "\xe1", "\u03b1"},  {"windows-1254", "\xf0", "\u011f"},
        {"windows-1255", "\xe0", "\u05d0"},  {"windows-1256", "\xc7", "\u0627"},
        {"windows-1257", "\xe0", "\u0105"},  {"windows-1258", "\xd0", "\u0110"},
        {"koi8-r", "\xd0", "\u043f"},        {"koi8-u", "\xa4", "\u0454"},
        {"shift_jis", "\x93\xfa", "\u65e5"}, {"shift-jis", "\x93\xfa", "\u65e5"},
        {"sjis", "\x93\xfa", "\u65e5"},      {"windows-31j", "\x93\xfa", "\u65e5"},
        {"euc-jp", "\xc6\xfc", "\u65e5"},    {"euc-kr", "\xb0\xa1", "\uac00"},
        {"gb2312", "\xd6\xd0", "\u4e2d"},    {"gbk", "\xd6\xd0", "\u4e2d"},
        {"gb18030", "\xa2\xe3", "\u20ac"},   {"big5", "\xa4\xa4", "\u4e2d"},
    };
    for (const auto& [label, octets, text] : rows)
    {
        const std::string page = "<p>" + std::string(octets) + "</p>";
        BOOST_TEST(page_text(page, labelled(label)) == "<p>" + std::string(text) + "</p>", label);
    }
    for (const char* label : {"utf-8", "utf8", "unicode-1-1-utf-8", "UTF-8"})
        BOOST_TEST(page_text("<p>\u65e5</p>", labelled(label)) == "<p>\u65e5</p>", label);
    BOOST_TEST(page_text("<\0p\0>\0"s, labelled("utf-16")) == "<p>");
    BOOST_TEST(page_text("<\0p\0>\0"s, labelled("utf-16le")) == "<p>");
    BOOST_TEST(page_text("\0<\0p\0>"s, labelled("utf-16be")) == "<p>");
}

BOOST_AUTO_TEST_CASE(half_of_a_wide_character_becomes_one_replacement)
{
    for (const bool big : {false, true})
    {
        // The second half alone, the first alone, and the first again before what is none.
        BOOST_TEST(page_text(wide({'a', 0xdc00, 'b'}, big), "") == "a\ufffdb");
        BOOST_TEST(page_text(wide({'a', 0xd800, 'b'}, big), "") == "a\ufffdb");
        BOOST_TEST(page_text(wide({'a', 0xd83d, 0xde00, 'b'}, big), "") == "a\U0001f600b");
        BOOST_TEST(page_text(wide({'a', 0xd83d}, big), "") == "a"); // cut through at the end
    }
}

BOOST_AUTO_TEST_CASE(octets_that_an_encoding_has_not_are_replaced_one_by_one)
{
    BOOST_TEST(page_text("a\x81z", labelled("windows-1252")) == "a\ufffdz");
    BOOST_TEST(page_text("\xff\xff", labelled("iso-8859-7")) == "\ufffd\ufffd");
    BOOST_TEST(page_text("a\x82", labelled("shift_jis")) == "a"); // cut through at the end
    // Longer than what is converted at once.
    std::string octets;
    std::string text;
    for (int n = 0; n != 5'000; ++n)
    {
        octets += "\xcf";
        text += "\u041f";
    }
    BOOST_TEST((page_text(octets, labelled("windows-1251")) == text));
}

BOOST_AUTO_TEST_CASE(encoding_is_what_is_behind_an_equals_sign)
{
    const std::string octets = "\xcf a"; // not cut through
    const std::string read = "\u041f a";
    for (const char* type :
         {"text/html; charset=windows-1251",
          "text/html; CHARSET = 'Windows-1251'; x=y",
          "text/html;charset=\"windows-1251\"",
          "text/html; charset; charset=windows-1251",
          "text/html; charsets=koi8-r; charset=windows-1251"})
        BOOST_TEST(page_text(octets, type) == read, type);
    for (const char* type :
         {"", "text/html; charset", "text/html; charset=", "text/html; charset=''", "charset=x"})
        BOOST_TEST(page_text(octets, type) == "\u00cf a", type); // windows-1252
}

BOOST_AUTO_TEST_CASE(encoding_in_a_page_is_that_of_a_meta_before_its_body)
{
    const auto reads = [](std::string_view before) {
        return page_text(std::string(before) + "\xcf", "").ends_with("\u041f");
    };
    BOOST_TEST(reads("<meta charset=windows-1251>"));
    BOOST_TEST(reads("<p><META CHARSET=windows-1251>"));
    BOOST_TEST(reads("<meta charset=none><meta charset=windows-1251>"));
    BOOST_TEST(reads("<!-- <meta charset=koi8-r> --><meta charset=windows-1251>"));
    BOOST_TEST(reads("<!--><meta charset=windows-1251>"));
    BOOST_TEST(!reads("<!-- <meta charset=windows-1251>"));
    BOOST_TEST(!reads("<body><meta charset=windows-1251>"));
    BOOST_TEST(!reads("<meta name=x> charset=windows-1251 "));
    BOOST_TEST(!reads("<met charset=windows-1251>"));
    BOOST_TEST(reads("<meta charset=windows-1251 ")); // without an end
}

BOOST_AUTO_TEST_CASE(without_a_word_it_is_utf_8_if_it_can_be)
{
    BOOST_TEST(page_text("", "") == "");
    BOOST_TEST(page_text("\u00e4", "") == "\u00e4");
    BOOST_TEST(page_text("\xe4", "") == "\ufffd"); // may be the beginning of one
    BOOST_TEST(page_text("\xe4 a", "") == "\u00e4 a");
    BOOST_TEST(page_text("a\u65e5", "") == "a\u65e5");
    BOOST_TEST(page_text("\u00e4 \xe6\x97", "").starts_with("\u00e4 ")); // cut through at the end
    // What has the replacement character itself is no worse for that.
    BOOST_TEST(page_text("a\ufffd \u00e4 b", "") == "a\ufffd \u00e4 b");
}

BOOST_AUTO_TEST_CASE(utf_8_may_end_in_a_character_or_within_one)
{
    for (const std::string& text : std::vector<std::string>{
             "\u00e4\u00e4",
             "<title>\u041f\u041f</title>\u041f\u041f",
             "x \U0001f600",
             "\u65e5\u672c"})
        BOOST_TEST(page_text(text, "") == text);
    // What was cut through is replaced, and nothing else.
    BOOST_TEST(page_text("\u65e5\u672c\xe6", "").starts_with("\u65e5\u672c"));
    BOOST_TEST(page_text("\u65e5\xf0\x9f\x98", "").starts_with("\u65e5"));
    // Octets that begin nothing are of another encoding.
    BOOST_TEST(page_text("\u00e4\x80\x80\x80\x80", "") != "\u00e4");
    BOOST_TEST(page_text("\xe4\xe4 x", "") == "\u00e4\u00e4 x");
}

BOOST_AUTO_TEST_CASE(head_ends_where_the_body_begins)
{
    const std::string title = "<title>a</title>";
    for (const char* rest :
         {"<",
          "< ",
          "<1>",
          "x",
          "<p>",
          "<body>",
          "</head>",
          "</HTML>",
          "</body >",
          "<br>",
          "</br>",
          "<textarea>",
          "<xmp><meta></xmp>",
          "<iframe></iframe>",
          "<!-- ",
          "</"})
        BOOST_TEST(head_markup(title + rest + "<link href=x>") == title, rest);
    for (const char* between :
         {" \n",
          "</>",
          "</1>",
          "</p>",
          "</template>",
          "<html>",
          "<head x=y>",
          "<!DOCTYPE html>",
          "<?xml ?>",
          "<!-->",
          "<!--->",
          "<!-- > -->",
          "<!-- --!>",
          "<style>p</style>",
          "<script></script/>",
          "<script></scripts></script\n>",
          "<noframes></noframes>",
          "<basefont><bgsound>"})
        BOOST_TEST(
            head_markup(title + between + "<link href=x>") == title + "<link href=x>", between
        );
}

BOOST_AUTO_TEST_CASE(what_is_in_a_template_is_of_nobody)
{
    const std::string title = "<title>a</title>";
    for (const char* inside :
         {"text",
          "<",
          "<p>",
          "</head>",
          "</body>",
          "<br></br>",
          "<title>b</title>",
          "<meta name=x><link><base>",
          "<textarea></template></textarea>",
          "<xmp><title>b</title></xmp>",
          "<template></template>"})
        BOOST_TEST(
            head_markup("<template>" + std::string(inside) + "</template>" + title) == title, inside
        );
    BOOST_TEST(head_markup("<template><template></template>" + title) == "");
    BOOST_TEST(head_markup("<template><textarea>" + title) == "");
    BOOST_TEST(head_markup("<template><") == "");
}

BOOST_AUTO_TEST_CASE(content_without_an_end_ends_the_head)
{
    BOOST_TEST(head_markup("<script><link></scripts>") == "");
    BOOST_TEST(head_markup("<link><script>x</script") == "<link>");
    BOOST_TEST(head_markup("<link><style>x</style ><base>") == "<link><base>");
    // But a title without one is its text alone.
    BOOST_TEST(head_markup("<title>a<link><title>b") == "<title>a</title><link><title>b</title>");
}

BOOST_AUTO_TEST_CASE(tag_is_written_up_to_its_end_with_quotes_where_they_count)
{
    for (const char* whole :
         {"<link>",
          "<link/>",
          "<link a>",
          "<link a=b c='>' d=\"'>\">",
          "<link a = b>",
          "<link a= '>'>",
          "<link a/b=c>",
          "<link =a=b>",
          "<link '=x>",
          "<base/href=x>",
          "<link a='b'c=d>"})
        BOOST_TEST(
            head_markup(std::string(whole) + "<meta>") == std::string(whole) + "<meta>", whole
        );
    // What has no end is no tag.
    for (const char* open :
         {"<link",
          "<link ",
          "<link a",
          "<link a ",
          "<link a=",
          "<link a= ",
          "<link a='>",
          "<link a=b"})
        BOOST_TEST(head_markup("<meta>" + std::string(open)) == "<meta>", open);
}

BOOST_AUTO_TEST_CASE(attributes_of_a_tag_have_an_end)
{
    std::string most = "<meta";
    for (int n = 0; n != 64; ++n)
        most += " a" + std::to_string(n) + "=b";
    BOOST_TEST(head_markup(most + ">") == most + ">");
    BOOST_TEST(head_markup(most + " c=d e='>'>" + "<link>") == most + " ><link>");
}

BOOST_AUTO_TEST_SUITE_END()
