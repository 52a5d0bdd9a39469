// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/kept_post.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>

#include <utility>

namespace asioauth::detail {

/** Invoke an erased handler with `outcome` on `ex`, never inside the caller.

    For an operation that is cancelled or whose owner goes: its cancellation slot is left alone,
    because the caller may be running inside the function that the slot holds, or the signal may be
    gone. So that function must put up with being called when there is nothing left to cancel.
*/
template <class Handler, class Result>
void post_cancelled(const home_executor& ex, Handler handler, Result outcome)
{
    post_kept(ex, [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
        std::move(handler)(std::move(outcome));
    });
}

/// The same for every other end of an operation; clears the cancellation slot.
template <class Handler, class Result>
void post_completion(const home_executor& ex, Handler handler, Result outcome)
{
    boost::asio::get_associated_cancellation_slot(handler).clear();
    post_cancelled(ex, std::move(handler), std::move(outcome));
}

} // namespace asioauth::detail
