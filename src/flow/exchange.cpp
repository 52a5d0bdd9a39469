// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <functional>

namespace asioauth::detail {

flow<token_set> redeem(
    const discovery& found,
    registration& client,
    const authorization_code& code,
    const flow_settings& settings
)
{
    if (!code)
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::token).message("the authorization code is empty");
        co_return wrong;
    }
    if (code.shared()->used.exchange(true))
    {
        failure wrong(errc::authorization_already_used);
        wrong.where(stage::token);
        co_return wrong;
    }
    attach_means(client, settings);
    const signing_key proof = code.shared()->proof;
    const auto request_of = [&](const registration& as, const request_stamp& at) {
        return make_code_token_request(found, as, code.pending(), code.shared()->code, at);
    };
    const request_maker make = std::cref(request_of);
    auto answer =
        co_await call_server(stage::token, found.provider, client, make, proof, *settings.memory);
    if (!answer)
    {
        if (may_be_outdated(answer.error()))
            (void)co_await doubt_documents(found, *settings.memory);
        co_return answer.error();
    }
    // The moment before the request: a token that counts from there never looks fresher than it is.
    const provider_policy* provider = found.provider ? &*found.provider : nullptr;
    auto tokens = read_token_response(
        answer->response, code.pending().scope, answer->asked_at, !proof.empty(), provider
    );
    if (!tokens)
    {
        failure wrong = tokens.error();
        wrong.where(stage::token).url(found.server.token_endpoint.without_query());
        if (may_be_outdated(wrong))
            (void)co_await doubt_documents(found, *settings.memory);
        co_return wrong;
    }
    if (tokens->kind == token_kind::dpop)
        tokens->dpop_key = proof;
    else if (code.shared()->must_bind)
        co_return not_bound();
    const std::string& nonce = code.pending().nonce;
    if (nonce.empty() || tokens->id_token.empty())
        co_return tokens;

    // Without keys nothing can be said of it; that is no reason to throw the tokens away.
    const bool checkable = !found.server.jwks_uri.empty();
    if (!checkable)
    {
        tokens->id_token = secret();
        co_await tell(
            event::kind::note,
            stage::token,
            "the ID token was dropped: the server publishes no keys to check it with"
        );
        co_return tokens;
    }
    auto checked = co_await check_id_token(found, client, *tokens, nonce, settings);
    if (checked)
        co_return tokens;
    const bool no_keys = checked.error().code() == condition::unreachable
        || checked.error().code() == errc::http_status_unexpected;
    if (!no_keys)
        co_return checked.error();
    // The tokens are good all the same; only who the user is has not been shown.
    tokens->id_token = secret();
    co_await tell_event(event(
        event::kind::note,
        stage::token,
        "the ID token could not be checked and was dropped: " + checked.error().code().message()
    ));
    co_return tokens;
}

void answer_browser(const authorization_code& code, const error_code& how)
{
    if (!code)
        return;
    const login_outcome outcome(how);
    code.shared()->arrived.reply(outcome);
}

flow<token_set> exchange(
    const discovery& found,
    registration client,
    const authorization_code& code,
    const flow_settings& settings
)
{
    // From here the code is spent: the request runs to its end, whoever still waits for it.
    co_await commit_section(true);
    auto got = co_await redeem(found, client, code, settings);
    error_code how;
    if (!got)
        how = got.error().code();
    // Whoever comes second has no say in what the browser of the first one shows.
    if (how != errc::authorization_already_used)
        answer_browser(code, how);
    if (got)
        co_await tell(event::kind::step, stage::token, "the tokens arrived");
    co_await commit_section(false);
    co_return got;
}

} // namespace asioauth::detail
