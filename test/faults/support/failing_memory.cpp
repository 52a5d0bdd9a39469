// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/failing_memory.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>

namespace asioauth::test {
namespace {

// A thread that the test has not made is one of the library's.
thread_local bool counting = ::gettid() != ::getpid();
std::atomic<std::size_t> number = 0;
std::atomic<std::size_t> fails = 0;

bool is_to_fail() noexcept
{
    return counting && ++number == fails;
}

void* allocate(std::size_t size)
{
    void* const p = is_to_fail() ? nullptr : std::malloc(std::max<std::size_t>(size, 1));
    if (p == nullptr)
        throw std::bad_alloc();
    return p;
}

} // namespace

void failing_memory::fail_at(std::size_t n) noexcept
{
    number = 0;
    fails = n;
}

std::size_t failing_memory::seen() noexcept
{
    return number;
}

bool failing_memory::has_struck() noexcept
{
    return fails != 0 && number >= fails;
}

bool failing_memory::is_counting() noexcept
{
    return counting;
}

failing_memory::counted::counted() noexcept : before_(std::exchange(counting, true)) {}

failing_memory::counted::~counted()
{
    counting = before_;
}

failing_memory::uncounted::uncounted() noexcept : before_(std::exchange(counting, false)) {}

failing_memory::uncounted::~uncounted()
{
    counting = before_;
}

} // namespace asioauth::test

void* operator new(std::size_t size)
{
    return asioauth::test::allocate(size);
}

void* operator new[](std::size_t size)
{
    return asioauth::test::allocate(size);
}

void operator delete(void* p) noexcept
{
    std::free(p);
}

void operator delete(void* p, std::size_t) noexcept
{
    std::free(p);
}

void operator delete[](void* p) noexcept
{
    std::free(p);
}

void operator delete[](void* p, std::size_t) noexcept
{
    std::free(p);
}

// Asio's operations are made with this. AddressSanitizer has its own.
#ifndef __SANITIZE_ADDRESS__
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept
{
    return asioauth::test::is_to_fail() ? nullptr : ::memalign(alignment, size);
}
#endif
