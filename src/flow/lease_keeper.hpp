// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "client_core.hpp"
#include "transport/home_io.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace asioauth::detail {

/** Keeps a lease alive while a flow works under it: renews it at a third of its time, until it is
    released or somebody else has it.

    A lease that is lost is not reported. It only makes collisions rare; what decides is the
    generation at which the flow commits. Only the client's strand touches it.
*/
class lease_keeper : public std::enable_shared_from_this<lease_keeper>
{
public:
    lease_keeper(
        std::shared_ptr<client_core> core,
        record_key key,
        std::string owner,
        std::chrono::milliseconds ttl
    );

    const record_key& key() const noexcept { return key_; }
    const std::string& owner() const noexcept { return owner_; }

    /// It was acquired.
    void begin(std::uint64_t fence);
    /// Give it back; nobody waits for that.
    void release();
    /// Let go without telling the store: the execution context goes away.
    void drop();

private:
    void wait(std::chrono::milliseconds time);
    void acquire_again();
    void heard(const result<lease>& answer, bool asked_anew);
    void renew();

    std::shared_ptr<client_core> core_;
    record_key key_;
    std::string owner_;
    std::chrono::milliseconds ttl_;
    std::uint64_t fence_ = 0;
    home_timer timer_;
    bool held_ = false;
};

} // namespace asioauth::detail
