// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

namespace asioauth::detail {

flow<request_stamp> stamp()
{
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    auto random = co_await act::random();
    if (!random)
        co_return random.error();
    request_stamp out(time->wall, *random);
    co_return out;
}

flow<token_set> redeem(discovery found, registration client, authorization_code code)
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
    // The moment before the request: a token that counts from there never looks fresher than it is.
    auto made = co_await stamp();
    if (!made)
        co_return made.error();
    auto request =
        make_code_token_request(found, client, code.pending(), code.shared()->code, *made);
    if (!request)
    {
        failure wrong = request.error();
        wrong.where(stage::token);
        co_return wrong;
    }
    const std::string asked = request->target().without_query();
    auto response = co_await fetch(stage::token, std::move(*request));
    if (!response)
        co_return response.error();
    auto tokens = read_token_response(*response, code.pending().scope, made->now);
    if (tokens)
        co_return tokens;
    failure wrong = tokens.error();
    wrong.where(stage::token).url(asked);
    co_return wrong;
}

void answer_browser(const authorization_code& code, const error_code& how)
{
    if (!code)
        return;
    const login_outcome outcome(how);
    code.shared()->arrived.reply(outcome);
}

flow<token_set> exchange(discovery found, registration client, authorization_code code)
{
    // From here the code is spent: the request runs to its end, whoever still waits for it.
    co_await commit_section(true);
    auto tokens = co_await redeem(std::move(found), std::move(client), code);
    error_code how;
    if (!tokens)
        how = tokens.error().code();
    answer_browser(code, how);
    if (tokens)
        co_await tell(event(event::kind::step, stage::token, "the tokens arrived"));
    co_await commit_section(false);
    co_return tokens;
}

flow<http_response> authorised_request(grant with, http_request request)
{
    auto own = url::parse(with.found.resource);
    const bool meant = own && (request.target() == *own || covers(*own, request.target()));
    if (!meant)
    {
        failure wrong(errc::invalid_argument);
        wrong.where(stage::resource)
            .url(request.target().without_query())
            .message("the token is for another resource and is not sent here");
        co_return wrong;
    }
    http_request out(request_kind::resource, request.method(), request.target());
    for (const auto& field : request.fields())
        out.field(field.first, field.second);
    out.body(request.field("Content-Type"), request.body());
    out.policy(with.found.policy);
    if (!with.tokens.access_token.empty())
        out.authorization(make_bearer_credentials(with.tokens.access_token));
    co_return co_await fetch(stage::resource, std::move(out));
}

} // namespace asioauth::detail
