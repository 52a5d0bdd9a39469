// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace asioauth::detail {

/** Named places for flows, first come, first served: how two flows of one client do not register or
    refresh the same thing at once. Nobody waits here with a thread: whoever gets a place is told.

    Only the client's strand touches it.
*/
class turns
{
public:
    using waiter = std::function<void()>;
    using number = std::uint64_t;

    /// Get a place if there is one.
    bool take_at_once(const std::string& name, int permits)
    {
        auto& q = queues_[name];
        const bool free = q.held < permits && q.waiting.empty();
        q.held += free ? 1 : 0;
        return free;
    }

    /// Be told when there is a place, which then is the caller's. Precondition: there was none.
    /// @return a number for forget()
    number wait(const std::string& name, waiter w)
    {
        queues_[name].waiting.emplace_back(++last_, std::move(w));
        return last_;
    }

    /// Wait no more.
    void forget(const std::string& name, number n)
    {
        const auto it = queues_.find(name);
        if (it == queues_.end())
            return;
        it->second.waiting.remove_if([n](const auto& w) { return w.first == n; });
    }

    /// The place goes to whoever waits longest.
    void give(const std::string& name)
    {
        const auto it = queues_.find(name);
        if (it == queues_.end())
            return;
        auto& q = it->second;
        while (!q.waiting.empty())
        {
            const waiter next = std::move(q.waiting.front().second);
            q.waiting.pop_front();
            try
            {
                return next(); // may change the table: last
            }
            catch (const std::bad_alloc&)
            {
                continue; // who cannot be told is not waited for
            }
        }
        if (--q.held == 0)
            queues_.erase(it);
    }

    bool empty() const noexcept { return queues_.empty(); }

private:
    class queue
    {
    public:
        int held = 0;
        std::list<std::pair<number, waiter>> waiting;
    };

    std::map<std::string, queue> queues_;
    number last_ = 0;
};

} // namespace asioauth::detail
