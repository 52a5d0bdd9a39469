// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The flows: what happens in which order. Each is tested with scripts in test/flow/ and performed
// by flow_op.
//
// What a flow takes by reference is kept by the flow that awaits it, until it is done. Whoever begins
// one that no other flow awaits gives it to `keeping`.

#include "flow/flow.hpp"
#include "flow/flow_memory.hpp"
#include "flow/flow_values.hpp"
#include "flow/server_answer.hpp"

#include <asioauth/access_token.hpp>
#include <asioauth/authorizer_params.hpp>
#include <asioauth/describe_params.hpp>
#include <asioauth/logout.hpp>
#include <asioauth/params.hpp>
#include <asioauth/protocol/html_head.hpp>
#include <asioauth/protocol/id_token.hpp>
#include <asioauth/protocol/revocation.hpp>
#include <asioauth/protocol/token.hpp>
#include <asioauth/provider_profile.hpp>
#include <asioauth/settings.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asioauth::detail {

// Where the library is several shared ones, the client and the hub find these in the core.
#pragma GCC visibility push(default)

/// What the flows take from the client's settings.
class flow_settings
{
public:
    client_profile profile; ///< without redirect URIs
    redirect_target redirect;
    std::vector<registration> pre_registered;
    std::string client_metadata_url;
    provider_policies providers;
    dpop_use dpop = dpop_use::automatic;
    std::function<std::vector<std::string>(const url&, const std::vector<std::string>&)>
        choose_server;
    std::function<std::string(const discovery&, const std::string&)> scope_filter;
    std::function<bool(const step_up_request&)> allow_step_up;
    std::chrono::milliseconds lease{75'000}; ///< of a refresh, from its holder's death on
    std::shared_ptr<flow_memory> memory = std::make_shared<flow_memory>();
};

/// A time-out of the caller's, held inside what clocks can add: 0 to 30 days.
inline std::chrono::milliseconds bounded(std::chrono::milliseconds v)
{
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 30);
    return std::clamp(v, std::chrono::milliseconds(0), longest);
}

/// A flow together with what it is about, which it gets by reference. The settings outlive it.
template <class Flow, class... Kept>
auto keeping(Flow* what, const flow_settings& settings, Kept... kept)
    -> decltype(what(kept..., settings))
{
    co_return co_await what(kept..., settings);
}

// --- Discovery -------------------------------------------------------------------------------

/// Where documents come from: memory or their servers.
class document_source
{
public:
    explicit document_source(std::shared_ptr<flow_memory> m, bool f = false)
        : memory(std::move(m))
        , fresh(f)
    {}

    std::shared_ptr<flow_memory> memory;
    bool fresh;              ///< ask the servers, whatever is remembered
    bool remembered = false; ///< something that was used came from memory
};

/// A document, or that there is none, in whatever form.
class found_document
{
public:
    found_document() = default;

    std::shared_ptr<document> what;
    std::string key;         ///< of the memory
    bool remembered = false; ///< it was not asked for by this flow or at the same time as by it
};

/** What a server answers to a request that carries nothing of anybody. If several flows ask at once,
    one of them does; if it is ended early, the next one.

    Checking it is the caller's; see use_document().
*/
flow<found_document> find_document(
    stage where, const std::string& subject, http_request request, const document_source& from
);

/// What is told when an answer came from memory.
inline constexpr std::string_view from_memory = "from memory:";

/** What a reader makes of a document, or has made of it before. One that cannot be used is forgotten.

    @param what all that the answer depends on beside what names the document, and the policy
*/
template <class T, class Reader>
result<std::shared_ptr<const T>> use_document(
    const found_document& found,
    flow_memory& memory,
    std::string_view what,
    const provider_policy* provider,
    Reader read
)
{
    if (auto known = found.what->known_as<T>(what, provider))
        return known;
    result<T> made = read(found.what->response());
    if (!made)
    {
        if (found.what->response().is_success())
            memory.documents.forget(found.key, *found.what);
        return made.error();
    }
    // Not const itself: who has the last of them may take it apart.
    std::shared_ptr<const T> out = std::make_shared<T>(std::move(*made));
    found.what->remember_as<T>(what, provider, out);
    return out;
}

/// Probe, resource metadata, authorization-server metadata.
flow<discovery> discover(const discover_params& params, const flow_settings& settings);
/// The same.
/// @param remembered set to whether something of it was not asked for now
flow<discovery>
discover(const discover_params& params, const flow_settings& settings, bool* remembered);

/** Discovery once more, after something that was found before has turned out to be wrong; nothing if
    that finds the same, or nothing that can be used.
*/
flow<std::optional<discovery>> discover_again(
    const discovery& before, const discover_params& params, const flow_settings& settings
);

/// Whether documents that are out of date would explain it.
bool may_be_outdated(const failure& why);

/// Forget the documents that a discovery came from, unless that was done a moment ago.
flow<nothing> doubt_documents(const discovery& found, flow_memory& memory);

/// Those of a resource's authorization servers that the program wants asked, in order.
std::vector<std::string> chosen_servers(
    const url& resource, const std::vector<std::string>& listed, const flow_settings& settings
);

/// The metadata of one authorization server: what the policy describes, or its document.
flow<std::shared_ptr<const server_metadata>> find_server_metadata(
    const std::string& issuer,
    const address_policy& asked_under,
    const provider_policy* provider,
    document_source* from
);

/** How a provider presents itself. Fails for a URL that cannot be used and for a cancellation; what
    cannot be had is left out, and at the end of the time so is the rest.

    @param read reads the page; null: no page is looked at
*/
flow<provider_profile>
describe(describe_params params, html_head_reader read, const flow_settings& settings);

// --- Registration ----------------------------------------------------------------------------

/// A client for this issuer: given, described by a document, stored, or registered now and stored.
/// @param redirect_uri of a server of the program's, empty: of our listener; instead of that in `params`
flow<known_client> obtain_client(
    const discovery& found,
    const register_params& params,
    const std::string& redirect_uri,
    const flow_settings& settings
);

/// The same for those who want the client alone.
flow<registration> obtain_registration(
    const discovery& found, const register_params& params, const flow_settings& settings
);

/// What is stored of this client now, whether usable or not; generation 0 if there is nothing.
flow<known_client> stored_client(const registration& client);

/// Forget a stored registration, unless somebody has replaced it meanwhile.
flow<nothing> drop_client(const known_client& client);

/// Keys and certificates are never stored: they come from the settings.
void attach_means(registration& client, const flow_settings& settings);

// RFC 7592.
flow<registration> read_registration(
    const discovery& found, const registration& client, const flow_settings& settings
);
flow<registration> update_registration(
    const discovery& found,
    const registration& client,
    const client_profile& profile,
    const flow_settings& settings
);
flow<nothing> delete_registration(const discovery& found, const registration& client);

// --- Authorization code ----------------------------------------------------------------------

/// Everything up to the moment where the user is sent away; pushes the request if need be.
flow<prepared_authorization> prepare_authorization(
    const discovery& discovered,
    registration& client,
    const std::string& redirect_uri,
    const authorize_params& params,
    const flow_settings& settings
);

/// Send the user, wait for the redirect, check it.
flow<authorization_code> authorize(
    const discovery& found,
    registration client,
    const authorize_params& params,
    const flow_settings& settings
);

/// Tokens, and the client as it has shown itself to the server.
class redeemed
{
public:
    redeemed() = default;

    token_set tokens;
    registration client;
};

/// Code to tokens, once. The caller answers the browser and guards the section.
/// @param client is afterwards as it has shown itself to the server
flow<token_set> redeem(
    const discovery& found,
    registration& client,
    const authorization_code& code,
    const flow_settings& settings
);

/// Tell the browser that waits for this code how the login ended; does nothing the second time.
void answer_browser(const authorization_code& code, const error_code& how);

/// Code to tokens, and the browser is told.
flow<token_set> exchange(
    const discovery& found,
    registration client,
    const authorization_code& code,
    const flow_settings& settings
);

// --- Other grants, and what else an authorization server does --------------------------------

/// Tokens without a redirect. `scope` as the caller wants it; empty: selected. `user_timeout` is for
/// the device grant; without it the deadline counts the time of the user too.
flow<redeemed> request_tokens(
    const discovery& found,
    registration client,
    const token_params& params,
    const flow_settings& settings,
    std::optional<std::chrono::milliseconds> user_timeout = std::nullopt
);

/// New tokens for a refresh token. The caller guards the section.
flow<redeemed> refresh_tokens(
    const discovery& found, registration client, const token_set& old, const flow_settings& settings
);

flow<nothing> revoke(
    const discovery& found,
    registration client,
    const secret& token,
    token_hint hint,
    const flow_settings& settings
);

flow<introspection> introspect(
    const discovery& found,
    registration client,
    const secret& token,
    token_hint hint,
    const flow_settings& settings
);

/// Fetches keys where they are not known, and once more where the right one is missing.
flow<id_token_claims> check_id_token(
    const discovery& found,
    const registration& client,
    const token_set& tokens,
    const std::string& nonce,
    const flow_settings& settings
);

// --- Building blocks -------------------------------------------------------------------------

/// The moment and randomness for one request.
flow<request_stamp> stamp();

/// Send, and make failures carry stage and URL.
flow<http_response> fetch(act::send what);

/// Send with a proof of possession; once more if the server only wants a nonce. Without a key, just
/// send. `access_token` is empty for authorization servers.
flow<http_response> fetch_with_proof(
    stage where,
    http_request request,
    const signing_key& key,
    const secret& access_token,
    flow_memory& memory
);

/// Makes a request as this client, at this moment. Called again for another attempt.
using request_maker =
    std::function<result<http_request>(const registration&, const request_stamp&)>;

/** A request that shows who the client is. Once more with a nonce if the server wants one, and once
    more with another authentication method if it does not know the client by this one.
    @param provider what is special about the server
    @param client is afterwards as it has shown itself
*/
flow<server_answer> call_server(
    stage where,
    const std::optional<provider_policy>& provider,
    registration& client,
    const request_maker& make,
    const signing_key& proof,
    flow_memory& memory
);

/// Whether to bind tokens to a key, and by which algorithm; nothing for no.
result<std::optional<jws_algorithm>> choose_dpop(const discovery& found, dpop_use wanted);

/// The failure for tokens that had to be bound to a key and are not.
failure not_bound();

/// The scope to ask for when the caller names none, after the settings' filter.
std::string filtered_scope(const discovery& found, const flow_settings& settings);

// --- All together ----------------------------------------------------------------------------

/** Before anything is asked for a login, at an origin where many begin: as many as keep its connections
    and registrations busy do so at once, and the others wait while they hold nothing yet. Otherwise
    all would have begun, and each would hold what it has found out until its turn comes to register.

    Taken before any other turn, so that nobody who has one waits for this; a flow that waits for its
    user gives it back.
*/
act::take_turn turn_to_begin(const url& resource);
/// What kept a login from asking for anything.
failure at_probe(failure why, const url& resource = url());

/// Put a grant into the store, over whatever is there: the newest login of a user wins.
flow<generation> keep_login(const record_key& key, generation expected, const grant& what);

/** Store a grant over what was read at `expected`, for at most `patience` also while the store is
    away: what it says cannot be had again.
    @return the new generation, or errc::store_conflict, or why it could not be stored
*/
flow<generation> commit_patiently(
    const record_key& key,
    generation expected,
    const grant& what,
    std::chrono::milliseconds patience
);

/// Everything, reusing what is stored.
flow<grant> login(const login_params& params, const flow_settings& settings);

/** New tokens for a grant without the user; generation 0 if that needs the user. Of several flows
    at once, in any number of processes with one store, one asks the server, and the others take what
    it got.

    @param refused the access token was refused, whatever its end says. Otherwise a token that is
        still good is the answer while another process refreshes it.
    @param min_ttl what another process got before is good enough if it lasts so long
    @return errc::login_required if the login is gone from the store
*/
flow<grant> renew(
    grant old,
    const login_params& params,
    bool refused,
    std::chrono::seconds min_ttl,
    const flow_settings& settings
);

/// The server does not know the client of this grant any more: forget what is stored of it.
flow<nothing> forget_client_of(const grant& g, flow_memory& memory);

/// What the copies of a session share, as far as flows are concerned.
class session_memory;

/** A grant whose access token lasts for `min_ttl` yet, refreshed if need be; one that lasts shorter
    if no better one can be had now.

    @param refused this access token was refused by the resource; empty: none was
*/
flow<std::shared_ptr<const grant>> usable_grant(
    const std::shared_ptr<session_memory>& session,
    std::chrono::seconds min_ttl,
    const secret& refused,
    const flow_settings& settings
);

/// usable_grant() for those who want the token alone.
flow<access_token> fresh_token(
    const std::shared_ptr<session_memory>& session,
    std::chrono::seconds min_ttl,
    const secret& refused,
    const flow_settings& settings
);

/// The access token of a grant, for a program.
access_token token_of(const grant& g);

/// Revoke and forget.
flow<logout_outcome> logout(
    const std::shared_ptr<session_memory>& session,
    const logout_params& params,
    const flow_settings& settings
);

/// One request with the access token; refreshes and steps up where that helps. Refuses targets that
/// the token is not for.
flow<http_response> authorised_request(
    const std::shared_ptr<session_memory>& session,
    const http_request& request,
    const flow_settings& settings
);

/// A short name for an issuer that fits into a path: the same for the same issuer, another for any other.
std::string issuer_tag(const std::string& issuer);

// --- Logins that another process may finish --------------------------------------------------

/// What is stored between sending a user away and the user's coming back.
class pending_login
{
public:
    pending_login() = default;

    discovery found; ///< as far as the callback needs it
    registration client;
    pending_authorization pending;
    signing_key proof;
    bool must_bind = false;
    std::string user;
    std::string return_to;
};

/// Where the callback of a web server is, and how long a login may take.
class web_settings
{
public:
    web_settings() = default;

    std::string redirect_uri;
    /// A place below which there is a client metadata document for each issuer, `TAG.json`; empty: none.
    std::string documents;
    std::chrono::milliseconds login_timeout{600'000};
    /// Have the answer sent as a form wherever the server says that it can.
    bool form_post = false;
    /// Whether a login of this user may be finished by this callback; nothing: of any.
    std::function<bool(const std::string&)> accepts;
};

/// What async_begin makes; `where` is empty if no login is needed.
class begun_flow
{
public:
    begun_flow() = default;

    url where;
    discovery found;
    std::string binding; ///< for the browser's cookie
};

template <>
inline constexpr bool is_beside_frames<begun_flow> = true;

/// Discovery, client, and a pending login in the store.
/// @param binding what the browser has already; empty: a new one is made
flow<begun_flow> begin_login(
    const std::string& user,
    const begin_params& params,
    std::string binding,
    const web_settings& web,
    const flow_settings& settings
);

/// What the callback has led to.
class completed_flow
{
public:
    completed_flow() = default;

    grant granted;
    std::string return_to;
};

template <>
inline constexpr bool is_beside_frames<completed_flow> = true;

/// @param binding what the browser has; empty: nothing
flow<completed_flow> complete_login(
    const login_callback& callback,
    const std::string& binding,
    const web_settings& web,
    const flow_settings& settings
);

// --- Scopes ----------------------------------------------------------------------------------

/// Whether every scope of `wanted` is in `granted`.
bool covers_scopes(std::string_view granted, std::string_view wanted);
/// Both, each scope once, in order.
std::string union_of_scopes(std::string_view a, std::string_view b);

// --- What is kept (records.cpp) --------------------------------------------------------------

record_key registration_key(
    const std::string& issuer, const client_profile& profile, const redirect_target& target
);
record_key registration_key(
    const std::string& issuer, const client_profile& profile, const std::string& redirect_uri
);
record_key grant_key(const std::string& user, const std::string& resource, const token_grant& how);

record make_record(const registration& client);
result<registration> read_registration_record(const record& r);
record make_record(const grant& g);
result<grant> read_grant_record(const record& r);

/// Of a pending login: whoever reads the store cannot make a callback from it.
record_key pending_key(std::string_view state);
/// What stands for the browser in the store.
std::string binding_digest(const std::string& binding);
record make_record(const pending_login& p);
result<pending_login> read_pending_record(const record& r);

#pragma GCC visibility pop

} // namespace asioauth::detail

namespace asioauth {

/// What the copies of an authorization_code share.
class authorization_code::state
{
public:
    pending_authorization pending;
    secret code;
    redirect arrived;
    signing_key proof;              // what the tokens will be bound to; empty: nothing
    bool must_bind = false;         // tokens that are not bound to it are refused
    std::atomic<bool> used = false; // copies may be exchanged by different clients
};

} // namespace asioauth
