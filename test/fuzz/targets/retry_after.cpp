// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Retry-After, and dates as HTTP writes them.

// max_len: 256
// dictionaries: date

#include "fuzz/fuzz.hpp"

#include <asioauth/protocol/retry_after.hpp>

#include <array>
#include <cstdio>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

using std::chrono::system_clock;

// RFC 9110's own form, made by the C library.
std::string written(system_clock::time_point t)
{
    const std::time_t seconds = system_clock::to_time_t(t);
    std::tm fields{};
    check(gmtime_r(&seconds, &fields) != nullptr, "a date is a date");
    constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::array<char, 64> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%s, %02d %s %04d %02d:%02d:%02d GMT",
        days[static_cast<std::size_t>(fields.tm_wday)],
        fields.tm_mday,
        months[static_cast<std::size_t>(fields.tm_mon)],
        fields.tm_year + 1900,
        fields.tm_hour,
        fields.tm_min,
        fields.tm_sec
    );
    return out.data();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    // Any second of 130 years.
    std::int64_t clock = 0;
    for (int i = 0; i != 4; ++i)
        clock = clock * 256 + in.byte();
    const system_clock::time_point now{std::chrono::seconds(clock)};
    const bool twice = in.byte() == 'x';
    const auto text = in.rest();

    const auto date = http_date(text);
    if (date)
    {
        check(
            *date >= system_clock::time_point()
                && *date < system_clock::time_point(std::chrono::seconds(7'289'654'400)), // 2201,
            "a date is one that a clock may show"
        );
        const auto again = http_date(written(*date));
        check(again && *again == *date, "a date can be written and read again");
    }
    check(http_date(written(now)) == now, "every moment has a date");

    http_response response(503, "");
    response.field("Retry-After", text);
    if (twice)
        response.field("retry-after", text);
    const auto wait = retry_after_of(response, now);
    if (twice)
        check(!wait, "two answers are none");
    if (wait)
    {
        check(wait->count() >= 0 && *wait <= std::chrono::hours(24), "a wait is a day at most");
        if (date && *wait < std::chrono::hours(24) && wait->count() > 0)
            check(now + *wait >= *date, "nobody comes too early");
    }
    else if (!twice)
    {
        check(!date, "a date is an answer");
        check(
            text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos,
            "a number is an answer"
        );
    }
    return 0;
}
