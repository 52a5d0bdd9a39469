// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/kept_memory.hpp"

#include "base/of_thread.hpp"
#include "base/wiped_memory.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define ASIOAUTH_KEPT_MEMORY_IS_WATCHED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ASIOAUTH_KEPT_MEMORY_IS_WATCHED
#endif

namespace asioauth::detail {
namespace {

// Sizes are rounded up: small ones finely, for there are many of them.
constexpr std::size_t small_step = 32;
constexpr std::size_t large_step = 128;
constexpr std::size_t small_end = 1024;
constexpr std::size_t large_end = 16 * 1024; // nothing longer is kept
constexpr std::size_t small_shelves = small_end / small_step;
constexpr std::size_t shelves = small_shelves + (large_end - small_end) / large_step;
// Of one size: as many as have this together, a few at least.
constexpr std::size_t bytes_kept = 4096;
constexpr std::size_t least_kept = 4;
// Or what is free of as many as were in use at once lately, so that a thread with much under way does
// not ask the system each time: flows that go on together take blocks of one size together, and give
// them back together. That is until all sizes together have so much. (What others give back in our place
// counts as in use for ever.)
constexpr std::size_t most_kept = std::size_t{768} * 1024;
// "Lately" ends, twice over, when so many were given back for each of those.
constexpr std::size_t times_given = 4;
// Once nothing at all is in use, no more than this stays of all sizes.
constexpr std::size_t kept_at_rest = 4096;

#ifdef ASIOAUTH_KEPT_MEMORY_IS_WATCHED
constexpr bool is_kept = false; // what is used after its end has to be found
#else
constexpr bool is_kept = true;
#endif

constexpr std::size_t shelf_of(std::size_t size) noexcept
{
    if (size <= small_end)
        return (std::max<std::size_t>(size, 1) - 1) / small_step;
    return small_shelves + (size - small_end - 1) / large_step;
}

constexpr std::size_t size_on(std::size_t shelf) noexcept
{
    if (shelf < small_shelves)
        return (shelf + 1) * small_step;
    return small_end + (shelf - small_shelves + 1) * large_step;
}

static_assert(size_on(shelf_of(1)) == small_step && size_on(shelf_of(small_step)) == small_step);
static_assert(size_on(shelf_of(small_end)) == small_end);
static_assert(size_on(shelf_of(small_end + 1)) == small_end + large_step);
static_assert(shelf_of(large_end) == shelves - 1 && size_on(shelves - 1) == large_end);

constexpr auto few_kept = [] {
    std::array<std::size_t, shelves> out{};
    for (std::size_t i = 0; i != shelves; ++i)
        out[i] = std::max(bytes_kept / size_on(i), least_kept);
    return out;
}();

class kept_blocks
{
public:
    kept_blocks() = default;
    kept_blocks(const kept_blocks&) = delete;
    kept_blocks& operator=(const kept_blocks&) = delete;
    ~kept_blocks() { drop_all(); }

    // Null if there is none.
    void* pop(std::size_t i) noexcept
    {
        shelf& s = shelves_[i];
        block* const p = s.first;
        if (p != nullptr)
        {
            s.first = p->next;
            --s.count;
            kept_ -= size_on(i);
        }
        return p;
    }

    void lent(std::size_t i) noexcept
    {
        shelf& s = shelves_[i];
        ++s.in_use;
        s.most_in_use = std::max(s.most_in_use, s.in_use);
        ++in_use_;
    }

    void keep(void* p, std::size_t i) noexcept
    {
        shelf& s = shelves_[i];
        if (++s.given > times_given * s.most_in_use)
            s.begin_anew();
        // Others may have taken what is given back here.
        s.in_use -= s.in_use != 0 ? 1 : 0;
        in_use_ -= in_use_ != 0 ? 1 : 0;
        s.push(p);
        kept_ += size_on(i);
        // Two at most: what was in use once goes little by little.
        for (int n = 0; n != 2 && s.count > limit(i); ++n)
            ::operator delete(pop(i));
        if (in_use_ == 0 && kept_ > kept_at_rest)
            drop_all();
    }

private:
    struct block
    {
        block* next;
    };

    struct shelf
    {
        block* first = nullptr;
        std::size_t count = 0;
        std::size_t in_use = 0; // as far as this thread knows
        std::size_t most_in_use = 0;
        std::size_t given = 0;
        std::size_t most_before = 0; // in use, until the last two were counted anew

        void begin_anew() noexcept
        {
            most_before = std::exchange(most_in_use, in_use);
            given = 0;
        }

        void push(void* p) noexcept
        {
            first = ::new (p) block{first};
            ++count;
        }
    };

    void drop_all() noexcept
    {
        for (std::size_t i = 0; i != shelves; ++i)
        {
            while (void* const p = pop(i))
                ::operator delete(p);
        }
    }

    std::size_t limit(std::size_t i) const noexcept
    {
        const std::size_t few = few_kept[i];
        const shelf& s = shelves_[i];
        if (kept_ >= most_kept)
            return few;
        const std::size_t lately = std::max(s.most_in_use, s.most_before);
        return std::max(few, lately - std::min(lately, s.in_use));
    }

    std::size_t in_use_ = 0; // of all sizes
    std::size_t kept_ = 0;   // bytes
    std::array<shelf, shelves> shelves_;
};

// Null where nothing is kept.
kept_blocks* blocks_for(std::size_t shelf) noexcept
{
    return is_kept && shelf < shelves ? of_thread<kept_blocks>::get() : nullptr;
}

} // namespace

void* kept_memory::take(std::size_t size)
{
    const std::size_t shelf = shelf_of(size);
    auto* const kept = blocks_for(shelf);
    void* p = kept != nullptr ? kept->pop(shelf) : nullptr;
    if (p == nullptr)
        p = ::operator new(is_kept ? size_on(shelf) : size);
    if (kept != nullptr)
        kept->lent(shelf);
    return p;
}

void kept_memory::give(void* p, std::size_t size) noexcept
{
    // Whoever was in it has had secrets, or the random octets that one was made of.
    overwrite(p, size);
    const std::size_t shelf = shelf_of(size);
    auto* const kept = blocks_for(shelf);
    if (kept != nullptr)
        kept->keep(p, shelf);
    else
        ::operator delete(p);
}

} // namespace asioauth::detail
