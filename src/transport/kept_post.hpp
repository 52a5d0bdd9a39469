// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"
#include "transport/home_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/require.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

namespace asioauth::detail {

/// asio::post() with the kept memory. @throws std::bad_alloc before anything is posted
template <class Function>
void post_kept(const home_executor& ex, Function f)
{
    boost::asio::require(ex, boost::asio::execution::blocking.never).execute(std::move(f));
}

/// The same where that is possible: an erased executor takes what it needs from elsewhere, so those
/// that are known are called by their names.
template <class Function>
void post_kept(const boost::asio::any_io_executor& ex, Function f)
{
    if (const auto* h = ex.target<home_executor>())
        post_kept(*h, std::move(f));
    else if (const auto* p = ex.target<boost::asio::io_context::executor_type>())
        boost::asio::post(*p, boost::asio::bind_allocator(kept_allocator<void>(), std::move(f)));
    else
        boost::asio::post(ex, std::move(f));
}

/** The memory for one function that is posted later: what is done in between cannot be undone for want
    of it. On an io_context and at a home; another executor may need more of its own.
*/
class room_to_post
{
public:
    /// @throws std::bad_alloc
    explicit room_to_post(std::size_t size_of_function)
        : size_(size_of_function + around)
        , block_(kept_memory::take(size_))
    {}
    room_to_post(const room_to_post&) = delete;
    room_to_post& operator=(const room_to_post&) = delete;
    ~room_to_post()
    {
        if (block_ != nullptr)
            kept_memory::give(block_, size_);
    }

    /// Once.
    template <class Function>
    void post(const boost::asio::any_io_executor& ex, Function f)
    {
        if (const auto* p = ex.target<boost::asio::io_context::executor_type>())
            return boost::asio::post(
                *p, boost::asio::bind_allocator(here<std::byte>(*this), std::move(f))
            );
        if (const auto* h = ex.target<home_executor>())
            return post(*h, std::move(f));
        kept_memory::give(std::exchange(block_, nullptr), size_);
        post_kept(ex, std::move(f));
    }

    /// Once.
    template <class Function>
    void post(const home_executor& at, Function f)
    {
        if (at.is_serial())
            waiting<Function>::post(*this, at, std::move(f));
        else
            post(at.inner(), std::move(f));
    }

private:
    static constexpr std::size_t around = 128; // what Asio puts around a function

    // In the block, until it has its turn.
    template <class Function>
    class waiting : public home::task
    {
    public:
        static void post(room_to_post& r, const home_executor& at, Function&& f)
        {
            static_assert(sizeof(waiting) <= sizeof(Function) + around);
            auto* const w = new (r.block_) waiting(std::move(f), r.size_);
            try
            {
                at.post(*w);
            }
            catch (...)
            {
                w->~waiting();
                throw;
            }
            r.block_ = nullptr;
        }

    private:
        waiting(Function&& f, std::size_t size)
            : task(&waiting::act)
            , function_(std::move(f))
            , size_(size)
        {}

        static void act(home::task* t, bool run)
        {
            auto* const self = static_cast<waiting*>(t);
            Function f(std::move(self->function_));
            const std::size_t size = self->size_;
            self->~waiting();
            kept_memory::give(self, size);
            if (run)
                f();
        }

        Function function_;
        const std::size_t size_;
    };

    template <class T>
    class here
    {
    public:
        using value_type = T;

        explicit here(room_to_post& r) noexcept : room_(&r), least_(r.size_) {}
        template <class U>
        here(const here<U>& other) noexcept // NOLINT(google-explicit-constructor)
            : room_(other.room_)
            , least_(other.least_)
        {}

        // While it is being posted, and never again.
        T* allocate(std::size_t n)
        {
            const std::size_t size = n * sizeof(T);
            if (room_->block_ == nullptr || size > least_)
                return static_cast<T*>(kept_memory::take(size_of(size)));
            return static_cast<T*>(std::exchange(room_->block_, nullptr));
        }

        void deallocate(T* p, std::size_t n) noexcept
        {
            kept_memory::give(p, size_of(n * sizeof(T)));
        }

        template <class U>
        friend bool operator==(const here& a, const here<U>& b) noexcept
        {
            return a.room_ == b.room_;
        }

    private:
        template <class U>
        friend class here;

        // Whoever gives a block back does not know whether it was the one that was kept, so that all
        // have to be as long at least: by their sizes blocks are kept apart.
        std::size_t size_of(std::size_t wanted) const noexcept { return std::max(wanted, least_); }

        room_to_post* room_;
        std::size_t least_;
    };

    std::size_t size_;
    void* block_;
};

} // namespace asioauth::detail
