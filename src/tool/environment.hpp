// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string>

namespace asioauth::tool {

/// What a variable of the environment says; empty if it is not set.
std::string variable(const std::string& name);
/// Whether it is set to something.
bool is_set(const std::string& name);

} // namespace asioauth::tool
