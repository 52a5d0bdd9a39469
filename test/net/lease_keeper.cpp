// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What becomes of a lease whose store answers as it pleases.

#include "flow/lease_keeper.hpp"

#include "client_core.hpp"
#include "support/store_in_front.hpp"

#include <asioauth/memory_store.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(lease_keeper)

using namespace asioauth;
using namespace asioauth::test;
using std::chrono::milliseconds;
namespace asio = boost::asio;

namespace {

// Answers questions about leases with what was prepared, and notes what was asked.
class scripted_store final : public store_in_front
{
public:
    explicit scripted_store(asio::io_context& io)
        : store_in_front(std::make_shared<memory_store>(io.get_executor()))
        , io_(io)
    {}

    void async_lease(record_key, std::string, milliseconds, lease_handler h) override
    {
        answer("lease", std::move(h));
    }

    void async_renew_lease(
        record_key, std::string, std::uint64_t fence, milliseconds, lease_handler h
    ) override
    {
        answer("renew " + std::to_string(fence), std::move(h));
    }

    void async_release_lease(record_key, std::string, std::uint64_t fence, done_handler h) override
    {
        asked.push_back("release " + std::to_string(fence));
        asio::post(io_, [h = std::move(h)]() mutable { std::move(h)(result<void>()); });
    }

    std::deque<result<lease>> answers;
    std::vector<std::string> asked;
    std::function<void()> at_the_end; // when there are no more answers
    bool by_hand = false;
    std::vector<std::unique_ptr<lease_handler>> waiting;

private:
    void answer(std::string what, lease_handler h)
    {
        asked.push_back(std::move(what));
        if (by_hand)
            return waiting.push_back(std::make_unique<lease_handler>(std::move(h)));
        if (answers.empty())
            return at_the_end();
        asio::post(io_, [h = std::move(h), a = std::move(answers.front())]() mutable {
            std::move(h)(std::move(a));
        });
        answers.pop_front();
    }

    asio::io_context& io_;
};

class fixture
{
public:
    fixture()
        : kept(std::make_shared<scripted_store>(io))
        , core(std::make_shared<detail::client_core>(
              io.get_executor(), client_settings().store(kept)
          ))
        , subject(std::make_shared<detail::lease_keeper>(
              core, record_key(record_kind::grant, "a"), "me", milliseconds(3)
          ))
    {
        kept->at_the_end = [this] { subject->release(); };
    }

    ~fixture()
    {
        core->close();
        io.run();
    }

    static lease held(std::uint64_t fence)
    {
        lease out;
        out.acquired = true;
        out.fence = fence;
        return out;
    }

    static lease refused(milliseconds remaining)
    {
        lease out;
        out.remaining = remaining;
        return out;
    }

    void run()
    {
        subject->begin(1);
        go_on();
    }

    // What is under way, to its end.
    void go_on()
    {
        io.restart();
        io.run();
        io.restart();
    }

    asio::io_context io;
    std::shared_ptr<scripted_store> kept;
    std::shared_ptr<detail::client_core> core;
    std::shared_ptr<detail::lease_keeper> subject;
    const failure away{errc::store_unavailable};
};

using said = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_CASE(it_is_renewed_until_it_is_released, fixture)
{
    kept->answers = {held(1), held(1)};
    run();
    BOOST_TEST(kept->asked == (said{"renew 1", "renew 1", "renew 1", "release 1"}));
}

BOOST_FIXTURE_TEST_CASE(a_store_that_was_away_is_asked_again, fixture)
{
    kept->answers = {away, away, held(1)};
    run();
    BOOST_TEST(kept->asked == (said{"renew 1", "renew 1", "renew 1", "renew 1", "release 1"}));
}

BOOST_FIXTURE_TEST_CASE(one_that_ran_out_is_acquired_again_and_has_another_fence, fixture)
{
    kept->answers = {refused(milliseconds(0)), held(7)};
    run();
    BOOST_TEST(kept->asked == (said{"renew 1", "lease", "renew 7", "release 7"}));
}

BOOST_FIXTURE_TEST_CASE(while_the_store_is_away_one_that_ran_out_is_asked_for_later, fixture)
{
    kept->answers = {refused(milliseconds(0)), away, refused(milliseconds(0)), held(8)};
    run();
    BOOST_TEST(
        kept->asked == (said{"renew 1", "lease", "renew 1", "lease", "renew 8", "release 8"})
    );
}

BOOST_FIXTURE_TEST_CASE(what_somebody_else_has_is_neither_asked_for_nor_released, fixture)
{
    kept->answers = {refused(milliseconds(5))};
    run();
    subject->release();
    BOOST_TEST(kept->asked == (said{"renew 1"}));
}

BOOST_FIXTURE_TEST_CASE(what_somebody_else_was_faster_to_acquire_is_given_up, fixture)
{
    kept->answers = {refused(milliseconds(0)), refused(milliseconds(0))};
    run();
    subject->release();
    BOOST_TEST(kept->asked == (said{"renew 1", "lease"}));
}

// The flow is over while the question is on its way: nobody else would give it back.
BOOST_FIXTURE_TEST_CASE(one_that_is_acquired_too_late_is_released, fixture)
{
    for (const bool acquired : {true, false})
    {
        kept->asked.clear();
        kept->by_hand = false;
        kept->answers = {refused(milliseconds(0))};
        subject->begin(1);
        while (kept->asked.empty())
            io.run_one();
        kept->by_hand = true;
        while (kept->waiting.empty())
            io.run_one();
        subject->release();
        auto h = std::move(*kept->waiting.front());
        kept->waiting.clear();
        std::move(h)(result<lease>(acquired ? held(9) : refused(milliseconds(5))));
        go_on();
        said expected{"renew 1", "lease", "release 1"};
        if (acquired)
            expected.emplace_back("release 9");
        BOOST_TEST(kept->asked == expected, boost::test_tools::per_element());
    }
}

BOOST_FIXTURE_TEST_CASE(an_answer_to_who_was_dropped_begins_nothing, fixture)
{
    kept->by_hand = true;
    subject->begin(1);
    while (kept->waiting.empty())
        io.run_one();
    subject->drop();
    auto h = std::move(*kept->waiting.front());
    kept->waiting.clear();
    std::move(h)(result<lease>(refused(milliseconds(0))));
    go_on();
    BOOST_TEST(kept->asked == (said{"renew 1"}));
}

// The context is gone: an answer from another thread must find nothing to do.
BOOST_AUTO_TEST_CASE(an_answer_after_the_context_has_gone_does_nothing)
{
    for (const bool anew : {false, true})
    {
        fixture f;
        f.kept->answers = {fixture::refused(milliseconds(0))};
        f.kept->by_hand = !anew;
        f.subject->begin(1);
        while (f.kept->asked.empty())
            f.io.run_one();
        f.kept->by_hand = true;
        while (f.kept->waiting.empty())
            f.io.run_one();
        auto h = std::move(*f.kept->waiting.front());
        f.kept->waiting.clear();
        const auto before = f.kept->asked;
        f.subject->drop();
        f.core->abandon();
        std::move(h)(result<lease>(fixture::held(3)));
        BOOST_TEST(f.kept->asked == before);
    }
}

BOOST_AUTO_TEST_SUITE_END()
