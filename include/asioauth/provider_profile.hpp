// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace asioauth {

/// Who said something about a provider.
enum class profile_source : std::uint8_t
{
    none,              ///< nobody
    server_identity,   ///< the MCP server, in its answer to `initialize` or `server/discover`
    resource_metadata, ///< the protected-resource metadata
    server_metadata,   ///< the authorization-server metadata
    page,              ///< the web page of its host
};

/// The identifier as text, for example `"page"`.
ASIOAUTH_DECL std::string_view name_of(profile_source s) noexcept;

/** How a provider presents itself: what to show to a user who is about to trust it.

    Only @ref host is a fact. Everything else is what the provider says of itself: it may call itself
    whatever it likes and show anybody's picture. Show the host beside it.

    Texts are plain (to be escaped where they go into markup), in one line, capped, and without
    control and bidirectional characters; empty if nobody said anything. The icon is bytes and not an
    address, so that nobody learns who looks at it and nobody can exchange it later: serve it from
    your own origin, with @ref icon_type as its `Content-Type` and `X-Content-Type-Options: nosniff`.
*/
class provider_profile
{
public:
    /// Nothing is known.
    provider_profile() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// The host of the URL that the user gave; international names in their `xn--` form.
    std::string host;
    std::string title;                                  ///< its name
    std::string description;                            ///< what it is, in some words of its own
    profile_source title_source = profile_source::none; ///< who said the title
    profile_source description_source = profile_source::none; ///< who said the description

    // Pages for people: https and not on this machine, empty if there is none. That somebody names
    // one is no reason to fetch it, and none of them was looked at for being named.

    /// What the MCP server names; otherwise the page that was read: `/` of the host, or where that
    /// has led.
    url website;
    url documentation; ///< how to use it
    url policy;        ///< what happens with data
    url tos;           ///< terms of service

    std::string icon;      ///< the bytes of a picture; empty if there is none
    std::string icon_type; ///< what the bytes are, see image_type(); empty if there is none
    profile_source icon_source = profile_source::none; ///< who named it
};

static_assert(!std::is_aggregate_v<provider_profile>);

} // namespace asioauth
