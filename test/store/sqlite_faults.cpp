// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/changed_document.hpp"
#include "store/sqlite_fixture.hpp"
#include "support/faulty_vfs.hpp"

#include <cerrno>
#include <csignal>

namespace asioauth::test {
namespace {

// One way in which a disk fails, and what the store may say then.
struct disk_fault
{
    const char* name;
    disk_call which;
    int code;
    int system_error;
    std::vector<errc> allowed;
};

const std::vector<disk_fault>& disk_faults()
{
    using enum errc;
    static const std::vector<disk_fault> all{
        {"full", disk_call::write, SQLITE_FULL, ENOSPC, {store_full}},
        {"no space", disk_call::write, SQLITE_IOERR_WRITE, ENOSPC, {store_full}},
        {"no quota", disk_call::write, SQLITE_IOERR_WRITE, EDQUOT, {store_full}},
        {"write error", disk_call::write, SQLITE_IOERR_WRITE, EIO, {store_unavailable}},
        {"read-only", disk_call::write, SQLITE_READONLY, EROFS, {store_read_only}},
        {"sync error",
         disk_call::sync,
         SQLITE_IOERR_FSYNC,
         EIO,
         {store_unavailable, store_outcome_unknown}},
        {"truncate error",
         disk_call::truncate,
         SQLITE_IOERR_TRUNCATE,
         EIO,
         {store_unavailable, store_outcome_unknown}},
        {"open error", disk_call::open, SQLITE_CANTOPEN, EMFILE, {store_unavailable}},
        {"open read-only", disk_call::open, SQLITE_CANTOPEN, EROFS, {store_read_only}},
        {"no shared memory",
         disk_call::map_shared,
         SQLITE_IOERR_SHMMAP,
         ENOMEM,
         {store_unavailable}},
        {"shared memory full", disk_call::map_shared, SQLITE_IOERR_SHMSIZE, ENOSPC, {store_full}},
        {"corrupt", disk_call::write, SQLITE_CORRUPT, 0, {store_corrupt}},
    };
    return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_faults, changed_document)

BOOST_AUTO_TEST_CASE(whatever_call_fails_the_error_is_typed_and_nothing_is_torn)
{
    faulty_vfs disk;
    long spoilt = 0;
    for (const auto& fault : disk_faults())
    {
        BOOST_TEST_CONTEXT(fault.name)
        {
            // From the first call of a new file on, until one run got by without the fault.
            for (long number = 1;; ++number)
            {
                const temporary_folder folder;
                const auto file = folder.path / "logins.sqlite";
                last_ = known_ = possible_ = 0;
                bool happened = false;
                {
                    asked_store s(file, milliseconds(0));
                    disk.fail_at(fault.which, number, fault.code, false, fault.system_error);
                    for (int i = 0; i < 3; ++i)
                    {
                        const auto r = change(s);
                        if (r)
                            continue;
                        BOOST_TEST(r.error().info().message().find(file.string()) == 0U);
                        bool expected = false;
                        for (const errc e : fault.allowed)
                            expected = expected || r.error().code() == make_error_code(e);
                        BOOST_TEST(expected, number << ": " << r.error().info().message());
                        if (possible_ != 0)
                            check(s);
                    }
                    happened = disk.happened();
                    disk.count(disk_call::any);
                    check(s);
                    BOOST_TEST(change(s).has_value());
                }
                asked_store again(file);
                check(again);
                if (!happened)
                    break;
                ++spoilt;
            }
        }
    }
    BOOST_TEST_MESSAGE(spoilt << " calls failed");
    BOOST_TEST(spoilt > 40);
}

BOOST_AUTO_TEST_CASE(a_disk_that_stays_full_leaves_what_was_there_readable)
{
    faulty_vfs disk;
    const temporary_folder folder;
    asked_store s(folder.path / "logins.sqlite", milliseconds(0));
    change(s).value();
    disk.fail_at(disk_call::write, 1, SQLITE_FULL, true, ENOSPC);
    for (int i = 0; i < 3; ++i)
    {
        BOOST_TEST(change(s).error().code() == make_error_code(errc::store_full));
        check(s);
    }
    disk.count(disk_call::any);
    BOOST_TEST(change(s).has_value());
    check(s);
}

BOOST_AUTO_TEST_CASE(a_change_whose_end_could_not_be_synchronised_is_said_to_be_unknown)
{
    faulty_vfs disk;
    const temporary_folder folder;
    asked_store s(folder.path / "logins.sqlite", milliseconds(0));
    change(s).value();
    disk.fail_at(disk_call::sync, 1, SQLITE_IOERR_FSYNC, true, EIO);
    BOOST_TEST(change(s).error().code() == make_error_code(errc::store_outcome_unknown));
    disk.count(disk_call::any);
    check(s);
    BOOST_TEST(change(s).has_value());
}

BOOST_AUTO_TEST_CASE(where_the_tables_could_not_be_synchronised_the_change_was_surely_not_made)
{
    faulty_vfs disk;
    const temporary_folder folder;
    int failed = 0;
    for (long number = 1;; ++number)
    {
        asked_store s(folder.path / std::to_string(number), milliseconds(0));
        disk.fail_at(disk_call::sync, number, SQLITE_IOERR_FSYNC, false, EIO);
        const auto r = s.load(key("a")); // opens the file, and changes nothing itself
        if (!disk.happened())
            break;
        failed += r.has_error() ? 1 : 0;
        if (r.has_error())
            BOOST_TEST(r.error().code() == make_error_code(errc::store_unavailable));
    }
    BOOST_TEST(failed >= 2);
}

BOOST_AUTO_TEST_CASE(a_change_is_synchronised_before_it_is_answered)
{
    faulty_vfs disk;
    const temporary_folder folder;
    asked_store s(folder.path / "logins.sqlite");
    change(s).value();
    for (int i = 0; i < 5; ++i)
    {
        disk.count(disk_call::sync);
        change(s).value();
        BOOST_TEST(disk.seen() >= 1);
    }
}

BOOST_AUTO_TEST_CASE(while_another_program_writes_the_answer_is_unavailable_and_later_good)
{
    const temporary_folder folder;
    const auto file = folder.path / "logins.sqlite";
    asked_store s(file, milliseconds(20));
    change(s).value();
    sqlite3* other = nullptr;
    BOOST_REQUIRE(::sqlite3_open(file.c_str(), &other) == SQLITE_OK);
    BOOST_REQUIRE(::sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    BOOST_TEST(change(s).error().code() == make_error_code(errc::store_unavailable));
    check(s); // reading does not wait for a writer
    BOOST_REQUIRE(::sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    BOOST_TEST(change(s).has_value());
    ::sqlite3_close(other);
}

BOOST_AUTO_TEST_CASE(a_process_killed_at_any_call_leaves_all_that_it_acknowledged)
{
    constexpr int changes = 5;
    // Every other change is so big that SQLite folds the log into the file in between.
    const auto text_of = [](generation at) {
        return std::string(at % 2 == 0 ? 200'000 : 20, static_cast<char>('a' + at));
    };
    long killed = 0;
    for (long number = 1;; number += number < 200 ? 1 : 5)
    {
        const temporary_folder folder;
        const auto file = folder.path / "logins.sqlite";
        int acknowledged[2];
        BOOST_REQUIRE(::pipe(acknowledged) == 0);
        const int end = in_child([&] {
            faulty_vfs disk;
            disk.kill_at(disk_call::any, number);
            asked_store s(file);
            for (int i = 1; i <= changes; ++i)
            {
                const auto next = static_cast<generation>(i);
                s.commit(key("a"), next - 1, next, document(text_of(next))).value();
                const char one = static_cast<char>(i);
                if (::write(acknowledged[1], &one, 1) != 1)
                    return 1;
            }
            s.store.reset();
            return 0;
        });
        ::close(acknowledged[1]);
        generation least = 0;
        for (char c = 0; ::read(acknowledged[0], &c, 1) == 1;)
            least = static_cast<generation>(c);
        ::close(acknowledged[0]);
        BOOST_REQUIRE((end == 0 || end == -SIGKILL));

        asked_store s(file);
        const auto got = s.load(key("a"));
        BOOST_REQUIRE_MESSAGE(got.has_value(), number << ": " << got.error().info().message());
        BOOST_TEST((got->at == least || got->at == least + 1), number);
        if (got->at != 0)
            BOOST_TEST((got->value == document(text_of(got->at))));
        BOOST_TEST(s.commit(key("a"), got->at, 100, document("on")).has_value());
        if (end == 0)
            break;
        ++killed;
    }
    BOOST_TEST_MESSAGE("killed at " << killed << " calls");
    BOOST_TEST(killed > 50);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asioauth::test
