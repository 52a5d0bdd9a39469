// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"
#include "flow/session_memory.hpp"
#include "protocol/authenticated_request.hpp"

#include <asioauth/protocol/challenge.hpp>

namespace asioauth::detail {
namespace {

// More scopes are asked for at most this often for one operation (method and URL).
constexpr int most_step_ups = 3;

http_request authorised(const grant& with, const http_request& request)
{
    http_request out(request_kind::resource, request.method(), request.target());
    for (const auto& field : request.fields())
        out.field(field.first, field.second);
    out.body(request.field("Content-Type"), request.body());
    out.policy(with.found.policy);
    out.stream_events(request.stream_events());
    out.authorization(credentials_of(with.tokens.access_token, with.tokens.kind));
    if (!with.client.identity.empty()
        && with.found.server.tls_client_certificate_bound_access_tokens)
        out.identity(with.client.identity);
    return out;
}

// One exchange with the token, nonces included.
flow<http_response>
send_with_token(const grant& with, const http_request& request, const flow_settings& settings)
{
    http_request out = authorised(with, request);
    signing_key proof;
    if (with.tokens.kind == token_kind::dpop)
        proof = with.tokens.dpop_key;
    co_return co_await fetch_with_proof(
        stage::resource, std::move(out), proof, with.tokens.access_token, *settings.memory
    );
}

// The resource may have another authorization server by now (RFC 9728 section 5.2): whoever logs in
// next reads its metadata anew.
flow<nothing> doubt_resource(const url& requested, flow_memory& memory)
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    memory.documents.doubt(requested.origin(), *time);
    co_return nothing();
}

failure login_needed(const http_request& request, const http_response& response)
{
    failure out(errc::login_required);
    out.where(stage::resource).url(request.target().without_query()).http_status(response.status());
    if (const auto challenge = read_bearer_challenge(response))
        out.server_error(challenge->error).server_message(challenge->error_description);
    return out;
}

// Send the user for more scopes, or have the client itself ask for more; the session has them then.
flow<nothing> step_up(
    const std::shared_ptr<session_memory>& session,
    const http_request& request,
    const std::string& challenged,
    const flow_settings& settings
)
{
    const auto with = session->granted();
    const std::string where = request.target().without_query();
    step_up_request wanted;
    wanted.resource = with->found.resource;
    wanted.user = with->user;
    wanted.method = request.method();
    wanted.url = where;
    wanted.granted_scope = with->tokens.scope;
    wanted.challenged_scope = challenged;
    wanted.scope = union_of_scopes(with->tokens.scope, challenged);
    const std::string operation = request.method() + " " + where;
    const std::string elevation = operation + " " + wanted.scope;

    failure refused(errc::step_up_refused);
    refused.where(stage::resource).url(where).http_status(403);
    refused.required_scope(wanted.scope);
    refused.message("The request needs the scopes: " + presentable(challenged, 256));
    if (session->was_refused(elevation))
        co_return refused;
    wanted.attempt = session->count_step_up(operation);
    if (covers_scopes(with->tokens.scope, challenged) || wanted.attempt > most_step_ups)
    {
        failure enough(errc::step_up_limit);
        enough.where(stage::resource).url(where).http_status(403);
        enough.required_scope(wanted.scope);
        enough.message("The resource asks for: " + presentable(challenged, 256));
        co_return enough;
    }
    // Nobody is asked about what is not going to happen.
    const bool needs_user = !session->params().grant().repeatable();
    const bool possible = !(session->params().silent() && needs_user);
    if (!possible || (settings.allow_step_up && !settings.allow_step_up(wanted)))
    {
        session->remember_refusal(elevation);
        co_return refused;
    }
    (void)co_await doubt_resource(with->found.requested, *settings.memory);
    const std::string shown = presentable(challenged, 256);
    co_await tell(event::kind::step, stage::resource, "the request needs more scopes: ", shown);
    login_params params = session->params();
    params.force(true).scope(wanted.scope);
    auto more = co_await login(params, settings);
    if (!more && more.error().code() == errc::access_denied)
        session->remember_refusal(elevation);
    if (!more)
        co_return more.error();
    session->replace(std::move(*more));
    co_return nothing();
}

} // namespace

flow<http_response> authorised_request(
    const std::shared_ptr<session_memory>& session,
    const http_request& request,
    const flow_settings& settings
)
{
    auto with = session->granted();
    auto own = url::parse(with->found.resource);
    const bool meant = own && (request.target() == *own || covers(*own, request.target()));
    if (!meant)
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::resource)
            .url(request.target().without_query())
            .message("the token is for another resource and is not sent here");
        co_return wrong;
    }

    // Known to be refused otherwise. If no other can be had now, the server may say so itself.
    constexpr std::chrono::seconds not_over(0);
    auto usable = co_await usable_grant(session, not_over, secret(), settings);
    if (usable)
        with = *usable;
    else if (usable.error().code() == condition::cancelled || session->logged_out())
        co_return usable.error();

    bool refreshed = false;
    for (;;)
    {
        auto response = co_await send_with_token(*with, request, settings);
        if (!response)
            co_return response;
        if (response->status() == 401 || response->status() == 403)
            co_await conceal(with->tokens.access_token);
        if (response->status() == 401)
        {
            if (!with->tokens.access_token.empty())
                (void)co_await doubt_resource(with->found.requested, *settings.memory);
            if (refreshed || with->tokens.access_token.empty())
                co_return login_needed(request, *response);
            auto other =
                co_await usable_grant(session, not_over, with->tokens.access_token, settings);
            if (!other)
            {
                if (other.error().code() == errc::login_required)
                    co_return login_needed(request, *response);
                co_return other.error();
            }
            with = *other;
            refreshed = true;
            continue;
        }
        if (response->status() == 403 && !with->tokens.access_token.empty())
        {
            const auto challenge = read_bearer_challenge(*response);
            const bool more =
                challenge && challenge->error == "insufficient_scope" && !challenge->scope.empty();
            if (more)
            {
                const auto newest = session->granted();
                if (newest != with && covers_scopes(newest->tokens.scope, challenge->scope)
                    && !covers_scopes(with->tokens.scope, challenge->scope))
                {
                    with = newest; // another request of this session has been there
                    continue;
                }
                auto raised = co_await step_up(session, request, challenge->scope, settings);
                if (!raised)
                    co_return raised.error();
                with = session->granted();
                continue;
            }
        }
        co_return response;
    }
}

} // namespace asioauth::detail
