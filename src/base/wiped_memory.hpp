// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>
#include <memory>

namespace asioauth::detail {

/// Set octets to 0 so that the compiler cannot drop it.
ASIOAUTH_DECL void overwrite(void* data, std::size_t size) noexcept;

/// Memory of which nothing is left when it is given back: for what may hold secrets among other things.
template <class T>
class wiping_allocator
{
public:
    using value_type = T;

    wiping_allocator() = default;
    template <class U>
    wiping_allocator(const wiping_allocator<U>&) noexcept // NOLINT(google-explicit-constructor)
    {}

    T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
    void deallocate(T* p, std::size_t n) noexcept
    {
        overwrite(p, n * sizeof(T));
        std::allocator<T>().deallocate(p, n);
    }

    friend bool operator==(const wiping_allocator&, const wiping_allocator&) noexcept
    {
        return true;
    }
};

} // namespace asioauth::detail
