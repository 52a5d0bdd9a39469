// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace asioauth;
namespace asio = boost::asio;

record_key key(std::string id)
{
    return {record_kind::grant, std::move(id)};
}

record document(std::string_view text)
{
    record r;
    r.document = secret(text);
    return r;
}

class fixture
{
public:
    result<stored_record> load(const record_key& k)
    {
        std::optional<result<stored_record>> out;
        store.async_load(k, [&](result<stored_record> r) { out.emplace(std::move(r)); });
        BOOST_REQUIRE(!out); // never inside the function
        io.restart();
        io.run();
        return out.value();
    }

    result<generation> commit(const record_key& k, generation expected, std::optional<record> v)
    {
        std::optional<result<generation>> out;
        store.async_commit(k, expected, ++last_next, std::move(v), [&](result<generation> r) {
            out.emplace(std::move(r));
        });
        BOOST_REQUIRE(!out);
        io.restart();
        io.run();
        return out.value();
    }

    result<lease> acquire(
        const record_key& k,
        const std::string& owner,
        std::chrono::milliseconds ttl = std::chrono::hours(1)
    )
    {
        std::optional<result<lease>> out;
        store.async_lease(k, owner, ttl, [&](result<lease> r) { out.emplace(std::move(r)); });
        BOOST_REQUIRE(!out);
        io.restart();
        io.run();
        return out.value();
    }

    result<lease> renew(const record_key& k, std::uint64_t fence, std::chrono::milliseconds ttl)
    {
        std::optional<result<lease>> out;
        store.async_renew_lease(k, "me", fence, ttl, [&](result<lease> r) {
            out.emplace(std::move(r));
        });
        io.restart();
        io.run();
        return out.value();
    }

    asio::io_context io;
    memory_store store{io.get_executor()};
    generation last_next = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(memory_store_, fixture)

BOOST_AUTO_TEST_CASE(a_record_that_does_not_exist_has_generation_0)
{
    BOOST_TEST(load(key("a")).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(a_record_is_read_as_it_was_written)
{
    auto r = document("one");
    r.user = "u";
    r.issuer = "https://as.example";
    const auto at = commit(key("a"), 0, r).value();
    BOOST_TEST(at != 0U);
    const auto got = load(key("a")).value();
    BOOST_TEST(got.at == at);
    BOOST_TEST((got.value == r));
    BOOST_TEST(load({record_kind::registration, "a"}).value().at == 0U);
}

BOOST_AUTO_TEST_CASE(only_one_of_two_who_read_the_same_can_write)
{
    const auto at = commit(key("a"), 0, document("one")).value();
    const auto next = commit(key("a"), at, document("two")).value();
    BOOST_TEST(next > at);
    BOOST_TEST(
        commit(key("a"), at, document("three")).error().code()
        == make_error_code(errc::store_conflict)
    );
    BOOST_TEST(
        commit(key("a"), 0, document("four")).error().code()
        == make_error_code(errc::store_conflict)
    );
    BOOST_TEST(
        commit(key("a"), at, std::nullopt).error().code() == make_error_code(errc::store_conflict)
    );
    BOOST_TEST(
        commit(key("b"), 7, document("five")).error().code()
        == make_error_code(errc::store_conflict)
    );
    BOOST_TEST((load(key("a")).value().value == document("two")));
}

BOOST_AUTO_TEST_CASE(a_deletion_leaves_generation_0)
{
    const auto at = commit(key("a"), 0, document("one")).value();
    BOOST_TEST(commit(key("a"), at, std::nullopt).value() == 0U);
    BOOST_TEST(load(key("a")).value().at == 0U);
    BOOST_TEST(commit(key("a"), 0, std::nullopt).value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_record_made_again_is_not_taken_for_the_deleted_one)
{
    const auto first = commit(key("a"), 0, document("one")).value();
    commit(key("a"), first, std::nullopt).value();
    const auto second = commit(key("a"), 0, document("two")).value();
    BOOST_TEST(second != first);
    BOOST_TEST(
        commit(key("a"), first, std::nullopt).error().code()
        == make_error_code(errc::store_conflict)
    );
}

BOOST_AUTO_TEST_CASE(the_65537th_record_is_refused_until_another_is_deleted_or_over)
{
    constexpr int most = 65'536;
    generation first = 0;
    int failed = 0;
    for (int i = 0; i < most; ++i)
    {
        store.async_commit(
            key(std::to_string(i)),
            0,
            ++last_next,
            document("x"),
            [&, i](result<generation> r) {
                if (!r)
                    ++failed;
                else if (i == 0)
                    first = *r;
            }
        );
    }
    io.run();
    BOOST_TEST(failed == 0);
    BOOST_TEST(
        commit(key("new"), 0, document("x")).error().code() == make_error_code(errc::store_full)
    );
    const auto replaced = commit(key("0"), first, document("y")).value();
    BOOST_TEST(commit(key("0"), replaced, std::nullopt).value() == 0U);
    const auto last = commit(key("new"), 0, document("x")).value();
    // What has run out is no longer in the way, also if that was not to be seen when it was full.
    BOOST_TEST(
        commit(key("newer"), 0, document("x")).error().code() == make_error_code(errc::store_full)
    );
    record over = document("x");
    over.expires_at = std::chrono::system_clock::now() - std::chrono::hours(1);
    commit(key("new"), last, over).value();
    BOOST_TEST(commit(key("newer"), 0, document("x")).value() != 0U);
}

BOOST_AUTO_TEST_CASE(the_65537th_lease_is_refused_until_another_is_given_back_or_over)
{
    constexpr int most = 65'536;
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    int failed = 0;
    for (int i = 0; i < most; ++i)
    {
        store.async_lease(
            key(std::to_string(i)),
            "me",
            std::chrono::hours(1),
            [&, i](result<lease> r) {
                if (!r || !r->acquired)
                    ++failed;
                else if (i < 2)
                    (i == 0 ? first : second) = r->fence;
            }
        );
    }
    io.run();
    BOOST_TEST(failed == 0);
    const auto full = make_error_code(errc::store_full);
    BOOST_TEST(acquire(key("new"), "me").error().code() == full);
    // Who has one keeps it, and others are told that it is taken.
    BOOST_TEST(acquire(key("0"), "me").value().fence == first);
    BOOST_TEST(!acquire(key("0"), "other").value().acquired);
    store.async_release_lease(key("0"), "me", first, [](const result<void>&) {});
    BOOST_TEST(acquire(key("new"), "me").value().acquired);
    BOOST_TEST(acquire(key("newer"), "me").error().code() == full);
    // What has run out is no longer in the way.
    BOOST_TEST(renew(key("1"), second, std::chrono::milliseconds(1)).value().acquired);
    auto r = acquire(key("newer"), "me");
    while (!r)
    {
        BOOST_TEST_REQUIRE(r.error().code() == full);
        r = acquire(key("newer"), "me");
    }
    BOOST_TEST(r->acquired);
    BOOST_TEST(!renew(key("1"), second, std::chrono::hours(1)).value().acquired);
}

BOOST_AUTO_TEST_CASE(a_lease_of_any_length_is_held)
{
    const auto got = acquire(key("a"), "me", std::chrono::milliseconds::max()).value();
    BOOST_TEST(got.acquired);
    const auto other = acquire(key("a"), "other").value();
    BOOST_TEST(!other.acquired);
    BOOST_TEST((other.remaining > std::chrono::hours(24)));
    BOOST_TEST(renew(key("a"), got.fence, std::chrono::milliseconds::max()).value().acquired);
    BOOST_TEST(!acquire(key("a"), "other").value().acquired);
}

BOOST_AUTO_TEST_CASE(of_many_threads_one_wins_each_round)
{
    constexpr int threads = 4;
    constexpr int rounds = 200;
    asio::thread_pool pool(threads);
    memory_store shared(pool.get_executor());
    generation at = 0;
    for (int round = 0; round < rounds; ++round)
    {
        std::atomic<int> won = 0;
        std::atomic<generation> next = 0;
        std::vector<std::thread> writers;
        std::atomic<int> conflicts = 0;
        for (int i = 0; i < threads; ++i)
        {
            writers.emplace_back([&] {
                std::promise<void> finished;
                shared.async_commit(key("a"), at, at + 1, document("x"), [&](result<generation> r) {
                    if (r)
                    {
                        ++won;
                        next = *r;
                    }
                    else if (r.error().code() == errc::store_conflict)
                    {
                        ++conflicts;
                    }
                    finished.set_value();
                });
                finished.get_future().wait();
            });
        }
        for (auto& writer : writers)
            writer.join();
        BOOST_REQUIRE(won == 1);
        BOOST_REQUIRE(conflicts == threads - 1);
        at = next;
    }
    pool.join();
}

BOOST_AUTO_TEST_SUITE_END()
