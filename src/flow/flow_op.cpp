// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flow_op.hpp"

#include "transport/background.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

// For what has to be finished although nobody waits for it any more.
constexpr std::chrono::seconds last_deadline(60);

} // namespace

// Completes one action. Adapters are told our strand, but may call from anywhere: it hops.
struct flow_op_base::action_handler
{
    using executor_type = client_core::strand_type;
    using cancellation_slot_type = asio::cancellation_slot;

    std::shared_ptr<flow_op_base> op;
    std::shared_ptr<running> what;

    executor_type get_executor() const noexcept { return op->core_->strand(); }
    cancellation_slot_type get_cancellation_slot() const noexcept { return what->signal.slot(); }

    template <class R>
    void operator()(result<R> r)
    {
        client_core& core = *op->core_;
        result<reply> answer = r ? result<reply>(reply(std::move(*r))) : result<reply>(r.error());
        core.hop([h = std::move(*this), a = std::move(answer)]() mutable {
            h.op->arrived(*h.what, std::move(a));
        });
    }

    void operator()(result<void> r)
    {
        result<nothing> empty = r ? result<nothing>(nothing()) : result<nothing>(r.error());
        (*this)(std::move(empty));
    }
};

// The same for a lease, which has to be given back if nobody wants it any more.
struct flow_op_base::lease_handler
{
    using executor_type = client_core::strand_type;

    lease_handler(action_handler h, std::shared_ptr<lease_keeper> k)
        : done(std::move(h))
        , keeper(std::move(k))
    {}

    action_handler done;
    std::shared_ptr<lease_keeper> keeper;

    executor_type get_executor() const noexcept { return done.get_executor(); }

    void operator()(result<lease> r)
    {
        client_core& core = *done.op->core_;
        core.hop([h = std::move(*this), r = std::move(r)]() mutable {
            h.done.op->lease_came(*h.done.what, std::move(h.keeper), r);
        });
    }
};

flow_op_base::flow_op_base(
    std::shared_ptr<client_core> core, std::chrono::milliseconds deadline, operation_kind what
)
    : core_(std::move(core))
    , watch_(*core_, what)
    , deadline_timer_(core_->strand())
    , deadline_(deadline)
{
    context_.by = this;
}

void flow_op_base::begin()
{
    asio::post(core_->strand(), [self = shared_from_this()] { self->enter(); });
}

void flow_op_base::enter()
{
    if (core_->closed() && !interrupted_)
        interrupted_ = failure(errc::client_closed);
    place_ = core_->enter(shared_from_this());
    arm(deadline_);
    in_run_ = true;
    watch_.begin();
    begin_flow(context_);
    in_run_ = false;
    run();
}

void flow_op_base::arm(std::chrono::milliseconds after)
{
    deadline_timer_.expires_after(after);
    deadline_timer_.async_wait([self = shared_from_this()](error_code ec) {
        // One that had expired before it was set anew is not cancelled any more, and says success.
        if (!ec && self->deadline_timer_.expiry() <= std::chrono::steady_clock::now())
            self->deadline_passed();
    });
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

void flow_op_base::ask(action what)
{
    asked_ = std::move(what);
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
    const auto it = std::find(turns_.begin(), turns_.end(), name);
    if (it == turns_.end())
        return;
    turns_.erase(it);
    core_->flow_turns().give(name);
}

void flow_op_base::give_all_back()
{
    const auto held = std::exchange(turns_, {});
    for (const auto& name : held)
        core_->flow_turns().give(name);
    const auto leases = std::exchange(leases_, {});
    for (const auto& l : leases)
    {
        if (abandoned_)
            l->drop();
        else
            l->release();
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
    mine->release();
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
        keeper->begin(answer->fence);
        if (wanted)
            leases_.push_back(std::move(keeper));
        else if (!abandoned_)
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

// Always by way of the strand: whoever gives a turn back is in the middle of its own flow.
void flow_op_base::turn_came(const running& what, const std::string& name)
{
    if (!is_running(what))
    {
        core_->flow_turns().give(name); // cancelled while the news was on its way
        return;
    }
    turns_.push_back(name);
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
    std::erase_if(running_, [&](const auto& r) { return r.get() == &what; });
    if (number == 0)
        context_.answered.emplace(std::move(answer));
    else
        arrivals_.emplace_back(number, std::move(answer));
    run();
}

// Give the suspended flow what it waits for, if that is there. True if it can go on.
bool flow_op_base::answer_pending()
{
    const bool interrupted = interrupted_ && !must_go_on();
    if (context_.answered)
        return true;
    if (asked_.index() != 0)
    {
        action what = std::move(asked_);
        asked_ = std::monostate();
        if (interrupted)
            context_.answered.emplace(*interrupted_);
        else
            perform_asked(std::move(what));
        return context_.answered.has_value();
    }
    if (wants_next_)
    {
        if (interrupted)
            context_.arrived.emplace(-2, *interrupted_);
        else if (!arrivals_.empty())
        {
            context_.arrived.emplace(std::move(arrivals_.front()));
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
    in_run_ = true;
    while (!flow_done() && answer_pending())
        std::exchange(context_.suspended, {}).resume();
    in_run_ = false;
    if (!flow_done())
        return;
    finished_ = true;
    cancel_running(true);
    deadline_timer_.cancel();
    give_all_back();
    core_->leave(place_);
    finish(interrupted_);
}

class flow_op_base::performer
{
public:
    performer(flow_op_base& op, ticket number) : op_(op), number_(number) {}

    void operator()(std::monostate) const {}

    void operator()(act::send& a) const
    {
        auto h = handler();
        h.what->where = a.where;
        h.what->place = a.request.target();
        h.what->begun = op_.watch_.request(a);
        op_.core_->network().async_send(std::move(a.request), transport::handler(std::move(h)));
    }

    void operator()(act::reserve& a) const
    {
        auto uri = op_.core_->listener().reserve(a.target);
        answer(uri ? result<reply>(reply(std::move(*uri))) : result<reply>(uri.error()));
    }

    void operator()(act::wait_redirect& a) const
    {
        auto h = handler();
        op_.core_->listener().async_wait(
            std::move(a.redirect_uri), std::move(a.state), redirect_listener::handler(std::move(h))
        );
    }

    void operator()(act::open_url& a) const
    {
        auto h = handler();
        op_.core_->agent().async_open(std::move(a.where), user_agent::opened_handler(std::move(h)));
    }

    void operator()(act::ask_user&) const
    {
        auto h = handler();
        op_.core_->agent().async_ask_redirect_url(user_agent::pasted_handler(std::move(h)));
    }

    void operator()(act::wait_until& a) const
    {
        auto timer = std::make_shared<asio::steady_timer>(op_.core_->strand());
        timer->expires_at(a.when);
        auto h = handler();
        auto slot = h.get_cancellation_slot();
        timer->async_wait(asio::bind_cancellation_slot(
            slot,
            [timer, h = std::move(h)](error_code ec) mutable {
                result<void> r;
                if (ec)
                    r = failure(ec);
                h(std::move(r));
            }
        ));
    }

    void operator()(act::now&) const
    {
        const moment m(std::chrono::system_clock::now(), std::chrono::steady_clock::now());
        answer(result<reply>(reply(m)));
    }

    void operator()(act::random&) const
    {
        auto octets = system_entropy();
        answer(octets ? result<reply>(reply(*octets)) : result<reply>(octets.error()));
    }

    void operator()(const act::new_key& a) const
    {
        if (a.takes_long())
            return background::of(op_.core_->executor()).run([h = handler(), a]() mutable {
                h(signing_key::generate(a.algorithm));
            });
        auto key = signing_key::generate(a.algorithm);
        answer(key ? result<reply>(reply(std::move(*key))) : result<reply>(key.error()));
    }

    void operator()(const act::take_turn& a) const
    {
        auto* all = &op_.core_->flow_turns();
        if (all->take_at_once(a.name, a.permits))
        {
            op_.turns_.push_back(a.name);
            answer(reply(nothing()));
            return;
        }
        auto h = handler();
        auto slot = h.get_cancellation_slot();
        const auto place = all->wait(a.name, [h = std::move(h), name = a.name] {
            asio::post(h.op->strand(), [h, name] { h.op->turn_came(*h.what, name); });
        });
        slot.assign([all, name = a.name, place](asio::cancellation_type) {
            all->forget(name, place);
        });
    }

    void operator()(act::load& a) const
    {
        auto h = handler();
        h.what->begun = op_.watch_.store();
        op_.core_->kept().async_load(std::move(a.key), store::load_handler(std::move(h)));
    }

    void operator()(act::commit& a) const
    {
        auto h = handler();
        h.what->begun = op_.watch_.store();
        const generation next = next_generation(a.expected, std::chrono::system_clock::now());
        op_.core_->kept().async_commit(
            std::move(a.key),
            a.expected,
            next,
            std::move(a.value),
            store::commit_handler(std::move(h))
        );
    }

    void operator()(act::take& a) const
    {
        auto h = handler();
        h.what->begun = op_.watch_.store();
        take_guard guard(std::move(a.issuer), std::move(a.binding));
        op_.core_->kept().async_take(
            std::move(a.key), std::move(guard), store::load_handler(std::move(h))
        );
    }

    void operator()(act::list_records& a) const
    {
        auto h = handler();
        h.what->begun = op_.watch_.store();
        op_.core_->kept().async_list(std::move(a.filter), store::list_handler(std::move(h)));
    }

    void operator()(act::hold_lease& a) const
    {
        auto octets = system_entropy();
        if (!octets)
            return answer(octets.error());
        auto keeper =
            std::make_shared<lease_keeper>(op_.core_, std::move(a.key), make_state(*octets), a.ttl);
        auto done = handler();
        done.what->begun = op_.watch_.store();
        lease_handler h(std::move(done), keeper);
        op_.core_->kept().async_lease(
            keeper->key(), keeper->owner(), a.ttl, store::lease_handler(std::move(h))
        );
    }

private:
    action_handler handler() const
    {
        auto what = std::make_shared<running>(number_);
        op_.running_.push_back(what);
        return action_handler{op_.shared_from_this(), std::move(what)};
    }

    void answer(result<reply> r) const
    {
        if (number_ == 0)
            op_.context_.answered.emplace(std::move(r));
        else
            op_.arrivals_.emplace_back(number_, std::move(r));
    }

    flow_op_base& op_;
    ticket number_;
};

// What a port throws must not leave run() half done: it becomes the answer.
void flow_op_base::perform_asked(action what)
{
    errc code = errc::internal_error;
    try
    {
        perform(0, std::move(what));
        return;
    }
    catch (const std::bad_alloc&)
    {
        code = errc::out_of_memory;
    }
    catch (...)
    {
        code = errc::internal_error;
    }
    for (const auto& r : running_)
    {
        if (r->number == 0)
            watch_.answered(r->begun, r->where, r->place, failure(code));
    }
    std::erase_if(running_, [](const auto& r) { return r->number == 0; });
    context_.answered.emplace(failure(code));
}

void flow_op_base::perform(ticket number, action what)
{
    std::visit(performer(*this, number), what);
}

} // namespace asioauth::detail
