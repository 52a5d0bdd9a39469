// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flow_op.hpp"

#include "transport/kept_post.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

// For what has to be finished although nobody waits for it any more.
constexpr std::chrono::seconds last_deadline(60);

} // namespace

flow_op_base::flow_op_base(
    std::shared_ptr<client_core> core, std::chrono::milliseconds deadline, operation_kind what
)
    : core_(std::move(core))
    , watch_(*core_, what)
    , deadline_timer_(core_->home())
    , deadline_(deadline)
{
    context_.by = this;
}

void flow_op_base::begin()
{
    post_kept(core_->home(), [self = shared_from_this()] { self->enter(); });
}

// Among the operations of the client, and with a deadline; false if there is no memory for that.
bool flow_op_base::take_place()
{
    try
    {
        place_ = core_->enter(shared_from_this());
    }
    catch (const std::bad_alloc&)
    {
        return false;
    }
    try
    {
        arm(deadline_);
    }
    catch (const std::bad_alloc&)
    {
        core_->leave(place_);
        return false;
    }
    return true;
}

void flow_op_base::enter()
{
    if (core_->closed() && !interrupted_)
        interrupted_ = failure(errc::client_closed);
    if (!take_place())
    {
        finished_ = true;
        return detach(failure(errc::out_of_memory));
    }
    in_run_ = true;
    watch_.begin();
    begin_flow(context_);
    in_run_ = false;
    run();
}

void flow_op_base::arm(std::chrono::milliseconds after)
{
    deadline_timer_.expires_after(after);
    deadline_timer_.async_wait(asio::bind_allocator(
        kept_allocator<void>(),
        [self = shared_from_this()](error_code ec) {
            // One that had expired before it was set anew is not cancelled any more, and says
            // success.
            if (!ec && self->deadline_timer_.expiry() <= std::chrono::steady_clock::now())
                self->deadline_passed();
        }
    ));
}

void flow_op_base::deadline_passed()
{
    // The second time nobody waits any more, and what was spent has had a minute to be saved.
    out_of_time_ = interrupted_.has_value();
    failure late(errc::deadline_exceeded);
    const auto request = std::find_if(running_.rbegin(), running_.rend(), [](const auto& r) {
        return r->where != stage::none;
    });
    if (request != running_.rend())
        late.where((*request)->where)
            .url((*request)->place.without_query())
            .message("The server has not answered in time.");
    else if (std::any_of(running_.begin(), running_.end(), [](const auto& r) {
                 return r->waits();
             }))
        late.message("It was waiting for its turn: others are under way at the same server.");
    interrupt(std::move(late));
}

void flow_op_base::abandon()
{
    abandoned_ = out_of_time_ = true;
    interrupt(failure(operation_aborted()));
}

void flow_op_base::cancel(asio::cancellation_type type)
{
    // After something was spent only `terminal` is heard: the caller stops waiting, the flow goes
    // on.
    const bool terminal =
        (type & asio::cancellation_type::terminal) != asio::cancellation_type::none;
    if (must_go_on() && !terminal)
        return;
    interrupt(failure(operation_aborted()));
}

void flow_op_base::owner_closed()
{
    interrupt(failure(operation_aborted()));
}

void flow_op_base::interrupt(failure why)
{
    if (finished_)
        return;
    const bool first = !interrupted_;
    if (first)
        interrupted_ = std::move(why);
    if (must_go_on())
    {
        detach(*interrupted_);
        if (first)
            arm(last_deadline); // a minute at most, however often it is interrupted
        return;
    }
    run();
}

ticket flow_op_base::start(action what)
{
    const ticket number = ++last_ticket_;
    if (interrupted_ && !must_go_on())
        arrivals_.emplace_back(number, *interrupted_);
    else
        perform(number, std::move(what));
    return number;
}

void flow_op_base::stop()
{
    cancel_running(false);
    arrivals_.clear();
}

void flow_op_base::committing(bool on)
{
    // What is begun after an interruption has a minute of its own.
    if (on && !committing_ && interrupted_ && !abandoned_)
    {
        out_of_time_ = false;
        arm(last_deadline);
    }
    committing_ = on;
}

void flow_op_base::waiting_for_user(bool on)
{
    if (on == std::exchange(waiting_for_user_, on) || interrupted_)
        return; // what an interruption has set is not the flow's to stop
    if (!on)
        return arm(deadline_);
    const auto left = deadline_timer_.expiry() - std::chrono::steady_clock::now();
    deadline_ = std::chrono::ceil<std::chrono::milliseconds>(left);
    deadline_timer_.cancel();
}

void flow_op_base::tell(event e)
{
    watch_.tell(std::move(e));
}

bool flow_op_base::is_heard() const noexcept
{
    return core_->is_heard();
}

void flow_op_base::give_back(const std::string& name)
{
    const auto it = std::find_if(turns_.begin(), turns_.end(), [&](const held_turn& t) {
        return t.where->name() == name;
    });
    if (it == turns_.end())
        return;
    turns::line& mine = *it->where;
    turns_.erase(it);
    core_->flow_turns().give(mine);
}

namespace {

// Where there is no memory to say so it runs out by itself.
void let_go(lease_keeper& held)
{
    try
    {
        held.release();
    }
    catch (const std::bad_alloc&)
    {
        held.drop();
    }
}

} // namespace

void flow_op_base::give_all_back()
{
    const auto held = std::exchange(turns_, {});
    for (const held_turn& t : held)
        core_->flow_turns().give(*t.where);
    const auto leases = std::exchange(leases_, {});
    for (const auto& l : leases)
    {
        if (abandoned_)
            l->drop();
        else
            let_go(*l);
    }
}

void flow_op_base::release_lease(const record_key& key)
{
    const auto it = std::find_if(leases_.begin(), leases_.end(), [&](const auto& l) {
        return l->key() == key;
    });
    if (it == leases_.end())
        return;
    const auto mine = std::move(*it);
    leases_.erase(it);
    let_go(*mine);
}

bool flow_op_base::is_running(const running& what) const noexcept
{
    return std::any_of(running_.begin(), running_.end(), [&](const auto& r) {
        return r.get() == &what;
    });
}

void flow_op_base::lease_came(
    const running& what, std::shared_ptr<lease_keeper> keeper, const result<lease>& answer
)
{
    const bool wanted = is_running(what);
    if (answer && answer->acquired)
    {
        if (wanted)
            leases_.push_back(keeper); // first: what is not there is not given back
        keeper->begin(answer->fence);
        if (!wanted && !abandoned_)
            keeper->release(); // cancelled while the answer was on its way
    }
    if (!wanted)
        return;
    if (!answer)
        return arrived(what, answer.error());
    lease_answer told;
    told.acquired = answer->acquired;
    told.remaining = answer->remaining;
    arrived(what, reply(told));
}

void flow_op_base::turn_came(const running& what)
{
    if (!is_running(what))
    {
        core_->flow_turns().give(*what.turn); // cancelled while the news was on its way
        return;
    }
    try
    {
        turns_.push_back({what.turn});
    }
    catch (const std::bad_alloc&)
    {
        core_->flow_turns().give(*what.turn);
        throw;
    }
    arrived(what, reply(nothing()));
}

// Ticket 0 is the action that the flow waits for; the others were started.
void flow_op_base::cancel_running(bool all)
{
    auto gone = std::exchange(running_, {}); // without a new allocation: an end must not fail
    const auto asked = std::find_if(gone.begin(), gone.end(), [all](const auto& r) {
        return !all && r->number == 0;
    });
    if (asked != gone.end())
    {
        running_.push_back(std::move(*asked));
        gone.erase(asked);
    }
    for (const auto& r : gone)
    {
        watch_.dropped(r->begun, r->where, r->place);
        r->signal.emit(asio::cancellation_type::terminal);
    }
}

void flow_op_base::arrived(const running& what, result<reply> answer)
{
    if (!is_running(what))
        return; // cancelled meanwhile: its answer counts for nothing
    watch_.answered(what.begun, what.where, what.place, answer);
    const ticket number = what.number;
    const stage where = what.where;
    std::erase_if(running_, [&](const auto& r) { return r.get() == &what; });
    if (number == 0)
        context_.answered.emplace(std::move(answer));
    else
        arrivals_.emplace_back(number, std::move(answer));
    if (where == stage::none || !core_->ready().add(shared_from_this(), where))
        run();
}

// Give the suspended flow what it waits for, if that is there. True if it can go on.
bool flow_op_base::answer_pending()
{
    const bool interrupted = interrupted_ && !must_go_on();
    if (context_.answered)
        return true;
    if (!asked_.empty())
    {
        action what = asked_.taken();
        if (interrupted)
            context_.answered.emplace(*interrupted_);
        else
            perform_asked(std::move(what));
        return context_.answered.has_value();
    }
    if (wants_next_)
    {
        if (interrupted)
        {
            context_.which = -2;
            context_.answered.emplace(*interrupted_);
        }
        else if (!arrivals_.empty())
        {
            context_.which = arrivals_.front().which;
            context_.answered.emplace(std::move(arrivals_.front().answer));
            arrivals_.pop_front();
        }
        else
            return false;
        wants_next_ = false;
        return true;
    }
    if (interrupted)
    {
        // Law 6: an adapter that does not come back does not hold the caller up.
        cancel_running(true);
        context_.answered.emplace(*interrupted_);
        return true;
    }
    return false;
}

void flow_op_base::run()
{
    if (in_run_ || finished_)
        return;
    const auto self = shared_from_this();
    go_on();
    if (!flow_done())
        return;
    finished_ = true;
    cancel_running(true);
    deadline_timer_.cancel();
    give_all_back();
    core_->leave(place_);
    finish(std::move(interrupted_));
}

void flow_op_base::go_on()
{
    in_run_ = true;
    try
    {
        while (!flow_done() && answer_pending())
            std::exchange(context_.suspended, {}).resume();
    }
    catch (...)
    {
        in_run_ = false; // there was no memory for an answer
        throw;
    }
    in_run_ = false;
}

} // namespace asioauth::detail
