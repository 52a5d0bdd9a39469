// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flow_op.hpp"
#include "transport/background.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace asioauth::detail {

namespace asio = boost::asio;

namespace {

// What a port throws must not leave run() half done: it becomes the answer.
template <class Function>
std::optional<errc> thrown_by(Function f)
{
    try
    {
        f();
    }
    catch (const std::bad_alloc&)
    {
        return errc::out_of_memory;
    }
    catch (...)
    {
        return errc::internal_error;
    }
    return std::nullopt;
}

} // namespace

// What is told to a flow that cannot go on for want of memory interrupts it, which needs none.
template <class Function>
void flow_op_base::heard(Function f)
{
    try
    {
        f();
    }
    catch (const std::bad_alloc&)
    {
        interrupt(failure(errc::out_of_memory));
    }
}

// Completes one action. Adapters are told our strand, but may call from anywhere: it hops.
struct flow_op_base::action_handler
{
    using executor_type = home_executor;
    using allocator_type = kept_allocator<void>;
    using cancellation_slot_type = asio::cancellation_slot;

    std::shared_ptr<flow_op_base> op;
    std::shared_ptr<running> what;

    executor_type get_executor() const noexcept { return op->core_->home(); }
    allocator_type get_allocator() const noexcept { return {}; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return what->signal.slot(); }

    template <class R>
    void operator()(result<R> r)
    {
        if (r)
            what->answer.emplace(reply(std::move(*r)));
        else
            what->answer.emplace(std::move(r.error()));
        client_core& core = *op->core_;
        core.hop([op = std::move(op), what = std::move(what)] {
            op->heard([&] { op->arrived(*what, *std::move(what->answer)); });
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
    using executor_type = home_executor;
    using allocator_type = kept_allocator<void>;

    lease_handler(action_handler h, std::shared_ptr<lease_keeper> k)
        : done(std::move(h))
        , keeper(std::move(k))
    {}

    action_handler done;
    std::shared_ptr<lease_keeper> keeper;

    executor_type get_executor() const noexcept { return done.get_executor(); }
    allocator_type get_allocator() const noexcept { return {}; }

    void operator()(result<lease> r)
    {
        done.what->leased.emplace(std::move(r));
        client_core& core = *done.op->core_;
        core.hop(
            [op = std::move(done.op), what = std::move(done.what), keeper = std::move(keeper)] {
                op->heard([&] { op->lease_came(*what, keeper, *what->leased); });
            }
        );
    }
};

// Always by way of the strand: whoever gives a turn back is in the middle of its own flow. Where there
// is no memory for that the operation runs into its deadline.
void flow_op_base::running::its_turn()
{
    const auto& all = waiting->running_;
    const auto self =
        std::find_if(all.begin(), all.end(), [this](const auto& r) { return r.get() == this; });
    post_kept(waiting->home(), [op = waiting, what = *self] {
        op->heard([&] { op->turn_came(*what); });
    });
    waiting.reset();
}

class flow_op_base::performer
{
public:
    performer(flow_op_base& op, ticket number) : op_(op), number_(number) {}

    void operator()(std::monostate) const {}

    void operator()(act::send& a) const
    {
        const auto what = begin();
        what->where = a.where;
        what->place = a.request.target();
        what->begun = op_.watch_.request(a);
        what->request.emplace(std::move(a.request));
        if (!op_.core_->ready().add(op_.shared_from_this(), stage::none))
            op_.send_waiting();
    }

    void operator()(act::reserve& a) const
    {
        auto uri = op_.core_->listener().reserve(a.target);
        answer(uri ? result<reply>(reply(std::move(*uri))) : result<reply>(uri.error()));
    }

    void operator()(act::wait_redirect& a) const
    {
        auto h = handler();
        op_.watch_.conceal(secret(a.state));
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
        auto timer = std::make_shared<home_timer>(op_.core_->home());
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

    void operator()(act::take_turn& a) const
    {
        op_.turns_.reserve(op_.turns_.size() + 1); // so that what is taken is remembered
        turns::line& there = op_.core_->flow_turns().line_of(std::move(a.name));
        if (turns::take_at_once(there, a.permits))
        {
            op_.turns_.push_back({&there});
            return answer(reply(nothing()));
        }
        if (there.waiting() >= a.most_waiting)
            return answer(failure(errc::too_many_requests_queued));
        const auto what = begin();
        what->turn = &there;
        what->waiting = op_.shared_from_this();
        turns::wait(there, *what);
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
    std::shared_ptr<running> begin() const
    {
        auto what = std::allocate_shared<running>(kept_allocator<running>(), number_);
        op_.running_.push_back(what);
        return what;
    }

    action_handler handler() const { return action_handler{op_.shared_from_this(), begin()}; }

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

void flow_op_base::perform_asked(action what)
{
    const auto thrown = thrown_by([&] { perform(0, std::move(what)); });
    if (!thrown)
        return;
    for (const auto& r : running_)
    {
        if (r->number == 0)
            watch_.answered(r->begun, r->where, r->place, failure(*thrown));
    }
    std::erase_if(running_, [](const auto& r) { return r->number == 0; });
    context_.answered.emplace(failure(*thrown));
}

void flow_op_base::send_waiting()
{
    for (;;)
    {
        const auto at = std::find_if(running_.begin(), running_.end(), [](const auto& r) {
            return r->request.has_value();
        });
        if (at == running_.end())
            return;
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the list changes
        const auto what = *at;
        http_request request = *std::exchange(what->request, std::nullopt);
        const auto thrown = thrown_by([&] {
            core_->network().async_send(
                std::move(request), transport::handler(action_handler{shared_from_this(), what})
            );
        });
        if (thrown)
            arrived(*what, failure(*thrown));
    }
}

void flow_op_base::take_turn()
{
    heard([this] {
        send_waiting();
        if (context_.answered || !arrivals_.empty())
            run();
    });
}

void flow_op_base::perform(ticket number, action what)
{
    std::visit(performer(*this, number), what);
}

} // namespace asioauth::detail
