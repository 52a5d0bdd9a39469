// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_schema.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace asioauth::detail {

namespace {

// "asoa"; the first migration sets it.
constexpr std::int64_t application = 0x61736f61;

// Each brings the tables from the version of its index to the next one. They stay as they are once
// they were released.
constexpr std::array migrations{
    // kind: the value of record_kind. Times: milliseconds since 1970. An identifier may be long, so
    // records are found by the SHA-256 of it. The one row of fences is the last fence that was
    // given to anybody: it outlives the leases.
    R"(
PRAGMA application_id = 0x61736f61;
PRAGMA user_version = 1;
CREATE TABLE records (
    kind INTEGER NOT NULL,
    digest BLOB NOT NULL,
    id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    document BLOB NOT NULL,
    user TEXT NOT NULL,
    issuer TEXT NOT NULL,
    binding TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (kind, digest)
) STRICT;
CREATE INDEX records_by_id ON records (kind, id);
CREATE INDEX records_by_user ON records (user, kind, id);
CREATE INDEX records_by_issuer ON records (issuer, kind, id);
CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE leases (
    kind INTEGER NOT NULL,
    digest BLOB NOT NULL,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    ttl_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE fences (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    last INTEGER NOT NULL
) STRICT;
INSERT INTO fences VALUES (1, 0);
)",
};
constexpr auto newest = static_cast<std::int64_t>(migrations.size());

[[noreturn]] void refuse(const sqlite_database& db, errc code, const char* why, const char* hint)
{
    auto f = failure(code).where(stage::store).message(db.path() + ": " + why);
    if (hint != nullptr)
        f.hint(hint);
    throw sqlite_failed(std::move(f), SQLITE_OK);
}

// SQLite takes a file of one octet for an empty one, and makes up what is missing at the end.
void check_file(sqlite_database& db, const sqlite_file& file)
{
    constexpr std::string_view first("SQLite format 3\0", 16);
    const auto found = db.beginning(first.size());
    // A page that was half written when the power failed is put back by SQLite.
    if (!file.may_be_restored && found != first.substr(0, found.size()))
        refuse(
            db,
            errc::store_unavailable,
            "it is no store of asioauth",
            "Configure another path. Nothing was changed."
        );
    if (!file.is_whole)
        refuse(db, errc::store_corrupt, "it was cut off", nullptr);
}

// The version of a database that is this store's own; 0 if it is empty. Within a transaction, since
// another process may be making the tables.
std::int64_t version_of(sqlite_database& db)
{
    const auto whose = db.number("PRAGMA application_id");
    const auto version = db.number("PRAGMA user_version");
    const bool empty = db.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (whose == 0 && version == 0 && empty)
        return 0;
    if (whose != application)
        refuse(
            db,
            errc::store_unavailable,
            "it is a database of another program",
            "Configure another path. Nothing was changed."
        );
    if (version > newest)
        refuse(db, errc::store_version_newer, "its tables are of a newer version", nullptr);
    if (version < 1)
        refuse(db, errc::store_corrupt, "the version of its tables is missing", nullptr);
    return version;
}

void migrate(sqlite_database& db)
{
    for (;;)
    {
        sqlite_transaction changing(db);
        const auto version = version_of(db);
        if (version == newest)
            return;
        db.execute(migrations.at(static_cast<std::size_t>(version)));
        changing.commit();
    }
}

} // namespace

void prepare_sqlite_schema(sqlite_database& db, const sqlite_file& file)
{
    check_file(db, file);
    db.execute("PRAGMA mmap_size = 0;"        // a disk error must not be a SIGBUS
               "PRAGMA cell_size_check = ON;" // damage is found before it spreads
               "PRAGMA temp_store = MEMORY;"  // no tokens in temporary files
               "BEGIN");
    const auto version = version_of(db);
    if (const auto closed = close_to_others(file); !closed)
        throw sqlite_failed(closed.error(), SQLITE_OK);
    db.execute(
        "COMMIT;"
        // Overwrites all of what is deleted, where FAST leaves it in pages that become free:
        // a token must not outlive its deletion, and a few more pages to write do not matter.
        "PRAGMA secure_delete = ON;"
        "PRAGMA synchronous = FULL;"
        // A short log, since what is deleted stays in it until it is written anew.
        "PRAGMA wal_autocheckpoint = 100;"
        "PRAGMA journal_size_limit = 0"
    );
    if (const auto mode = db.query("PRAGMA journal_mode = WAL");
        !mode->step() || mode->octets(0) != "wal")
        refuse(db, errc::store_unavailable, "SQLite cannot keep a log (WAL) beside it", nullptr);
    if (version != newest)
        migrate(db);
    db.fold_log_when_closing(true);
}

} // namespace asioauth::detail
