// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/testing/store_checks.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asioauth::test {

/// An io_context that runs on a thread of its own, for stores that cannot be opened twice.
class running_context
{
public:
    running_context() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}

    running_context(const running_context&) = delete;
    running_context& operator=(const running_context&) = delete;

    ~running_context()
    {
        work_.reset();
        context_.stop();
        thread_.join();
    }

    boost::asio::io_context::executor_type get_executor() { return context_.get_executor(); }

private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
};

/// A store that has to pass every check.
class checked_store
{
public:
    /// Makes an empty storage, and gives what opens it.
    using storage = std::function<testing::store_maker()>;

    checked_store(std::string n, storage s) : name(std::move(n)), make(std::move(s)) {}

    std::string name;
    storage make;
};

/// The stores that were registered; each file that has one adds it with a @ref store_registration.
inline std::vector<checked_store>& checked_stores()
{
    static std::vector<checked_store> all;
    return all;
}

class store_registration
{
public:
    store_registration(std::string name, checked_store::storage make)
    {
        checked_stores().emplace_back(std::move(name), std::move(make));
    }
};

/// Opens the same object each time, which answers on a context of its own.
template <class Make>
testing::store_maker one_object(Make make)
{
    auto context = std::make_shared<running_context>();
    std::shared_ptr<store> s = make(boost::asio::any_io_executor(context->get_executor()));
    return [context, s](const boost::asio::any_io_executor&) { return s; };
}

} // namespace asioauth::test
