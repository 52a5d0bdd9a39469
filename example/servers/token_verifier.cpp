// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "token_verifier.hpp"

#include "http_fetch.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace example {
namespace {

namespace urls = boost::urls;

constexpr std::size_t max_keys = 16;
constexpr std::chrono::seconds fetch_time{5};
constexpr std::chrono::minutes key_lifetime{10};
// Tokens with invented key ids must not make us hammer the authorization server.
constexpr std::chrono::seconds refetch_pause{1};
constexpr std::int64_t clock_skew = 60;

verification invalid(std::string reason)
{
    verification result;
    result.result = verdict::invalid;
    result.reason = std::move(reason);
    return result;
}

std::optional<std::int64_t> find_time(const json::object& claims, std::string_view name)
{
    const auto* value = claims.if_contains({name.data(), name.size()});
    if (!value || !value->is_int64())
        return std::nullopt;
    return value->get_int64();
}

// `aud` is one string or an array of them (RFC 7519 section 4.1.3).
bool has_audience(const json::object& claims, const std::string& audience)
{
    const auto* value = claims.if_contains("aud");
    if (!value)
        return false;
    if (const auto* one = value->if_string())
        return *one == audience;
    const auto* list = value->if_array();
    return list && std::any_of(list->begin(), list->end(), [&](const json::value& item) {
               return item.is_string() && item.get_string() == audience;
           });
}

std::int64_t now_seconds()
{
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

// The JSON object in a 200 response, or an empty one.
json::object read_object(boost::system::error_code error, const http_response& response)
{
    if (error || response.result() != http::status::ok)
        return {};
    boost::system::error_code malformed;
    auto value = json::parse(response.body(), malformed);
    return !malformed && value.is_object() ? std::move(value.as_object()) : json::object();
}

http_request get_request()
{
    http_request request;
    request.method(http::verb::get);
    request.set(http::field::accept, "application/json");
    return request;
}

// RFC 8414 section 3.1: the well-known part goes between host and path.
std::string metadata_url(const std::string& issuer)
{
    const auto host = issuer.find("://");
    const auto path = host == std::string::npos ? host : issuer.find('/', host + 3);
    auto url = issuer.substr(0, path) + "/.well-known/oauth-authorization-server";
    if (path != std::string::npos && path + 1 != issuer.size())
        url += issuer.substr(path);
    return url;
}

} // namespace

token_verifier::token_verifier(
    boost::asio::io_context& io, std::string issuer, std::string audience
)
    : io_(io)
    , issuer_(std::move(issuer))
    , audience_(std::move(audience))
{}

void token_verifier::verify(const std::string& compact, std::function<void(verification)> callback)
{
    auto parsed = parse_jwt(compact);
    if (!parsed)
        return callback(invalid("the token is not a signed JWT"));
    // The algorithm is this server's choice, never the token's (RFC 8725 section 3.1).
    const auto type = get_string(parsed->header, "typ");
    if (get_string(parsed->header, "alg") != "EdDSA" || parsed->header.contains("crit")
        || (!equal_ignoring_case(type, "at+jwt") && !equal_ignoring_case(type, "application/at+jwt")
        ))
        return callback(invalid("the token is not an access token of this kind"));
    if (keys_are_fresh(get_string(parsed->header, "kid")))
        return callback(check(*parsed));
    const auto token = std::make_shared<parsed_jwt>(std::move(*parsed));
    fetch_keys([this, token, callback = std::move(callback)] {
        if (keys_.empty())
        {
            verification unreachable;
            unreachable.reason = "the authorization server's keys are not available";
            return callback(unreachable);
        }
        callback(check(*token));
    });
}

verification token_verifier::check(const parsed_jwt& token) const
{
    const auto* const key = find_key(get_string(token.header, "kid"));
    if (!key || !key->verify(token.signed_text, token.signature))
        return invalid("the signature is not the authorization server's");
    const auto& claims = token.claims;
    if (get_string(claims, "iss") != issuer_)
        return invalid("the token has another issuer");
    if (!has_audience(claims, audience_))
        return invalid("the token is meant for another resource");
    const auto now = now_seconds();
    const auto expires_at = find_time(claims, "exp");
    if (!expires_at || *expires_at <= now)
        return invalid("the token has expired");
    const auto not_before = claims.contains("nbf") ? find_time(claims, "nbf") : 0;
    if (!not_before || *not_before > now + clock_skew)
        return invalid("the token is not valid yet");

    verification result;
    result.token.subject = get_string(claims, "sub");
    result.token.client_id = get_string(claims, "client_id");
    result.token.scope = get_string(claims, "scope");
    result.token.expires_at = *expires_at;
    if (result.token.subject.empty() || result.token.client_id.empty())
        return invalid("the token does not say whose it is");
    result.result = verdict::valid;
    return result;
}

const verification_key* token_verifier::find_key(const std::string& key_id) const
{
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const verification_key& key) {
        return key.key_id() == key_id;
    });
    return found == keys_.end() ? nullptr : &*found;
}

bool token_verifier::keys_are_fresh(const std::string& key_id) const
{
    const auto age = std::chrono::steady_clock::now() - fetched_;
    return !keys_.empty() && (find_key(key_id) ? age < key_lifetime : age < refetch_pause);
}

// Requests that arrive while a fetch is under way wait for the same one.
void token_verifier::fetch_keys(continuation then)
{
    waiting_.push_back(std::move(then));
    if (waiting_.size() > 1)
        return;
    const auto url = metadata_url(issuer_);
    const auto parsed = urls::parse_uri(url);
    if (!parsed)
        return finish_fetch();
    async_fetch(
        io_,
        *parsed,
        get_request(),
        fetch_time,
        [this](boost::system::error_code error, const http_response& response) {
            on_metadata(error, response);
        }
    );
}

void token_verifier::on_metadata(boost::system::error_code error, const http_response& response)
{
    const auto metadata = read_object(error, response);
    const auto jwks_uri = get_string(metadata, "jwks_uri");
    const auto parsed = urls::parse_uri(jwks_uri);
    // RFC 8414 section 3.3: metadata that names another issuer is somebody else's.
    if (get_string(metadata, "issuer") != issuer_ || !parsed)
        return finish_fetch();
    async_fetch(
        io_,
        *parsed,
        get_request(),
        fetch_time,
        [this](boost::system::error_code failure, const http_response& answer) {
            on_jwks(failure, answer);
        }
    );
}

void token_verifier::on_jwks(boost::system::error_code error, const http_response& response)
{
    const auto document = read_object(error, response);
    const auto* const list = document.if_contains("keys");
    std::vector<verification_key> keys;
    if (list && list->is_array())
        for (const auto& item : list->get_array())
            if (item.is_object() && keys.size() < max_keys)
                if (auto key = verification_key::from_jwk(item.get_object()))
                    keys.push_back(std::move(*key));
    // A failed fetch keeps the old keys: they are still the best we know.
    if (!keys.empty())
    {
        keys_ = std::move(keys);
        fetched_ = std::chrono::steady_clock::now();
    }
    finish_fetch();
}

void token_verifier::finish_fetch()
{
    const auto ready = std::exchange(waiting_, {});
    for (const auto& resume : ready)
        resume();
}

} // namespace example
