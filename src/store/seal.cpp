// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/seal.hpp"

#include "protocol/jose_key.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace asioauth::detail {
namespace {

constexpr char format_version = 1;
// What OpenSSL can be given at once; far more than a store takes.
constexpr std::size_t longest_document = std::size_t{1} << 30U;

class context_deleter
{
public:
    void operator()(EVP_CIPHER_CTX* p) const noexcept { EVP_CIPHER_CTX_free(p); }
};

using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, context_deleter>;

const unsigned char* octets(std::string_view text) noexcept
{
    // cppcheck-suppress returnDanglingLifetime
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets(std::string& text) noexcept
{
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string_view text_of(record_kind k) noexcept
{
    switch (k)
    {
    case record_kind::registration: return "registration";
    case record_kind::grant: return "grant";
    case record_kind::pending_login: return "pending_login";
    case record_kind::integration: return "integration";
    }
    return "";
}

std::string number(std::uint64_t n)
{
    std::string out(8, '\0');
    for (auto it = out.rbegin(); it != out.rend(); ++it, n >>= 8U)
        *it = static_cast<char>(static_cast<unsigned char>(n & 0xffU));
    return out;
}

// The length in front of each part makes sure that two lists of parts never look the same.
std::string associated_data(
    const record& value, const record_key& place, generation at, std::string_view key_id
)
{
    std::string expiry;
    if (value.expires_at)
        expiry = number(static_cast<std::uint64_t>(
            std::chrono::floor<std::chrono::milliseconds>(value.expires_at->time_since_epoch())
                .count()
        ));
    std::string out;
    const auto add = [&out](std::string_view part) {
        out.append(number(part.size())).append(part);
    };
    add(std::string_view(&format_version, 1));
    add(key_id);
    add(text_of(place.kind));
    add(place.id);
    add(number(at));
    add(value.issuer);
    add(value.user);
    add(value.binding);
    add(expiry);
    return out;
}

// The parts of a sealed document.
class parts
{
public:
    std::string_view key_id;
    std::string_view nonce;
    std::string_view sealed; // ciphertext and tag
};

std::optional<parts> split(std::string_view text) noexcept
{
    if (text.size() < 2 || text[0] != format_version)
        return std::nullopt;
    const std::size_t length = static_cast<unsigned char>(text[1]);
    if (text.size() < 2 + length + seal_nonce_size + seal_tag_size)
        return std::nullopt;
    parts out;
    out.key_id = text.substr(2, length);
    out.nonce = text.substr(2 + length, seal_nonce_size);
    out.sealed = text.substr(2 + length + seal_nonce_size);
    if (!is_key_id(out.key_id))
        return std::nullopt;
    return out;
}

} // namespace

bool is_key_id(std::string_view text) noexcept
{
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && text.size() <= 64
        && text.find_first_not_of(allowed) == std::string_view::npos;
}

result<secret> random_octets(std::size_t count)
{
    const openssl_errors_dropped dropped;
    wiped_text out(std::string(count, '\0'));
    if (RAND_bytes(octets(out.text), static_cast<int>(count)) != 1)
        return failure(dropped.memory_failed() ? errc::out_of_memory : errc::entropy_unavailable)
            .where(stage::store);
    return secret(out.text);
}

std::string hex_of(std::string_view octets)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : octets)
    {
        const auto u = static_cast<unsigned char>(c);
        out.push_back(digits[u >> 4U]);
        out.push_back(digits[u & 15U]);
    }
    return out;
}

result<std::string> encrypt(
    const secret& key, std::string_view nonce, std::string_view associated, std::string_view plain
)
{
    const openssl_errors_dropped dropped;
    const cipher_context context(EVP_CIPHER_CTX_new());
    std::string out(plain.size() + seal_tag_size, '\0');
    int written = 0;
    int rest = 0;
    const bool good = context && key.size() == sealing_key_size && nonce.size() == seal_nonce_size
        && plain.size() <= longest_document && associated.size() <= longest_document
        && EVP_EncryptInit_ex(
               context.get(), EVP_aes_256_gcm(), nullptr, octets(key.reveal()), octets(nonce)
           ) == 1
        && EVP_EncryptUpdate(
               context.get(),
               nullptr,
               &written,
               octets(associated),
               static_cast<int>(associated.size())
           ) == 1
        && EVP_EncryptUpdate(
               context.get(), octets(out), &written, octets(plain), static_cast<int>(plain.size())
           ) == 1
        && EVP_EncryptFinal_ex(context.get(), octets(out) + written, &rest) == 1
        && static_cast<std::size_t>(written) + static_cast<std::size_t>(rest) == plain.size()
        && EVP_CIPHER_CTX_ctrl(
               context.get(),
               EVP_CTRL_GCM_GET_TAG,
               static_cast<int>(seal_tag_size),
               octets(out) + plain.size()
           ) == 1;
    if (!good && (!context || dropped.memory_failed()))
        return failure(errc::out_of_memory).where(stage::store);
    if (!good)
        return failure(errc::invalid_argument)
            .where(stage::store)
            .message("The document cannot be sealed.");
    return out;
}

std::optional<secret> decrypt(
    const secret& key, std::string_view nonce, std::string_view associated, std::string_view sealed
)
{
    const openssl_errors_dropped dropped;
    if (key.size() != sealing_key_size || nonce.size() != seal_nonce_size
        || sealed.size() < seal_tag_size || sealed.size() > longest_document
        || associated.size() > longest_document)
        return std::nullopt;
    const std::string_view cipher = sealed.substr(0, sealed.size() - seal_tag_size);
    std::string tag(sealed.substr(cipher.size()));
    const cipher_context context(EVP_CIPHER_CTX_new());
    // OpenSSL hands out text before it has seen the tag: it goes nowhere unless that verifies.
    wiped_text plain(std::string(cipher.size(), '\0'));
    int written = 0;
    int rest = 0;
    const bool good = context
        && EVP_DecryptInit_ex(
               context.get(), EVP_aes_256_gcm(), nullptr, octets(key.reveal()), octets(nonce)
           ) == 1
        && EVP_DecryptUpdate(
               context.get(),
               nullptr,
               &written,
               octets(associated),
               static_cast<int>(associated.size())
           ) == 1
        && EVP_DecryptUpdate(
               context.get(),
               octets(plain.text),
               &written,
               octets(cipher),
               static_cast<int>(cipher.size())
           ) == 1
        && EVP_CIPHER_CTX_ctrl(
               context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(seal_tag_size), octets(tag)
           ) == 1
        && EVP_DecryptFinal_ex(context.get(), octets(plain.text) + written, &rest) == 1;
    if (good)
        return secret(plain.text);
    if (!context)
        throw std::bad_alloc();
    dropped.throw_if_memory_failed();
    return std::nullopt;
}

result<secret>
seal(const record& value, const record_key& place, generation at, const sealing_key& with)
{
    const auto nonce = random_octets(seal_nonce_size);
    if (!nonce)
        return nonce.error();
    auto sealed = encrypt(
        with.octets(),
        nonce->reveal(),
        associated_data(value, place, at, with.id()),
        value.document.reveal()
    );
    if (!sealed)
        return sealed.error();
    std::string out;
    out.reserve(2 + with.id().size() + seal_nonce_size + sealed->size());
    out.push_back(format_version);
    out.push_back(static_cast<char>(static_cast<unsigned char>(with.id().size())));
    out.append(with.id()).append(nonce->reveal()).append(*sealed);
    return secret(out);
}

std::optional<std::string_view> key_id_of(const secret& sealed) noexcept
{
    const auto p = split(sealed.reveal());
    return p ? std::optional(p->key_id) : std::nullopt;
}

result<secret> unseal(const stored_record& stored, const record_key& place, const key_ring& keys)
{
    const auto p = split(stored.value.document.reveal());
    if (!p)
        return failure(errc::store_record_invalid)
            .where(stage::store)
            .message("The stored document is not sealed.");
    const auto* const key = keys.find(p->key_id);
    if (key == nullptr)
        return failure(errc::store_key_unavailable)
            .where(stage::store)
            .message("There is no key '" + std::string(p->key_id) + "'.");
    std::optional<secret> out;
    try
    {
        out = decrypt(
            key->octets(),
            p->nonce,
            associated_data(stored.value, place, stored.at, key->id()),
            p->sealed
        );
    }
    catch (const std::bad_alloc&)
    {
        return failure(errc::out_of_memory).where(stage::store);
    }
    if (!out)
        return failure(errc::store_key_wrong)
            .where(stage::store)
            .message("What is sealed with the key '" + key->id() + "' does not verify.");
    return std::move(*out);
}

result<stored_record> opened(stored_record stored, const record_key& place, const key_ring& keys)
{
    auto document = unseal(stored, place, keys);
    if (!document)
        return document.error();
    stored.value.document = std::move(*document);
    return stored;
}

result<stored_record> opened_surely(
    stored_record stored, const record_key& place, const key_ring& before, const key_ring& now
) noexcept
{
    for (int tries = 2; tries != 0; --tries)
    {
        try
        {
            auto document = unseal(stored, place, before);
            if (!document && document.error().code() == errc::store_key_unavailable)
                document = unseal(stored, place, now);
            if (document)
            {
                stored.value.document = std::move(*document);
                return stored;
            }
            if (document.error().code() != errc::out_of_memory)
                return document.error();
        }
        catch (const std::bad_alloc&)
        {
            continue;
        }
    }
    return failure(errc::store_outcome_unknown);
}

} // namespace asioauth::detail
