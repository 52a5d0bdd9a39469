// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstdlib>
#include <string_view>

namespace asioauth::test {

/// Whether to do all of what a test does some of, which takes minutes.
inline bool all_of_them()
{
    const char* const wanted = std::getenv("ASIOAUTH_FAULTS"); // NOLINT(concurrency-mt-unsafe)
    return wanted != nullptr && std::string_view(wanted) == "all";
}

} // namespace asioauth::test
