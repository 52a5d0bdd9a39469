// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Dates of HTTP (RFC 9110 section 5.6.7) and how long a server asks to wait (section 10.2.3).

#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/retry_after.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>

namespace asioauth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::system_clock;

// Sun, 06 Nov 1994 08:49:37 GMT
const system_clock::time_point example{seconds(784'111'777)};

std::optional<seconds> waits(const std::string& value, system_clock::time_point now = example)
{
    http_response r(503, "");
    r.field("Retry-After", value);
    return retry_after_of(r, now);
}

BOOST_AUTO_TEST_SUITE(retry_after)

BOOST_AUTO_TEST_CASE(three_forms_of_a_date_are_one_time)
{
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT",
          "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994"})
        BOOST_TEST((http_date(text) == example), text);
    BOOST_TEST((http_date("Sat Nov 26 08:49:37 1994") == http_date("Sat, 26 Nov 1994 08:49:37 GMT"))
    );
}

BOOST_AUTO_TEST_CASE(year_of_two_digits_is_near)
{
    BOOST_TEST(
        (http_date("Sunday, 06-Nov-69 08:49:37 GMT") == http_date("Wed, 06 Nov 2069 08:49:37 GMT"))
    );
    BOOST_TEST(
        (http_date("Sunday, 06-Nov-70 08:49:37 GMT") == http_date("Fri, 06 Nov 1970 08:49:37 GMT"))
    );
}

BOOST_AUTO_TEST_CASE(leap_second_is_the_last_one_of_its_minute)
{
    BOOST_TEST(
        (http_date("Sat, 31 Dec 2016 23:59:60 GMT") == http_date("Sat, 31 Dec 2016 23:59:59 GMT"))
    );
}

BOOST_AUTO_TEST_CASE(what_is_no_date_is_none)
{
    for (const char* text :
         {"",
          "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 06 Nov 1994 08:49:37 UTC",
          "sun, 06 Nov 1994 08:49:37 GMT",
          "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun,  6 Nov 1994 08:49:37 GMT",
          "Sun, 06 nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 94 08:49:37 GMT",
          "Sun, 06 Nov 1994 8:49:37 GMT",
          "Sun, 06 Nov 1994 08-49-37 GMT",
          "Sun, 06 Nov 1994 24:00:00 GMT",
          "Sun, 06 Nov 1994 08:60:00 GMT",
          "Sun, 06 Nov 1994 08:49:61 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT",
          "Wed, 31 Nov 1994 08:49:37 GMT",
          "Mon, 29 Feb 1993 08:49:37 GMT",
          "Wed, 31 Dec 1969 23:59:59 GMT",
          "Thu, 01 Jan 2201 00:00:00 GMT",
          "Sunday, 06 Nov 1994 08:49:37 GMT",
          "Sunday, 06-Nov-1994 08:49:37 GMT",
          "Sun Nov 6 08:49:37 1994",
          "Sun Nov  6 08:49:37 1994 GMT",
          "Sun, 06 Nov 1994 0x:49:37 GMT"})
        BOOST_TEST(!http_date(text), text);
}

BOOST_AUTO_TEST_CASE(seconds_are_taken_as_they_are_up_to_a_day)
{
    BOOST_TEST((waits("0") == seconds(0)));
    BOOST_TEST((waits("120") == seconds(120)));
    BOOST_TEST((waits("007") == seconds(7)));
    const auto most = waits("99999999999999999999999999");
    BOOST_REQUIRE(most);
    BOOST_TEST((waits(std::to_string(most->count())) == most));
    BOOST_TEST((waits(std::to_string(most->count() + 1)) == most));
    BOOST_TEST((waits(std::to_string(most->count() - 1)) == *most - seconds(1)));
    for (const char* text : {"", "-1", "+1", "1.5", "1 ", "1s", "0x10", "soon"})
        BOOST_TEST(!waits(text), text);
}

BOOST_AUTO_TEST_CASE(date_is_how_long_from_now)
{
    const char* const then = "Sun, 06 Nov 1994 08:49:37 GMT";
    BOOST_TEST((waits(then, example - seconds(90)) == seconds(90)));
    // Not before it.
    BOOST_TEST((waits(then, example - std::chrono::milliseconds(89'001)) == seconds(90)));
    BOOST_TEST((waits(then, example) == seconds(0)));
    BOOST_TEST((waits(then, example + hours(1)) == seconds(0)));
    BOOST_TEST((waits(then, example - hours(24 * 365)) == waits("99999999999999999999")));
}

BOOST_AUTO_TEST_CASE(two_of_them_say_nothing)
{
    http_response r(429, "");
    BOOST_TEST(!retry_after_of(r, example));
    r.field("Retry-After", "1");
    BOOST_TEST((retry_after_of(r, example) == seconds(1)));
    r.field("retry-after", "1");
    BOOST_TEST(!retry_after_of(r, example));
}

BOOST_AUTO_TEST_CASE(day_of_the_oldest_form_has_a_blank_in_front_or_two_digits)
{
    BOOST_TEST((http_date("Sun Nov  6 08:49:37 1994") == http_date("Sun Nov 06 08:49:37 1994")));
    BOOST_TEST(http_date("Wed Nov 16 08:49:37 1994").has_value());
    for (const char* text :
         {"Sun Nov 6  08:49:37 1994",
          "Sun Nov    08:49:37 1994",
          "Sun Nov  x 08:49:37 1994",
          "Sun Nov x6 08:49:37 1994",
          "Sun Nov -6 08:49:37 1994",
          "Sun Nov /6 08:49:37 1994",
          "Sun Nov :6 08:49:37 1994",
          "Sun Nov  0 08:49:37 1994",
          "Sun Nov  6 08:49:37  994",
          "Sun Nov  6  8:49:37 1994",
          "Sun Nov  6 08:49:37 ",
          "Sun Nov "})
        BOOST_TEST(!http_date(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
