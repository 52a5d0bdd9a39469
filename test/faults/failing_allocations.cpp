// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole flows of which one allocation fails, whichever. With TLS all of them if ASIOAUTH_FAULTS is
// `all`, otherwise some.

#include "faults/support/quiet_system.hpp"
#include "faults/support/torture.hpp"
#include "transport/home_executor.hpp"
#include "transport/kept_post.hpp"
#include "transport/resolver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/test/unit_test.hpp>

#include <poll.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>

namespace asioauth {
namespace {

using namespace test;

void fail_everywhere(bool tls)
{
    torture t;
    t.what = "allocation";
    t.whats = "allocations";
    t.stride = tls ? 23 : 1; // some were noticed by nothing but all
    t.fail_at = failing_memory::fail_at;
    t.has_struck = failing_memory::has_struck;
    const tally found = t.run(tls);
    BOOST_TEST(found.bad() == 0U);
    BOOST_TEST(found.struck > 10 * whole_flows().size());
}

// A look-up of a name is done on a thread of its own: what is thrown there ends the process.
class lookup
{
public:
    explicit lookup(std::size_t fails)
    {
        failing_memory::fail_at(fails);
        begin();
        settle();
        struck_ = failing_memory::has_struck();
        failing_memory::fail_at(0);
    }

    bool has_struck() const noexcept { return struck_; }

    /// Whether the next one of that name ends, and with all that there is.
    bool is_possible()
    {
        begin();
        settle();
        return ended_ != 0 && found_ == 2;
    }

private:
    void begin()
    {
        names_->start(
            "a.name.that.no.string.has.room.for.in.itself.test",
            [this](error_code, const detail::resolver::addresses& found) {
                ++ended_;
                found_ = found.size();
            }
        );
    }

    void settle()
    {
        bool quiet = false;
        while (!quiet)
        {
            quiet = system_.is_quiet();
            ::poll(nullptr, 0, quiet ? 0 : 1);
            io_.restart();
            io_.poll();
        }
    }

    static error_code two_addresses(const std::string&, detail::resolver::addresses& found)
    {
        found.assign(2, boost::asio::ip::address_v4::loopback());
        return {};
    }

    const quiet_system system_;
    boost::asio::io_context io_;
    std::shared_ptr<detail::resolver> names_ =
        std::make_shared<detail::resolver>(io_.get_executor(), &two_addresses);
    bool struck_ = false;
    int ended_ = 0;
    std::size_t found_ = 0;
};

BOOST_AUTO_TEST_SUITE(failing_allocations)

BOOST_AUTO_TEST_CASE(name_whose_look_up_gets_no_memory_is_looked_up_the_next_time)
{
    std::size_t at = 1;
    for (bool more = true; more; ++at)
    {
        lookup one(at);
        more = one.has_struck();
        BOOST_TEST(one.is_possible(), "allocation " << at);
    }
    BOOST_TEST(at > 3U);
}

// What a thread keeps to use again would hide it, so on a thread that has kept nothing yet.
BOOST_AUTO_TEST_CASE(turn_of_what_is_posted_takes_no_memory)
{
    boost::asio::io_context io;
    const auto home = detail::home_executor::serial(io.get_executor());
    bool came = false;
    std::size_t took = 0;
    std::thread([&] {
        failing_memory::fail_at(2); // after that of the function itself
        detail::post_kept(home, [&] { came = true; });
        took = failing_memory::seen();
    }).join();
    failing_memory::fail_at(0);
    BOOST_TEST(took == 1U);
    io.run();
    BOOST_TEST(came);
}

BOOST_AUTO_TEST_CASE(plain_flow_of_which_any_allocation_fails_ends_typed)
{
    fail_everywhere(false);
}

BOOST_AUTO_TEST_CASE(tls_flow_of_which_any_allocation_fails_ends_typed)
{
    fail_everywhere(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
