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

} // namespace asioauth::detail
