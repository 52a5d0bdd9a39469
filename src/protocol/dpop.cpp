// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/jose_key.hpp"

#include <asioauth/protocol/challenge.hpp>
#include <asioauth/protocol/dpop.hpp>
#include <asioauth/protocol/form.hpp>

#include <algorithm>

namespace asioauth {
namespace {

constexpr std::size_t longest_nonce = 2048;
constexpr std::string_view nonce_wanted = "use_dpop_nonce";

// NQCHAR of RFC 6749 appendix A.
bool is_nonce_character(char c) noexcept
{
    return c >= 0x21 && c <= 0x7e && c != '"' && c != '\\';
}

std::string target_without_query(const url& target)
{
    // Origin and root path as they are on the wire, since not every server normalises before it
    // compares.
    return target.origin() + std::string(target.path().empty() ? "/" : target.path());
}

bool refused_in_body(const http_response& response)
{
    const auto json = detail::json_object::parse(response.body());
    if (!json)
        return false;
    const auto error = json->optional_string("error");
    return error && *error == nonce_wanted;
}

bool refused_in_challenge(const http_response& response)
{
    const auto challenges = parse_challenges(response);
    return std::any_of(challenges.begin(), challenges.end(), [](const challenge& c) {
        return c.scheme == "dpop" && c.parameter("error") == nonce_wanted;
    });
}

} // namespace

result<std::string> make_dpop_proof(
    const signing_key& key,
    std::string_view method,
    const url& target,
    const request_stamp& stamp,
    std::string_view nonce,
    const secret& access_token
)
{
    const auto issued =
        std::chrono::floor<std::chrono::seconds>(stamp.now.time_since_epoch()).count();
    const std::string_view random(
        reinterpret_cast<const char*>(stamp.random.data()), stamp.random.size()
    );
    std::string claims = R"({"jti":")" + base64url_encode(random) + '"';
    claims.append(R"(,"htm":)").append(detail::quoted(method));
    claims.append(R"(,"htu":)").append(detail::quoted(target_without_query(target)));
    claims.append(R"(,"iat":)").append(std::to_string(issued));
    if (!access_token.empty())
    {
        const std::string hash = detail::digest_of("SHA256", access_token.reveal());
        claims.append(R"(,"ath":")").append(base64url_encode(hash)).append("\"");
    }
    if (!nonce.empty())
        claims.append(R"(,"nonce":)").append(detail::quoted(nonce));
    claims += '}';
    const auto token = sign_jwt(key, "dpop+jwt", claims, true);
    if (!token)
        return token.error();
    return std::string(token->reveal());
}

std::string dpop_nonce_of(const http_response& response)
{
    const auto all = response.all("DPoP-Nonce");
    if (all.size() != 1 || all.front().size() > longest_nonce
        || !std::all_of(all.front().begin(), all.front().end(), is_nonce_character))
        return {};
    return std::string(all.front());
}

bool wants_dpop_nonce(const http_response& response)
{
    if ((response.status() != 400 && response.status() != 401) || dpop_nonce_of(response).empty())
        return false;
    return refused_in_body(response)
        || (response.status() == 401 && refused_in_challenge(response));
}

secret make_dpop_credentials(const secret& access_token)
{
    detail::wiped_text value;
    value.text.reserve(5 + access_token.size());
    value.text.append("DPoP ").append(access_token.reveal());
    return secret(value.text);
}

} // namespace asioauth
