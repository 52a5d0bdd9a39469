// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "flow/session_memory.hpp"

namespace asioauth::detail {
namespace {

constexpr std::chrono::milliseconds between_looks(100);

// A refresh in another process is waited for, so that what it gets is revoked too; but a process may
// have died in it.
flow<nothing> wait_for_others(
    const record_key& key, std::chrono::milliseconds lease, std::chrono::milliseconds longest
)
{
    auto begun = co_await act::now();
    if (!begun)
        co_return begun.error();
    auto time = begun;
    for (;;)
    {
        auto mine = co_await act::hold_lease(key, lease);
        if (!mine)
            co_return mine.error();
        if (mine->acquired || time->steady - begun->steady > longest)
            co_return nothing();
        auto waited = co_await act::wait_until(time->steady + between_looks);
        if (!waited)
            co_return waited.error();
        time = co_await act::now();
        if (!time)
            co_return time.error();
    }
}

flow<bool> revoke_one(
    const discovery& found,
    const registration& client,
    const secret& token,
    token_hint hint,
    const flow_settings& settings
)
{
    if (token.empty() || found.server.revocation_endpoint.empty())
        co_return false;
    auto done = co_await revoke(found, client, token, hint, settings);
    if (!done)
        co_await tell_event(event(
            event::kind::note,
            stage::token,
            "a token could not be revoked: " + done.error().code().message()
        ));
    co_return done.has_value();
}

// The refresh token first: with it goes what could make new access tokens. What fails is noted and
// holds nothing up.
flow<logout_outcome>
tell_the_server(const grant& g, const logout_params& params, const flow_settings& settings)
{
    logout_outcome out;
    auto refresh = co_await revoke_one(
        g.found, g.client, g.tokens.refresh_token, token_hint::refresh_token, settings
    );
    out.refresh_token_revoked = refresh && *refresh;
    auto access = co_await revoke_one(
        g.found, g.client, g.tokens.access_token, token_hint::access_token, settings
    );
    out.access_token_revoked = access && *access;
    const bool ours = g.client.source == registration_source::dynamic
        && !g.client.registration_client_uri.empty();
    if (!params.delete_registration() || !ours)
        co_return out;
    // A deletion runs to its end once it is begun: not after the deadline.
    auto in_time = co_await act::now();
    if (!in_time)
        co_return out;
    auto deleted = co_await delete_registration(g.found, g.client);
    out.registration_deleted = deleted.has_value();
    if (!deleted)
        co_await tell_event(event(
            event::kind::note,
            stage::registration,
            "the registration could not be deleted: " + deleted.error().code().message()
        ));
    co_return out;
}

bool is_late(const error_code& ec)
{
    return ec == errc::deadline_exceeded;
}

// The grant to revoke, and where it is in the store; generation 0 if it is not there.
flow<grant> newest_grant(const record_key& key, grant known, const flow_settings& settings)
{
    auto now = co_await act::load(key);
    if (!now)
        co_return now.error();
    // What could not be stored is newer than what is.
    if (now->at != 0 && now->at != known.at)
    {
        auto stored = read_grant_record(now->value);
        if (stored)
        {
            stored->found.policy = known.found.policy;
            stored->found.provider = known.found.provider;
            attach_means(stored->client, settings);
            known = std::move(*stored);
        }
    }
    known.at = now->at;
    co_return known;
}

// Whatever was there goes. What another process has put there meanwhile is revoked as well.
flow<nothing> remove(
    const record_key& key, grant known, const logout_params& params, const flow_settings& settings
)
{
    constexpr int most_attempts = 4;
    for (int attempt = 0; known.at != 0; ++attempt)
    {
        auto dropped = co_await act::commit(key, known.at, std::nullopt);
        if (dropped)
            break;
        if (dropped.error().code() != errc::store_conflict || attempt == most_attempts)
        {
            failure wrong = dropped.error();
            wrong.where(stage::store);
            co_return wrong;
        }
        const secret before = known.tokens.access_token;
        auto newest = co_await newest_grant(key, std::move(known), settings);
        if (!newest)
            co_return newest.error();
        known = std::move(*newest);
        if (!params.local_only() && !(known.tokens.access_token == before))
            (void)co_await tell_the_server(known, params, settings);
    }
    co_return nothing();
}

flow<logout_outcome> logout_in_turn(
    const record_key& key, grant known, const logout_params& params, const flow_settings& settings
)
{
    auto alone = co_await wait_for_others(key, settings.lease, params.timeout() / 2);
    if (!alone && !is_late(alone.error().code()))
        co_return alone.error();
    auto newest = co_await newest_grant(key, known, settings);
    if (!newest && !is_late(newest.error().code()))
        co_return newest.error();
    logout_outcome out;
    if (newest)
        known = std::move(*newest);
    if (newest && !params.local_only())
    {
        // May be interrupted: the deadline is for this part.
        auto told = co_await tell_the_server(known, params, settings);
        if (told)
            out = *told;
    }
    // What was begun is finished, whoever still waits for it.
    co_await commit_section(true);
    if (!newest)
    {
        newest = co_await newest_grant(key, known, settings);
        if (!newest)
        {
            co_await commit_section(false);
            co_return newest.error();
        }
        known = std::move(*newest);
    }
    auto removed = co_await remove(key, std::move(known), params, settings);
    co_await commit_section(false);
    if (!removed)
        co_return removed.error();
    co_await tell(event::kind::step, stage::token, "logged out");
    co_return out;
}

} // namespace

flow<logout_outcome> logout(
    const std::shared_ptr<session_memory>& session,
    const logout_params& params,
    const flow_settings& settings
)
{
    const auto with = session->granted();
    const record_key key =
        grant_key(with->user, canonical_resource(with->found.requested), session->params().grant());
    const std::string turn = "grant\n" + key.id;
    auto mine = co_await act::take_turn(turn);
    // A refresh of this process may take longer than there is time. What it gets finds no record any
    // more.
    if (!mine && !is_late(mine.error().code()))
        co_return mine.error();
    auto out = co_await logout_in_turn(key, *session->granted(), params, settings);
    if (out)
        session->end();
    co_await release_lease(key);
    co_await give_back(turn);
    co_return out;
}

} // namespace asioauth::detail
