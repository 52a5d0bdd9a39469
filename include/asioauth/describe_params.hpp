// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/protocol/discovery.hpp>
#include <asioauth/protocol/http_message.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace asioauth {

/// A picture that an MCP server names (`Icon` of the schema).
class server_icon
{
public:
    /// @param source an https address or a `data:` URL
    explicit server_icon(std::string_view source) : source_(source) {}

    server_icon& mime_type(std::string_view v) { return mime_type_ = v, *this; }
    /// As in the schema, several separated by spaces: `48x48 96x96`, `any`.
    server_icon& sizes(std::string_view v) { return sizes_ = v, *this; }

    const std::string& source() const noexcept { return source_; }
    const std::string& mime_type() const noexcept { return mime_type_; }
    const std::string& sizes() const noexcept { return sizes_; }

private:
    std::string source_;
    std::string mime_type_;
    std::string sizes_;
};

/** Who an MCP server says it is (`Implementation` of the schema), as it came: untrusted, and checked
    where it is used.

    @par Specification
    @li MCP 2025-11-25 and later, schema: `Implementation`, `Icon`
*/
class server_identity
{
public:
    server_identity() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// The name for programs; shown if there is no title.
    server_identity& name(std::string_view v) { return name_ = v, *this; }
    server_identity& title(std::string_view v) { return title_ = v, *this; }
    server_identity& description(std::string_view v) { return description_ = v, *this; }
    server_identity& website_url(std::string_view v) { return website_url_ = v, *this; }
    server_identity& add_icon(server_icon v) { return icons_.push_back(std::move(v)), *this; }

    const std::string& name() const noexcept { return name_; }
    const std::string& title() const noexcept { return title_; }
    const std::string& description() const noexcept { return description_; }
    const std::string& website_url() const noexcept { return website_url_; }
    const std::vector<server_icon>& icons() const noexcept { return icons_; }

private:
    std::string name_;
    std::string title_;
    std::string description_;
    std::string website_url_;
    std::vector<server_icon> icons_;
};

/// Parameters of describer::async_describe.
class describe_params
{
public:
    /// @param resource the URL of an MCP server or web API, as the user gave it
    describe_params(std::string_view resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    describe_params(const char* resource)
        : resource_(resource) {} // NOLINT(google-explicit-constructor)
    describe_params(std::string resource)
        : resource_(std::move(resource)) {} // NOLINT(google-explicit-constructor)

    /// What client::async_discover() found at this URL: then no metadata is fetched. Its address
    /// policy is used too.
    describe_params& found(discovery v)
    {
        return found_ = std::make_shared<const discovery>(std::move(v)), *this;
    }
    /// Without @ref found: look for metadata at the well-known places. Default false.
    describe_params& look_for_metadata(bool v) noexcept { return look_for_metadata_ = v, *this; }
    /// What the MCP server said of itself, if it was asked.
    describe_params& identity(server_identity v) { return identity_ = std::move(v), *this; }
    /// After this time what is there is the answer. Default 10 s.
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

    const std::string& resource() const noexcept { return resource_; }
    const std::shared_ptr<const discovery>& found() const noexcept { return found_; }
    bool look_for_metadata() const noexcept { return look_for_metadata_; }
    const server_identity& identity() const noexcept { return identity_; }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    std::size_t max_icon_size() const noexcept { return max_icon_size_; }
    const address_policy& policy() const noexcept { return policy_; }

private:
    std::string resource_;
    std::shared_ptr<const discovery> found_;
    bool look_for_metadata_ = false;
    server_identity identity_;
    std::chrono::milliseconds timeout_{10'000};
    std::size_t max_icon_size_ = 64 * 1024;
    address_policy policy_;
};

static_assert(!std::is_aggregate_v<server_icon> && !std::is_aggregate_v<server_identity> && !std::is_aggregate_v<describe_params>);

} // namespace asioauth
