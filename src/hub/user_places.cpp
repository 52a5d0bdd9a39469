// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/user_places.hpp"

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace asioauth::detail {

namespace asio = boost::asio;

class user_places::place
{
public:
    explicit place(std::shared_ptr<user_places> of) : of_(std::move(of)) {}
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place()
    {
        if (at_)
            of_->give_back(*at_);
    }

    void at(entries::iterator where) { at_ = where; }

private:
    const std::shared_ptr<user_places> of_;
    std::optional<entries::iterator> at_;
};

std::shared_ptr<user_places::place> user_places::take(
    const std::string& user, std::size_t most, std::string id, std::weak_ptr<body_stream> stream
)
{
    auto out = std::make_shared<place>(shared_from_this());
    const std::lock_guard lock(mutex_);
    if (taken_.count(user) >= most)
        return nullptr;
    out->at(taken_.emplace(user, entry{std::move(id), std::move(stream)}));
    return out;
}

bool user_places::is_full(const std::string& user, std::size_t most) const
{
    const std::lock_guard lock(mutex_);
    return taken_.count(user) >= most;
}

void user_places::close_streams(const std::string& user, const std::string& id)
{
    // Whoever is told may come back here, as may the end of the last reference.
    std::vector<std::shared_ptr<body_stream>> open;
    {
        const std::lock_guard lock(mutex_);
        const auto all = taken_.equal_range(user);
        for (auto at = all.first; at != all.second; ++at)
        {
            if (at->second.id == id)
                open.push_back(at->second.stream.lock());
        }
    }
    for (const auto& stream : open)
    {
        if (stream)
            stream->close();
    }
}

void user_places::give_back(entries::iterator at)
{
    const std::lock_guard lock(mutex_);
    taken_.erase(at);
}

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
    auto at = places.take(user, most, std::move(id), inner);
    if (!at)
        return nullptr;
    return std::make_shared<relayed_stream>(std::move(inner), std::move(at));
}

} // namespace asioauth::detail
