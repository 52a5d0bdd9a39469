// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole flows of which one call to the system fails, whichever. All of them if ASIOAUTH_FAULTS is
// `all`, otherwise some.

#include "faults/support/failing_calls.hpp"

#include "faults/support/how_many.hpp"
#include "faults/support/torture.hpp"

#include <boost/test/unit_test.hpp>

namespace asioauth {
namespace {

using namespace test;

void fail_everywhere(bool tls)
{
    torture t;
    t.what = "call";
    t.whats = "calls";
    t.stride = 7;
    t.fail_at = failing_calls::fail_at;
    t.has_struck = failing_calls::has_struck;
    t.struck = failing_calls::struck;
    const tally found = t.run(tls);
    BOOST_TEST(found.bad() == 0U);
    BOOST_TEST(found.struck > 5 * whole_flows().size());
}

BOOST_AUTO_TEST_SUITE(failing_calls_)

BOOST_AUTO_TEST_CASE(plain_flow_of_which_any_call_to_the_system_fails_ends_typed)
{
    fail_everywhere(false);
}

BOOST_AUTO_TEST_CASE(tls_flow_of_which_any_call_to_the_system_fails_ends_typed)
{
    fail_everywhere(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
