// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/streamed_body.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/asio/execution_context.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

namespace asioauth::detail {

/** Leads from the program, on any thread and for as long as it likes, to a stream on the client's
    executor, for as long as there is one. Holds the stream, which is only ever touched on that
    executor.
*/
class body_link : public std::enable_shared_from_this<body_link>
{
public:
    explicit body_link(std::shared_ptr<streamed_body> b) : body_(std::move(b)) {}
    body_link(const body_link&) = delete;
    body_link& operator=(const body_link&) = delete;
    ~body_link() = default;

    void read(body_stream::handler h);
    void cancel(std::uint64_t number);
    void close();
    /// Close it; there will be no other call.
    void let_go();
    /// The execution context goes away.
    void cut() noexcept;

private:
    std::mutex mutex_;
    std::shared_ptr<streamed_body> body_;
    std::uint64_t reads_ = 0;
};

/** Knows the streams of one execution context, so that those which the program still holds when the
    context goes let go of what stands on it.
*/
class body_registry final : public boost::asio::execution_context::service
{
public:
    using key_type = body_registry;
    static boost::asio::execution_context::id id;

    explicit body_registry(boost::asio::execution_context& context) : service(context) {}

    /// The one of the context that an executor belongs to.
    static body_registry& of(const boost::asio::any_io_executor& ex);

    void add(const std::shared_ptr<body_link>& link);

private:
    void shutdown() override;

    std::mutex mutex_;
    std::list<std::weak_ptr<body_link>> links_;
    std::size_t sweep_at_ = 0;
};

/// What the program holds of a stream.
class body_handle final : public body_stream
{
public:
    explicit body_handle(const std::shared_ptr<streamed_body>& b);
    body_handle(const body_handle&) = delete;
    body_handle& operator=(const body_handle&) = delete;
    ~body_handle() override;

    void async_read_some(handler h) override;
    void close() override;

private:
    const std::shared_ptr<body_link> link_;
};

} // namespace asioauth::detail
