// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "flow/flows.hpp"

#include <asioauth/protocol/id_token.hpp>

namespace asioauth::detail {
namespace {

// Sends, and gives the response to a reader.
template <class T>
flow<T>
ask(const discovery& found,
    registration& client,
    const request_maker& make,
    result<T> (*read)(const http_response&),
    const flow_settings& settings)
{
    attach_means(client, settings);
    const signing_key no_proof;
    auto answer = co_await call_server(
        stage::token, found.provider, client, make, no_proof, *settings.memory
    );
    if (!answer)
        co_return answer.error();
    auto out = read(answer->response);
    if (out)
        co_return out;
    failure wrong = out.error();
    wrong.where(stage::token).url(found.server.issuer);
    co_return wrong;
}

result<nothing> read_revoked(const http_response& response)
{
    const auto done = read_revocation_response(response);
    if (!done)
        return done.error();
    return nothing();
}

// The keys of a server, and whether they were known before.
class found_keys
{
public:
    found_keys() = default;

    std::shared_ptr<const jwk_set> keys;
    bool remembered = false;
};

flow<found_keys>
find_keys(const url& where, const address_policy& policy, const document_source& from)
{
    http_request request = make_jwks_request(where, policy);
    auto got =
        co_await find_document(stage::server_metadata, where.str(), std::move(request), from);
    if (!got)
        co_return got.error();
    auto keys = use_document<jwk_set>(*got, *from.memory, "", nullptr, &read_jwks_response);
    if (!keys)
    {
        failure wrong = keys.error();
        wrong.where(stage::server_metadata).url(where.without_query());
        co_return wrong;
    }
    found_keys out;
    out.keys = std::move(*keys);
    out.remembered = got->remembered;
    co_return out;
}

} // namespace

flow<nothing> revoke(
    const discovery& found,
    registration client,
    const secret& token,
    token_hint hint,
    const flow_settings& settings
)
{
    const request_maker make = [&](const registration& as, const request_stamp& at) {
        return make_revocation_request(found, as, token, hint, at);
    };
    auto done = co_await ask<nothing>(found, client, make, &read_revoked, settings);
    if (done)
        co_await tell(event::kind::step, stage::token, "the token was revoked");
    co_return done;
}

flow<introspection> introspect(
    const discovery& found,
    registration client,
    const secret& token,
    token_hint hint,
    const flow_settings& settings
)
{
    const request_maker make = [&](const registration& as, const request_stamp& at) {
        return make_introspection_request(found, as, token, hint, at);
    };
    co_return co_await ask<introspection>(
        found, client, make, &read_introspection_response, settings
    );
}

flow<id_token_claims> check_id_token(
    const discovery& found,
    const registration& client,
    const token_set& tokens,
    const std::string& nonce,
    const flow_settings& settings
)
{
    if (tokens.id_token.empty() || found.server.jwks_uri.empty())
    {
        failure wrong(errc::id_token_invalid);
        wrong.where(stage::token)
            .message(
                tokens.id_token.empty() ? "There is no ID token."
                                        : "The server's metadata has no jwks_uri to check it with."
            );
        co_return wrong;
    }
    auto time = co_await act::now();
    if (!time)
        co_return time.error();
    id_token_expectations expected;
    expected.issuer = found.server.issuer;
    expected.client_id = client.client_id;
    expected.nonce = nonce;
    expected.now = time->wall;
    expected.access_token = tokens.access_token;

    const url where = found.server.jwks_uri;
    const document_source from(settings.memory);
    auto known = co_await find_keys(where, found.policy, from);
    if (!known)
        co_return known.error();
    auto checked = read_id_token(tokens.id_token, *known->keys, expected);
    const bool other_keys = !checked
        && (checked.error().code() == errc::jwt_key_not_found
            || checked.error().code() == errc::jwt_signature_invalid);
    // The server may have changed its keys since. Tokens with made-up keys come often; that does not
    // make us ask as often.
    if (other_keys && known->remembered && settings.memory->documents.doubt(where.str(), *time))
    {
        auto newer = co_await find_keys(where, found.policy, from);
        if (!newer)
            co_return newer.error();
        checked = read_id_token(tokens.id_token, *newer->keys, expected);
    }
    if (checked)
        co_return checked;
    failure wrong = checked.error();
    wrong.where(stage::token).url(found.server.issuer);
    co_return wrong;
}

} // namespace asioauth::detail
