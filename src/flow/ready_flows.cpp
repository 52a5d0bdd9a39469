// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/ready_flows.hpp"

#include "transport/kept_post.hpp"

#include <utility>

namespace asioauth::detail {
namespace {

constexpr std::size_t sending = static_cast<std::size_t>(stage::none);
// So many flows go on at once: then others of the context have their turn.
constexpr std::size_t enough = 32;

} // namespace

void ready_flows::queue::push(std::shared_ptr<member> m) noexcept
{
    member* const back = m.get();
    (last_ != nullptr ? last_->next_ : first_) = std::move(m);
    last_ = back;
}

std::shared_ptr<ready_flows::member> ready_flows::queue::pop() noexcept
{
    auto m = std::exchange(first_, nullptr);
    if (m)
        first_ = std::move(m->next_);
    if (!first_)
        last_ = nullptr;
    return m;
}

/// On its way through the context. If the context drops it, those that wait go with it.
class ready_flows::call
{
public:
    explicit call(std::shared_ptr<ready_flows> all) noexcept : all_(std::move(all)) {}
    call(call&&) noexcept = default;
    call(const call&) = delete;
    call& operator=(const call&) = delete;
    ~call()
    {
        if (all_)
            all_->turn_is_lost();
    }

    void operator()()
    {
        const auto all = std::exchange(all_, nullptr);
        all->turn_came();
    }

private:
    std::shared_ptr<ready_flows> all_;
};

ready_flows::ready_flows(home_executor home) noexcept : home_(std::move(home)) {}

ready_flows::~ready_flows()
{
    drop();
}

bool ready_flows::add(const std::shared_ptr<member>& m, stage where) noexcept
{
    if (m->waits_)
        return true;
    if (!asked_ && !ask_for_turn())
        return false;
    m->waits_ = true;
    queues_[static_cast<std::size_t>(where)].push(m);
    return true;
}

void ready_flows::abandon() noexcept
{
    drop();
    home_ = home_executor();
}

// By way of the context, not of those who wait at home: what has come by now goes first.
bool ready_flows::ask_for_turn() noexcept
{
    if (!home_)
        return false;
    asked_ = asking_ = true;
    try
    {
        post_kept(home_.inner(), call(shared_from_this()));
    }
    catch (...)
    {
        asked_ = false; // there is no memory, or no executor any more
    }
    asking_ = false;
    return asked_;
}

// Nobody has taken it, or the context has dropped it.
void ready_flows::turn_is_lost() noexcept
{
    asked_ = false;
    if (!asking_)
        drop();
}

// No memory is needed from here on: who waits has no other way to go on.
void ready_flows::turn_came()
{
    const home_executor there = home_;
    if (!there)
        return;
    if (there.call_now([this] { go_on(); }))
        return;
    turn_.all = shared_from_this();
    try
    {
        there.post(turn_);
    }
    catch (...)
    {
        turn_.all = nullptr; // it does not wait
        asked_ = false;
        throw;
    }
}

void ready_flows::turn::act(home::task* t, bool run)
{
    const auto all = std::exchange(static_cast<turn*>(t)->all, nullptr);
    if (run)
        all->go_on();
    else
        all->turn_is_lost();
}

void ready_flows::go_on()
{
    asked_ = false;
    try
    {
        do
            take_turns();
        while (!empty() && !asked_ && !ask_for_turn());
    }
    catch (...)
    {
        if (!empty() && !asked_)
            ask_for_turn();
        throw;
    }
}

// Those at the next place where somebody is: while they go on, others join those who wait elsewhere.
void ready_flows::take_turns()
{
    send_all();
    for (std::size_t n = 0; n != places; ++n)
    {
        place_ = (place_ + 1) % places;
        if (!queues_[place_].empty())
            break;
    }
    for (std::size_t n = 0; n != enough; ++n)
    {
        const auto m = queues_[place_].pop();
        if (!m)
            break;
        m->waits_ = false;
        m->take_turn();
    }
    send_all();
}

void ready_flows::send_all()
{
    while (const auto m = queues_[sending].pop())
    {
        m->waits_ = false;
        m->take_turn();
    }
}

bool ready_flows::empty() const noexcept
{
    for (const auto& q : queues_)
    {
        if (!q.empty())
            return false;
    }
    return true;
}

void ready_flows::drop() noexcept
{
    for (auto& q : queues_)
    {
        while (const auto m = q.pop())
            m->waits_ = false;
    }
}

} // namespace asioauth::detail
