// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>

namespace asioauth::detail {

/** Memory for the frames of coroutines. A login makes some fifty, too large for the fast ways of most
    allocators and soon gone: each thread keeps a few to use again.
*/
class ASIOAUTH_DECL frame_memory
{
public:
    static void* take(std::size_t size);
    static void give(void* p, std::size_t size) noexcept;
};

} // namespace asioauth::detail
