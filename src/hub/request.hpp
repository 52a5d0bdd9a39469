// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What a request to a hub says, and what protects its forms.

#include <asioauth/hub_settings.hpp>
#include <asioauth/protocol/form.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

/// The names and values of a form, a JSON object, or a query.
class hub_fields
{
public:
    hub_fields() = default;
    ~hub_fields();
    hub_fields(const hub_fields&) = default;
    hub_fields(hub_fields&&) = default;
    hub_fields& operator=(const hub_fields&) = default;
    hub_fields& operator=(hub_fields&&) = default;

    bool has(std::string_view name) const noexcept;
    /// Empty if there is none.
    const std::string& get(std::string_view name) const noexcept;
    void add(std::string name, std::string value);

private:
    form_fields all_;
};

/// A request target, taken apart below where the hub is mounted.
class hub_target
{
public:
    hub_target() = default;

    std::string path;                  ///< as received, from the prefix on: begins with a slash
    std::string query;                 ///< without its question mark
    std::vector<std::string> segments; ///< not decoded; `/a/b` are two
};

/// Nothing if the target is not below `prefix`.
std::optional<hub_target> split_target(std::string_view target, std::string_view prefix);
/// Whether it is where authorization servers answer.
bool is_callback(const hub_target& target);

/// Octets of a form, whoever sends it.
constexpr std::size_t longest_form = 64 * 1024;

/// The fields of a body; nothing if it is neither a form nor a flat JSON object.
std::optional<hub_fields> read_body(const hub_request& request);
hub_fields read_query(std::string_view query);

/// Whether the answer is for a program.
bool wants_json(const hub_request& request);

/// Whether a request of this method is more than a look.
bool changes_something(std::string_view method) noexcept;

/// Whether another site made the browser send this, as far as the browser says so.
bool is_from_another_site(const hub_request& request, std::string_view origin);

/// What a form of this user has to show: nobody else can make it.
std::string form_token(const secret& key, const hub_user& user);
bool is_form_token(const secret& key, const hub_user& user, std::string_view shown);

} // namespace asioauth::detail
