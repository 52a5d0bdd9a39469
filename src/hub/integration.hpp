// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What a hub keeps of one thing that a user has added.

#include <asioauth/diagnostics.hpp>
#include <asioauth/hub_integration.hpp>
#include <asioauth/protocol/token.hpp>
#include <asioauth/record.hpp>
#include <asioauth/url.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

enum class integration_state
{
    added,          ///< looked at, and not connected yet
    connected,      ///< usable
    login_required, ///< only its user can make it usable again
    more_needed,    ///< usable, but something needed more permission
    failed,         ///< the last thing that was tried has failed
};

std::string_view name_of(integration_state s) noexcept;

/// Why an integration is not as it should be.
class integration_problem
{
public:
    integration_problem() = default;
    explicit integration_problem(const failure& f);

    bool empty() const noexcept { return code.empty(); }

    std::string stage;
    std::string code;
    std::string message; ///< presentable
    std::string hint;
    std::string said; ///< by the other server; untrusted text

    friend bool operator==(const integration_problem&, const integration_problem&) = default;
};

class integration_tool
{
public:
    integration_tool() = default;

    std::string name; ///< untrusted text, as the others
    std::string title;
    std::string description;
};

class integration
{
public:
    integration() = default;

    std::string id;
    std::string user; ///< of the hub
    url resource;     ///< as the user gave it
    std::string name; ///< chosen by the user, or made of the title

    // Who it is; untrusted text.
    std::string title;
    std::string description;
    std::string website;
    std::string documentation;
    std::string policy;
    std::string tos;
    std::string icon; ///< what its picture is called in addresses; empty: there is none

    // How to log in there.
    bool needs_login = true;
    std::string issuer;
    std::string scope;         ///< to ask for
    bool needs_client = false; ///< the server registers no clients: the user has to bring one
    std::string client_id;     ///< registered by hand; empty: none
    secret client_secret;
    std::string redirect_uri; ///< to register by hand

    integration_state state = integration_state::added;
    integration_problem problem;
    std::string granted_scope;
    std::string needed_scope; ///< what is missing, with what there is
    std::string needed_by;    ///< what would have needed it
    /// When the login ends; nothing if it is refreshed, or the server does not say.
    std::optional<std::chrono::system_clock::time_point> ends_at;
    std::chrono::system_clock::time_point added_at;
    std::optional<std::chrono::system_clock::time_point> connected_at;

    std::vector<integration_tool> tools;
    std::optional<std::chrono::system_clock::time_point> tools_at;
    std::string tools_note; ///< why there are none
};

/// An integration and the generation it was read at; 0: there is none.
class kept_integration
{
public:
    kept_integration() = default;

    integration value;
    generation at = 0;
};

/// How it is to be shown.
class badge
{
public:
    badge(integration_status s, std::string_view l) : status(s), name(name_of(s)), label(l) {}

    integration_status status;
    std::string_view name;  ///< for programs
    std::string_view label; ///< for people
};
badge badge_of(const integration& i, std::chrono::system_clock::time_point now);

/// Where its user logs in. A client that the user has brought is of one server, and no other one ever
/// sees its secret.
void take_issuer(integration& i, const std::string& issuer);
/// Connected, from now on.
void connected(integration& i, std::chrono::system_clock::time_point now);

/// Of whom the grants of an integration are: another one for each.
std::string grant_user(const integration& i);
/// Whether a grant's user is one of a user of the hub.
bool is_of_user(std::string_view grant_user, std::string_view hub_user);

record_key integration_key(std::string_view id);
/// Of its picture.
record_key icon_key(std::string_view id);
/// When an integration that nobody connects is forgotten.
std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>
end_of_draft(const integration& i);
bool is_integration_id(std::string_view id);
record make_record(const integration& i);
result<integration> read_integration_record(const record& r);

} // namespace asioauth::detail
