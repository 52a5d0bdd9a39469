// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/diagnostics.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(diagnostics_)

namespace {

class text_row
{
public:
    std::string_view given;
    std::string_view shown;
};

// Well-formedness by another implementation: Boost.JSON checks UTF-8 in strings.
bool is_utf8(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text)
    {
        quoted += c == '"' || c == '\\' ? '.' : c;
    }
    quoted += '"';
    error_code ec;
    boost::json::parse(quoted, ec);
    return !ec;
}

} // namespace

// covers V121
BOOST_AUTO_TEST_CASE(presentable_text_has_no_control_zero_width_or_bidi_characters)
{
    const text_row rows[] = {
        {"", ""},
        {"plain text", "plain text"},
        {"gr\xc3\xbc\xc3\x9f dich", "gr\xc3\xbc\xc3\x9f dich"},
        {"\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {"a\nb\r\nc\td", "a b  c d"},
        {std::string_view("a\0b", 3), "ab"},
        {"a\x1b[31mred", "a[31mred"},
        {"\x7f"
         "del",
         "del"},
        {"c1\xc2\x9b"
         "31m",
         "c131m"},
        {"line\xe2\x80\xa8separator", "line separator"},
        {"zero\xe2\x80\x8bwidth", "zerowidth"},
        {"joiner\xe2\x80\x8d", "joiner"},
        {"\xe2\x80\xae"
         "evil",
         "evil"},                                       // U+202E right-to-left override
        {"\xe2\x81\xa6isolate\xe2\x81\xa9", "isolate"}, // U+2066, U+2069
        {"\xef\xbb\xbf"
         "bom",
         "bom"},                              // U+FEFF
        {"soft\xc2\xadhyphen", "softhyphen"}, // U+00AD
        {"tag\xf3\xa0\x81\x81", "tag"},       // U+E0041
        {"\xe3\x85\xa4"
         "filler",
         "filler"},                                                               // U+3164
        {"bad\xff", "bad\xef\xbf\xbd"},                                           // no UTF-8 at all
        {"bad\xc3", "bad\xef\xbf\xbd"},                                           // cut short
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                                 // overlong slash
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                 // surrogate
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, // above U+10FFFF
        {"\xe2\x28\xa1", "\xef\xbf\xbd(\xef\xbf\xbd"},
    };
    for (const text_row& r : rows)
    {
        BOOST_TEST(presentable(r.given) == r.shown);
    }
}

BOOST_AUTO_TEST_CASE(presentable_text_is_capped_at_a_character_border)
{
    BOOST_TEST(presentable(std::string(600, 'x')).size() == 512U);
    BOOST_TEST(presentable("abc", 2) == "ab");
    BOOST_TEST(presentable("a\xc3\xbc", 2) == "a");
    BOOST_TEST(presentable("\xf0\x9f\x98\x80", 3).empty());
    BOOST_TEST(presentable("abc", 0).empty());
    BOOST_TEST(presentable("\xff\xff", 3) == "\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(presentable_text_of_any_bytes_is_utf8_and_stays_as_it_is)
{
    std::uint32_t noise = 12345;
    for (int round = 0; round != 2000; ++round)
    {
        std::string bytes;
        for (int i = 0; i != 40; ++i)
        {
            noise = noise * 1664525U + 1013904223U;
            bytes += static_cast<char>(noise >> 24U);
        }
        const std::string once = presentable(bytes, 50);
        BOOST_TEST(is_utf8(once));
        BOOST_TEST(once.size() <= 50U);
        BOOST_TEST(presentable(once, 50) == once);
    }
}

BOOST_AUTO_TEST_CASE(url_of_diagnostics_loses_query_fragment_and_user_information)
{
    const text_row rows[] = {
        {"https://h/p?code=abc", "https://h/p"},
        {"https://h/p#token=abc", "https://h/p"},
        {"https://user:pass@h/p", "https://h/p"},
        {"https://user:p@ss@h", "https://h"},
        {"https://h/@scope/x", "https://h/@scope/x"},
        {"user:pass@h/p", "h/p"},
        {"", ""},
    };
    for (const text_row& r : rows)
    {
        BOOST_TEST(diagnostics().url(r.given).url() == r.shown);
    }
}

BOOST_AUTO_TEST_CASE(texts_of_diagnostics_are_made_presentable)
{
    diagnostics info;
    info.message("a\nb").server_error("x\x1b").server_message(std::string(9999, 'y')).hint("c\nd");
    BOOST_TEST(info.message() == "a b");
    BOOST_TEST(info.server_error() == "x");
    BOOST_TEST(info.server_message().size() == 512U);
    BOOST_TEST(info.hint() == "c d");
    info.clear();
    BOOST_TEST(info.message().empty());
    BOOST_TEST(info.server_message().empty());
}

BOOST_AUTO_TEST_CASE(required_scope_is_presentable_and_ends_with_a_whole_scope)
{
    diagnostics info;
    info.required_scope("files:read\n\x1b"
                        "files:write");
    BOOST_TEST(info.required_scope() == "files:read files:write");
    const std::string scope(99, 's');
    std::string many;
    for (int i = 0; i != 50; ++i)
        many += scope + ' ';
    info.required_scope(many);
    BOOST_TEST(info.required_scope().size() == 1'999U); // twenty of them
    info.required_scope(std::string(2'048, 's'));
    BOOST_TEST(info.required_scope().size() == 2'048U);
    info.required_scope(std::string(2'049, 's'));
    BOOST_TEST(info.required_scope() == "");
    failure f(errc::step_up_refused);
    BOOST_TEST(f.required_scope("a b").info().required_scope() == "a b");
    info.clear();
    BOOST_TEST(info.required_scope() == "");
}

BOOST_AUTO_TEST_CASE(description_names_everything_once_and_marks_server_text)
{
    diagnostics info;
    info.where(stage::token)
        .url("https://as.example/token?x=1")
        .http_status(400)
        .message("The code was sent.")
        .server_error("invalid_grant")
        .server_message("Code expired");
    const std::string text = describe(errc::invalid_grant, info);
    BOOST_TEST(
        text
        == "The code or refresh token is expired, revoked or was used already. The code was sent. "
           "It happened while asking for tokens. URL: https://as.example/token. HTTP status: 400. "
           "The server says (unverified): \"invalid_grant: Code expired\". Log in to the server "
           "again."
    );
}

BOOST_AUTO_TEST_CASE(hint_of_the_diagnostics_replaces_the_standard_one)
{
    const std::string text = describe(errc::invalid_grant, diagnostics().hint("Do this instead"));
    BOOST_TEST(text.ends_with(" Do this instead."));
    BOOST_TEST(text.find("Log in to the server again") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(description_of_foreign_codes_and_success_is_not_empty)
{
    BOOST_TEST(!describe(make_error_code(boost::system::errc::timed_out), diagnostics()).empty());
    BOOST_TEST(describe(error_code(), diagnostics()) == "Success.");
}

BOOST_AUTO_TEST_CASE(every_stage_has_a_name)
{
    for (int s = 0; s <= static_cast<int>(stage::description); ++s)
    {
        BOOST_TEST(!name_of(static_cast<stage>(s)).empty());
    }
    std::ostringstream os;
    os << stage::server_metadata;
    BOOST_TEST(os.str() == "server_metadata");
}

BOOST_AUTO_TEST_CASE(innermost_place_and_url_of_a_failure_win)
{
    failure f(errc::json_malformed);
    f.where(stage::token).url("https://inner/").where(stage::store).url("https://outer/");
    BOOST_TEST(f.info().where() == stage::token);
    BOOST_TEST(f.info().url() == "https://inner/");
    BOOST_TEST(f.code() == make_error_code(errc::json_malformed));
}

BOOST_AUTO_TEST_CASE(copy_of_a_failure_does_not_change_with_the_original)
{
    failure f(errc::json_malformed);
    f.message("first");
    const failure copy = f;
    f.message("second").http_status(500);
    BOOST_TEST(copy.info().message() == "first");
    BOOST_TEST(copy.info().http_status() == 0);
    BOOST_TEST(f.info().message() == "second");
}

BOOST_AUTO_TEST_CASE(failure_without_diagnostics_has_empty_ones)
{
    const failure f(operation_aborted());
    BOOST_TEST(f.info().message().empty());
    BOOST_TEST(f.info().where() == stage::none);
}

BOOST_AUTO_TEST_CASE(value_of_a_failed_result_throws_a_flow_error_that_describes_it)
{
    const result<int> r = failure(errc::issuer_mismatch).message("Detail.");
    try
    {
        (void)r.value();
        BOOST_ERROR("nothing was thrown");
    }
    catch (const flow_error& e)
    {
        BOOST_TEST((e.code() == condition::untrusted));
        BOOST_TEST(e.info().message() == "Detail.");
        BOOST_TEST(e.what() == describe(e.code(), e.info()));
    }
    BOOST_CHECK_THROW((void)r.value(), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(every_stage_is_described_in_words_of_its_own)
{
    std::set<std::string> seen;
    for (int s = 1; s <= static_cast<int>(stage::description); ++s)
    {
        diagnostics info;
        info.where(static_cast<stage>(s));
        const auto text = describe(errc::json_malformed, info);
        BOOST_TEST(text.find("It happened while ") != std::string::npos, s);
        BOOST_TEST(seen.insert(text).second, text);
    }
    BOOST_TEST(
        describe(errc::json_malformed, diagnostics().where(stage::description))
            .find("It happened while reading what the provider says of itself.")
        != std::string::npos
    );
    const auto nowhere = describe(errc::json_malformed, diagnostics());
    BOOST_TEST(nowhere.find("It happened") == std::string::npos);
    BOOST_TEST(
        describe(errc::json_malformed, diagnostics().where(static_cast<stage>(99))) == nowhere
    );
    BOOST_TEST(name_of(static_cast<stage>(99)).empty());
}

BOOST_AUTO_TEST_CASE(description_of_an_unknown_value_has_no_hint)
{
    const error_code unknown(100'000, error_category());
    BOOST_TEST(describe(unknown, diagnostics()) == "Unknown error.");
    BOOST_TEST(
        describe(unknown, diagnostics().message("Detail").hint("Do this."))
        == "Unknown error. Detail. Do this."
    );
}

BOOST_AUTO_TEST_CASE(what_a_server_says_is_marked_whether_it_has_a_name_or_a_text)
{
    const auto said = [](const diagnostics& info) {
        const auto text = describe(errc::server_error, info);
        const auto at = text.find("The server says");
        return at == std::string::npos ? std::string() : text.substr(at, text.rfind('"') + 1 - at);
    };
    BOOST_TEST(said(diagnostics()).empty());
    BOOST_TEST(said(diagnostics().server_error("a")) == R"(The server says (unverified): "a")");
    BOOST_TEST(said(diagnostics().server_message("b")) == R"(The server says (unverified): "b")");
    BOOST_TEST(
        said(diagnostics().server_error("a").server_message("b"))
        == R"(The server says (unverified): "a: b")"
    );
}

BOOST_AUTO_TEST_SUITE_END()
