// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Loaded before a program (LD_PRELOAD), it counts what that allocates; what OpenSSL allocates is
// counted by itself. For glibc.

#include <dlfcn.h>
#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* p);
}

namespace {

std::atomic<std::uint64_t> own;
std::atomic<std::uint64_t> foreign;
std::atomic<std::int64_t> living;

void* counted(void* p, std::atomic<std::uint64_t>& by)
{
    if (p != nullptr)
    {
        by.fetch_add(1, std::memory_order_relaxed);
        living.fetch_add(
            static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed
        );
    }
    return p;
}

void forget(void* p)
{
    if (p != nullptr)
        living.fetch_sub(
            static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed
        );
}

void* openssl_malloc(std::size_t size, const char*, int)
{
    return size == 0 ? nullptr : counted(__libc_malloc(size), foreign);
}

void openssl_free(void* p, const char*, int)
{
    forget(p);
    __libc_free(p);
}

void* openssl_realloc(void* old, std::size_t size, const char*, int)
{
    forget(old);
    if (size == 0)
    {
        __libc_free(old);
        return nullptr;
    }
    return counted(__libc_realloc(old, size), foreign);
}

// Before OpenSSL allocates anything; only in programs that have it.
[[gnu::constructor]] void count_openssl()
{
    using alloc = void* (*)(std::size_t, const char*, int);
    using resize = void* (*)(void*, std::size_t, const char*, int);
    using release = void (*)(void*, const char*, int);
    using set = int (*)(alloc, resize, release);
    if (void* const found = dlsym(RTLD_DEFAULT, "CRYPTO_set_mem_functions"))
        reinterpret_cast<set>(found)(openssl_malloc, openssl_realloc, openssl_free);
}

} // namespace

extern "C" {

void* malloc(std::size_t size)
{
    return counted(__libc_malloc(size), own);
}

void* calloc(std::size_t count, std::size_t size)
{
    return counted(__libc_calloc(count, size), own);
}

void* realloc(void* old, std::size_t size)
{
    forget(old);
    return counted(__libc_realloc(old, size), own);
}

void free(void* p)
{
    forget(p);
    __libc_free(p);
}

void* memalign(std::size_t alignment, std::size_t size)
{
    return counted(__libc_memalign(alignment, size), own);
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    return counted(__libc_memalign(alignment, size), own);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t size)
{
    *out = counted(__libc_memalign(alignment, size), own);
    return *out != nullptr ? 0 : 12;
}

std::uint64_t asioauth_bench_allocations()
{
    return own;
}

std::uint64_t asioauth_bench_foreign_allocations()
{
    return foreign;
}

std::int64_t asioauth_bench_living()
{
    return living;
}
}
