// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "base/json_reader.hpp"
#include "protocol/jose_jwk.hpp"
#include "protocol/oauth_error.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace asioauth {
namespace {

// More than real sets have. Each key costs a check of its point, and perhaps of a signature.
constexpr std::size_t most_keys = 128;

bool is_missing(const detail::json_value* value) noexcept
{
    return value == nullptr || value->is_null();
}

// A member that restricts the key, of a type in which it cannot be read, restricts it to nothing.
bool restrictions_are_readable(const detail::json_value& jwk)
{
    for (const std::string_view name : {"kid", "alg", "use"})
    {
        const auto* value = jwk.if_contains(name);
        if (!is_missing(value) && !value->is_string())
            return false;
    }
    const auto* operations = jwk.if_contains("key_ops");
    return is_missing(operations) || operations->is_array();
}

std::shared_ptr<const jwk_set::key> read_key(const detail::json_value& jwk)
{
    if (!restrictions_are_readable(jwk))
        return nullptr;
    const auto members = detail::jwk_members::of(jwk);
    std::optional<jws_algorithm> algorithm;
    if (members.alg)
    {
        algorithm = jws_algorithm_from_name(*members.alg);
        if (!algorithm)
            return nullptr;
    }
    if (!members.may("verify"))
        return nullptr;
    auto loaded = detail::load_public_key(members);
    if (!loaded || (algorithm && detail::traits_of(*algorithm).kind != loaded->kind))
        return nullptr;
    auto out = std::make_shared<jwk_set::key>();
    out->value = std::move(loaded->value);
    out->kind = loaded->kind;
    out->algorithm = algorithm;
    out->key_id = members.kid;
    return out;
}

} // namespace

result<jwk_set> jwk_set::parse(std::string_view json)
{
    const auto document = detail::json_object::parse(json);
    if (!document)
        return document.error();
    const auto* keys = document->raw().if_contains("keys");
    if (keys == nullptr)
        return failure(errc::json_member_missing).message("Member \"keys\" is missing.");
    if (!keys->is_array())
        return failure(errc::json_wrong_type).message("Member \"keys\" is not an array.");
    jwk_set out;
    for (const auto& element : *keys)
    {
        if (out.keys_.size() == most_keys)
            break;
        const auto* jwk = element.if_object();
        auto read = jwk == nullptr ? nullptr : read_key(*jwk);
        if (read)
            out.keys_.push_back(std::move(read));
    }
    return out;
}

bool jwk_set::has(std::string_view key_id) const noexcept
{
    return std::any_of(keys_.begin(), keys_.end(), [key_id](const auto& k) {
        return k->key_id && *k->key_id == key_id;
    });
}

http_request make_jwks_request(const url& where, const address_policy& policy)
{
    http_request request(request_kind::metadata, "GET", where);
    request.field("Accept", "application/jwk-set+json, application/json").policy(policy);
    return request;
}

result<jwk_set> read_jwks_response(const http_response& response)
{
    if (response.status() != 200)
    {
        auto refused =
            detail::failure_from(response, stage::server_metadata, errc::http_status_unexpected);
        if (response.status() >= 400)
            refused.server_message(presentable(response.body()));
        return refused;
    }
    // The content type is not looked at. The issuer's own metadata named this address, and key sets
    // are served as plain files by many.
    auto keys = jwk_set::parse(response.body());
    if (!keys)
        return detail::place(keys.error(), response, stage::server_metadata);
    return keys;
}

} // namespace asioauth
