// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "net/proxy_fixture.hpp"

#include <string>
#include <vector>

namespace asioauth {
namespace {

using namespace testing;

constexpr std::string_view password = "canary-7x";
constexpr std::string_view encoded = "YW5uYTpjYW5hcnktN3g="; // with the user name

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

// Neither as it is nor as it is sent.
bool is_silent(const std::string& text)
{
    return !has(text, password) && !has(text, encoded.substr(0, 16));
}

struct policy_fixture : proxy_fixture
{
    policy_fixture() { start_proxy_that_says("HTTP/1.1 502 No\r\n\r\n"); }

    // Whether the proxy was asked.
    bool is_asked_of_the_proxy(const http_request& r)
    {
        const auto before = heads().size();
        const auto got = send(r);
        const bool asked = heads().size() != before;
        BOOST_TEST((got.code() == (asked ? errc::proxy_refused : errc::address_blocked)));
        return asked;
    }

    bool is_asked_of_the_proxy(std::string_view target)
    {
        return is_asked_of_the_proxy(to(target));
    }
};

BOOST_FIXTURE_TEST_SUITE(proxy_policy, policy_fixture)

// covers C-9728-12 C-MCP-17 C-MCP-19
BOOST_AUTO_TEST_CASE(address_that_is_not_public_is_not_asked_for)
{
    for (const auto* const host : {"0.0.0.0",       "10.0.0.1",
                                   "10.9.8.7", // where the proxy itself is
                                   "100.64.0.1",    "127.0.0.1",          "169.254.169.254",
                                   "172.16.0.1",    "192.168.0.1",        "198.18.0.1",
                                   "224.0.0.1",     "255.255.255.255",    "[::]",
                                   "[::1]",         "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
                                   "[::127.0.0.1]", "[64:ff9b::7f00:1]",  "[2002:7f00:1::]",
                                   "[fd00::1]",     "[fe80::1]",          "[ff02::1]"})
    {
        BOOST_TEST_CONTEXT(host)
        {
            BOOST_TEST(!is_asked_of_the_proxy("https://" + std::string(host) + "/"));
        }
    }
    BOOST_TEST(is_asked_of_the_proxy("https://93.184.216.34/"));
    BOOST_TEST(is_asked_of_the_proxy("https://[2606:4700::1111]/"));
}

// covers C-MCP-17 C-MCP-19
BOOST_AUTO_TEST_CASE(name_that_leads_inside_is_not_asked_for)
{
    for (const auto* const host :
         {"localhost",
          "a.localhost",
          "LOCALHOST",
          "ip6-localhost",
          "intranet",
          "localhost.localdomain",
          "metadata.google.internal",
          "printer.local",
          "nas.home",
          "nas.home.arpa",
          "router.lan",
          "mail.corp",
          "wiki.intranet",
          "db.private",
          "kubernetes.default.svc",
          "127.0.0.1e0",
          "a.b.INTERNAL"})
    {
        BOOST_TEST_CONTEXT(host)
        {
            BOOST_TEST(!is_asked_of_the_proxy("https://" + std::string(host) + "/"));
        }
    }
    // What only sounds like one.
    for (const auto* const host : {"local.example", "corp-internal.example", "notlocal.dev"})
    {
        BOOST_TEST(is_asked_of_the_proxy("https://" + std::string(host) + "/"));
    }
}

BOOST_AUTO_TEST_CASE(private_network_that_the_policy_names_is_asked_for)
{
    auto r = to("https://10.1.2.3/");
    r.policy(address_policy().allow_private_network("10.1.0.0/16"));
    BOOST_TEST(is_asked_of_the_proxy(r));
    r.policy(address_policy().allow_private_network("10.2.0.0/16"));
    BOOST_TEST(!is_asked_of_the_proxy(r));
    auto named = to("https://mcp.corp.internal/");
    named.policy(address_policy().allow_private_network("10.1.0.0/16"));
    BOOST_TEST(is_asked_of_the_proxy(named));
}

BOOST_AUTO_TEST_CASE(plain_http_is_not_sent_through_a_proxy)
{
    BOOST_TEST((send(to("http://good.example/")).code() == errc::url_scheme_not_allowed));
    auto r = to("http://good.example/");
    r.policy(address_policy().allow_loopback());
    BOOST_TEST((send(r).code() == errc::url_scheme_not_allowed));
    BOOST_TEST(proxy->connections_so_far() == 0U);
}

// A permission for loopback hosts is for this machine's, and not for the proxy's.
BOOST_AUTO_TEST_CASE(permission_for_loopback_does_not_reach_the_proxy)
{
    for (const auto* const host : {"[::ffff:127.0.0.1]", "0.0.0.0", "ip6-localhost"})
    {
        BOOST_TEST(!is_asked_of_the_proxy(request("https://" + std::string(host) + "/")));
    }
}

BOOST_AUTO_TEST_CASE(excepted_server_is_still_subject_to_the_policy)
{
    use("http://proxy.example:3128", "*");
    known->names["good.example"] = {"10.0.0.1"};
    BOOST_TEST(!is_asked_of_the_proxy("https://good.example/"));
    BOOST_TEST(!is_asked_of_the_proxy("https://10.0.0.1/"));
    BOOST_TEST(dialled.empty());
}

// --- Names looked up here --------------------------------------------------------------------

struct looked_up_fixture : policy_fixture
{
    looked_up_fixture()
    {
        settings.proxy(proxy_settings::parse("http://proxy.example").value().look_up_here());
    }

    std::vector<std::string> ends() const
    {
        std::vector<std::string> out;
        for (const auto& head : heads())
        {
            out.push_back(head.substr(8, head.find(" HTTP/") - 8));
        }
        return out;
    }
};

BOOST_FIXTURE_TEST_CASE(proxy_is_asked_for_an_address_that_passed, looked_up_fixture)
{
    loopback_server server(test_pki::get().good(), [](peer& p) {
        p.read_request();
        p.respond(p.server_name());
    });
    start_proxy_to(server);
    known->names["good.example"] = {"127.0.0.1", "10.0.0.1", "2606:4700::1111", "93.184.216.34"};
    BOOST_TEST(send(to_server()).body() == "good.example");
    BOOST_TEST((ends() == std::vector<std::string>{"[2606:4700::1111]:443"}));
    BOOST_TEST(!has(heads().front(), "good.example"));
}

// covers C-MCP-19
BOOST_FIXTURE_TEST_CASE(name_at_a_private_address_is_not_asked_for, looked_up_fixture)
{
    known->names["good.example"] = {"127.0.0.1", "10.0.0.1", "::1"};
    const auto got = send(to_server());
    BOOST_TEST((got.code() == errc::address_blocked));
    BOOST_TEST(!has(got.message(), "10.0"));
    BOOST_TEST((send(to("https://missing.example/")).code() == errc::name_not_resolved));
    BOOST_TEST(heads().empty());
}

BOOST_FIXTURE_TEST_CASE(addresses_are_asked_for_until_one_is_connected, looked_up_fixture)
{
    loopback_server server(test_pki::get().good(), answer_all);
    start_proxy([port = server.port()](peer& p, const std::string& head) {
        if (!has(head, "93.184.216.34"))
        {
            p.write("HTTP/1.1 503 No\r\n\r\n");
            return;
        }
        p.write(tunnel_is_there);
        relay(p, port);
    });
    known->names["good.example"] = {"2606:4700::1111", "10.0.0.1", "93.184.216.34"};
    BOOST_TEST(send(to_server()).body() == "ok");
    BOOST_TEST((ends() == std::vector<std::string>{"[2606:4700::1111]:443", "93.184.216.34:443"}));
}

BOOST_FIXTURE_TEST_CASE(only_some_addresses_are_asked_for_and_the_last_no_counts, looked_up_fixture)
{
    for (int i = 1; i != 100; ++i)
    {
        known->names["good.example"].push_back("93.184.216." + std::to_string(i));
    }
    BOOST_TEST((send(to_server()).code() == errc::proxy_refused));
    BOOST_TEST(ends().size() == 6U);
}

BOOST_FIXTURE_TEST_CASE(password_that_is_wrong_is_not_tried_for_each_address, looked_up_fixture)
{
    start_proxy_that_says("HTTP/1.1 407 No\r\n\r\n");
    known->names["good.example"] = {"93.184.216.34", "93.184.216.35"};
    BOOST_TEST((send(to_server()).code() == errc::proxy_authentication_required));
    BOOST_TEST(ends().size() == 1U);
}

// --- The password ----------------------------------------------------------------------------

// catches D-15
BOOST_AUTO_TEST_CASE(password_is_in_no_error)
{
    const std::string address = "http://anna:" + std::string(password) + "@proxy.example:3128";
    for (const std::string& answer :
         {std::string("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n"),
          "HTTP/1.1 403 " + std::string(password) + "\r\nX: " + std::string(encoded) + "\r\n\r\n",
          "HTTP/1.1 200 " + std::string(encoded) + "\r\n" + std::string(password) + "\r\n\r\n",
          std::string(encoded),
          std::string("HTTP/1.1 200 OK\r\n\r\n") + std::string(encoded),
          std::string("HTTP/1.1 200 OK\r\n\r\n")})
    {
        proxy_fixture f;
        f.use(address);
        f.start_proxy([&](peer& p, const std::string&) { p.write(answer); });
        const auto got = f.send(to_server());
        BOOST_REQUIRE(!got.value);
        const auto& why = got.value.error();
        BOOST_TEST(is_silent(describe(why.code(), why.info())));
        BOOST_TEST(has(f.heads().front(), encoded));
    }
    proxy_fixture gone;
    gone.use(address);
    const auto& why = gone.send(to_server()).value.error();
    BOOST_TEST(is_silent(describe(why.code(), why.info())));
    for (const std::string& wrong :
         {"socks5://anna:" + std::string(password) + "@proxy.example",
          "https://anna:" + std::string(password) + "@proxy.example",
          "http://anna:" + std::string(password) + "@proxy.example:99999",
          "http://anna:" + std::string(password) + "/@proxy.example:3128",
          "http://anna:" + std::string(password) + "%@proxy.example:3128",
          "http://anna:" + std::string(password) + "@",
          "http://anna:" + std::string(password)})
    {
        const auto parsed = proxy_settings::parse(wrong);
        BOOST_TEST_CONTEXT(wrong)
        {
            BOOST_REQUIRE(!parsed);
            BOOST_TEST(is_silent(describe(parsed.error().code(), parsed.error().info())));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(address_in_a_url_is_asked_for_as_it_is, looked_up_fixture)
{
    for (const auto* const host : {"93.184.216.34", "[2606:4700::1111]"})
    {
        BOOST_TEST((send(to("https://" + std::string(host) + "/")).code() == errc::proxy_refused));
        BOOST_TEST(ends().back() == std::string(host) + ":443");
    }
    BOOST_TEST((send(to("https://10.0.0.1/")).code() == errc::address_blocked));
    BOOST_TEST(ends().size() == 2U);
    for (const auto& name : asked()) // the proxy is looked up, and nobody else
        BOOST_TEST(name == "proxy.example");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
