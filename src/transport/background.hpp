// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace asioauth::detail {

/** Does what would hold up the event loop, such as reading files, on a thread beside it.

    There is one thread for an execution context, and none while there is nothing to do. The context
    waits for it when it is destroyed: it may post to the context's executors at any time before,
    and nothing of OpenSSL is in use when the program ends. Work is therefore bounded work, unlike a
    name lookup (see resolver). Exported for the stores, which are libraries of their own.
*/
class ASIOAUTH_DECL background final : public boost::asio::execution_context::service
{
public:
    using key_type = background;
    static boost::asio::execution_context::id id;

    explicit background(boost::asio::execution_context& c);
    background(const background&) = delete;
    background& operator=(const background&) = delete;
    ~background() override;

    /// The one of the context that an executor belongs to.
    static background& of(const boost::asio::any_io_executor& ex);

    /// Do this after what was given before. If there is no thread to be had it is done on the spot;
    /// it is dropped if the context goes first. What it throws is lost.
    void run(std::function<void()> work);

private:
    void shutdown() override;
    void work() noexcept;

    std::mutex mutex_;
    std::list<std::function<void()>> queue_; // an empty one needs no memory
    std::thread worker_;
    bool working_ = false;
    bool closed_ = false;
};

} // namespace asioauth::detail
