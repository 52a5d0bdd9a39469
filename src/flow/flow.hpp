// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// flow<T>: a coroutine that does no I/O. It awaits actions; whoever drives it performs them. The
// driver is `driver` below: production implements it once (flow_op), tests implement it with a
// script.

#include "base/kept_memory.hpp"
#include "flow/action.hpp"
#include "flow/outcome.hpp"

#include <asioauth/secret.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth::detail {

template <class T>
class flow;

/// The action that a suspended flow waits for. It is in the flow's frame until somebody takes it.
class asked_action
{
public:
    asked_action() noexcept = default;
    template <class A>
    explicit asked_action(A& what) noexcept
        : what_(&what)
        , take_([](void* p) { return action(std::move(*static_cast<A*>(p))); })
    {}

    bool empty() const noexcept { return what_ == nullptr; }

    /// Once.
    action taken() { return take_(std::exchange(what_, nullptr)); }

private:
    void* what_ = nullptr;
    action (*take_)(void*) = nullptr;
};

/** The other side of a running tree of flows.

    `ask` is called when the innermost flow wants something and is suspended; the driver answers
    later with flow_context::answer. The other members are answered on the spot.
*/
class driver
{
public:
    driver() = default;
    driver(const driver&) = delete;
    driver& operator=(const driver&) = delete;

    /// Perform one action; the flow waits for it.
    virtual void ask(asked_action what) = 0;
    /// Begin an action that the flow does not wait for yet.
    virtual ticket start(action what) = 0;
    /// The flow waits until one of the started actions is done.
    virtual void next() = 0;
    /// Cancel all started actions and forget their answers.
    virtual void stop() = 0;
    /// From here on (true) the flow must not be abandoned: something was spent that only its end
    /// can save.
    virtual void committing(bool on) = 0;
    /// From here on (true) the user is waited for: the deadline of the flow stands still.
    virtual void waiting_for_user(bool on) = 0;
    /// Tell whoever listens.
    virtual void tell(event e) = 0;
    /// What is told from now on must not repeat this. For whoever tells people.
    virtual void conceal(const secret&) {}
    /// What may be told of a failure.
    virtual failure told(const failure& f) const noexcept { return f; }
    /// Whether anybody listens: otherwise nothing has to be put into words.
    virtual bool is_heard() const noexcept = 0;
    /// Give a turn back (see act::take_turn); nothing happens if it is not held.
    virtual void give_back(const std::string& name) = 0;
    /// Give a lease back (see act::hold_lease); nothing happens if it is not held.
    virtual void release_lease(const record_key& key) = 0;

protected:
    ~driver() = default;
};

/// What all flows of one tree share.
class flow_context
{
public:
    driver* by = nullptr;
    std::coroutine_handle<> suspended; ///< the innermost flow, while it waits
    std::optional<result<reply>> answered;
    ticket which = 0; ///< of what was started: whose answer that is
};

/// Start an action without waiting for it: `ticket t = co_await start(act::open_url(u));`
class start
{
public:
    explicit start(action a) : what(std::move(a)) {}

    action what;
};

/// Wait for the next of the started actions: `arrival a = co_await next_arrival();`
class next_arrival
{
public:
    next_arrival() {} // NOLINT(modernize-use-equals-default): not an aggregate, see action.hpp
};

/// Cancel what was started and has not arrived: `co_await stop_others();`
class stop_others
{
public:
    stop_others() {} // NOLINT(modernize-use-equals-default)
};

/// Law 10. `co_await commit_section(true)` before something is spent, `(false)` after its fruit is
/// safe.
class commit_section
{
public:
    explicit commit_section(bool v) : on(v) {}

    bool on;
};

/// The deadline of an operation is for what machines do. `co_await user_wait(true)` while a person is
/// waited for, which has a limit of its own, `(false)` afterwards.
class user_wait
{
public:
    explicit user_wait(bool v) : on(v) {}

    bool on;
};

/// What was shown to a resource, or came from a browser, must not be told: `co_await conceal(token)`.
/// What goes to authorization servers is concealed without that.
class conceal
{
public:
    explicit conceal(const secret& v) : value(&v) {}

    const secret* value;
};

/// A failure that is put into words before the operation is over must not repeat what was sent:
/// `co_await showable(f)`. What ends an operation is made so without that.
class showable
{
public:
    explicit showable(failure& f) : what(&f) {}

    failure* what;
};

/** Report progress: `co_await tell(event::kind::step, stage::token, "logged in");`

    Refers to what it is given; the event is made of it if somebody listens.
*/
class tell
{
public:
    /// @param about text of others that belongs behind `text`; is made presentable
    tell(event::kind k, stage s, std::string_view text, std::string_view about = {})
        : kind_(k)
        , where_(s)
        , text_(text)
        , about_(about)
    {}
    /// @param place what it is about
    tell(event::kind k, stage s, std::string_view text, const url& place)
        : kind_(k)
        , where_(s)
        , text_(text)
        , place_(&place)
    {}

    event made() const
    {
        event out(kind_, where_, text_);
        if (!about_.empty())
            out.text += presentable(about_);
        if (place_ != nullptr)
            out.url = place_->without_query();
        return out;
    }

private:
    event::kind kind_ = event::kind::note;
    stage where_ = stage::none;
    std::string_view text_;
    std::string_view about_;
    const url* place_ = nullptr;
};

/// The same with an event that is made already.
class tell_event
{
public:
    explicit tell_event(event v) : made(std::move(v)) {}

    event made;
};

/// End a turn: `co_await give_back(name);`
class give_back
{
public:
    explicit give_back(std::string n) : name(std::move(n)) {}

    std::string name;
};

/// End a lease: `co_await release_lease(key);`
class release_lease
{
public:
    explicit release_lease(record_key k) : key(std::move(k)) {}

    record_key key;
};

class promise_base
{
public:
    flow_context* context = nullptr;
    std::coroutine_handle<> parent;
    std::exception_ptr thrown;

    static void* operator new(std::size_t size) { return kept_memory::take(size); }
    static void operator delete(void* p, std::size_t size) noexcept { kept_memory::give(p, size); }

    std::suspend_always initial_suspend() noexcept { return {}; }

    class resume_parent
    {
    public:
        bool await_ready() noexcept { return false; }

        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) noexcept
        {
            if (h.promise().parent)
                return h.promise().parent;
            return std::noop_coroutine();
        }

        void await_resume() noexcept {}
    };

    resume_parent final_suspend() noexcept { return {}; }

    void unhandled_exception() noexcept { thrown = std::current_exception(); }

    // What is awaited lives in the frame until it is over, so that no awaiter has another one of it.

    template <class A>
    class ask_awaiter
    {
    public:
        ask_awaiter(flow_context* c, A& a) noexcept : context_(c), what_(&a) {}

        bool await_ready() noexcept { return false; }

        void await_suspend(std::coroutine_handle<> h)
        {
            context_->suspended = h;
            context_->by->ask(asked_action(*what_));
        }

        result<typename A::answer> await_resume()
        {
            auto& r = *context_->answered;
            result<typename A::answer> out = r
                ? result<typename A::answer>(std::get<typename A::answer>(std::move(*r)))
                : result<typename A::answer>(r.error());
            context_->answered.reset();
            return out;
        }

    private:
        flow_context* context_;
        A* what_;
    };

    template <class A>
        requires requires
        {
            typename A::answer;
        }
    ask_awaiter<A> await_transform(A&& a) noexcept { return ask_awaiter<A>(context, a); }

    class ticket_awaiter
    {
    public:
        explicit ticket_awaiter(ticket t) : ticket_(t) {}
        bool await_ready() noexcept { return true; }
        void await_suspend(std::coroutine_handle<>) noexcept {}
        ticket await_resume() noexcept { return ticket_; }

    private:
        ticket ticket_;
    };

    ticket_awaiter await_transform(start&& s)
    {
        return ticket_awaiter(context->by->start(std::move(s.what)));
    }

    class arrival_awaiter
    {
    public:
        explicit arrival_awaiter(flow_context* c) : context_(c) {}
        bool await_ready() noexcept { return false; }

        void await_suspend(std::coroutine_handle<> h)
        {
            context_->suspended = h;
            context_->by->next();
        }

        arrival await_resume()
        {
            arrival a(context_->which, std::move(*context_->answered));
            context_->answered.reset();
            return a;
        }

    private:
        flow_context* context_;
    };

    arrival_awaiter await_transform(next_arrival) { return arrival_awaiter(context); }

    std::suspend_never await_transform(stop_others)
    {
        context->by->stop();
        return {};
    }

    std::suspend_never await_transform(commit_section s)
    {
        context->by->committing(s.on);
        return {};
    }

    std::suspend_never await_transform(user_wait w)
    {
        context->by->waiting_for_user(w.on);
        return {};
    }

    std::suspend_never await_transform(const tell& t)
    {
        if (context->by->is_heard())
            context->by->tell(t.made());
        return {};
    }

    std::suspend_never await_transform(tell_event&& t)
    {
        if (context->by->is_heard())
            context->by->tell(std::move(t.made));
        return {};
    }

    std::suspend_never await_transform(conceal c)
    {
        context->by->conceal(*c.value);
        return {};
    }

    std::suspend_never await_transform(showable s)
    {
        *s.what = context->by->told(*s.what);
        return {};
    }

    std::suspend_never await_transform(const give_back& g)
    {
        context->by->give_back(g.name);
        return {};
    }

    std::suspend_never await_transform(const release_lease& r)
    {
        context->by->release_lease(r.key);
        return {};
    }

    template <class U>
    class sub_flow_awaiter
    {
    public:
        sub_flow_awaiter(flow<U> sub, flow_context* c) : sub_(std::move(sub)), context_(c) {}

        bool await_ready() noexcept { return false; }

        std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) noexcept
        {
            sub_.handle_.promise().context = context_;
            sub_.handle_.promise().parent = h;
            return sub_.handle_;
        }

        auto await_resume()
        {
            if constexpr (is_beside_frames<U>)
                return std::move(sub_.outcome());
            else
                return sub_.take();
        }

    private:
        flow<U> sub_;
        flow_context* context_;
    };

    template <class U>
    sub_flow_awaiter<U> await_transform(flow<U> sub)
    {
        return sub_flow_awaiter<U>(std::move(sub), context);
    }
};

/** A lazy coroutine with a `result<T>`. Owns its frame: destroying it at any point destroys all of the tree below it. */
template <class T>
class [[nodiscard]] flow
{
public:
    class promise_type : public promise_base
    {
    public:
        flow_outcome<T> value;

        flow get_return_object()
        {
            return flow(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        // Made in place: what flows return is mostly large.
        template <class Returned>
        void return_value(Returned&& r)
        {
            value.emplace(std::forward<Returned>(r));
        }
    };

    flow(flow&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    flow(const flow&) = delete;
    flow& operator=(const flow&) = delete;
    flow& operator=(flow&&) = delete;

    ~flow()
    {
        if (handle_)
            handle_.destroy();
    }

    /// Run until the first action is asked for, or the end. `c` must outlive the flow.
    void begin(flow_context& c)
    {
        handle_.promise().context = &c;
        handle_.resume();
    }

    bool done() const noexcept { return handle_.done(); }

    /// The result, once done, where it is. Rethrows what the coroutine threw.
    flow_outcome<T>& outcome()
    {
        auto& p = handle_.promise();
        if (p.thrown)
            std::rethrow_exception(p.thrown);
        return p.value;
    }

    /// The same where the whole is wanted. Once.
    result<T> take() { return outcome().taken(); }

private:
    friend class promise_base;

    explicit flow(std::coroutine_handle<promise_type> h) : handle_(h) {}

    std::coroutine_handle<promise_type> handle_;
};

} // namespace asioauth::detail
