// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

namespace asioauth::testing {

/// While it is true, memory that is given back is given to nobody else and stays as it was left, so
/// that whoever looks for something in it does not depend on what came later. For a process that ends
/// soon.
extern bool memory_is_kept;

} // namespace asioauth::testing
