// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/key_source.hpp>
#include <asioauth/record.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace asioauth::detail {

inline constexpr std::size_t sealing_key_size = 32;
inline constexpr std::size_t seal_nonce_size = 12;
inline constexpr std::size_t seal_tag_size = 16;

/// Whether a text may be the id of a key.
bool is_key_id(std::string_view text) noexcept;

/// This many secure random octets.
result<secret> random_octets(std::size_t count);

std::string hex_of(std::string_view octets);

/// AES-256-GCM: the ciphertext and the tag behind it.
result<std::string> encrypt(
    const secret& key, std::string_view nonce, std::string_view associated, std::string_view plain
);

/// The other way; nothing if the tag does not verify.
std::optional<secret> decrypt(
    const secret& key, std::string_view nonce, std::string_view associated, std::string_view sealed
);

/// The document of a record sealed for its place and generation.
result<secret>
seal(const record& value, const record_key& place, generation at, const sealing_key& with);

/// The id of the key that a document is sealed with; nothing if it is not in the format.
std::optional<std::string_view> key_id_of(const secret& sealed) noexcept;

/// The document of a record as it was before it was sealed.
result<secret> unseal(const stored_record& stored, const record_key& place, const key_ring& keys);

/// The record with its document as it was.
result<stored_record> opened(stored_record stored, const record_key& place, const key_ring& keys);

/** The same of what is not in the store any more: it would be lost for want of memory, or of a key
    that was there when it was looked at (`before`). errc::store_outcome_unknown if it is lost.
*/
result<stored_record> opened_surely(
    stored_record stored, const record_key& place, const key_ring& before, const key_ring& now
) noexcept;

} // namespace asioauth::detail
