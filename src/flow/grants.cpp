// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <asioauth/protocol/grants.hpp>
#include <asioauth/protocol/retry_after.hpp>

#include <algorithm>
#include <array>

namespace asioauth {

token_grant token_grant::jwt_bearer(secret assertion)
{
    const std::string tag = make_code_challenge(assertion);
    auto out = jwt_bearer([assertion = std::move(assertion)](const assertion_request&) {
        return result<secret>(assertion);
    });
    out.tag_ = tag;
    return out;
}

token_grant token_grant::token_exchange(token_exchange_options options)
{
    token_grant out(kind::token_exchange);
    out.tag_ = make_code_challenge(options.subject_token());
    out.exchange_ = std::make_shared<const token_exchange_options>(std::move(options));
    return out;
}

token_grant token_grant::identity_assertion(identity_provider idp, secret id_token)
{
    const std::string tag = make_code_challenge(id_token);
    const auto source = [id_token = std::move(id_token)](const assertion_request&) {
        return result<secret>(id_token);
    };
    auto out = identity_assertion(std::move(idp), source);
    out.tag_ = tag;
    return out;
}

std::string token_grant::storage_name() const
{
    switch (kind_)
    {
    case kind::authorization_code: break;
    case kind::client_credentials: return "client_credentials";
    case kind::jwt_bearer: return "jwt_bearer " + tag_;
    case kind::token_exchange: return "token_exchange " + tag_;
    case kind::identity_assertion: return "identity_assertion " + tag_;
    case kind::device_code: break; // the same user, elsewhere
    }
    return {};
}

std::string_view token_grant::grant_type() const noexcept
{
    switch (kind_)
    {
    case kind::authorization_code: return {};
    case kind::client_credentials: return "client_credentials";
    case kind::jwt_bearer:
    case kind::identity_assertion: return "urn:ietf:params:oauth:grant-type:jwt-bearer";
    case kind::token_exchange: return "urn:ietf:params:oauth:grant-type:token-exchange";
    case kind::device_code: return "urn:ietf:params:oauth:grant-type:device_code";
    }
    return {};
}

namespace detail {
namespace {

assertion_request assertion_for(const discovery& found, const std::string& scope)
{
    assertion_request out;
    out.issuer = found.server.issuer;
    out.token_endpoint = found.server.token_endpoint.str();
    out.resource = found.resource;
    out.scope = scope;
    return out;
}

// The tokens in an answer, and the client that got them.
result<redeemed> tokens_in(
    const server_answer& answer,
    registration client,
    const discovery& found,
    const std::string& scope,
    const signing_key& proof,
    const token_exchange_options* exchanged = nullptr
)
{
    const provider_policy* provider = found.provider ? &*found.provider : nullptr;
    const auto read = [&] {
        if (exchanged == nullptr)
            return read_token_response(
                answer.response, scope, answer.asked_at, !proof.empty(), provider
            );
        // Something else than was asked for must not be sent as an access token.
        const std::string& asked = exchanged->requested_token_type();
        const std::string_view wanted = asked.empty() ? token_types::access_token : asked;
        return read_token_exchange_response(
            answer.response, wanted, scope, answer.asked_at, !proof.empty()
        );
    };
    auto tokens = read();
    if (!tokens)
    {
        failure wrong = tokens.error();
        wrong.where(stage::token)
            .url(found.server.token_endpoint.without_query())
            .retry_after(retry_after_of(answer.response, answer.asked_at));
        return wrong;
    }
    if (tokens->kind == token_kind::dpop)
        tokens->dpop_key = proof;
    redeemed out;
    out.tokens = std::move(*tokens);
    out.client = std::move(client);
    return out;
}

// What is known of the company's identity provider.
flow<discovery> find_identity_provider(
    const identity_provider& idp, const address_policy& policy, std::shared_ptr<flow_memory> memory
)
{
    discovery out;
    out.policy = policy;
    out.server.issuer = idp.issuer();
    if (!idp.token_endpoint().empty())
    {
        auto endpoint = url::parse(idp.token_endpoint());
        if (!endpoint)
            co_return endpoint.error();
        if (!endpoint->is_https() && !(policy.loopback_allowed() && endpoint->host_is_loopback()))
        {
            failure wrong(errc::endpoint_insecure);
            wrong.where(stage::token).url(endpoint->without_query());
            co_return wrong;
        }
        out.server.token_endpoint = std::move(*endpoint);
        co_return out;
    }
    // No code is asked for there, so that its PKCE does not matter.
    provider_policy lenient(idp.issuer());
    lenient.assume_s256(true);
    document_source from(std::move(memory));
    auto server = co_await find_server_metadata(idp.issuer(), policy, &lenient, &from);
    if (!server)
        co_return server.error();
    out.server = **server;
    co_return out;
}

// First leg: the identity provider vouches for its user at this authorization server.
flow<secret> identity_assertion(
    const discovery& found,
    const token_grant& how,
    const std::string& scope,
    const flow_settings& settings
)
{
    auto id_token = how.source()(assertion_for(found, scope));
    if (!id_token)
        co_return id_token.error();
    auto idp = co_await find_identity_provider(*how.idp(), found.policy, settings.memory);
    if (!idp)
        co_return idp.error();
    const request_maker make = [&](const registration& as, const request_stamp& at) {
        return make_identity_assertion_request(*idp, as, found, *id_token, scope, at);
    };
    const signing_key no_proof;
    registration client = how.idp()->client();
    auto answer =
        co_await call_server(stage::token, idp->provider, client, make, no_proof, *settings.memory);
    if (!answer)
        co_return answer.error();
    auto tokens = read_token_exchange_response(
        answer->response, token_types::id_jag, scope, answer->asked_at
    );
    if (!tokens)
    {
        failure wrong = tokens.error();
        wrong.where(stage::token).url(idp->server.token_endpoint.without_query());
        co_return wrong;
    }
    co_await tell(event::kind::step, stage::token, "the identity provider vouches for the user");
    co_return std::move(tokens->access_token);
}

flow<redeemed> ask_for_tokens(
    const discovery& found,
    registration client,
    const std::string& scope,
    const request_maker& make,
    const signing_key& proof,
    const flow_settings& settings,
    const token_exchange_options* exchanged = nullptr
)
{
    // An assertion may be good for one use only, and a refresh token for sure: to the end.
    co_await commit_section(true);
    auto answer =
        co_await call_server(stage::token, found.provider, client, make, proof, *settings.memory);
    co_await commit_section(false);
    result<redeemed> got = redeemed();
    if (answer)
        got = tokens_in(*answer, std::move(client), found, scope, proof, exchanged);
    else
        got = answer.error();
    if (!got && may_be_outdated(got.error()))
        (void)co_await doubt_documents(found, *settings.memory);
    co_return got;
}

// We ask until the user, who is elsewhere, is done. References are to what the calling flow keeps.
flow<redeemed> poll_for_user(
    const discovery& found,
    const registration& client,
    const device_authorization& device,
    const std::string& scope,
    const signing_key& proof,
    std::optional<std::chrono::milliseconds> user_timeout,
    const flow_settings& settings
)
{
    const request_maker ask = [&](const registration& as, const request_stamp& at) {
        return make_device_token_request(found, as, device, at);
    };
    const auto begun = co_await act::now();
    if (!begun)
        co_return begun.error();
    std::chrono::seconds interval = device.interval;
    for (;;)
    {
        auto time = co_await act::now();
        if (!time)
            co_return time.error();
        errc over = errc();
        if (time->wall >= device.expires_at)
            over = errc::expired_token;
        else if (user_timeout && time->steady - begun->steady >= bounded(*user_timeout))
            over = errc::user_timeout;
        if (over != errc())
        {
            failure ended(over);
            ended.where(stage::authorization);
            co_return ended;
        }
        auto waited = co_await act::wait_until(time->steady + interval);
        if (!waited)
            co_return waited.error();
        auto got = co_await ask_for_tokens(found, client, scope, ask, proof, settings);
        if (got)
            co_return got;
        const error_code why = got.error().code();
        if (why == errc::slow_down)
            interval += std::chrono::seconds(5); // RFC 8628 section 3.5: for good
        else if (why == errc::connect_timeout || why == errc::response_timeout)
            interval *= 2; // likewise, exponentially
        else if (why != errc::authorization_pending)
            co_return got.error();
        interval = std::min(interval, std::chrono::seconds(300));
    }
}

// The device grant.
flow<redeemed> device_tokens(
    const discovery& found,
    registration client,
    const token_grant& how,
    const std::string& scope,
    const signing_key& proof,
    std::optional<std::chrono::milliseconds> user_timeout,
    const flow_settings& settings
)
{
    const request_maker begin = [&](const registration& as, const request_stamp& at) {
        return make_device_authorization_request(found, as, scope, at);
    };
    const signing_key no_proof;
    auto begun = co_await call_server(
        stage::authorization, found.provider, client, begin, no_proof, *settings.memory
    );
    if (!begun)
        co_return begun.error();
    auto device = read_device_authorization_response(begun->response, found, begun->asked_at);
    if (!device)
    {
        failure wrong = device.error();
        wrong.where(stage::authorization);
        co_return wrong;
    }
    device_prompt prompt;
    prompt.user_code = device->user_code;
    prompt.verification_uri = device->verification_uri;
    prompt.verification_uri_complete = device->verification_uri_complete;
    prompt.expires_at = device->expires_at;
    if (how.show())
        how.show()(prompt);
    co_await tell(event::kind::note, stage::authorization, "waiting for the user");

    // Without a limit for the user the deadline is for everything.
    const bool apart = user_timeout.has_value();
    if (apart)
        co_await user_wait(true);
    auto got = co_await poll_for_user(found, client, *device, scope, proof, user_timeout, settings);
    if (apart)
        co_await user_wait(false);
    co_return got;
}

} // namespace

result<std::optional<jws_algorithm>> choose_dpop(const discovery& found, dpop_use wanted)
{
    const std::optional<jws_algorithm> no;
    const bool demanded = found.dpop_challenged
        || (found.resource_document && found.resource_document->dpop_bound_access_tokens_required);
    const auto& server = found.server.dpop_signing_alg_values_supported;
    const auto& resource = found.resource_document
        ? found.resource_document->dpop_signing_alg_values_supported
        : found.server.dpop_signing_alg_values_supported;
    if (wanted == dpop_use::never)
        return no;
    if (wanted == dpop_use::automatic && !demanded && (!server || !resource))
        return no;
    const auto lists = [](const std::optional<std::vector<std::string>>& list,
                          std::string_view name) {
        return !list || std::find(list->begin(), list->end(), name) != list->end();
    };
    constexpr std::array ours = {
        jws_algorithm::es256,
        jws_algorithm::eddsa,
        jws_algorithm::es384,
        jws_algorithm::es512,
        jws_algorithm::ps256,
        jws_algorithm::rs256,
    };
    for (const auto a : ours)
    {
        if (lists(server, name_of(a)) && lists(resource, name_of(a)))
            return std::optional<jws_algorithm>(a);
    }
    if (wanted == dpop_use::automatic && !demanded)
        return no;
    failure none(errc::token_type_not_supported);
    none.where(stage::token)
        .message("Tokens have to be bound to a key, but the servers take no algorithm that this "
                 "client has.");
    return none;
}

failure not_bound()
{
    failure wrong(errc::token_type_not_supported);
    wrong.where(stage::token).message("The tokens are not bound to the key, as was asked for.");
    return wrong;
}

flow<redeemed> request_tokens(
    const discovery& found,
    registration client,
    const token_params& params,
    const flow_settings& settings,
    std::optional<std::chrono::milliseconds> user_timeout
)
{
    const token_grant& how = params.grant();
    std::string scope = params.scope();
    if (scope.empty())
        scope = filtered_scope(found, settings);
    attach_means(client, settings);

    auto algorithm = choose_dpop(found, params.dpop().value_or(settings.dpop));
    if (!algorithm)
        co_return algorithm.error();
    const bool must_bind = params.dpop().value_or(settings.dpop) == dpop_use::always;
    signing_key proof;
    if (*algorithm)
    {
        auto key = co_await act::new_key(**algorithm);
        if (!key)
            co_return key.error();
        proof = std::move(*key);
    }

    request_maker make;
    std::optional<token_exchange_options> exchanged;
    secret assertion;
    switch (how.what())
    {
    case token_grant::kind::authorization_code:
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::token).message("the authorization code grant needs async_authorize");
        co_return wrong;
    }
    case token_grant::kind::device_code:
    {
        auto got = co_await device_tokens(found, client, how, scope, proof, user_timeout, settings);
        if (got && must_bind && got->tokens.kind != token_kind::dpop)
            co_return not_bound();
        co_return got;
    }
    case token_grant::kind::client_credentials:
        make = [&](const registration& as, const request_stamp& at) {
            return make_client_credentials_request(found, as, scope, at);
        };
        break;
    case token_grant::kind::token_exchange:
        exchanged = *how.exchange();
        if (exchanged->scope().empty())
            exchanged->scope(scope);
        else
            scope = exchanged->scope();
        make = [&](const registration& as, const request_stamp& at) {
            return make_token_exchange_request(found, as, *exchanged, at);
        };
        break;
    case token_grant::kind::jwt_bearer:
    case token_grant::kind::identity_assertion:
        if (how.what() == token_grant::kind::identity_assertion)
        {
            auto vouched = co_await identity_assertion(found, how, scope, settings);
            if (!vouched)
                co_return vouched.error();
            assertion = std::move(*vouched);
        }
        else
        {
            auto given = how.source()(assertion_for(found, scope));
            if (!given)
                co_return given.error();
            assertion = std::move(*given);
        }
        make = [&](const registration& as, const request_stamp& at) {
            return make_jwt_bearer_request(found, as, assertion, scope, at);
        };
        break;
    }
    const token_exchange_options* const exchanged_as = exchanged ? &*exchanged : nullptr;
    auto got = co_await ask_for_tokens(
        found, std::move(client), scope, make, proof, settings, exchanged_as
    );
    if (got && must_bind && got->tokens.kind != token_kind::dpop)
        co_return not_bound();
    co_return got;
}

flow<redeemed> refresh_tokens(
    const discovery& found, registration client, const token_set& old, const flow_settings& settings
)
{
    attach_means(client, settings);
    const request_maker make = [&](const registration& as, const request_stamp& at) {
        return make_refresh_token_request(found, as, old.refresh_token, "", at);
    };
    auto answer = co_await call_server(
        stage::token, found.provider, client, make, old.dpop_key, *settings.memory
    );
    result<redeemed> got = redeemed();
    if (answer)
        got = tokens_in(*answer, std::move(client), found, old.scope, old.dpop_key);
    else
        got = answer.error();
    if (!got && may_be_outdated(got.error()))
        (void)co_await doubt_documents(found, *settings.memory);
    if (got && got->tokens.refresh_token.empty())
        got->tokens.refresh_token = old.refresh_token;
    // Only the ID token of the login was checked.
    if (got)
        got->tokens.id_token = old.id_token;
    // The key stays the same as long as the refresh token is bound to it.
    if (got && got->tokens.dpop_key.empty())
        got->tokens.dpop_key = old.dpop_key;
    co_return got;
}

} // namespace detail
} // namespace asioauth
