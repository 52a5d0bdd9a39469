// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/jose_key.hpp"

#include <asioauth/protocol/form.hpp>

#include <array>

namespace asioauth {
namespace {

using detail::json_object;

constexpr std::size_t longest_token = 64 * 1024;

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

secret with_signature(std::string text, std::string_view signature)
{
    detail::wiped_text out(std::move(text));
    const std::string encoded = base64url_encode(signature);
    out.text.reserve(out.text.size() + encoded.size() + 1);
    out.text.append(".").append(encoded);
    return secret(out.text);
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
        return failure(errc::key_invalid).message("The key cannot sign.");
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

result<std::string> unverified_claims(std::string_view token)
{
    const auto parts = parts_of(token);
    if (!parts)
        return parts.error();
    return claims_of((*parts)[1]);
}

} // namespace asioauth
