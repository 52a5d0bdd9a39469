// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <algorithm>

namespace asioauth::detail {
namespace {

// A token that ends sooner than this is refreshed before it is handed out.
constexpr std::chrono::seconds fresh_enough(30);

bool contains_scope(std::string_view scopes, std::string_view wanted)
{
    while (!scopes.empty())
    {
        const auto end = std::min(scopes.find(' '), scopes.size());
        if (scopes.substr(0, end) == wanted)
            return true;
        scopes.remove_prefix(std::min(end + 1, scopes.size()));
    }
    return false;
}

// Whether every scope of `wanted` was granted.
bool covers_scopes(std::string_view granted, std::string_view wanted)
{
    while (!wanted.empty())
    {
        const auto end = std::min(wanted.find(' '), wanted.size());
        const auto one = wanted.substr(0, end);
        if (!one.empty() && !contains_scope(granted, one))
            return false;
        wanted.remove_prefix(std::min(end + 1, wanted.size()));
    }
    return true;
}

// Put a grant into the store, over whatever is there: the newest login of a user wins.
flow<generation> keep(record_key key, generation expected, grant what)
{
    for (int attempt = 0;; ++attempt)
    {
        std::optional<record> value;
        value = make_record(what);
        auto stored = co_await act::commit(key, expected, std::move(value));
        if (stored || stored.error().code() != errc::store_conflict || attempt == 3)
            co_return stored;
        auto theirs = co_await act::load(key);
        if (!theirs)
            co_return theirs.error();
        expected = theirs->at;
    }
}

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

// New tokens for a stored grant whose access token has ended. The endpoints are those of the login,
// not freshly discovered ones: a refresh token goes only where it came from.
flow<grant> refresh(record_key key, grant old)
{
    // The moment before the request: a token that counts from there never looks fresher than it is.
    auto made = co_await stamp();
    if (!made)
        co_return made.error();
    auto request =
        make_refresh_token_request(old.found, old.client, old.tokens.refresh_token, "", *made);
    if (!request)
        co_return request.error();
    const std::string asked = request->target().without_query();
    co_await commit_section(true);
    auto response = co_await fetch(stage::token, std::move(*request));
    if (!response)
    {
        co_await commit_section(false);
        co_return response.error();
    }
    auto tokens = read_token_response(*response, old.tokens.scope, made->now);
    if (!tokens)
    {
        co_await commit_section(false);
        failure wrong = tokens.error();
        wrong.where(stage::token).url(asked);
        co_return wrong;
    }
    if (tokens->refresh_token.empty())
        tokens->refresh_token = old.tokens.refresh_token;
    grant fresh = old;
    fresh.tokens = std::move(*tokens);
    std::optional<record> value;
    value = make_record(fresh);
    auto stored = co_await act::commit(key, old.at, std::move(value));
    if (stored)
        fresh.at = *stored;
    co_await commit_section(false);
    if (!stored && stored.error().code() == errc::store_conflict)
    {
        // Somebody logged in or refreshed meanwhile. What they stored is newer than what we asked
        // for.
        auto theirs = co_await newer_than(key, old.at);
        if (!theirs)
            co_return theirs.error();
        if (theirs->at != 0)
            co_return theirs;
    }
    if (!stored)
        co_await tell(
            event(event::kind::note, stage::store, "the refreshed tokens could not be stored")
        );
    co_await tell(event(event::kind::step, stage::token, "the tokens were refreshed"));
    co_return fresh;
}

// The stored grant, refreshed if need be; generation 0 if the user has to log in.
flow<grant> reuse(record_key key, grant known)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    if (!known.tokens.expires_within(fresh_enough, time->wall))
    {
        co_await tell(event(event::kind::step, stage::store, "using the stored token"));
        co_return known;
    }
    if (known.tokens.refresh_token.empty())
        co_return grant();
    auto fresh = co_await refresh(key, known);
    if (fresh)
        co_return fresh;
    // Only the authorization server's own word ends a grant. Anything else may pass.
    const error_code why = fresh.error().code();
    if (why == errc::invalid_grant)
        co_return co_await newer_than(key, known.at); // somebody else may have used the token first
    if (why == errc::invalid_client || why == errc::unauthorized_client)
        co_return grant();
    co_return fresh.error();
}

} // namespace

flow<grant> login(login_params params, flow_settings settings)
{
    auto resource = url::parse(params.discover().resource());
    if (!resource)
    {
        failure wrong = resource.error();
        wrong.where(stage::probe);
        co_return wrong;
    }
    const record_key key = grant_key(params.user(), canonical_resource(*resource));
    auto kept = co_await act::load(key);
    if (!kept)
    {
        failure wrong = kept.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    if (kept->at != 0 && !params.force())
    {
        auto known = read_grant_record(kept->value);
        const bool enough =
            known && covers_scopes(known->tokens.scope, params.authorize().options().scope());
        if (enough)
        {
            known->at = kept->at;
            // Permission to reach private networks is given per call, not for as long as the grant
            // lives.
            known->found.policy = params.discover().policy();
            known->found.policy.allow_loopback(resource->host_is_loopback());
            auto reused = co_await reuse(key, std::move(*known));
            if (!reused || reused->at != 0)
                co_return reused;
        }
    }
    if (params.silent())
    {
        failure wrong(errc::login_required);
        wrong.where(stage::store).url(resource->without_query());
        co_return wrong;
    }

    auto found = co_await discover(params.discover());
    if (!found)
        co_return found.error();
    grant out;
    out.found = *found;
    out.user = params.user();
    if (found->login == login_support::none)
    {
        co_await tell(event(event::kind::step, stage::probe, "no login is needed"));
        co_return out;
    }
    co_await tell(event(
        event::kind::step,
        stage::server_metadata,
        "the authorization server is " + presentable(found->server.issuer)
    ));

    auto client = co_await obtain_registration(*found, params.registration(), std::move(settings));
    if (!client)
        co_return client.error();
    out.client = *client;

    auto code = co_await authorize(*found, *client, params.authorize());
    if (!code)
        co_return code.error();

    // The code is spent with the next request; from there on the flow ends with the tokens in the
    // store or with the server's no.
    co_await commit_section(true);
    auto tokens = co_await redeem(*found, *client, *code);
    if (!tokens)
    {
        answer_browser(*code, tokens.error().code());
        co_await commit_section(false);
        co_return tokens.error();
    }
    out.tokens = std::move(*tokens);
    auto stored = co_await keep(key, kept->at, out);
    if (stored)
        out.at = *stored;
    else
        co_await tell(event(
            event::kind::note,
            stage::store,
            "the tokens could not be stored: " + stored.error().code().message()
        ));
    const error_code success;
    answer_browser(*code, success);
    co_await commit_section(false);
    co_await tell(event(event::kind::step, stage::token, "logged in"));
    co_return out;
}

} // namespace asioauth::detail
