// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

namespace asioauth::detail {
namespace {

// What is stored now, if it is not what was read; generation 0 otherwise.
flow<grant> newer_than(record_key key, generation seen)
{
    auto now = co_await act::load(key);
    if (!now)
        co_return now.error();
    if (now->at == 0 || now->at == seen)
        co_return grant();
    auto theirs = read_grant_record(now->value);
    if (!theirs)
        co_return grant();
    theirs->at = now->at;
    co_return theirs;
}

// What a stored grant does not hold: permissions of this call, keys, and the newest policy.
grant completed(grant stored, const grant& old, const flow_settings& settings)
{
    stored.found.policy = old.found.policy;
    stored.found.provider.reset();
    if (const auto* provider = settings.providers.find_recorded(stored.found.server.issuer))
        stored.found.provider = *provider;
    attach_means(stored.client, settings);
    return stored;
}

// Store new tokens over the old ones. Whoever was faster has newer ones than we.
flow<grant> keep_renewed(record_key key, grant old, grant fresh, flow_settings settings)
{
    std::optional<record> value;
    value = make_record(fresh);
    auto stored = co_await act::commit(key, old.at, std::move(value));
    if (stored)
    {
        fresh.at = *stored;
        co_return fresh;
    }
    if (stored.error().code() == errc::store_conflict)
    {
        auto theirs = co_await newer_than(key, old.at);
        if (theirs && theirs->at != 0)
            co_return completed(std::move(*theirs), old, settings);
    }
    co_await tell(event(event::kind::note, stage::store, "the refreshed tokens could not be stored")
    );
    co_return fresh;
}

// The grant by its own means, or the server's no.
flow<grant> renew_now(record_key key, grant old, login_params params, flow_settings settings)
{
    // The endpoints are those of the login, not freshly discovered ones: a refresh token goes only
    // where it came from.
    grant fresh = old;
    co_await commit_section(true);
    if (!old.tokens.refresh_token.empty())
    {
        auto got = co_await refresh_tokens(old.found, old.client, old.tokens, settings);
        if (!got)
        {
            co_await commit_section(false);
            co_return got.error();
        }
        fresh.tokens = std::move(got->tokens);
        fresh.client = std::move(got->client);
    }
    else
    {
        token_params again(params.grant());
        dpop_use wanted = params.authorize().dpop().value_or(settings.dpop);
        // What was bound stays bound: what the servers said of that is not kept with a grant.
        if (old.tokens.kind == token_kind::dpop && wanted == dpop_use::automatic)
            wanted = dpop_use::always;
        again.scope(old.tokens.scope).dpop(wanted);
        auto got = co_await request_tokens(old.found, old.client, again, settings);
        co_await commit_section(true); // the request has closed it; nothing waits in between
        if (!got)
        {
            co_await commit_section(false);
            co_return got.error();
        }
        fresh.tokens = std::move(got->tokens);
        fresh.client = std::move(got->client);
    }
    auto kept = co_await keep_renewed(key, old, std::move(fresh), settings);
    co_await commit_section(false);
    if (kept)
        co_await tell(event(event::kind::step, stage::token, "the tokens were refreshed"));
    co_return kept;
}

// Within a turn: nobody else of this client refreshes this grant.
flow<grant>
renew_in_turn(record_key key, grant old, login_params params, bool refused, flow_settings settings)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto newer = co_await newer_than(key, old.at);
    if (!newer)
    {
        // A store that is away must not sign anybody out; but to spend a refresh token without
        // being able to keep what comes back would.
        if (!refused || newer.error().code() != condition::storage)
            co_return newer.error();
    }
    else if (newer->at != 0)
    {
        grant theirs = completed(std::move(*newer), old, settings);
        const bool other = !(theirs.tokens.access_token == old.tokens.access_token);
        if (other && !theirs.tokens.expires_within(std::chrono::seconds(30), time->wall))
            co_return theirs;
        old = std::move(theirs);
    }
    if (old.tokens.refresh_token.empty() && !params.grant().repeatable())
        co_return grant();

    auto fresh = co_await renew_now(key, old, params, settings);
    if (fresh)
        co_return fresh;
    // Only the authorization server's own word ends a grant. Anything else may pass.
    const error_code why = fresh.error().code();
    if (why == errc::invalid_grant && !old.tokens.refresh_token.empty())
    {
        // Another process may have used the token first.
        auto theirs = co_await newer_than(key, old.at);
        if (!theirs || theirs->at == 0)
            co_return theirs;
        co_return completed(std::move(*theirs), old, settings);
    }
    if (why == errc::unauthorized_client && !params.grant().repeatable())
        co_return grant();
    co_return fresh.error();
}

} // namespace

flow<grant> renew(grant old, login_params params, bool refused, flow_settings settings)
{
    const record_key key =
        grant_key(old.user, canonical_resource(old.found.requested), params.grant());
    const std::string turn = "grant\n" + key.id;
    auto mine = co_await act::take_turn(turn);
    if (!mine)
        co_return mine.error();
    auto out = co_await renew_in_turn(key, std::move(old), params, refused, settings);
    co_await give_back(turn);
    co_return out;
}

} // namespace asioauth::detail
