// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The one interpreter: performs what a flow asks for, on Asio. It knows nothing of OAuth.

#include "base/kept_memory.hpp"
#include "client_core.hpp"
#include "flow/flow.hpp"
#include "flow/home_handler.hpp"
#include "flow/lease_keeper.hpp"
#include "flow/op_watch.hpp"
#include "flow/ready_flows.hpp"
#include "flow/turns.hpp"
#include "transport/home_io.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::detail {

/** Drives one flow. Everything happens on the client's strand, except begin().

    Owned by what is pending: the deadline timer and the actions under way hold it, nothing else
    does.
*/
class ASIOAUTH_DECL flow_op_base
    : public std::enable_shared_from_this<flow_op_base>
    , public ready_flows::member
    , private driver
{
public:
    ~flow_op_base() override = default;

    /// Start on the strand. From any thread.
    void begin();
    /// The caller does not want it any more.
    void cancel(boost::asio::cancellation_type type);
    /// The owner goes away.
    void owner_closed();
    /// The context goes away: end now, whatever has been spent.
    void abandon();
    home_executor home() const noexcept { return core_->home(); }

protected:
    flow_op_base(
        std::shared_ptr<client_core> core, std::chrono::milliseconds deadline, operation_kind what
    );

    client_core& core() noexcept { return *core_; }
    void ended(const error_code& ec) { watch_.end(ec); }
    failure told(const failure& f) const noexcept override { return watch_.told(f); }

private:
    // An action under way. Whoever performs it may answer late what was cancelled: its identity, and
    // not its number, tells whose answer it is.
    class running : public turns::waiter
    {
    public:
        explicit running(ticket n) : number(n) {}
        ~running() override { turns::forget(*this); } // cancelled

        void its_turn() override;

        ticket number;
        boost::asio::cancellation_signal signal;
        std::optional<http_request> request;   // until it is sent
        stage where = stage::none;             // of a request
        url place;                             // likewise
        turns::line* turn = nullptr;           // where a turn is waited for
        std::shared_ptr<flow_op_base> waiting; // for that
        op_watch::mark begun;
        std::optional<result<reply>> answer; // on its way to the strand
        std::optional<result<lease>> leased; // likewise
    };

    struct held_turn
    {
        turns::line* where;
    };

    struct action_handler;
    struct lease_handler;
    class performer;

    /// Begin the coroutine.
    virtual void begin_flow(flow_context& context) = 0;
    virtual bool flow_done() const noexcept = 0;
    /// Destroy the coroutine and complete; `instead` replaces what the flow failed with.
    virtual void finish(std::optional<failure> instead) = 0;
    /// Complete now, the coroutine goes on.
    virtual void detach(failure why) = 0;

    void ask(asked_action what) override { asked_ = what; }
    ticket start(action what) override;
    void next() override { wants_next_ = true; }
    void stop() override;
    void committing(bool on) override;
    void waiting_for_user(bool on) override;
    void tell(event e) override;
    void conceal(const secret& v) override { watch_.conceal(v); }
    bool is_heard() const noexcept override;
    void give_back(const std::string& name) override;
    void release_lease(const record_key& key) override;
    void take_turn() override;

    void enter();
    bool take_place();
    template <class Function>
    void heard(Function f);
    void interrupt(failure why);
    void perform(ticket number, action what);
    void perform_asked(action what);
    void send_waiting();
    void arrived(const running& what, result<reply> answer);
    void run();
    void go_on();
    bool answer_pending();
    void cancel_running(bool all);
    bool must_go_on() const noexcept { return committing_ && !out_of_time_; }
    void arm(std::chrono::milliseconds after);
    void deadline_passed();
    void turn_came(const running& what);
    void give_all_back();
    void lease_came(
        const running& what, std::shared_ptr<lease_keeper> keeper, const result<lease>& answer
    );
    bool is_running(const running& what) const noexcept;

    std::shared_ptr<client_core> core_;
    op_watch watch_;
    client_core::operation_list::iterator place_; // among the client's operations
    home_timer deadline_timer_;
    std::chrono::milliseconds deadline_; // what is left of it when the timer is set the next time
    flow_context context_;
    asked_action asked_;
    bool wants_next_ = false;
    std::vector<std::shared_ptr<running>> running_;
    std::list<arrival> arrivals_; // costs nothing while there are none
    ticket last_ticket_ = 0;
    std::vector<held_turn, kept_allocator<held_turn>> turns_;
    std::vector<std::shared_ptr<lease_keeper>> leases_;
    bool committing_ = false;
    bool waiting_for_user_ = false;
    bool abandoned_ = false;
    bool out_of_time_ = false; // a commit section has had its last deadline
    bool in_run_ = false;
    bool finished_ = false;
    std::optional<failure> interrupted_;
};

/// Drives a flow of one type and completes one handler.
template <class T>
class flow_op final : public flow_op_base
{
public:
    flow_op(
        std::shared_ptr<client_core> core,
        std::chrono::milliseconds deadline,
        operation_kind what,
        flow<T> f,
        home_handler<T> handler
    )
        : flow_op_base(std::move(core), deadline, what)
        , handler_(std::move(handler))
    {
        flow_.emplace(std::move(f));
    }

    home_handler<T>& handler() noexcept { return handler_; }

private:
    void begin_flow(flow_context& context) override { flow_->begin(context); }
    bool flow_done() const noexcept override { return flow_->done(); }

    void finish(std::optional<failure> instead) override
    {
        flow_outcome<T> r;
        try
        {
            r = std::move(flow_->outcome());
        }
        catch (const std::bad_alloc&)
        {
            r.emplace(failure(errc::out_of_memory));
        }
        catch (...)
        {
            r.emplace(failure(errc::internal_error)); // a port of the program's own threw
        }
        flow_.reset(); // law 12: nothing of the operation lives when the caller hears of it
        // Why it ended is the better answer, unless what had to be finished has failed.
        if (r.has_error() && instead && r.error().code() != condition::storage)
            r.emplace(*std::move(instead));
        if (r.has_error())
        {
            failure shown = told(r.error());
            r.emplace(std::move(shown));
        }
        ended(r.has_error() ? r.error().code() : error_code());
        handler_.complete(std::move(r));
    }

    void detach(failure why) override
    {
        flow_outcome<T> r;
        r.emplace(std::move(why));
        handler_.complete(std::move(r));
    }

    std::optional<flow<T>> flow_;
    home_handler<T> handler_;
};

/// Make an operation of a flow and begin it.
template <class T>
void launch(
    const std::shared_ptr<client_core>& core,
    std::chrono::milliseconds deadline,
    flow<T> f,
    handler_of<T> handler,
    diagnostics* info,
    operation_kind what = operation_kind::other
)
{
    auto op = std::allocate_shared<flow_op<T>>(
        kept_allocator<flow_op<T>>(),
        core,
        deadline,
        what,
        std::move(f),
        home_handler<T>(std::move(handler), info, core->executor(), core->erased_executor())
    );
    op->handler().connect(op);
    op->begin();
}

} // namespace asioauth::detail
