// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What all operations of one client share. Everything here is touched on the strand only, unless it
// says otherwise.

#include "base/kept_memory.hpp"
#include "flow/flows.hpp"
#include "flow/ready_flows.hpp"
#include "flow/turns.hpp"
#include "transport/home_executor.hpp"

#include <asioauth/metrics.hpp>
#include <asioauth/redirect_listener.hpp>
#include <asioauth/settings.hpp>
#include <asioauth/store.hpp>
#include <asioauth/transport.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <utility>

namespace asioauth::detail {

class flow_op_base;

class client_core : public std::enable_shared_from_this<client_core>
{
public:
    client_core(boost::asio::any_io_executor ex, const client_settings& settings);

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    /// The same, as handlers tell theirs.
    const boost::asio::any_completion_executor& erased_executor() const noexcept
    {
        return erased_executor_;
    }
    /// One function at a time. Precondition: the execution context lives.
    const home_executor& home() const noexcept { return home_; }
    /// The execution context is gone, and everything that stood on it.
    bool abandoned() const noexcept { return !home_; }
    /** Run `f` at home, at once where that is possible. From any thread; `*this` may be gone when this
        returns.

        Where there is no memory for it to wait it is tried once more: it may be the only news of
        something that was spent.
    */
    template <class Function>
    void hop(Function f)
    {
        const home_executor there = home_;
        there.insist(std::move(f));
    }
    /// The same, never within this call.
    template <class Function>
    void hop_later(Function f)
    {
        boost::asio::require(home_, boost::asio::execution::blocking.never).insist(std::move(f));
    }
    transport& network() noexcept { return *transport_; }
    redirect_listener& listener() noexcept { return *listener_; }
    asioauth::user_agent& agent() noexcept { return *agent_; }
    asioauth::store& kept() noexcept { return *store_; }
    const flow_settings& flows() const noexcept { return flows_; }
    void tell(const event& e) const noexcept;
    /// Whether anybody listens to that.
    bool is_heard() const noexcept { return on_event_ != nullptr; }
    client_counts& counts() noexcept { return flows_.memory->counts; }
    /// From any thread. Precondition: the execution context lives.
    ASIOAUTH_DECL metrics measured() const;
    turns& flow_turns() noexcept { return turns_; }
    ready_flows& ready() noexcept { return *ready_; }

    bool closed() const noexcept { return closed_; }
    using operation_list =
        std::list<std::weak_ptr<flow_op_base>, kept_allocator<std::weak_ptr<flow_op_base>>>;

    /// Remember an operation, so that close() reaches it. @return its place, for leave()
    operation_list::iterator enter(const std::shared_ptr<flow_op_base>& op);
    void leave(operation_list::iterator op);
    /// Cancel every operation; release the adapters as soon as those that have spent something are
    /// done.
    void close();
    /// The execution context goes away: let go of everything, whatever is under way. No thread runs
    /// the context any more.
    void abandon();

private:
    void release();

    boost::asio::any_io_executor executor_;
    boost::asio::any_completion_executor erased_executor_;
    home_executor home_;
    std::shared_ptr<transport> transport_;
    std::shared_ptr<redirect_listener> listener_;
    std::shared_ptr<asioauth::user_agent> agent_;
    std::shared_ptr<asioauth::store> store_;
    std::function<void(const event&)> on_event_;
    flow_settings flows_;
    turns turns_;
    const std::shared_ptr<ready_flows> ready_;
    operation_list operations_;
    bool closed_ = false;
    bool released_ = false;
};

} // namespace asioauth::detail
