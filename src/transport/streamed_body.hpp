// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "transport/connection.hpp"
#include "transport/home_io.hpp"
#include "transport/pool.hpp"
#include "transport/response_reader.hpp"

#include <asioauth/body_stream.hpp>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace asioauth::detail {

/** One read of a stream: the program's handler until it completes. Owned by what is pending, so that
    it goes with the execution context, whatever the handler owns.
*/
class ASIOAUTH_DECL body_read
{
public:
    body_read(body_stream::handler h, const home_executor& ex, std::uint64_t number);
    body_read(const body_read&) = delete;
    body_read& operator=(const body_read&) = delete;
    ~body_read();

    std::uint64_t number() const noexcept { return number_; }
    /// Once.
    void complete(result<std::string> r);

private:
    class caller;

    std::unique_ptr<caller> caller_;
    const home_executor home_;
    const std::uint64_t number_;
};

using streamed_body_hook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/** A body that is read piece by piece after its head was handed over: the connection's end of a @ref
    body_stream.

    Lives on the client's executor; what the program holds is a body_handle. Has an operation and a
    deadline pending only while somebody reads.
*/
class streamed_body final
    : public streamed_body_hook
    , public std::enable_shared_from_this<streamed_body>
{
public:
    /// What it needs of the exchange that received the head.
    class source
    {
    public:
        source(pool_key k, std::shared_ptr<pool> p, std::shared_ptr<transport_counts> counts)
            : key(std::move(k))
            , home(std::move(p))
            , counted(std::move(counts))
        {}

        pool_key key;
        std::shared_ptr<pool> home;
        counted_stream counted;
        std::shared_ptr<connection> link;
        std::unique_ptr<response_reader> reader;
        std::string url; // without query
    };

    streamed_body(const home_executor& ex, source from, std::chrono::milliseconds idle_timeout);
    streamed_body(const streamed_body&) = delete;
    streamed_body& operator=(const streamed_body&) = delete;
    ~streamed_body();

    /// From any thread.
    const home_executor& executor() const noexcept { return ex_; }

    void read(std::shared_ptr<body_read> r);
    /// The caller of this read does not want it any more.
    void cancel(std::uint64_t number);
    /// The program does not want the stream any more.
    void close();
    void client_closed();
    /// The execution context goes: let go of everything, and complete nothing.
    void drop() noexcept;

private:
    void step(const std::shared_ptr<body_read>& r);
    void receive(const std::shared_ptr<body_read>& r);
    void received(const std::shared_ptr<body_read>& r, error_code ec, std::size_t n);
    void arm(const std::shared_ptr<body_read>& r);
    bool waits(const std::shared_ptr<body_read>& r) const noexcept;
    void complete(const std::shared_ptr<body_read>& r, result<std::string> with);
    void fail(const std::shared_ptr<body_read>& r, failure f);
    void end_regularly() noexcept;
    void end(failure f);
    void interrupt(const failure& later);
    void release() noexcept;

    const home_executor ex_;
    const std::chrono::milliseconds idle_timeout_;
    std::optional<source> from_; // until the end
    home_timer timer_;
    std::weak_ptr<body_read> waiting_;
    std::optional<result<std::string>> end_;
    bool armed_ = false;
};

using streamed_body_list =
    boost::intrusive::list<streamed_body, boost::intrusive::constant_time_size<false>>;

} // namespace asioauth::detail
