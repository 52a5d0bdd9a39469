// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <asioauth/protocol/client_metadata_document.hpp>
#include <asioauth/protocol/retry_after.hpp>

namespace asioauth::detail {
namespace {

// So many registrations run at one authorization server at once: a quarter of the connections to it, so
// that those who have registered are not kept waiting by those who have not.
constexpr int registrations_at_once = 16;
// How often a server that asks to be left alone is asked again, and how long it may ask for.
constexpr int most_retries = 2;
constexpr std::chrono::seconds longest_retry_after(60);
// Of many processes that start together one registers; the others wait for it, though not for ever.
constexpr std::chrono::seconds registration_lease(15);
constexpr std::chrono::seconds longest_wait_for_others(20);
constexpr std::chrono::milliseconds between_looks(150);

// The listener to bind for a redirect URI that was registered earlier; nothing if the URI is not
// one of ours.
std::optional<redirect_target> target_of(const std::string& redirect_uri)
{
    auto parsed = url::parse(redirect_uri);
    if (!parsed || parsed->is_https() || !parsed->host_is_loopback() || parsed->has_query())
        return std::nullopt;
    std::string host = parsed->host();
    if (parsed->host_is_ipv6())
        host = "[" + host + "]";
    redirect_target out;
    out.host(host).port(parsed->port()).path(parsed->path());
    return out;
}

// What is asked for, and where it would be kept. Refers to what it is made of.
class plan
{
public:
    plan(
        const discovery& found,
        const register_params& params,
        const std::string& own_redirect_uri,
        const flow_settings& settings
    )
        : memory(*settings.memory)
        , redirect_uri(own_redirect_uri)
        , target(params.redirect().value_or(settings.redirect))
        , needs_redirect(params.grant_type().empty())
        , common_(settings.profile)
        , grant_type_(params.grant_type())
        , auth_method_(params.auth_method())
    {
        const std::string& issuer = found.server.issuer;
        if (found.provider && found.provider->auth_method())
            auth_method_ = found.provider->auth_method();
        const client_profile asked = profile({});
        if (!needs_redirect)
        {
            key = registration_key(issuer, asked, "none");
            return;
        }
        if (!redirect_uri.empty())
        {
            key = registration_key(issuer, asked, redirect_uri);
            return;
        }
        // A server that does not put `iss` into its answers can be told apart by where they arrive.
        // Who chose a redirect URI has registered it somewhere, and gets exactly that.
        published_target = given_target = target;
        if (target == redirect_target())
        {
            target.path("/callback/" + issuer_tag(issuer));
            if (found.provider && !found.provider->redirect_host().empty())
            {
                target.host(found.provider->redirect_host());
                given_target.host(found.provider->redirect_host());
            }
        }
        key = registration_key(issuer, asked, target);
    }

    /// Made when it is wanted: many wait for their turn, and it is large.
    /// @param uri of this attempt; empty: none is needed
    client_profile profile(const std::string& uri) const
    {
        client_profile out = common_;
        if (auth_method_)
            out.auth_method(*auth_method_);
        if (!needs_redirect)
        {
            out.add_grant_type(grant_type_);
            if (grant_type_ == token_grant::device_code({}).grant_type())
                out.add_grant_type("refresh_token");
        }
        if (!uri.empty())
            out.add_redirect_uri(uri);
        return out;
    }

    flow_memory& memory;
    const std::string& redirect_uri; ///< the caller's; empty: one of our listener's
    redirect_target target;
    redirect_target published_target; ///< for clients whose redirect URIs are the same everywhere
    redirect_target given_target;     ///< for those that somebody made by hand at this server
    record_key key;
    bool needs_redirect;

private:
    const client_profile& common_;
    const std::string& grant_type_;
    std::optional<token_endpoint_auth_method> auth_method_;
};

// The redirect URI of this attempt: the caller's, or one of our listener's. Empty if none is needed.
flow<std::string> reserved_uri(const plan& wanted, const redirect_target& target)
{
    if (!wanted.needs_redirect || !wanted.redirect_uri.empty())
        co_return std::string(wanted.redirect_uri);
    auto reserved = co_await act::reserve(target);
    if (reserved)
        co_return reserved;
    failure wrong = reserved.error();
    wrong.where(stage::listener);
    co_return wrong;
}

// Asks until the server answers with something else than "later". Within a commit section.
flow<http_response> ask_to_register(const http_request& request)
{
    for (int retry = 0;; ++retry)
    {
        auto response = co_await fetch(act::send(stage::registration, request));
        if (!response || retry == most_retries
            || (response->status() != 429 && response->status() != 503))
            co_return response;
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        const auto after = retry_after_of(*response, time->wall);
        if (!after || *after > longest_retry_after)
            co_return response;
        co_await tell_event(event(
            event::kind::note,
            stage::registration,
            "the server asks to wait " + std::to_string(after->count()) + " s"
        ));
        // Nothing is at stake while we wait.
        co_await commit_section(false);
        auto waited = co_await act::wait_until(time->steady + *after);
        if (!waited)
            co_return waited.error();
        co_await commit_section(true);
    }
}

// One registration request and what it brings.
// References are to what the calling flow keeps until this one is done.
flow<registration>
ask_once(const discovery& found, const client_profile& profile, const secret& initial_access_token)
{
    auto request = make_registration_request(found, profile, initial_access_token);
    if (!request)
    {
        failure wrong = request.error();
        wrong.where(stage::registration);
        co_return wrong;
    }
    auto response = co_await ask_to_register(*request);
    if (!response)
        co_return response.error();
    auto client = read_registration_response(*response, found, profile);
    wipe_body(*response);
    if (client)
        co_return client;
    failure wrong = client.error();
    wrong.where(stage::registration).url(request->target().without_query());
    if (wrong.code() == errc::http_status_unexpected && response->status() == 403)
    {
        // A list of the clients that may register, and this one is not on it.
        const auto& uris = profile.redirect_uris();
        const std::string uri = uris.empty() ? std::string() : uris.front();
        wrong.client_information(found.server.issuer, uri, found.server.service_documentation);
        wrong.hint("The server does not let this program register itself. Create a client with the "
                   "provider by hand and configure its client id.");
    }
    co_return wrong;
}

// The request, and once more in another way that says the same if the redirect URI was refused.
flow<registration> ask_twice(
    const discovery& found,
    const plan& wanted,
    const std::string& redirect_uri,
    const secret& initial_access_token
)
{
    const client_profile profile = wanted.profile(redirect_uri);
    auto client = co_await ask_once(found, profile, initial_access_token);
    if (client)
        co_return client;
    const failure first = client.error();
    auto adjusted = adjusted_profile(profile, first);
    if (!adjusted)
        co_return first;
    if (!adjusted->redirect_uris().empty() && wanted.redirect_uri.empty())
    {
        const auto target = target_of(adjusted->redirect_uris().front());
        if (!target)
            co_return first;
        auto reserved = co_await act::reserve(*target);
        if (!reserved || *reserved != adjusted->redirect_uris().front())
            co_return first;
    }
    co_await tell(
        event::kind::note,
        stage::registration,
        "the redirect URI was refused; trying another form of it"
    );
    auto second = co_await ask_once(found, *adjusted, initial_access_token);
    if (second || second.error().code() == condition::cancelled)
        co_return second;
    co_return first;
}

// In a turn at the server. What follows is large, and few are here at once.
flow<known_client> register_in_turn(
    const discovery& found,
    const plan& wanted,
    const std::string& redirect_uri,
    const std::string& place,
    generation replaces,
    const secret& initial_access_token
)
{
    // Once the request is out there may be a client at the server that only the rest of this flow
    // can save.
    co_await commit_section(true);
    auto client = co_await ask_twice(found, wanted, redirect_uri, initial_access_token);
    if (!client)
    {
        co_await commit_section(false);
        co_await give_back(place);
        if (may_be_outdated(client.error()))
            (void)co_await doubt_documents(found, wanted.memory);
        co_return client.error();
    }
    client->stored_as = wanted.key.id;
    std::optional<record> kept;
    kept = make_record(*client);
    auto stored = co_await act::commit(wanted.key, replaces, std::move(kept));
    co_await commit_section(false);
    co_await give_back(place);
    known_client out;
    out.client = std::move(*client);
    out.key = wanted.key;
    out.fresh = true;
    if (stored)
    {
        out.at = *stored;
    }
    else if (stored.error().code() != errc::store_conflict)
    {
        failure wrong = stored.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    else
    {
        // Another process registered at the same moment: theirs is the one everybody uses from now
        // on.
        auto theirs = co_await act::load(wanted.key);
        if (theirs && theirs->at != 0)
        {
            auto read = read_registration_record(theirs->value);
            if (read && read->redirect_uris == out.client.redirect_uris)
            {
                out.client = std::move(*read);
                out.at = theirs->at;
            }
        }
    }
    co_await tell(
        event::kind::step, stage::registration, "registered as client ", out.client.client_id
    );
    co_return out;
}

flow<known_client> register_now(
    const discovery& found,
    const plan& wanted,
    generation replaces,
    const secret& initial_access_token
)
{
    auto uri = co_await reserved_uri(wanted, wanted.target);
    if (!uri)
        co_return uri.error();
    const std::string place = "registrations\n" + found.server.issuer;
    auto mine = co_await act::take_turn(place, registrations_at_once);
    if (!mine)
        co_return mine.error();
    co_return co_await register_in_turn(found, wanted, *uri, place, replaces, initial_access_token);
}

// The client that was registered by hand at this issuer; null if there is none. Two of them would be
// two authorization servers under one name, or a mistake: which one is meant cannot be known.
result<const registration*>
configured_client(const flow_settings& settings, std::string_view issuer)
{
    const registration* out = nullptr;
    for (const auto& known : settings.pre_registered)
    {
        if (known.issuer != issuer)
            continue;
        if (out != nullptr && out->client_id != known.client_id)
        {
            failure twice(errc::invalid_argument);
            twice.where(stage::registration).url(issuer);
            twice.message("The settings have two registrations for one issuer.");
            return twice;
        }
        if (out == nullptr)
            out = &known;
    }
    return out;
}

// A client that nobody has to be asked for; nothing if there is none.
flow<std::optional<registration>>
given_client(const discovery& found, const plan& wanted, const flow_settings& settings)
{
    const auto configured = configured_client(settings, found.server.issuer);
    if (!configured)
        co_return configured.error();
    const auto way = choose_registration_source(
        found, *configured != nullptr, !settings.client_metadata_url.empty()
    );
    if (way == registration_source::pre_registered)
    {
        registration client = **configured;
        if (client.redirect_uris.empty() && wanted.needs_redirect)
        {
            auto uri = co_await reserved_uri(wanted, wanted.given_target);
            if (!uri)
                co_return uri.error();
            client.redirect_uris.push_back(*uri);
        }
        co_await tell(event::kind::step, stage::registration, "using the pre-registered client");
        co_return std::optional<registration>(std::move(client));
    }
    if (way != registration_source::metadata_document)
        co_return std::optional<registration>();

    auto uri = co_await reserved_uri(wanted, wanted.published_target);
    if (!uri)
        co_return uri.error();
    auto client =
        make_metadata_document_client(found, settings.client_metadata_url, wanted.profile(*uri));
    if (client)
    {
        co_await tell(
            event::kind::step, stage::registration, "using the client ID metadata document"
        );
        co_return std::optional<registration>(std::move(*client));
    }
    if (client.error().code() == errc::client_metadata_document_invalid)
        co_return client.error();
    // The server takes such documents, but not this one: there may be another way.
    co_await tell_event(event(
        event::kind::note,
        stage::registration,
        "the client ID metadata document is of no use here: " + client.error().code().message()
    ));
    co_return std::optional<registration>();
}

// Whether a stored client can be used as it is.
flow<bool> is_usable(const plan& wanted, const known_client& known)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    if (known.at == 0 || known.client.client_id.empty() || known.client.expired(time->wall))
        co_return false;
    if (wanted.needs_redirect)
    {
        if (known.client.redirect_uris.empty())
            co_return false;
        if (wanted.redirect_uri.empty())
        {
            // The same port has to be ours again, since that is what the server knows.
            const auto again = target_of(known.client.redirect_uris.front());
            if (!again)
                co_return false;
            auto reserved = co_await act::reserve(*again);
            if (!reserved && reserved.error().code() == condition::cancelled)
                co_return reserved.error();
            if (!reserved)
                co_return false;
        }
    }
    co_await tell(event::kind::step, stage::registration, "using the stored registration");
    co_return true;
}

flow<known_client> load_client(const record_key& key)
{
    auto kept = co_await act::load(key);
    if (!kept)
    {
        failure wrong = kept.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    known_client out;
    out.key = key;
    out.at = kept->at;
    if (kept->at == 0)
        co_return out;
    // One that cannot be read is replaced.
    auto read = read_registration_record(kept->value);
    if (read)
        out.client = std::move(*read);
    co_return out;
}

// Within a turn: nobody else of this client registers the same. With the lease nobody else anywhere.
// One without an identifier if none can be used: then the caller registers, over what is stored.
flow<known_client> find_client(
    const discovery& found,
    const plan& wanted,
    const register_params& params,
    std::chrono::milliseconds lease
)
{
    std::optional<std::chrono::steady_clock::time_point> until;
    std::optional<generation> seen;
    for (bool alone = false;;)
    {
        auto known = co_await load_client(wanted.key);
        if (!known)
            co_return known.error();
        const generation at = known->at;
        // What was of no use a moment ago is of none now.
        if (!params.force() && seen != at)
        {
            auto usable = co_await is_usable(wanted, *known);
            if (!usable)
                co_return usable.error();
            if (*usable)
                co_return known;
            seen = at;
        }
        if (found.server.registration_endpoint.empty())
        {
            auto uri = co_await reserved_uri(wanted, wanted.given_target);
            if (!uri)
                co_return uri.error();
            failure unknown(errc::client_information_required);
            unknown.where(stage::registration).url(found.server.issuer);
            unknown.client_information(
                found.server.issuer, *uri, found.server.service_documentation
            );
            co_return unknown;
        }
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        // Two clients at the server are a pity; nobody who can register at all is one.
        if (alone || params.force() || (until && time->steady >= *until))
        {
            known->client = registration();
            co_return known;
        }
        if (!until)
            until = time->steady + longest_wait_for_others;
        auto mine = co_await act::hold_lease(wanted.key, lease);
        if (!mine)
            co_return mine.error();
        alone = mine->acquired;
        if (alone)
            continue; // it may have been done just before
        auto waited = co_await act::wait_until(time->steady + between_looks);
        if (!waited)
            co_return waited.error();
    }
}

known_client with_means(registration client, const flow_settings& settings)
{
    known_client out;
    out.client = std::move(client);
    attach_means(out.client, settings);
    return out;
}

} // namespace

void attach_means(registration& client, const flow_settings& settings)
{
    if (client.key.empty())
        client.key = settings.profile.key();
    if (client.identity.empty())
        client.identity = settings.profile.identity();
    for (const auto& known : settings.pre_registered)
    {
        if (known.issuer != client.issuer || known.client_id != client.client_id)
            continue;
        if (!known.key.empty())
            client.key = known.key;
        if (!known.identity.empty())
            client.identity = known.identity;
        // What was configured anew holds for what was granted before, too.
        if (!known.client_secret.empty() && !(known.client_secret == client.client_secret))
        {
            client.client_secret = known.client_secret;
            client.client_secret_expires_at = known.client_secret_expires_at;
            client.auth_method = known.auth_method;
        }
    }
}

flow<known_client> stored_client(const registration& client)
{
    if (client.stored_as.empty())
        co_return known_client();
    const record_key key(record_kind::registration, client.stored_as);
    co_return co_await load_client(key);
}

flow<nothing> drop_client(const known_client& client)
{
    if (client.at == 0)
        co_return nothing();
    auto dropped = co_await act::commit(client.key, client.at, std::nullopt);
    // Replaced or dropped by somebody else meanwhile: all the better.
    if (dropped || dropped.error().code() == errc::store_conflict)
        co_return nothing();
    failure wrong = dropped.error();
    wrong.where(stage::store);
    co_return wrong;
}

flow<known_client> obtain_client(
    const discovery& found,
    const register_params& params,
    const std::string& redirect_uri,
    const flow_settings& settings
)
{
    if (found.login == login_support::none)
    {
        failure none(errc::authorization_not_offered);
        none.where(stage::registration).url(found.requested.without_query());
        co_return none;
    }
    const plan wanted(found, params, redirect_uri, settings);
    {
        auto given = co_await given_client(found, wanted, settings);
        if (!given)
            co_return given.error();
        if (*given)
            co_return with_means(std::move(**given), settings);
    }
    // Many logins at one server at once make one client: the first registers, the others find it.
    const auto turn = [&] { return "registration\n" + wanted.key.id; };
    auto mine = co_await act::take_turn(turn());
    if (!mine)
        co_return mine.error();
    const auto lease = std::min<std::chrono::milliseconds>(settings.lease, registration_lease);
    auto got = co_await find_client(found, wanted, params, lease);
    if (got && got->client.client_id.empty())
    {
        const generation replaces = got->at;
        got = late_result<known_client>(); // nobody waits with it
        got = co_await register_now(found, wanted, replaces, params.initial_access_token());
    }
    co_await release_lease(wanted.key);
    co_await give_back(turn());
    if (got)
        attach_means(got->client, settings);
    co_return got;
}

flow<registration> obtain_registration(
    const discovery& found, const register_params& params, const flow_settings& settings
)
{
    auto got = co_await obtain_client(found, params, params.redirect_uri(), settings);
    if (!got)
        co_return got.error();
    co_return std::move(got->client);
}

} // namespace asioauth::detail
