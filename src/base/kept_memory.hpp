// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>
#include <new>

namespace asioauth::detail {

/** Memory for what a login makes often and soon throws away: frames of coroutines, operations,
    documents, what was received. Each thread keeps a few blocks of every size to use again. What is
    given back is wiped: there were secrets among it.
*/
class ASIOAUTH_DECL kept_memory
{
public:
    static void* take(std::size_t size);
    static void give(void* p, std::size_t size) noexcept;
};

/// The same for the standard library and for Asio.
template <class T>
class kept_allocator
{
public:
    using value_type = T;

    kept_allocator() noexcept = default;
    template <class U>
    kept_allocator(const kept_allocator<U>&) noexcept // NOLINT(google-explicit-constructor)
    {}

    T* allocate(std::size_t n)
    {
        static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
        if (n > static_cast<std::size_t>(-1) / sizeof(T))
        {
            throw std::bad_array_new_length();
        }
        return static_cast<T*>(kept_memory::take(n * sizeof(T)));
    }

    void deallocate(T* p, std::size_t n) noexcept { kept_memory::give(p, n * sizeof(T)); }

    template <class U>
    friend bool operator==(const kept_allocator&, const kept_allocator<U>&) noexcept
    {
        return true;
    }
};

/// Asio names an allocator before it knows of what.
template <>
class kept_allocator<void>
{
public:
    using value_type = void;

    kept_allocator() noexcept = default;
    template <class U>
    kept_allocator(const kept_allocator<U>&) noexcept // NOLINT(google-explicit-constructor)
    {}

    template <class U>
    friend bool operator==(const kept_allocator&, const kept_allocator<U>&) noexcept
    {
        return true;
    }
};

} // namespace asioauth::detail
