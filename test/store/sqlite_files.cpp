// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_fixture.hpp"

namespace asioauth::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view token = "a-token-that-must-not-linger";

class fixture
{
public:
    // What a new store answers to reading, which opens the file.
    error_code opening(const fs::path& p) const
    {
        asked_store s(p, milliseconds(100));
        const auto r = s.load(key("a"));
        if (r.has_value())
            return {};
        BOOST_TEST((r.error().info().where() == stage::store));
        BOOST_TEST(r.error().info().message().find(folder.path.string()) != std::string::npos);
        return r.error().code();
    }
    error_code opening() const { return opening(file); }

    void fill(int records = 50) const
    {
        asked_store s(file);
        for (int i = 0; i < records; ++i)
            s.commit(key(std::to_string(i)), 0, 1, document(std::string(500, 'x'))).value();
    }

    bool stays_as_it_is(errc expected) const
    {
        const auto before = content_of(file);
        ::chmod(file.c_str(), 0664);
        BOOST_TEST(opening() == make_error_code(expected));
        asked_store s(file, milliseconds(100));
        BOOST_TEST(
            s.commit(key("a"), 0, 1, document("x")).error().code() == make_error_code(expected)
        );
        BOOST_TEST(mode_of(file) == 0664U);
        return content_of(file) == before;
    }

    fs::path beside(const char* suffix) const { return file.string() + suffix; }

    temporary_folder folder;
    fs::path file = folder.path / "logins.sqlite";
};

class umask_of
{
public:
    explicit umask_of(mode_t m) : before_(::umask(m)) {}
    umask_of(const umask_of&) = delete;
    umask_of& operator=(const umask_of&) = delete;
    ~umask_of() { ::umask(before_); }

private:
    mode_t before_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_permissions, fixture)

BOOST_AUTO_TEST_CASE(folders_and_files_are_this_users_alone_whatever_the_umask_is)
{
    for (const mode_t m : {0000U, 0022U, 0177U})
    {
        const umask_of set(m);
        const auto top = folder.path / std::to_string(m);
        const auto inside = top / "b" / "asioauth";
        asked_store s(inside / "logins.sqlite");
        s.commit(key("a"), 0, 1, document("x")).value();
        for (const auto& p : {top, top / "b", inside})
            BOOST_TEST(mode_of(p) == 0700U);
        for (const char* suffix : {"", "-wal", "-shm"})
            BOOST_TEST(mode_of(inside / (std::string("logins.sqlite") + suffix)) == 0600U);
    }
    const umask_of nothing(0777);
    asked_store s(file);
    s.commit(key("a"), 0, 1, document("x")).value();
    for (const char* suffix : {"", "-wal", "-shm"})
        BOOST_TEST(mode_of(beside(suffix)) == 0600U);
}

BOOST_AUTO_TEST_CASE(files_that_others_could_read_are_repaired)
{
    std::optional<asked_store> s(std::in_place, file);
    s->commit(key("a"), 0, 1, document("x")).value();
    for (const char* suffix : {"", "-wal", "-shm"})
        ::chmod(beside(suffix).c_str(), 0666);
    BOOST_TEST(!opening().failed());
    for (const char* suffix : {"", "-wal", "-shm"})
        BOOST_TEST(mode_of(beside(suffix)) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_can_write_to_is_refused_and_left_alone)
{
    for (const mode_t m : {0720U, 0702U, 01777U})
    {
        ::chmod(folder.path.c_str(), m);
        BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
        BOOST_TEST(mode_of(folder.path) == m);
        BOOST_TEST(!fs::exists(file));
    }
}

BOOST_AUTO_TEST_CASE(only_a_folder_of_the_stores_own_name_is_closed_to_readers)
{
    ::chmod(folder.path.c_str(), 0755);
    BOOST_TEST(!opening().failed());
    BOOST_TEST(mode_of(folder.path) == 0755U);

    const auto own = folder.path / "asioauth";
    fs::create_directory(own);
    ::chmod(own.c_str(), 0755);
    BOOST_TEST(!opening(own / "logins.sqlite").failed());
    BOOST_TEST(mode_of(own) == 0700U);

    ::chmod(own.c_str(), 0775);
    BOOST_TEST(opening(own / "logins.sqlite") == make_error_code(errc::store_permissions_insecure));
    BOOST_TEST(mode_of(own) == 0775U);
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_in_place_of_a_file_is_refused_and_its_target_untouched)
{
    const auto target = folder.path / "target";
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    {
        fs::create_symlink(target, beside(suffix));
        BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
        BOOST_TEST(!fs::exists(target)); // where it dangles
        write_to(target, "");
        ::chmod(target.c_str(), 0644);
        BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
        BOOST_TEST(mode_of(target) == 0644U);
        BOOST_TEST(content_of(target).empty());
        fs::remove(target);
        fs::remove(beside(suffix));
    }
}

BOOST_AUTO_TEST_CASE(a_folder_behind_a_symbolic_link_is_as_good_as_it_is_itself)
{
    const auto real = folder.path / "real";
    fs::create_directory(real);
    ::chmod(real.c_str(), 0700);
    fs::create_directory_symlink(real, folder.path / "link");
    BOOST_TEST(!opening(folder.path / "link" / "logins.sqlite").failed());
    BOOST_TEST(fs::exists(real / "logins.sqlite"));
    ::chmod(real.c_str(), 0777);
    BOOST_TEST(
        opening(folder.path / "link" / "logins.sqlite")
        == make_error_code(errc::store_permissions_insecure)
    );
}

BOOST_AUTO_TEST_CASE(what_is_not_a_regular_file_is_refused)
{
    fs::create_directory(file);
    BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
    fs::remove(file);
    BOOST_TEST(::mkfifo(file.c_str(), 0600) == 0);
    BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
}

BOOST_AUTO_TEST_CASE(what_belongs_to_another_user_is_refused)
{
    constexpr uid_t other = 65534;
    if (::geteuid() != 0)
    {
        BOOST_TEST_MESSAGE("only root can give a file away");
        return;
    }
    fill(1);
    BOOST_TEST(::chown(file.c_str(), other, other) == 0);
    BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
    BOOST_TEST(::chown(file.c_str(), 0, 0) == 0);
    BOOST_TEST(!opening().failed());
    BOOST_TEST(::chown(folder.path.c_str(), other, other) == 0);
    BOOST_TEST(opening() == make_error_code(errc::store_permissions_insecure));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_written_to_is_said_to_be_read_only)
{
    constexpr uid_t other = 65534;
    const auto closed = folder.path / "closed";
    fs::create_directory(closed);
    ::chmod(closed.c_str(), 0500);
    if (::geteuid() == 0)
    {
        BOOST_TEST(::chown(folder.path.c_str(), other, other) == 0);
        BOOST_TEST(::chown(closed.c_str(), other, other) == 0);
    }
    // Nothing stops root.
    const auto refused = errc::store_read_only;
    BOOST_TEST(
        in_child([&] {
            if (::geteuid() == 0 && (::setgid(other) != 0 || ::setuid(other) != 0))
                return 1;
            if (opening(closed / "logins.sqlite") != make_error_code(refused))
                return 2;
            fill(1);
            ::chmod(file.c_str(), 0400);
            asked_store s(file);
            const auto r = s.commit(key("a"), 0, 1, document("x"));
            if (!r.has_error() || r.error().code() != make_error_code(refused))
                return 3;
            return mode_of(file) == 0400U ? 0 : 4;
        })
        == 0
    );
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_is_the_answer_of_each_operation)
{
    BOOST_TEST(opening(folder.path / "") == make_error_code(errc::store_unavailable));
    write_to(folder.path / "plain", "");
    BOOST_TEST(opening(folder.path / "plain" / "f") == make_error_code(errc::store_unavailable));
    BOOST_TEST(
        opening(folder.path / std::string("a\0b", 3)) == make_error_code(errc::store_unavailable)
    );
}

BOOST_AUTO_TEST_CASE(opening_is_tried_again_by_the_next_operation)
{
    ::chmod(folder.path.c_str(), 0777);
    asked_store s(file);
    BOOST_TEST(s.load(key("a")).has_error());
    ::chmod(folder.path.c_str(), 0700);
    BOOST_TEST(s.commit(key("a"), 0, 1, document("x")).value() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sqlite_whose_file, fixture)

BOOST_AUTO_TEST_CASE(another_programs_database_is_refused_and_untouched)
{
    sql(file, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    BOOST_TEST(stays_as_it_is(errc::store_unavailable));
    fs::remove(file);
    sql(file, "PRAGMA application_id = 7");
    BOOST_TEST(stays_as_it_is(errc::store_unavailable));
    fs::remove(file);
    sql(file, "PRAGMA user_version = 1; CREATE TABLE records (a)");
    BOOST_TEST(stays_as_it_is(errc::store_unavailable));
}

BOOST_AUTO_TEST_CASE(another_programs_log_is_not_folded_into_its_database)
{
    // Killed, so that the log stays.
    BOOST_TEST(
        in_child([&] {
            sqlite3* db = nullptr;
            ::sqlite3_open(file.c_str(), &db);
            ::sqlite3_exec(
                db, "PRAGMA journal_mode = WAL; CREATE TABLE theirs (a)", nullptr, nullptr, nullptr
            );
            return 0;
        })
        == 0
    );
    const auto log = content_of(beside("-wal"));
    BOOST_TEST(!log.empty());
    BOOST_TEST(stays_as_it_is(errc::store_unavailable));
    BOOST_TEST(content_of(beside("-wal")) == log);
}

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_version_is_refused_and_untouched)
{
    fill(1);
    sql(file, "PRAGMA user_version = 2");
    BOOST_TEST(stays_as_it_is(errc::store_version_newer));
    sql(file, "PRAGMA user_version = 1");
    BOOST_TEST(!opening().failed());
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_say_its_version_is_damaged_and_untouched)
{
    fill(1);
    for (const char* version : {"0", "-1"})
    {
        sql(file, std::string("PRAGMA user_version = ") + version);
        BOOST_TEST(stays_as_it_is(errc::store_corrupt));
    }
    sql(file, "PRAGMA user_version = 1");
    BOOST_TEST(!opening().failed());
    BOOST_TEST(sql(file, "SELECT count(*) FROM records") == 1);
}

BOOST_AUTO_TEST_CASE(an_empty_file_of_this_user_alone_becomes_a_store)
{
    // As a process leaves it that was killed when it had just made it.
    write_to(file, "");
    ::chmod(file.c_str(), 0600);
    fill(1);
    BOOST_TEST(sql(file, "PRAGMA user_version") == 1);
    BOOST_TEST(sql(file, "PRAGMA application_id") == 0x61736f61);
    BOOST_TEST(sql(file, "SELECT count(*) FROM records") == 1);
}

BOOST_AUTO_TEST_CASE(what_is_no_database_is_refused_and_untouched)
{
    for (const std::size_t size : {0UL, 2UL, 15UL, 5'000UL, 8'192UL})
    {
        write_to(file, std::string(size, 'x'));
        BOOST_TEST_CONTEXT(size << " octets")
        BOOST_TEST(stays_as_it_is(errc::store_unavailable));
    }
}

BOOST_AUTO_TEST_CASE(beside_what_is_no_store_no_key_is_made_and_the_folder_stays_as_it_is)
{
    const auto own = folder.path / "asioauth";
    fs::create_directory(own);
    ::chmod(own.c_str(), 0755);
    write_to(own / "notes", "mine");
    ::chmod((own / "notes").c_str(), 0644);
    boost::asio::io_context context;
    const auto opened =
        open_sqlite(context.get_executor(), sqlite_settings().path((own / "notes").string()));
    std::optional<failure> why;
    opened->async_load(key("a"), [&](const result<stored_record>& r) { why = r.error(); });
    context.run();
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST((why->code() == errc::store_unavailable));
    BOOST_TEST(why->info().message().find("no store of asioauth") != std::string::npos);
    BOOST_TEST(std::distance(fs::directory_iterator(own), fs::directory_iterator()) == 1);
    BOOST_TEST(mode_of(own / "notes") == 0644U);
    BOOST_TEST(mode_of(own) == 0755U);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_refused_and_untouched)
{
    fill();
    const auto whole = content_of(file);
    for (const std::size_t left : {1UL, 50UL, 100UL, 4'096UL, whole.size() / 2, whole.size() - 1})
    {
        write_to(file, std::string_view(whole).substr(0, left));
        BOOST_TEST_CONTEXT(left << " of " << whole.size() << " octets")
        BOOST_TEST(stays_as_it_is(errc::store_corrupt));
    }
    write_to(file, whole);
    BOOST_TEST(!opening().failed());
}

BOOST_AUTO_TEST_CASE(an_empty_file_beside_a_log_is_damage_and_not_a_new_store)
{
    BOOST_TEST(
        in_child([&] {
            asked_store s(file);
            s.commit(key("a"), 0, 1, document("x")).value();
            ::_exit(0); // without closing it
            return 1;
        })
        == 0
    );
    const auto log = content_of(beside("-wal"));
    BOOST_TEST(!log.empty());
    const auto whole = content_of(file);
    write_to(file, "");
    BOOST_TEST(stays_as_it_is(errc::store_corrupt));
    fs::remove(file);
    BOOST_TEST(opening() == make_error_code(errc::store_corrupt));
    BOOST_TEST(!fs::exists(file));
    BOOST_TEST(content_of(beside("-wal")) == log);
    write_to(file, whole);
    asked_store s(file);
    BOOST_TEST(s.load(key("a")).value().at == 1U);
}

BOOST_AUTO_TEST_CASE(of_flipped_octets_comes_what_was_written_or_an_error_and_no_new_store)
{
    fill();
    const auto whole = content_of(file);
    int found = 0;
    for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 7 : 397)
    {
        auto spoilt = whole;
        spoilt[at] = static_cast<char>(~spoilt[at]);
        write_to(file, spoilt);
        {
            asked_store s(file, milliseconds(100));
            for (int i = 0; i < 50; i += 7)
            {
                const auto r = s.load(key(std::to_string(i)));
                found += r.has_value() ? 0 : 1;
                if (r.has_error())
                    BOOST_TEST(r.error().info().message().find("xxxx") == std::string::npos);
            }
            const auto r = s.list(record_filter().limit(1'000));
            found += r.has_value() ? 0 : 1;
        }
        BOOST_TEST(content_of(file).size() >= whole.size());
        for (const char* suffix : {"-wal", "-shm"})
            fs::remove(beside(suffix));
    }
    BOOST_TEST_MESSAGE(found << " operations found the damage");
    BOOST_TEST(found > 0);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_moved_away_is_not_written_to_any_more)
{
    asked_store s(file);
    s.commit(key("a"), 0, 1, document("x")).value();
    const auto away = folder.path / "away";
    fs::create_directory(away);
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::rename(beside(suffix), away / (std::string("logins.sqlite") + suffix));
    BOOST_TEST(s.commit(key("b"), 0, 1, document("y")).value() == 1U);
    BOOST_TEST(s.load(key("a")).value().at == 0U);
    BOOST_TEST(sql(file, "SELECT count(*) FROM records") == 1);
    BOOST_TEST(sql(away / "logins.sqlite", "SELECT count(*) FROM records") == 1);
}

BOOST_AUTO_TEST_CASE(what_somebody_put_into_the_schema_is_not_run)
{
    fill(1);
    sql(file, "CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM records; END");
    asked_store s(file);
    s.commit(key("new"), 0, 1, document("x")).value();
    BOOST_TEST(s.list().value().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sqlite_what_lingers, fixture)

BOOST_AUTO_TEST_CASE(a_deleted_document_is_gone_from_the_file)
{
    const std::string big = std::string(3'000, 'a') + std::string(token) + std::string(9'000, 'b');
    {
        asked_store s(file);
        s.commit(key("keep"), 0, 1, document("k")).value();
        s.commit(key("small"), 0, 1, document(token)).value();
        s.commit(key("big"), 0, 1, document(big)).value();
    }
    BOOST_TEST(content_of(file).find(token) != std::string::npos);
    {
        asked_store s(file);
        s.commit(key("small"), 1, 0, std::nullopt).value();
        s.take(key("big")).value();
    }
    BOOST_TEST(!fs::exists(beside("-wal")));
    BOOST_TEST(content_of(file).find(token) == std::string::npos);
    BOOST_TEST(content_of(file).find("aaaaaaaa") == std::string::npos);
    BOOST_TEST(content_of(file).find("bbbbbbbb") == std::string::npos); // pages that became free
}

BOOST_AUTO_TEST_CASE(what_was_erased_is_gone_from_the_log_too)
{
    asked_store s(file);
    s.commit(key("a"), 0, 1, document(token, "u")).value();
    BOOST_TEST(content_of(beside("-wal")).find(token) != std::string::npos);
    BOOST_TEST(s.erase(record_filter().user("u")).value() == 1U);
    BOOST_TEST(content_of(beside("-wal")).find(token) == std::string::npos);
    BOOST_TEST(content_of(file).find(token) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asioauth::test
