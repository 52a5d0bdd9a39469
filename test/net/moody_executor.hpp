// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <new>
#include <utility>

namespace asioauth::testing {

enum class mood
{
    takes,
    drops, ///< as that of a context which is closed
    has_no_memory,
};

// An io_context's that does with functions what it is told.
class moody_executor
{
public:
    moody_executor(boost::asio::io_context& c, const mood& how) : context_(&c), how_(&how) {}

    boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept
    {
        return *context_;
    }
    static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t
    ) noexcept
    {
        return boost::asio::execution::blocking.never;
    }
    moody_executor require(boost::asio::execution::blocking_t::never_t) const noexcept
    {
        return *this;
    }

    template <class Function>
    void execute(Function&& f) const
    {
        if (*how_ == mood::has_no_memory)
            throw std::bad_alloc();
        auto mine = std::forward<Function>(f);
        if (*how_ == mood::takes)
            boost::asio::post(*context_, std::move(mine));
    }

    friend bool operator==(const moody_executor& a, const moody_executor& b) noexcept
    {
        return a.context_ == b.context_;
    }

private:
    boost::asio::io_context* context_;
    const mood* how_;
};

} // namespace asioauth::testing
