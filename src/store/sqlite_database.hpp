// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

/// What ends a job of the store early; the job turns it into its result.
class sqlite_failed final : public std::exception
{
public:
    sqlite_failed(failure f, int code) : what_failed(std::move(f)), sqlite_code(code) {}
    const char* what() const noexcept override { return "the SQLite store failed"; }

    failure what_failed;
    int sqlite_code; ///< the extended code, or SQLITE_OK if it was not SQLite that failed
};

/// One statement, prepared once. Values are named ?1, ?2 and so on.
class sqlite_statement
{
public:
    sqlite_statement(sqlite3* db, const std::string& path, std::string_view sql);

    // Texts and octets have to stay where they are until done().
    sqlite_statement& bind(int at, std::int64_t v);
    sqlite_statement& bind(int at, std::optional<std::int64_t> v);
    sqlite_statement& bind(int at, std::string_view text);
    sqlite_statement& bind_octets(int at, std::string_view octets);

    /// Go to the next row; false if there is none.
    bool step();
    /// Forget the row and the values.
    void done() noexcept;

    std::int64_t number(int column) const;
    std::optional<std::int64_t> number_if_any(int column) const;
    /// Text or octets, valid until the next step.
    std::string_view octets(int column) const;

private:
    void check(int code) const;

    class finalize
    {
    public:
        void operator()(sqlite3_stmt* s) const noexcept { ::sqlite3_finalize(s); }
    };
    std::unique_ptr<sqlite3_stmt, finalize> statement_;
    const std::string& path_;
};

/// Runs a statement, once, and leaves it clean whatever happens.
class sqlite_query
{
public:
    explicit sqlite_query(sqlite_statement& s) noexcept : statement_(s) {}
    sqlite_query(const sqlite_query&) = delete;
    sqlite_query& operator=(const sqlite_query&) = delete;
    ~sqlite_query() { statement_.done(); }

    sqlite_statement& operator*() const noexcept { return statement_; }
    sqlite_statement* operator->() const noexcept { return &statement_; }

private:
    sqlite_statement& statement_;
};

/// A connection to the file, opened with what is right for logins. Everything throws sqlite_failed.
class sqlite_database
{
public:
    using clock = std::chrono::steady_clock;

    /// @param path without symbolic links
    explicit sqlite_database(std::string path);
    sqlite_database(const sqlite_database&) = delete;
    sqlite_database& operator=(const sqlite_database&) = delete;

    /// From now on wait for other processes until then at most.
    void wait_until(clock::time_point deadline);

    /// A statement that is kept for the next time.
    sqlite_query query(std::string_view sql);
    /// A statement that is needed once.
    void execute(const char* sql);
    std::int64_t number(std::string_view sql);

    /// How many rows the last statement changed.
    std::int64_t changes() const noexcept;
    /// The first octets of the file itself, fewer if it has fewer. The log is not looked at.
    std::string beginning(std::size_t octets);
    /// The file is not where it was opened any more.
    bool moved() const noexcept;
    bool in_transaction() const noexcept;

    /// Let closing fold the log into the file; not before it is known to be this store's own.
    void fold_log_when_closing(bool v) noexcept;
    /// Empty the log beside the file, if nobody is using it.
    void empty_log() noexcept;

    const std::string& path() const noexcept { return path_; }

    /// What to tell the caller. Call it right after the call of SQLite that failed.
    [[noreturn]] static void fail(sqlite3* db, const std::string& path, int code);

private:
    class close
    {
    public:
        void operator()(sqlite3* db) const noexcept { ::sqlite3_close_v2(db); }
    };
    std::string path_;
    std::unique_ptr<sqlite3, close> db_;
    std::map<std::string, sqlite_statement, std::less<>> statements_; // they go before the database
};

/// Writes all or nothing. It has the right to write from its beginning, so that what it read first
/// is still true when it writes.
class sqlite_transaction
{
public:
    explicit sqlite_transaction(sqlite_database& db);
    sqlite_transaction(const sqlite_transaction&) = delete;
    sqlite_transaction& operator=(const sqlite_transaction&) = delete;
    ~sqlite_transaction();

    void commit();

private:
    sqlite_database& db_;
};

} // namespace asioauth::detail
