// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

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

    /// Lookups under way that somebody waits for.
    static constexpr std::size_t max_wanted = 8;
    /// Workers in all, those included whose answer nobody waits for any more.
    static constexpr std::size_t max_workers = 32;
    static constexpr std::size_t max_workers_per_host = 2;
    /// Addresses of one answer that are kept.
    static constexpr std::size_t max_addresses = 32;
    /// Hosts that are remembered.
    static constexpr std::size_t max_remembered = 1024;

    /// @param remembered how long addresses are; zero: not at all
    resolver(
        boost::asio::any_io_executor ex,
        lookup f,
        std::chrono::steady_clock::duration remembered = std::chrono::steady_clock::duration::zero()
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
        std::chrono::steady_clock::time_point until;
    };

    void deliver();
    bool recall(const std::string& host, ticket t);
    void remember(const std::string& host, const addresses& found);

    boost::asio::any_io_executor ex_;
    std::shared_ptr<shared> shared_;
    const std::chrono::steady_clock::duration remembered_;
    std::unordered_map<ticket, handler> waiting_;
    std::unordered_map<std::string, known_host> known_;
    ticket last_ = 0;
};

} // namespace asioauth::detail
