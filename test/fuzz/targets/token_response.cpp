// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The answer to a token request.

// max_len: 8192
// dictionaries: json oauth

#include "flow/flows.hpp"
#include "fuzz/fuzz.hpp"

#include <asioauth/limits.hpp>
#include <asioauth/protocol/grants.hpp>
#include <asioauth/protocol/provider_policy.hpp>
#include <asioauth/protocol/token.hpp>

#include <algorithm>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};

bool is_visible(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void check_scope(std::string_view scope)
{
    check(
        std::all_of(
            scope.begin(),
            scope.end(),
            [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }
        ),
        "a scope can be sent"
    );
    check(
        static_cast<std::size_t>(std::count(scope.begin(), scope.end(), ' '))
            < limits::list_elements,
        "so many scopes are kept at most"
    );
}

void check_tokens(const token_set& t, bool dpop)
{
    check(!t.access_token.empty(), "there is an access token");
    check(is_visible(t.access_token.reveal()), "an access token can be sent");
    check(is_visible(t.refresh_token.reveal()), "a refresh token can be sent");
    check(t.kind == token_kind::bearer || dpop, "no token is bound to a key that was not shown");
    check_scope(t.scope);
    if (t.expires_at)
    {
        check(*t.expires_at >= now, "a token does not end before it was issued");
        check(t.expires_within(std::chrono::hours(24 * 365 * 20), now), "a token ends some day");
    }
    check(
        make_bearer_credentials(t.access_token).reveal().starts_with("Bearer "),
        "a token can be presented"
    );

    detail::grant g;
    g.found.requested = url::parse("https://mcp.example/mcp").value();
    g.found.resource = g.found.requested.str();
    g.found.server.issuer = "https://as.example";
    g.found.server.token_endpoint = url::parse("https://as.example/token").value();
    g.client = registration("https://as.example", "client-1");
    g.tokens = t;
    g.tokens.kind = token_kind::bearer;
    const record kept = detail::make_record(g);
    const auto back = detail::read_grant_record(kept);
    check(back.has_value(), "tokens can be kept");
    check(back->tokens.access_token == t.access_token, "a token that was kept is the same");
    check(
        back->tokens.refresh_token == t.refresh_token, "a refresh token that was kept is the same"
    );
    check_equal(back->tokens.scope, t.scope, "a scope that was kept is the same");
    check(back->tokens.expires_at == t.expires_at, "the end that was kept is the same");
}

result<token_set> read(const http_response& response, unsigned flags, const provider_policy& policy)
{
    const bool dpop = (flags & 1U) != 0;
    if ((flags & 2U) != 0)
        return read_token_exchange_response(response, "", "files:read", now, dpop);
    return read_token_response(
        response, "files:read a,b", now, dpop, (flags & 4U) != 0 ? &policy : nullptr
    );
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const provider_policy policy = provider_policy("https://as.example")
                                              .token_member("data")
                                              .add_bearer_name("user")
                                              .add_error_name("bad", errc::invalid_grant);
    fuzz::input in(data, size);
    const unsigned flags = in.byte();
    http_response response = in.response("https://as.example/token");
    const auto body = in.rest();

    response.body(std::string(body));
    fuzz::meter meter;
    const auto plain = read(response, flags, policy);
    meter.check_linear(size, 256, 32 * 1024);
    if (plain)
        check_tokens(*plain, (flags & 1U) != 0);
    else
        fuzz::check_failure(plain.error());

    // The same with secrets in it that can be told.
    std::string marked(body);
    for (const auto* member : {"access_token", "refresh_token", "id_token"})
        marked = fuzz::with_canary(marked, member);
    response.body(marked);
    const auto second = read(response, flags, policy);
    if (second)
        check_tokens(*second, (flags & 1U) != 0);
    else
        fuzz::check_failure(second.error());
    check(
        !plain || second.has_value() || body.size() > 1024, "the content of a token does not matter"
    );
    return 0;
}
