// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// One function at a time, in order, and none lost.

#include "transport/home_executor.hpp"

#include "net/moody_executor.hpp"
#include "transport/home_io.hpp"
#include "transport/kept_post.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asioauth {
namespace {

namespace asio = boost::asio;
using detail::home_executor;
using detail::post_kept;
using testing::mood;
using testing::moody_executor;

constexpr auto tracked = asio::execution::outstanding_work.tracked;

// To move it takes memory, as of a lambda that has captured a constant by value.
class moves_with_memory
{
public:
    moves_with_memory(const bool& has_none, int& called, std::shared_ptr<int> p)
        : has_none_(&has_none)
        , called_(&called)
        , held_(std::move(p))
    {}
    moves_with_memory(moves_with_memory&& other)
        : has_none_(other.has_none_)
        , called_(other.called_)
        , held_(other.held_)
    {
        if (*has_none_)
            throw std::bad_alloc();
    }
    moves_with_memory(const moves_with_memory&) = delete;
    moves_with_memory& operator=(const moves_with_memory&) = delete;
    ~moves_with_memory() = default;

    void operator()() { ++*called_; }

private:
    const bool* has_none_;
    int* called_;
    std::shared_ptr<int> held_;
};

template <class Function>
void post_kept_as_it_is(const home_executor& ex, Function& f)
{
    asio::require(ex, asio::execution::blocking.never).execute(std::move(f));
}

// How many are inside, at most, of those that many threads bring.
class crowd
{
public:
    static constexpr int threads = 4;
    static constexpr int each = 2000;

    explicit crowd(home_executor h) : home_(std::move(h)) {}

    void come()
    {
        std::vector<std::thread> all;
        for (int t = 0; t != threads; ++t)
            all.emplace_back([this] {
                for (int i = 0; i != each; ++i)
                {
                    if (i % 3 == 0)
                        post_kept(home_, [this] { visit(); });
                    else if (i % 3 == 1)
                        asio::dispatch(home_, [this] { visit(); });
                    else // by a thread of the context
                        asio::post(home_.inner(), [this] {
                            asio::dispatch(home_, [this] { visit(); });
                        });
                }
            });
        for (auto& t : all)
            t.join();
    }

    int came() const { return came_; }
    int most() const { return most_; }

private:
    void visit()
    {
        most_ = std::max(most_, ++inside_);
        ++came_;
        if (!home_.running_in_this_thread())
            most_ = 1000;
        --inside_;
    }

    const home_executor home_;
    int inside_ = 0;
    int most_ = 0;
    int came_ = 0; // not atomic: ThreadSanitizer would say so
};

BOOST_AUTO_TEST_SUITE(home_executor_)

BOOST_AUTO_TEST_CASE(many_threads_come_in_one_at_a_time)
{
    asio::thread_pool pool(3);
    asio::io_context io;
    std::vector<std::thread> runners;
    crowd of_a_pool(home_executor::serial(pool.get_executor()));
    crowd of_a_context(home_executor::serial(io.get_executor()));
    {
        const auto busy = asio::prefer(io.get_executor(), tracked);
        for (int i = 0; i != 3; ++i)
            runners.emplace_back([&] { io.run(); });
        of_a_pool.come();
        of_a_context.come();
    }
    for (auto& t : runners)
        t.join();
    pool.join();
    for (const auto* all : {&of_a_pool, &of_a_context})
    {
        BOOST_TEST(all->came() == crowd::threads * crowd::each);
        BOOST_TEST(all->most() == 1);
    }
}

BOOST_AUTO_TEST_CASE(what_is_posted_comes_later_and_in_its_order)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    std::string order;
    post_kept(home, [&] {
        post_kept(home, [&] { order += "b"; });
        asio::dispatch(home, [&] { order += "1"; }); // we are there
        post_kept(home, [&] { order += "c"; });
        order += "a";
    });
    post_kept(home, [&] { order += "2"; });
    BOOST_TEST(order.empty());
    io.run();
    BOOST_TEST(order == "1a2bc");
}

BOOST_AUTO_TEST_CASE(more_than_a_turn_of_functions_let_others_of_the_context_in_between)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    int came = 0;
    int before_the_other = 0;
    for (int i = 0; i != 1000; ++i)
        post_kept(home, [&] { ++came; });
    asio::post(io, [&] { before_the_other = came; });
    io.run();
    BOOST_TEST(came == 1000);
    BOOST_TEST(before_the_other < 1000);
}

BOOST_AUTO_TEST_CASE(handler_of_the_context_is_called_at_once_if_nobody_is_inside)
{
    asio::io_context io;
    for (const auto& home :
         {home_executor::serial(io.get_executor()), home_executor::of(io.get_executor())})
    {
        bool at_once = false;
        bool called = false;
        asio::dispatch(home, [&] { called = true; });
        BOOST_TEST(!called); // not from outside
        io.run();
        io.restart();
        asio::post(io, [&] {
            bool inner = false;
            asio::dispatch(home, [&] { inner = true; });
            at_once = inner;
        });
        io.run();
        io.restart();
        BOOST_TEST(called);
        BOOST_TEST(at_once);
    }
}

BOOST_AUTO_TEST_CASE(timer_of_a_home_ends_at_home)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    detail::home_timer timer(home, std::chrono::milliseconds(1));
    bool at_home = false;
    timer.async_wait([&](boost::system::error_code) { at_home = home.running_in_this_thread(); });
    io.run();
    BOOST_TEST(at_home);
    BOOST_TEST(!home.running_in_this_thread());
}

BOOST_AUTO_TEST_CASE(erased_home_is_the_same_one)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    const asio::any_io_executor erased(home);
    BOOST_TEST((home_executor::of(erased) == home));
    const auto later = asio::require(erased, asio::execution::blocking.never);
    BOOST_TEST((home_executor::of(later) == home));
    bool at_once = false;
    asio::post(erased, [&] {
        asio::dispatch(home_executor::of(later), [&] { at_once = true; });
        BOOST_TEST(at_once);
    });
    io.run();
    BOOST_TEST(at_once);
}

BOOST_AUTO_TEST_CASE(what_throws_does_not_keep_the_others_out)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    bool came = false;
    post_kept(home, [] { throw std::runtime_error("mine"); });
    post_kept(home, [&] { came = true; });
    BOOST_CHECK_THROW(io.run(), std::runtime_error);
    BOOST_TEST(!came);
    io.run();
    BOOST_TEST(came);
    asio::post(io, [&] {
        BOOST_CHECK_THROW(
            asio::dispatch(home, [] { throw std::runtime_error("mine"); }), std::runtime_error
        );
        came = false;
        asio::dispatch(home, [&] { came = true; });
    });
    io.restart();
    io.run();
    BOOST_TEST(came);
}

BOOST_AUTO_TEST_CASE(context_that_goes_takes_along_what_waits)
{
    std::weak_ptr<int> waiting;
    {
        asio::io_context io;
        const auto home = home_executor::serial(io.get_executor());
        const auto p = std::make_shared<int>();
        waiting = p;
        post_kept(home, [p, home] {});
        post_kept(home, [p, home] {});
    }
    BOOST_TEST(waiting.expired());
}

BOOST_AUTO_TEST_CASE(home_may_be_left_by_what_holds_its_last_executor)
{
    asio::io_context io;
    auto home = std::make_unique<home_executor>(home_executor::serial(io.get_executor()));
    bool came = false;
    post_kept(*home, [&] {
        home->execute([&] {
            home.reset();
            came = true;
        });
    });
    io.run();
    BOOST_TEST(came);
}

BOOST_AUTO_TEST_CASE(context_is_kept_busy_by_each_copy_that_says_so)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    {
        std::optional<home_executor> busy(asio::require(home, tracked));
        auto copy = *busy;
        auto moved = std::move(*busy);
        busy.reset();
        BOOST_TEST(io.poll() == 0U);
        BOOST_TEST(!io.stopped());
        const auto idle = asio::require(copy, asio::execution::outstanding_work.untracked);
        copy = home;
        BOOST_TEST(io.poll() == 0U);
        BOOST_TEST(!io.stopped());
        moved = idle;
        io.poll();
        BOOST_TEST(io.stopped());
        io.restart();
        const asio::any_io_executor erased = asio::prefer(asio::any_io_executor(home), tracked);
        io.poll();
        BOOST_TEST(!io.stopped());
    }
    io.poll();
    BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_taken_is_left_as_it_was)
{
    asio::io_context io;
    mood how = mood::takes;
    const auto home = home_executor::serial(moody_executor(io, how));
    const auto p = std::make_shared<int>(7);
    auto f = [&, p] { BOOST_TEST(*p == 7); };
    how = mood::has_no_memory;
    BOOST_CHECK_THROW(home.execute(std::move(f)), std::bad_alloc);
    BOOST_TEST(p.use_count() == 2);
    how = mood::takes;
    home.execute(std::move(f));
    io.run();
    BOOST_TEST(p.use_count() == 2); // what was moved from holds nothing; `f` is here still
}

BOOST_AUTO_TEST_CASE(what_is_insisted_on_is_called_once_even_if_it_has_no_memory_itself)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    int called = 0;
    asio::post(io, [&] {
        home.insist([&, p = std::make_shared<int>()] {
            ++called;
            BOOST_TEST(p != nullptr);
            throw std::bad_alloc();
        });
    });
    BOOST_CHECK_THROW(io.run(), std::bad_alloc);
    BOOST_TEST(called == 1);
}

BOOST_AUTO_TEST_CASE(executor_that_drops_what_it_is_given_keeps_nothing)
{
    asio::io_context io;
    mood how = mood::takes;
    std::weak_ptr<int> waits;
    const auto home = home_executor::serial(moody_executor(io, how));
    {
        const auto p = std::make_shared<int>();
        waits = p;
        how = mood::drops;
        post_kept(home, [p, home] {});
    }
    BOOST_TEST(waits.expired());
    how = mood::takes;
    bool came = false;
    post_kept(home, [&] {
        post_kept(home, [&, p = std::make_shared<int>()] { came = true; });
        how = mood::drops; // when the turn is over
        for (int i = 0; i != 100; ++i)
            post_kept(home, [] {});
    });
    io.run();
    BOOST_TEST(came);
    how = mood::takes;
    came = false;
    post_kept(home, [&] { came = true; });
    io.restart();
    io.run();
    BOOST_TEST(came);
}

BOOST_AUTO_TEST_CASE(function_that_cannot_be_moved_is_not_lost_half)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    bool none = false;
    int called = 0;
    const auto p = std::make_shared<int>();
    {
        moves_with_memory f(none, called, p);
        none = true;
        BOOST_CHECK_THROW(post_kept_as_it_is(home, f), std::bad_alloc);
        none = false;
        post_kept_as_it_is(home, f);
        none = true;
        BOOST_CHECK_THROW(io.run(), std::bad_alloc);
    }
    BOOST_TEST(called == 0);
    BOOST_TEST(p.use_count() == 1); // nothing is left anywhere
}

BOOST_AUTO_TEST_CASE(no_executor_says_so)
{
    BOOST_CHECK_THROW(home_executor().execute([] {}), asio::execution::bad_executor);
}

BOOST_AUTO_TEST_CASE(turn_that_there_was_no_memory_for_is_sent_by_who_comes_next)
{
    asio::io_context io;
    mood how = mood::takes;
    const auto home = home_executor::serial(moody_executor(io, how));
    std::string order;
    post_kept(home, [&] {
        for (int i = 0; i != 100; ++i)
            post_kept(home, [&] { order += "a"; });
        how = mood::has_no_memory; // when the turn is over, and there are more
    });
    io.run();
    const auto had = order.size();
    BOOST_TEST(had != 0U);
    BOOST_TEST(had < 100U);
    how = mood::takes;
    post_kept(home, [&] { order += "b"; });
    io.restart();
    io.run();
    BOOST_TEST(order == std::string(100, 'a') + "b");
}

BOOST_AUTO_TEST_CASE(executor_says_whether_it_keeps_the_context_busy)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    constexpr auto work = asio::execution::outstanding_work;
    BOOST_TEST((asio::query(home, work) == work.untracked));
    const auto busy = asio::require(home, work.tracked);
    BOOST_TEST((asio::query(busy, work) == work.tracked));
    BOOST_TEST((busy == home)); // it is the same home
    // Once more is no more than once, and whoever was not busy does not become less so.
    const auto busier = asio::require(busy, work.tracked);
    BOOST_TEST((asio::query(busier, work) == work.tracked));
    BOOST_TEST((asio::query(asio::require(busier, work.untracked), work) == work.untracked));
    BOOST_TEST((asio::query(asio::require(home, work.untracked), work) == work.untracked));
    BOOST_TEST((asio::query(busier, work) == work.tracked));
    io.poll();
    BOOST_TEST(!io.stopped());
}

BOOST_AUTO_TEST_CASE(executor_that_never_blocks_can_be_made_one_that_may)
{
    asio::io_context io;
    constexpr auto blocking = asio::execution::blocking;
    for (const auto& home :
         {home_executor::serial(io.get_executor()), home_executor::of(io.get_executor())})
    {
        BOOST_TEST((asio::query(home, blocking) == blocking.possibly));
        const auto later = asio::require(home, blocking.never);
        BOOST_TEST((asio::query(later, blocking) == blocking.never));
        const auto now = asio::require(later, blocking.possibly);
        BOOST_TEST((asio::query(now, blocking) == blocking.possibly));
        BOOST_TEST((asio::query(later, blocking) == blocking.never));
        std::string order;
        asio::post(io, [&] {
            now.execute([&] { order += "a"; });
            later.execute([&] { order += "c"; });
            order += "b";
        });
        io.run();
        io.restart();
        BOOST_TEST(order == "abc");
    }
}

BOOST_AUTO_TEST_CASE(function_that_is_handed_over_as_it_stands_is_copied)
{
    asio::io_context io;
    const auto home = home_executor::serial(io.get_executor());
    const auto p = std::make_shared<int>(0);
    const auto f = [p] { ++*p; };
    home.execute(f);
    home.execute(f);
    auto changeable = f;
    home.execute(changeable);
    BOOST_TEST(*p == 0);
    BOOST_TEST(p.use_count() == 6);
    io.run();
    BOOST_TEST(*p == 3);
    BOOST_TEST(p.use_count() == 3); // the originals are still here
    asio::post(io, [&] { home.execute(f); });
    io.restart();
    io.run();
    BOOST_TEST(*p == 4);
    BOOST_TEST(p.use_count() == 3);
}

BOOST_AUTO_TEST_CASE(function_that_comes_behind_others_can_be_left_with_who_brought_it)
{
    asio::io_context io;
    mood how = mood::takes;
    const auto home = home_executor::serial(moody_executor(io, how));
    std::string order;
    post_kept(home, [&] {
        for (int i = 0; i != 40; ++i)
            post_kept(home, [&] { order += "a"; });
        how = mood::has_no_memory; // when the turn is over, and there are more
    });
    io.run();
    const auto had = order.size();
    BOOST_TEST(had < 40U);
    const auto p = std::make_shared<int>();
    auto f = [&, p] { order += "lost"; };
    BOOST_CHECK_THROW(home.execute(std::move(f)), std::bad_alloc);
    BOOST_TEST(p.use_count() == 2);
    // Those in front of it wait on, in their order.
    how = mood::takes;
    post_kept(home, [&] { order += "b"; });
    io.restart();
    io.run();
    BOOST_TEST(order == std::string(40, 'a') + "b");
}

BOOST_AUTO_TEST_CASE(home_of_another_executor_passes_on_what_it_is_given)
{
    asio::io_context io;
    mood how = mood::takes;
    const auto home = home_executor::of(moody_executor(io, how));
    BOOST_TEST(!home.running_in_this_thread());
    int called = 0;
    home.execute([&] { ++called; });
    asio::require(home, asio::execution::blocking.never).execute([&] { ++called; });
    BOOST_TEST(called == 0);
    io.run();
    BOOST_TEST(called == 2);
    how = mood::has_no_memory;
    BOOST_CHECK_THROW(home.execute([] {}), std::bad_alloc);
}

BOOST_AUTO_TEST_CASE(home_that_is_erased_is_still_one_thing_at_a_time)
{
    asio::thread_pool pool(3);
    const auto home = home_executor::serial(pool.get_executor());
    const asio::any_io_executor erased = home;
    int inside = 0;
    int most = 0;
    int came = 0;
    for (int i = 0; i != 500; ++i)
        post_kept(erased, [&] {
            most = std::max(most, ++inside);
            ++came;
            --inside;
        });
    pool.join();
    BOOST_TEST(came == 500);
    BOOST_TEST(most == 1);
}

BOOST_AUTO_TEST_CASE(executor_that_nobody_knows_runs_what_is_posted_later)
{
    asio::thread_pool pool(1);
    asio::io_context io;
    bool known = false;
    bool unknown = false;
    post_kept(asio::any_io_executor(io.get_executor()), [&] { known = true; });
    BOOST_TEST(!known);
    io.run();
    BOOST_TEST(known);
    post_kept(asio::any_io_executor(pool.get_executor()), [&] { unknown = true; });
    pool.join();
    BOOST_TEST(unknown);
}

BOOST_AUTO_TEST_CASE(function_that_is_larger_than_its_room_is_run_all_the_same)
{
    asio::io_context io;
    std::array<char, 4096> much{};
    much.back() = 'x';
    char seen = ' ';
    detail::room_to_post small(1);
    small.post(asio::any_io_executor(io.get_executor()), [much, &seen] { seen = much.back(); });
    BOOST_TEST(seen == ' ');
    io.run();
    BOOST_TEST(seen == 'x');
}

BOOST_AUTO_TEST_CASE(room_that_was_not_used_or_was_used_at_an_erased_home_is_given_back)
{
    asio::io_context io;
    bool came = false;
    {
        detail::room_to_post never(64);
        detail::room_to_post at_home(64);
        at_home.post(asio::any_io_executor(home_executor::serial(io.get_executor())), [&] {
            came = true;
        });
    }
    BOOST_TEST(!came);
    io.run();
    BOOST_TEST(came);
    asio::thread_pool pool(1);
    bool elsewhere = false;
    detail::room_to_post there(64);
    there.post(asio::any_io_executor(pool.get_executor()), [&] { elsewhere = true; });
    pool.join();
    BOOST_TEST(elsewhere);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
