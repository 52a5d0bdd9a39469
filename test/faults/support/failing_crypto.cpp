// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/failing_crypto.hpp"

#include "faults/support/failing_memory.hpp"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <new>

namespace asioauth::test {
namespace {

// Stands before every allocation.
class alignas(std::max_align_t) head
{
public:
    head* newer = nullptr;
    head* older = nullptr;
    const char* file = "";
    int line = 0;
    bool counts = false; // what the client needs
};

bool too_late = false;
std::atomic<std::size_t> all = 0;
std::atomic<std::size_t> number = 0;
std::atomic<std::size_t> fails = 0;
char place[128] = "";

std::mutex mutex; // for what follows
head* newest_of_all = nullptr;
std::size_t count = 0;

// Where OpenSSL was seen to ask, in any of the processes.
class places
{
public:
    bool knows(const char* file, int line) const noexcept
    {
        return std::any_of(at_, at_ + size_, [&](const auto& p) {
            return p.file == file && p.line == line;
        });
    }

    bool add(const char* file, int line) noexcept
    {
        if (size_ == std::size(at_))
            return false;
        at_[size_++] = {file, line};
        return true;
    }

private:
    struct place
    {
        const char* file;
        int line;
    };

    std::size_t size_ = 0;
    place at_[4096] = {};
};

places* known = nullptr;  // shared with processes that are started
std::size_t firsts[1024]; // numbers
std::size_t first_count = 0;

void note(std::size_t n, const char* file, int line) noexcept
{
    const std::lock_guard lock(mutex);
    if (known == nullptr || known->knows(file, line) || first_count == std::size(firsts)
        || !known->add(file, line))
        return;
    firsts[first_count++] = n;
}

bool is_to_fail(const char* file, int line) noexcept
{
    ++all;
    if (!failing_memory::is_counting())
        return false;
    const std::size_t n = ++number;
    if (fails == failing_crypto::noting)
        note(n, file, line);
    if (n != fails)
        return false;
    std::snprintf(place, sizeof place, "%s:%d", file, line);
    return true;
}

void* enter(head* h, const char* file, int line) noexcept
{
    if (h == nullptr)
        return nullptr;
    h->file = file;
    h->line = line;
    h->counts = failing_memory::is_counting();
    if (h->counts)
    {
        const std::lock_guard lock(mutex);
        h->newer = nullptr;
        h->older = newest_of_all;
        if (newest_of_all != nullptr)
            newest_of_all->newer = h;
        newest_of_all = h;
        ++count;
    }
    return h + 1;
}

head* leave(void* p) noexcept
{
    head* const h = static_cast<head*>(p) - 1;
    if (h->counts)
    {
        const std::lock_guard lock(mutex);
        (h->newer != nullptr ? h->newer->older : newest_of_all) = h->older;
        if (h->older != nullptr)
            h->older->newer = h->newer;
        --count;
    }
    return h;
}

void* allocate(std::size_t size, const char* file, int line) noexcept
{
    if (is_to_fail(file, line))
        return nullptr;
    return enter(static_cast<head*>(std::malloc(sizeof(head) + size)), file, line);
}

void release(void* p, const char*, int) noexcept
{
    if (p != nullptr)
        std::free(leave(p));
}

void* reallocate(void* p, std::size_t size, const char* file, int line) noexcept
{
    if (p == nullptr)
        return allocate(size, file, line);
    if (size == 0)
    {
        release(p, file, line);
        return nullptr;
    }
    if (is_to_fail(file, line))
        return nullptr;
    return enter(static_cast<head*>(std::realloc(leave(p), sizeof(head) + size)), file, line);
}

// Before any other initialiser of this program, since OpenSSL can be told of it only before it has
// asked for memory the first time.
__attribute__((constructor(101))) void take_over() noexcept
{
    too_late = CRYPTO_set_mem_functions(allocate, reallocate, release) != 1;
    void* const p =
        ::mmap(nullptr, sizeof(places), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED)
        known = new (p) places;
}

} // namespace

bool failing_crypto::came_too_late() noexcept
{
    return too_late;
}

std::size_t failing_crypto::ever() noexcept
{
    return all;
}

void failing_crypto::fail_at(std::size_t n) noexcept
{
    number = 0;
    if (n != 0)
        place[0] = 0; // it is asked for afterwards
    fails = n;
}

std::size_t failing_crypto::take_firsts(std::size_t* numbers, std::size_t room) noexcept
{
    const std::lock_guard lock(mutex);
    const std::size_t n = std::min(room, first_count);
    std::copy_n(firsts, n, numbers);
    first_count = 0;
    return n;
}

bool failing_crypto::has_struck() noexcept
{
    return fails != 0 && number >= fails;
}

const char* failing_crypto::struck() noexcept
{
    return place;
}

std::size_t failing_crypto::kept() noexcept
{
    const std::lock_guard lock(mutex);
    return count;
}

std::string failing_crypto::newest(std::size_t how_many)
{
    const std::lock_guard lock(mutex);
    std::string out;
    for (const head* h = newest_of_all; h != nullptr && how_many != 0; h = h->older, --how_many)
        out.append(out.empty() ? "" : ", ")
            .append(h->file)
            .append(":")
            .append(std::to_string(h->line));
    return out;
}

} // namespace asioauth::test
