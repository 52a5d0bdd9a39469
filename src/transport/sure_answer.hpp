// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_executor.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace asioauth::detail {

/** The way of an answer back to whoever asked, made before the question: to give it takes no memory.

    Keeps the context of `ex` busy. Destroys the handler if it is never given.
*/
template <class Result, class Handler>
class sure_answer final
    : public home::task
    , public std::enable_shared_from_this<sure_answer<Result, Handler>>
{
public:
    /// @throws std::bad_alloc
    sure_answer(const boost::asio::any_io_executor& ex, Handler&& h)
        : task(&sure_answer::act)
        , home_(std::make_shared<home>(ex, true))
        , handler_(std::in_place, std::move(h))
    {
        home_->begin_work();
    }
    sure_answer(const sure_answer&) = delete;
    sure_answer& operator=(const sure_answer&) = delete;
    ~sure_answer() { home_->end_work(); }

    const Handler& handler() const noexcept { return *handler_; }

    /// Once: call the handler on its executor, not within this call.
    void give(Result r) noexcept
    {
        answer_.emplace(std::move(r));
        self_ = this->shared_from_this();
        for (int tries = 2; tries != 0; --tries)
        {
            try
            {
                return home_->add(this);
            }
            catch (const std::exception&)
            {
                continue; // of an executor that needs memory of its own
            }
        }
        self_.reset();
    }

private:
    static void act(home::task* t, bool run)
    {
        auto* const self = static_cast<sure_answer*>(t);
        auto keep = std::exchange(self->self_, nullptr);
        Handler h = std::move(*self->handler_);
        self->handler_.reset();
        if (!run)
            return;
        Result r = std::move(*self->answer_);
        keep.reset();
        std::move(h)(std::move(r));
    }

    const std::shared_ptr<home> home_;
    std::optional<Handler> handler_;
    std::optional<Result> answer_;
    std::shared_ptr<sure_answer> self_; // while it waits for its turn
};

} // namespace asioauth::detail
