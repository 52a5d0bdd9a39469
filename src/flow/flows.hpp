// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The flows: what happens in which order. Each is tested with scripts in test/flow/ and performed
// by flow_op.

#include "flow/flow.hpp"

#include <asioauth/params.hpp>
#include <asioauth/protocol/token.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

namespace asioauth::detail {

/// What the flows take from the client's settings.
class flow_settings
{
public:
    client_profile profile; ///< without redirect URIs
    redirect_target redirect;
    std::vector<registration> pre_registered;
};

/// The outcome of a login: what a session is made of.
class grant
{
public:
    grant() = default;

    discovery found; ///< as far as a session needs it
    registration client;
    token_set tokens; ///< empty if the resource needs no login
    std::string user;
    generation at = 0;
};

/// A time-out of the caller's, held inside what clocks can add: 0 to 30 days.
inline std::chrono::milliseconds bounded(std::chrono::milliseconds v)
{
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 30);
    return std::clamp(v, std::chrono::milliseconds(0), longest);
}

/// Probe, resource metadata, authorization-server metadata.
flow<discovery> discover(discover_params params);

/// A registration for this issuer and these redirect URIs: given, stored, or made now and stored.
flow<registration>
obtain_registration(discovery found, register_params params, flow_settings settings);

/// Send the user, wait for the redirect, check it.
flow<authorization_code> authorize(discovery found, registration client, authorize_params params);

/// Code to tokens, once. The caller answers the browser and guards the section.
flow<token_set> redeem(discovery found, registration client, authorization_code code);

/// Tell the browser that waits for this code how the login ended; does nothing the second time.
void answer_browser(const authorization_code& code, const error_code& how);

/// Code to tokens, and the browser is told.
flow<token_set> exchange(discovery found, registration client, authorization_code code);

/// Everything, reusing what is stored.
flow<grant> login(login_params params, flow_settings settings);

/// One request with the access token. Refuses targets that the token is not for.
flow<http_response> authorised_request(grant with, http_request request);

/// The moment and randomness for one request.
flow<request_stamp> stamp();

/// Send, and make failures carry stage and URL.
flow<http_response> fetch(stage where, http_request request);

/// A short name for an issuer that fits into a path: the same for the same issuer, another for any other.
std::string issuer_tag(const std::string& issuer);

// What is kept (records.cpp).

record_key registration_key(
    const std::string& issuer, const client_profile& profile, const redirect_target& target
);
record_key registration_key(
    const std::string& issuer, const client_profile& profile, const std::string& redirect_uri
);
record_key grant_key(const std::string& user, const std::string& resource);

record make_record(const registration& client);
result<registration> read_registration_record(const record& r);
record make_record(const grant& g);
result<grant> read_grant_record(const record& r);

} // namespace asioauth::detail

namespace asioauth {

/// What the copies of an authorization_code share.
class authorization_code::state
{
public:
    pending_authorization pending;
    secret code;
    redirect arrived;
    std::atomic<bool> used = false; // copies may be exchanged by different clients
};

} // namespace asioauth
