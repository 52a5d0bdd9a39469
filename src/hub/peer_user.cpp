// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/peer_user.hpp"

#include <boost/system/error_code.hpp>

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace asioauth::detail {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

// Most significant digit first, in capitals.
std::string hexadecimal(std::uint32_t value, std::size_t size)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out(size, '0');
    for (auto at = out.rbegin(); at != out.rend(); ++at, value >>= 4U)
        *at = digits[value & 15U];
    return out;
}

// The kernel prints the octets of an address as if they were numbers of this machine.
std::string address_in_table(const asio::ip::address_v4& address)
{
    const auto octets = address.to_bytes();
    std::uint32_t word = 0;
    static_assert(sizeof(word) == sizeof(octets));
    std::memcpy(&word, octets.data(), sizeof(word));
    return hexadecimal(word, 8);
}

std::string mapped_in_table(const asio::ip::address_v4& address)
{
    const asio::ip::address_v4 prefix(asio::ip::address_v4::bytes_type{0, 0, 0xff, 0xff});
    return std::string(16, '0') + address_in_table(prefix) + address_in_table(address);
}

} // namespace

std::optional<std::uint32_t>
user_in_table(std::istream& table, const tcp::endpoint& local, const tcp::endpoint& remote)
{
    const auto is = [](std::string_view shown, const tcp::endpoint& wanted) {
        const auto address = wanted.address().to_v4();
        const std::string port = ":" + hexadecimal(wanted.port(), 4);
        return shown == address_in_table(address) + port
            || shown == mapped_in_table(address) + port;
    };
    std::string line;
    std::getline(table, line); // headings
    while (std::getline(table, line))
    {
        // number, local, remote, state, queues, timer, retransmissions, user
        std::array<std::string, 8> part;
        std::istringstream words(line);
        for (auto& p : part)
            words >> p;
        if (!words || !is(part[1], local) || !is(part[2], remote))
            continue;
        const std::string& digits = part.back();
        std::uint32_t user = 0;
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), user);
        if (ec == std::errc() && end == digits.data() + digits.size())
            return user;
    }
    return std::nullopt;
}

bool is_of_another_user(const tcp::socket& connection)
{
    boost::system::error_code ec;
    const auto peer = connection.remote_endpoint(ec);
    if (ec)
        return false;
    const auto own = connection.local_endpoint(ec);
    if (ec || !peer.address().is_v4() || !own.address().is_v4())
        return false;
    // What comes and goes while a table is read can hide a line of it.
    constexpr int attempts = 3;
    for (int n = 0; n != attempts; ++n)
    {
        for (const char* name : {"/proc/net/tcp", "/proc/net/tcp6"})
        {
            std::ifstream table(name);
            if (const auto user = user_in_table(table, peer, own))
                return *user != 0 && *user != ::geteuid();
        }
    }
    return false;
}

} // namespace asioauth::detail
