// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/error.hpp>

#include <string_view>

namespace asioauth::detail {

/// What is known about an error.
class row
{
public:
    errc value;
    std::string_view name;
    condition kind;
    std::string_view what; // what happened
    std::string_view hint; // what the person at the program can do next
};

} // namespace asioauth::detail
