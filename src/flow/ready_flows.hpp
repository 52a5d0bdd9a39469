// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_executor.hpp"

#include <asioauth/diagnostics.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace asioauth::detail {

/** Flows that wait for nothing but their turn, by where they are in the protocol.

    Those at one place go on one after the other, and then those that have something to send do that
    one after the other: a login runs through more code than a first cache holds, which so is fetched
    once for all of them. One place has its turn after the other, each when the context has run what
    is ready by then, so that others of the context are not kept waiting, and more have come to the
    next place.

    Touched at home only. Who is added takes no memory here.
*/
class ASIOAUTH_DECL ready_flows : public std::enable_shared_from_this<ready_flows>
{
public:
    class member
    {
    public:
        member() = default;
        member(const member&) = delete;
        member& operator=(const member&) = delete;

        virtual void take_turn() = 0;

    protected:
        virtual ~member() = default;

    private:
        friend ready_flows;

        std::shared_ptr<member> next_;
        bool waits_ = false;
    };

    explicit ready_flows(home_executor home) noexcept;
    ready_flows(const ready_flows&) = delete;
    ready_flows& operator=(const ready_flows&) = delete;
    ~ready_flows();

    /** Let it wait for its turn, if it does not do so already.

        @param where whose answer has come; stage::none: it has something to send
        @return false if nobody can be asked for a turn: it may go on at once
    */
    bool add(const std::shared_ptr<member>& m, stage where) noexcept;

    /// The execution context goes away: nobody waits any more.
    void abandon() noexcept;

private:
    class call;

    // At home. It has all of this while it waits.
    class turn : public home::task
    {
    public:
        turn() noexcept : task(&turn::act) {}

        std::shared_ptr<ready_flows> all;

    private:
        static void act(home::task* t, bool run);
    };

    class queue
    {
    public:
        bool empty() const noexcept { return first_ == nullptr; }
        void push(std::shared_ptr<member> m) noexcept;
        std::shared_ptr<member> pop() noexcept; ///< null if there is none

    private:
        std::shared_ptr<member> first_;
        member* last_ = nullptr;
    };

    static constexpr std::size_t places = static_cast<std::size_t>(stage::description) + 1;

    bool ask_for_turn() noexcept;
    void turn_is_lost() noexcept;
    void turn_came();
    void go_on();
    void take_turns();
    void send_all();
    bool empty() const noexcept;
    void drop() noexcept;

    home_executor home_;
    std::array<queue, places> queues_; // of stage::none: those that send
    std::size_t place_ = 0;            // whose turn was last
    std::atomic<bool> asked_ = false;  // for a turn, which is on its way
    bool asking_ = false;
    turn turn_;
};

} // namespace asioauth::detail
