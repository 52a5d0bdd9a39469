// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"

#include <boost/beast/core/flat_buffer.hpp>

namespace asioauth::detail {

/// What is read from a connection. It has memory only while something is read.
using receive_buffer = boost::beast::basic_flat_buffer<kept_allocator<char>>;

} // namespace asioauth::detail
