// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/op_watch.hpp"

#include "client_core.hpp"

#include <atomic>
#include <new>
#include <utility>
#include <variant>

namespace asioauth::detail {
namespace {

using clock = std::chrono::steady_clock;

// Who listens may listen to several clients.
std::uint64_t next_number() noexcept
{
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

op_watch::~op_watch()
{
    if (running_)
        core_.counts().operations[std::size_t(what_)].running.subtract();
}

void op_watch::begin()
{
    since_ = clock::now();
    running_ = true;
    core_.counts().operations[std::size_t(what_)].running.add();
    if (!core_.is_heard())
        return;
    number_ = next_number();
    tell(event(event::kind::begin, stage::none, ""));
}

void op_watch::end(const error_code& ec)
{
    if (!std::exchange(running_, false))
        return;
    const auto took = clock::now() - since_;
    auto& counts = core_.counts().operations[std::size_t(what_)];
    counts.running.subtract();
    counts.ended[std::size_t(outcome_of(ec))].add();
    counts.time.took(took);
    if (!core_.is_heard())
        return;
    event e(event::kind::end, stage::none, "");
    e.code = ec;
    e.took = took;
    tell(std::move(e));
}

op_watch::mark op_watch::request(const act::send& a)
{
    sent_.add(a.request);
    mark out;
    out.what = mark::kind::request;
    if (core_.is_heard())
    {
        out.span = next_number();
        event e(event::kind::request, a.where, "");
        e.method = a.request.method();
        e.url = a.request.target().without_query();
        e.span = out.span;
        tell(std::move(e));
    }
    out.since = clock::now();
    return out;
}

op_watch::mark op_watch::store() const
{
    mark out;
    out.what = mark::kind::store;
    out.since = clock::now();
    return out;
}

void op_watch::answered(const mark& m, stage where, const url& place, const result<reply>& answer)
{
    if (m.what == mark::kind::nothing)
        return;
    const auto took = clock::now() - m.since;
    if (m.what == mark::kind::store)
    {
        auto& counts = core_.counts().store;
        const bool done = answer || answer.error().code() == errc::store_conflict
            || answer.error().code() == errc::store_guard_refused;
        (done ? counts.done : counts.failed).add();
        counts.time.took(took);
        return;
    }
    int status = 0;
    if (answer)
    {
        if (const auto* response = std::get_if<http_response>(&*answer))
            status = response->status();
    }
    core_.counts().requests[std::size_t(where)].answered(status, took);
    if (!core_.is_heard())
        return;
    try
    {
        tell_answer(m, where, place, answer, took, status);
    }
    catch (const std::bad_alloc&)
    {
        return; // who watches does not stop what is watched
    }
}

void op_watch::tell_answer(
    const mark& m,
    stage where,
    const url& place,
    const result<reply>& answer,
    clock::duration took,
    int status
)
{
    event e(event::kind::response, where, "");
    e.url = place.without_query();
    e.span = m.span;
    e.took = took;
    e.http_status = status;
    if (!answer)
        e.code = answer.error().code();
    tell(std::move(e));
}

void op_watch::dropped(const mark& m, stage where, const url& place)
{
    if (m.what == mark::kind::request)
        answered(m, where, place, failure(operation_aborted()));
}

void op_watch::tell(event e)
{
    e.doing = what_;
    e.operation = number_;
    sent_.hide(e);
    core_.tell(e);
}

failure op_watch::told(const failure& f) const noexcept
{
    try
    {
        return sent_.hidden(f);
    }
    catch (const std::bad_alloc&)
    {
        return failure(f.code());
    }
}

} // namespace asioauth::detail
