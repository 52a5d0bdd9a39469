// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "commands.hpp"
#include "workplace.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <exception>
#include <utility>

namespace asioauth::tool {
namespace {

namespace asio = boost::asio;

// After the result: how long the browser may take to fetch the last page; after an interruption, a
// request that has spent a code or a token already; and the look at what came of it.
constexpr std::chrono::seconds last_page(3);
constexpr std::chrono::seconds last_request(20);
constexpr std::chrono::seconds last_look(2);
constexpr std::chrono::milliseconds same_interruption(500);

/// A host, perhaps with port and path, as opposed to something with a scheme, even a mistyped one.
bool is_host(std::string_view text)
{
    const auto colon = text.find(':');
    return colon == std::string_view::npos || text.substr(0, 1) == "["
        || (colon + 1 < text.size() && text[colon + 1] >= '0' && text[colon + 1] <= '9');
}

command_run perform(command what, workplace& at)
{
    switch (what)
    {
    case command::discover: return discover(at);
    case command::register_client: return register_client(at);
    case command::login: return login(at);
    case command::token: return token(at);
    case command::refresh: return refresh(at);
    case command::request: return request(at);
    case command::tools: return tools(at);
    case command::list: return list(at);
    case command::show: return show(at);
    case command::logout: return logout(at, false);
    case command::revoke: return logout(at, true);
#ifdef ASIOAUTH_TOOL_HAS_HUB
    case command::serve: return serve(at);
#else
    case command::serve:
#endif
    case command::completion:
    case command::version:
    case command::manual:
    case command::doctor: break;
    }
    return doctor(at);
}

bool changes_logins(command what)
{
    return what == command::login || what == command::request || what == command::tools
        || what == command::token || what == command::refresh || what == command::register_client;
}

/// The others read what is kept, or end it: where nothing is, nothing is made.
bool may_make_store(command what)
{
    return what == command::login || what == command::request || what == command::tools
        || what == command::register_client || what == command::serve;
}

/// The others look at what is kept, or at the environment itself.
bool needs_proxy(command what)
{
    return what != command::list && what != command::show && what != command::doctor;
}

/// What has been stored since the command began, whatever was interrupted: a record's generation
/// is the time at which it was written.
asio::awaitable<std::string> what_was_stored(std::shared_ptr<store> kept, generation begun)
{
    bool client_stored = false;
    const record_filter all;
    const auto found = co_await records(kept, all);
    if (!found)
        co_return "whether a login was stored is not known: `asioauth list` says.";
    for (const auto& one : *found)
    {
        if (one.stored.at < begun)
            continue;
        if (one.key.kind == record_kind::grant)
            co_return "the login had gone through by then, and was stored.";
        client_stored = client_stored || one.key.kind == record_kind::registration;
    }
    if (client_stored)
        co_return "no login was stored, but the registration was. Run the command again to log in "
                  "with it.";
    co_return "no login was stored. Run the command again to log in.";
}

std::string look_what_was_stored(workplace& at, command what, generation begun)
{
    if (!changes_logins(what))
        return {};
    if (!at.kept)
        return "nothing was stored.";
    std::string out = "whether a login was stored is not known.";
    at.io.restart();
    asio::co_spawn(
        at.io,
        what_was_stored(at.kept, begun),
        [&out](const std::exception_ptr& e, std::string said) {
            if (!e)
                out = std::move(said);
        }
    );
    at.io.run_for(last_look);
    return out;
}

/// The first signal cancels, and another one ends the program the hard way. One that follows at once
/// is the same one again: a terminal and a program in between may both hand it on.
class interruption
{
public:
    explicit interruption(asio::io_context& io) : signals_(io, SIGINT, SIGTERM) { wait(); }

    asio::cancellation_slot slot() noexcept { return cancel_.slot(); }
    bool came() const noexcept { return first_.has_value(); }
    /// Signals are still caught, but nothing waits for them.
    void stop_waiting() { signals_.cancel(ignored_); }
    /// They do again what they do by default.
    void give_back() { signals_.clear(ignored_); }

private:
    void wait()
    {
        signals_.async_wait([this](const error_code& ec, int number) {
            if (!ec)
                take(number);
        });
    }

    void take(int number)
    {
        const auto now = std::chrono::steady_clock::now();
        if (first_ && now - *first_ > same_interruption)
        {
            give_back();
            std::raise(number);
            return;
        }
        const bool again = first_.has_value();
        if (!again)
            first_ = now;
        wait();
        if (!again)
            cancel_.emit(asio::cancellation_type::terminal);
    }

    asio::signal_set signals_;
    asio::cancellation_signal cancel_;
    std::optional<std::chrono::steady_clock::time_point> first_;
    error_code ignored_;
};

} // namespace

int run(command what, options given)
{
    given.scheme_was_added = !given.url.empty() && is_host(given.url);
    if (given.scheme_was_added)
        given.url.insert(0, "https://");
    if (const auto right = check(given); !right)
        return report_usage(given.json, right.error().info().message());

    asio::io_context io(1);
    workplace at(io, std::move(given));
    const auto begun = next_generation(0, std::chrono::system_clock::now());
    if (const auto ready = set_up(at, may_make_store(what) && !at.given.remove); !ready)
        return report_usage(at.given.json, ready.error().info().message());
    if (!at.proxy && needs_proxy(what))
        return report_usage(at.given.json, at.proxy.error().info().message());

    outcome how;
    std::exception_ptr unexpected;
    interruption signals(io);
    const auto done = [&](std::exception_ptr e, outcome o) {
        unexpected = std::move(e);
        how = std::move(o);
        io.stop();
    };
    asio::co_spawn(io, perform(what, at), asio::bind_cancellation_slot(signals.slot(), done));
    io.run();

    // The browser still gets its last page, unless it takes its time.
    signals.stop_waiting();
    at.client.reset();
    at.second.reset();
    io.restart();
    if (signals.came())
        io.run_for(same_interruption);
    // What is soon over can still be hit by the same interruption, and need not be interruptible.
    if (!io.stopped())
    {
        signals.give_back();
        io.run_for(signals.came() ? last_request : last_page);
    }

    if (signals.came() && (how.code || unexpected))
        return report_interruption(at.given.json, look_what_was_stored(at, what, begun));
    if (unexpected)
        std::rethrow_exception(unexpected);
    if (!output_arrived() && !how.code)
        return report_usage(at.given.json, "The output could not be written.");
    if (how.code)
        return report(at.given, how);
    // The result is good all the same, but the next command will lack it.
    if (const auto lost = what_was_not_stored(at); lost && !at.given.verbose)
        print_note("The new tokens could not be kept: " + lost.message());
    return 0;
}

} // namespace asioauth::tool
