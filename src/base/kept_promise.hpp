// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>

namespace asioauth::detail {

/** What kept_memory gives, whatever happens: the next two blocks of up to `size` octets that this
    thread takes.

    A strand that finds no memory to be run has taken what it is to run already, and never runs again.
*/
class ASIOAUTH_DECL kept_promise
{
public:
    static constexpr std::size_t size = 512;

    /// @throws std::bad_alloc
    static void make();
};

} // namespace asioauth::detail
