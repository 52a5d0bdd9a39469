// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace asioauth::detail {

class client_core;
class nothing; // the result of a flow that has none

template <class T>
class completion
{
public:
    using signature = void(error_code, T);
};

template <>
class completion<nothing>
{
public:
    using signature = void(error_code);
};

/// What an operation with this result completes with.
template <class T>
using signature_of = typename completion<T>::signature;

/// The type-erased end of an operation: what crosses into the compiled library.
template <class T>
using handler_of = boost::asio::any_completion_handler<signature_of<T>>;

/** An initiation object: unlike a lambda it shows its executor to adapters of completion tokens.

    `Start` is a function of the compiled library. The core is held, so that a deferred operation
    may outlive the client object.
*/
template <class T, auto Start>
class initiate
{
public:
    using executor_type = boost::asio::any_io_executor;

    initiate(std::shared_ptr<client_core> core, executor_type ex)
        : core_(std::move(core))
        , executor_(std::move(ex))
    {}

    executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class... Args>
    void operator()(Handler&& handler, diagnostics* info, Args&&... args) const
    {
        Start(
            core_, handler_of<T>(std::forward<Handler>(handler)), info, std::forward<Args>(args)...
        );
    }

private:
    std::shared_ptr<client_core> core_;
    executor_type executor_;
};

} // namespace asioauth::detail
