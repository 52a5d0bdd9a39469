// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The caller's end of an operation: ours in the middle, theirs at the end (law 3).

#include "base/kept_memory.hpp"
#include "flow/outcome.hpp"
#include "transport/home_executor.hpp"
#include "transport/kept_post.hpp"

#include <asioauth/detail/initiate.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

/** What a caller's cancellation slot holds of an operation: a way to it that is cut before the caller
    hears of its end.

    Whoever emits is on any thread and must hold nothing of the operation, nor an executor, once the
    execution context may be gone: so it emits under a mutex, and cutting waits for it.
*/
class cancel_link
{
public:
    template <class Operation>
    explicit cancel_link(std::weak_ptr<Operation> to)
        : forward_([to = std::move(to)](boost::asio::cancellation_type type) {
            auto op = to.lock();
            if (!op)
                return;
            const home_executor there = op->home();
            post_kept(there, [op = std::move(op), type] { op->cancel(type); });
        })
    {}

    void emit(boost::asio::cancellation_type type)
    {
        const std::lock_guard lock(mutex_);
        if (forward_)
            forward_(type);
    }

    void cut() noexcept
    {
        const std::lock_guard lock(mutex_);
        forward_ = nullptr;
    }

private:
    std::mutex mutex_;
    std::function<void(boost::asio::cancellation_type)> forward_;
};

/** Holds the caller's handler, keeps its executor busy, and completes it there, once, as if by
    `dispatch`.

    The erased handler lives in a node of its own, since Asio 1.26 cannot move-assign one.
*/
template <class T>
class home_handler
{
public:
    /// @param home where handlers that do not say where are called @param erased the same
    home_handler(
        handler_of<T> handler,
        diagnostics* info,
        const boost::asio::any_io_executor& home,
        const boost::asio::any_completion_executor& erased
    )
        : node_(std::allocate_shared<node>(
            kept_allocator<node>(), std::move(handler), info, home, erased
        ))
        , home_(home)
    {}

    /** Let the caller's cancellation slot reach the operation. Called once, in the initiating
        function.

        The slot may outlive the execution context, so that nothing of the context's may be in it:
        only a weak pointer.
    */
    template <class Operation>
    void connect(const std::shared_ptr<Operation>& operation)
    {
        auto slot = boost::asio::get_associated_cancellation_slot(node_->handler);
        if (!slot.is_connected())
            return;
        link_ = std::make_shared<cancel_link>(std::weak_ptr<Operation>(operation));
        slot.assign([link = link_](boost::asio::cancellation_type type) { link->emit(type); });
    }

    /// Does nothing the second time.
    void complete(flow_outcome<T> r)
    {
        if (!node_)
            return;
        if (link_)
            link_->cut();
        node_->outcome = std::move(r);
        // An erased executor cannot be posted to in Asio 1.26, only dispatched. Posting to ours
        // first leaves the strand and the call that we are in; the hop to theirs may then be
        // inline.
        const auto n = std::move(node_);
        try
        {
            post_kept(home_, homecoming(n));
        }
        catch (const std::bad_alloc&)
        {
            // From within the strand, rather than never.
            if (n->elsewhere)
                homecoming{n}();
            else
                boost::asio::dispatch(home_, invocation(n));
        }
    }

private:
    class node
    {
    public:
        node(
            handler_of<T> h,
            diagnostics* i,
            const boost::asio::any_io_executor& home,
            const boost::asio::any_completion_executor& erased
        )
            : handler(std::move(h))
            , info(i)
        {
            // Of the two kinds of erased executors one does without memory.
            constexpr auto busy = boost::asio::execution::outstanding_work.tracked;
            const auto theirs = boost::asio::get_associated_executor(handler, erased);
            if (theirs == erased)
                at_home = boost::asio::prefer(home, busy);
            else
                elsewhere = boost::asio::prefer(theirs, busy);
        }

        handler_of<T> handler;
        diagnostics* info;
        // Kept busy until the handler is called: one of them.
        boost::asio::any_io_executor at_home;
        boost::asio::any_completion_executor elsewhere;
        flow_outcome<T> outcome; // here, so that the way home carries a pointer
    };

    class homecoming
    {
    public:
        explicit homecoming(std::shared_ptr<node> n) : node_(std::move(n)) {}

        void operator()()
        {
            if (!node_->elsewhere)
                return invocation(std::move(node_))(); // we are there
            const auto ex = node_->elsewhere;
            try
            {
                boost::asio::dispatch(ex, invocation(node_));
            }
            catch (const std::bad_alloc&)
            {
                if (!node_->handler)
                    throw; // it was called, and threw
                boost::asio::dispatch(ex, invocation(node_));
            }
        }

    private:
        std::shared_ptr<node> node_;
    };

    // Runs on the caller's executor.
    class invocation
    {
    public:
        explicit invocation(std::shared_ptr<node> n) : node_(std::move(n)) {}

        void operator()()
        {
            auto slot = boost::asio::get_associated_cancellation_slot(node_->handler);
            if (slot.is_connected())
                slot.clear();
            handler_of<T> handler(std::move(node_->handler));
            diagnostics* const info = node_->info;
            const auto keep_home_busy = std::move(node_->at_home);
            const auto keep_busy = std::move(node_->elsewhere);
            result<T> outcome = node_->outcome.taken();
            node_.reset();
            if (info)
                tell(*info, outcome);
            const error_code ec = outcome ? error_code() : outcome.error().code();
            if constexpr (std::is_same_v<T, nothing>)
                std::move(handler)(ec);
            else if (outcome)
                std::move(handler)(ec, std::move(*outcome));
            else
                std::move(handler)(ec, T());
        }

    private:
        // The handler is called whether or not there is memory for what would be told.
        static void tell(diagnostics& info, const result<T>& outcome) noexcept
        {
            try
            {
                info = outcome ? diagnostics() : outcome.error().info();
            }
            catch (const std::bad_alloc&)
            {
                info = diagnostics();
            }
        }

        std::shared_ptr<node> node_;
    };

    std::shared_ptr<node> node_;
    std::shared_ptr<cancel_link> link_; // null if the caller does not cancel
    boost::asio::any_io_executor home_;
};

} // namespace asioauth::detail
