// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace asioauth::test {

/// An erased handler that waits; completes once, by post, and hears its cancellation slot.
template <class R>
class parked : public std::enable_shared_from_this<parked<R>>
{
public:
    using handler = boost::asio::any_completion_handler<void(R)>;

    parked(boost::asio::any_io_executor ex, handler h)
        : executor_(std::move(ex))
        , handler_(std::make_unique<handler>(std::move(h)))
    {}

    void listen_for_cancellation()
    {
        auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
        if (slot.is_connected())
        {
            auto weak = this->weak_from_this();
            slot.assign([weak](boost::asio::cancellation_type) {
                if (auto self = weak.lock())
                    self->complete(R(failure(operation_aborted())));
            });
        }
    }

    void complete(R r)
    {
        if (!handler_)
            return;
        auto slot = boost::asio::get_associated_cancellation_slot(*handler_);
        if (slot.is_connected())
            slot.clear();
        boost::asio::post(executor_, [h = std::move(handler_), r = std::move(r)]() mutable {
            auto f = std::move(*h);
            h.reset();
            std::move(f)(std::move(r));
        });
    }

    bool waiting() const noexcept { return handler_ != nullptr; }

private:
    boost::asio::any_io_executor executor_;
    std::unique_ptr<handler> handler_;
};

} // namespace asioauth::test
