// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/// One statement with the values of its parameters, in order.
class postgres_statement
{
public:
    /// @param sql has to outlive it
    explicit postgres_statement(const std::string& sql) : sql_(&sql) {}
    postgres_statement(postgres_statement&&) noexcept = default;
    postgres_statement& operator=(postgres_statement&&) = delete;
    ~postgres_statement();

    postgres_statement& text(std::string_view v);
    postgres_statement& number(std::int64_t v);
    postgres_statement& octets(std::string_view v);
    postgres_statement& null();
    postgres_statement& text_or_null(const std::optional<std::string>& v)
    {
        return v ? text(*v) : null();
    }

    /// Hand it to a connection, which need not have sent it when this returns.
    bool send(PGconn* connection) const;

private:
    class parameter
    {
    public:
        parameter(std::optional<std::string> v, bool b) : value(std::move(v)), is_binary(b) {}
        std::optional<std::string> value;
        bool is_binary;
    };

    const std::string* sql_;
    std::vector<parameter> parameters_;
};

/// What the server said to a statement, or that the connection was lost.
class postgres_answer
{
public:
    /// The connection was lost.
    postgres_answer() = default;
    explicit postgres_answer(PGresult* r) : result_(r) {}

    bool is_lost() const noexcept;
    bool is_good() const noexcept;
    /// The SQLSTATE of an error.
    std::string_view state() const noexcept;
    /// The server's words, if they cannot contain anything of a record.
    std::string_view message() const noexcept;

    int rows() const noexcept { return PQntuples(result_.get()); }
    bool is_null(int row, int column) const noexcept;
    std::string_view text(int row, int column) const noexcept;
    /// Any integer type; 0 if it is none.
    std::int64_t number(int row, int column) const noexcept;

private:
    class clear
    {
    public:
        void operator()(PGresult* r) const noexcept { PQclear(r); }
    };

    std::unique_ptr<PGresult, clear> result_;
};

/// What an error of the server means to the caller.
failure failure_of(const postgres_answer& a);

/// The error of a store that is not within reach.
failure unavailable(std::string_view message) noexcept;

/** All that is ever said to the server.

    Every operation is one statement, and none needs anything that an earlier one left in the
    session. "Gone" is a record whose `taken_at` is set: it was taken or deleted under the token in
    `taken`, by which a repetition recognises its own work. A record that is made again in such a
    row keeps the token, for the same reason.
*/
class postgres_sql
{
public:
    /// @param schema a plain identifier, or empty
    explicit postgres_sql(std::string_view schema);

    /// The version of the tables that this program knows.
    static constexpr std::int64_t known_version = 1;

    const std::string version;
    const std::string create;
    const std::string purge;
    const std::string load;
    const std::string insert;
    const std::string insert_again;
    const std::string update;
    const std::string update_again;
    const std::string absent;
    const std::string remove;
    const std::string take;
    const std::string lease;
    const std::string renew;
    const std::string release;
    const std::string list;
    const std::string erase;
};

} // namespace asioauth::detail
