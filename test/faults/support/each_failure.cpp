// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "faults/support/each_failure.hpp"

#include "faults/support/failing_crypto.hpp"
#include "faults/support/failing_memory.hpp"
#include "faults/support/how_many.hpp"
#ifdef ASIOAUTH_TEST_HAS_SQLITE
#include "faults/support/failing_sqlite.hpp"
#endif

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <exception>
#include <new>

namespace asioauth::test {

fault_source memory()
{
    return {"allocation", failing_memory::fail_at, failing_memory::has_struck, [] { return ""; }};
}

#ifdef ASIOAUTH_TEST_HAS_SQLITE
fault_source sqlite_memory()
{
    failing_sqlite::take_over();
    return {"allocation of SQLite", failing_sqlite::fail_at, failing_sqlite::has_struck, [] {
                return "";
            }};
}
#endif

fault_source openssl_memory()
{
    return {
        "allocation of OpenSSL",
        failing_crypto::fail_at,
        failing_crypto::has_struck,
        failing_crypto::struck};
}

std::size_t each_failure(
    const fault_source& source,
    std::string_view what,
    const std::function<void()>& once,
    const std::function<std::string()>& fault,
    std::size_t step
)
{
    std::size_t failed = 0;
    std::size_t bad = 0;
    for (std::size_t n = only_one() != 0 ? only_one() : 1;; n += step)
    {
        bool struck = false;
        std::string which;
        std::string wrong;
        {
            const failing_memory::counted these;
            source.fail_at(n);
            try
            {
                once();
            }
            catch (const std::bad_alloc&)
            {
                which = "thrown"; // which is how a function may begin
            }
            catch (const std::exception& e)
            {
                const failing_memory::uncounted mine;
                wrong = std::string("it threw: ") + e.what();
            }
            const failing_memory::uncounted mine;
            struck = source.has_struck();
            which += source.struck();
            source.fail_at(0);
        }
        if (struck)
            ++failed;
        if (wrong.empty())
            wrong = fault();
        if (!wrong.empty())
            ++bad;
        BOOST_TEST(
            wrong.empty(),
            what << ", " << source.name << " " << n << " (" << which << "): " << wrong
        );
        if (!struck || only_one() != 0)
            break;
    }
    std::printf(
        "each %s: %s, %zu failed: %zu of them badly\n",
        source.name,
        std::string(what).c_str(),
        failed,
        bad
    );
    return failed;
}

} // namespace asioauth::test
