// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// Key sets and signed tokens. A line with a key set, a line with a token, then claims.

// max_len: 8192
// dictionaries: jose json

#include "fuzz/fuzz.hpp"
#include "unit/jose_fixture.hpp"

#include <asioauth/protocol/id_token.hpp>

using namespace asioauth;
using fuzz::check;
using fuzz::check_equal;

namespace {

const std::chrono::system_clock::time_point now{std::chrono::seconds(1'800'000'000)};

const signing_key& key()
{
    static const signing_key it = signing_key::from_jwk(test::p256_private_jwk()).value();
    return it;
}

id_token_expectations expected()
{
    id_token_expectations out;
    out.issuer = "https://as.example";
    out.client_id = "client-1";
    out.now = now;
    return out;
}

// Of a token whose signature nobody vouches for.
void check_stranger(std::string_view token, const jwk_set& keys)
{
    static const jwk_set ours = test::set_of({key()});
    const auto claims = unverified_claims(token);
    if (!claims)
        fuzz::check_failure(claims.error());
    const auto verified = verify_jwt(token, keys);
    if (verified)
    {
        check(
            claims && *claims == verified->claims, "claims are read the same with and without check"
        );
        check(!keys.empty(), "no token verifies without a key");
        check(
            !verify_jwt(
                token,
                keys,
                {verified->algorithm == jws_algorithm::rs256 ? jws_algorithm::es256
                                                             : jws_algorithm::rs256}
            ),
            "an algorithm that is not allowed is refused"
        );
    }
    else
    {
        fuzz::check_failure(verified.error());
    }
    const auto forged = verify_jwt(token, ours);
    check(!forged || token == test::rfc7515_es256, "nobody else signs with our key");
    const auto id = read_id_token(secret(token), keys, expected());
    if (!id)
        return fuzz::check_failure(id.error());
    check_equal(id->issuer, "https://as.example", "an ID token is of the issuer");
    check(verified.has_value(), "an ID token is signed");
    fuzz::check_presentable(id->name, 4096);
    fuzz::check_presentable(id->email, 4096);
}

// Of a token that we sign, and of one that was changed afterwards.
void check_ours(std::string_view claims, std::string_view typ)
{
    static const jwk_set ours = test::set_of({key()});
    const auto token = sign_jwt(key(), typ, claims);
    if (!token)
    {
        fuzz::check_failure(token.error());
        return;
    }
    const auto verified = verify_jwt(token->reveal(), ours);
    check(verified.has_value(), "what was signed verifies");
    check_equal(verified->claims, claims, "what was signed is what is read");
    const auto id = read_id_token(*token, ours, expected());
    if (id)
    {
        check_equal(id->issuer, "https://as.example", "an ID token is of the issuer");
        check(id->expires_at > now - std::chrono::seconds(61), "an ID token has not ended");
        check(!id->subject.empty(), "an ID token is of somebody");
    }
    else
    {
        fuzz::check_failure(id.error());
    }
    std::string changed(token->reveal());
    const auto at = (claims.size() * 7919) % changed.size();
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    check(!verify_jwt(changed, ours), "what was changed does not verify");
}

void check_set(std::string_view text, const result<jwk_set>& keys)
{
    if (!keys)
        return fuzz::check_failure(keys.error());
    check(keys->size() <= 128, "a set has so many keys at most");
    for (const auto& k : keys->keys())
        check(!k->key_id || keys->has(*k->key_id), "a key is found by its name");
    // A single key may be ours.
    const auto private_key = signing_key::from_jwk(secret(text));
    if (!private_key)
        return fuzz::check_failure(private_key.error());
    const auto again = signing_key::from_jwk(private_key->private_jwk());
    check(again && *again == *private_key, "a key can be kept");
    check_equal(again->thumbprint(), private_key->thumbprint(), "a key has one thumbprint");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::input in(data, size);
    const auto set = in.line();
    const auto token = in.line();
    const auto claims = in.rest();

    const auto marked = fuzz::with_canary(set, "d");
    const auto hidden = signing_key::from_jwk(secret(marked));
    if (!hidden)
        fuzz::check_failure(hidden.error());

    const auto keys = jwk_set::parse(set);
    check_set(set, keys);
    check_stranger(token, keys ? *keys : jwk_set());
    check_ours(claims, token.starts_with('e') ? "JWT" : token.starts_with('a') ? "at+jwt" : "");

    const auto text = base64url_decode(token);
    if (text)
        check_equal(base64url_encode(*text), token, "base64url has one form");
    check(base64url_decode(base64url_encode(token)) == token, "base64url comes back");
    return 0;
}
