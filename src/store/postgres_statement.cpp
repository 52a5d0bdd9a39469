// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/postgres_statement.hpp"

#include "base/said.hpp"

#include <asioauth/secret.hpp>

#include <array>
#include <utility>

namespace asioauth::detail {

postgres_statement::~postgres_statement()
{
    for (auto& p : parameters_)
    {
        if (p.value)
            wipe(*p.value);
    }
}

postgres_statement& postgres_statement::text(std::string_view v)
{
    parameters_.emplace_back(std::string(v), false);
    return *this;
}

postgres_statement& postgres_statement::number(std::int64_t v)
{
    parameters_.emplace_back(std::to_string(v), false);
    return *this;
}

postgres_statement& postgres_statement::octets(std::string_view v)
{
    parameters_.emplace_back(std::string(v), true);
    return *this;
}

postgres_statement& postgres_statement::null()
{
    parameters_.emplace_back(std::nullopt, false);
    return *this;
}

bool postgres_statement::send(PGconn* connection) const
{
    constexpr Oid bytea = 17;
    std::vector<Oid> types;
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const auto& p : parameters_)
    {
        types.push_back(p.is_binary ? bytea : 0);
        values.push_back(p.value ? p.value->c_str() : nullptr);
        lengths.push_back(p.value ? static_cast<int>(p.value->size()) : 0);
        formats.push_back(p.is_binary ? 1 : 0);
    }
    return PQsendQueryParams(
               connection,
               sql_->c_str(),
               static_cast<int>(parameters_.size()),
               types.data(),
               values.data(),
               lengths.data(),
               formats.data(),
               1
           )
        == 1;
}

// After a fatal error there is no connection any more, and whether the statement was carried out
// is not known: the server may have been about to say so.
bool postgres_answer::is_lost() const noexcept
{
    if (!result_)
        return true;
    const auto status = PQresultStatus(result_.get());
    if (status != PGRES_FATAL_ERROR)
        return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
    const char* const severity = PQresultErrorField(result_.get(), PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity == nullptr || std::string_view(severity) != "ERROR" || state().empty();
}

bool postgres_answer::is_good() const noexcept
{
    const auto status = PQresultStatus(result_.get());
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

std::string_view postgres_answer::state() const noexcept
{
    const char* const s = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    return s != nullptr ? s : std::string_view();
}

std::string_view postgres_answer::message() const noexcept
{
    // Elsewhere, as in class 22 (data exceptions), the server quotes what it was given.
    constexpr std::array<std::string_view, 8> harmless{
        "08", "25", "28", "3D", "42", "53", "57", "58"};
    const auto s = state();
    for (const auto prefix : harmless)
    {
        if (s.substr(0, 2) == prefix)
        {
            const char* const m = PQresultErrorField(result_.get(), PG_DIAG_MESSAGE_PRIMARY);
            return m != nullptr ? m : std::string_view();
        }
    }
    return {};
}

bool postgres_answer::is_null(int row, int column) const noexcept
{
    return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view postgres_answer::text(int row, int column) const noexcept
{
    const char* const p = PQgetvalue(result_.get(), row, column);
    if (p == nullptr)
        return {};
    return {p, static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t postgres_answer::number(int row, int column) const noexcept
{
    const auto octets = text(row, column);
    if (octets.empty() || octets.size() > 8)
        return 0;
    std::uint64_t v = (static_cast<unsigned char>(octets.front()) & 0x80U) != 0 ? ~0ULL : 0ULL;
    for (const char c : octets)
        v = v << 8 | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(v);
}

failure unavailable(std::string_view message) noexcept
{
    return said(errc::store_unavailable, stage::store, message);
}

failure failure_of(const postgres_answer& a)
{
    const auto state = a.state();
    errc code = errc::store_unavailable;
    std::string_view what = "The database refused the statement";
    std::string_view hint;
    if (state == "25006")
    {
        code = errc::store_read_only;
        what = "The database takes no changes";
    }
    else if (state == "53100")
    {
        code = errc::store_full;
        what = "The database has no space left";
    }
    else if (state == "42501")
    {
        what = "The database user lacks a right";
        hint = "Grant this user SELECT, INSERT, UPDATE and DELETE on the tables asioauth_records "
               "and asioauth_leases, SELECT on asioauth_schema and USAGE on asioauth_fences, and "
               "CREATE in the schema if the tables are to be created.";
    }
    else if (state == "42P01" || state == "3F000")
    {
        what = "The tables of the store are not there";
        hint = "Let a store with create_schema(true) create them, under a user who may; check the "
               "schema and the search_path.";
    }
    else if (state == "22021" || state == "22P05" || state.substr(0, 2) == "54")
    {
        code = errc::invalid_argument;
        what = "The database cannot keep this text";
    }
    else if (state == "XX001" || state == "XX002")
    {
        code = errc::store_corrupt;
        what = "The database reports damaged data";
    }
    std::string message(what);
    message.append(" (SQLSTATE ").append(state).append(")");
    if (const auto words = a.message(); !words.empty())
        message.append(": ").append(words);
    auto out = failure(code).where(stage::store).message(message);
    if (!hint.empty())
        out.hint(hint);
    return out;
}

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

std::string sql(std::string_view schema, std::string_view pattern)
{
    const std::string prefix = schema.empty() ? "" : '"' + std::string(schema) + "\".";
    std::string out(pattern);
    // "living" and "unexpired" are about the table under the alias r.
    replace_all(out, "@living", "(r.taken_at IS NULL AND @unexpired)");
    replace_all(out, "@unexpired", "(r.expires_at IS NULL OR r.expires_at > @now)");
    replace_all(out, "@this", "r.kind = $1::smallint AND r.digest = $2");
    replace_all(out, "@now", "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    replace_all(out, "@records", prefix + "asioauth_records");
    replace_all(out, "@leases", prefix + "asioauth_leases");
    replace_all(out, "@fences", prefix + "asioauth_fences");
    replace_all(out, "@schema", prefix + "asioauth_schema");
    return out;
}

// One statement is one transaction. Nodes that start together wait for the first one's, and then
// find everything there. Hash indexes take a value of any length.
constexpr std::string_view create_text = R"(DO $do$
BEGIN
    PERFORM pg_advisory_xact_lock(7021844319573291777);
    @create_schema
    IF to_regclass('@schema') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE TABLE @records (
        kind smallint NOT NULL,
        digest bytea NOT NULL,
        id text COLLATE "C" NOT NULL,
        generation bigint NOT NULL,
        document bytea NOT NULL,
        user_name text NOT NULL,
        issuer text NOT NULL,
        binding text NOT NULL,
        expires_at bigint,
        taken text,
        taken_at timestamptz,
        PRIMARY KEY (kind, digest)
    );
    CREATE INDEX asioauth_records_user ON @records USING hash (user_name);
    CREATE INDEX asioauth_records_issuer ON @records USING hash (issuer);
    CREATE INDEX asioauth_records_expires_at ON @records (expires_at)
        WHERE expires_at IS NOT NULL;
    CREATE INDEX asioauth_records_taken_at ON @records (taken_at) WHERE taken_at IS NOT NULL;
    CREATE TABLE @leases (
        kind smallint NOT NULL,
        digest bytea NOT NULL,
        owner text NOT NULL,
        fence bigint NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (kind, digest)
    );
    CREATE SEQUENCE @fences AS bigint;
    CREATE TABLE @schema (version bigint NOT NULL);
    INSERT INTO @schema VALUES (1);
END
$do$)";

std::string create_sql(std::string_view schema)
{
    std::string text(create_text);
    std::string clause;
    if (!schema.empty())
    {
        const std::string name(schema);
        clause = "IF to_regnamespace('\"" + name + "\"') IS NULL THEN CREATE SCHEMA \"" + name
            + "\"; END IF;";
    }
    replace_all(text, "@create_schema", clause);
    return sql(schema, text);
}

// Marks and what has expired. Nodes do not wait for each other, and no statement takes long.
constexpr std::string_view purge_text = R"(WITH old_records AS (
    DELETE FROM @records WHERE (kind, digest) IN (
        SELECT kind, digest FROM @records
        WHERE taken_at < statement_timestamp() - interval '1 hour'
            OR expires_at < floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint
        LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
), old_leases AS (
    DELETE FROM @leases WHERE (kind, digest) IN (
        SELECT kind, digest FROM @leases WHERE until < statement_timestamp() - interval '1 hour'
        LIMIT 1000 FOR UPDATE SKIP LOCKED
    )
)
SELECT 1)";

constexpr std::string_view load_text = R"(SELECT r.generation, r.document, r.user_name, r.issuer,
    r.binding, r.expires_at
FROM @records AS r WHERE @this AND @living)";

// Parameters of what writes: kind, digest, next, document, user, issuer, binding, expiry, and then
// the identifier or the generation expected.
constexpr std::string_view insert_text = R"(INSERT INTO @records AS r
    (kind, digest, generation, document, user_name, issuer, binding, expires_at, id)
VALUES ($1::smallint, $2, $3::bigint, $4, $5::text, $6::text, $7::text, $8::bigint, $9::text)
ON CONFLICT (kind, digest) DO UPDATE SET
    generation = excluded.generation, document = excluded.document,
    user_name = excluded.user_name, issuer = excluded.issuer, binding = excluded.binding,
    expires_at = excluded.expires_at, id = excluded.id, taken_at = NULL
WHERE NOT @living
RETURNING 1)";

constexpr std::string_view update_text = R"(UPDATE @records AS r SET
    generation = $3::bigint, document = $4, user_name = $5::text, issuer = $6::text,
    binding = $7::text, expires_at = $8::bigint
WHERE @this AND @living AND r.generation = $9::bigint
RETURNING 1)";

// A repetition may find its own work done.
std::string again(std::string_view change)
{
    return "WITH changed AS (" + std::string(change) + R"()
SELECT 1 FROM changed UNION ALL
SELECT 1 FROM @records AS r
WHERE @this AND r.taken_at IS NULL AND r.generation = $3::bigint AND r.document = $4
    AND r.user_name = $5::text AND r.issuer = $6::text AND r.binding = $7::text
    AND r.expires_at IS NOT DISTINCT FROM $8::bigint AND NOT EXISTS (SELECT FROM changed))";
}

constexpr std::string_view absent_text =
    "SELECT 1 WHERE NOT EXISTS (SELECT FROM @records AS r WHERE @this AND @living)";

// Kind, digest, token, generation. Nothing of the record stays but that it was there.
constexpr std::string_view remove_text = R"(WITH gone AS (
    UPDATE @records AS r SET taken = $3::text, taken_at = clock_timestamp(), id = '', document = '',
        user_name = '', issuer = '', binding = '', expires_at = NULL
    WHERE @this AND @living AND r.generation = $4::bigint
    RETURNING 1
)
SELECT 1 FROM gone UNION ALL
SELECT 1 FROM @records AS r WHERE @this AND r.taken = $3::text AND NOT EXISTS (SELECT FROM gone))";

// Kind, digest, token, issuer, binding. The first column says: 0 taken, 1 another's, 2 it should
// have been taken but somebody came in between, 3 it was made again after we took it.
constexpr std::string_view take_text = R"(WITH got AS (
    UPDATE @records AS r SET taken = $3::text, taken_at = coalesce(r.taken_at, clock_timestamp())
    WHERE @this AND @unexpired AND r.issuer = $4::text AND r.binding = $5::text AND
        CASE WHEN r.taken_at IS NULL THEN r.taken IS DISTINCT FROM $3::text
            ELSE r.taken = $3::text END
    RETURNING generation, document, user_name, issuer, binding, expires_at
)
SELECT 0 AS state, generation, document, user_name, issuer, binding, expires_at FROM got
UNION ALL
SELECT CASE WHEN r.issuer <> $4::text OR r.binding <> $5::text THEN 1
        WHEN r.taken IS DISTINCT FROM $3::text THEN 2 ELSE 3 END,
    0, ''::bytea, '', '', '', NULL::bigint
FROM @records AS r WHERE @this AND @living AND NOT EXISTS (SELECT FROM got))";

// Kind, digest, owner, milliseconds. A lease that is given back keeps its row, so that whoever
// waits for the row draws the fence after getting it and not before. Columns: acquired, fence,
// milliseconds left.
constexpr std::string_view lease_text = R"(WITH got AS (
    INSERT INTO @leases AS l (kind, digest, owner, fence, until)
    VALUES ($1::smallint, $2, $3::text, nextval('@fences'),
        clock_timestamp() + $4::bigint * interval '1 millisecond')
    ON CONFLICT (kind, digest) DO UPDATE SET
        owner = excluded.owner,
        fence = CASE WHEN l.owner = excluded.owner AND l.until > clock_timestamp() THEN l.fence
            ELSE nextval('@fences') END,
        until = clock_timestamp() + $4::bigint * interval '1 millisecond'
    WHERE l.owner = excluded.owner OR l.until <= clock_timestamp()
    RETURNING fence
)
SELECT 1, fence, $4::bigint FROM got
UNION ALL
SELECT 0, 0, ceil(extract(epoch FROM l.until - clock_timestamp()) * 1000)::bigint
FROM @leases AS l WHERE l.kind = $1::smallint AND l.digest = $2 AND NOT EXISTS (SELECT FROM got))";

// Kind, digest, owner, milliseconds, fence.
constexpr std::string_view renew_text = R"(WITH got AS (
    UPDATE @leases AS l SET until = clock_timestamp() + $4::bigint * interval '1 millisecond'
    WHERE l.kind = $1::smallint AND l.digest = $2 AND l.owner = $3::text AND l.fence = $5::bigint
        AND l.until > clock_timestamp()
    RETURNING fence
)
SELECT 1, fence, $4::bigint FROM got
UNION ALL
SELECT 0, 0, ceil(extract(epoch FROM l.until - clock_timestamp()) * 1000)::bigint
FROM @leases AS l WHERE l.kind = $1::smallint AND l.digest = $2 AND l.until > clock_timestamp()
    AND NOT EXISTS (SELECT FROM got))";

constexpr std::string_view release_text = R"(UPDATE @leases AS l
SET until = to_timestamp(0), owner = ''
WHERE l.kind = $1::smallint AND l.digest = $2 AND l.owner = $3::text AND l.fence = $4::bigint)";

// Kind, user, issuer, kind and identifier to come after, limit.
constexpr std::string_view list_text = R"(SELECT r.kind, r.id, r.generation, r.document,
    r.user_name, r.issuer, r.binding, r.expires_at
FROM @records AS r
WHERE @living AND ($1::smallint IS NULL OR r.kind = $1::smallint)
    AND ($2::text IS NULL OR r.user_name = $2::text)
    AND ($3::text IS NULL OR r.issuer = $3::text)
    AND ($4::smallint IS NULL OR (r.kind, r.id) > ($4::smallint, $5::text))
ORDER BY r.kind, r.id COLLATE "C" LIMIT $6::bigint)";

// What was taken goes as well, but is not counted.
constexpr std::string_view erase_text = R"(WITH gone AS (
    DELETE FROM @records AS r
    WHERE ($1::smallint IS NULL OR r.kind = $1::smallint)
        AND ($2::text IS NULL OR r.user_name = $2::text)
        AND ($3::text IS NULL OR r.issuer = $3::text)
    RETURNING @living AS counts
)
SELECT count(*) FILTER (WHERE counts) FROM gone)";

} // namespace

postgres_sql::postgres_sql(std::string_view schema)
    : version(sql(schema, "SELECT max(version) FROM @schema"))
    , create(create_sql(schema))
    , purge(sql(schema, purge_text))
    , load(sql(schema, load_text))
    , insert(sql(schema, insert_text))
    , insert_again(sql(schema, again(insert_text)))
    , update(sql(schema, update_text))
    , update_again(sql(schema, again(update_text)))
    , absent(sql(schema, absent_text))
    , remove(sql(schema, remove_text))
    , take(sql(schema, take_text))
    , lease(sql(schema, lease_text))
    , renew(sql(schema, renew_text))
    , release(sql(schema, release_text))
    , list(sql(schema, list_text))
    , erase(sql(schema, erase_text))
{}

} // namespace asioauth::detail
