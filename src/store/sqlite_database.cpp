// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_database.hpp"

#include "base/said.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <new>

namespace asioauth::detail {

namespace {

errc meaning_of(int code, int system_error)
{
    if (code == SQLITE_CANTOPEN_SYMLINK)
        return errc::store_permissions_insecure;
    if (code == SQLITE_READONLY_DBMOVED)
        return errc::store_unavailable;
    switch (code & 0xff)
    {
    case SQLITE_FULL: return errc::store_full;
    case SQLITE_READONLY: return errc::store_read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return errc::store_corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (system_error == ENOSPC || system_error == EDQUOT)
            return errc::store_full;
        if (system_error == EROFS)
            return errc::store_read_only;
        return errc::store_unavailable;
    default: return errc::store_unavailable;
    }
}

// SQLite does not keep it where a COMMIT failed, but the files do.
int system_error_of(sqlite3* db)
{
    if (db == nullptr)
        return 0;
    const auto no_space = [](int e) { return e == ENOSPC || e == EDQUOT; };
    const int out = ::sqlite3_system_errno(db);
    if (no_space(out))
        return out;
    for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER})
    {
        sqlite3_file* file = nullptr;
        int of_file = 0;
        if (::sqlite3_file_control(db, "main", which, static_cast<void*>(&file)) == SQLITE_OK
            && file != nullptr && file->pMethods != nullptr
            && file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &of_file) == SQLITE_OK
            && no_space(of_file))
            return of_file;
    }
    return out;
}

} // namespace

void sqlite_database::fail(sqlite3* db, const std::string& path, int code)
{
    // SQLite's text names tables and columns at most: values are never part of a statement.
    std::string text = path + ": " + ::sqlite3_errstr(code);
    if (db != nullptr && ::sqlite3_extended_errcode(db) == code)
        text = path + ": " + ::sqlite3_errmsg(db);
    text += " (SQLite code " + std::to_string(code) + ')';
    const auto meaning = meaning_of(code, system_error_of(db));
    throw sqlite_failed(failure(meaning).where(stage::store).message(text), code);
}

sqlite_statement::sqlite_statement(sqlite3* db, const std::string& path, std::string_view sql)
    : path_(path)
{
    sqlite3_stmt* out = nullptr;
    const int code = ::sqlite3_prepare_v3(
        db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &out, nullptr
    );
    statement_.reset(out);
    if (code != SQLITE_OK)
        sqlite_database::fail(db, path, code);
}

void sqlite_statement::check(int code) const
{
    if (code != SQLITE_OK)
        sqlite_database::fail(::sqlite3_db_handle(statement_.get()), path_, code);
}

sqlite_statement& sqlite_statement::bind(int at, std::int64_t v)
{
    check(::sqlite3_bind_int64(statement_.get(), at, v));
    return *this;
}

sqlite_statement& sqlite_statement::bind(int at, std::optional<std::int64_t> v)
{
    check(
        v ? ::sqlite3_bind_int64(statement_.get(), at, *v)
          : ::sqlite3_bind_null(statement_.get(), at)
    );
    return *this;
}

sqlite_statement& sqlite_statement::bind(int at, std::string_view text)
{
    // A null pointer would be NULL and not the empty text.
    const char* data = text.empty() ? "" : text.data();
    check(::sqlite3_bind_text64(statement_.get(), at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8)
    );
    return *this;
}

sqlite_statement& sqlite_statement::bind_octets(int at, std::string_view octets)
{
    const char* data = octets.empty() ? "" : octets.data();
    check(::sqlite3_bind_blob64(statement_.get(), at, data, octets.size(), SQLITE_STATIC));
    return *this;
}

bool sqlite_statement::step()
{
    const int code = ::sqlite3_step(statement_.get());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    check(code);
    return false;
}

void sqlite_statement::done() noexcept
{
    // What step() said is what resetting says again.
    static_cast<void>(::sqlite3_reset(statement_.get()));
    static_cast<void>(::sqlite3_clear_bindings(statement_.get()));
}

std::int64_t sqlite_statement::number(int column) const
{
    return ::sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> sqlite_statement::number_if_any(int column) const
{
    if (::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL)
        return std::nullopt;
    return number(column);
}

std::string_view sqlite_statement::octets(int column) const
{
    const void* data = ::sqlite3_column_blob(statement_.get(), column);
    const int size = ::sqlite3_column_bytes(statement_.get(), column);
    if (data == nullptr || size <= 0)
        return {};
    return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

sqlite_database::sqlite_database(std::string path) : path_(std::move(path))
{
    sqlite3* opened = nullptr;
    // One thread at a time uses it: the store sees to that. The file exists already.
    const int code = ::sqlite3_open_v2(
        path_.c_str(),
        &opened,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE,
        nullptr
    );
    db_.reset(opened);
    if (code != SQLITE_OK)
        fail(opened, path_, code);

    fold_log_when_closing(false);
    // What somebody may have put into the schema is not run.
    for (const auto& [option, value] :
         {std::pair(SQLITE_DBCONFIG_DEFENSIVE, 1),
          std::pair(SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
          std::pair(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
          std::pair(SQLITE_DBCONFIG_ENABLE_VIEW, 0)})
    {
        if (const int set = ::sqlite3_db_config(opened, option, value, nullptr); set != SQLITE_OK)
            fail(opened, path_, set);
    }
}

void sqlite_database::wait_until(clock::time_point deadline)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    ::sqlite3_busy_timeout(
        db_.get(), static_cast<int>(std::clamp<long long>(left, 0, std::numeric_limits<int>::max()))
    );
}

sqlite_query sqlite_database::query(std::string_view sql)
{
    auto at = statements_.find(sql);
    if (at == statements_.end())
        at = statements_.try_emplace(std::string(sql), db_.get(), path_, sql).first;
    return sqlite_query(at->second);
}

void sqlite_database::execute(const char* sql)
{
    if (const int code = ::sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
        code != SQLITE_OK)
        fail(db_.get(), path_, code);
}

std::int64_t sqlite_database::number(std::string_view sql)
{
    sqlite_statement s(db_.get(), path_, sql);
    return s.step() ? s.number(0) : 0;
}

std::int64_t sqlite_database::changes() const noexcept
{
    return ::sqlite3_changes64(db_.get());
}

std::string sqlite_database::beginning(std::size_t octets)
{
    // Through SQLite's own descriptor: closing another one would drop its locks.
    sqlite3_file* file = nullptr;
    int code = ::sqlite3_file_control(
        db_.get(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)
    );
    sqlite3_int64 size = 0;
    if (code == SQLITE_OK)
        code = file->pMethods->xFileSize(file, &size);
    if (code != SQLITE_OK)
        fail(db_.get(), path_, code);
    std::string out(std::min(octets, static_cast<std::size_t>(size)), '\0');
    code = file->pMethods->xRead(file, out.data(), static_cast<int>(out.size()), 0);
    if (code != SQLITE_OK)
        fail(db_.get(), path_, code);
    return out;
}

bool sqlite_database::moved() const noexcept
{
    int out = 0;
    return ::sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &out) == SQLITE_OK
        && out != 0;
}

bool sqlite_database::in_transaction() const noexcept
{
    return ::sqlite3_get_autocommit(db_.get()) == 0;
}

void sqlite_database::fold_log_when_closing(bool v) noexcept
{
    ::sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, v ? 0 : 1, nullptr);
}

void sqlite_database::empty_log() noexcept
{
    ::sqlite3_busy_timeout(db_.get(), 0);
    ::sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

sqlite_transaction::sqlite_transaction(sqlite_database& db) : db_(db)
{
    db_.query("BEGIN IMMEDIATE")->step();
}

sqlite_transaction::~sqlite_transaction()
{
    if (!db_.in_transaction())
        return;
    try
    {
        db_.query("ROLLBACK")->step();
    }
    catch (const std::exception&)
    {
        return; // the connection is closed after a failure, which does the same
    }
}

void sqlite_transaction::commit()
{
    const auto last = db_.query("COMMIT"); // which has done nothing yet, should it throw
    try
    {
        last->step();
    }
    catch (const std::bad_alloc&)
    {
        throw sqlite_failed(failure(errc::store_outcome_unknown), SQLITE_NOMEM);
    }
    catch (sqlite_failed& f)
    {
        // All of the change may stand in the log already, to be found there after a crash.
        const int code = f.sqlite_code & 0xff;
        if ((code == SQLITE_IOERR && f.sqlite_code != SQLITE_IOERR_WRITE) || code == SQLITE_NOMEM)
            f.what_failed =
                said(errc::store_outcome_unknown, stage::store, f.what_failed.info().message());
        throw;
    }
}

} // namespace asioauth::detail
