// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"

#include <cstdlib>

namespace asioauth::tool {

std::string variable(const std::string& name)
{
    // Nobody changes the environment while threads run.
    const char* const value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string() : value;
}

bool is_set(const std::string& name)
{
    return !variable(name).empty();
}

} // namespace asioauth::tool
