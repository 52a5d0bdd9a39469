// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>

namespace asioauth::detail {

/// Set octets to 0 so that the compiler cannot drop it.
ASIOAUTH_DECL void overwrite(void* data, std::size_t size) noexcept;

} // namespace asioauth::detail
