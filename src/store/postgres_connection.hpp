// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/postgres_statement.hpp"
#include "store/postgres_target.hpp"
#include "transport/home_io.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace asioauth::detail {

/** One connection, driven by the event loop. Members are called, and handlers run, on one strand;
    a handler may run inside the member. After close() none runs any more.

    Never used again after it was lost or closed.
*/
class postgres_connection : public std::enable_shared_from_this<postgres_connection>
{
public:
    using clock = std::chrono::steady_clock;
    /// Does not throw. With no text if it is connected, otherwise with libpq's words.
    using connect_function = std::function<void(std::optional<std::string> problem)>;
    /// Does not throw.
    using answer_function = std::function<void(postgres_answer)>;

    /// @param c from PQconnectStart, not null
    postgres_connection(const home_executor& at, postgres_handle c);
    postgres_connection(const postgres_connection&) = delete;
    postgres_connection& operator=(const postgres_connection&) = delete;
    ~postgres_connection();

    void connect(connect_function h);
    /// One at a time.
    void execute(const postgres_statement& s, answer_function h);

    /// Nothing has arrived that nobody asked for, and the server has not closed it.
    bool is_quiet() const;
    void close() noexcept;

    clock::time_point used_at() const noexcept { return used_at_; }

private:
    using descriptor = stream_descriptor;

    void watch();
    void unwatch() noexcept;
    void no_memory();
    void wait(descriptor::wait_type what, void (postgres_connection::*then)());
    void poll();
    void connected(std::optional<std::string> problem);
    void flush();
    void read();
    void writable();
    void answered(postgres_answer a);

    std::optional<descriptor> descriptor_; // empty once closed
    postgres_handle connection_;
    connect_function on_connect_;
    answer_function on_answer_;
    postgres_answer answer_;
    bool waits_to_write_ = false;
    clock::time_point used_at_ = clock::now();
};

} // namespace asioauth::detail
