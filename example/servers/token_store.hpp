// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// What the authorization server remembers between its endpoints: codes that wait to be redeemed,
// and grants, each with the refresh token that is good right now.
//
// Secrets are kept as SHA-256 hashes only. A hash as lookup key also means that the time of a
// lookup tells nothing about the secret.

#pragma once

#include "expiring_map.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace example {

/// What the user agreed to, and the checks the code has to pass later.
struct authorization
{
    std::string client_id;
    std::string redirect_uri;
    bool redirect_uri_was_sent = true;
    std::string code_challenge;
    std::string scope;
    std::string resource;
    std::string subject;
};

/// One user's consent for one client and one resource. When a grant is revoked its refresh token
/// is gone at once. Access tokens are JWTs that nobody asks us about: those out there live out
/// their few minutes.
struct grant
{
    std::string id;
    std::string client_id;
    std::string subject;
    std::string scope;
    std::string resource;
    std::string refresh_hash;
};

class token_store
{
public:
    token_store(std::chrono::seconds code_lifetime, std::chrono::seconds refresh_lifetime);

    /// A fresh code, or `nullopt` when too many are waiting already.
    std::optional<std::string> issue_code(authorization what);

    /// Redeems a code, which works once. `failure` says why not, in RFC 6749's error codes.
    struct redemption
    {
        std::optional<grant> granted;
        const char* failure = nullptr;
    };

    /// `redirect_uri` and `resource` are empty when the token request had none.
    redemption redeem_code(
        std::string_view code,
        std::string_view client_id,
        std::string_view redirect_uri,
        std::string_view code_verifier,
        std::string_view resource
    );

    /// Gives the grant a new refresh token; the one before is spent from here on.
    std::optional<std::string> rotate_refresh_token(const std::string& grant_id);

    /// The grant of a refresh token, if it is this client's and the current one. A spent one
    /// means that two parties hold it, and one of them is a thief: the grant is revoked.
    const grant* find_refresh_token(std::string_view token, std::string_view client_id);

    /// RFC 7009, for refresh tokens. Nothing happens for a token that is unknown or not the
    /// client's.
    void revoke_refresh_token(std::string_view token, std::string_view client_id);

private:
    struct pending_code
    {
        authorization what;
        std::chrono::steady_clock::time_point expiry;
        bool used = false;
        std::string grant_id;
    };

    expiring_map<pending_code> codes_;
    expiring_map<grant> grants_;
    std::chrono::seconds code_lifetime_;
    std::chrono::seconds refresh_lifetime_;
};

} // namespace example
