// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/address_policy.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace asioauth {
namespace {

using detail::address_class;
using detail::address_guard;
using detail::classify;

boost::asio::ip::address ip(std::string_view text)
{
    return boost::asio::ip::make_address(text);
}

bool allowed(const address_policy& policy, std::string_view target, std::string_view address)
{
    return address_guard::make(policy).value().allows(url::parse(target).value(), ip(address));
}

struct row
{
    const char* address;
    address_class kind;
};

BOOST_AUTO_TEST_SUITE(address_policy_)

// First, last and both neighbours of every block of the IANA special-purpose registries.
// covers C-MCP-17
BOOST_AUTO_TEST_CASE(every_special_block_is_classified_to_its_borders)
{
    using enum address_class;
    const row rows[] = {
        {"0.0.0.0", unspecified},
        {"0.255.255.255", unspecified},
        {"1.0.0.0", global},
        {"9.255.255.255", global},
        {"10.0.0.0", private_use},
        {"10.255.255.255", private_use},
        {"11.0.0.0", global},
        {"100.63.255.255", global},
        {"100.64.0.0", shared},
        {"100.100.100.200", link_local},
        {"100.127.255.255", shared},
        {"100.128.0.0", global},
        {"126.255.255.255", global},
        {"127.0.0.0", loopback},
        {"127.0.0.1", loopback},
        {"127.255.255.255", loopback},
        {"128.0.0.0", global},
        {"168.63.129.15", global},
        {"168.63.129.16", link_local},
        {"168.63.129.17", global},
        {"169.253.255.255", global},
        {"169.254.0.0", link_local},
        {"169.254.169.254", link_local},
        {"169.254.255.255", link_local},
        {"169.255.0.0", global},
        {"172.15.255.255", global},
        {"172.16.0.0", private_use},
        {"172.31.255.255", private_use},
        {"172.32.0.0", global},
        {"191.255.255.255", global},
        {"192.0.0.0", reserved},
        {"192.0.0.192", link_local},
        {"192.0.0.255", reserved},
        {"192.0.1.0", global},
        {"192.0.2.0", reserved},
        {"192.0.2.255", reserved},
        {"192.0.3.0", global},
        {"192.31.196.0", reserved},
        {"192.31.196.255", reserved},
        {"192.31.197.0", global},
        {"192.52.193.0", reserved},
        {"192.52.194.0", global},
        {"192.88.98.255", global},
        {"192.88.99.0", reserved},
        {"192.88.99.255", reserved},
        {"192.88.100.0", global},
        {"192.167.255.255", global},
        {"192.168.0.0", private_use},
        {"192.168.255.255", private_use},
        {"192.169.0.0", global},
        {"192.175.47.255", global},
        {"192.175.48.0", reserved},
        {"192.175.49.0", global},
        {"198.17.255.255", global},
        {"198.18.0.0", reserved},
        {"198.19.255.255", reserved},
        {"198.20.0.0", global},
        {"198.51.99.255", global},
        {"198.51.100.0", reserved},
        {"198.51.100.255", reserved},
        {"198.51.101.0", global},
        {"203.0.112.255", global},
        {"203.0.113.0", reserved},
        {"203.0.113.255", reserved},
        {"203.0.114.0", global},
        {"223.255.255.255", global},
        {"224.0.0.0", multicast},
        {"239.255.255.255", multicast},
        {"240.0.0.0", reserved},
        {"255.255.255.254", reserved},
        {"255.255.255.255", multicast},
        {"::", unspecified},
        {"::1", loopback},
        {"::2", transition},
        {"::7f00:1", transition},
        {"::ffff:ffff", transition},
        {"::1:0:0", reserved},
        {"::fffe:127.0.0.1", reserved},
        {"::ffff:0.0.0.0", transition},
        {"::ffff:127.0.0.1", transition},
        {"::ffff:8.8.8.8", transition},
        {"::ffff:255.255.255.255", transition},
        {"64:ff9a::1", reserved},
        {"64:ff9b::7f00:1", transition},
        {"64:ff9b::a9fe:a9fe", transition},
        {"64:ff9b::10.0.0.1", transition},
        {"64:ff9b::ffff:ffff", transition},
        {"64:ff9b::8.8.8.8", global},
        {"64:ff9b::1:0:0", reserved},
        {"64:ff9b:1::", transition},
        {"64:ff9b:1::8.8.8.8", transition},
        {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", transition},
        {"64:ff9b:2::", reserved},
        {"100::", reserved},
        {"100:0:0:1::1", reserved},
        {"1fff:ffff::1", reserved},
        {"2001::", transition},
        {"2001:0:ffff:ffff:ffff:ffff:ffff:ffff", transition},
        {"2001:1::1", reserved},
        {"2001:2::", reserved},
        {"2001:10::", reserved},
        {"2001:20::", reserved},
        {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", reserved},
        {"2001:200::", global},
        {"2001:db7:ffff::", global},
        {"2001:db8::", reserved},
        {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", reserved},
        {"2001:db9::", global},
        {"2001:ffff::", global},
        {"2002::", transition},
        {"2002:7f00:1::", transition},
        {"2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", transition},
        {"2003::", global},
        {"2606:4700::1111", global},
        {"2620:4f:7fff::", global},
        {"2620:4f:8000::", reserved},
        {"2620:4f:8001::", global},
        {"3ffe:ffff::1", global},
        {"3fff::", reserved},
        {"3fff:fff:ffff::", reserved},
        {"3fff:1000::", global},
        {"4000::", reserved},
        {"5f00::", reserved},
        {"fbff::", reserved},
        {"fc00::", private_use},
        {"fd00:ec2::253", private_use},
        {"fd00:ec2::254", link_local},
        {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", private_use},
        {"fe00::", reserved},
        {"fe80::", link_local},
        {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", link_local},
        {"fec0::", reserved},
        {"feff::1", reserved},
        {"ff00::", multicast},
        {"ff02::1", multicast},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", multicast},
    };
    for (const auto& r : rows)
    {
        BOOST_TEST_CONTEXT(r.address)
        {
            BOOST_TEST(static_cast<int>(classify(ip(r.address))) == static_cast<int>(r.kind));
        }
    }
}

BOOST_AUTO_TEST_CASE(address_with_a_zone_is_link_local)
{
    auto a = ip("2606:4700::1111").to_v6();
    a.scope_id(3);
    BOOST_TEST((classify(a) == address_class::link_local));
}

BOOST_AUTO_TEST_CASE(default_policy_allows_public_addresses_over_https_only)
{
    const address_policy policy;
    BOOST_TEST(allowed(policy, "https://a.example/", "93.184.216.34"));
    BOOST_TEST(allowed(policy, "https://a.example/", "2606:4700::1111"));
    BOOST_TEST(!allowed(policy, "http://a.example/", "93.184.216.34"));
    for (const auto* const a :
         {"127.0.0.1",
          "0.0.0.0",
          "10.1.2.3",
          "169.254.169.254",
          "::1",
          "::",
          "fe80::1",
          "fc00::1",
          "::ffff:127.0.0.1",
          "::ffff:10.0.0.1",
          "64:ff9b::7f00:1",
          "2002:7f00:1::",
          "224.0.0.1",
          "255.255.255.255",
          "100.64.0.1"})
    {
        BOOST_TEST_CONTEXT(a)
        {
            BOOST_TEST(!allowed(policy, "https://a.example/", a));
            BOOST_TEST(!allowed(policy, "https://localhost/", a));
        }
    }
}

BOOST_AUTO_TEST_CASE(loopback_is_allowed_for_loopback_hosts_only)
{
    const auto policy = address_policy().allow_loopback();
    BOOST_TEST(allowed(policy, "http://localhost/", "127.0.0.1"));
    BOOST_TEST(allowed(policy, "http://a.localhost/", "::1"));
    BOOST_TEST(allowed(policy, "https://127.0.0.1/", "127.0.0.1"));
    BOOST_TEST(!allowed(policy, "https://a.example/", "127.0.0.1"));
    BOOST_TEST(!allowed(policy, "https://a.example/", "::1"));
    BOOST_TEST(!allowed(policy, "http://localhost/", "93.184.216.34"));
    BOOST_TEST(!allowed(policy, "http://localhost/", "::ffff:127.0.0.1"));
    BOOST_TEST(!allowed(policy, "http://localhost/", "0.0.0.0"));
}

BOOST_AUTO_TEST_CASE(private_network_is_allowed_inside_its_borders_over_https)
{
    const auto policy =
        address_policy().allow_private_network("10.1.0.0/16").allow_private_network("fd12::/32");
    BOOST_TEST(allowed(policy, "https://as.corp/", "10.1.255.255"));
    BOOST_TEST(allowed(policy, "https://as.corp/", "fd12::1"));
    BOOST_TEST(!allowed(policy, "https://as.corp/", "10.2.0.0"));
    BOOST_TEST(!allowed(policy, "https://as.corp/", "fd12:1::1"));
    BOOST_TEST(!allowed(policy, "https://as.corp/", "::ffff:10.1.0.1"));
    BOOST_TEST(!allowed(policy, "http://as.corp/", "10.1.0.1"));
}

BOOST_AUTO_TEST_CASE(no_private_network_opens_loopback_link_local_or_multicast)
{
    const auto policy =
        address_policy().allow_private_network("0.0.0.0/0").allow_private_network("::/0");
    for (const auto* const a :
         {"127.0.0.1",
          "::1",
          "0.0.0.0",
          "::",
          "169.254.169.254",
          "fe80::1",
          "100.100.100.200",
          "168.63.129.16",
          "fd00:ec2::254",
          "224.0.0.1",
          "ff02::1",
          "255.255.255.255",
          "::ffff:127.0.0.1",
          "64:ff9b::7f00:1"})
    {
        BOOST_TEST_CONTEXT(a)
        {
            BOOST_TEST(!allowed(policy, "https://a.example/", a));
        }
    }
    BOOST_TEST(allowed(policy, "https://a.example/", "10.0.0.1"));
}

BOOST_AUTO_TEST_CASE(malformed_private_network_is_refused)
{
    for (const auto* const text :
         {"",
          "/",
          "10.0.0.0",
          "10.0.0.0/",
          "10.0.0.0/33",
          "10.0.0.0/-1",
          "10.0.0.0/8x",
          "::/129",
          "10.0.0/8",
          "a/8",
          "fe80::1%1/64",
          "10.0.0.0/ 8"})
    {
        BOOST_TEST_CONTEXT(text)
        {
            const auto made = address_guard::make(address_policy().allow_private_network(text));
            BOOST_REQUIRE(!made);
            BOOST_TEST((made.error().code() == errc::invalid_argument));
        }
    }
}

BOOST_AUTO_TEST_CASE(plain_http_needs_a_loopback_host_and_the_permission)
{
    const auto u = url::parse("http://localhost:1/").value();
    BOOST_TEST(!detail::check_scheme(address_policy(), u).has_value());
    BOOST_TEST(detail::check_scheme(address_policy().allow_loopback(), u).has_value());
    const auto other = url::parse("http://a.example/").value();
    const auto checked = detail::check_scheme(address_policy().allow_loopback(), other);
    BOOST_REQUIRE(!checked);
    BOOST_TEST((checked.error().code() == errc::url_scheme_not_allowed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace asioauth
