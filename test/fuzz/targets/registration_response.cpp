// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// The answer to a client registration.

// max_len: 8192
// dictionaries: json oauth

#include "flow/flows.hpp"
#include "fuzz/fuzz.hpp"

#include <asioauth/protocol/registration.hpp>

#include <algorithm>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

constexpr const char* redirect_uri = "http://127.0.0.1:8123/callback";

client_profile profile_for(unsigned flags)
{
    client_profile out;
    out.client_name("Fuzz").scope("files:read").add_redirect_uri(redirect_uri);
    if ((flags & 1U) != 0)
        out.auth_method(token_endpoint_auth_method::client_secret_basic);
    if ((flags & 2U) != 0)
        out.add_grant_type("authorization_code").add_grant_type("refresh_token");
    if ((flags & 4U) != 0)
        out.add_redirect_uri("https://app.example/callback");
    return out;
}

discovery discovered(unsigned flags)
{
    discovery out;
    out.requested = url::parse("https://mcp.example/mcp").value();
    out.resource = out.requested.str();
    out.login = login_support::required;
    out.server.issuer = "https://as.example";
    out.server.token_endpoint = url::parse("https://as.example/token").value();
    out.server.registration_endpoint = url::parse("https://as.example/register").value();
    if ((flags & 8U) != 0)
        out.server.token_endpoint_auth_methods_supported = {"none", "client_secret_post"};
    return out;
}

void check_client(const registration& r, const client_profile& profile, const discovery& found)
{
    using enum token_endpoint_auth_method;
    check_equal(r.issuer, found.server.issuer, "a client belongs to the server that was asked");
    check(!r.client_id.empty() && r.client_id.size() <= 8192, "a client has an identifier");
    check(
        std::all_of(
            r.client_id.begin(), r.client_id.end(), [](char c) { return c >= ' ' && c < '\x7f'; }
        ),
        "an identifier can be sent"
    );
    check(r.redirect_uris == profile.redirect_uris(), "no redirect URI is the server's choice");
    check(r.source == registration_source::dynamic, "where the client came from is known");
    check(
        r.auth_method == none || r.auth_method == client_secret_basic
            || r.auth_method == client_secret_post || r.auth_method == client_secret_jwt,
        "a client without a key does not authenticate with one"
    );
    if (r.auth_method != none)
        check(!r.client_secret.empty(), "who authenticates with a secret has one");
    if (!r.registration_client_uri.empty())
        check(
            same_origin(r.registration_client_uri, found.server.registration_endpoint),
            "a client is managed where it was registered"
        );
    check(
        r.registration_access_token.empty() || !r.registration_client_uri.empty(),
        "a management token is kept with its place"
    );
    check(
        std::all_of(
            r.registration_access_token.reveal().begin(),
            r.registration_access_token.reveal().end(),
            [](char c) { return c > ' ' && c < '\x7f'; }
        ),
        "a management token can be sent"
    );
    static_cast<void>(r.expired(std::chrono::system_clock::time_point(std::chrono::hours(1))));

    const record kept = detail::make_record(r);
    const auto back = detail::read_registration_record(kept);
    check(back.has_value(), "a client can be kept");
    check_equal(
        detail::make_record(*back).document.reveal(),
        kept.document.reveal(),
        "a client that was kept is the same"
    );
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const unsigned flags = in.byte();
    http_response response = in.response("https://as.example/register");
    const auto body = in.rest();
    const auto profile = profile_for(flags);
    const auto found = discovered(flags);

    response.body(std::string(body));
    fuzz::meter meter;
    const auto plain = read_registration_response(response, found, profile);
    meter.check_linear(size, 256, 32 * 1024);
    if (plain)
        check_client(*plain, profile, found);
    else
        fuzz::check_failure(plain.error());

    // The same with secrets in it that can be told.
    auto secret_body = fuzz::with_canary(body, "client_secret");
    secret_body = fuzz::with_canary(secret_body, "registration_access_token");
    response.body(secret_body);
    const auto marked = read_registration_response(response, found, profile);
    if (marked)
        return 0;
    // What a refusal says in words that are nobody's error is shown; a server that puts a secret
    // there has shown it already.
    if (response.status() < 400)
        fuzz::check_failure(marked.error());
    const auto second = adjusted_profile(profile, marked.error());
    if (second)
        check(!adjusted_profile(*second, marked.error()), "there is no second adjustment");
    return 0;
}
