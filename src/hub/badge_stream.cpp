// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flow_op.hpp"
#include "hub/hub_core.hpp"
#include "transport/home_io.hpp"
#include "transport/streamed_body.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds deadline_of_looks(20);
constexpr std::chrono::milliseconds shortest_wait(50);
constexpr std::chrono::milliseconds longest_wait(15'000);

} // namespace

/** Server-sent events with the badges of a user, whenever they have changed. */
class badge_stream final
    : public body_stream
    , public std::enable_shared_from_this<badge_stream>
{
public:
    badge_stream(std::shared_ptr<hub_core> hub, std::string user)
        : hub_(std::move(hub))
        , user_(std::move(user))
    {}

    const std::string& user() const noexcept { return user_; }

    // The last reference may be dropped on any thread; the registration is at home.
    void enter() { hub_->watchers.insert(this); }
    void leave() { hub_->watchers.erase(this); }

    void async_read_some(handler h) override
    {
        if (hub_->core->abandoned())
            return;
        // The slot is the caller's own, on whatever thread that is.
        auto slot = asio::get_associated_cancellation_slot(h);
        if (slot.is_connected())
            slot.assign([weak = weak_from_this()](asio::cancellation_type type) {
                if (const auto self = weak.lock(); self && type != asio::cancellation_type::none)
                    self->close();
            });
        auto reader =
            std::make_shared<body_read>(std::move(h), home_executor::of(hub_->core->executor()), 0);
        hub_->core->hop_later([self = shared_from_this(), r = std::move(reader)] { self->read(r); }
        );
    }

    void close() override
    {
        if (hub_->core->abandoned())
            return;
        hub_->core->hop([self = shared_from_this()] { self->end(); });
    }

    /// Look now.
    void wake()
    {
        due_ = true;
        stop_waiting();
    }

private:
    void stop_waiting()
    {
        if (const auto timer = timer_.lock())
            timer->cancel();
    }

    void read(const std::shared_ptr<body_read>& reader)
    {
        if (!reading_.expired())
            return reader->complete(failure(errc::invalid_argument));
        if (over_)
            return reader->complete(failure(operation_aborted()));
        reading_ = reader;
        if (first_ || due_)
            return look(reader);
        wait(reader);
    }

    void wait(const std::shared_ptr<body_read>& reader)
    {
        const auto& settings = hub_->site->settings;
        const auto poll = std::clamp(
            std::min(settings.poll_interval(), settings.heartbeat()), shortest_wait, longest_wait
        );
        const auto timer = std::make_shared<home_timer>(hub_->core->home(), poll);
        timer_ = timer;
        timer->async_wait([self = shared_from_this(), timer, reader](error_code) {
            if (self->is_waiting(reader))
                self->look(reader);
        });
    }

    void look(const std::shared_ptr<body_read>& reader)
    {
        due_ = false;
        auto self = shared_from_this();
        launch<std::string>(
            hub_->core,
            deadline_of_looks,
            current_badges(hub_->site, user_),
            handler_of<std::string>([self, reader](error_code ec, std::string now) {
                self->hub_->core->hop([self, reader, ec, now = std::move(now)]() mutable {
                    self->looked(reader, ec, std::move(now));
                });
            }),
            nullptr,
            operation_kind::hub
        );
    }

    bool is_waiting(const std::shared_ptr<body_read>& reader) const
    {
        return !over_ && reading_.lock() == reader;
    }

    void looked(const std::shared_ptr<body_read>& reader, const error_code& ec, std::string now)
    {
        if (!is_waiting(reader))
            return;
        if (ec == errc::client_closed || ec == condition::cancelled)
            return end();
        const auto time = std::chrono::steady_clock::now();
        // A store that is away for a moment says nothing.
        if (!ec && (first_ || now != last_))
        {
            first_ = false;
            spoke_ = time;
            std::string text = "event: badges\ndata: " + now + "\n\n";
            last_ = std::move(now);
            return complete(reader, std::move(text));
        }
        if (time - spoke_ >= hub_->site->settings.heartbeat())
        {
            spoke_ = time;
            return complete(reader, std::string(": still here\n\n"));
        }
        if (due_)
            return look(reader);
        wait(reader);
    }

    void end()
    {
        over_ = true;
        leave();
        stop_waiting();
        if (const auto reader = reading_.lock())
            complete(reader, failure(operation_aborted()));
    }

    void complete(const std::shared_ptr<body_read>& reader, result<std::string> r)
    {
        reading_.reset();
        reader->complete(std::move(r));
    }

    const std::shared_ptr<hub_core> hub_;
    const std::string user_;
    // Both belong to what is pending: a stream may outlive the execution context, and a reader that
    // holds its stream must not be held by it.
    std::weak_ptr<home_timer> timer_;
    std::weak_ptr<body_read> reading_;
    std::string last_;
    bool first_ = true;
    bool due_ = false;
    bool over_ = false;
    std::chrono::steady_clock::time_point spoke_ = std::chrono::steady_clock::now();
};

namespace {

// What the web server holds: when it lets go, nobody looks any more.
class badge_stream_handle final : public body_stream
{
public:
    explicit badge_stream_handle(std::shared_ptr<badge_stream> s) : stream_(std::move(s)) {}
    ~badge_stream_handle() override { stream_->close(); }

    void async_read_some(handler h) override { stream_->async_read_some(std::move(h)); }
    void close() override { stream_->close(); }

private:
    std::shared_ptr<badge_stream> stream_;
};

} // namespace

void hub_core::changed(const std::string& user)
{
    for (auto* w : watchers)
    {
        if (w->user() == user)
            w->wake();
    }
}

std::ptrdiff_t hub_core::watchers_of(const std::string& user) const
{
    return std::count_if(watchers.begin(), watchers.end(), [&](const auto* w) {
        return w->user() == user;
    });
}

std::shared_ptr<body_stream> watch_badges(std::shared_ptr<hub_core> hub, std::string user)
{
    auto stream = std::make_shared<badge_stream>(std::move(hub), std::move(user));
    stream->enter();
    return std::make_shared<badge_stream_handle>(std::move(stream));
}

} // namespace asioauth::detail
