// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Whole logins with peers that the input plays: discovery, registration, browser, tokens, a request
// with them, renewal, logout. The first octets are the user and the settings; then each line is what
// becomes of one answer, see `play`. Where the lines end, the peers behave.

// max_len: 4096
// dictionaries: oauth metadata challenge

#include "fuzz/fuzz.hpp"
#include "support/flow_world.hpp"

#include <array>
#include <iostream>

using namespace asioauth;
using namespace asioauth::test;
using fuzz::check;

namespace {

constexpr const char* where = "https://mcp.example/mcp";

constexpr std::array failures = {
    errc::connection_lost,
    errc::redirect_refused,
    errc::response_body_too_large,
    errc::http_framing_invalid,
    errc::deadline_exceeded,
    errc::address_blocked};

// One line: a letter, and what it is about.
//   .  the peer behaves          b  this body              j  these members in front of the others
//   s  this status (an octet)    w  a 401 with this challenge   f  no answer (an octet)
//   t  the body cut off          h  a field more: name, colon, value
result<http_response> play(std::string_view line, result<http_response> good)
{
    if (line.empty() || !good)
        return good;
    const char what = line.front();
    const auto rest = line.substr(1);
    const std::size_t number = rest.empty() ? 0 : static_cast<unsigned char>(rest.front());
    switch (what)
    {
    case 'b': good->body(std::string(rest)); break;
    case 'j':
    {
        std::string body = good->body();
        if (body.starts_with('{'))
            body.insert(1, std::string(rest) + (body == "{}" || rest.empty() ? "" : ","));
        good->body(std::move(body));
        break;
    }
    case 's': good->status(100 + static_cast<int>(number * 2 % 500)); break;
    case 'w': good->status(401).field("WWW-Authenticate", rest); break;
    case 'f': return failure(failures[number % failures.size()]);
    case 't': good->body(good->body().substr(0, number)); break;
    case 'h':
        good->field(
            rest.substr(0, rest.find(':')), rest.substr(std::min(rest.find(':') + 1, rest.size()))
        );
        break;
    default: break;
    }
    return good;
}

// What holds for everything that is sent, whoever asked for it.
void check_requests(const world& w)
{
    for (const auto& r : w.requests)
    {
        check(check_request(r).has_value(), "a request can be sent");
        check(r.target().is_https(), "everything goes over TLS");
        check(!r.target().host_is_loopback(), "nobody is led to this machine");
        check(!r.policy().loopback_allowed(), "no peer allows itself this machine");
        check(
            r.target().str().find("CANARY") == std::string::npos, "no secret stands in an address"
        );
        if (r.kind() == request_kind::resource)
            check(r.target().str() == where, "an access token goes to its resource");
        if (r.kind() == request_kind::probe || r.kind() == request_kind::metadata)
            check(r.authorization().empty(), "what is found out is found out without credentials");
        const bool has_code = r.body().reveal().find(world::code_canary) != std::string_view::npos;
        check(!has_code || r.kind() == request_kind::token, "a code goes where tokens are");
    }
    if (w.opened.empty())
        return;
    check(w.opened.is_https() && !w.opened.has_fragment(), "a user is sent to a safe place");
    check(w.opened.str().find("code_verifier") == std::string::npos, "a verifier stays here");
    check(
        w.opened.query().find("code_challenge_method=S256") != std::string_view::npos
            || w.opened.query().find("request_uri=") != std::string_view::npos
            || w.opened.query().find("request=") != std::string_view::npos,
        "a user is never sent without PKCE"
    );
}

template <class T>
void check_end(const world& w, const std::optional<result<T>>& r)
{
    const std::string wrong = broken_invariant(w, r);
    fuzz::check_equal(wrong, "", "what holds for every run");
    if (r && !*r)
        fuzz::check_failure(r->error());
    check_requests(w);
}

// A peer that says what the secrets of this world are called, perhaps with something invisible in
// between, is no sign of a leak.
bool says_canary(std::string_view text)
{
    std::string letters;
    for (const char c : text)
    {
        if (c >= 'A' && c <= 'Z')
            letters += c;
    }
    return letters.find("CANARY") != std::string::npos;
}

login_params params_for(unsigned flags)
{
    login_params out(where);
    if ((flags & 1U) != 0)
        out.scope("files:read openid");
    if ((flags & 2U) != 0)
        out.dpop((flags & 4U) != 0 ? dpop_use::always : dpop_use::never);
    if ((flags & 8U) != 0)
        out.pushed(true);
    if ((flags & 16U) != 0)
        out.auth_method(token_endpoint_auth_method::client_secret_post);
    if ((flags & 32U) != 0)
        out.grant(token_grant::device_code([](const device_prompt& p) {
            fuzz::check_presentable(p.user_code, 512);
        }));
    if ((flags & 64U) != 0)
        out.grant(token_grant::client_credentials());
    return out;
}

void add_more_endpoints(world& w)
{
    std::string server(server_document);
    server.insert(
        1,
        R"("pushed_authorization_request_endpoint":"https://as.example/par","device_authorization_endpoint":"https://as.example/device","revocation_endpoint":"https://as.example/revoke","dpop_signing_alg_values_supported":["ES256"],"jwks_uri":"https://as.example/keys","scopes_supported":["offline_access"],)"
    );
    w.on("GET", "https://as.example/.well-known/oauth-authorization-server", 200, server);
    w.on(
        "POST",
        "https://as.example/par",
        201,
        R"({"request_uri":"urn:ietf:params:oauth:request_uri:x","expires_in":60})"
    );
    w.on(
        "POST",
        "https://as.example/device",
        200,
        R"({"device_code":"CANARY-device","user_code":"ABCD","verification_uri":"https://as.example/go","expires_in":600})"
    );
    w.on("POST", "https://as.example/revoke", 200, "");
    w.on("GET", "https://as.example/keys", 200, R"({"keys":[]})");
}

// Requests with the token, while the peers go on playing.
void use(world& w, const grant& g, const login_params& params, const flow_settings& settings)
{
    const auto session = session_of(g, params);
    for (const int later : {0, 3590})
    {
        w.advance(std::chrono::seconds(later));
        w.pages_shown = 0;
        http_request request(request_kind::resource, "POST", url::parse(where).value());
        request.body("application/json", secret("{}"));
        const auto answered =
            w.run(detail::authorised_request(session, std::move(request), settings));
        w.pages_shown = std::min(w.pages_shown, 2); // a page for each step-up
        check_end(w, answered);
    }
    check_end(
        w, w.run(detail::logout(session, logout_params().delete_registration(true), settings))
    );
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::array users = {
        user_does::approves,
        user_does::denies,
        user_does::nothing,
        user_does::pastes,
        user_does::pastes_rubbish_first,
        user_does::is_forged_then_approves,
        user_does::is_forged_only,
        user_does::has_no_browser};
    fuzz::input in(data, size);
    if (says_canary(fuzz::input(data, size).rest()))
        return 0;
    world w;
    add_provider(w);
    add_more_endpoints(w);
    w.user = users[in.below(users.size())];
    const unsigned flags = in.byte();
    w.send_iss = (flags & 128U) == 0;
    w.on_the_way = [&in](const http_request&, result<http_response> good) {
        return play(in.line(), std::move(good));
    };
    const login_params params = params_for(flags);
    const flow_settings settings = plain_settings();
    const auto first = w.run(detail::login(params, settings));
    check_end(w, first);
    if (!*first)
        return 0;
    if ((*first)->tokens.access_token.empty())
        return 0; // nobody asked for a login
    check(!(*first)->found.server.token_endpoint.empty(), "tokens came from somewhere");
    check((*first)->client.issuer == (*first)->found.server.issuer, "a client is its issuer's");

    // Another process with the same store goes on where this one was.
    w.pages_shown = 0;
    const auto second = w.run(detail::login(params, plain_settings()));
    check_end(w, second);
    if (*second && !(*second)->tokens.access_token.empty())
        use(w, **second, params, settings);
    return 0;
}
