// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A login that is begun by one request to a web server and finished by another, maybe at another
// node.

#include "flow/flows.hpp"

#include <algorithm>
#include <memory>

namespace asioauth::detail {
namespace {

bool contains(const std::vector<std::string>& all, const std::string& one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

// Where the answer is to arrive and how, and the program's document for there if there is one.
class callback_place
{
public:
    callback_place(std::string uri, std::string document, bool posted)
        : redirect_uri(std::move(uri))
        , client_metadata_url(std::move(document))
        , form_post(posted)
    {}

    std::string redirect_uri;
    std::string client_metadata_url;
    bool form_post;
};

bool takes_forms(const server_metadata& server)
{
    const auto& modes = server.response_modes_supported;
    return modes && contains(*modes, "form_post");
}

// The answers of two servers cannot be mixed up if they arrive at different places, or say whom they
// are from (RFC 9700 section 4.4). Whoever made a client by hand has one URI everywhere; so has who
// publishes one document, which is why that is the last way to become a client then.
callback_place
callback_for(const discovery& found, const web_settings& web, const flow_settings& settings)
{
    callback_place out(
        web.redirect_uri, settings.client_metadata_url, web.form_post && takes_forms(found.server)
    );
    if (found.server.authorization_response_iss_parameter_supported)
        return out;
    const auto& configured = settings.pre_registered;
    const bool by_hand = std::any_of(configured.begin(), configured.end(), [&](const auto& known) {
        return known.issuer == found.server.issuer;
    });
    const std::string tag = issuer_tag(found.server.issuer);
    const auto way =
        choose_registration_source(found, by_hand, !settings.client_metadata_url.empty());
    const bool documented = way == registration_source::metadata_document;
    if (documented && !web.documents.empty())
        out.client_metadata_url = web.documents + "/" + tag + ".json";
    else if (documented && choose_registration_source(found, by_hand, false) == registration_source::dynamic)
        out.client_metadata_url.clear();
    else if (way != registration_source::dynamic)
        return out;
    out.redirect_uri += "/" + tag;
    return out;
}

// Put it into the store; a state is never used twice.
flow<nothing> keep_pending(record what, const std::string& state, std::chrono::milliseconds timeout)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    what.expires_at =
        std::chrono::time_point_cast<std::chrono::milliseconds>(time->wall + bounded(timeout));
    std::optional<record> value;
    value = std::move(what);
    auto stored = co_await act::commit(pending_key(state), 0, std::move(value));
    if (stored)
        co_return nothing();
    failure wrong = stored.error();
    wrong.where(stage::store);
    co_return wrong;
}

// The whole URL: the target of a request does not say who was asked.
std::string whole_url(const std::string& target, const std::string& redirect_uri)
{
    if (target.empty() || target.front() != '/')
        return target;
    const auto base = url::parse(redirect_uri);
    return base ? base->origin() + target : target;
}

// The checks of the answer, before anything is spent.
result<secret> checked_code(const login_callback& callback, const pending_authorization& pending)
{
    std::string where = whole_url(callback.target(), pending.redirect_uri);
    auto code = callback.posted() ? read_callback_form(where, callback.form().reveal(), pending)
                                  : read_callback(where, pending);
    wipe(where);
    return code;
}

// What anybody could have sent, so that it must not end the login of somebody else.
bool is_answer_of_the_server(const failure& f)
{
    return f.code() == condition::refused || f.code() == errc::access_denied
        || !f.info().server_error().empty();
}

// A login that a browser has come back to, its answer read: what it will be, but for the tokens.
class answered_login
{
public:
    answered_login() = default;

    completed_flow done;
    authorization_code code; // empty if the server says no
    failure refusal;         // nothing if there is a code
    record_key key;
    std::string digest; // of what the browser has
};

// With the pending login in hand and nobody else's any more: code to tokens, and into the store.
flow<nothing> finish(answered_login& login, const flow_settings& settings)
{
    grant& granted = login.done.granted;
    auto got = co_await redeem(granted.found, granted.client, login.code, settings);
    if (!got)
    {
        // The next login registers anew.
        if (got.error().code() == errc::invalid_client
            && granted.client.source == registration_source::dynamic)
            (void)co_await forget_client_of(granted, *settings.memory);
        co_return got.error();
    }
    granted.tokens = std::move(*got);
    const record_key key =
        grant_key(granted.user, canonical_resource(granted.found.requested), token_grant());
    auto before = co_await act::load(key);
    generation seen = 0;
    if (before)
        seen = before->at;
    auto stored = co_await keep_login(key, seen, granted);
    if (!stored)
    {
        // Another request, maybe at another node, is what wants to use it.
        failure lost = stored.error();
        lost.where(stage::store).message("The login succeeded, but it could not be stored.");
        co_return lost;
    }
    granted.at = *stored;
    co_return nothing();
}

// A client, and where it sends the user.
class prepared
{
public:
    prepared(registration c, prepared_authorization r) noexcept
        : client(std::move(c))
        , request(std::move(r))
    {}

    registration client;
    prepared_authorization request;
};

} // namespace

template <>
inline constexpr bool is_beside_frames<prepared> = true;
template <>
inline constexpr bool is_beside_frames<answered_login> = true;

namespace {

// A flow of its own, so that nobody who waits for a client has room for it.
flow<prepared_authorization> request_at(
    const callback_place& at,
    const discovery& found,
    registration& client,
    const begin_params& params,
    const flow_settings& settings
)
{
    // A client that was made by hand may have its own, or several.
    std::string where = at.redirect_uri;
    const auto& registered = client.redirect_uris;
    if (!registered.empty() && !contains(registered, at.redirect_uri))
        where = registered.front();
    authorize_params asked = params.authorize();
    if (at.form_post)
        asked.form_post(true);
    co_return co_await prepare_authorization(found, client, where, asked, settings);
}

flow<prepared> prepare(
    const discovery& found,
    const begin_params& params,
    const web_settings& web,
    const flow_settings& settings
)
{
    const callback_place at = callback_for(found, web, settings);
    std::unique_ptr<flow_settings> other;
    if (at.client_metadata_url != settings.client_metadata_url)
    {
        other = std::make_unique<flow_settings>(settings);
        other->client_metadata_url = at.client_metadata_url;
    }
    const flow_settings& here = other ? *other : settings;
    auto client = co_await obtain_client(found, params.registration(), at.redirect_uri, here);
    if (!client)
        co_return client.error();
    auto request = co_await request_at(at, found, client->client, params, here);
    if (!request)
        co_return request.error();
    co_return prepared(std::move(client->client), std::move(*request));
}

// The same if what was remembered has turned out to be older than what there is; `found` is that
// then. A flow of its own, since its frame is as large as it is rarely needed.
flow<prepared> prepare_again(
    discovery& found,
    failure before,
    const begin_params& params,
    const web_settings& web,
    const flow_settings& settings
)
{
    auto newer = co_await discover_again(found, params.discover(), settings);
    if (!newer)
        co_return newer.error();
    if (!*newer)
        co_return before;
    found = std::move(**newer);
    co_return co_await prepare(found, params, web, settings);
}

// No coroutine: what the record is made of is in no frame.
record pending_record(
    discovery& found,
    prepared& sent,
    const std::string& user,
    const std::string& return_to,
    const std::string& binding
)
{
    pending_login login;
    login.found = std::move(found);
    login.client = std::move(sent.client);
    login.pending = std::move(sent.request.pending);
    login.proof = std::move(sent.request.proof);
    login.must_bind = sent.request.must_bind;
    login.user = user;
    login.return_to = return_to;
    record out = make_record(login);
    out.binding = binding_digest(binding);
    found = std::move(login.found);
    return out;
}

begun_flow begun(discovery found, url where, std::string binding)
{
    begun_flow out;
    out.found = std::move(found);
    out.where = std::move(where);
    out.binding = std::move(binding);
    return out;
}

// The login is kept until the user comes back with an answer. What is given is taken.
flow<begun_flow> send_away(
    discovery& found,
    prepared& sent,
    const std::string& user,
    const begin_params& params,
    std::string& binding,
    const web_settings& web
)
{
    if (binding.empty())
    {
        auto random = co_await act::random();
        if (!random)
            co_return random.error();
        binding = make_state(*random);
    }
    const std::string state = sent.request.pending.state;
    auto kept = co_await keep_pending(
        pending_record(found, sent, user, params.return_to(), binding), state, web.login_timeout
    );
    if (!kept)
        co_return kept.error();
    co_await tell(event::kind::step, stage::authorization, "the user is sent away");
    co_return begun(std::move(found), std::move(sent.request.where), std::move(binding));
}

// The state of an answer. What it was read from is not left behind.
secret state_that_came(const login_callback& callback, const std::string& redirect_uri)
{
    std::string whole =
        callback.posted() ? std::string() : whole_url(callback.target(), redirect_uri);
    std::string state =
        callback.posted() ? state_of_form(callback.form().reveal()) : state_of(whole);
    secret out(state);
    wipe(whole);
    wipe(state);
    return out;
}

failure failed_callback(errc why)
{
    failure out(why);
    out.where(stage::callback);
    return out;
}

// No coroutine: the record, what is read from it and what becomes of that are in no frame.
late_result<answered_login> answered(
    const record& kept,
    record_key key,
    const login_callback& callback,
    const std::string& binding,
    const web_settings& web,
    const flow_settings& settings
)
{
    late_result<answered_login> out;
    auto login = read_pending_record(kept);
    if (!login)
    {
        out.emplace(login.error());
        return out;
    }
    std::string digest = binding_digest(binding);
    if (digest.empty() || !equal_in_constant_time(digest, kept.binding))
    {
        out.emplace(failed_callback(errc::browser_mismatch));
        return out;
    }
    if ((callback.user() && login->user != *callback.user())
        || (web.accepts && !web.accepts(login->user)))
    {
        out.emplace(failed_callback(errc::login_user_mismatch));
        return out;
    }
    answered_login made;
    auto code = checked_code(callback, login->pending);
    if (code)
    {
        made.code = authorization_code(std::move(login->pending), std::move(*code));
        made.code.shared()->proof = std::move(login->proof);
        made.code.shared()->must_bind = login->must_bind;
    }
    else
    {
        made.refusal = code.error();
    }
    made.done.return_to = std::move(login->return_to);
    grant& granted = made.done.granted;
    granted.found = std::move(login->found);
    granted.user = std::move(login->user);
    granted.client = std::move(login->client);
    if (const auto* provider = settings.providers.find_recorded(granted.found.server.issuer))
        granted.found.provider = *provider;
    attach_means(granted.client, settings);
    made.key = std::move(key);
    made.digest = std::move(digest);
    out.emplace(std::move(made));
    return out;
}

flow<begun_flow> begin_in_turn(
    const std::string& user,
    const begin_params& params,
    std::string binding,
    const web_settings& web,
    const flow_settings& settings
)
{
    bool remembered = false;
    auto found = co_await discover(params.discover(), settings, &remembered);
    if (!found)
        co_return found.error();
    if (found->login == login_support::none)
    {
        co_await tell(event::kind::step, stage::probe, "no login is needed");
        co_return begun(std::move(*found), url(), {});
    }
    auto sent = co_await prepare(*found, params, web, settings);
    if (!sent && remembered && may_be_outdated(sent.error()))
        sent = co_await prepare_again(*found, sent.error(), params, web, settings);
    if (!sent)
        co_return sent.error();
    co_return co_await send_away(*found, *sent, user, params, binding, web);
}

flow<answered_login> find_login(
    const login_callback& callback,
    const std::string& binding,
    const web_settings& web,
    const flow_settings& settings
)
{
    const secret state = state_that_came(callback, web.redirect_uri);
    if (state.empty())
        co_return failed_callback(errc::state_missing);
    co_await conceal(state);
    record_key key = pending_key(state.reveal());
    auto kept = co_await act::load(key);
    if (!kept)
    {
        failure wrong = kept.error();
        wrong.where(stage::store);
        co_return wrong;
    }
    if (kept->at == 0)
        co_return failed_callback(errc::login_not_pending);
    co_return answered(kept->value, std::move(key), callback, binding, web, settings);
}

} // namespace

flow<begun_flow> begin_login(
    const std::string& user,
    const begin_params& params,
    std::string binding,
    const web_settings& web,
    const flow_settings& settings
)
{
    std::string turn;
    {
        const auto resource = url::parse(params.discover().resource());
        if (!resource)
            co_return at_probe(resource.error());
        auto wanted = turn_to_begin(*resource);
        turn = wanted.name;
        auto mine = co_await std::move(wanted);
        if (!mine)
            co_return at_probe(mine.error(), *resource);
    }
    auto begun = co_await begin_in_turn(user, params, std::move(binding), web, settings);
    co_await give_back(std::move(turn));
    co_return begun;
}

flow<completed_flow> complete_login(
    const login_callback& callback,
    const std::string& binding,
    const web_settings& web,
    const flow_settings& settings
)
{
    auto login = co_await find_login(callback, binding, web, settings);
    if (!login)
        co_return login.error();
    const bool refused = !login->code;
    if (refused && may_be_outdated(login->refusal))
        (void)co_await doubt_documents(login->done.granted.found, *settings.memory);
    if (refused && !is_answer_of_the_server(login->refusal))
        co_return login->refusal;

    // From here the login is this request's, to its end.
    co_await commit_section(true);
    auto mine =
        co_await act::take(login->key, login->done.granted.found.server.issuer, login->digest);
    if (!mine || mine->at == 0)
    {
        co_await commit_section(false);
        if (!mine)
            co_return mine.error();
        co_return failed_callback(errc::login_not_pending);
    }
    if (refused)
    {
        co_await commit_section(false);
        co_return login->refusal;
    }
    auto done = co_await finish(*login, settings);
    co_await commit_section(false);
    if (!done)
        co_return done.error();
    co_await tell(event::kind::step, stage::token, "logged in");
    co_return std::move(login->done);
}

} // namespace asioauth::detail
