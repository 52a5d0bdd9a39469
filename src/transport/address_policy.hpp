// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/url.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/// What an address is, by the IANA special-purpose registries of both families.
enum class address_class : std::uint8_t
{
    global,      ///< public unicast
    unspecified, ///< 0.0.0.0/8, ::
    loopback,    ///< 127.0.0.0/8, ::1
    private_use, ///< RFC 1918, unique local
    shared,      ///< carrier-grade NAT
    link_local,  ///< 169.254.0.0/16, fe80::/10, and the metadata services of clouds wherever they
                 ///< live
    multicast,   ///< including the limited broadcast address
    transition,  ///< an IPv4 address in IPv6 clothes: mapped, compatible, NAT64, 6to4, Teredo
    reserved,    ///< documentation, benchmarking, class E, not allocated
};

address_class classify(const boost::asio::ip::address& a) noexcept;

/// Addresses that begin alike.
class address_network
{
public:
    /// @param text `address/length`; nothing if it is none
    static std::optional<address_network> parse(std::string_view text);

    bool contains(const boost::asio::ip::address& a) const noexcept;

private:
    boost::asio::ip::address base_;
    unsigned length_ = 0;
};

/// An @ref address_policy made ready for checking addresses.
class address_guard
{
public:
    /// @return errc::invalid_argument if a private network of the policy is no `address/length`.
    static result<address_guard> make(const address_policy& policy);

    /// May a request to `target` be sent to this address? The last word before every connect.
    bool allows(const url& target, const boost::asio::ip::address& a) const noexcept;
    /// May somebody else be asked to look this name up and to connect to it? A name that the public
    /// DNS cannot have leads into a private network.
    bool allows_name(std::string_view host) const noexcept;

private:
    std::vector<address_network> networks_;
    bool loopback_ = false;
};

/// Is the scheme fit for the policy? @return errc::url_scheme_not_allowed otherwise.
result<void> check_scheme(const address_policy& policy, const url& target);

} // namespace asioauth::detail
