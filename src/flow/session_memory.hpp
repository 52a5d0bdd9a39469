// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"
#include "flow/flows.hpp"

#include <asioauth/protocol/pkce.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace asioauth::detail {

/** What the copies of a session share: the newest grant, and what was asked for before. Flows of the
    client's strand write; anybody reads.
*/
class session_memory
{
public:
    session_memory(grant g, login_params params)
        : granted_(kept(std::move(g)))
        , params_(std::move(params))
    {}

    std::shared_ptr<const grant> granted() const
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return granted_;
    }

    void replace(grant g)
    {
        auto fresh = kept(std::move(g));
        const std::lock_guard<std::mutex> lock(mutex_);
        // What was loaded before somebody else's news does not replace them.
        if (fresh->at == 0 || fresh->at >= granted_->at)
            granted_.swap(fresh);
    }

    /// The user has logged out; for good.
    void end()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        logged_out_ = true;
    }

    bool logged_out() const
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return logged_out_;
    }

    /// How the user logged in.
    const login_params& params() const noexcept { return params_; }

    // Operations and elevations are told apart by digests: their texts may come from far away, and be
    // long.

    /// How often the user was sent for this operation, this time included.
    int count_step_up(const std::string& operation)
    {
        const std::string name = digest_of(operation);
        if (step_ups_.size() >= most_operations && step_ups_.count(name) == 0)
            step_ups_.clear(); // it just must not grow
        return ++step_ups_[name];
    }

    /// An elevation that was refused is not asked for again (MCP 2026-07-28).
    bool was_refused(const std::string& elevation) const
    {
        return refused_.count(digest_of(elevation)) != 0;
    }
    void remember_refusal(const std::string& elevation)
    {
        if (refused_.size() >= most_operations)
            refused_.clear();
        refused_.insert(digest_of(elevation));
    }

private:
    static constexpr std::size_t most_operations = 256;

    static std::shared_ptr<const grant> kept(grant g)
    {
        return std::allocate_shared<const grant>(kept_allocator<grant>(), std::move(g));
    }

    static std::string digest_of(const std::string& text)
    {
        return make_code_challenge(secret(text));
    }

    mutable std::mutex mutex_;
    std::shared_ptr<const grant> granted_;
    login_params params_;
    bool logged_out_ = false;
    std::map<std::string, int> step_ups_;
    std::set<std::string> refused_;
};

} // namespace asioauth::detail
