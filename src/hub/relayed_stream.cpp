// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/relayed_stream.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <mutex>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

// The place of a stream, also in a read that outlives it.
class stream_place
{
public:
    explicit stream_place(std::shared_ptr<user_places::place> p) : place_(std::move(p)) {}

    void leave()
    {
        std::shared_ptr<user_places::place> gone;
        const std::lock_guard lock(mutex_);
        gone.swap(place_);
    }

private:
    std::mutex mutex_;
    std::shared_ptr<user_places::place> place_;
};

class relayed_stream final : public body_stream
{
public:
    relayed_stream(std::shared_ptr<body_stream> inner, std::shared_ptr<user_places::place> at)
        : inner_(std::move(inner))
        , place_(std::make_shared<stream_place>(std::move(at)))
    {}
    ~relayed_stream() override { place_->leave(); }

    void async_read_some(handler h) override
    {
        const asio::any_completion_executor ex =
            asio::get_associated_executor(h, asio::any_completion_executor());
        auto slot = asio::get_associated_cancellation_slot(h);
        auto then = [place = place_, h = std::move(h)](result<std::string> r) mutable {
            const bool over = r ? r->empty() : r.error().code() != errc::invalid_argument;
            if (over)
                place->leave();
            std::move(h)(std::move(r));
        };
        // Without one it is for the stream to say where that runs.
        if (!ex)
            return inner_->async_read_some(asio::bind_cancellation_slot(slot, std::move(then)));
        inner_->async_read_some(
            asio::bind_cancellation_slot(slot, asio::bind_executor(ex, std::move(then)))
        );
    }

    void close() override
    {
        place_->leave();
        inner_->close();
    }

private:
    const std::shared_ptr<body_stream> inner_;
    const std::shared_ptr<stream_place> place_;
};

} // namespace

std::shared_ptr<body_stream> relayed(
    user_places& places,
    std::shared_ptr<body_stream> inner,
    const std::string& user,
    std::string id,
    std::size_t most
)
{
    auto at = places.take(user, most, std::move(id), [weak = std::weak_ptr<body_stream>(inner)] {
        if (const auto stream = weak.lock())
            stream->close();
    });
    if (!at)
        return nullptr;
    return std::make_shared<relayed_stream>(std::move(inner), std::move(at));
}

} // namespace asioauth::detail
