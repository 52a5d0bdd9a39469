// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Heads of web pages that somebody has made to be misread, and what has to become of them. Those of
// real pages are in html_corpus.cpp.

#include "html_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace asioauth;
using namespace asioauth::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(html_heads)

namespace {

const std::string favicon = "https://h.example/favicon.ico";

void check(const std::vector<page>& pages)
{
    for (const page& p : pages)
    {
        BOOST_TEST_CONTEXT(p.what)
        {
            const auto head =
                read_html_head(p.bytes, p.content_type, make_url("https://h.example/a/b"));
            BOOST_TEST(head.title == p.title);
            BOOST_TEST(first_icon(head) == (p.icon.empty() ? favicon : p.icon));
            BOOST_TEST(head.description == p.description);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_CASE(what_stands_in_a_title_is_text)
{
    check({
        {"entities",
         "<title>A &amp; B &lt;i&gt; &quot;q&quot; &eacute;&#x20AC;&#8364;</title>",
         "A & B <i> \"q\" \u00e9\u20ac\u20ac"},
        {"entities without a semicolon or a meaning",
         "<title>a &unknown; & b &copy</title>",
         "a &unknown; & b &copy"},
        {"references to control characters",
         "<title>a&#0;&#1;&#27;&#x202e;&#8238;b&#10;c</title>",
         "ab c"},
        {"references beyond Unicode", "<title>a&#x110000;&#xD800;&#99999999999;b</title>", "ab"},
        {"markup", "<title>a <b>bold</b> <!-- c --> d</title>", "a <b>bold</b> <!-- c --> d"},
        {"a script", "<title><script>alert(1)</script></title>", "<script>alert(1)</script>"},
        {"another title", "<title>a<title>b</title>", "a<title>b"},
        {"an end tag with more in it", "<title>a</title x='>'>", "a"},
        {"an end tag that only begins like one", "<title>a</titlex>b</TITLE\n>", "a</titlex>b"},
        {"no end", "<title>a <meta name=description content=d>", "a", "", "d"},
        {"white space of all kinds", "<title>\n\t a \r\n\n b\u00a0\u3000c \u2003</title>", "a b c"},
        {"right to left and zero width",
         "<title>\u202egoogle\u202c \u2066a\u2069\u200b\u200d\ufeff\u00adb</title>",
         "google ab"},
        {"an empty one before another", "<title> </title><title>b</title><title>c</title>", "b"},
        {"attributes", "<title lang='en' data-x=\"> <title>\">a</title>", "a"},
        {"capitals", "<TITLE>a</TiTlE>", "a"},
        {"NUL inside", "<title>a\0b</title>"s, "ab"},
        {"a long one", "<title>" + std::string(5000, 'x') + "</title>", std::string(256, 'x')},
        {"a long one that is cut between characters",
         "<title>" + repeated("\u20ac", 300) + "</title>",
         repeated("\u20ac", 85)},
        {"no title at all",
         "<meta property='og:title' content=' o '><meta name=twitter:title content=t>",
         "o"},
    });
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_head_is_ignored)
{
    check({
        {"in the body", "<head></head><body><title>b</title><meta name=description content=d>", ""},
        {"behind the body's tag", "<body><title>b</title>", ""},
        {"behind the end of the head",
         "<head><title>a</title></head><link rel=icon href=/x.png>",
         "a"},
        {"behind an element of a body", "<div><title>b</title></div>", ""},
        {"behind text", "hello <title>b</title>", ""},
        {"behind a lone angle bracket", "< <title>b</title>", ""},
        {"in an image", "<svg><title>s</title></svg><title>a</title>", ""},
        {"in an image behind the title", "<title>a</title><svg><title>s</title></svg>", "a"},
        {"in mathematics", "<math><title>s</title></math>", ""},
        {"in a template",
         "<template><title>t</title><svg><title>s</title></svg>text"
         "<template></template><meta name=description content=t>"
         "<link rel=icon href=t.png></template><title>a</title>",
         "a"},
        {"in a comment", "<!-- <title>c</title> --><title>a</title>", "a"},
        {"in comments that end early", "<!--><title>a</title><!-- -->", "a"},
        {"in a comment that ends with a bang", "<!-- --!><title>a</title><!-- -->", "a"},
        {"in a comment without end", "<title>a</title><!-- <meta name=description content=d>", "a"},
        {"in a script", "<script>'<title>s</title>'</script><title>a</title>", "a"},
        {"in a script with a comment",
         "<script><!-- \n '<title>s</title>' </script><title>a</title>",
         "a"},
        {"in a script without end",
         "<title>a</title><script><meta name=description content=d>",
         "a"},
        {"in a style", "<style>/* </head><body> */</style><title>a</title>", "a"},
        {"in noscript", "<noscript><img src=x><title>n</title></noscript><title>a</title>", "a"},
        {"in a declaration",
         "<!DOCTYPE html [ <!ENTITY t '<title>e</title>'> ]><title>a</title>",
         ""},
        {"in an instruction", "<?xml version='1.0' encoding='utf-16'?><title>a</title>", "a"},
        {"a conditional comment", "<!--[if IE]><title>i</title><![endif]--><title>a</title>", "a"},
        {"an entity that has itself",
         "<!DOCTYPE html SYSTEM 'file:///etc/passwd'><title>a &x;</title>",
         "a &x;"},
        {"nothing", "", ""},
        {"no markup", "{\"error\":\"not found\"}", ""},
        {"bytes", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, ""},
        {"a tag without end", "<title>a</title><link rel=icon href=/x.png", "a"},
    });
}

BOOST_AUTO_TEST_CASE(the_description_is_the_first_that_says_something)
{
    const std::string og = "<meta property=og:description content=o>";
    check({
        {"both", og + "<meta name=description content=d>", "", "", "d"},
        {"an empty one", og + "<meta name=Description content='  '>", "", "", "o"},
        {"one without content", og + "<meta name=description>", "", "", "o"},
        {"og as a name", "<meta name=og:description content=o>", "", "", "o"},
        {"twitter as a property", "<meta property=twitter:description content=t>", "", "", "t"},
        {"blanks around the name", "<meta name=' DESCRIPTION ' content=d>", "", "", "d"},
        {"an attribute twice", "<meta name=description content=d content=e>", "", "", "d"},
        {"markup and quotes",
         "<meta name=description content='<b>\"x\"</b> &lt;i&gt; a>b'>",
         "",
         "",
         "<b>\"x\"</b> <i> a>b"},
        {"without quotes", "<meta name=description content=a/b/>", "", "", "a/b/"},
        {"a quote without end",
         "<title>a</title><meta name=description content='d><link rel=icon href=x>",
         "a"},
        {"lines", "<meta\nname\n=\ndescription\ncontent\n=\n'a\nb'>", "", "", "a b"},
        {"a long one",
         "<meta name=description content='" + repeated("x ", 3000) + "'>",
         "",
         "",
         repeated("x ", 511) + "x"},
        {"other metas",
         "<meta name=keywords content=k><meta charset=utf-8><meta http-equiv=refresh "
         "content='0;url=http://evil.example/'>",
         ""},
    });
}

BOOST_AUTO_TEST_CASE(icons_are_https_and_near_to_64_pixels)
{
    const auto link = [](std::string_view attributes) {
        return "<link " + std::string(attributes) + ">";
    };
    const std::string at = "https://h.example/";
    check({
        {"relative", link("rel=icon href=i.png"), "", at + "a/i.png"},
        {"relative to the root", link("rel='shortcut icon' href='/i.png'"), "", at + "i.png"},
        {"above the root", link("rel=icon href='../../../i.png'"), "", at + "i.png"},
        {"of another host", link("rel=icon href=//c.example/i.png"), "", "https://c.example/i.png"},
        {"http becomes https",
         link("rel=icon href=http://c.example/i.png"),
         "",
         "https://c.example/i.png"},
        {"but not with a port", link("rel=icon href=http://c.example:8080/i.png"), ""},
        {"a script", link("rel=icon href='javascript:alert(1)'"), ""},
        {"a script, hidden", link("rel=icon href=' \tJaVa\nScript:alert(1)'"), ""},
        {"a file", link("rel=icon href=file:///etc/passwd"), ""},
        {"this machine",
         link("rel=icon href=http://127.0.0.1/i.png")
             + link("rel=icon href=https://localhost/i.png")
             + link("rel=icon href='https://[::1]/i.png'"),
         ""},
        {"odd spellings of this machine",
         link("rel=icon href=http://2130706433/i.png") + link("rel=icon href=http://0x7f.1/i.png")
             + link("rel=icon href=//127.1/i.png"),
         ""},
        {"credentials", link("rel=icon href=https://u:p@c.example/i.png"), ""},
        {"backslashes",
         link("rel=icon href='\\\\c.example\\i.png'"),
         "",
         "https://c.example/i.png"},
        {"blanks and other letters",
         link("rel=icon href=' /a b\u00e9\".png '"),
         "",
         at + "a%20b%C3%A9%22.png"},
        {"a broken escape", link("rel=icon href=/%zz.png"), ""},
        {"nothing",
         link("rel=icon href=''") + link("rel=icon") + link("href=/x.png")
             + link("rel=iconic href=x"),
         ""},
        {"SVG by name", link("rel=icon href=/i.SVG?x") + link("rel=icon href=/i.svgz"), ""},
        {"SVG by type",
         link("rel=icon type=image/svg+xml href=/i") + link("rel=icon sizes=16x16 href=/j"),
         "",
         at + "j"},
        {"a mask", link("rel=mask-icon href=/m.png"), ""},
        {"a list of relations", link("rel='ALTERNATE Icon' href=/i.png"), "", at + "i.png"},
        {"the nearest size",
         link("rel=icon sizes=16x16 href=/16") + link("rel=icon sizes=512x512 href=/512")
             + link("rel=icon sizes='32X32 72x72' href=/72")
             + link("rel=icon sizes=48x48 href=/48"),
         "",
         at + "72"},
        {"rather a touch icon than a small one",
         link("rel=apple-touch-icon href=/t") + link("rel=icon href=/i"),
         "",
         at + "t"},
        {"sizes that are none",
         link("rel=icon sizes=any href=/i")
             + link("rel=icon sizes='-1x x9 99999x99999 0x0' "
                    "href=/j"),
         "",
         at + "i"},
        {"a base",
         "<base href=/b/><base href=/c/>" + link("rel=icon href=i.png"),
         "",
         at + "b/i.png"},
        {"a base elsewhere",
         "<base href='https://c.example/b/c'>" + link("rel=icon href=i.png"),
         "",
         "https://c.example/b/i.png"},
        {"a base without an address",
         "<base target=_blank><base href=/b/>" + link("rel=icon href=i.png"),
         "",
         at + "b/i.png"},
        {"a base that comes later",
         link("rel=icon href=i.png") + "<base href=/b/>",
         "",
         at + "b/i.png"},
        {"a base that is none",
         "<base href='javascript:x'><base target=_top><base href=http://127.0.0.1/>"
             + link("rel=icon href=i.png"),
         "",
         at + "a/i.png"},
        {"bytes", link("rel=icon href='DATA:image/png;base64, aGVs\nbG8='"), "", "data:hello"},
        {"bytes whose plus, slash and padding are escaped",
         link("rel=icon href='data:image/png;base64,Pj4%2BPz8%2fPg%3D%3d'"),
         "",
         "data:>>>\?\?\?>"},
        {"bytes of an image that runs scripts",
         link("rel=icon href='data:image/svg+xml,<svg onload=x>'"),
         ""},
        {"bytes that are none",
         link("rel=icon href='data:image/png;base64,%%%'") + link("rel=icon href='data:,x'")
             + link("rel=icon href=data:"),
         ""},
    });
}

BOOST_AUTO_TEST_CASE(icons_are_few_each_once_and_end_with_the_usual_place)
{
    std::string bytes;
    for (int i = 0; i != 50; ++i)
        bytes += "<link rel=icon href=/" + std::to_string(i / 2) + ".png>";
    const auto head = read_html_head(bytes, "", make_url("https://h.example/"));
    std::vector<std::string> found;
    for (const auto& icon : head.icons)
        found.push_back(std::string(icon.where.path()));
    const std::vector<std::string> expected{
        "/0.png", "/1.png", "/2.png", "/3.png", "/4.png", "/favicon.ico"};
    BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_page_on_this_machine_may_name_icons_on_it)
{
    const auto head = read_html_head(
        "<link rel=icon href=/i.png><link rel=icon href=http://evil.example:81/>",
        "",
        make_url("http://127.0.0.1:8080/x")
    );
    BOOST_REQUIRE(head.icons.size() == 2U);
    BOOST_TEST(head.icons[0].where.str() == "http://127.0.0.1:8080/i.png");
    BOOST_TEST(head.icons[1].where.str() == "http://127.0.0.1:8080/favicon.ico");
}

BOOST_AUTO_TEST_CASE(characters_are_read_as_declared)
{
    const std::string sjis = "<title>\x93\xfa\x96\x7b\x8c\xea</title>"; // nihongo
    const std::string nihongo = "\u65e5\u672c\u8a9e";
    const std::string latin = "<title>caf\xe9 \x80</title>";
    const auto wide = [](std::string_view text, bool big) {
        std::string out = big ? "\xfe\xff" : "\xff\xfe";
        for (const char c : text)
        {
            out += big ? '\0' : c;
            out += big ? c : '\0';
        }
        return out;
    };
    const auto html = [](std::string_view charset) {
        return "text/html; charset=" + std::string(charset);
    };
    check({
        {"UTF-8 without a word", "<title>caf\u00e9</title>", "caf\u00e9"},
        {"windows-1252 without a word", latin, "caf\u00e9 \u20ac"},
        {"by the header", sjis, nihongo, "", "", html("Shift_JIS")},
        {"by the header in quotes", sjis, nihongo, "", "", "Text/HTML;x=y; Charset = \"sjis\""},
        {"by a meta", "<meta charset='shift_jis'>" + sjis, nihongo},
        {"by a meta of the old kind",
         "<META http-equiv='Content-Type' content='text/html; charset=Shift_JIS'>" + sjis,
         nihongo},
        {"by a meta behind the title", sjis + "<meta charset=shift_jis>", nihongo},
        {"by a meta in a comment",
         "<!-- <meta charset=shift_jis> --><title>caf\u00e9</title>",
         "caf\u00e9"},
        {"the header before the meta",
         "<meta charset=utf-8>" + sjis,
         nihongo,
         "",
         "",
         html("shift_jis")},
        {"the mark before the header",
         "\xef\xbb\xbf<title>caf\u00e9</title>",
         "caf\u00e9",
         "",
         "",
         html("shift_jis")},
        {"wide, little end first", wide("<title>wide</title><meta charset=utf-8>", false), "wide"},
        {"wide, big end first", wide("<title>wide</title>", true), "wide", "", "", html("utf-8")},
        {"wide, cut through", wide("<title>wide</title>", false) + "<", "wide"},
        {"not wide, whatever it says",
         "<meta charset=utf-16><title>caf\u00e9</title>",
         "caf\u00e9"},
        {"wrongly UTF-8", latin, "caf\ufffd \ufffd", "", "", html("utf-8")},
        {"an encoding that nobody knows", latin, "caf\u00e9 \u20ac", "", "", html("x-unknown")},
        {"UTF-7, which is none",
         "<title>+ADw-script+AD4-</title>",
         "+ADw-script+AD4-",
         "",
         "",
         html("utf-7")},
        {"an encoding with state",
         "<title>a\x1b$B!!</title>",
         "a$B!!",
         "",
         "",
         html("iso-2022-jp")},
        {"iso-8859-1 is windows-1252", latin, "caf\u00e9 \u20ac", "", "", html("ISO-8859-1")},
        {"Cyrillic",
         "<title>\xcf\xf0\xe8</title>",
         "\u041f\u0440\u0438",
         "",
         "",
         html("windows-1251")},
        {"Chinese", "<meta charset=gb2312><title>\xd6\xd0</title>", "\u4e2d"},
        {"overlong forms",
         "<title>\xc0\xbc"
         "b\xc0\xbe</title>",
         "\ufffd\ufffd"
         "b\ufffd\ufffd",
         "",
         "",
         html("utf-8")},
        {"half a character that hides a quote",
         "<meta name=description content='\x82'><title>a</title>",
         "a",
         "",
         "\ufffd",
         html("shift_jis")},
    });
}

BOOST_AUTO_TEST_CASE(elements_beyond_the_most_of_their_kind_are_ignored)
{
    const std::string at = "https://h.example/";
    for (const std::size_t before : {255U, 256U})
    {
        const bool kept = before == 255U;
        check({
            {"titles", repeated("<title></title>", before) + "<title>a</title>", kept ? "a" : ""},
            {"metas",
             repeated("<meta name=x content=y>", before) + "<meta name=description content=d>",
             "",
             "",
             kept ? "d" : ""},
            {"links",
             repeated("<link rel=x href=y>", before) + "<link rel=icon href=/i.png>",
             "",
             kept ? at + "i.png" : ""},
            {"bases",
             repeated("<base href='javascript:x'>", before)
                 + "<base href=/b/><link rel=icon href=i.png>",
             "",
             at + (kept ? "b/i.png" : "a/i.png")},
        });
    }
}

// It is parsed in pieces of 4096 octets.
BOOST_AUTO_TEST_CASE(characters_and_tags_may_lie_across_any_boundary)
{
    std::vector<page> pages;
    const std::string text = repeated("\u00e9\u20ac\U0001f600", 20);
    for (std::size_t n = 3'800; n != 4'120; ++n)
        pages.emplace_back(
            "with " + std::to_string(n),
            "<meta name=x content='" + std::string(n, 'x') + "'><meta name=description content='"
                + text + "'><title>" + text + "</title>",
            text,
            "",
            text
        );
    check(pages);
}

BOOST_AUTO_TEST_SUITE_END()
