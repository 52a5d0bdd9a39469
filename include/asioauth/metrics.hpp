// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/operation.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace asioauth {

/** How long many things took, in buckets that double: 256 us, 512 us, and so on to 9 minutes, and one
    for what took longer. A value, of the same size however much was counted.
*/
class latency_histogram
{
public:
    /// How many of the buckets have an upper end.
    static constexpr std::size_t bounded = 22;

    latency_histogram() = default;

    /// The upper end of a bucket, which still belongs to it. Precondition: `i < bounded`.
    static constexpr std::chrono::microseconds bound(std::size_t i) noexcept
    {
        return std::chrono::microseconds(std::int64_t(1) << (shortest + i));
    }
    /// The bucket of what took so long.
    static constexpr std::size_t bucket_of(std::chrono::nanoseconds took) noexcept
    {
        if (took <= bound(0))
            return 0;
        const auto up = std::chrono::ceil<std::chrono::microseconds>(took).count();
        const auto i = std::size_t(std::bit_width(std::uint64_t(up) - 1)) - shortest;
        return i < bounded ? i : bounded;
    }

    /// So many of each bucket; those in the last one took longer than any bound.
    std::array<std::uint64_t, bounded + 1> counts{};
    std::chrono::nanoseconds sum{0}; ///< all together

    /// How many in all.
    constexpr std::uint64_t count() const noexcept
    {
        std::uint64_t out = 0;
        for (const auto n : counts)
            out += n;
        return out;
    }

private:
    static constexpr std::size_t shortest = 8; // two to the power of this, in microseconds
};

/// What a @ref http_client has done, or another @ref transport that counts.
class transport_metrics
{
public:
    transport_metrics() = default;

    // Now.
    std::uint64_t in_use = 0;  ///< connections, those that are being made included
    std::uint64_t idle = 0;    ///< connections that are kept for the next request
    std::uint64_t streams = 0; ///< those of responses that go on (http_request::stream_events)
    std::uint64_t waiting = 0; ///< requests that wait for a connection to their origin

    // Since the beginning.
    std::uint64_t requests = 0;  ///< as they were given to it
    std::uint64_t failures = 0;  ///< of them: no response, cancelled ones included
    std::uint64_t redirects = 0; ///< that were followed
    std::uint64_t retries = 0;   ///< on another connection, after a kept one was found closed
    std::uint64_t opened = 0;    ///< connections that were made
    std::uint64_t reused = 0;    ///< times that a kept connection was used
    std::uint64_t connect_failures = 0;   ///< connections that could not be made
    std::uint64_t full_handshakes = 0;    ///< of TLS
    std::uint64_t resumed_handshakes = 0; ///< of TLS, with a session of an earlier connection
    std::uint64_t handshake_failures = 0; ///< of TLS
    latency_histogram connecting;         ///< from looking up the name until it can be used
    latency_histogram handshaking;        ///< of TLS alone, once it was its turn
};

/// What a client remembers of its servers' documents: metadata and keys.
class document_metrics
{
public:
    document_metrics() = default;

    std::uint64_t entries = 0; ///< now
    std::uint64_t bytes = 0;   ///< now, about

    std::uint64_t hits = 0;        ///< documents that came from memory
    std::uint64_t misses = 0;      ///< documents that their servers had to be asked for
    std::uint64_t shared = 0;      ///< of the misses: another operation was just asking
    std::uint64_t revalidated = 0; ///< of the misses: the server said that nothing has changed
};

/// How access tokens were renewed.
class refresh_metrics
{
public:
    refresh_metrics() = default;

    std::uint64_t done = 0;   ///< new tokens came
    std::uint64_t ended = 0;  ///< the server says that the grant is over: the user has to log in
    std::uint64_t failed = 0; ///< anything else that went wrong; most of it passes
    std::uint64_t shared = 0; ///< none was needed: what another operation or process got was used
    std::uint64_t waits = 0;  ///< times of waiting for another process that had the lease
};

/// Requests of one stage.
class request_metrics
{
public:
    request_metrics() = default;

    std::uint64_t succeeded = 0;     ///< status below 400
    std::uint64_t client_errors = 0; ///< status 400 to 499: challenges as well
    std::uint64_t server_errors = 0; ///< status from 500 on
    std::uint64_t unanswered = 0;    ///< no response, cancelled ones included
    latency_histogram time;          ///< of all
};

/// Operations of one kind.
class operation_metrics
{
public:
    operation_metrics() = default;

    std::uint64_t running = 0;                             ///< now
    std::array<std::uint64_t, operation_outcomes> ended{}; ///< by how; see of()
    latency_histogram time; ///< of those that have ended; with the time that users took

    /// How many have ended like that.
    std::uint64_t of(operation_outcome o) const noexcept { return ended[std::size_t(o)]; }
};

/// What was asked of a client's @ref store, and answered while somebody waited for it.
class store_metrics
{
public:
    store_metrics() = default;

    std::uint64_t done = 0;   ///< conflicts and refusals as well: they are answers
    std::uint64_t failed = 0; ///< anything else: it could not be reached, read or written
    latency_histogram time;   ///< of all
};

/// How many stages there are, stage::none included.
inline constexpr std::size_t stages = 12;

/** What a client has done since it was made, and what it is doing: see client::metrics().

    A value. No user, no URL, no server and no secret is in it, and its size does not depend on what was
    done. Its members were not all read at the same instant: their differences may be off by what was
    under way. prometheus_text() writes it down for Prometheus.
*/
class metrics
{
public:
    metrics() = default;

    transport_metrics network;  ///< all 0 if the client was given a transport that does not count
    document_metrics documents; ///< what is remembered of servers
    refresh_metrics refresh;    ///< how tokens were renewed
    store_metrics store;        ///< what was asked of the store
    std::array<operation_metrics, operation_kinds> operations; ///< by what they are; see of()
    std::array<request_metrics, stages> requests;              ///< by what they are for; see of()

    /// The operations of that kind.
    const operation_metrics& of(operation_kind k) const noexcept
    {
        return operations[std::size_t(k)];
    }
    /// The requests of that stage.
    const request_metrics& of(stage s) const noexcept { return requests[std::size_t(s)]; }
};

} // namespace asioauth
