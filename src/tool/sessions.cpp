// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "environment.hpp"
#include "terminal_agent.hpp"
#include "workplace.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <unistd.h>

#include <algorithm>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

bool offers_device_login(const discovery& found)
{
    const auto& types = found.server.grant_types_supported;
    const auto wanted = token_grant::device_code({}).grant_type();
    return !found.server.device_authorization_endpoint.empty()
        && (!types || std::find(types->begin(), types->end(), wanted) != types->end());
}

/** A login through a browser and one on another device, side by side: who arrives first has won,
    and the other one is cancelled. Both would be kept at the same place.
*/
class race
{
public:
    explicit race(asio::io_context& io) : over_(io)
    {
        over_.expires_at(asio::steady_timer::time_point::max());
    }

    class runner
    {
    public:
        asio::cancellation_signal stop;
        diagnostics info;
        error_code how;
        session got;
        bool running = false;
    };

    void start(runner& one, client& with, const login_params& params)
    {
        one.running = true;
        ++running_;
        auto finished = [this, &one](const error_code& ec, session got) {
            one.running = false;
            one.how = ec;
            one.got = std::move(got);
            // The user's no is a no to both; what else goes wrong leaves the other its chance.
            if (!ec || ec == condition::cancelled)
                stop();
            if (--running_ == 0)
                over_.cancel();
        };
        with.async_login(
            params, one.info, asio::bind_cancellation_slot(one.stop.slot(), std::move(finished))
        );
    }

    void stop()
    {
        for (auto* one : {&browser, &device})
        {
            if (one->running)
                one->stop.emit(asio::cancellation_type::terminal);
        }
    }

    /// Until both have ended. An interruption ends both.
    asio::awaitable<void> wait()
    {
        co_await asio::this_coro::throw_if_cancelled(false);
        while (running_ != 0)
        {
            co_await over_.async_wait(as_tuple);
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() == asio::cancellation_type::none || running_ == 0)
                continue;
            stop();
            co_await asio::this_coro::reset_cancellation_state();
        }
    }

    runner browser;
    runner device;

private:
    asio::steady_timer over_;
    int running_ = 0;
};

token_grant device_grant(const options& given)
{
    return token_grant::device_code([qr = given.qr](const device_prompt& prompt) {
        show_device_prompt(prompt, qr);
    });
}

result<session> finished(const error_code& ec, const diagnostics& info, session got)
{
    if (ec)
        return failure(ec, info);
    return got;
}

asio::awaitable<result<session>> log_in_either_way(workplace& at, login_params params)
{
    params.force(true);
    login_params elsewhere = params;
    elsewhere.grant(device_grant(at.given));
    // Its steps are the same ones again: they are told once.
    client_settings silent = at.settings;
    if (!at.given.verbose)
        silent.on_event([&at](const event& e) { at.events.push_back(e); });
    at.second = std::make_unique<client>(at.io.get_executor(), silent);
    race both(at.io);
    both.start(both.browser, *at.client, params);
    both.start(both.device, *at.second, elsewhere);
    co_await both.wait();
    if (both.device.got)
    {
        at.steps.tell(event(event::kind::step, stage::token, "logged in on the other device"));
        co_return both.device.got;
    }
    if (both.browser.how == condition::cancelled && both.device.how
        && both.device.how != condition::cancelled)
        co_return finished(both.browser.how, both.browser.info, both.browser.got);
    const bool denied_elsewhere =
        both.device.how == errc::access_denied && both.browser.how == operation_aborted();
    if (denied_elsewhere)
        co_return finished(both.device.how, both.device.info, both.device.got);
    co_return finished(both.browser.how, both.browser.info, both.browser.got);
}

asio::awaitable<result<session>> log_in(workplace& at, login_params params)
{
    diagnostics info;
    auto [ec, got] = co_await at.client->async_login(params, info, as_tuple);
    co_return finished(ec, info, got);
}

asio::awaitable<result<session>> log_in_with_user(workplace& at, login_params params)
{
    if (at.given.device)
    {
        params.grant(device_grant(at.given)).force(true);
        co_return co_await log_in(at, params);
    }
    if (has_browser(at.given))
        co_return co_await log_in(at, params);
    diagnostics info;
    auto [ec, found] =
        co_await at.client->async_discover(discover_params_for(at.given), info, as_tuple);
    // What is wrong is better said by the login itself, which asks again.
    if (ec || !offers_device_login(found))
        co_return co_await log_in(at, params);
    co_return co_await log_in_either_way(at, params);
}

} // namespace

error_code what_was_not_stored(const workplace& at)
{
    error_code out;
    for (const auto& e : at.events)
    {
        if (e.what == event::kind::note && e.where == stage::store && e.code)
            out = e.code;
    }
    return out;
}

bool may_ask_user(const options& given)
{
    return given.way_was_typed || ::isatty(STDIN_FILENO) == 1 || ::isatty(STDERR_FILENO) == 1;
}

bool may_log_in(const options& given)
{
    return may_ask_user(given) || given.no_browser || given.paste || given.device
        || !given.browser.empty() || is_set("BROWSER");
}

asio::awaitable<result<session>> open_session(workplace& at, bool interactive)
{
    const login_params params = login_params_for(at.given);
    // A browser that can be opened needs no look ahead.
    const bool browser = interactive && !at.given.device && has_browser(at.given);
    if (!browser && (!params.force() || !interactive))
    {
        login_params kept = params;
        kept.silent(true).force(false);
        auto known = co_await log_in(at, kept);
        if (!known && known.error().code() != errc::login_required)
            co_return known;
        // What was opened silently would never ask for more scopes.
        if (known && (interactive || at.may_step_up))
            co_return co_await log_in(at, params);
        if (known)
            co_return known;
    }
    if (interactive)
        co_return co_await log_in_with_user(at, params);
    // There may be nothing to log in to.
    diagnostics info;
    auto [ec, found] =
        co_await at.client->async_discover(discover_params_for(at.given), info, as_tuple);
    if (!ec && found.login == login_support::none)
        co_return co_await log_in(at, params);
    failure needed(errc::login_required);
    if (const auto asked = url::parse(at.given.url))
        needed.url(asked->without_query());
    const std::string others = co_await other_accounts(at);
    if (!others.empty())
        needed.message(others);
    else if (!at.given.scope.empty())
        needed.message("No login that is kept has these scopes.");
    co_return needed;
}

} // namespace asioauth::tool
