// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"
#include "base/kept_promise.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <utility>

namespace asioauth::detail {

/** asio::post(), with the kept memory where that is possible: an erased executor takes what it needs
    from elsewhere, so those of an io_context are called by their names.
    @throws std::bad_alloc before anything is posted
*/
template <class Function>
void post_kept(const boost::asio::any_io_executor& ex, Function f)
{
    kept_promise::make();
    using plain = boost::asio::io_context::executor_type;
    const kept_allocator<void> memory;
    if (const auto* s = ex.target<boost::asio::strand<plain>>())
        boost::asio::post(*s, boost::asio::bind_allocator(memory, std::move(f)));
    else if (const auto* p = ex.target<plain>())
        boost::asio::post(*p, boost::asio::bind_allocator(memory, std::move(f)));
    else
        boost::asio::post(ex, std::move(f));
}

} // namespace asioauth::detail
