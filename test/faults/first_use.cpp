// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A login in a program that has not used OpenSSL before, and OpenSSL gets no memory once: what it and
// the library set up for good must not stay half done. A process for each failure; all of them if
// ASIOAUTH_FAULTS is `all`, otherwise some.

#include "faults/support/failing_crypto.hpp"
#include "faults/support/failing_memory.hpp"
#include "faults/support/how_many.hpp"
#include "faults/support/tally.hpp"
#include "protocol/openssl_setup.hpp"
#include "support/leave.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace asioauth {
namespace {

using namespace test;

// How one of the processes ended.
enum ending
{
    well,
    well_without_failure, // there is no allocation of that number
    beyond_repair,        // OpenSSL itself is of no use in that process any more
    badly,
};

constexpr const char* number_is_in = "ASIOAUTH_FIRST_USE";

// With nothing of the library.
bool openssl_works()
{
    unsigned char octets[EVP_MAX_MD_SIZE] = {};
    unsigned size = 0;
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    const bool works = context != nullptr && key != nullptr
        && EVP_Digest("", 0, octets, &size, EVP_sha256(), nullptr) == 1
        && RAND_bytes(octets, sizeof octets) == 1;
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
    return works;
}

ending fail(bool tls, std::size_t number)
{
    const standing_clock clock;
    scenery where(tls);
    bool struck = false;
    if (!tls)
    {
        // What OpenSSL keeps for good is made with a client, before it does anything.
        failing_crypto::fail_at(number);
        const failing_memory::counted ours;
        detail::set_up_openssl();
    }
    disturbance d;
    d.begin = [&](customer&, outcome&) {
        if (tls)
            failing_crypto::fail_at(number);
    };
    d.end = [&] {
        struck = failing_crypto::has_struck();
        d.what = "first use " + std::to_string(number) + " (" + failing_crypto::struck() + ")";
        failing_crypto::fail_at(0);
    };
    d.has_struck = [&] { return struck; };
    d.ends_client = true; // others can come after it
    tally t;
    run_disturbed(where, whole_flows().front(), d, t);
    if (t.bad() != 0)
        return badly;
    customer next(where);
    if (const auto again = next.log_in(); !again->good())
    {
        if (!openssl_works())
            return beyond_repair;
        std::printf(
            "found: %s, and then: %s\n", d.what.c_str(), describe(again->ec, again->info).c_str()
        );
        return badly;
    }
    return struck ? well : well_without_failure;
}

// The same case in a new process.
int status_of(const std::string& test_case, std::size_t number)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0)
        throw std::runtime_error("no process");
    if (child == 0)
    {
        ::setenv(number_is_in, std::to_string(number).c_str(), 1); // NOLINT(concurrency-mt-unsafe)
        ::alarm(300);
        const std::string filter = "--run_test=" + test_case;
        ::execl(
            "/proc/self/exe",
            "first_use",
            filter.c_str(),
            "--catch_system_errors=no",
            "--log_level=nothing",
            nullptr
        );
        ::_exit(badly);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

void fail_everywhere(bool tls, const std::string& test_case)
{
    if (const char* const number = std::getenv(number_is_in)) // NOLINT(concurrency-mt-unsafe)
    {
        const auto how =
            failing_crypto::came_too_late() ? badly : fail(tls, std::strtoul(number, nullptr, 10));
        std::fflush(nullptr);
        leave(how);
    }
    const std::size_t stride = tls ? 101 : 1; // a plain login needs little
    std::size_t struck = 0;
    std::size_t lost = 0;
    std::size_t bad = 0;
    std::size_t crashes = 0;
    bool more = true;
    for (std::size_t at = only_one() != 0 ? only_one() : 1; more; at += all_of_them() ? 1 : stride)
    {
        const int status = status_of(test_case, at);
        const int how = WIFEXITED(status) ? WEXITSTATUS(status) : int(badly);
        more = how != well_without_failure && only_one() == 0;
        struck += how != well_without_failure ? 1U : 0U;
        lost += how == beyond_repair ? 1U : 0U;
        bad += how > beyond_repair ? 1U : 0U;
        if (!WIFSIGNALED(status))
            continue;
        ++crashes;
        std::printf("found: first use %zu: the process ended by signal %d\n", at, WTERMSIG(status));
    }
    BOOST_TEST(bad == 0U);
    BOOST_TEST(struck > 10U);
    std::printf(
        "crypto, first use: %s, %zu failed: %zu crashes, %zu otherwise bad, OpenSSL was of no more "
        "use "
        "after %zu\n",
        tls ? "TLS" : "plain",
        struck,
        crashes,
        bad - crashes,
        lost
    );
}

BOOST_AUTO_TEST_SUITE(first_use)

BOOST_AUTO_TEST_CASE(plain_login_that_is_the_first_to_use_openssl_leaves_nothing_half_done)
{
    fail_everywhere(
        false, "first_use/plain_login_that_is_the_first_to_use_openssl_leaves_nothing_half_done"
    );
}

BOOST_AUTO_TEST_CASE(tls_login_that_is_the_first_of_a_client_leaves_nothing_half_done)
{
    fail_everywhere(
        true, "first_use/tls_login_that_is_the_first_of_a_client_leaves_nothing_half_done"
    );
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
