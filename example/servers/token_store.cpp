// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "token_store.hpp"

#include "crypto.hpp"

#include <algorithm>
#include <utility>

namespace example {
namespace {

constexpr std::size_t max_codes = 2000;
constexpr std::size_t max_grants = 10000;

// How long a used code is remembered, so that a replay is recognized as one.
constexpr std::chrono::minutes replay_memory{10};

// A refresh token is the grant's id, a dot, and a secret. The id makes a spent token recognizable
// without keeping a list of all tokens there ever were.
std::string grant_id_of(std::string_view token)
{
    return std::string(token.substr(0, token.find('.')));
}

// RFC 7636: 43 to 128 characters of a small alphabet; S256 is the only method here.
bool verifier_matches(std::string_view verifier, std::string_view challenge)
{
    return verifier.size() >= 43 && verifier.size() <= 128
        && constant_time_equal(base64url_encode(sha256(verifier)), challenge);
}

token_store::redemption failed(const char* error)
{
    token_store::redemption result;
    result.failure = error;
    return result;
}

} // namespace

token_store::token_store(std::chrono::seconds code_lifetime, std::chrono::seconds refresh_lifetime)
    : codes_(max_codes)
    , grants_(max_grants)
    , code_lifetime_(code_lifetime)
    , refresh_lifetime_(refresh_lifetime)
{}

std::optional<std::string> token_store::issue_code(authorization what)
{
    auto code = random_token();
    pending_code pending;
    pending.what = std::move(what);
    pending.expiry = std::chrono::steady_clock::now() + code_lifetime_;
    if (!codes_.insert(sha256(code), std::move(pending), code_lifetime_ + replay_memory))
        return std::nullopt;
    return code;
}

token_store::redemption token_store::redeem_code(
    std::string_view code,
    std::string_view client_id,
    std::string_view redirect_uri,
    std::string_view code_verifier,
    std::string_view resource
)
{
    auto* const pending = codes_.find(sha256(code));
    // Somebody else's code is as good as none, and stays usable for its owner.
    if (!pending || pending->what.client_id != client_id)
        return failed("invalid_grant");
    const auto& what = pending->what;
    if (pending->used)
    {
        // RFC 6749 section 4.1.2: revoke what was issued for the first use.
        grants_.erase(pending->grant_id);
        return failed("invalid_grant");
    }
    // From here on the code is spent, whatever else is wrong: no second guess.
    pending->used = true;
    if (pending->expiry <= std::chrono::steady_clock::now())
        return failed("invalid_grant");
    if (redirect_uri != what.redirect_uri && (what.redirect_uri_was_sent || !redirect_uri.empty()))
        return failed("invalid_grant");
    if (!verifier_matches(code_verifier, what.code_challenge))
        return failed("invalid_grant");
    if (!resource.empty() && resource != what.resource)
        return failed("invalid_target");

    grant granted;
    granted.id = random_token(16);
    granted.client_id = what.client_id;
    granted.subject = what.subject;
    granted.scope = what.scope;
    granted.resource = what.resource;
    if (!grants_.insert(granted.id, granted, refresh_lifetime_))
        return failed("temporarily_unavailable");
    pending->grant_id = granted.id;
    redemption result;
    result.granted = std::move(granted);
    return result;
}

std::optional<std::string> token_store::rotate_refresh_token(const std::string& grant_id)
{
    auto* const granted = grants_.find(grant_id);
    if (!granted)
        return std::nullopt;
    auto token = grant_id + '.' + random_token();
    granted->refresh_hash = sha256(token);
    return token;
}

const grant* token_store::find_refresh_token(std::string_view token, std::string_view client_id)
{
    const auto id = grant_id_of(token);
    const auto* const granted = grants_.find(id);
    if (!granted || granted->client_id != client_id)
        return nullptr;
    if (!constant_time_equal(granted->refresh_hash, sha256(token)))
    {
        grants_.erase(id);
        return nullptr;
    }
    return granted;
}

void token_store::revoke_refresh_token(std::string_view token, std::string_view client_id)
{
    if (const auto* const granted = find_refresh_token(token, client_id))
        grants_.erase(std::string(granted->id));
}

} // namespace example
