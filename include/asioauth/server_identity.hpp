// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

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

    /// As in the schema, for example `image/png`.
    server_icon& mime_type(std::string_view v) { return mime_type_ = v, *this; }
    /// As in the schema, several separated by spaces: `48x48 96x96`, `any`.
    server_icon& sizes(std::string_view v) { return sizes_ = v, *this; }

    /// @{
    /// As given; empty if it was not.
    const std::string& source() const noexcept { return source_; }
    const std::string& mime_type() const noexcept { return mime_type_; }
    const std::string& sizes() const noexcept { return sizes_; }
    /// @}

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
    /// Nothing is known.
    server_identity() {} // NOLINT(modernize-use-equals-default): never an aggregate

    /// The name for programs; shown if there is no title.
    server_identity& name(std::string_view v) { return name_ = v, *this; }
    /// The name for people.
    server_identity& title(std::string_view v) { return title_ = v, *this; }
    /// What it is, in its own words.
    server_identity& description(std::string_view v) { return description_ = v, *this; }
    /// Its page for people.
    server_identity& website_url(std::string_view v) { return website_url_ = v, *this; }
    /// One more picture; the order is that of the server.
    server_identity& add_icon(server_icon v) { return icons_.push_back(std::move(v)), *this; }

    /// @{
    /// As given; empty if it was not.
    const std::string& name() const noexcept { return name_; }
    const std::string& title() const noexcept { return title_; }
    const std::string& description() const noexcept { return description_; }
    const std::string& website_url() const noexcept { return website_url_; }
    const std::vector<server_icon>& icons() const noexcept { return icons_; }
    /// @}

private:
    std::string name_;
    std::string title_;
    std::string description_;
    std::string website_url_;
    std::vector<server_icon> icons_;
};

static_assert(!std::is_aggregate_v<server_icon> && !std::is_aggregate_v<server_identity>);

} // namespace asioauth
