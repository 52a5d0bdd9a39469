// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/body_stream.hpp>
#include <asioauth/error.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace asioauth::detail {

/** A body that goes on, on its way to a peer: there is all the time until it has something to say,
    and then the peer has to take it.
*/
class paced_stream final : public body_stream
{
public:
    paced_stream(
        std::shared_ptr<body_stream> inner,
        boost::beast::tcp_stream& to,
        std::chrono::milliseconds patience
    )
        : inner_(std::move(inner))
        , to_(to)
        , patience_(patience)
    {}

    void async_read_some(handler h) override
    {
        to_.expires_never();
        const boost::asio::any_completion_executor ex = boost::asio::get_associated_executor(
            h,
            boost::asio::any_completion_executor(boost::asio::any_io_executor(to_.get_executor()))
        );
        auto slot = boost::asio::get_associated_cancellation_slot(h);
        auto then = [this, h = std::move(h)](result<std::string> r) mutable {
            to_.expires_after(patience_);
            std::move(h)(std::move(r));
        };
        inner_->async_read_some(boost::asio::bind_cancellation_slot(
            slot, boost::asio::bind_executor(ex, std::move(then))
        ));
    }

    void close() override { inner_->close(); }

private:
    const std::shared_ptr<body_stream> inner_;
    boost::beast::tcp_stream& to_; // of the connection that writes what comes from here
    const std::chrono::milliseconds patience_;
};

} // namespace asioauth::detail
