// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/lease_keeper.hpp"

#include <boost/asio/dispatch.hpp>

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
    , timer_(core_->strand())
{}

void lease_keeper::begin(std::uint64_t fence)
{
    fence_ = fence;
    held_ = true;
    wait();
}

void lease_keeper::wait()
{
    timer_.expires_after(ttl_ / 3);
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
        [self = shared_from_this()](result<lease> answer) {
            if (self->core_->abandoned())
                return;
            const bool lost = answer && !answer->acquired;
            auto ex = self->core_->strand();
            asio::dispatch(ex, [self, lost] {
                if (lost)
                    self->held_ = false;
                if (self->held_)
                    self->wait(); // also if the store was away: it may be back in time
            });
        }
    );
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
