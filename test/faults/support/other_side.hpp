// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The other side of a login, in this process and on one thread: a provider, and a relay in front
// of it that counts octets and breaks a connection at a chosen one.

#include "support/certificates.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth {
class signing_key;
}

namespace asioauth::test {

/// What happens to a connection.
enum class fault
{
    none,
    reset,  ///< both sides of it, at once
    finish, ///< no more octets in that direction, properly
    stall,  ///< no more octets in that direction, and nothing says so
};

const char* name_of(fault f) noexcept;

enum class direction
{
    to_server,
    to_client,
};

const char* name_of(direction d) noexcept;

/// Where what happens: once, as soon as so many octets have passed in a direction, over all
/// connections.
class fault_plan
{
public:
    fault_plan() = default;
    fault_plan(fault f, direction d, std::size_t a) : what(f), where(d), at(a) {}

    fault what = fault::none;
    direction where = direction::to_server;
    std::size_t at = 0;
};

class relay
{
public:
    using tcp = boost::asio::ip::tcp;

    relay(boost::asio::io_context& io, tcp::endpoint behind);
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;
    ~relay();

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// From now on, counted anew.
    void plan(const fault_plan& p);
    std::size_t passed(direction d) const noexcept { return passed_[d == direction::to_client]; }
    bool has_struck() const noexcept { return struck_; }
    /// What it struck with and is still there.
    bool stalls() const noexcept { return struck_ && plan_.what == fault::stall; }
    std::chrono::steady_clock::time_point struck_at() const noexcept { return struck_at_; }
    /// Drop every connection.
    void drop_all();

private:
    class link;

    void accept();
    std::size_t let_through(direction d, std::size_t wanted) noexcept;
    bool is_due(direction d) const noexcept;
    void strike() noexcept;

    boost::asio::io_context& io_;
    tcp::acceptor acceptor_;
    const tcp::endpoint behind_;
    std::list<std::weak_ptr<link>> links_;
    fault_plan plan_;
    std::size_t passed_[2] = {0, 0};
    bool struck_ = false;
    std::chrono::steady_clock::time_point struck_at_;
};

/** Authorization server and resource in one. What it gives out contains `CANARY`; what it gets that
    is secret can be asked for.
*/
class provider
{
public:
    using tcp = boost::asio::ip::tcp;

    /// @param who plain if it is null
    provider(boost::asio::io_context& io, const testing::identity* who);
    provider(const provider&) = delete;
    provider& operator=(const provider&) = delete;
    ~provider();

    tcp::endpoint where() const { return acceptor_.local_endpoint(); }
    /// Under which URL it is known.
    void base(std::string v) { base_ = std::move(v); }
    const std::string& base() const noexcept { return base_; }
    std::size_t sessions() const noexcept { return sessions_; }
    /// That were given out.
    std::size_t tokens() const noexcept { return tokens_; }
    void drop_all();
    /// Secrets of clients that it has seen: verifiers.
    std::vector<std::string> seen;
    /// The last request that was pushed, as a form.
    const std::string& pushed() const noexcept { return pushed_; }
    int refusals = 0;      ///< of the next requests with a token
    int scarcities = 0;    ///< likewise, for which the token has not the scopes
    int pending = 0;       ///< how often somebody at another device is not done yet
    bool says_who = false; ///< with an ID token beside the tokens

private:
    template <class Stream>
    class session;
    class closer;

    void accept();
    std::string answer(const std::string& request);
    std::string metadata() const;
    std::string answer_of_resource(const std::string& request);
    std::string answer_with_tokens(const std::string& request, const std::string& body);
    static std::string answer_with_icon();
    static const signing_key& own_key();
    std::string id_token() const;

    boost::asio::io_context& io_;
    std::optional<boost::asio::ssl::context> tls_;
    tcp::acceptor acceptor_;
    std::string base_;
    std::size_t sessions_ = 0;
    std::list<std::weak_ptr<closer>> open_;
    std::size_t tokens_ = 0;
    std::string registered_;
    std::string pushed_;
};

} // namespace asioauth::test
