// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// How a resource server checks access tokens (RFC 9068 section 4): find the authorization server's
// keys through its metadata, check the signature, then issuer, audience, time and type. The keys
// are fetched when first needed, kept for a while, and fetched again when a token names a new one.

#pragma once

#include "http_messages.hpp"
#include "jwt.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace example {

struct access_token
{
    std::string subject;
    std::string client_id;
    std::string scope;
    std::int64_t expires_at = 0;
};

enum class verdict
{
    valid,
    invalid,
    /// The authorization server could not be asked. That is no fault of the token.
    unknown
};

struct verification
{
    verdict result = verdict::unknown;
    /// For the log and for `error_description`: a fixed text, nothing from the token.
    std::string reason;
    access_token token;
};

class token_verifier
{
public:
    /// `audience` is this resource's identifier: a token for anybody else is refused.
    token_verifier(boost::asio::io_context& io, std::string issuer, std::string audience);

    token_verifier(const token_verifier&) = delete;
    token_verifier& operator=(const token_verifier&) = delete;

    /// Calls back once; at once when the key is known, else after fetching.
    void verify(const std::string& compact, std::function<void(verification)> callback);

private:
    using continuation = std::function<void()>;

    verification check(const parsed_jwt& token) const;
    const verification_key* find_key(const std::string& key_id) const;
    bool keys_are_fresh(const std::string& key_id) const;
    void fetch_keys(continuation then);
    void on_metadata(boost::system::error_code error, const http_response& response);
    void on_jwks(boost::system::error_code error, const http_response& response);
    void finish_fetch();

    boost::asio::io_context& io_;
    std::string issuer_;
    std::string audience_;
    std::vector<verification_key> keys_;
    std::chrono::steady_clock::time_point fetched_;
    std::vector<continuation> waiting_;
};

} // namespace example
