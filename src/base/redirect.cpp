// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/redirect.hpp>
#include <asioauth/secret.hpp>

namespace asioauth {

namespace {

void answer_unfinished(std::function<void(const login_outcome&)>& reply) noexcept
{
    const auto call = std::exchange(reply, nullptr);
    if (!call)
    {
        return;
    }
    try
    {
        call(login_outcome(operation_aborted()));
    }
    catch (...)
    {
        // Nobody is left who could be told.
    }
}

} // namespace

redirect& redirect::operator=(redirect&& other) noexcept
{
    if (this != &other)
    {
        answer_unfinished(reply_);
        wipe(url_); // it holds the code
        url_ = std::move(other.url_);
        reply_ = std::exchange(other.reply_, nullptr);
    }
    return *this;
}

redirect::~redirect()
{
    answer_unfinished(reply_);
    wipe(url_);
}

void redirect::reply(const login_outcome& outcome)
{
    // Taken out first: the function may destroy this object.
    if (const auto call = std::exchange(reply_, nullptr))
    {
        call(outcome);
    }
}

} // namespace asioauth
