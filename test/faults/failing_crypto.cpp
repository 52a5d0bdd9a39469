// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole flows in which OpenSSL gets no memory once, wherever it asks for some. All of them if
// ASIOAUTH_FAULTS is `all`, otherwise the first one at each place of OpenSSL's that asks, and some.

#include "faults/support/failing_crypto.hpp"

#include "faults/support/torture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace asioauth {
namespace {

using namespace test;

// Why OpenSSL could not go on it does not always say: then it is the connection that was not to be
// had, or the certificate that was not to be trusted. Never is it anything that outlasts the moment.
std::string fault(const outcome& o)
{
    const bool apt = !o.ec || o.ec == errc::out_of_memory || o.ec == errc::entropy_unavailable
        || o.ec == errc::tls_failed || o.ec == errc::tls_certificate_untrusted;
    return apt ? std::string() : "a reason that is none: " + describe(o.ec, o.info);
}

void fail_everywhere(bool tls)
{
    BOOST_TEST_REQUIRE(!failing_crypto::came_too_late());
    torture t;
    t.what = "allocation of OpenSSL's";
    t.whats = "crypto";
    t.stride = 151;
    t.firsts = failing_crypto::take_firsts;
    t.noting = failing_crypto::noting;
    t.fail_at = failing_crypto::fail_at;
    t.has_struck = failing_crypto::has_struck;
    t.struck = failing_crypto::struck;
    t.fault = fault;
    t.kept = failing_crypto::kept;
    t.newest = failing_crypto::newest;
    t.warm = true;
    const tally found = t.run(tls);
    BOOST_TEST(found.bad() == 0U);
    BOOST_TEST(found.struck > whole_flows().size());
}

BOOST_AUTO_TEST_SUITE(failing_crypto_)

BOOST_AUTO_TEST_CASE(plain_flow_in_which_openssl_gets_no_memory_once_ends_typed)
{
    fail_everywhere(false);
}

BOOST_AUTO_TEST_CASE(tls_flow_in_which_openssl_gets_no_memory_once_ends_typed)
{
    fail_everywhere(true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
