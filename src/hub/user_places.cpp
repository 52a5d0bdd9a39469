// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/user_places.hpp"

#include <utility>
#include <vector>

namespace asioauth::detail {

user_places::place::place(std::shared_ptr<user_places> of) : of_(std::move(of)) {}

user_places::place::~place()
{
    if (taken_)
        of_->give_back(at_);
}

std::shared_ptr<user_places::place> user_places::take(
    const std::string& user, std::size_t most, std::string id, std::function<void()> end
)
{
    auto out = std::make_shared<place>(shared_from_this());
    const std::lock_guard lock(mutex_);
    if (taken_.count(user) >= most)
        return nullptr;
    out->at_ = taken_.emplace(user, entry{std::move(id), std::move(end)});
    out->taken_ = true;
    return out;
}

bool user_places::is_full(const std::string& user, std::size_t most) const
{
    const std::lock_guard lock(mutex_);
    return taken_.count(user) >= most;
}

void user_places::end_all(const std::string& user, const std::string& id)
{
    // Without the lock: what ends gives its place back.
    std::vector<std::function<void()>> ends;
    {
        const std::lock_guard lock(mutex_);
        const auto all = taken_.equal_range(user);
        for (auto at = all.first; at != all.second; ++at)
        {
            if (at->second.id == id && at->second.end)
                ends.push_back(at->second.end);
        }
    }
    for (const auto& end : ends)
        end();
}

void user_places::give_back(entries::iterator at)
{
    entries::node_type gone; // destroyed without the lock
    const std::lock_guard lock(mutex_);
    gone = taken_.extract(at);
}

} // namespace asioauth::detail
