// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// What the mock server serves and what the hand-written clients send: of the size and shape that real
// servers have, and the same for every client.

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace asioauth::bench {

inline constexpr std::string_view redirect_uri = "http://127.0.0.1:33418/callback";
inline constexpr std::string_view encoded_redirect_uri =
    "http%3A%2F%2F127.0.0.1%3A33418%2Fcallback";

/// Exchanges of one flow: challenge, two documents, registration, authorization, token, use.
inline constexpr int exchanges = 7;

/// Each origin is an address of its own, inside 127.0.0.0/8.
inline std::string origin_address(unsigned n)
{
    return "127.1." + std::to_string(n / 250 % 250) + "." + std::to_string(n % 250 + 1);
}

/// Metadata of this one may be kept; that of the others is asked for by each flow.
constexpr unsigned origin_to_remember = 5000;

inline std::string_view caching_at(const std::string& origin)
{
    const bool kept = origin.find("/" + origin_address(origin_to_remember) + ":") != origin.npos;
    return kept ? "max-age=3600" : "no-store";
}

/// Where nobody good is.
inline std::string hostile_address(unsigned n)
{
    return "127.66." + std::to_string(n / 250 % 250) + "." + std::to_string(n % 250 + 1);
}

inline bool is_hostile(std::uint32_t address)
{
    return address >> 16U == (127U << 8U | 66U);
}

using text_43 = std::array<char, 43>;

inline std::string_view view(const text_43& t)
{
    return {t.data(), t.size()};
}

/// Base64url of 32 octets, without padding.
inline text_43 base64url(std::span<const unsigned char, 32> octets)
{
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    text_43 out{};
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t at = 0;
    for (const unsigned char c : octets)
    {
        bits = bits << 8 | c;
        for (count += 8; count >= 6; count -= 6)
            out[at++] = letters[bits >> (count - 6) & 63];
    }
    out[at] = letters[bits << (6 - count) & 63];
    return out;
}

/// The S256 challenge of a verifier. The digest is fetched once, which is most of its cost.
inline text_43 challenge_of(std::string_view verifier)
{
    static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static EVP_MD_CTX* const context = EVP_MD_CTX_new();
    std::array<unsigned char, 32> digest{};
    EVP_DigestInit_ex(context, sha256, nullptr);
    EVP_DigestUpdate(context, verifier.data(), verifier.size());
    EVP_DigestFinal_ex(context, digest.data(), nullptr);
    return base64url(digest);
}

/// @param caching what may be done with it
inline std::string http_response_text(
    std::string_view status,
    std::string_view fields,
    std::string_view body,
    std::string_view caching = "no-store"
)
{
    std::string out = "HTTP/1.1 ";
    out += status;
    out += "\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nServer: mock\r\nCache-Control: ";
    out += caching;
    out += "\r\n";
    if (!body.empty())
        out += "Content-Type: application/json\r\n";
    out += fields;
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    out += body;
    return out;
}

/// About 0.6 KB, the median of what servers publish.
inline std::string resource_metadata_text(const std::string& origin)
{
    return R"({"resource":")" + origin + R"(/mcp","authorization_servers":[")" + origin
        + R"("],"scopes_supported":["mcp:tools","mcp:resources","mcp:prompts","files:read",)"
          R"("files:write","projects:read","projects:write"],"bearer_methods_supported":["header"],)"
          R"("resource_name":"The integration of a benchmark","jwks_uri":")"
        + origin + R"(/jwks","resource_documentation":")" + origin
        + R"(/documentation","resource_policy_uri":")" + origin + R"(/policy","resource_tos_uri":")"
        + origin
        + R"(/terms","tls_client_certificate_bound_access_tokens":false,)"
          R"("resource_signing_alg_values_supported":["RS256","ES256"]})";
}

/// About 1.6 KB.
inline std::string server_metadata_text(const std::string& origin)
{
    return R"({"issuer":")" + origin + R"(","authorization_endpoint":")" + origin
        + R"(/authorize","token_endpoint":")" + origin + R"(/token","registration_endpoint":")"
        + origin + R"(/register","revocation_endpoint":")" + origin
        + R"(/revoke","introspection_endpoint":")" + origin
        + R"(/introspect","userinfo_endpoint":")" + origin + R"(/userinfo","jwks_uri":")" + origin
        + R"(/jwks","scopes_supported":["openid","profile","email","mcp:tools","mcp:resources",)"
          R"("mcp:prompts","files:read","files:write","projects:read","projects:write"],)"
          R"("response_types_supported":["code"],)"
          R"("response_modes_supported":["query","fragment","form_post"],)"
          R"("grant_types_supported":["authorization_code","refresh_token","client_credentials",)"
          R"("urn:ietf:params:oauth:grant-type:device_code"],)"
          R"("token_endpoint_auth_methods_supported":["none","client_secret_basic",)"
          R"("client_secret_post","private_key_jwt"],)"
          R"("token_endpoint_auth_signing_alg_values_supported":["RS256","ES256","EdDSA"],)"
          R"("revocation_endpoint_auth_methods_supported":["none","client_secret_basic"],)"
          R"("code_challenge_methods_supported":["S256"],)"
          R"("authorization_response_iss_parameter_supported":true,)"
          R"("client_id_metadata_document_supported":true,)"
          R"("dpop_signing_alg_values_supported":["ES256"],"subject_types_supported":["public"],)"
          R"("id_token_signing_alg_values_supported":["RS256"],)"
          R"("ui_locales_supported":["en-US","de-DE","fr-FR","ja-JP"],"service_documentation":")"
        + origin + R"(/documentation/authorization","op_policy_uri":")" + origin
        + R"(/policy","op_tos_uri":")" + origin + R"(/terms"})";
}

/// The field that says where the resource metadata is.
inline std::string challenge_field(const std::string& origin)
{
    return R"(WWW-Authenticate: Bearer resource_metadata=")" + origin
        + R"(/.well-known/oauth-protected-resource/mcp", scope="mcp:tools mcp:resources")" + "\r\n";
}

/// As long as a signed JWT with a few claims.
inline std::string access_token_text()
{
    std::string out = "mock.";
    for (unsigned i = 0; i != 740; ++i)
        out += static_cast<char>('a' + i * 7 % 26);
    return out;
}

inline std::string token_response_text()
{
    return R"({"access_token":")" + access_token_text()
        + R"(","token_type":"Bearer","expires_in":3600,"refresh_token":")" + std::string(48, 'r')
        + R"(","scope":"mcp:tools mcp:resources"})";
}

inline constexpr std::string_view resource_text =
    R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":)"
    R"({"tools":{"listChanged":true},"resources":{}},"serverInfo":{"name":"mock","version":"1"}}})";

/// What the hand-written clients register.
inline constexpr std::string_view registration_text =
    R"({"redirect_uris":["http://127.0.0.1:33418/callback"],"token_endpoint_auth_method":"none",)"
    R"("grant_types":["authorization_code","refresh_token"],"response_types":["code"],)"
    R"("client_name":"benchmark","scope":"mcp:tools mcp:resources"})";

} // namespace asioauth::bench
