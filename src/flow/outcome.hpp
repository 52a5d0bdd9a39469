// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What flows return, on its way to who wants it.

#include "base/kept_memory.hpp"

#include <asioauth/diagnostics.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

/// Whether what flows return of a type is beside their frames, which would have room for it all the
/// time. For what is large and can be had again: there may be no memory for it when it is returned.
template <class T>
inline constexpr bool is_beside_frames = false;

/// What a flow returns of any other type: it is in here.
template <class T>
class early_result
{
public:
    bool has_error() const noexcept { return made_->has_error(); }
    failure error() const noexcept { return made_->error(); }

    template <class Returned>
    void emplace(Returned&& r)
    {
        made_.emplace(std::forward<Returned>(r));
    }

    /// The same where the whole is wanted. Once.
    result<T> taken() { return *std::move(made_); }

private:
    std::optional<result<T>> made_; // nothing before the end
};

/// What a flow returns of such a type: a value beside the frames, of which nothing is in those of who
/// awaits it, or a failure.
template <class T>
class late_result
{
public:
    late_result() noexcept = default;
    late_result(late_result&& other) noexcept
        : made_(std::exchange(other.made_, nullptr))
        , failed_(std::move(other.failed_))
    {}
    late_result& operator=(late_result&& other) noexcept
    {
        std::swap(made_, other.made_);
        std::swap(failed_, other.failed_);
        return *this;
    }
    ~late_result()
    {
        if (made_ == nullptr)
            return;
        std::destroy_at(made_);
        kept_allocator<T>().deallocate(made_, 1);
    }

    explicit operator bool() const noexcept { return made_ != nullptr; }
    bool has_error() const noexcept { return made_ == nullptr; }
    T& operator*() noexcept { return *made_; }
    T* operator->() noexcept { return made_; }
    const failure& error() const noexcept { return failed_; }

    void emplace(failure f) noexcept { failed_ = std::move(f); }
    void emplace(result<T> r)
    {
        if (r)
            emplace(std::move(*r));
        else
            failed_ = r.error();
    }
    void emplace(T&& v)
    {
        T* const memory = kept_allocator<T>().allocate(1);
        made_ = std::construct_at(memory, std::move(v));
    }
    void emplace(late_result r) noexcept { *this = std::move(r); }

    /// The same where the whole is wanted. Once.
    result<T> taken() noexcept
    {
        return made_ != nullptr ? result<T>(std::move(*made_)) : result<T>(std::move(failed_));
    }

private:
    static_assert(std::is_nothrow_move_constructible_v<T>);

    T* made_ = nullptr;
    failure failed_;
};

template <class T>
using flow_outcome = std::conditional_t<is_beside_frames<T>, late_result<T>, early_result<T>>;

} // namespace asioauth::detail
