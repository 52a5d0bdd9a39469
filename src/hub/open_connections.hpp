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
    home, where the connections are.

    Other users of the machine can connect, and need not say anything, or take what they are answered.
    If there are too many the oldest goes that has never asked for anything, or else the oldest of those
    who are not signed in, or else the oldest that asks for nothing now.

    @tparam Connection has number(), is_idle(), has_asked(), is_signed_in() and close()
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

    // Lower ones go first.
    static int rank(const Connection& c)
    {
        if (c.is_idle() && !c.has_asked())
            return 0;
        if (!c.is_signed_in())
            return 1;
        return c.is_idle() ? 2 : stays;
    }

    void make_room()
    {
        const connections open = all();
        const auto gone =
            std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
                return rank(*a) < rank(*b);
            });
        if (gone == open.end() || rank(**gone) == stays)
            return;
        (*gone)->close();
        leave((*gone)->number());
    }

    static constexpr int stays = 3;

    const std::size_t most_;
    std::mutex mutex_;
    std::map<std::uint64_t, std::weak_ptr<Connection>> known_; // the oldest first
    std::uint64_t last_ = 0;
};

} // namespace asioauth::detail
