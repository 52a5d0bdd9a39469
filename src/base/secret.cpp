// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/kept_memory.hpp"
#include "base/wiped_memory.hpp"

#include <asioauth/secret.hpp>

#include <cstring>
#include <utility>

namespace asioauth {

// A plain memset in front of a deallocation is a dead store, which compilers remove. The empty asm
// statement claims to read the memory, so that the store has to happen.
void detail::overwrite(void* data, std::size_t size) noexcept
{
#if defined(__GNUC__) || defined(__clang__)
    if (size != 0)
    {
        std::memset(data, 0, size);
        __asm__ __volatile__("" : : "r"(data) : "memory");
    }
#else
    auto* const p = static_cast<volatile char*>(data);
    for (std::size_t i = 0; i != size; ++i)
    {
        p[i] = 0;
    }
#endif
}

secret::secret(std::string_view text) : size_(text.size())
{
    if (size_ != 0)
    {
        data_ = static_cast<char*>(detail::kept_memory::take(size_));
        std::memcpy(data_, text.data(), size_);
    }
}

secret::secret(const secret& other) : secret(other.reveal()) {}

secret::secret(secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr))
    , size_(std::exchange(other.size_, 0))
{}

secret& secret::operator=(const secret& other)
{
    if (this != &other)
    {
        *this = secret(other);
    }
    return *this;
}

secret& secret::operator=(secret&& other) noexcept
{
    if (this != &other)
    {
        wipe();
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

secret::~secret()
{
    wipe();
}

bool operator==(const secret& a, const secret& b) noexcept
{
    return equal_in_constant_time(a.reveal(), b.reveal());
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
    {
        return false;
    }
    // Every byte is looked at, and the accumulator is volatile, so that no early way out can be
    // made of the loop.
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i != a.size(); ++i)
    {
        const unsigned x = static_cast<unsigned char>(a[i]);
        const unsigned y = static_cast<unsigned char>(b[i]);
        difference = static_cast<unsigned char>(difference | (x ^ y));
    }
    return difference == 0;
}

void secret::wipe() noexcept
{
    // It wipes what it gets.
    if (data_ != nullptr)
    {
        detail::kept_memory::give(data_, size_);
    }
    data_ = nullptr;
    size_ = 0;
}

void wipe(std::string& text) noexcept
{
    // Up to the capacity: an earlier, longer content may have left its end there.
    text.resize(text.capacity());
    detail::overwrite(text.data(), text.size());
    text.clear();
}

} // namespace asioauth
