// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>
#include <asioauth/url.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace asioauth {

/// How an integration is.
enum class integration_status : std::uint8_t
{
    added,          ///< looked up and not connected yet; hub::async_list leaves those out
    connected,      ///< usable
    expiring,       ///< usable, and its login, which cannot be renewed, ends within 10 minutes
    login_required, ///< its user has to log in, on hub_integration::page
    more_needed, ///< usable, but something failed for want of a permission that its user can give
    failed,      ///< the last thing that was tried has failed; the page says why
};

/// As in the JSON of a hub: `more_needed` and so on; empty for a value that is none.
ASIOAUTH_DECL std::string_view name_of(integration_status s) noexcept;

/// A tool of an integration. All of it is untrusted text.
class hub_tool
{
public:
    /// An empty one.
    hub_tool() {} // NOLINT(modernize-use-equals-default): never an aggregate

    std::string name;        ///< what it is called by
    std::string title;       ///< for people; may be empty
    std::string description; ///< what it does; may be empty
};

/// Something that a user has added to a @ref hub.
class hub_integration
{
public:
    /// An empty one.
    hub_integration() {} // NOLINT(modernize-use-equals-default): never an aggregate

    std::string id;   ///< 32 hexadecimal digits, for hub::async_open
    url resource;     ///< as the user gave it
    std::string name; ///< as the user calls it
    integration_status status = integration_status::added; ///< how it is
    std::string issuer;          ///< of the authorization server; empty if it needs no login
    std::string scope;           ///< granted, space-separated
    std::string page;            ///< of the hub, where its user can do something about it
    std::vector<hub_tool> tools; ///< as they were listed last
    std::optional<std::chrono::system_clock::time_point>
        ends_at; ///< of a login that cannot be renewed
};

static_assert(!std::is_aggregate_v<hub_tool> && !std::is_aggregate_v<hub_integration>);

} // namespace asioauth
