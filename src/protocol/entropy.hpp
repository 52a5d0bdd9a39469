// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

namespace asioauth::detail {

/// The octets that this thread has fetched in advance for system_entropy() are wiped, so that the next
/// ones come from OpenSSL.
ASIOAUTH_DECL void drop_entropy() noexcept;

} // namespace asioauth::detail
