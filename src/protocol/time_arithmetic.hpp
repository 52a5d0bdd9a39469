// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace asioauth::detail {

/// `when + by`, held inside what the clock can express.
inline std::chrono::system_clock::time_point
later(std::chrono::system_clock::time_point when, std::chrono::seconds by)
{
    using time_point = std::chrono::system_clock::time_point;
    using std::chrono::seconds;
    const auto whole = [](time_point t) {
        return std::chrono::duration_cast<seconds>(t.time_since_epoch());
    };
    if (by >= whole(time_point::max()) - whole(when) - seconds(1))
        return time_point::max();
    if (by <= whole(time_point::min()) - whole(when) + seconds(1))
        return time_point::min();
    return when + by;
}

/// The moment so many seconds after 1970; nothing for one that the clock cannot express.
inline std::optional<std::chrono::system_clock::time_point> time_at(std::int64_t count)
{
    using time_point = std::chrono::system_clock::time_point;
    using std::chrono::seconds;
    constexpr auto last = std::chrono::duration_cast<seconds>(time_point::max().time_since_epoch());
    if (count <= -last.count() || count >= last.count())
        return std::nullopt;
    return time_point(seconds(count));
}

} // namespace asioauth::detail
