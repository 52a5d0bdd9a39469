// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/background.hpp"
#include "transport/sure_answer.hpp"

#include <asioauth/diagnostics.hpp>

#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace asioauth::detail {

/** Do `work` on the @ref background thread of the context of `ex`, and call `h` on `ex` with what it
    returns, a `Result`: once, unless the context goes first. What `work` throws is
    errc::out_of_memory or errc::internal_error.
    @throws std::bad_alloc, before it is begun
*/
template <class Result, class Handler, class Work>
void do_beside(const boost::asio::any_io_executor& ex, Handler h, Work work)
{
    auto to = std::make_shared<sure_answer<Result, Handler>>(ex, std::move(h));
    background::of(ex).run([to = std::move(to), work = std::move(work)] {
        try
        {
            to->give(work());
        }
        catch (const std::bad_alloc&)
        {
            to->give(failure(errc::out_of_memory));
        }
        catch (const std::exception&)
        {
            to->give(failure(errc::internal_error));
        }
    });
}

} // namespace asioauth::detail
