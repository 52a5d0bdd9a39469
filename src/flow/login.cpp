// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <string>
#include <utility>

namespace asioauth::detail {
namespace {

// A token that ends sooner than this is refreshed before it is handed out.
constexpr std::chrono::seconds fresh_enough(30);

// The user looks at a page meanwhile that does not say yet whether the login went well.
constexpr std::chrono::seconds login_patience(10);

// A no that is no OAuth error, as from a server that has moved or that has forgotten the client. What
// may pass by itself is none.
bool is_refusal_without_a_name(const failure& f)
{
    const int status = f.info().http_status();
    return f.code() == errc::http_status_unexpected && status >= 400 && status < 500
        && status != 407 && status != 408 && status != 425 && status != 429;
}

// The stored grant, refreshed if need be; generation 0 if the user has to log in.
flow<grant> reuse(grant known, const login_params& params, const flow_settings& settings)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    if (!known.tokens.expires_within(fresh_enough, time->wall))
    {
        co_await tell(event::kind::step, stage::store, "using the stored token");
        co_return known;
    }
    if (known.tokens.refresh_token.empty())
        co_return grant();
    const grant before = known;
    auto fresh = co_await renew(std::move(known), params, false, fresh_enough, settings);
    if (!fresh && fresh.error().code() == errc::login_required)
        co_return grant();
    if (!fresh && is_refusal_without_a_name(fresh.error()))
    {
        // What was granted stays in the store until the user has got something else.
        const std::string status = std::to_string(fresh.error().info().http_status());
        co_await tell_event(event(
            event::kind::note,
            stage::token,
            "the server does not refresh the tokens, HTTP status " + status
        ));
        co_return grant();
    }
    if (fresh || fresh.error().code() != errc::invalid_client)
        co_return fresh;
    auto forgotten = co_await forget_client_of(before, *settings.memory);
    if (!forgotten)
        co_return forgotten.error();
    co_return grant();
}

// Tokens from the user's browser. The browser is answered after they are stored, so its code comes
// back too.
class authorized
{
public:
    authorized() = default;

    redeemed got;
    authorization_code code;
    discovery found; // what the tokens came from in the end
    bool client_was_dead = false;
};

// One attempt with one client. Leaves the commit section open on success: the tokens are not stored
// yet.
// @param turn of this login, empty if it has none; given back before the user is sent away
flow<authorized> tokens_for(
    const discovery& found,
    registration client,
    std::string& turn,
    const login_params& params,
    const flow_settings& settings
)
{
    authorized out;
    if (params.grant().what() != token_grant::kind::authorization_code)
    {
        // What is good elsewhere too is sent only to a server that the program itself has named: the
        // resource may name any.
        if (params.grant().is_portable() && client.source != registration_source::pre_registered)
        {
            failure unnamed(errc::client_information_required);
            unnamed.where(stage::token).url(found.server.issuer);
            unnamed.message("The token that was given is sent only to an authorization server for "
                            "which the program has a client.");
            unnamed.client_information(found.server.issuer, "", found.server.service_documentation);
            co_return unnamed;
        }
        token_params wanted(params.grant());
        wanted.scope(params.authorize().options().scope());
        if (params.authorize().dpop())
            wanted.dpop(*params.authorize().dpop());
        auto got = co_await request_tokens(
            found, client, wanted, settings, params.authorize().user_timeout()
        );
        if (!got)
            co_return got.error();
        co_await commit_section(true);
        out.got = std::move(*got);
        co_return out;
    }
    if (!turn.empty())
        co_await give_back(std::exchange(turn, std::string()));
    auto code = co_await authorize(found, client, params.authorize(), settings);
    if (!code)
        co_return code.error();
    // The code is spent with the next request; from there on the flow ends with the tokens in the
    // store or with the server's no.
    co_await commit_section(true);
    auto got = co_await redeem(found, client, *code, settings);
    if (!got)
    {
        answer_browser(*code, got.error().code());
        co_await commit_section(false);
        co_return got.error();
    }
    out.got.tokens = std::move(*got);
    out.got.client = std::move(client);
    out.code = std::move(*code);
    co_return out;
}

// Whether a server's no is about a client that it has forgotten, and that another registration may
// heal.
bool may_heal(const known_client& client, const error_code& why)
{
    return client.client.source == registration_source::dynamic && !client.fresh
        && (why == errc::invalid_client || why == errc::unauthorized_client);
}

// A server that has forgotten a client may say so on the page that the user sees, and to nobody else.
bool may_be_forgotten(const known_client& client, const token_grant& grant, const error_code& why)
{
    return client.client.source == registration_source::dynamic && !client.fresh
        && grant.what() == token_grant::kind::authorization_code && why == errc::user_timeout;
}

// Registration and tokens. A stored registration that is dead is forgotten, and it is for the caller
// to try again: the next one is fresh.
flow<authorized> try_once(
    const discovery& found,
    std::string& turn,
    const login_params& params,
    const flow_settings& settings
)
{
    const auto& asked = params.registration();
    auto client = co_await obtain_client(found, asked, asked.redirect_uri(), settings);
    if (!client)
        co_return client.error();
    auto got = co_await tokens_for(found, client->client, turn, params, settings);
    if (!got && may_be_forgotten(*client, params.grant(), got.error().code()))
    {
        failure late = got.error();
        auto forgotten = co_await drop_client(*client);
        if (forgotten)
            late.hint("If the browser showed an error instead of a page to log in, start the "
                      "login again: the program will then register anew.");
        co_return late;
    }
    if (got || !may_heal(*client, got.error().code()))
        co_return got;
    co_await tell(
        event::kind::note,
        stage::registration,
        "the server does not know the client any more; registering again"
    );
    auto dropped = co_await drop_client(*client);
    if (!dropped)
        co_return dropped.error();
    // What has forgotten its clients may be another server than before.
    auto doubted = co_await doubt_documents(found, *settings.memory);
    if (!doubted)
        co_return doubted.error();
    authorized again;
    again.client_was_dead = true;
    co_return again;
}

// Registration and tokens; once more with a new registration if the stored one is dead, and once
// more if the documents that led to the failure have changed since they were remembered.
flow<authorized> get_tokens(
    discovery found,
    bool remembered,
    std::string& turn,
    const login_params& params,
    const flow_settings& settings
)
{
    for (;;)
    {
        auto got = co_await try_once(found, turn, params, settings);
        const bool dead = got && got->client_was_dead;
        if (got && !dead)
        {
            got->found = std::move(found);
            co_return got;
        }
        if (!got && (!remembered || !may_be_outdated(got.error())))
            co_return got;
        std::optional<discovery> changed;
        if (remembered)
        {
            remembered = false;
            auto newer = co_await discover_again(found, params.discover(), settings);
            if (!newer)
                co_return newer.error();
            changed = std::move(*newer);
        }
        if (!dead && !changed)
            co_return got;
        if (changed)
            found = std::move(*changed);
    }
}

} // namespace

flow<generation> keep_login(const record_key& key, generation expected, const grant& what)
{
    for (int attempt = 0;; ++attempt)
    {
        auto stored = co_await commit_patiently(key, expected, what, login_patience);
        if (stored || stored.error().code() != errc::store_conflict || attempt == 3)
            co_return stored;
        auto theirs = co_await act::load(key);
        if (!theirs)
            co_return theirs.error();
        expected = theirs->at;
    }
}

namespace {

// What is stored, if anything, is of no use. The turn may have been given back afterwards.
flow<grant> login_in_turn(
    const record_key& key,
    generation before,
    std::string& turn,
    const login_params& params,
    const flow_settings& settings
)
{
    bool remembered = false;
    auto found = co_await discover(params.discover(), settings, &remembered);
    if (!found)
        co_return found.error();
    grant out;
    out.user = params.user();
    if (found->login == login_support::none)
    {
        out.found = std::move(*found);
        co_await tell(event::kind::step, stage::probe, "no login is needed");
        co_return out;
    }
    co_await tell(
        event::kind::step,
        stage::server_metadata,
        "the authorization server is ",
        found->server.issuer
    );

    auto got = co_await get_tokens(std::move(*found), remembered, turn, params, settings);
    if (!got)
        co_return got.error();
    out.found = std::move(got->found);
    out.tokens = std::move(got->got.tokens);
    out.client = std::move(got->got.client);
    auto stored = co_await keep_login(key, before, out);
    out.at = stored ? *stored : before; // what is stored otherwise is older than this
    if (!stored)
    {
        event lost(
            event::kind::note,
            stage::store,
            "the tokens could not be stored: " + stored.error().code().message()
        );
        lost.code = stored.error().code();
        co_await tell_event(std::move(lost));
    }
    const error_code success;
    answer_browser(got->code, success);
    co_await commit_section(false);
    co_await tell(event::kind::step, stage::token, "logged in");
    co_return out;
}

} // namespace

flow<grant> login(const login_params& params, const flow_settings& settings)
{
    auto resource = url::parse(params.discover().resource());
    if (!resource)
        co_return at_probe(resource.error());
    const record_key key = grant_key(params.user(), canonical_resource(*resource), params.grant());
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
        // What a newer version of the program has written is not ours to replace.
        if (!known && known.error().code() == errc::store_version_newer)
            co_return known.error();
        const bool must_bind =
            params.authorize().dpop().value_or(settings.dpop) == dpop_use::always;
        const bool enough = known && known->user == params.user()
            && (!must_bind || known->tokens.kind == token_kind::dpop)
            && covers_scopes(known->tokens.scope, params.authorize().options().scope());
        if (enough)
        {
            known->at = kept->at;
            // Permission to reach private networks is given per call, not for as long as the grant
            // lives.
            known->found.policy = params.discover().policy();
            known->found.policy.allow_loopback(
                params.discover().loopback_allowed() && resource->host_is_loopback()
            );
            if (const auto* provider = settings.providers.find_recorded(known->found.server.issuer))
                known->found.provider = *provider;
            attach_means(known->client, settings);
            if (params.as_stored())
                co_return known;
            auto reused = co_await reuse(std::move(*known), params, settings);
            if (!reused || reused->at != 0)
                co_return reused;
        }
    }
    if (params.as_stored() || (params.silent() && !params.grant().repeatable()))
    {
        failure wrong(errc::login_required);
        wrong.where(stage::store).url(resource->without_query());
        co_return wrong;
    }

    auto wanted = turn_to_begin(*resource);
    std::string turn = wanted.name;
    auto mine = co_await std::move(wanted);
    if (!mine)
        co_return at_probe(mine.error(), *resource);
    auto made = co_await login_in_turn(key, kept->at, turn, params, settings);
    if (!turn.empty())
        co_await give_back(std::move(turn));
    co_return made;
}

} // namespace asioauth::detail
