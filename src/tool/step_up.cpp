// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "step_up.hpp"

#include <boost/asio/steady_timer.hpp>

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <string>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

bool has_input()
{
    pollfd input = {};
    input.fd = STDIN_FILENO;
    input.events = POLLIN;
    return ::poll(&input, 1, 0) > 0;
}

/// A line of the terminal. Looked for now and then instead of waited for: non-blocking mode would
/// be that of the shell as well, and a read that waits hears of no interruption.
asio::awaitable<result<std::string>> answer_on_terminal(workplace& at)
{
    constexpr std::chrono::milliseconds now_and_then(50);
    constexpr std::size_t longest = 4096;
    asio::steady_timer timer(at.io);
    while (!has_input())
    {
        timer.expires_after(now_and_then);
        auto [ec] = co_await timer.async_wait(as_tuple);
        if (ec)
            co_return failure(ec);
    }
    std::string line;
    char c = 0;
    while (line.size() < longest && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
        line += c;
    co_return line;
}

} // namespace

bool may_step_up(const options& given)
{
    return given.step_up == "always" && (given.step_up_was_typed || may_ask_user(given));
}

bool asks_for_step_up(const workplace& at, const error_code& refused)
{
    if (refused != errc::step_up_refused || at.may_step_up || !at.stepping_up)
        return false;
    if (!at.given.step_up.empty() && at.given.step_up != "ask")
        return false;
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

asio::awaitable<outcome> ask_for_step_up(workplace& at, session& with)
{
    // The request was refused already, so nothing waits for the answer.
    std::cerr << "The server wants more scopes for this request: "
              << presentable(at.stepping_up->challenged_scope) << "\nLog in again for them? [y/N] "
              << std::flush;
    const auto answer = co_await answer_on_terminal(at);
    if (!answer)
        co_return outcome(answer.error());
    if (*answer != "y" && *answer != "Y" && *answer != "yes")
    {
        failure no(errc::step_up_refused);
        no.where(stage::resource).url(with.requested().without_query());
        no.message("Your answer was no, so the request was not sent again.");
        no.hint("Run the command again and answer y to log in for more scopes.");
        outcome out(no);
        out.status = cancelled_or_denied;
        co_return out;
    }
    at.may_step_up = true;
    at.given.force = false;
    auto again = co_await open_session(at, true);
    if (!again)
        co_return outcome(again.error());
    with = *again;
    co_return outcome();
}

} // namespace asioauth::tool
