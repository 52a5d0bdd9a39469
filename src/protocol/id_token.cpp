// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/ascii.hpp"
#include "base/json_reader.hpp"
#include "protocol/jose_key.hpp"
#include "protocol/json_access.hpp"
#include "protocol/time_arithmetic.hpp"

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/id_token.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>

namespace asioauth {
namespace {

using detail::json_object;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr std::size_t longest_subject = 255; // OpenID Connect Core section 2

failure bad_claim(std::string_view name, std::string_view is)
{
    std::string message = "The claim \"";
    message.append(name).append("\" ").append(is).append(".");
    return failure(errc::id_token_invalid).where(stage::token).message(message);
}

// RFC 8725 section 3.11: a type that says that it is another kind of token means it.
bool may_be_id_token(std::string_view typ)
{
    const std::string type = detail::lower_case(typ);
    std::string_view name = type;
    if (name.starts_with("application/"))
        name.remove_prefix(12);
    return !name.ends_with("+jwt") || name == "id_token+jwt";
}

// A NumericDate; nothing if it is no number.
std::optional<system_clock::time_point> date_claim(const json_object& claims, std::string_view name)
{
    const auto* value = claims.raw().if_contains(name);
    double number = 0;
    if (value == nullptr)
        return std::nullopt;
    if (const auto* i = value->if_int64())
        number = static_cast<double>(*i);
    else if (const auto* u = value->if_uint64())
        number = static_cast<double>(*u);
    else if (const auto* d = value->if_double())
        number = *d;
    else
        return std::nullopt;
    // 31 million years either way, which later() holds inside what the clock can express.
    const double whole = std::clamp(std::floor(number), -1e15, 1e15);
    return detail::later(system_clock::time_point(), seconds(static_cast<std::int64_t>(whole)));
}

result<void> check_audience(const json_object& claims, std::string_view client_id)
{
    const auto* audience = claims.raw().if_contains("aud");
    std::size_t audiences = 0;
    bool found = false;
    if (audience != nullptr && audience->is_string())
    {
        audiences = 1;
        found = *audience->if_string() == client_id;
    }
    else if (audience != nullptr && audience->is_array())
    {
        for (const auto& one : *audience)
        {
            if (!one.is_string())
                return bad_claim("aud", "is not made of strings");
            ++audiences;
            found = found || *one.if_string() == client_id;
        }
    }
    if (!found)
        return bad_claim("aud", "does not name this client");
    const auto party = claims.optional_string("azp");
    if (!party)
        return bad_claim("azp", "is not a string");
    if (party->empty() && audiences > 1)
        return bad_claim("azp", "is missing, while the token has several audiences");
    if (!party->empty() && *party != client_id)
        return bad_claim("azp", "names another client");
    return {};
}

result<system_clock::time_point>
check_times(const json_object& claims, const id_token_expectations& expected)
{
    const seconds skew = std::max(expected.clock_skew, seconds(0));
    const auto soon = detail::later(expected.now, skew);
    const auto ends = date_claim(claims, "exp");
    if (!ends)
        return bad_claim("exp", "is missing or not a number");
    if (expected.now >= detail::later(*ends, skew))
        return bad_claim("exp", "says that the token has ended");
    const auto issued = date_claim(claims, "iat");
    if (!issued)
        return bad_claim("iat", "is missing or not a number");
    if (*issued > soon)
        return bad_claim("iat", "is in the future");
    if (claims.has("nbf"))
    {
        const auto begins = date_claim(claims, "nbf");
        if (!begins)
            return bad_claim("nbf", "is not a number");
        if (*begins > soon)
            return bad_claim("nbf", "says that the token is not valid yet");
    }
    return *ends;
}

result<void> check_nonce(const json_object& claims, std::string_view expected)
{
    if (expected.empty())
        return {};
    const auto nonce = claims.string("nonce");
    if (!nonce)
        return bad_claim("nonce", "is missing");
    if (secret(*nonce) != secret(expected)) // takes the same time wherever they differ
        return bad_claim("nonce", "is not the one of this login");
    return {};
}

// OpenID Connect Core section 3.1.3.6: the left half of the hash that belongs to the algorithm.
result<void>
check_token_hash(const json_object& claims, jws_algorithm algorithm, const secret& access_token)
{
    if (access_token.empty() || !claims.has("at_hash"))
        return {};
    const auto hash = claims.string("at_hash");
    const std::string digest =
        detail::digest_of(detail::traits_of(algorithm).digest, access_token.reveal());
    if (!hash || *hash != base64url_encode(std::string_view(digest).substr(0, digest.size() / 2)))
        return bad_claim("at_hash", "does not fit the access token");
    return {};
}

} // namespace

result<id_token_claims>
read_id_token(const secret& id_token, const jwk_set& keys, const id_token_expectations& expected)
{
    if (expected.issuer.empty() || expected.client_id.empty())
        return failure(errc::invalid_argument)
            .where(stage::token)
            .message("An ID token is checked for an issuer and a client; one is not given.");
    auto token = verify_jwt(id_token.reveal(), keys, expected.algorithms);
    if (!token)
        return failure(token.error()).where(stage::token);
    if (!may_be_id_token(token->typ))
        return failure(errc::id_token_invalid)
            .where(stage::token)
            .message("Its type is \"" + presentable(token->typ, 64) + "\".");
    const auto claims = json_object::parse(token->claims);
    if (!claims)
        return failure(claims.error()).where(stage::token);

    id_token_claims out;
    if (const auto issuer = claims->string("iss"); !issuer || *issuer != expected.issuer)
        return bad_claim("iss", "does not name the issuer that was asked");
    out.issuer = expected.issuer;
    auto subject = claims->string("sub");
    if (!subject || subject->size() > longest_subject)
        return bad_claim("sub", "is missing, not a string or longer than 255 characters");
    out.subject = std::move(*subject);
    if (const auto good = check_audience(*claims, expected.client_id); !good)
        return good.error();
    const auto ends = check_times(*claims, expected);
    if (!ends)
        return ends.error();
    out.expires_at = *ends;
    if (const auto good = check_nonce(*claims, expected.nonce); !good)
        return good.error();
    if (const auto good = check_token_hash(*claims, token->algorithm, expected.access_token); !good)
        return good.error();
    out.name = claims->display_string("name");
    out.email = claims->display_string("email");
    out.preferred_username = claims->display_string("preferred_username");
    out.claims = std::move(token->claims);
    return out;
}

} // namespace asioauth
