// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/sqlite_fixture.hpp"
#include "support/leave.hpp"

#include <atomic>
#include <thread>

namespace asioauth::test {
namespace {

class fixture
{
public:
    temporary_folder folder;
    std::filesystem::path file = folder.path / "logins.sqlite";
};

// What one process found out, from a file that it wrote octets into.
std::vector<int> octets_of(const std::filesystem::path& p)
{
    std::vector<int> out;
    for (const char c : content_of(p))
        out.push_back(static_cast<unsigned char>(c));
    return out;
}

// That many processes at once, each with its number; all have to end well.
void in_children(int processes, const std::function<void(int)>& work)
{
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i)
    {
        const pid_t child = ::fork();
        if (child == 0)
        {
            int code = 0;
            try
            {
                work(i);
            }
            catch (const std::exception& e)
            {
                write_to("/dev/stderr", std::string(e.what()) + '\n');
                code = 1;
            }
            leave(code);
        }
        children.push_back(child);
    }
    for (const pid_t child : children)
    {
        int status = 0;
        BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
        BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_races, fixture)

BOOST_AUTO_TEST_CASE(of_eight_processes_one_takes_each_of_fifty_records)
{
    constexpr int processes = 8;
    constexpr int records = 50;
    {
        asked_store s(file);
        for (int i = 0; i < records; ++i)
            s.commit(key(std::to_string(i)), 0, 1, document(std::to_string(i))).value();
    }
    in_children(processes, [&](int me) {
        asked_store s(file, milliseconds(30'000));
        std::string won;
        for (int i = 0; i < records; ++i)
        {
            const auto got = s.take(key(std::to_string(i))).value();
            if (got.at != 0 && got.value == document(std::to_string(i)))
                won += static_cast<char>(i);
        }
        write_to(folder.path / ("won" + std::to_string(me)), won);
    });
    std::vector<int> winners(records, 0);
    for (int i = 0; i < processes; ++i)
    {
        for (const int r : octets_of(folder.path / ("won" + std::to_string(i))))
            ++winners.at(static_cast<std::size_t>(r));
    }
    BOOST_TEST(winners == std::vector<int>(records, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(eight_processes_that_begin_together_make_one_store)
{
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round)
    {
        file = folder.path / std::to_string(round) / "logins.sqlite";
        in_children(8, [&](int me) {
            asked_store s(file, milliseconds(30'000));
            s.commit(key(std::to_string(me)), 0, 1, document("x")).value();
        });
        asked_store s(file);
        BOOST_TEST(s.list().value().size() == 8U);
    }
}

BOOST_AUTO_TEST_CASE(changes_of_several_processes_add_up)
{
    constexpr int processes = 4;
    constexpr int each = 25;
    in_children(processes, [&](int) {
        asked_store s(file, milliseconds(30'000));
        for (int i = 0; i < each;)
        {
            const auto got = s.load(key("a")).value();
            const auto r = s.commit(key("a"), got.at, got.at + 1, document("x"));
            if (r)
                ++i;
            else if (r.error().code() != make_error_code(errc::store_conflict))
                r.value();
        }
    });
    asked_store s(file);
    BOOST_TEST(s.load(key("a")).value().at == static_cast<generation>(processes * each));
}

BOOST_AUTO_TEST_CASE(of_two_stores_in_threads_one_wins_each_record_lease_and_generation)
{
    constexpr int rounds = 100;
    {
        asked_store s(file);
        for (int i = 0; i < rounds; ++i)
            s.commit(key(std::to_string(i), record_kind::pending_login), 0, 1, document("x"))
                .value();
    }
    std::atomic<int> taken = 0;
    std::atomic<int> leased = 0;
    std::atomic<int> committed = 0;
    std::atomic<int> wrong = 0;
    const auto work = [&](const char* me) {
        asked_store s(file, milliseconds(30'000));
        for (int i = 0; i < rounds; ++i)
        {
            const auto id = std::to_string(i);
            taken += s.take(key(id, record_kind::pending_login)).value().at == 1 ? 1 : 0;
            leased += s.acquire(key(id), me, milliseconds(600'000)).value().acquired ? 1 : 0;
            const auto r = s.commit(key(id), 0, 1, document(me));
            committed += r ? 1 : 0;
            if (!r && r.error().code() != make_error_code(errc::store_conflict))
                ++wrong;
        }
    };
    std::thread first(work, "first");
    std::thread second(work, "second");
    first.join();
    second.join();
    BOOST_TEST(taken == rounds);
    BOOST_TEST(leased == rounds);
    BOOST_TEST(committed == rounds);
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(many_threads_share_one_store)
{
    constexpr int threads = 4;
    constexpr int each = 50;
    boost::asio::io_context io;
    std::optional<sqlite_store> store(
        std::in_place, io.get_executor(), sqlite_settings().path(file.string())
    );
    std::atomic<int> good = 0;
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t)
    {
        callers.emplace_back([&, t] {
            for (int i = 0; i < each; ++i)
            {
                store->async_commit(
                    key(std::to_string(t * each + i)),
                    0,
                    1,
                    document("x"),
                    [&](const auto& r) { good += r ? 1 : 0; }
                );
            }
        });
    }
    for (auto& c : callers)
        c.join();
    store.reset();
    std::thread other([&] { io.run(); });
    io.run();
    other.join();
    BOOST_TEST(good == threads * each);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asioauth::test
