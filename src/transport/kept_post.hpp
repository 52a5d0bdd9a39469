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

#include <cstddef>
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
    of it. On an io_context; another executor may need more of its own.
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
            boost::asio::post(*p, boost::asio::bind_allocator(here<void>(*this), std::move(f)));
        else
            post_kept(ex, std::move(f));
    }

private:
    static constexpr std::size_t around = 128; // what Asio puts around a function

    template <class T>
    class here
    {
    public:
        using value_type = T;

        explicit here(room_to_post& r) noexcept : room_(&r) {}
        template <class U>
        here(const here<U>& other) noexcept // NOLINT(google-explicit-constructor)
            : room_(other.room_)
        {}

        // While it is being posted, and never again.
        T* allocate(std::size_t n)
        {
            if (room_->block_ == nullptr || n * sizeof(T) > room_->size_)
                return kept_allocator<T>().allocate(n);
            return static_cast<T*>(std::exchange(room_->block_, nullptr));
        }

        void deallocate(T* p, std::size_t n) noexcept { kept_allocator<T>().deallocate(p, n); }

        template <class U>
        friend bool operator==(const here& a, const here<U>& b) noexcept
        {
            return a.room_ == b.room_;
        }

    private:
        template <class U>
        friend class here;

        room_to_post* room_;
    };

    std::size_t size_;
    void* block_;
};

template <>
class room_to_post::here<void>
{
public:
    using value_type = void;

    explicit here(room_to_post& r) noexcept : room_(&r) {}
    template <class U>
    here(const here<U>& other) noexcept // NOLINT(google-explicit-constructor)
        : room_(other.room_)
    {}

    template <class U>
    friend bool operator==(const here& a, const here<U>& b) noexcept
    {
        return a.room_ == b.room_;
    }

private:
    template <class U>
    friend class here;

    room_to_post* room_;
};

} // namespace asioauth::detail
