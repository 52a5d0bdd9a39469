// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/key_lines.hpp"
#include "store/keyring_library.hpp"
#include "store/reply_to.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

namespace asioauth {

namespace asio = boost::asio;

namespace {

using detail::keyring_answer;

// One question to the keyring. The worker may outlive the executor and its context, so it knows
// only the door, and goes through it only while it is open.
class keyring_question : public std::enable_shared_from_this<keyring_question>
{
public:
    using handler = asio::any_completion_handler<void(keyring_answer)>;

    keyring_question(const asio::any_io_executor& ex, const keyring_settings& s, bool may_make)
        : home_(detail::home_executor::serial(ex))
        , timer_(home_)
        , door_(std::make_shared<door>())
        , library_(s.library())
        , name_(s.name())
        , timeout_(s.timeout())
        , may_make_(may_make)
    {}

    keyring_question(const keyring_question&) = delete;
    keyring_question& operator=(const keyring_question&) = delete;

    // Also when the context goes and drops the wait for the timer.
    ~keyring_question() { static_cast<void>(door_->close()); }

    void start(handler h)
    {
        handler_.emplace(std::move(h)); // not to be assigned: Boost 1.81 would do so for ever
        detail::post_kept(home_, [self = shared_from_this()] { self->start_at_home(); });
    }

private:
    class door
    {
    public:
        void open(std::weak_ptr<keyring_question> q, const detail::home_executor& h)
        {
            const std::lock_guard lock(mutex_);
            question_ = std::move(q);
            home_ = h;
        }

        std::optional<keyring_answer> close()
        {
            const std::lock_guard lock(mutex_);
            home_.reset();
            return std::move(answer_);
        }

        void leave(keyring_answer a)
        {
            const std::lock_guard lock(mutex_);
            answer_ = std::move(a);
        }

        void answer(keyring_answer a)
        {
            const std::lock_guard lock(mutex_);
            if (!home_)
                return;
            answer_ = std::move(a);
            detail::post_kept(*home_, [q = question_] {
                if (const auto question = q.lock())
                    question->timer_.cancel();
            });
        }

    private:
        std::mutex mutex_;
        std::weak_ptr<keyring_question> question_;
        std::optional<detail::home_executor> home_; // empty: closed
        std::optional<keyring_answer> answer_;
    };

    static keyring_answer unusable(const char* reason) noexcept
    {
        try
        {
            return keyring_answer::unusable(reason);
        }
        catch (const std::bad_alloc&)
        {
            return keyring_answer::unusable("out of memory"); // which needs none
        }
    }

    void complete(keyring_answer a)
    {
        auto h = std::move(*handler_);
        std::move(h)(std::move(a));
    }

    void start_at_home()
    {
        try
        {
            timer_.expires_after(timeout_);
            timer_.async_wait([self = shared_from_this()](const error_code&) {
                auto a = self->door_->close();
                self->complete(a ? std::move(*a) : unusable("it did not answer in time"));
            });
        }
        catch (const std::bad_alloc&)
        {
            return complete(unusable("out of memory"));
        }
        door_->open(weak_from_this(), home_);
        try
        {
            std::thread([d = door_, library = library_, name = name_, may_make = may_make_] {
                try
                {
                    d->answer(detail::ask_keyring(library, name, may_make));
                }
                catch (const std::exception&)
                {
                    return; // out of memory: the timer answers
                }
            }).detach();
        }
        catch (const std::exception&)
        {
            door_->leave(unusable("no thread could be started"));
            timer_.cancel();
        }
    }

    detail::home_executor home_;
    detail::home_timer timer_;
    std::shared_ptr<door> door_;
    const std::string library_;
    const std::string name_;
    const std::chrono::milliseconds timeout_;
    const bool may_make_;
    std::optional<handler> handler_;
};

class keyring_state : public std::enable_shared_from_this<keyring_state>
{
public:
    keyring_state(asio::any_io_executor ex, keyring_settings s)
        : ex_(std::move(ex))
        , settings_(std::move(s))
    {}

    // What the fallback has comes first: while it has a key, none is made in the keyring.
    void start(bool may_make, key_source::handler h)
    {
        if (!settings_.fallback())
            return ask(
                failure(errc::store_key_unavailable)
                    .where(stage::store)
                    .message("There is no other source of keys."),
                may_make,
                reply(std::move(h))
            );
        const reply reply_to(std::move(h));
        settings_.fallback()->async_existing_keys(
            reply_to.step([self = shared_from_this(), may_make, reply_to](result<key_ring> r) {
                self->ask(std::move(r), may_make, reply_to);
            })
        );
    }

private:
    using reply = detail::reply_to<key_ring>;

    void ask(result<key_ring> existing, bool may_make, const reply& to)
    {
        // Not either if nobody knows whether it has one.
        const bool none = !existing && existing.error().code() == errc::store_key_unavailable;
        std::make_shared<keyring_question>(ex_, settings_, may_make && none)
            ->start(
                to.step([self = shared_from_this(), existing = std::move(existing), may_make, to](
                            const keyring_answer& a
                        ) mutable { self->answered(std::move(existing), may_make, a, to); })
            );
    }

    void
    answered(result<key_ring> existing, bool may_make, const keyring_answer& a, const reply& to)
    {
        if (a.lines())
        {
            auto found = detail::read_key_lines(a.lines()->reveal(), "\n", "the keyring's entry");
            return to(found && existing ? joined(*found, *existing) : std::move(found));
        }
        const bool usable = a.reason().empty();
        if (existing && usable)
            report("The keyring has no key yet: the key that is there goes on being used.");
        else if (settings_.fallback() && !usable)
            report("The keyring cannot be used (" + a.reason() + "): keys come from elsewhere.");
        const bool none = !existing && existing.error().code() == errc::store_key_unavailable;
        if (none && may_make && settings_.fallback())
            return settings_.fallback()->async_keys(to);
        if (none && !usable)
            existing = failure(errc::store_key_unavailable)
                           .where(stage::store)
                           .message("The keyring cannot be used: " + a.reason() + ".");
        to(std::move(existing));
    }

    // The keyring's keys, and those behind them which only the other source has.
    static result<key_ring> joined(const key_ring& first, const key_ring& second)
    {
        std::vector<sealing_key> others(first.keys().begin() + 1, first.keys().end());
        for (const auto& k : second.keys())
            if (first.find(k.id()) == nullptr)
                others.push_back(k);
        return key_ring::make(first.active(), std::move(others));
    }

    void report(std::string_view text) const
    {
        if (settings_.on_fallback())
            settings_.on_fallback()(text);
    }

    const asio::any_io_executor ex_;
    const keyring_settings settings_;
};

class keyring_key_source final : public key_source
{
public:
    keyring_key_source(asio::any_io_executor ex, keyring_settings s)
        : state_(std::make_shared<keyring_state>(std::move(ex), std::move(s)))
    {}

    void async_keys(handler h) override { state_->start(true, std::move(h)); }
    void async_existing_keys(handler h) override { state_->start(false, std::move(h)); }

private:
    std::shared_ptr<keyring_state> state_;
};

} // namespace

std::shared_ptr<key_source> keyring_keys(asio::any_io_executor ex, keyring_settings settings)
{
    return std::make_shared<keyring_key_source>(std::move(ex), std::move(settings));
}

} // namespace asioauth
