// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

namespace asioauth::detail {

/// One object for each thread, made when it is asked for. When a thread ends there may be things to
/// destroy after it: who asks then gets null.
template <class T>
class of_thread
{
public:
    static T* get() noexcept
    {
        thread_local holder mine;
        return is_over ? nullptr : &mine.value;
    }

private:
    class holder
    {
    public:
        holder() = default;
        holder(const holder&) = delete;
        holder& operator=(const holder&) = delete;
        ~holder() { is_over = true; }

        T value;
    };

    static constinit inline thread_local bool is_over = false;
};

} // namespace asioauth::detail
