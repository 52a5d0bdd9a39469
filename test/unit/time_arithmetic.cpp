// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "protocol/time_arithmetic.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

BOOST_AUTO_TEST_SUITE(time_arithmetic)

namespace {

using asioauth::detail::later;
using asioauth::detail::time_at;
using std::chrono::seconds;
using time_point = std::chrono::system_clock::time_point;

constexpr time_point epoch;

std::int64_t whole(time_point t)
{
    return std::chrono::duration_cast<seconds>(t.time_since_epoch()).count();
}

} // namespace

BOOST_AUTO_TEST_CASE(sum_is_exact_where_the_clock_can_express_it)
{
    BOOST_TEST((later(epoch, seconds(0)) == epoch));
    BOOST_TEST((later(epoch, seconds(-5)) == epoch - seconds(5)));
    const auto odd = epoch + std::chrono::milliseconds(1);
    BOOST_TEST((later(odd, seconds(7)) == odd + seconds(7)));
    // To within two seconds of either end.
    const auto most = whole(time_point::max());
    BOOST_TEST((later(epoch, seconds(most - 2)) == epoch + seconds(most - 2)));
    const auto least = whole(time_point::min());
    BOOST_TEST((later(epoch, seconds(least + 2)) == epoch + seconds(least + 2)));
}

BOOST_AUTO_TEST_CASE(sum_that_the_clock_cannot_express_is_its_end)
{
    for (const auto when : {epoch, epoch + std::chrono::hours(1), time_point::max()})
    {
        BOOST_TEST((later(when, seconds(whole(time_point::max()))) == time_point::max()));
        BOOST_TEST((later(when, seconds::max()) == time_point::max()));
    }
    for (const auto when : {epoch, epoch - std::chrono::hours(1), time_point::min()})
    {
        BOOST_TEST((later(when, seconds(whole(time_point::min()))) == time_point::min()));
        BOOST_TEST((later(when, -seconds::max()) == time_point::min()));
        BOOST_TEST((later(when, seconds::min()) == time_point::min()));
    }
    BOOST_TEST((later(time_point::max(), seconds(-10)) < time_point::max()));
    BOOST_TEST((later(time_point::min(), seconds(10)) > time_point::min()));
}

BOOST_AUTO_TEST_CASE(moment_is_one_that_the_clock_can_express)
{
    BOOST_TEST((time_at(0) == epoch));
    BOOST_TEST((time_at(-1) == epoch - seconds(1)));
    const auto last = whole(time_point::max());
    BOOST_TEST((time_at(last - 1) == time_point(seconds(last - 1))));
    BOOST_TEST((time_at(1 - last) == time_point(seconds(1 - last))));
    for (const auto count :
         {last,
          -last,
          std::numeric_limits<std::int64_t>::max(),
          std::numeric_limits<std::int64_t>::min()})
        BOOST_TEST(!time_at(count).has_value(), count);
}

BOOST_AUTO_TEST_SUITE_END()
