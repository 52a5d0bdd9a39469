// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/lease_keeper.hpp"

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

lease_keeper::lease_keeper(
    std::shared_ptr<client_core> core,
    record_key key,
    std::string owner,
    std::chrono::milliseconds ttl
)
    : core_(std::move(core))
    , key_(std::move(key))
    , owner_(std::move(owner))
    , ttl_(ttl)
    , timer_(core_->home())
{}

void lease_keeper::begin(std::uint64_t fence)
{
    fence_ = fence;
    held_ = true;
    wait(ttl_ / 3);
}

void lease_keeper::wait(std::chrono::milliseconds time)
{
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
        if (!ec && self->held_)
            self->renew();
    });
}

void lease_keeper::renew()
{
    core_->kept().async_renew_lease(
        key_,
        owner_,
        fence_,
        ttl_,
        [self = shared_from_this()](result<lease> answer) mutable {
            if (self->core_->abandoned())
                return;
            client_core& core = *self->core_;
            core.hop([self = std::move(self), answer = std::move(answer)] {
                self->heard(answer, false);
            });
        }
    );
}

// It has run out, but nobody else has it.
void lease_keeper::acquire_again()
{
    core_->kept()
        .async_lease(key_, owner_, ttl_, [self = shared_from_this()](result<lease> answer) mutable {
            if (self->core_->abandoned())
                return;
            client_core& core = *self->core_;
            core.hop([self = std::move(self), answer = std::move(answer)] {
                self->heard(answer, true);
            });
        });
}

void lease_keeper::heard(const result<lease>& answer, bool asked_anew)
{
    constexpr std::chrono::milliseconds soon(500);
    if (!held_)
    {
        if (asked_anew && answer && answer->acquired)
            core_->kept().async_release_lease(
                key_, owner_, answer->fence, [core = core_](const result<void>&) {}
            );
        return;
    }
    if (!answer)
        return wait(std::min(soon, ttl_ / 3)); // the store was away: it may be back in time
    if (answer->acquired)
    {
        fence_ = answer->fence;
        return wait(ttl_ / 3);
    }
    if (!asked_anew && answer->remaining.count() == 0)
        return acquire_again();
    held_ = false; // somebody else has it
}

void lease_keeper::release()
{
    const bool held = std::exchange(held_, false);
    timer_.cancel();
    if (held)
        core_->kept().async_release_lease(
            key_, owner_, fence_, [core = core_](const result<void>&) {}
        );
}

void lease_keeper::drop()
{
    held_ = false;
    timer_.cancel();
}

} // namespace asioauth::detail
