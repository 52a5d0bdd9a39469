// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// No proxy is asked to connect to an address that is not public, in whatever spelling.

#include "hardening/spellings.hpp"
#include "net/proxy_fixture.hpp"

#include <set>
#include <string>

namespace asioauth {
namespace {

using namespace testing;

BOOST_FIXTURE_TEST_SUITE(proxy_spellings, proxy_fixture)

// covers C-MCP-17 C-MCP-19
BOOST_AUTO_TEST_CASE(no_spelling_of_a_forbidden_address_is_asked_of_a_proxy)
{
    // Names of which nothing but a look-up can tell where they lead.
    const std::set<std::string> names{
        "127.0.0.1.nip.example", "lvh.example", "good.example", "0--1.ipv6-literal.net"};
    for (const bool looked_up_here : {false, true})
    {
        start_proxy_that_says("HTTP/1.1 502 No\r\n\r\n");
        proxy_fixture f;
        f.proxy_port = proxy_port;
        f.settings.proxy(
            proxy_settings::parse("http://proxy.example").value().look_up_here(looked_up_here)
        );
        std::size_t urls = 0;
        for (const auto& s : read_spellings())
        {
            const auto target = url::parse(s.text + "/mcp");
            if (!target)
            {
                continue;
            }
            ++urls;
            f.known->names[target->host()] = {s.means.to_string()};
            const auto code = f.send(to(target->str())).code();
            const bool asked = code == errc::proxy_refused;
            BOOST_TEST(asked == (!looked_up_here && names.contains(target->host())), s.text);
            BOOST_TEST(
                (asked || code == errc::address_blocked || code == errc::url_scheme_not_allowed)
            );
        }
        BOOST_TEST(urls > 50U);
        BOOST_TEST((proxy->connections_so_far() == 0U) == looked_up_here);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
