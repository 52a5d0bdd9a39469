// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "command_line.hpp"

namespace asioauth::tool {

/// Run a command to its end, print its result or its failure, and return the exit status.
int run(command what, options given);

} // namespace asioauth::tool
