// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whose the other end of a connection is, as the kernel's tables have it.

#include "hub/peer_user.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <bit>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(hub_peer_users)

using namespace asioauth;
using boost::asio::ip::tcp;

namespace {

const std::string headings =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";

tcp::endpoint at(const char* address, unsigned short port)
{
    return {boost::asio::ip::make_address(address), port};
}

std::string row(const std::string& local, const std::string& remote, const std::string& user)
{
    return "   2: " + local + " " + remote + " 01 00000000:00000000 00:00000000 00000000 " + user
        + "        0 9790344 2 000000007b68968f 20 0 0 10 -1\n";
}

// 127.0.0.1 and 127.0.0.2, as a machine of this kind shows them.
const bool little = std::endian::native == std::endian::little;
const std::string first = little ? "0100007F" : "7F000001";
const std::string second = little ? "0200007F" : "7F000002";
const std::string mapped = std::string(16, '0') + (little ? "FFFF0000" : "0000FFFF");

std::optional<std::uint32_t> found_in(const std::string& rows)
{
    std::istringstream table(headings + rows);
    return detail::user_in_table(table, at("127.0.0.1", 0xac04), at("127.0.0.2", 80));
}

} // namespace

BOOST_AUTO_TEST_CASE(the_end_with_these_endpoints_is_the_one_whose_user_is_told)
{
    const std::string own = first + ":AC04";
    const std::string far = second + ":0050";
    BOOST_TEST(found_in(row(own, far, "65534")).value() == 65'534U);
    BOOST_TEST(found_in(row(own, far, "    0")).value() == 0U);
    BOOST_TEST(found_in(row(far, own, "1") + row(own, far, "1000")).value() == 1'000U);
    BOOST_TEST(found_in(row(mapped + own, mapped + far, "1001")).value() == 1'001U);
    BOOST_TEST(!found_in(row(far, own, "1")).has_value());
    BOOST_TEST(!found_in(row(own, first + ":0050", "1")).has_value());
    BOOST_TEST(!found_in(row(own, second + ":0051", "1")).has_value());
    BOOST_TEST(!found_in(row(second + ":AC04", far, "1")).has_value());
    BOOST_TEST(!found_in(row(first + ":AC05", far, "1")).has_value());
    BOOST_TEST(!found_in("").has_value());
}

BOOST_AUTO_TEST_CASE(a_table_of_another_form_tells_nobody)
{
    const std::string own = first + ":AC04";
    const std::string far = second + ":0050";
    for (const std::string user : {"", "-1", "x", "99999999999", "1x"})
        BOOST_TEST(!found_in(row(own, far, user).substr(0, user.empty() ? 40 : std::string::npos))
                        .has_value());
    BOOST_TEST(!found_in("   2: " + own + " " + far + "\n").has_value());
    std::istringstream nothing;
    BOOST_TEST(!detail::user_in_table(nothing, at("127.0.0.1", 1), at("127.0.0.1", 2)));
    boost::asio::io_context io;
    BOOST_TEST(!detail::is_of_another_user(tcp::socket(io)));
}

BOOST_AUTO_TEST_CASE(a_connection_of_the_other_family_is_of_nobody_else)
{
    boost::asio::io_context io;
    boost::system::error_code ec;
    tcp::acceptor door(io);
    std::vector<const char*> addresses{"127.0.0.1"};
    // Not every machine has it.
    if (door.open(tcp::v6(), ec), !ec && (door.bind(at("::1", 0), ec), !ec))
        addresses.push_back("::1");
    door.close(ec);
    for (const char* address : addresses)
    {
        door = tcp::acceptor(io, at(address, 0));
        tcp::socket near(io);
        near.connect(door.local_endpoint());
        const auto far = door.accept();
        // Both ends are this process's own.
        BOOST_TEST(!detail::is_of_another_user(far), address);
        BOOST_TEST(!detail::is_of_another_user(near), address);
    }
}

BOOST_AUTO_TEST_SUITE_END()
