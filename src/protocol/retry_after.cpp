// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"

#include <asioauth/protocol/retry_after.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace asioauth {
namespace {

constexpr std::chrono::seconds most = std::chrono::hours(24);

using detail::is_digit;

// Reads from the front of a text, and remembers whether everything fitted.
class scanner
{
public:
    explicit scanner(std::string_view text) noexcept : rest_(text) {}

    void literal(std::string_view wanted) noexcept
    {
        if (rest_.substr(0, wanted.size()) == wanted)
            rest_.remove_prefix(wanted.size());
        else
            good_ = false;
    }

    // Exactly so many digits; a blank may stand for the first one if `padded`.
    int number(std::size_t digits, bool padded = false) noexcept
    {
        int out = 0;
        if (rest_.size() < digits)
            good_ = false;
        for (std::size_t i = 0; good_ && i < digits; ++i)
        {
            const char c = rest_[i];
            if (is_digit(c))
                out = out * 10 + (c - '0');
            else if (!(padded && i == 0 && c == ' '))
                good_ = false;
        }
        if (good_)
            rest_.remove_prefix(digits);
        return out;
    }

    // One of the names, as its number.
    template <std::size_t N>
    int one_of(const std::array<std::string_view, N>& names) noexcept
    {
        for (std::size_t i = 0; i < N; ++i)
        {
            if (rest_.substr(0, names[i].size()) == names[i])
            {
                rest_.remove_prefix(names[i].size());
                return static_cast<int>(i);
            }
        }
        good_ = false;
        return 0;
    }

    bool at_end() const noexcept { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

constexpr std::array<std::string_view, 12> months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> long_days = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

class fields
{
public:
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;

    void time(scanner& in) noexcept
    {
        hour = in.number(2);
        in.literal(":");
        minute = in.number(2);
        in.literal(":");
        second = in.number(2);
    }

    std::optional<std::chrono::system_clock::time_point> value() const noexcept
    {
        using namespace std::chrono;
        const year_month_day date(
            std::chrono::year{year},
            std::chrono::month{static_cast<unsigned>(month + 1)},
            std::chrono::day{static_cast<unsigned>(day)}
        );
        // A leap second is the last one of its minute.
        if (!date.ok() || hour > 23 || minute > 59 || second > 60 || year < 1970 || year > 2200)
            return std::nullopt;
        return sys_days(date) + hours(hour) + minutes(minute) + seconds(std::min(second, 59));
    }
};

// Sun, 06 Nov 1994 08:49:37 GMT
bool imf_fixdate(std::string_view text, fields& out) noexcept
{
    scanner in(text);
    in.one_of(days);
    in.literal(", ");
    out.day = in.number(2);
    in.literal(" ");
    out.month = in.one_of(months);
    in.literal(" ");
    out.year = in.number(4);
    in.literal(" ");
    out.time(in);
    in.literal(" GMT");
    return in.at_end();
}

// Sunday, 06-Nov-94 08:49:37 GMT. What seems to be far ahead is of the last century.
bool rfc_850(std::string_view text, fields& out) noexcept
{
    scanner in(text);
    in.one_of(long_days);
    in.literal(", ");
    out.day = in.number(2);
    in.literal("-");
    out.month = in.one_of(months);
    in.literal("-");
    const int year = in.number(2);
    out.year = year < 70 ? 2000 + year : 1900 + year;
    in.literal(" ");
    out.time(in);
    in.literal(" GMT");
    return in.at_end();
}

// Sun Nov  6 08:49:37 1994
bool asctime_date(std::string_view text, fields& out) noexcept
{
    scanner in(text);
    in.one_of(days);
    in.literal(" ");
    out.month = in.one_of(months);
    in.literal(" ");
    out.day = in.number(2, true);
    in.literal(" ");
    out.time(in);
    in.literal(" ");
    out.year = in.number(4);
    return in.at_end();
}

} // namespace

std::optional<std::chrono::system_clock::time_point> http_date(std::string_view text) noexcept
{
    for (const auto read : {&imf_fixdate, &rfc_850, &asctime_date})
    {
        fields found;
        if (read(text, found))
            return found.value();
    }
    return std::nullopt;
}

std::optional<std::chrono::seconds>
retry_after_of(const http_response& response, std::chrono::system_clock::time_point now)
{
    const auto values = response.all("Retry-After");
    if (values.size() != 1 || values.front().empty())
        return std::nullopt;
    const std::string_view text = values.front();
    if (std::all_of(text.begin(), text.end(), is_digit))
    {
        long long seconds = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (read.ec != std::errc() || seconds > most.count())
            return most;
        return std::chrono::seconds(seconds);
    }
    const auto date = http_date(text);
    if (!date)
        return std::nullopt;
    if (*date <= now)
        return std::chrono::seconds(0);
    if (*date - now >= most)
        return most;
    return std::chrono::ceil<std::chrono::seconds>(*date - now);
}

} // namespace asioauth
