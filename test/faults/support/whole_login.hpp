// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// A whole login with nothing of the library replaced but where names lead: the probe, the metadata
// of the resource and of the server, a registration, a person at a browser, the tokens, and a
// request with them.

#include "faults/support/failing_memory.hpp"
#include "faults/support/other_side.hpp"
#include "faults/support/quiet_system.hpp"
#include "faults/support/standing_clock.hpp"
#include "support/parked.hpp"

#include <asioauth/client.hpp>
#include <asioauth/user_agent.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asioauth::test {

namespace asio = boost::asio;

/// Everything that a client talks to, and the time.
class scenery
{
public:
    explicit scenery(bool tls);
    scenery(const scenery&) = delete;
    scenery& operator=(const scenery&) = delete;
    ~scenery();

    std::string resource() const { return server.base() + "/mcp"; }
    /// Where a browser is sent to by an authorization page.
    std::string callback_for(const url& page, bool agrees = true);

    /** Run a client's context, and everything around it, until something is so.

        Where nobody has anything to do any more the clock goes on, in small steps.
        @return false if that does not help, for longer than any deadline is
    */
    bool run_until(asio::io_context& client, const std::function<bool()>& done);
    /// The same, but the clock stands. @return false if nobody has anything to do any more
    bool settle(asio::io_context& client, const std::function<bool()>& done);
    /// Whether a client's context has nothing more to do; what posts to itself is waited for.
    bool empty(asio::io_context& client);
    /// Drop what is left of connections. @return false if something stays
    bool clear();

    asio::io_context io; ///< of everything but the client
    const bool tls;
    provider server;
    relay between;
    /// Secrets that were seen, and what all others of the provider contain.
    std::vector<std::string> secrets() const;
    std::vector<std::string> states;  ///< of authorization requests
    std::size_t visits = 0;           ///< of browsers that are open
    std::size_t thrown = 0;           ///< exceptions that left a client's context
    bool waited = false;              ///< the clock had to go on
    std::function<void()> after_step; ///< called after each handler that a client's context ran

private:
    std::size_t run_some(asio::io_context& client);

    const quiet_system system_;
    bool quiet_ = false; // nothing can happen before the clock goes on
};

/// The person: is redirected with a code as soon as a page is opened, and looks at what comes then.
class willing_user final : public user_agent
{
public:
    willing_user(asio::any_io_executor ex, scenery& where) : executor_(std::move(ex)), where_(where)
    {}

    void async_open(url where, opened_handler h) override;
    void async_ask_redirect_url(pasted_handler h) override;

private:
    class visit;

    std::list<std::shared_ptr<parked<result<std::string>>>> asked_;
    asio::any_io_executor executor_;
    scenery& where_;
};

/// How operations ended.
class outcome
{
public:
    int begun = 0;        ///< operations
    int calls = 0;        ///< of their handlers
    bool done = false;    ///< the last one
    error_code ec;        ///< of the last one
    diagnostics info;     ///< likewise
    bool hung = false;    ///< it never ended
    bool refused = false; ///< it was not begun, since there was no memory for it
    int status = 0;       ///< of the last response
    std::chrono::steady_clock::time_point began;
    std::chrono::nanoseconds took{0}; ///< the longest, by the steady clock
    asio::cancellation_signal stop;   ///< reaches the one that is under way

    bool going() const noexcept { return !ec && !hung && !refused; }
    /// A login got through to the resource.
    bool good() const noexcept { return going() && status == 200; }
    void end(error_code e);
};

/// One client on a context of its own.
class customer
{
public:
    using changes = std::function<void(client_settings&, customer&)>;

    /// @param with changes the settings, if it is there
    explicit customer(scenery& where, const changes& with = {});
    customer(const customer&) = delete;
    customer& operator=(const customer&) = delete;
    ~customer();

    /** One operation to its end, unless one before it failed.

        @param start is called with diagnostics and a handler `void(error_code, T)`; `void(error_code)`
            for std::monostate
    */
    template <class T, class Start>
    std::optional<T> perform(const std::shared_ptr<outcome>& o, Start start)
    {
        if (!o->going() || !subject)
            return {};
        const auto got = std::make_shared<std::optional<T>>();
        begin(*o);
        try
        {
            const failing_memory::counted these;
            const auto end = [o, got](error_code ec, auto&&... v) {
                const failing_memory::uncounted mine;
                if (!ec)
                    got->emplace(std::forward<decltype(v)>(v)...);
                o->end(ec);
            };
            start(o->info, asio::bind_cancellation_slot(o->stop.slot(), end));
        }
        catch (const std::bad_alloc&)
        {
            o->refused = true;
            --o->begun;
            return {};
        }
        wait_for(*o);
        if (cut_)
        {
            cut_(*this);
            return {};
        }
        return std::move(*got);
    }

    /// Wait for what is under way no longer, do this to the client and its context instead, and begin
    /// nothing more.
    void cut_short(std::function<void(customer&)> how) { cut_ = std::move(how); }

    /// A login.
    void log_in(const std::shared_ptr<outcome>& o, login_params p);
    /// A request with what came of it.
    void use(const std::shared_ptr<outcome>& o);
    /// Both.
    std::shared_ptr<outcome> log_in();

    /// What events said.
    const std::string& told() const noexcept { return told_; }
    /// Forget the client and everything of it. @return false if its context is there and not idle then
    bool leave();
    scenery& where() noexcept { return where_; }

    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>();
    std::optional<client> subject;
    std::optional<session> with;

private:
    static void begin(outcome& o);
    void wait_for(outcome& o);

    scenery& where_;
    std::string told_;
    std::function<void(customer&)> cut_;
};

/// What is wrong with how something ended; empty if nothing is.
std::string fault_of(const scenery& where, const customer& c, const outcome& o);

} // namespace asioauth::test
