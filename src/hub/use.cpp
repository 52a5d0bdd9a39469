// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "hub/use.hpp"

#include "hub/user_places.hpp"

#include <asioauth/protocol/pkce.hpp>

#include <algorithm>
#include <tuple>

namespace asioauth::detail {
namespace {

constexpr int most_attempts = 8;

failure at_store(failure f)
{
    f.where(stage::store);
    return f;
}

// Whose it is stands in the record, where a store can find it; the document has to agree.
kept_integration read_kept(const stored_record& r, const std::string& user)
{
    kept_integration out;
    if (r.at == 0 || r.value.user != user)
        return out;
    auto read = read_integration_record(r.value);
    if (!read || read->user != user)
        return out;
    out.value = std::move(*read);
    out.at = r.at;
    return out;
}

} // namespace

flow<kept_integration> load_integration(std::string id, std::string user)
{
    if (!is_integration_id(id))
        co_return kept_integration();
    auto r = co_await act::load(integration_key(id));
    if (!r)
        co_return at_store(r.error());
    co_return read_kept(*r, user);
}

flow<std::vector<integration>> list_everything(std::string user)
{
    record_filter filter;
    filter.kind(record_kind::integration).user(user).limit(1'000);
    auto all = co_await act::list_records(filter);
    if (!all)
        co_return at_store(all.error());
    std::vector<integration> out;
    for (const auto& one : *all)
    {
        auto kept = read_kept(one.stored, user);
        if (kept.at != 0)
            out.push_back(std::move(kept.value));
    }
    std::sort(out.begin(), out.end(), [](const integration& a, const integration& b) {
        return std::tie(a.added_at, a.id) < std::tie(b.added_at, b.id);
    });
    co_return out;
}

flow<std::vector<integration>> list_integrations(std::string user)
{
    auto all = co_await list_everything(std::move(user));
    if (all)
        std::erase_if(*all, [](const auto& i) { return i.state == integration_state::added; });
    co_return all;
}

flow<kept_integration>
change_integration(std::string id, std::string user, integration_change change)
{
    for (int attempt = 0;; ++attempt)
    {
        auto kept = co_await load_integration(id, user);
        if (!kept || kept->at == 0)
            co_return kept;
        change(kept->value);
        std::optional<record> value;
        value = make_record(kept->value);
        auto stored = co_await act::commit(integration_key(id), kept->at, std::move(value));
        if (stored)
        {
            kept->at = *stored;
            co_return kept;
        }
        if (stored.error().code() != errc::store_conflict || attempt == most_attempts)
            co_return at_store(stored.error());
    }
}

flow<nothing> drop_integration(std::shared_ptr<hub_site> site, std::string id, std::string user)
{
    for (int attempt = 0;; ++attempt)
    {
        auto kept = co_await load_integration(id, user);
        if (!kept)
            co_return kept.error();
        if (kept->at == 0)
            co_return nothing();
        auto gone = co_await act::commit(integration_key(id), kept->at, std::nullopt);
        if (gone)
        {
            site->sessions.forget(session_name(kept->value));
            site->calls->end_all(user, id);
            site->streams->end_all(user, id);
            const record_key icon = icon_key(id);
            auto there = co_await act::load(icon);
            if (there && there->at != 0)
                (void)co_await act::commit(icon, there->at, std::nullopt);
            co_return nothing();
        }
        if (gone.error().code() != errc::store_conflict || attempt == most_attempts)
            co_return at_store(gone.error());
    }
}

flow<std::string> put_icon(const integration& i, std::string content)
{
    const record_key key = icon_key(i.id);
    auto there = co_await act::load(key);
    if (!there)
        co_return there.error();
    std::optional<record> value;
    value.emplace();
    value->document = secret(content);
    if (i.state == integration_state::added)
        value->expires_at = end_of_draft(i);
    auto stored = co_await act::commit(key, there->at, std::move(value));
    if (!stored)
        co_return stored.error();
    constexpr std::size_t enough = 22;
    co_return i.id + "-" + make_code_challenge(secret(content)).substr(0, enough);
}

flow<nothing> prolong_icon(std::string id)
{
    const record_key key = icon_key(id);
    auto there = co_await act::load(key);
    if (!there)
        co_return there.error();
    if (there->at == 0 || !there->value.expires_at)
        co_return nothing();
    std::optional<record> value;
    value = std::move(there->value);
    value->expires_at.reset();
    auto stored = co_await act::commit(key, there->at, std::move(value));
    if (!stored)
        co_return stored.error();
    co_return nothing();
}

flow<secret> form_key_of(std::shared_ptr<hub_site> site)
{
    if (!site->form_key.empty())
        co_return site->form_key;
    // No integration has such a name, and no user is called nothing.
    const record_key key(record_kind::integration, "hub form key");
    for (int attempt = 0;; ++attempt)
    {
        auto there = co_await act::load(key);
        if (!there)
            co_return at_store(there.error());
        if (there->at != 0 && there->value.document.size() >= sizeof(random_octets))
        {
            site->form_key = there->value.document;
            co_return site->form_key;
        }
        auto random = co_await act::random();
        if (!random)
            co_return random.error();
        std::optional<record> value;
        value.emplace();
        std::string fresh = make_state(*random);
        value->document = secret(fresh);
        wipe(fresh);
        auto stored = co_await act::commit(key, there->at, std::move(value));
        if (!stored && (stored.error().code() != errc::store_conflict || attempt == most_attempts))
            co_return at_store(stored.error());
    }
}

flow_settings settings_for(const integration& i, flow_settings settings)
{
    if (i.client_id.empty())
        return settings;
    auto& all = settings.pre_registered;
    all.erase(
        std::remove_if(
            all.begin(), all.end(), [&](const registration& r) { return r.issuer == i.issuer; }
        ),
        all.end()
    );
    registration own;
    own.issuer = i.issuer;
    own.client_id = i.client_id;
    own.client_secret = i.client_secret;
    own.auth_method = i.client_secret.empty() ? token_endpoint_auth_method::none
                                              : token_endpoint_auth_method::client_secret_basic;
    own.redirect_uris.push_back(i.redirect_uri);
    own.source = registration_source::pre_registered;
    all.push_back(std::move(own));
    return settings;
}

login_params login_of(const hub_site& site, const integration& i)
{
    login_params out(i.resource.str());
    out.user(grant_user(i)).as_stored(true).silent(true);
    out.allow_loopback(site.settings.loopback_allowed());
    site.allow_networks(out);
    return out;
}

// A login that replaced another has another name.
std::string session_name(const integration& i)
{
    std::string out = grant_user(i);
    if (i.connected_at)
        out += "@" + std::to_string(i.connected_at->time_since_epoch().count());
    return out;
}

bool is_allowed(
    const hub_site& site, const hub_user& user, const url& where, const std::string& issuer
)
{
    if (where.host_is_loopback() && !site.settings.loopback_allowed())
        return false;
    return !site.settings.allow() || site.settings.allow()(user, where, issuer);
}

failure not_by_policy(const url& where)
{
    failure out(errc::policy_refused);
    out.where(stage::probe).url(where.without_query());
    return out;
}

flow<std::shared_ptr<session_memory>>
open_for_use(std::shared_ptr<hub_site> site, hub_user user, integration i, flow_settings settings)
{
    const bool may = is_allowed(*site, user, i.resource, "")
        && (i.issuer.empty() || is_allowed(*site, user, i.resource, i.issuer));
    if (!may)
        co_return not_by_policy(i.resource);
    co_return co_await open_integration(std::move(site), std::move(i), std::move(settings));
}

flow<std::shared_ptr<session_memory>>
open_integration(std::shared_ptr<hub_site> site, integration i, flow_settings settings)
{
    const std::string name = session_name(i);
    if (auto open = site->sessions.find(name); open && !open->logged_out())
        co_return open;
    login_params params = login_of(*site, i);
    grant with;
    if (i.needs_login)
    {
        const flow_settings own = settings_for(i, settings);
        auto kept = co_await login(params, own);
        if (!kept)
            co_return kept.error();
        with = std::move(*kept);
    }
    else
    {
        with.found.requested = i.resource;
        with.found.resource = canonical_resource(i.resource);
        with.found.policy = params.discover().policy();
        with.found.policy.allow_loopback(
            site->settings.loopback_allowed() && i.resource.host_is_loopback()
        );
        with.user = grant_user(i);
    }
    auto session = std::make_shared<session_memory>(std::move(with), std::move(params));
    site->sessions.put(name, session);
    co_return session;
}

flow<nothing> note_outcome(integration i, std::string by, result<void> how)
{
    integration_state state = integration_state::connected;
    integration_problem problem;
    std::string needed;
    if (!how)
    {
        failure f = how.error();
        co_await showable(f);
        // What the caller did wrong, or has stopped, says nothing about the integration.
        if (f.code() == condition::usage || f.code() == condition::cancelled
            || f.code() == condition::storage)
            co_return nothing();
        state = integration_state::failed;
        problem = integration_problem(f);
        if (f.code() == errc::step_up_refused || f.code() == errc::step_up_limit)
        {
            state = integration_state::more_needed;
            needed = f.info().required_scope();
        }
        else if (f.code() == condition::login_required)
            state = integration_state::login_required;
    }
    // One call that works does not mean that the other one would.
    if (how
        && (i.state == integration_state::connected || i.state == integration_state::more_needed))
        co_return nothing();
    if (!how && i.state == state && i.problem == problem && i.needed_scope == needed)
        co_return nothing();
    const auto seen = i.connected_at;
    const integration_change adjust = [&](integration& now) {
        if (now.connected_at != seen || now.state == integration_state::added)
            return; // somebody has logged in meanwhile
        if (state == integration_state::connected && now.state == integration_state::more_needed)
            return; // which another call has found out
        now.state = state;
        now.problem = problem;
        now.needed_scope = needed;
        now.needed_by = state == integration_state::more_needed ? by : std::string();
    };
    auto changed = co_await change_integration(i.id, i.user, adjust);
    if (!changed)
        co_return changed.error();
    co_return nothing();
}

} // namespace asioauth::detail
