// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/frame_memory.hpp"

#include "base/wiped_memory.hpp"

#include <array>
#include <new>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define ASIOAUTH_FRAMES_ARE_WATCHED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ASIOAUTH_FRAMES_ARE_WATCHED
#endif

namespace asioauth::detail {
namespace {

constexpr std::size_t step = 256;
constexpr std::size_t most_steps = 64; // no frame is longer
constexpr std::size_t most_kept = 4;   // of one size

#ifdef ASIOAUTH_FRAMES_ARE_WATCHED
constexpr bool are_kept = false; // a frame that is used after its end has to be found
#else
constexpr bool are_kept = true;
#endif

// Set when the thread ends; flows may be destroyed after that.
thread_local bool thread_is_over = false;

class kept_frames
{
public:
    kept_frames() = default;
    kept_frames(const kept_frames&) = delete;
    kept_frames& operator=(const kept_frames&) = delete;
    ~kept_frames()
    {
        thread_is_over = true;
        for (shelf& s : shelves_)
        {
            while (s.count != 0)
                ::operator delete(s.frames[--s.count]);
        }
    }

    void* take(std::size_t steps) noexcept
    {
        shelf& s = shelves_[steps];
        return s.count == 0 ? nullptr : s.frames[--s.count];
    }

    bool keep(void* p, std::size_t steps) noexcept
    {
        shelf& s = shelves_[steps];
        if (s.count == most_kept)
            return false;
        s.frames[s.count++] = p;
        return true;
    }

private:
    class shelf
    {
    public:
        std::array<void*, most_kept> frames{};
        std::size_t count = 0;
    };

    std::array<shelf, most_steps> shelves_;
};

// Null where nothing is kept.
kept_frames* frames_for(std::size_t steps) noexcept
{
    thread_local kept_frames mine;
    return are_kept && steps < most_steps && !thread_is_over ? &mine : nullptr;
}

constexpr std::size_t steps_of(std::size_t size) noexcept
{
    return (size + step - 1) / step;
}

} // namespace

void* frame_memory::take(std::size_t size)
{
    const std::size_t steps = steps_of(size);
    auto* const kept = frames_for(steps);
    void* const again = kept != nullptr ? kept->take(steps) : nullptr;
    return again != nullptr ? again : ::operator new(steps* step);
}

void frame_memory::give(void* p, std::size_t size) noexcept
{
    // Whoever was in it has had secrets, or the random octets that one was made of.
    overwrite(p, size);
    const std::size_t steps = steps_of(size);
    auto* const kept = frames_for(steps);
    if (kept == nullptr || !kept->keep(p, steps))
        ::operator delete(p);
}

} // namespace asioauth::detail
