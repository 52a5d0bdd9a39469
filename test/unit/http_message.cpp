// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/body_stream.hpp>
#include <asioauth/limits.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <sstream>
#include <string>
#include <string_view>

using namespace asioauth;

BOOST_AUTO_TEST_SUITE(http_message)

namespace {

http_request request_to(std::string_view target = "https://h/p?secret=query")
{
    return http_request(request_kind::token, "POST", *url::parse(target));
}

std::string_view check(const http_request& r)
{
    const result<void> checked = check_request(r);
    return checked ? std::string_view("success") : name_of(checked.error().code());
}

} // namespace

// covers C-9700-21
BOOST_AUTO_TEST_CASE(only_requests_without_credentials_may_be_redirected)
{
    BOOST_TEST(may_be_redirected(request_kind::probe));
    BOOST_TEST(may_be_redirected(request_kind::metadata));
    BOOST_TEST(!may_be_redirected(request_kind::registration));
    BOOST_TEST(!may_be_redirected(request_kind::token));
    BOOST_TEST(!may_be_redirected(request_kind::resource));
    BOOST_TEST(may_be_redirected(request_kind::page));
    BOOST_TEST(may_be_redirected(request_kind::icon));
}

BOOST_AUTO_TEST_CASE(only_what_decides_nothing_may_leave_its_origin_or_be_cut)
{
    using enum request_kind;
    for (const auto k : {probe, metadata, registration, token, resource, page, icon})
    {
        BOOST_TEST(may_leave_origin(k) == (k == page || k == icon));
        BOOST_TEST(is_cut_at_limit(k) == (k == page));
    }
}

BOOST_AUTO_TEST_CASE(every_kind_has_a_name_and_a_body_limit)
{
    BOOST_TEST(name_of(request_kind::probe) == "probe");
    BOOST_TEST(name_of(request_kind::metadata) == "metadata");
    BOOST_TEST(name_of(request_kind::registration) == "registration");
    BOOST_TEST(name_of(request_kind::token) == "token");
    BOOST_TEST(name_of(request_kind::resource) == "resource");
    BOOST_TEST(name_of(request_kind::page) == "page");
    BOOST_TEST(name_of(request_kind::icon) == "icon");
    BOOST_TEST(body_limit_for(request_kind::probe) == limits::metadata_body);
    BOOST_TEST(body_limit_for(request_kind::metadata) == limits::metadata_body);
    BOOST_TEST(body_limit_for(request_kind::registration) == limits::metadata_body);
    BOOST_TEST(body_limit_for(request_kind::token) == limits::token_body);
    BOOST_TEST(body_limit_for(request_kind::resource) == limits::resource_body);
    BOOST_TEST(body_limit_for(request_kind::page) == limits::page_body);
    BOOST_TEST(body_limit_for(request_kind::icon) == limits::icon_body);
}

BOOST_AUTO_TEST_CASE(fields_of_a_request_are_replaced_without_regard_to_case)
{
    http_request r = request_to();
    r.field("Accept", "a").field("X-One", "1").field("ACCEPT", "b");
    BOOST_TEST(r.fields().size() == 2U);
    BOOST_TEST(r.field("accept") == "b");
    BOOST_TEST(r.field("missing").empty());
}

BOOST_AUTO_TEST_CASE(fields_that_are_the_librarys_own_are_ignored)
{
    http_request r = request_to();
    for (const std::string_view name :
         {"Authorization",
          "authorization",
          "Host",
          "HOST",
          "Content-Length",
          "Transfer-Encoding",
          "connection"})
    {
        r.field(name, "x");
    }
    BOOST_TEST(r.fields().empty());
    r.authorization(secret("Bearer t"));
    BOOST_TEST(r.authorization().reveal() == "Bearer t");
    BOOST_TEST(r.field("authorization").empty());
}

BOOST_AUTO_TEST_CASE(body_comes_with_one_content_type)
{
    http_request r = request_to();
    r.field("content-type", "text/plain").body("application/x-www-form-urlencoded", secret("a=b"));
    BOOST_TEST(r.fields().size() == 1U);
    BOOST_TEST(r.field("Content-Type") == "application/x-www-form-urlencoded");
    BOOST_TEST(r.body().reveal() == "a=b");
}

BOOST_AUTO_TEST_CASE(target_and_policy_can_be_replaced)
{
    http_request r = request_to();
    r.target(*url::parse("https://g/")).policy(address_policy().allow_loopback());
    BOOST_TEST(r.target().str() == "https://g/");
    BOOST_TEST(r.policy().loopback_allowed());
    BOOST_TEST((r.policy() != address_policy()));
    BOOST_TEST(r.method() == "POST");
    BOOST_TEST((r.kind() == request_kind::token));
}

// catches D-16
BOOST_AUTO_TEST_CASE(printed_messages_show_no_query_field_or_body)
{
    http_request r = request_to();
    r.field("X-Key", "s3cr3t").body("text/plain", secret("s3cr3t")).authorization(secret("s3cr3t"));
    std::ostringstream os;
    os << r;
    BOOST_TEST(os.str() == "POST https://h/p");
    http_response response(200, "s3cr3t");
    response.field("Set-Cookie", "s3cr3t");
    std::ostringstream os2;
    os2 << response;
    BOOST_TEST(os2.str() == "200, 6 bytes");
}

// covers V90
BOOST_AUTO_TEST_CASE(requests_that_would_break_out_of_their_head_are_refused)
{
    BOOST_TEST(check(request_to()) == "success");
    BOOST_TEST(check(http_request()) == "request_invalid");
    for (const std::string_view method :
         {"", "GET ", " GET", "GET /", "G\nET", "GET\r\nX: y", "G(T", "G\xc3\xbcT"})
    {
        const http_request r(request_kind::probe, method, *url::parse("https://h"));
        BOOST_TEST(check(r) == "request_invalid", method);
    }
    for (const std::string_view name : {"", "X Y", "X:", "X\r\n", "X\nY", "X\xc3\xbc", "(X)"})
    {
        BOOST_TEST(check(request_to().field(name, "v")) == "request_invalid", name);
    }
    for (const std::string_view value :
         {std::string_view("a\r\nX: y"),
          std::string_view("a\n"),
          std::string_view("\r"),
          std::string_view("a\0b", 3),
          std::string_view("a\x7f"),
          std::string_view("\x1b[31m")})
    {
        BOOST_TEST(check(request_to().field("X", value)) == "request_invalid");
        BOOST_TEST(check(request_to().body(value, secret("x"))) == "request_invalid");
        BOOST_TEST(check(request_to().authorization(secret(value))) == "request_invalid");
    }
    BOOST_TEST(check(request_to().field("X", "tab\tand obs-text \xc3\xbc")) == "success");
    BOOST_TEST(check(request_to().field("X", "")) == "success");
    BOOST_TEST(check(request_to().body("text/plain", secret("any\r\nbytes"))) == "success");
}

BOOST_AUTO_TEST_CASE(refused_request_does_not_show_its_credentials)
{
    const result<void> r = check_request(request_to().authorization(secret("Bearer s3cr3t\n")));
    BOOST_REQUIRE(!r.has_value());
    BOOST_TEST(describe(r.error().code(), r.error().info()).find("s3cr3t") == std::string::npos);
    BOOST_TEST(r.error().info().url() == "https://h/p");
}

BOOST_AUTO_TEST_CASE(field_can_be_copied_within_its_message)
{
    http_response r(200, "");
    r.field("X", "short"); // which is inside of the object that moves
    for (int i = 0; i != 64; ++i)
        r.field("Y", r.field("X"));
    BOOST_TEST(r.all("Y").size() == 64U);
    for (const auto& value : r.all("Y"))
        BOOST_TEST(value == "short");
}

BOOST_AUTO_TEST_CASE(fields_of_a_response_keep_their_order_and_repetitions)
{
    http_response r(401, "body");
    r.field("WWW-Authenticate", "a").field("X", "y").field("www-authenticate", "b");
    BOOST_TEST(r.field("Www-Authenticate") == "a");
    BOOST_TEST(r.all("WWW-AUTHENTICATE").size() == 2U);
    BOOST_TEST(r.all("WWW-AUTHENTICATE").at(1) == "b");
    BOOST_TEST(r.all("missing").empty());
    BOOST_TEST(r.field("missing").empty());
    BOOST_TEST(!r.is_success());
    r.status(299).body("other").from(*url::parse("https://h/"));
    BOOST_TEST(r.is_success());
    BOOST_TEST(r.body() == "other");
    BOOST_TEST(r.from().str() == "https://h/");
    BOOST_TEST(!http_response(300, "").is_success());
    BOOST_TEST(!http_response(199, "").is_success());
}

BOOST_AUTO_TEST_CASE(printed_response_says_that_its_body_is_still_to_come)
{
    class silent_stream : public body_stream
    {
    public:
        void async_read_some(handler) override {}
        void close() override {}
    };
    http_response response(200, "s3cr3t");
    response.events(std::make_shared<silent_stream>());
    std::ostringstream os;
    os << response;
    BOOST_TEST(os.str() == "200, a stream");
    std::ostringstream again;
    again << response.events(nullptr);
    BOOST_TEST(again.str() == "200, 6 bytes");
}

BOOST_AUTO_TEST_CASE(identities_are_equal_if_both_halves_are)
{
    const tls_identity one("chain", secret("key"));
    BOOST_TEST((one == tls_identity(one)));
    BOOST_TEST((one == tls_identity("chain", secret("key"))));
    BOOST_TEST((one != tls_identity("other", secret("key"))));
    BOOST_TEST((one != tls_identity("chain", secret("other"))));
    BOOST_TEST((one != tls_identity()));
    BOOST_TEST((tls_identity() != one));
    BOOST_TEST((tls_identity() == tls_identity()));
}

BOOST_AUTO_TEST_CASE(method_has_every_character_of_a_token_and_no_other)
{
    const std::string_view token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz";
    for (int i = 0; i != 256; ++i)
    {
        const char c = static_cast<char>(i);
        const http_request r(
            request_kind::probe, std::string_view(&c, 1), *url::parse("https://h")
        );
        BOOST_TEST((check(r) == "success") == (token.find(c) != token.npos), i);
    }
}

BOOST_AUTO_TEST_CASE(kind_that_is_none_has_no_name_and_the_smallest_limit)
{
    const auto none = static_cast<request_kind>(99);
    BOOST_TEST(name_of(none).empty());
    BOOST_TEST(body_limit_for(none) == limits::metadata_body);
}

BOOST_AUTO_TEST_SUITE_END()
