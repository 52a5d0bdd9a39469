// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/postgres_connection.hpp"
#include "store/postgres_target.hpp"
#include "transport/home_io.hpp"
#include "transport/resolver.hpp"

#include <asioauth/postgres_store.hpp>

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <new>
#include <optional>
#include <vector>

namespace asioauth::detail {

/** One operation on its way: it makes the statement, reads the answer, and ends once. Except for
    its beginning and its cancellation all of it happens on the pool's strand.
*/
class postgres_operation
{
public:
    enum class effect
    {
        none,
        repeatable, ///< the statement recognises what an earlier copy of itself did
        unrepeatable,
    };

    explicit postgres_operation(effect e) : effect_(e) {}
    postgres_operation(const postgres_operation&) = delete;
    postgres_operation& operator=(const postgres_operation&) = delete;
    virtual ~postgres_operation() = default;

protected:
    /// A connection was lost after the statement was sent, so it may have been carried out.
    bool is_repeated() const noexcept { return repeated_; }

private:
    friend class postgres_pool;

    virtual postgres_statement statement() const = 0;
    /// Complete with what the server said; false to ask it once more.
    virtual bool answered(const postgres_answer& a) = 0;
    /// Complete, unless that was done before.
    virtual void fail(failure f) noexcept = 0;
    /// Destroy the handler.
    virtual void drop() noexcept = 0;

    const effect effect_;
    bool over_ = false;
    bool repeated_ = false;
    bool waits_ = false; // in the queue at place_
    int turns_ = 0;
    std::list<std::shared_ptr<postgres_operation>>::iterator place_;
    std::optional<home_timer> deadline_;
};

/** The connections of a store and the operations that wait for one.

    An idle connection keeps nothing busy: whether it is still there is looked at when it is needed.
*/
class postgres_pool : public std::enable_shared_from_this<postgres_pool>
{
public:
    static std::shared_ptr<postgres_pool>
    make(boost::asio::any_io_executor ex, const postgres_settings& settings);

    postgres_pool(boost::asio::any_io_executor ex, const postgres_settings& settings);
    postgres_pool(const postgres_pool&) = delete;
    postgres_pool& operator=(const postgres_pool&) = delete;
    ~postgres_pool();

    // These may be called on any thread.
    void start(std::shared_ptr<postgres_operation> op);
    void cancel(const std::shared_ptr<postgres_operation>& op);
    void close() noexcept;

    const boost::asio::any_io_executor& executor() const noexcept { return ex_; }
    const postgres_sql& sql() const noexcept { return sql_; }

    /// The execution context goes: destroy what is pending and let go of all that stands on it.
    void abandon();

private:
    using clock = std::chrono::steady_clock;

    // A connection, from the first look-up on, and what it is doing.
    class link
    {
    public:
        std::shared_ptr<postgres_connection> connection;
        std::shared_ptr<postgres_operation> operation;
        std::optional<home_timer> deadline;
        std::vector<resolver::ticket> lookups;
        std::size_t lookups_left = 0;
        postgres_target::address_book book;
        bool is_open = false; // connected, and the tables are there
        bool is_busy = false;
        bool is_stale = false; // not to be used again
        bool has_created = false;
    };

    using link_ptr = std::shared_ptr<link>;
    using operation_ptr = std::shared_ptr<postgres_operation>;

    // What is posted when the store goes, which needs no memory.
    class farewell final : public home::task
    {
    public:
        farewell() noexcept : task(&farewell::act) {}

        std::shared_ptr<postgres_pool> pool;

    private:
        static void act(home::task* t, bool run);
    };

    // A step of a connection, in which its operation is, if any. Without memory for it the connection
    // is given up as if it had been lost.
    template <class Step>
    void take_step(const link_ptr& l, const operation_ptr& op, Step step) noexcept
    {
        try
        {
            step();
        }
        catch (const std::bad_alloc&)
        {
            no_memory(l, op);
        }
    }

    void enqueue(const std::shared_ptr<postgres_operation>& op);
    void give_up(const std::shared_ptr<postgres_operation>& op);
    void timed_out(const std::shared_ptr<postgres_operation>& op);
    void finish(const std::shared_ptr<postgres_operation>& op, failure f) noexcept;
    void pump() noexcept;
    link_ptr idle_link();
    void open_links() noexcept;
    void wait_before_opening() noexcept;
    void open() noexcept;
    void look_up(const link_ptr& l);
    void dial(const link_ptr& l);
    void check_tables(const link_ptr& l);
    void version_answered(const link_ptr& l, const postgres_answer& a);
    void create_tables(const link_ptr& l);
    void open_failed(const link_ptr& l, const failure& f, bool by_time) noexcept;
    void note_failed(const link_ptr& l, const failure& f, bool by_time) noexcept;
    void opened(const link_ptr& l);
    void send(const link_ptr& l, const std::shared_ptr<postgres_operation>& op) noexcept;
    void answered(
        const link_ptr& l, const std::shared_ptr<postgres_operation>& op, const postgres_answer& a
    );
    void lost(const std::shared_ptr<postgres_operation>& op) noexcept;
    void no_memory(const link_ptr& l, const operation_ptr& op) noexcept;
    void rest(const link_ptr& l);
    void drop(const link_ptr& l) noexcept;
    void drop_idle() noexcept;
    operation_ptr take_any() noexcept;
    void drop_everything() noexcept;
    void arm(const link_ptr& l, std::chrono::milliseconds time);

    boost::asio::any_io_executor ex_;
    home_executor home_;
    const postgres_settings settings_;
    const postgres_sql sql_;
    result<postgres_target> target_;
    std::shared_ptr<resolver> resolver_;
    std::list<std::shared_ptr<postgres_operation>> queue_;
    std::list<link_ptr> links_;
    std::optional<home_timer> backoff_;
    clock::time_point not_before_{};
    clock::time_point next_purge_{};
    std::size_t failures_ = 0; // to connect, in a row
    std::size_t rotation_ = 0;
    farewell farewell_;
    bool closed_ = false;
    std::atomic<bool> abandoned_ = false;
};

/// Octets that nobody can guess, in hexadecimal; empty if there are none to be had.
std::string random_token();

} // namespace asioauth::detail
