// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/background.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/query.hpp>

#include <exception>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

asio::execution_context::id background::id;

namespace {

void do_work(const std::function<void()>& work) noexcept
{
    try
    {
        work();
    }
    catch (...)
    {
        return; // the work has to say itself if it could not be done
    }
}

} // namespace

background::background(asio::execution_context& c) : asio::execution_context::service(c) {}

background::~background() = default;

background& background::of(const asio::any_io_executor& ex)
{
    return asio::use_service<background>(asio::query(ex, asio::execution::context));
}

void background::run(std::function<void()> work)
{
    {
        const std::lock_guard lock(mutex_);
        if (closed_)
        {
            return;
        }
        if (working_)
        {
            queue_.push_back(std::move(work));
            return;
        }
        // The last worker has given the mutex back for good, or working_ would still be set.
        if (worker_.joinable())
        {
            worker_.join();
        }
        queue_.push_back(std::move(work));
        try
        {
            worker_ = std::thread([this] { this->work(); });
            working_ = true;
            return;
        }
        catch (const std::exception&) // there is none to be had, or no memory for it
        {
            work = std::move(queue_.back());
            queue_.pop_back();
        }
    }
    do_work(work);
}

void background::shutdown()
{
    std::list<std::function<void()>> dropped;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        dropped.swap(queue_);
    }
    if (worker_.joinable())
    {
        worker_.join();
    }
}

void background::work() noexcept
{
    for (;;)
    {
        std::function<void()> next;
        {
            const std::lock_guard lock(mutex_);
            if (queue_.empty())
            {
                working_ = false;
                return;
            }
            next = std::move(queue_.front());
            queue_.pop_front();
        }
        do_work(next);
    }
}

} // namespace asioauth::detail
