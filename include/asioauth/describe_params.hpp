// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/http_message.hpp>
#include <asioauth/server_identity.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace asioauth {

/// Parameters of describer::async_describe.
class describe_params
{
public:
    /// @{
    /// @param resource the URL of an MCP server or web API, as the user gave it
    describe_params(std::string_view resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    describe_params(const char* resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    describe_params(std::string resource)
        : resource_(std::move(resource)) {} // NOLINT(google-explicit-constructor)
    /// @}

    /// What client::async_discover() found at this URL: then no metadata is fetched. Its address
    /// policy is used too.
    describe_params& found(discovery v)
    {
        return found_ = std::make_shared<const discovery>(std::move(v)), *this;
    }
    /// Without found(): look for the metadata at the well-known places, which takes up to five
    /// requests more. Default true. Authorization servers that client_settings::choose_server leaves
    /// out are not asked.
    describe_params& look_for_metadata(bool v) noexcept { return look_for_metadata_ = v, *this; }
    /// What the MCP server said of itself, if it was asked.
    describe_params& identity(server_identity v) { return identity_ = std::move(v), *this; }
    /// After this time what is there is the answer. Default 10 s, from 0 to 30 days.
    describe_params& timeout(std::chrono::milliseconds v) noexcept { return timeout_ = v, *this; }
    /// The most bytes an icon may have; larger ones are passed over. Default 64 KiB, at most
    /// limits::icon_body. 0: no icon is fetched.
    describe_params& max_icon_size(std::size_t v) noexcept { return max_icon_size_ = v, *this; }
    /// Allow addresses of this private network, given as `address/prefix-length`, over https. See
    /// address_policy.
    describe_params& allow_private_network(std::string_view cidr)
    {
        return policy_.allow_private_network(cidr), *this;
    }
    /// See discover_params::allow_loopback. Default true.
    describe_params& allow_loopback(bool v) noexcept { return loopback_ = v, *this; }

    /// @{
    /// What was set, or the default.
    const std::string& resource() const noexcept { return resource_; }
    const std::shared_ptr<const discovery>& found() const noexcept { return found_; }
    bool look_for_metadata() const noexcept { return look_for_metadata_; }
    const server_identity& identity() const noexcept { return identity_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    std::size_t max_icon_size() const noexcept { return max_icon_size_; }
    const address_policy& policy() const noexcept { return policy_; }
    bool loopback_allowed() const noexcept { return loopback_; }
    /// @}

private:
    std::string resource_;
    std::shared_ptr<const discovery> found_;
    bool look_for_metadata_ = true;
    server_identity identity_;
    std::chrono::milliseconds timeout_{10'000};
    std::size_t max_icon_size_ = 64 * 1024;
    address_policy policy_;
    bool loopback_ = true;
};

static_assert(!std::is_aggregate_v<server_icon> && !std::is_aggregate_v<server_identity> && !std::is_aggregate_v<describe_params>);

} // namespace asioauth
