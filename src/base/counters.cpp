// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/counters.hpp"

#include <asioauth/operation.hpp>

#include <ostream>

namespace asioauth {

std::string_view name_of(operation_kind k) noexcept
{
    switch (k)
    {
    case operation_kind::discover: return "discover";
    case operation_kind::register_client: return "register";
    case operation_kind::authorize: return "authorize";
    case operation_kind::exchange: return "exchange";
    case operation_kind::login: return "login";
    case operation_kind::send: return "send";
    case operation_kind::token: return "token";
    case operation_kind::logout: return "logout";
    case operation_kind::request_token: return "request_token";
    case operation_kind::refresh: return "refresh";
    case operation_kind::revoke: return "revoke";
    case operation_kind::introspect: return "introspect";
    case operation_kind::check_id_token: return "check_id_token";
    case operation_kind::manage_registration: return "manage_registration";
    case operation_kind::begin_login: return "begin_login";
    case operation_kind::complete_login: return "complete_login";
    case operation_kind::describe: return "describe";
    case operation_kind::hub: return "hub";
    case operation_kind::other: break;
    }
    return "other";
}

std::ostream& operator<<(std::ostream& os, operation_kind k)
{
    return os << name_of(k);
}

operation_outcome outcome_of(const error_code& ec) noexcept
{
    if (!ec)
        return operation_outcome::done;
    if (ec == condition::cancelled)
        return operation_outcome::cancelled;
    if (ec == condition::login_required)
        return operation_outcome::login_required;
    if (ec == condition::unreachable)
        return operation_outcome::unreachable;
    if (ec == condition::refused)
        return operation_outcome::refused;
    if (ec == condition::untrusted)
        return operation_outcome::untrusted;
    if (ec == condition::storage)
        return operation_outcome::storage;
    if (ec == condition::usage)
        return operation_outcome::usage;
    return operation_outcome::other;
}

std::string_view name_of(operation_outcome o) noexcept
{
    switch (o)
    {
    case operation_outcome::done: return "done";
    case operation_outcome::login_required: return "login_required";
    case operation_outcome::cancelled: return "cancelled";
    case operation_outcome::unreachable: return "unreachable";
    case operation_outcome::refused: return "refused";
    case operation_outcome::untrusted: return "untrusted";
    case operation_outcome::storage: return "storage";
    case operation_outcome::usage: return "usage";
    case operation_outcome::other: break;
    }
    return "other";
}

std::ostream& operator<<(std::ostream& os, operation_outcome o)
{
    return os << name_of(o);
}

namespace detail {

transport_metrics transport_counts::now() const noexcept
{
    transport_metrics out;
    out.in_use = in_use.now();
    out.idle = idle.now();
    out.streams = streams.now();
    out.waiting = waiting.now();
    out.requests = requests.now();
    out.failures = failures.now();
    out.redirects = redirects.now();
    out.retries = retries.now();
    out.opened = opened.now();
    out.reused = reused.now();
    out.connect_failures = connect_failures.now();
    out.full_handshakes = full_handshakes.now();
    out.resumed_handshakes = resumed_handshakes.now();
    out.handshake_failures = handshake_failures.now();
    out.connecting = connecting.now();
    out.handshaking = handshaking.now();
    return out;
}

document_metrics document_counts::now() const noexcept
{
    document_metrics out;
    out.entries = entries.now();
    out.bytes = bytes.now();
    out.hits = hits.now();
    out.misses = misses.now();
    out.shared = shared.now();
    out.revalidated = revalidated.now();
    return out;
}

refresh_metrics refresh_counts::now() const noexcept
{
    refresh_metrics out;
    out.done = done.now();
    out.ended = ended.now();
    out.failed = failed.now();
    out.shared = shared.now();
    out.waits = waits.now();
    return out;
}

void request_counts::answered(int status, std::chrono::nanoseconds took) noexcept
{
    if (status == 0)
        unanswered.add();
    else if (status < 400)
        succeeded.add();
    else if (status < 500)
        client_errors.add();
    else
        server_errors.add();
    time.took(took);
}

request_metrics request_counts::now() const noexcept
{
    request_metrics out;
    out.succeeded = succeeded.now();
    out.client_errors = client_errors.now();
    out.server_errors = server_errors.now();
    out.unanswered = unanswered.now();
    out.time = time.now();
    return out;
}

operation_metrics operation_counts::now() const noexcept
{
    operation_metrics out;
    out.running = running.now();
    for (std::size_t i = 0; i != ended.size(); ++i)
        out.ended[i] = ended[i].now();
    out.time = time.now();
    return out;
}

store_metrics store_counts::now() const noexcept
{
    store_metrics out;
    out.done = done.now();
    out.failed = failed.now();
    out.time = time.now();
    return out;
}

metrics client_counts::now() const noexcept
{
    metrics out;
    out.refresh = refresh.now();
    out.store = store.now();
    for (std::size_t i = 0; i != operations.size(); ++i)
        out.operations[i] = operations[i].now();
    for (std::size_t i = 0; i != requests.size(); ++i)
        out.requests[i] = requests[i].now();
    return out;
}

} // namespace detail
} // namespace asioauth
