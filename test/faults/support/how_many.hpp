// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace asioauth::test {

inline std::string_view wanted_faults()
{
    const char* const wanted = std::getenv("ASIOAUTH_FAULTS"); // NOLINT(concurrency-mt-unsafe)
    return wanted != nullptr ? wanted : "";
}

/// Whether to do all of what a test does some of, which takes minutes.
inline bool all_of_them()
{
    return wanted_faults() == "all";
}

/// The number of the only fault that is wanted, to look into it; 0 for several.
inline std::size_t only_one()
{
    const std::string_view wanted = wanted_faults();
    return std::strtoul(wanted.data(), nullptr, 10); // ends with a null
}

} // namespace asioauth::test
