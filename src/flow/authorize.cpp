// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

namespace asioauth {

authorization_code::authorization_code(pending_authorization pending, secret code, redirect arrived)
    : state_(std::make_shared<state>())
{
    state_->pending = std::move(pending);
    state_->code = std::move(code);
    state_->arrived = std::move(arrived);
}

const pending_authorization& authorization_code::pending() const noexcept
{
    return state_->pending;
}

namespace detail {
namespace {

// How long a genuine redirect may still come after a forged one. Long enough for two that cross,
// short enough for a user who looks at an error page.
constexpr std::chrono::seconds forged_redirect_grace(3);

// Who sends a redirect that fails these checks need not be the authorization server, so it must not
// end the login at once.
bool may_be_forged(const failure& f)
{
    return f.code() == errc::callback_invalid || f.code() == errc::callback_redirect_uri_mismatch
        || f.code() == errc::callback_parameter_duplicated || f.code() == errc::state_missing
        || f.code() == errc::state_mismatch || f.code() == errc::issuer_parameter_missing
        || f.code() == errc::issuer_parameter_mismatch || f.code() == errc::code_missing;
}

// A discovery from which no scope is selected.
discovery without_scopes(discovery found)
{
    found.challenged_scope.clear();
    if (found.resource_document)
        found.resource_document->scopes_supported.reset();
    found.server.scopes_supported.reset();
    return found;
}

// The key that the tokens will be bound to; empty if they are not to be bound.
flow<signing_key> proof_key(const discovery& found, dpop_use wanted)
{
    auto algorithm = choose_dpop(found, wanted);
    if (!algorithm)
        co_return algorithm.error();
    if (!*algorithm)
        co_return signing_key();
    co_return co_await act::new_key(**algorithm);
}

// The request goes to the server first; the browser carries a reference to it.
flow<url> push(
    const discovery& found,
    registration& client,
    const authorization_request& request,
    const signing_key& proof,
    const flow_settings& settings
)
{
    const request_maker make = [&](const registration& as, const request_stamp& at) {
        return make_pushed_authorization_request(found, as, request, at);
    };
    auto answer = co_await call_server(
        stage::authorization, found.provider, client, make, proof, *settings.memory
    );
    result<url> where = url();
    if (answer)
        where = read_pushed_authorization_response(answer->response, found, client);
    else
        where = answer.error();
    if (where)
        co_return where;
    failure wrong = where.error();
    wrong.where(stage::authorization);
    if (may_be_outdated(wrong))
        (void)co_await doubt_documents(found, *settings.memory);
    co_return wrong;
}

} // namespace

flow<prepared_authorization> prepare_authorization(
    const discovery& discovered,
    registration& client,
    const std::string& redirect_uri,
    const authorize_params& params,
    const flow_settings& settings
)
{
    attach_means(client, settings);
    authorization_options options = params.options();
    std::optional<discovery> scopeless;
    if (options.scope().empty() && settings.scope_filter)
    {
        // From here on it counts like what the caller names: nothing is added to it.
        options.scope(filtered_scope(discovered, settings));
        if (options.scope().empty())
            scopeless = without_scopes(discovered);
    }
    const discovery& found = scopeless ? *scopeless : discovered;
    const dpop_use wanted = params.dpop().value_or(settings.dpop);
    auto proof = co_await proof_key(found, wanted);
    if (!proof)
        co_return proof.error();
    if (!proof->empty())
        options.dpop_jkt(proof->thumbprint());
    auto state_random = co_await act::random();
    if (!state_random)
        co_return state_random.error();
    auto verifier_random = co_await act::random();
    if (!verifier_random)
        co_return verifier_random.error();
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto request = make_authorization_request(
        found, client, redirect_uri, options, *state_random, *verifier_random, time->wall
    );
    if (!request)
    {
        failure wrong = request.error();
        wrong.where(stage::authorization);
        co_return wrong;
    }
    if (request->push)
    {
        auto where = co_await push(found, client, *request, *proof, settings);
        if (!where)
            co_return where.error();
        request->where = std::move(*where);
    }
    prepared_authorization out;
    out.where = std::move(request->where);
    out.pending = std::move(request->pending);
    out.proof = std::move(*proof);
    out.must_bind = wanted == dpop_use::always;
    co_return out;
}

namespace {

// The user is sent, and comes back or does not. References are to what the calling flow keeps.
flow<authorization_code> send_user(
    const prepared_authorization& request,
    const std::string& redirect_uri,
    const discovery& found,
    std::chrono::milliseconds user_timeout,
    const flow_settings& settings
)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();

    // The listener first: the browser may be back before the launcher returns.
    const pending_authorization& pending = request.pending;
    ticket redirected = co_await start(act::wait_redirect(redirect_uri, pending.state));
    const ticket timed_out = co_await start(act::wait_until(time->steady + bounded(user_timeout)));
    ticket pasted = co_await start(act::ask_user());
    const ticket opened = co_await start(act::open_url(request.where));
    ticket grace_over = -1;
    failure refused(errc::user_timeout);
    refused.where(stage::authorization);
    co_await tell(event::kind::note, stage::authorization, "waiting for the user");

    for (;;)
    {
        arrival came = co_await next_arrival();
        if (came.which == opened)
        {
            if (came.answer)
                continue;
            co_await stop_others();
            failure wrong = came.answer.error();
            wrong.where(stage::authorization);
            co_return wrong;
        }
        if (came.which == timed_out || came.which == grace_over)
        {
            co_await stop_others();
            if (!came.answer)
                co_return came.answer.error();
            co_return refused;
        }
        if (!came.answer)
        {
            co_await stop_others();
            failure wrong = came.answer.error();
            wrong.where(stage::callback);
            co_return wrong;
        }

        redirect arrived;
        if (came.which == redirected)
        {
            arrived = std::get<redirect>(std::move(*came.answer));
        }
        else
        {
            // A pasted URL goes through the same checks; nobody waits for a page.
            redirect typed(std::get<std::string>(std::move(*came.answer)), nullptr);
            arrived = std::move(typed);
        }
        auto code = read_callback(arrived.url(), pending);
        if (code)
        {
            co_await stop_others();
            authorization_code out(pending, std::move(*code), std::move(arrived));
            out.shared()->proof = request.proof;
            out.shared()->must_bind = request.must_bind;
            co_await tell(event::kind::step, stage::callback, "the authorization code arrived");
            co_return out;
        }
        failure wrong = code.error();
        wrong.where(stage::callback);
        const login_outcome outcome(wrong.code());
        arrived.reply(outcome);
        if (may_be_outdated(wrong))
            (void)co_await doubt_documents(found, *settings.memory);
        if (!may_be_forged(wrong))
        {
            co_await stop_others();
            co_return wrong;
        }
        co_await tell_event(event(
            event::kind::note, stage::callback, "a redirect was refused: " + wrong.code().message()
        ));
        if (came.which == pasted)
        {
            pasted = co_await start(act::ask_user());
            continue;
        }
        redirected = co_await start(act::wait_redirect(redirect_uri, pending.state));
        if (grace_over == -1)
        {
            refused = wrong;
            auto later = co_await act::now();
            if (!later)
                co_return later.error();
            grace_over = co_await start(act::wait_until(later->steady + forged_redirect_grace));
        }
    }
}

} // namespace

flow<authorization_code> authorize(
    const discovery& found,
    registration client,
    const authorize_params& params,
    const flow_settings& settings
)
{
    if (client.redirect_uris.empty())
    {
        failure wrong(errc::redirect_uri_invalid);
        wrong.where(stage::authorization).message("the registration has no redirect URI");
        co_return wrong;
    }
    const std::string redirect_uri = client.redirect_uris.front();
    auto request = co_await prepare_authorization(found, client, redirect_uri, params, settings);
    if (!request)
        co_return request.error();
    co_await user_wait(true);
    auto code = co_await send_user(*request, redirect_uri, found, params.user_timeout(), settings);
    co_await user_wait(false);
    co_return code;
}

} // namespace detail
} // namespace asioauth
