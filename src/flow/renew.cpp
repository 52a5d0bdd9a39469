// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <algorithm>

namespace asioauth::detail {
namespace {

// How often to look whether another process has finished. A little apart from each other, so that
// many do not come at once.
constexpr std::chrono::milliseconds shortest_look(60);
constexpr int longest_look_more = 127;

// What was rotated cannot be had again: longer than a database takes to start.
constexpr std::chrono::seconds refresh_patience(50);
// For what can be found out again.
constexpr std::chrono::seconds spent_patience(5);

// The lease outlasts the patience, also if it was renewed a while ago: nobody else begins meanwhile.
std::chrono::milliseconds patience_under(std::chrono::milliseconds lease)
{
    return std::min<std::chrono::milliseconds>(refresh_patience, lease * 2 / 3);
}

// Another attempt soon may end better: the network, a server that is down or wants to be left alone.
// The store has a pause of its own.
bool may_pass(const failure& f)
{
    const int status = f.info().http_status();
    return f.code() == condition::unreachable || f.code() == errc::temporarily_unavailable
        || f.code() == errc::server_error || status >= 500 || status == 408 || status == 429;
}

// One second, then twice as long each time, at most a minute; what the server asks for if that is
// longer, at most an hour.
std::chrono::seconds pause_after(int failures, const failure& f)
{
    constexpr int most_doublings = 6;
    constexpr std::chrono::seconds longest(60);
    constexpr std::chrono::seconds longest_asked(3'600);
    const std::chrono::seconds own(1 << std::min(failures - 1, most_doublings));
    const auto asked = f.info().retry_after().value_or(std::chrono::seconds(0));
    return std::max(std::min(own, longest), std::min(asked, longest_asked));
}

// What is stored of a grant now.
enum class stored_now
{
    same,   ///< what was read
    newer,  ///< somebody has written since
    nothing ///< it was deleted: the user has logged out
};

class look
{
public:
    look() = default;

    stored_now what = stored_now::same;
    grant theirs; ///< if newer
};

flow<look> look_again(const record_key& key, generation seen)
{
    auto now = co_await act::load(key);
    if (!now)
        co_return now.error();
    look out;
    if (now->at == seen)
        co_return out;
    out.what = now->at == 0 ? stored_now::nothing : stored_now::newer;
    if (now->at == 0)
        co_return out;
    auto theirs = read_grant_record(now->value);
    if (!theirs)
        co_return theirs.error();
    out.theirs = std::move(*theirs);
    out.theirs.at = now->at;
    co_return out;
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

failure logged_out_elsewhere(const grant& g)
{
    failure out(errc::login_required);
    out.where(stage::store).url(g.found.requested.without_query());
    return out;
}

// Store new tokens over the old ones. Whoever was faster has newer ones than we; nothing if the user
// has logged out meanwhile.
flow<grant>
keep_renewed(const record_key& key, const grant& old, grant fresh, const flow_settings& settings)
{
    constexpr int most_attempts = 4;
    generation seen = old.at;
    event lost(event::kind::note, stage::store, "the refreshed tokens could not be stored");
    for (int attempt = 0; attempt != most_attempts; ++attempt)
    {
        auto stored = co_await commit_patiently(key, seen, fresh, patience_under(settings.lease));
        if (stored)
        {
            fresh.at = *stored;
            co_return fresh;
        }
        lost.code = stored.error().code();
        if (lost.code != errc::store_conflict)
            break;
        auto now = co_await look_again(key, seen);
        if (!now || now->what == stored_now::same)
            break;
        if (now->what == stored_now::nothing)
            co_return logged_out_elsewhere(old);
        // Somebody has written the old tokens anew, sealed otherwise or marked as spent: ours are
        // newer.
        if (now->theirs.tokens.access_token == old.tokens.access_token)
        {
            seen = now->theirs.at;
            continue;
        }
        co_return completed(std::move(now->theirs), old, settings);
    }
    co_await tell_event(std::move(lost));
    co_return fresh;
}

// The grant by its own means, or the server's no.
flow<grant> renew_now(
    const record_key& key,
    const grant& old,
    const login_params& params,
    const flow_settings& settings
)
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
    if (kept && kept->at != 0)
        co_await tell(event::kind::step, stage::token, "the tokens were refreshed");
    co_return kept;
}

// The refresh token is spent, whoever spent it: it is not tried again. Everything else stays.
flow<grant> remember_spent(const record_key& key, const grant& old, const flow_settings& settings)
{
    auto now = co_await look_again(key, old.at);
    if (!now)
        co_return now.error();
    // Another process may have used the token first, and has what came for it.
    if (now->what == stored_now::newer)
        co_return completed(std::move(now->theirs), old, settings);
    if (now->what == stored_now::same && old.at != 0)
    {
        grant without = old;
        without.tokens.refresh_token = secret();
        auto stored = co_await commit_patiently(key, old.at, without, spent_patience);
        if (!stored && stored.error().code() == errc::store_conflict)
        {
            now = co_await look_again(key, old.at);
            if (now && now->what == stored_now::newer)
                co_return completed(std::move(now->theirs), old, settings);
        }
    }
    co_return grant();
}

// The client's secret was changed since the login: the newer one, if there is one.
flow<std::optional<registration>>
newer_client(const registration& used, const flow_settings& settings)
{
    auto known = co_await stored_client(used);
    if (!known)
        co_return known.error();
    const bool newer = known->at != 0 && known->client.client_id == used.client_id
        && !(known->client.client_secret == used.client_secret);
    if (!newer)
        co_return std::optional<registration>();
    attach_means(known->client, settings);
    co_return std::optional<registration>(std::move(known->client));
}

// Why the user has to log in again, which the failure of the request cannot say.
event refused_refresh(const failure& why)
{
    event out(event::kind::note, stage::token, "the server does not refresh the tokens any more");
    out.code = why.code();
    if (!why.info().server_message().empty())
        out.text += ": " + why.info().server_message();
    return out;
}

// With the lease: nobody else anywhere refreshes this grant.
flow<grant> renew_alone(
    const record_key& key, grant old, const login_params& params, const flow_settings& settings
)
{
    auto fresh = co_await renew_now(key, old, params, settings);
    if (!fresh && fresh.error().code() == errc::invalid_client)
    {
        auto client = co_await newer_client(old.client, settings);
        if (client && *client)
        {
            old.client = std::move(**client);
            fresh = co_await renew_now(key, old, params, settings);
        }
    }
    refresh_counts& counts = settings.memory->counts.refresh;
    if (fresh)
    {
        counts.done.add();
        settings.memory->pauses.forget(key.id);
        co_return fresh;
    }
    // Only the authorization server's own word ends a grant. Anything else may pass.
    const failure why = fresh.error();
    if (why.code() == errc::invalid_grant && !old.tokens.refresh_token.empty())
    {
        co_await commit_section(true);
        auto spent = co_await remember_spent(key, old, settings);
        co_await commit_section(false);
        const bool shared = spent && !spent->tokens.access_token.empty();
        (shared ? counts.shared : counts.ended).add();
        if (!shared)
            co_await tell_event(refused_refresh(why));
        co_return spent;
    }
    (why.code() == errc::invalid_client ? counts.ended : counts.failed).add();
    if (why.code() == errc::unauthorized_client && !params.grant().repeatable())
    {
        co_await tell_event(refused_refresh(why));
        co_return grant();
    }
    if (may_pass(why))
    {
        auto time = co_await act::now();
        if (!time)
            co_return why;
        const int failures = settings.memory->pauses.failures(key.id) + 1;
        settings.memory->pauses.put(key.id, time->steady + pause_after(failures, why), why);
    }
    co_return why;
}

// Within a turn: nobody else of this client refreshes this grant.
flow<grant> renew_in_turn(
    const record_key& key,
    grant old,
    const login_params& params,
    bool refused,
    std::chrono::seconds min_ttl,
    generation since,
    const flow_settings& settings
)
{
    constexpr std::chrono::seconds not_over(0);
    for (bool leased = false;;)
    {
        auto now = co_await look_again(key, old.at);
        // A refresh token is not spent while nobody can say who else spends it, and while what comes
        // back could not be kept.
        if (!now)
            co_return now.error();
        if (now->what == stored_now::nothing)
            co_return logged_out_elsewhere(old);
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        if (now->what == stored_now::newer)
        {
            grant theirs = completed(std::move(now->theirs), old, settings);
            const bool other = !(theirs.tokens.access_token == old.tokens.access_token);
            // What was got while we waited is the best there is, however short it lasts. Generations
            // are times.
            std::chrono::seconds enough = min_ttl;
            if (theirs.at > since)
                enough = not_over;
            if (other && !theirs.tokens.expires_within(enough, time->wall))
            {
                settings.memory->counts.refresh.shared.add();
                co_return theirs;
            }
            refused = refused && !other;
            old = std::move(theirs);
        }
        if (old.tokens.refresh_token.empty() && !params.grant().repeatable())
            co_return grant();
        if (const auto paused = settings.memory->pauses.find(key.id, time->steady))
            co_return *paused;
        if (leased)
            co_return co_await renew_alone(key, std::move(old), params, settings);

        auto mine = co_await act::hold_lease(key, settings.lease);
        if (!mine)
            co_return mine.error();
        leased = mine->acquired;
        if (leased)
            continue; // it may have been done just before
        if (!refused && !old.tokens.expires_within(not_over, time->wall))
            co_return old;
        settings.memory->counts.refresh.waits.add();
        auto chance = co_await act::random();
        if (!chance)
            co_return chance.error();
        const std::chrono::milliseconds apart(chance->front() % (longest_look_more + 1));
        auto waited = co_await act::wait_until(time->steady + shortest_look + apart);
        if (!waited)
            co_return waited.error();
    }
}

// Whether trying again soon may help, and does no harm.
bool store_may_come_back(const error_code& ec)
{
    return ec == errc::store_unavailable || ec == errc::store_outcome_unknown;
}

} // namespace

flow<generation> commit_patiently(
    const record_key& key,
    generation expected,
    const grant& what,
    std::chrono::milliseconds patience
)
{
    constexpr std::chrono::milliseconds first_pause(100);
    constexpr std::chrono::milliseconds longest_pause(1'000);
    const record wanted = make_record(what);
    std::optional<std::chrono::steady_clock::time_point> until;
    std::chrono::milliseconds pause = first_pause;
    bool unsure = false;
    for (;;)
    {
        std::optional<record> value;
        value = wanted;
        auto stored = co_await act::commit(key, expected, std::move(value));
        if (stored)
            co_return stored;
        const error_code why = stored.error().code();
        if (why == errc::store_conflict && unsure)
        {
            // Our own earlier attempt may be what is in the way.
            auto now = co_await act::load(key);
            if (now && now->at != 0 && now->value == wanted)
                co_return now->at;
        }
        if (!store_may_come_back(why))
            co_return stored;
        unsure = unsure || why == errc::store_outcome_unknown;
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        if (!until)
            until = time->steady + patience;
        if (time->steady + pause > *until)
            co_return stored;
        auto waited = co_await act::wait_until(time->steady + pause);
        if (!waited)
            co_return waited.error();
        pause = std::min(2 * pause, longest_pause);
    }
}

flow<grant> renew(
    grant old,
    const login_params& params,
    bool refused,
    std::chrono::seconds min_ttl,
    const flow_settings& settings
)
{
    auto begun = co_await act::now();
    if (!begun)
        co_return begun.error();
    const generation since = next_generation(0, begun->wall);
    const record_key key =
        grant_key(old.user, canonical_resource(old.found.requested), params.grant());
    const std::string turn = "grant\n" + key.id;
    auto mine = co_await act::take_turn(turn);
    if (!mine)
        co_return mine.error();
    auto out =
        co_await renew_in_turn(key, std::move(old), params, refused, min_ttl, since, settings);
    co_await release_lease(key);
    co_await give_back(turn);
    co_return out;
}

flow<nothing> forget_client_of(const grant& g, flow_memory& memory)
{
    // The client itself is gone, and so is what was granted to it. A stored registration is of no
    // use to anybody any more.
    co_await tell(
        event::kind::note, stage::registration, "the server does not know the client any more"
    );
    auto doubted = co_await doubt_documents(g.found, memory);
    if (!doubted)
        co_return doubted.error();
    auto client = co_await stored_client(g.client);
    // Unless its secret was changed since: then it is another matter than this grant's.
    const bool same = client && client->at != 0 && client->client.client_id == g.client.client_id
        && client->client.client_secret == g.client.client_secret;
    if (!same)
        co_return nothing();
    co_return co_await drop_client(*client);
}

} // namespace asioauth::detail
