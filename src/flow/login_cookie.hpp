// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The cookie that binds a login to the browser that began it.

#include <asioauth/secret.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace asioauth::detail {

/// The value of a cookie in a Cookie field (RFC 6265 section 4.2.1); empty if there is none, or two.
inline std::string cookie_of(std::string_view field, std::string_view name)
{
    std::string found;
    while (!field.empty())
    {
        const auto end = field.find(';');
        std::string_view one = field.substr(0, end);
        field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        const auto equals = one.find('=');
        if (equals == std::string_view::npos || one.substr(0, equals) != name)
            continue;
        if (!found.empty())
            return {};
        found = one.substr(equals + 1);
    }
    return found;
}

class login_cookie
{
public:
    /// @param name empty: the default
    login_cookie(std::string name, bool plain_http) : name_(std::move(name)), secure_(!plain_http)
    {
        if (name_.empty())
            name_ = plain_http ? "asioauth" : "__Host-asioauth";
    }

    /// The binding that a browser has; empty if it has none.
    std::string find(std::string_view cookies, bool from_other_sites) const
    {
        std::string found = cookie_of(cookies, name(from_other_sites));
        if (!is_binding(found))
            wipe(found);
        return found;
    }

    /// The binding that another login of the same browser may share.
    std::string to_keep(std::string_view cookies, bool from_other_sites) const
    {
        // A neighbour could have set one of another name, and would know its value.
        return name_.starts_with("__Host-") ? find(cookies, from_other_sites) : std::string();
    }

    /// The value of a Set-Cookie field.
    std::string
    set(const std::string& binding, bool from_other_sites, std::chrono::milliseconds lasts) const
    {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lasts).count();
        std::string out = name(from_other_sites);
        out.reserve(out.size() + binding.size() + 80);
        out.append("=").append(binding).append("; Path=/; HttpOnly; Max-Age=");
        out += std::to_string(seconds);
        // A form that another site posts comes without cookies of any other kind.
        if (from_other_sites)
            out += "; SameSite=None; Secure";
        else
            out += secure_ ? "; SameSite=Lax; Secure" : "; SameSite=Lax";
        return out;
    }

private:
    // What begin makes is text of our own alphabet; whatever else a browser sends is no cookie of
    // ours.
    static bool is_binding(std::string_view v)
    {
        constexpr std::size_t length = 43;
        constexpr const char* alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return v.size() == length && v.find_first_not_of(alphabet) == std::string_view::npos;
    }

    // A cookie that is sent from other sites too is another one: each request that sets one also
    // says from where it is sent.
    std::string name(bool from_other_sites) const
    {
        return from_other_sites ? name_ + "-post" : name_;
    }

    std::string name_;
    bool secure_;
};

} // namespace asioauth::detail
