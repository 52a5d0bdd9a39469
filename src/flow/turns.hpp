// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/kept_memory.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <utility>

namespace asioauth::detail {

/** Named places for flows, first come, first served: how two flows of one client do not register or
    refresh the same thing at once. Nobody waits here with a thread: whoever gets a place is told.

    Only the client's strand touches it. Who waits needs no memory here.
*/
class turns
{
public:
    class waiter;

    /// Those who have a place under one name, and those who wait for one. Gone as soon as there is
    /// neither.
    class line
    {
    public:
        line() = default;
        line(const line&) = delete;
        line& operator=(const line&) = delete;

        const std::string& name() const noexcept { return *name_; }
        std::size_t waiting() const noexcept { return waiting_; }

    private:
        friend turns;

        void push(waiter& w) noexcept;
        void remove(waiter& w) noexcept;

        const std::string* name_ = nullptr;
        int held_ = 0;
        std::size_t waiting_ = 0;
        waiter* first_ = nullptr;
        waiter* last_ = nullptr;
    };

    /// Not to be destroyed while it waits: forget().
    class waiter
    {
    public:
        waiter() = default;
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;

        /// A place is this one's now.
        virtual void its_turn() = 0;
        bool waits() const noexcept { return at_ != nullptr; }

    protected:
        virtual ~waiter() = default;

    private:
        friend turns;
        friend line;

        line* at_ = nullptr;
        waiter* before_ = nullptr;
        waiter* next_ = nullptr;
    };

    /// That of this name. Has to be asked for a place at once.
    line& line_of(std::string name)
    {
        const auto at = lines_.try_emplace(std::move(name)).first;
        at->second.name_ = &at->first;
        return at->second;
    }

    /// Get a place if there is one; there is if nobody has any.
    static bool take_at_once(line& l, int permits) noexcept
    {
        const bool free = l.held_ < permits && l.waiting_ == 0;
        l.held_ += free ? 1 : 0;
        return free;
    }

    /// Be told when there is a place, which then is the caller's. Precondition: there was none.
    static void wait(line& l, waiter& w) noexcept { l.push(w); }

    /// Wait no more, if it waits.
    static void forget(waiter& w) noexcept
    {
        if (w.at_ != nullptr)
            w.at_->remove(w);
    }

    /// The place goes to whoever waits longest.
    void give(line& l)
    {
        while (l.first_ != nullptr)
        {
            waiter& next = *l.first_;
            l.remove(next);
            try
            {
                return next.its_turn(); // may change the table: last
            }
            catch (const std::bad_alloc&)
            {
                continue; // who cannot be told is not waited for
            }
        }
        if (--l.held_ == 0)
            lines_.erase(lines_.find(l.name()));
    }

    bool empty() const noexcept { return lines_.empty(); }

private:
    using table = std::
        map<std::string, line, std::less<>, kept_allocator<std::pair<const std::string, line>>>;

    table lines_;
};

inline void turns::line::push(waiter& w) noexcept
{
    w.at_ = this;
    w.before_ = last_;
    w.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &w;
    last_ = &w;
    ++waiting_;
}

inline void turns::line::remove(waiter& w) noexcept
{
    (w.before_ != nullptr ? w.before_->next_ : first_) = w.next_;
    (w.next_ != nullptr ? w.next_->before_ : last_) = w.before_;
    w.at_ = nullptr;
    --waiting_;
}

} // namespace asioauth::detail
