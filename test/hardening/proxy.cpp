// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// No proxy is asked to connect to an address that is not public, in whatever spelling.

#include "hardening/spellings.hpp"
#include "net/proxy_fixture.hpp"

#include <string>

namespace asioauth {
namespace {

using namespace testing;

BOOST_FIXTURE_TEST_SUITE(proxy_spellings, proxy_fixture)

// covers C-MCP-17 C-MCP-19
BOOST_AUTO_TEST_CASE(no_spelling_of_a_forbidden_address_is_asked_of_a_proxy)
{
    start_proxy_that_says("HTTP/1.1 502 No\r\n\r\n");
    std::size_t urls = 0;
    for (const auto& s : read_spellings())
    {
        BOOST_TEST_CONTEXT(s.text)
        {
            const auto target = url::parse(s.text + "/mcp");
            if (!target)
            {
                continue;
            }
            ++urls;
            const auto got = send(http_request(request_kind::metadata, "GET", *target));
            BOOST_TEST(
                (got.code() == errc::address_blocked || got.code() == errc::url_scheme_not_allowed)
            );
        }
    }
    BOOST_TEST(urls > 50U);
    BOOST_TEST(proxy->connections_so_far() == 0U);
    BOOST_TEST((send(to_server()).code() == errc::proxy_refused)); // it was there all the time
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
