// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/wiped_memory.hpp"

#include <boost/beast/core/flat_buffer.hpp>

namespace asioauth::detail {

/// What was received and not read yet. Tokens come this way: what it gives back is wiped.
using read_buffer = boost::beast::basic_flat_buffer<wiping_allocator<char>>;

} // namespace asioauth::detail
