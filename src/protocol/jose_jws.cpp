// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/jose_key.hpp"

#include <asioauth/protocol/form.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asioauth {
namespace {

using detail::json_object;

constexpr std::size_t longest_token = 64 * 1024;
// Of those that fit a token; no real set has as many, and each takes time.
constexpr int most_keys_tried = 32;

failure malformed(std::string_view message)
{
    return failure(errc::jwt_malformed).message(message);
}

// The three parts of a compact JWS; nothing if there are more or fewer.
std::optional<std::array<std::string_view, 3>> split(std::string_view token)
{
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
        return std::nullopt;
    return std::array{
        token.substr(0, first),
        token.substr(first + 1, second - first - 1),
        token.substr(second + 1)};
}

result<std::array<std::string_view, 3>> parts_of(std::string_view token)
{
    if (token.size() > longest_token)
        return malformed("The token has more than 64 KiB.");
    const auto parts = split(token);
    if (!parts)
        return malformed("The token does not have three parts.");
    return *parts;
}

result<std::string> claims_of(std::string_view part)
{
    auto text = base64url_decode(part);
    if (!text)
        return malformed("The claims are not in base64url.");
    if (!json_object::parse(*text))
        return malformed("The claims are not a JSON object without duplicates.");
    return std::move(*text);
}

result<void> check_claims(std::string_view claims)
{
    const auto read = json_object::parse(claims);
    if (read)
        return {};
    return failure(errc::invalid_argument)
        .message("The claims are not a JSON object. " + read.error().info().message());
}

// What is signed: header and claims.
std::string signing_input(std::string_view typ, std::string_view members, std::string_view claims)
{
    std::string header = "{";
    if (!typ.empty())
        header.append(R"("typ":)").append(detail::quoted(typ)).append(",");
    header.append(members).append("}");
    return base64url_encode(header).append(".").append(base64url_encode(claims));
}

class jws_header
{
public:
    jws_algorithm algorithm = jws_algorithm::es256;
    std::string key_id;
    std::string typ;
};

// Keys and addresses of keys (`jwk`, `jku`, `x5c`, `x5u`) in it are not looked at: who signed the
// token must not choose what it is checked with.
result<jws_header> read_header(std::string_view part, const std::vector<jws_algorithm>& allowed)
{
    const auto text = base64url_decode(part);
    if (!text)
        return malformed("The header is not in base64url.");
    const auto json = json_object::parse(*text);
    if (!json)
        return malformed("The header is not a JSON object without duplicates.");
    // RFC 7515 section 4.1.11: who does not understand what is critical has to refuse, and this
    // library understands no extension. RFC 7797 wants `b64` to be critical always.
    for (const std::string_view name : {"crit", "b64"})
    {
        if (json->raw().contains(name))
            return malformed("The header asks for an extension that is not supported.");
    }
    jws_header out;
    for (const auto& [name, member] :
         {std::pair("kid", &jws_header::key_id), std::pair("typ", &jws_header::typ)})
    {
        auto value = json->optional_string(name);
        if (!value)
            return malformed(value.error().info().message());
        out.*member = std::move(*value);
    }
    const auto name = json->string("alg");
    if (!name)
        return malformed(name.error().info().message());
    const auto algorithm = jws_algorithm_from_name(*name);
    const bool good = algorithm
        && (allowed.empty()
            || std::find(allowed.begin(), allowed.end(), *algorithm) != allowed.end());
    if (!good)
        return failure(errc::jwt_algorithm_not_allowed)
            .message("The token is signed with \"" + presentable(*name, 32) + "\".");
    out.algorithm = *algorithm;
    return out;
}

result<void> check_signature(
    const jws_header& header,
    std::string_view signed_text,
    std::string_view signature,
    const jwk_set& keys
)
{
    const auto& traits = detail::traits_of(header.algorithm);
    // Those that the token names, or may mean if it names none; then those without a name.
    bool tried = false;
    int left = most_keys_tried;
    for (const bool named : {true, false})
    {
        for (const auto& key : keys.keys())
        {
            if (named != (header.key_id.empty() || key->key_id == header.key_id)
                || (!named && key->key_id) || key->kind != traits.kind
                || key->algorithm.value_or(header.algorithm) != header.algorithm)
                continue;
            if (left-- == 0)
                return failure(errc::jwt_signature_invalid)
                    .message("Too many keys could be meant.");
            if (detail::signature_fits(key->value.get(), traits, signed_text, signature))
                return {};
            tried = tried || named;
        }
    }
    if (tried)
        return failure(errc::jwt_signature_invalid);
    std::string message = "No key is there for " + std::string(traits.name);
    if (!header.key_id.empty())
        message += " with the id \"" + presentable(header.key_id, 128) + "\"";
    return failure(errc::jwt_key_not_found).message(message + ".");
}

secret with_signature(std::string text, std::string_view signature)
{
    const detail::wiped_text before(std::move(text));
    const detail::wiped_text encoded(base64url_encode(signature));
    detail::wiped_text whole;
    whole.text.reserve(before.text.size() + encoded.text.size() + 1);
    whole.text.append(before.text).append(".").append(encoded.text);
    return secret(whole.text);
}

} // namespace

result<secret>
sign_jwt(const signing_key& key, std::string_view typ, std::string_view claims, bool embed_jwk)
{
    if (key.empty())
        return failure(errc::key_invalid).message("There is no key to sign with.");
    if (const auto good = check_claims(claims); !good)
        return good.error();
    std::string members = R"("alg":)" + detail::quoted(name_of(key.algorithm()));
    if (embed_jwk)
        members.append(R"(,"jwk":)").append(key.bare_public_jwk());
    else if (!key.key_id().empty())
        members.append(R"(,"kid":)").append(detail::quoted(key.key_id()));
    std::string text = signing_input(typ, members, claims);
    const auto signature =
        detail::sign_octets(key.shared()->key.get(), detail::traits_of(key.algorithm()), text);
    if (!signature)
        return errc::out_of_memory; // it has signed before
    return with_signature(std::move(text), *signature);
}

result<secret> sign_jwt(const secret& shared_secret, std::string_view typ, std::string_view claims)
{
    if (shared_secret.empty())
        return failure(errc::key_invalid).message("There is no secret to sign with.");
    if (const auto good = check_claims(claims); !good)
        return good.error();
    std::string text = signing_input(typ, R"("alg":"HS256")", claims);
    const std::string mac = detail::hmac_sha256(shared_secret.reveal(), text);
    return with_signature(std::move(text), mac);
}

result<verified_jwt>
verify_jwt(std::string_view token, const jwk_set& keys, const std::vector<jws_algorithm>& allowed)
{
    const auto parts = parts_of(token);
    if (!parts)
        return parts.error();
    auto header = read_header((*parts)[0], allowed);
    if (!header)
        return header.error();
    const auto signature = base64url_decode((*parts)[2]);
    if (!signature)
        return malformed("The signature is not in base64url.");
    const std::string_view signed_text = token.substr(0, token.rfind('.'));
    if (const auto good = check_signature(*header, signed_text, *signature, keys); !good)
        return good.error();
    auto claims = claims_of((*parts)[1]);
    if (!claims)
        return claims.error();
    verified_jwt out;
    out.algorithm = header->algorithm;
    out.key_id = std::move(header->key_id);
    out.typ = std::move(header->typ);
    out.claims = std::move(*claims);
    return out;
}

result<std::string> unverified_claims(std::string_view token)
{
    const auto parts = parts_of(token);
    if (!parts)
        return parts.error();
    return claims_of((*parts)[1]);
}

} // namespace asioauth
