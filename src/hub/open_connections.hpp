// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace asioauth::detail {

/** The connections of a server, so many and no more. Everything but leave() is called on the server's
    strand, where the connections are.

    Other users of the machine can connect, and need not say anything: if there are too many the oldest
    goes that has never asked for anything, or else the oldest that asks for nothing now.

    @tparam Connection has a number, is_idle(), has_asked() and close()
*/
template <class Connection>
class open_connections
{
public:
    explicit open_connections(std::size_t most) : most_(most) {}

    /// For the next one: later ones have higher numbers.
    std::uint64_t number() noexcept { return ++last_; }

    /// False if there is no room.
    bool enter(const std::shared_ptr<Connection>& c)
    {
        if (is_full())
            make_room();
        const std::lock_guard<std::mutex> lock(mutex_);
        return known_.size() < most_ && known_.emplace(c->number(), c).second;
    }

    /// From any thread: a connection ends with its last reference.
    void leave(std::uint64_t number)
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        known_.erase(number);
    }

    void close_all()
    {
        for (const auto& c : all())
            c->close();
    }

private:
    using connections = std::vector<std::shared_ptr<Connection>>;

    bool is_full()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        return known_.size() >= most_;
    }

    // The lock is not held when they go: the last reference may be one of these, and its end comes
    // back here.
    connections all()
    {
        connections out;
        const std::lock_guard<std::mutex> lock(mutex_);
        for (const auto& k : known_)
        {
            if (auto c = k.second.lock())
                out.push_back(std::move(c));
        }
        return out;
    }

    void make_room()
    {
        const connections open = all();
        auto gone = std::find_if(open.begin(), open.end(), [](const auto& c) {
            return c->is_idle() && !c->has_asked();
        });
        if (gone == open.end())
            gone =
                std::find_if(open.begin(), open.end(), [](const auto& c) { return c->is_idle(); });
        if (gone == open.end())
            return;
        (*gone)->close();
        leave((*gone)->number());
    }

    const std::size_t most_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::weak_ptr<Connection>> known_; // the oldest first
    std::uint64_t last_ = 0;
};

} // namespace asioauth::detail
