// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The flows: what happens in which order. Each is tested with scripts in test/flow/ and performed
// by flow_op.

#include "flow/flow.hpp"
#include "flow/flow_memory.hpp"

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

/// A client, and where it is kept.
class known_client
{
public:
    known_client() = default;

    registration client;
    record_key key;
    generation at = 0;  ///< 0: not stored
    bool fresh = false; ///< registered just now
};

/// A time-out of the caller's, held inside what clocks can add: 0 to 30 days.
inline std::chrono::milliseconds bounded(std::chrono::milliseconds v)
{
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 30);
    return std::clamp(v, std::chrono::milliseconds(0), longest);
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
flow<found_document>
find_document(stage where, std::string subject, http_request request, document_source from);

/// What is told when an answer came from memory.
event from_memory(stage where, const url& from);

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
    auto out = std::make_shared<const T>(std::move(*made));
    found.what->remember_as<T>(what, provider, out);
    return out;
}

/// Probe, resource metadata, authorization-server metadata.
flow<discovery> discover(discover_params params, flow_settings settings);
/// The same.
/// @param remembered set to whether something of it was not asked for now
flow<discovery> discover(discover_params params, flow_settings settings, bool* remembered);

/** Discovery once more, after something that was found before has turned out to be wrong; nothing if
    that finds the same, or nothing that can be used.
*/
flow<std::optional<discovery>>
discover_again(discovery before, discover_params params, flow_settings settings);

/// Whether documents that are out of date would explain it.
bool may_be_outdated(const failure& why);

/// Forget the documents that a discovery came from, unless that was done a moment ago.
flow<nothing> doubt_documents(discovery found, std::shared_ptr<flow_memory> memory);

/// Those of a resource's authorization servers that the program wants asked, in order.
std::vector<std::string> chosen_servers(
    const url& resource, const std::vector<std::string>& listed, const flow_settings& settings
);

/// The metadata of one authorization server: what the policy describes, or its document.
flow<std::shared_ptr<const server_metadata>> find_server_metadata(
    std::string issuer,
    address_policy policy,
    const provider_policy* provider,
    document_source* from
);

/** How a provider presents itself. Fails for a URL that cannot be used and for a cancellation; what
    cannot be had is left out, and at the end of the time so is the rest.

    @param read reads the page; null: no page is looked at
*/
flow<provider_profile>
describe(describe_params params, html_head_reader read, flow_settings settings);

// --- Registration ----------------------------------------------------------------------------

/// A client for this issuer: given, described by a document, stored, or registered now and stored.
flow<known_client> obtain_client(discovery found, register_params params, flow_settings settings);

/// The same for those who want the client alone.
flow<registration>
obtain_registration(discovery found, register_params params, flow_settings settings);

/// What is stored of this client now, whether usable or not; generation 0 if there is nothing.
flow<known_client> stored_client(registration client);

/// Forget a stored registration, unless somebody has replaced it meanwhile.
flow<nothing> drop_client(known_client client);

/// Keys and certificates are never stored: they come from the settings.
void attach_means(registration& client, const flow_settings& settings);

// RFC 7592.
flow<registration> read_registration(discovery found, registration client, flow_settings settings);
flow<registration> update_registration(
    discovery found, registration client, client_profile profile, flow_settings settings
);
flow<nothing> delete_registration(discovery found, registration client);

// --- Authorization code ----------------------------------------------------------------------

/// A request to send the user with, and what the answer will be checked against.
class prepared_authorization
{
public:
    prepared_authorization() = default;

    url where;
    pending_authorization pending;
    signing_key proof;      ///< what the tokens will be bound to; empty: nothing
    bool must_bind = false; ///< tokens that are not bound to it are refused
};

/// Everything up to the moment where the user is sent away; pushes the request if need be.
flow<prepared_authorization> prepare_authorization(
    discovery found,
    registration client,
    std::string redirect_uri,
    authorize_params params,
    flow_settings settings
);

/// Send the user, wait for the redirect, check it.
flow<authorization_code>
authorize(discovery found, registration client, authorize_params params, flow_settings settings);

/// Tokens, and the client as it has shown itself to the server.
class redeemed
{
public:
    redeemed() = default;

    token_set tokens;
    registration client;
};

/// Code to tokens, once. The caller answers the browser and guards the section.
flow<redeemed>
redeem(discovery found, registration client, authorization_code code, flow_settings settings);

/// Tell the browser that waits for this code how the login ended; does nothing the second time.
void answer_browser(const authorization_code& code, const error_code& how);

/// Code to tokens, and the browser is told.
flow<token_set>
exchange(discovery found, registration client, authorization_code code, flow_settings settings);

// --- Other grants, and what else an authorization server does --------------------------------

/// Tokens without a redirect. `scope` as the caller wants it; empty: selected. `user_timeout` is for
/// the device grant; without it the deadline counts the time of the user too.
flow<redeemed> request_tokens(
    discovery found,
    registration client,
    token_params params,
    flow_settings settings,
    std::optional<std::chrono::milliseconds> user_timeout = std::nullopt
);

/// New tokens for a refresh token. The caller guards the section.
flow<redeemed>
refresh_tokens(discovery found, registration client, token_set old, flow_settings settings);

flow<nothing>
revoke(discovery found, registration client, secret token, token_hint hint, flow_settings settings);

flow<introspection> introspect(
    discovery found, registration client, secret token, token_hint hint, flow_settings settings
);

/// Fetches keys where they are not known, and once more where the right one is missing.
flow<id_token_claims> check_id_token(
    discovery found,
    registration client,
    token_set tokens,
    std::string nonce,
    flow_settings settings
);

// --- Building blocks -------------------------------------------------------------------------

/// The moment and randomness for one request.
flow<request_stamp> stamp();

/// Send, and make failures carry stage and URL.
flow<http_response> fetch(stage where, http_request request);

/// Send with a proof of possession; once more if the server only wants a nonce. Without a key, just
/// send. `access_token` is empty for authorization servers.
flow<http_response> fetch_with_proof(
    stage where,
    http_request request,
    signing_key key,
    secret access_token,
    std::shared_ptr<flow_memory> memory
);

/// Makes a request as this client, at this moment. Called again for another attempt.
using request_maker =
    std::function<result<http_request>(const registration&, const request_stamp&)>;

/// What an authorization server answered, and as what client it was asked.
class server_answer
{
public:
    server_answer() = default;

    http_response response;
    registration client;
    std::chrono::system_clock::time_point asked_at;
};

/** A request that shows who the client is. Once more with a nonce if the server wants one, and once
    more with another authentication method if it does not know the client by this one.
    @param provider what is special about the server
*/
flow<server_answer> call_server(
    stage where,
    std::optional<provider_policy> provider,
    registration client,
    request_maker make,
    signing_key proof,
    std::shared_ptr<flow_memory> memory
);

/// Whether to bind tokens to a key, and by which algorithm; nothing for no.
result<std::optional<jws_algorithm>> choose_dpop(const discovery& found, dpop_use wanted);

/// The failure for tokens that had to be bound to a key and are not.
failure not_bound();

/// The scope to ask for when the caller names none, after the settings' filter.
std::string filtered_scope(const discovery& found, const flow_settings& settings);

// --- All together ----------------------------------------------------------------------------

/// Put a grant into the store, over whatever is there: the newest login of a user wins.
flow<generation> keep_login(record_key key, generation expected, grant what);

/** Store a grant over what was read at `expected`, for at most `patience` also while the store is
    away: what it says cannot be had again.
    @return the new generation, or errc::store_conflict, or why it could not be stored
*/
flow<generation> commit_patiently(
    record_key key, generation expected, grant what, std::chrono::milliseconds patience
);

/// Everything, reusing what is stored.
flow<grant> login(login_params params, flow_settings settings);

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
    login_params params,
    bool refused,
    std::chrono::seconds min_ttl,
    flow_settings settings
);

/// The server does not know the client of this grant any more: forget what is stored of it.
flow<nothing> forget_client_of(grant g, std::shared_ptr<flow_memory> memory);

/// What the copies of a session share, as far as flows are concerned.
class session_memory;

/** A grant whose access token lasts for `min_ttl` yet, refreshed if need be; one that lasts shorter
    if no better one can be had now.

    @param refused this access token was refused by the resource; empty: none was
*/
flow<std::shared_ptr<const grant>> usable_grant(
    std::shared_ptr<session_memory> session,
    std::chrono::seconds min_ttl,
    secret refused,
    flow_settings settings
);

/// usable_grant() for those who want the token alone.
flow<access_token> fresh_token(
    std::shared_ptr<session_memory> session,
    std::chrono::seconds min_ttl,
    secret refused,
    flow_settings settings
);

/// The access token of a grant, for a program.
access_token token_of(const grant& g);

/// Revoke and forget.
flow<logout_outcome>
logout(std::shared_ptr<session_memory> session, logout_params params, flow_settings settings);

/// One request with the access token; refreshes and steps up where that helps. Refuses targets that
/// the token is not for.
flow<http_response> authorised_request(
    std::shared_ptr<session_memory> session, http_request request, flow_settings settings
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

/// Discovery, client, and a pending login in the store.
/// @param binding what the browser has already; empty: a new one is made
flow<begun_flow> begin_login(
    std::string user,
    begin_params params,
    std::string binding,
    web_settings web,
    flow_settings settings
);

/// What the callback has led to.
class completed_flow
{
public:
    completed_flow() = default;

    grant granted;
    std::string return_to;
};

/// @param binding what the browser has; empty: nothing
flow<completed_flow> complete_login(
    login_callback callback, std::string binding, web_settings web, flow_settings settings
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
record_key pending_key(const std::string& state);
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
