// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/body_handle.hpp"

#include "transport/kept_post.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

// Everything is posted with the mutex held: while there is a stream here, there is its context.

void body_link::read(body_stream::handler h)
{
    auto slot = asio::get_associated_cancellation_slot(h);
    std::unique_lock lock(mutex_);
    if (!body_)
    {
        return;
    }
    const auto number = ++reads_;
    lock.unlock();
    if (slot.is_connected())
    {
        // Weak: the slot may live longer than the stream and its context.
        slot.assign([weak = weak_from_this(), number](asio::cancellation_type type) {
            if (const auto self = weak.lock(); self && type != asio::cancellation_type::none)
            {
                self->cancel(number);
            }
        });
    }
    lock.lock();
    if (body_)
    {
        const auto ex = body_->executor();
        auto r = std::make_shared<body_read>(std::move(h), ex, number);
        post_kept(ex, [b = body_, r = std::move(r)]() mutable { b->read(std::move(r)); });
    }
}

void body_link::cancel(std::uint64_t number)
{
    const std::lock_guard lock(mutex_);
    if (body_)
    {
        post_kept(body_->executor(), [b = body_, number] { b->cancel(number); });
    }
}

void body_link::close()
{
    const std::lock_guard lock(mutex_);
    if (body_)
    {
        post_kept(body_->executor(), [b = body_] { b->close(); });
    }
}

void body_link::let_go()
{
    const std::lock_guard lock(mutex_);
    if (body_)
    {
        const auto ex = body_->executor();
        post_kept(ex, [b = std::move(body_)] { b->close(); });
        body_.reset();
    }
}

void body_link::cut() noexcept
{
    std::shared_ptr<streamed_body> b;
    {
        const std::lock_guard lock(mutex_);
        b = std::move(body_);
        body_.reset();
    }
    if (b)
    {
        b->drop();
    }
}

asio::execution_context::id body_registry::id;

body_registry& body_registry::of(const asio::any_io_executor& ex)
{
    return asio::use_service<body_registry>(asio::query(ex, asio::execution::context));
}

void body_registry::add(const std::shared_ptr<body_link>& link)
{
    const std::lock_guard lock(mutex_);
    // Now and then, so that it costs little and the list stays as long as there are streams.
    if (links_.size() >= sweep_at_)
    {
        constexpr std::size_t least = 64;
        links_.remove_if([](const auto& l) { return l.expired(); });
        sweep_at_ = std::max(least, 2 * links_.size());
    }
    links_.push_back(link);
}

void body_registry::shutdown()
{
    std::list<std::weak_ptr<body_link>> links;
    {
        const std::lock_guard lock(mutex_);
        links.swap(links_);
    }
    for (const auto& weak : links)
    {
        if (const auto link = weak.lock())
        {
            link->cut();
        }
    }
}

body_handle::body_handle(const std::shared_ptr<streamed_body>& b)
    : link_(std::make_shared<body_link>(b))
{
    body_registry::of(b->executor()).add(link_);
}

body_handle::~body_handle()
{
    link_->let_go();
}

void body_handle::async_read_some(handler h)
{
    link_->read(std::move(h));
}

void body_handle::close()
{
    link_->close();
}

} // namespace asioauth::detail
