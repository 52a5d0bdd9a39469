// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace example {
namespace {

constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::string> decode(std::string_view text, std::string_view alphabet)
{
    if (text.size() % 4 == 1)
        return std::nullopt;
    std::string raw;
    raw.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text)
    {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8)
        {
            count -= 8;
            raw.push_back(static_cast<char>((bits >> count) & 0xff));
        }
    }
    // Left-over bits must be zero, or one byte string would have several spellings.
    if ((bits & ((1U << count) - 1U)) != 0)
        return std::nullopt;
    return raw;
}

} // namespace

std::string random_token(std::size_t bytes)
{
    std::array<unsigned char, 64> buffer{};
    if (bytes > buffer.size() || RAND_bytes(buffer.data(), static_cast<int>(bytes)) != 1)
        throw std::runtime_error("no random bytes available");
    return base64url_encode(std::string(buffer.begin(), buffer.begin() + static_cast<int>(bytes)));
}

std::string sha256(std::string_view data)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 failed");
    return std::string(digest.begin(), digest.begin() + size);
}

bool constant_time_equal(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string base64url_encode(std::string_view raw)
{
    std::string text;
    text.reserve((raw.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : raw)
    {
        bits = (bits << 8) | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 6)
        {
            count -= 6;
            text.push_back(base64url_alphabet[(bits >> count) & 0x3f]);
        }
    }
    if (count > 0)
        text.push_back(base64url_alphabet[(bits << (6 - count)) & 0x3f]);
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text)
{
    return decode(text, base64url_alphabet);
}

std::optional<std::string> base64_decode(std::string_view text)
{
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    return decode(text, base64_alphabet);
}

} // namespace example
