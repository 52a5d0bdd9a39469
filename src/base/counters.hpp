// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What is counted while a client works. Reading is safe from any thread; writing is for one at a time
// (the client's strand), so that it costs no more than adding to a number in memory.

#include <asioauth/metrics.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace asioauth::detail {

class counter
{
public:
    counter() = default;

    void add(std::uint64_t n = 1) noexcept { set(now() + n); }
    void subtract(std::uint64_t n = 1) noexcept { set(now() - n); }
    void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
    std::uint64_t now() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class histogram_counter
{
public:
    histogram_counter() = default;

    void took(std::chrono::nanoseconds d) noexcept
    {
        counts_[latency_histogram::bucket_of(d)].add();
        sum_.add(std::uint64_t(d.count() < 0 ? 0 : d.count()));
    }

    latency_histogram now() const noexcept
    {
        latency_histogram out;
        for (std::size_t i = 0; i != counts_.size(); ++i)
            out.counts[i] = counts_[i].now();
        out.sum = std::chrono::nanoseconds(std::int64_t(sum_.now()));
        return out;
    }

private:
    std::array<counter, latency_histogram::bounded + 1> counts_;
    counter sum_;
};

class ASIOAUTH_DECL transport_counts
{
public:
    transport_counts() = default;

    counter in_use;
    counter idle;
    counter streams;
    counter waiting;
    counter requests;
    counter failures;
    counter redirects;
    counter retries;
    counter opened;
    counter reused;
    counter connect_failures;
    counter full_handshakes;
    counter resumed_handshakes;
    counter handshake_failures;
    histogram_counter connecting;
    histogram_counter handshaking;

    transport_metrics now() const noexcept;
};

/// Is counted for as long as it lives.
class counted_stream
{
public:
    explicit counted_stream(std::shared_ptr<transport_counts> in) : in_(std::move(in))
    {
        in_->streams.add();
    }
    counted_stream(counted_stream&&) noexcept = default;
    counted_stream& operator=(counted_stream&&) = delete;
    ~counted_stream()
    {
        if (in_)
            in_->streams.subtract();
    }

private:
    std::shared_ptr<transport_counts> in_;
};

class ASIOAUTH_DECL document_counts
{
public:
    document_counts() = default;

    counter entries;
    counter bytes;
    counter hits;
    counter misses;
    counter shared;
    counter revalidated;

    document_metrics now() const noexcept;
};

class ASIOAUTH_DECL refresh_counts
{
public:
    refresh_counts() = default;

    counter done;
    counter ended;
    counter failed;
    counter shared;
    counter waits;

    refresh_metrics now() const noexcept;
};

class ASIOAUTH_DECL request_counts
{
public:
    request_counts() = default;

    counter succeeded;
    counter client_errors;
    counter server_errors;
    counter unanswered;
    histogram_counter time;

    /// @param status 0: there was no response
    void answered(int status, std::chrono::nanoseconds took) noexcept;
    request_metrics now() const noexcept;
};

class ASIOAUTH_DECL operation_counts
{
public:
    operation_counts() = default;

    counter running;
    std::array<counter, operation_outcomes> ended;
    histogram_counter time;

    operation_metrics now() const noexcept;
};

class ASIOAUTH_DECL store_counts
{
public:
    store_counts() = default;

    counter done;
    counter failed;
    histogram_counter time;

    store_metrics now() const noexcept;
};

/// All of a client but its network and its documents.
class ASIOAUTH_DECL client_counts
{
public:
    client_counts() = default;

    refresh_counts refresh;
    store_counts store;
    std::array<operation_counts, operation_kinds> operations;
    std::array<request_counts, stages> requests;

    metrics now() const noexcept;
};

} // namespace asioauth::detail
