// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/record.hpp>

#include <algorithm>

namespace asioauth {

generation next_generation(generation seen, std::chrono::system_clock::time_point now) noexcept
{
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    return std::max(seen + 1, static_cast<generation>(std::max(us.count(), us.zero().count())));
}

} // namespace asioauth
