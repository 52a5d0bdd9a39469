// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "jwt.hpp"

#include "crypto.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace example {
namespace {

namespace json = boost::json;

constexpr std::size_t key_size = 32;
constexpr std::size_t signature_size = 64;
constexpr std::size_t max_token = 8 * 1024;

struct evp_md_ctx_free
{
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using evp_md_ctx_ptr = std::unique_ptr<EVP_MD_CTX, evp_md_ctx_free>;

const unsigned char* bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<json::object> decode_object(std::string_view part)
{
    const auto text = base64url_decode(part);
    if (!text)
        return std::nullopt;
    boost::system::error_code error;
    auto value = json::parse(*text, error);
    if (error || !value.is_object())
        return std::nullopt;
    return std::move(value.as_object());
}

} // namespace

signing_key::signing_key(evp_pkey_ptr key, json::object public_jwk, std::string key_id)
    : key_(std::move(key))
    , public_jwk_(std::move(public_jwk))
    , key_id_(std::move(key_id))
{}

signing_key signing_key::generate()
{
    evp_pkey_ptr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    std::array<unsigned char, key_size> raw{};
    std::size_t size = raw.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 || size != key_size)
        throw std::runtime_error("cannot generate an Ed25519 key");
    const auto x = base64url_encode(std::string(raw.begin(), raw.end()));
    // RFC 7638: the key's thumbprint is the natural name for it. Members in this very order.
    const auto key_id =
        base64url_encode(sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + x + R"("})"));
    json::object jwk{
        {"kty", "OKP"},
        {"crv", "Ed25519"},
        {"x", x},
        {"kid", key_id},
        {"use", "sig"},
        {"alg", "EdDSA"}};
    return signing_key(std::move(key), std::move(jwk), key_id);
}

std::string signing_key::sign(std::string_view type, const json::object& claims) const
{
    json::object head;
    head["alg"] = "EdDSA";
    head["typ"] = json::string_view(type.data(), type.size());
    head["kid"] = key_id_;
    const auto text =
        base64url_encode(json::serialize(head)) + '.' + base64url_encode(json::serialize(claims));
    const evp_md_ctx_ptr context(EVP_MD_CTX_new());
    std::array<unsigned char, signature_size> signature{};
    std::size_t size = signature.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1
        || EVP_DigestSign(context.get(), signature.data(), &size, bytes(text), text.size()) != 1)
        throw std::runtime_error("cannot sign");
    return text + '.' + base64url_encode(std::string(signature.begin(), signature.end()));
}

verification_key::verification_key(evp_pkey_ptr key, std::string key_id)
    : key_(std::move(key))
    , key_id_(std::move(key_id))
{}

std::optional<verification_key> verification_key::from_jwk(const json::object& jwk)
{
    const auto raw = base64url_decode(get_string(jwk, "x"));
    auto key_id = get_string(jwk, "kid");
    const auto use = get_string(jwk, "use");
    if (get_string(jwk, "kty") != "OKP" || get_string(jwk, "crv") != "Ed25519" || !raw
        || raw->size() != key_size || key_id.empty() || (!use.empty() && use != "sig"))
        return std::nullopt;
    evp_pkey_ptr key(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, bytes(*raw), raw->size())
    );
    if (!key)
        return std::nullopt;
    return verification_key(std::move(key), std::move(key_id));
}

bool verification_key::verify(std::string_view message, std::string_view signature) const
{
    const evp_md_ctx_ptr context(EVP_MD_CTX_new());
    return context && signature.size() == signature_size
        && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1
        && EVP_DigestVerify(
               context.get(), bytes(signature), signature.size(), bytes(message), message.size()
           )
        == 1;
}

std::optional<parsed_jwt> parse_jwt(std::string_view compact)
{
    const auto first = compact.find('.');
    const auto last = compact.rfind('.');
    if (compact.size() > max_token || first == std::string_view::npos || first == last
        || compact.find('.', first + 1) != last)
        return std::nullopt;
    auto head = decode_object(compact.substr(0, first));
    auto claims = decode_object(compact.substr(first + 1, last - first - 1));
    auto signature = base64url_decode(compact.substr(last + 1));
    if (!head || !claims || !signature)
        return std::nullopt;
    parsed_jwt token;
    token.header = std::move(*head);
    token.claims = std::move(*claims);
    token.signed_text = std::string(compact.substr(0, last));
    token.signature = std::move(*signature);
    return token;
}

const json::string* find_string(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains({name.data(), name.size()});
    return value ? value->if_string() : nullptr;
}

std::string get_string(const json::object& object, std::string_view name)
{
    const auto* text = find_string(object, name);
    return text ? std::string(text->data(), text->size()) : std::string();
}

} // namespace example
