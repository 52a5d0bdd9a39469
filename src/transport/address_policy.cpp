// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "transport/address_policy.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace asioauth::detail {
namespace {

namespace ip = boost::asio::ip;

using v6_bytes = ip::address_v6::bytes_type;

struct v4_block
{
    std::uint32_t base;
    unsigned length;
    address_class kind;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a << 24 | b << 16 | c << 8 | d;
}

// The first match decides, so single addresses stand before the networks around them.
constexpr v4_block v4_blocks[] = {
    {v4(168, 63, 129, 16), 32, address_class::link_local},   // a cloud's metadata service
    {v4(100, 100, 100, 200), 32, address_class::link_local}, // a cloud's metadata service
    {v4(192, 0, 0, 192), 32, address_class::link_local},     // a cloud's metadata service
    {v4(0, 0, 0, 0), 8, address_class::unspecified},
    {v4(10, 0, 0, 0), 8, address_class::private_use},
    {v4(100, 64, 0, 0), 10, address_class::shared},
    {v4(127, 0, 0, 0), 8, address_class::loopback},
    {v4(169, 254, 0, 0), 16, address_class::link_local},
    {v4(172, 16, 0, 0), 12, address_class::private_use},
    {v4(192, 0, 0, 0), 24, address_class::reserved},    // IETF protocol assignments
    {v4(192, 0, 2, 0), 24, address_class::reserved},    // documentation
    {v4(192, 31, 196, 0), 24, address_class::reserved}, // AS112
    {v4(192, 52, 193, 0), 24, address_class::reserved}, // AMT
    {v4(192, 88, 99, 0), 24, address_class::reserved},  // 6to4 relay anycast
    {v4(192, 168, 0, 0), 16, address_class::private_use},
    {v4(192, 175, 48, 0), 24, address_class::reserved}, // AS112
    {v4(198, 18, 0, 0), 15, address_class::reserved},   // benchmarking
    {v4(198, 51, 100, 0), 24, address_class::reserved}, // documentation
    {v4(203, 0, 113, 0), 24, address_class::reserved},  // documentation
    {v4(224, 0, 0, 0), 4, address_class::multicast},
    {v4(255, 255, 255, 255), 32, address_class::multicast}, // limited broadcast
    {v4(240, 0, 0, 0), 4, address_class::reserved},         // class E
};

struct v6_block
{
    v6_bytes base;
    unsigned length;
    address_class kind;
};

constexpr v6_bytes
v6(unsigned a, unsigned b = 0, unsigned c = 0, unsigned d = 0, unsigned g = 0, unsigned h = 0)
{
    v6_bytes bytes{};
    const unsigned groups[] = {a, b, c, d};
    for (std::size_t i = 0; i != 4; ++i)
    {
        bytes[2 * i] = static_cast<unsigned char>(groups[i] >> 8);
        bytes[2 * i + 1] = static_cast<unsigned char>(groups[i] & 0xff);
    }
    bytes[12] = static_cast<unsigned char>(g >> 8);
    bytes[13] = static_cast<unsigned char>(g & 0xff);
    bytes[14] = static_cast<unsigned char>(h >> 8);
    bytes[15] = static_cast<unsigned char>(h & 0xff);
    return bytes;
}

constexpr v6_bytes mapped_prefix()
{
    v6_bytes bytes{};
    bytes[10] = bytes[11] = 0xff;
    return bytes;
}

// 64:ff9b::/96 is not here: it is judged by the IPv4 address inside.
constexpr v6_block v6_blocks[] = {
    {v6(0), 128, address_class::unspecified},
    {v6(0, 0, 0, 0, 0, 1), 128, address_class::loopback},
    {mapped_prefix(), 96, address_class::transition},
    {v6(0), 96, address_class::transition}, // IPv4-compatible
    {v6(0x64, 0xff9b, 1), 48, address_class::transition},
    {v6(0xfd00, 0xec2, 0, 0, 0, 0x254),
     128,
     address_class::link_local},                             // a cloud's metadata service
    {v6(0x2001, 0), 32, address_class::transition},          // Teredo
    {v6(0x2001, 0), 23, address_class::reserved},            // IETF protocol assignments
    {v6(0x2001, 0xdb8), 32, address_class::reserved},        // documentation
    {v6(0x2002), 16, address_class::transition},             // 6to4
    {v6(0x2620, 0x4f, 0x8000), 48, address_class::reserved}, // AS112
    {v6(0x3fff), 20, address_class::reserved},               // documentation
    {v6(0xfc00), 7, address_class::private_use},
    {v6(0xfe80), 10, address_class::link_local},
    {v6(0xff00), 8, address_class::multicast},
};

// Reserved for private networks (RFC 6762 with its appendix G, RFC 8375), or used as if they were.
constexpr std::string_view private_domains[] = {
    ".corp",
    ".home",
    ".home.arpa",
    ".internal",
    ".intranet",
    ".lan",
    ".local",
    ".localdomain",
    ".localhost",
    ".private",
    ".svc",
};

template <std::size_t N>
bool same_prefix(
    const std::array<unsigned char, N>& a, const std::array<unsigned char, N>& b, unsigned length
) noexcept
{
    const std::size_t whole = length / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    {
        return false;
    }
    const unsigned rest = length % 8;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

address_class classify(std::uint32_t a) noexcept
{
    for (const auto& block : v4_blocks)
    {
        if ((a ^ block.base) >> (32 - block.length) == 0)
        {
            return block.kind;
        }
    }
    return address_class::global;
}

address_class classify(const v6_bytes& a) noexcept
{
    if (same_prefix(a, v6(0x64, 0xff9b), 96))
    {
        // Networks without IPv4 reach the public IPv4 internet this way, and only that may pass.
        return classify(v4(a[12], a[13], a[14], a[15])) == address_class::global
            ? address_class::global
            : address_class::transition;
    }
    for (const auto& block : v6_blocks)
    {
        if (same_prefix(a, block.base, block.length))
        {
            return block.kind;
        }
    }
    // Global unicast is 2000::/3; what is outside and not named above is not allocated (fec0::/10
    // too).
    return same_prefix(a, v6(0x2000), 3) ? address_class::global : address_class::reserved;
}

} // namespace

address_class classify(const ip::address& a) noexcept
{
    if (a.is_v4())
    {
        return classify(static_cast<std::uint32_t>(a.to_v4().to_uint()));
    }
    // A zone other than the default belongs to link-local addresses only.
    return a.to_v6().scope_id() != 0 ? address_class::link_local : classify(a.to_v6().to_bytes());
}

std::optional<address_network> address_network::parse(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash >= 64 || slash + 1 == text.size())
    {
        return std::nullopt;
    }
    address_network n;
    error_code ec;
    n.base_ = ip::make_address(text.substr(0, slash), ec);
    const auto digits = text.substr(slash + 1);
    const auto [last, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), n.length_);
    if (ec || error != std::errc() || last != digits.data() + digits.size()
        || n.length_ > (n.base_.is_v4() ? 32U : 128U)
        || (n.base_.is_v6() && n.base_.to_v6().scope_id() != 0))
    {
        return std::nullopt;
    }
    return n;
}

bool address_network::contains(const ip::address& a) const noexcept
{
    if (base_.is_v4() != a.is_v4())
    {
        return false;
    }
    return a.is_v4() ? same_prefix(a.to_v4().to_bytes(), base_.to_v4().to_bytes(), length_)
                     : same_prefix(a.to_v6().to_bytes(), base_.to_v6().to_bytes(), length_);
}

result<address_guard> address_guard::make(const address_policy& policy)
{
    address_guard guard;
    guard.loopback_ = policy.loopback_allowed();
    for (const std::string_view text : policy.private_networks())
    {
        const auto n = address_network::parse(text);
        if (!n)
        {
            return failure(errc::invalid_argument)
                .message("A private network of the address policy is not written as "
                         "address/prefix-length.");
        }
        guard.networks_.push_back(*n);
    }
    return guard;
}

bool address_guard::allows(const url& target, const ip::address& a) const noexcept
{
    const auto kind = classify(a);
    if (kind == address_class::loopback)
    {
        return loopback_ && target.host_is_loopback();
    }
    if (!target.is_https())
    {
        return false;
    }
    if (kind == address_class::global)
    {
        return true;
    }
    if (kind != address_class::private_use && kind != address_class::shared
        && kind != address_class::reserved)
    {
        return false;
    }
    return std::any_of(networks_.begin(), networks_.end(), [&](const address_network& n) {
        return n.contains(a);
    });
}

bool address_guard::allows_name(std::string_view host) const noexcept
{
    if (!networks_.empty())
    {
        return true;
    }
    const auto dot = host.rfind('.');
    // No public domain begins with a digit, but to a lax reader an address may end like that.
    return dot != std::string_view::npos && dot + 1 != host.size() && host[dot + 1] >= 'a'
        && std::none_of(
               std::begin(private_domains),
               std::end(private_domains),
               [host](std::string_view domain) { return host.ends_with(domain); }
        );
}

result<void> check_scheme(const address_policy& policy, const url& target)
{
    if (target.is_https() || (policy.loopback_allowed() && target.host_is_loopback()))
    {
        return {};
    }
    return failure(errc::url_scheme_not_allowed)
        .message("Plain http is for loopback hosts only, and only if the address policy allows it."
        );
}

} // namespace asioauth::detail
