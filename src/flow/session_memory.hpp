// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "flow/flows.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
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
        : granted_(std::make_shared<const grant>(std::move(g)))
        , params_(std::move(params))
    {}

    std::shared_ptr<const grant> granted() const
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return granted_;
    }

    void replace(grant g)
    {
        auto fresh = std::make_shared<const grant>(std::move(g));
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

    /// How often the user was sent for this operation, this time included.
    int count_step_up(const std::string& operation)
    {
        if (step_ups_.size() >= most_operations && step_ups_.count(operation) == 0)
            step_ups_.clear(); // names come from the program's own requests; it just must not grow
        return ++step_ups_[operation];
    }

    /// An elevation that was refused is not asked for again (MCP 2026-07-28).
    bool was_refused(const std::string& operation) const { return refused_.count(operation) != 0; }
    void remember_refusal(const std::string& operation)
    {
        if (refused_.size() >= most_operations)
            refused_.clear();
        refused_[operation] = true;
    }

private:
    static constexpr std::size_t most_operations = 1024;

    mutable std::mutex mutex_;
    std::shared_ptr<const grant> granted_;
    login_params params_;
    bool logged_out_ = false;
    std::map<std::string, int> step_ups_;
    std::map<std::string, bool> refused_;
};

} // namespace asioauth::detail
