// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/home_io.hpp"

#include <asioauth/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace asioauth::detail {

/** Looks names up without ever blocking, or being blocked by, the event loop.

    Asio's resolver has one thread for a whole context, cannot give up a lookup, and its context
    waits for that thread. Here each lookup runs on a detached worker that shares its state with the
    resolver: giving up is forgetting, an answer that comes too late is dropped, and nothing ever
    waits for a worker. All members are called, and all handlers run, on the executor.

    Lookups take turns, in the order in which they were asked for. One that takes its time is not
    counted any more after a while, so that name servers that do not answer cannot hold up others. What
    is left is a limit of the system: nothing ends a lookup, so that each of these keeps its worker
    until the system gives up (with the usual resolv.conf 5 to 30 s, for as long as that is told to
    take). While all workers are stuck like that, every other name waits until one is free; names that
    are remembered, and addresses, do not.

    Addresses that were found are remembered for a moment, so that a thousand connections to one host
    are one lookup. Whoever connects still has to look at each address, and says with forget() that
    none of them answers.
*/
class ASIOAUTH_DECL resolver : public std::enable_shared_from_this<resolver>
{
public:
    using addresses = std::vector<boost::asio::ip::address>;
    /// Fills in the addresses of a host; called on a worker thread.
    using lookup = std::function<error_code(const std::string& host, addresses& found)>;
    using handler = std::function<void(error_code, const addresses&)>;
    using ticket = std::uint64_t;
    using clock = std::chrono::steady_clock;

    /// Lookups under way that somebody waits for, and that are not slow.
    static constexpr std::size_t max_wanted = 8;
    /// Workers in all, those included that are slow, or whose answer nobody waits for any more. Of one
    /// user of a hub, who can have eight URLs looked at, about 24 are stuck at a time: those of three
    /// rounds of 10 s. A thread that waits costs some 20 KiB.
    static constexpr std::size_t max_workers = 64;
    static constexpr std::size_t max_workers_per_host = 2;
    /// Addresses of one answer that are kept.
    static constexpr std::size_t max_addresses = 32;
    /// Hosts that are remembered.
    static constexpr std::size_t max_remembered = 1024;

    /// @param remembered how long addresses are; zero: not at all
    /// @param counted how long a lookup is, before it is a slow one
    resolver(
        const boost::asio::any_io_executor& ex,
        lookup f,
        clock::duration remembered = clock::duration::zero(),
        clock::duration counted = std::chrono::seconds(1)
    );
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;
    ~resolver();

    /// Start looking a host up. The handler is called later, unless the ticket is given up before.
    /// It does not keep the executor's context running; the caller's deadline does.
    ticket start(const std::string& host, handler h);
    void abandon(ticket t);
    /// Ask anew the next time.
    void forget(const std::string& host) noexcept { known_.erase(host); }
    /// Give everything up.
    void close();

    /// getaddrinfo for both families.
    static error_code system_lookup(const std::string& host, addresses& found);

    class shared;

private:
    class known_host
    {
    public:
        addresses found;
        clock::time_point until;
    };

    void deliver();
    void watch() noexcept;
    bool recall(const std::string& host, ticket t);
    void remember(const std::string& host, const addresses& found);

    const home_executor ex_;
    std::shared_ptr<shared> shared_;
    const clock::duration remembered_;
    const clock::duration counted_;
    home_timer timer_;
    bool watching_ = false;
    std::unordered_map<ticket, handler> waiting_;
    std::unordered_map<std::string, known_host> known_;
    ticket last_ = 0;
};

} // namespace asioauth::detail
