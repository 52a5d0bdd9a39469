// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What a flow can ask for, and what it gets back. Values only: a flow and a script agree on these
// and on nothing else.

#include <asioauth/event.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/protocol/jose.hpp>
#include <asioauth/protocol/pkce.hpp>
#include <asioauth/record.hpp>
#include <asioauth/record_filter.hpp>
#include <asioauth/redirect.hpp>

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asioauth::detail {

/// Both clocks at one instant: wall clock for what is stored, steady for what is waited for.
class moment
{
public:
    moment() = default;
    moment(std::chrono::system_clock::time_point w, std::chrono::steady_clock::time_point s)
        : wall(w)
        , steady(s)
    {}

    std::chrono::system_clock::time_point wall;
    std::chrono::steady_clock::time_point steady;
};

/// The answer of an action that has none.
class nothing
{};

/// The answer to a request for a lease.
class lease_answer
{
public:
    lease_answer() = default;

    bool acquired = false;
    std::chrono::milliseconds remaining{0}; ///< how long it lasts, whoever has it
};

using reply = std::variant<
    nothing,
    http_response,
    std::string,
    redirect,
    moment,
    random_octets,
    signing_key,
    stored_record,
    generation,
    lease_answer,
    std::vector<listed_record>>;

namespace act {

// Every action has a user-written constructor: g++ 12.2 mishandles aggregate temporaries inside a
// co_await expression.

class send
{
public:
    using answer = http_response;
    send(stage s, http_request r) : where(s), request(std::move(r)) {}

    stage where;
    http_request request;
};

class reserve
{
public:
    using answer = std::string; // the redirect URI
    explicit reserve(redirect_target t) : target(std::move(t)) {}

    redirect_target target;
};

class wait_redirect
{
public:
    using answer = redirect;
    wait_redirect(std::string u, std::string s) : redirect_uri(std::move(u)), state(std::move(s)) {}

    std::string redirect_uri;
    std::string state;
};

class open_url
{
public:
    using answer = nothing;
    explicit open_url(url u) : where(std::move(u)) {}

    url where;
};

class ask_user
{
public:
    using answer = std::string; // the pasted redirect URL
    ask_user() {}               // NOLINT(modernize-use-equals-default): not an aggregate, see above
};

class wait_until
{
public:
    using answer = nothing;
    explicit wait_until(std::chrono::steady_clock::time_point t) : when(t) {}

    std::chrono::steady_clock::time_point when;
};

class now
{
public:
    using answer = moment;
    now() {} // NOLINT(modernize-use-equals-default)
};

class random
{
public:
    using answer = random_octets;
    random() {} // NOLINT(modernize-use-equals-default)
};

class new_key
{
public:
    using answer = signing_key;
    explicit new_key(jws_algorithm a) : algorithm(a) {}

    /// RSA: a second at worst. Servers have a say in it.
    bool takes_long() const noexcept
    {
        return name_of(algorithm).starts_with("RS") || name_of(algorithm).starts_with("PS");
    }

    jws_algorithm algorithm;
};

class load
{
public:
    using answer = stored_record;
    explicit load(record_key k) : key(std::move(k)) {}

    record_key key;
};

class commit
{
public:
    using answer = generation;
    commit(record_key k, generation g, std::optional<record> v)
        : key(std::move(k))
        , expected(g)
        , value(std::move(v))
    {}

    record_key key;
    generation expected;
    std::optional<record> value;
};

/// Read and delete in one step; see store::async_take.
class take
{
public:
    using answer = stored_record;
    take(record_key k, std::string i, std::string b)
        : key(std::move(k))
        , issuer(std::move(i))
        , binding(std::move(b))
    {}

    record_key key;
    std::string issuer;
    std::string binding;
};

/// The records that a filter lets through; see store::async_list.
class list_records
{
public:
    using answer = std::vector<listed_record>;
    explicit list_records(record_filter f) : filter(std::move(f)) {}

    record_filter filter;
};

/// Get the lease of a record, if nobody has it. Whoever drives the flow keeps it alive until the
/// flow gives it back (`release_lease`) or ends. Other processes see it; see take_turn for those of
/// this one.
class hold_lease
{
public:
    using answer = lease_answer;
    hold_lease(record_key k, std::chrono::milliseconds t) : key(std::move(k)), ttl(t) {}

    record_key key;
    std::chrono::milliseconds ttl; ///< for how long after this process has died nobody gets it
};

/// Wait for one of `permits` places under a name that all flows of a client share. The flow holds
/// it until it gives it back (`give_back`) or ends.
class take_turn
{
public:
    using answer = nothing;
    explicit take_turn(std::string n, int p = 1) : name(std::move(n)), permits(p) {}

    std::string name; ///< may be of secrets' keys, never of secrets; is not printed
    int permits;
    /// More do not wait: errc::too_many_requests_queued.
    std::size_t most_waiting = static_cast<std::size_t>(-1);
};

} // namespace act

using action = std::variant<
    std::monostate,
    act::send,
    act::reserve,
    act::wait_redirect,
    act::open_url,
    act::ask_user,
    act::wait_until,
    act::now,
    act::random,
    act::new_key,
    act::load,
    act::commit,
    act::take,
    act::list_records,
    act::hold_lease,
    act::take_turn>;

/// One line that names the action and its public parts; never a secret.
std::ostream& operator<<(std::ostream& os, const action& a);

/// Which of the actions started with `start` an arrival belongs to.
using ticket = int;

/// One of several started actions is done.
class arrival
{
public:
    arrival(ticket t, result<reply> a) : which(t), answer(std::move(a)) {}

    ticket which;
    result<reply> answer;
};

} // namespace asioauth::detail
