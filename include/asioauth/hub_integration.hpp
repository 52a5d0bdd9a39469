// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/url.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace asioauth {

/// A tool of an integration. All of it is untrusted text.
class hub_tool
{
public:
    hub_tool() {} // NOLINT(modernize-use-equals-default): never an aggregate

    std::string name;
    std::string title;
    std::string description;
};

/// Something that a user has added to a @ref hub.
class hub_integration
{
public:
    hub_integration() {} // NOLINT(modernize-use-equals-default): never an aggregate

    std::string id;
    url resource;     ///< as the user gave it
    std::string name; ///< as the user calls it
    /// `connected`, `expiring`, `login_required`, `more_needed` or `failed`
    std::string status;
    std::string issuer;          ///< of the authorization server; empty if it needs no login
    std::string scope;           ///< granted, space-separated
    std::string page;            ///< of the hub, where its user can do something about it
    std::vector<hub_tool> tools; ///< as they were listed last
    std::optional<std::chrono::system_clock::time_point>
        ends_at; ///< of a login that cannot be renewed
};

static_assert(!std::is_aggregate_v<hub_tool> && !std::is_aggregate_v<hub_integration>);

} // namespace asioauth
