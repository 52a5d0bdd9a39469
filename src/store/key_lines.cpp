// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/key_lines.hpp"

#include "base/ascii.hpp"
#include "protocol/jose_key.hpp"
#include "store/seal.hpp"

#include <asioauth/protocol/form.hpp>

#include <algorithm>

namespace asioauth {

namespace {

constexpr std::string_view blanks = " \t\r";

failure bad_keys(std::string_view message)
{
    return failure(errc::store_key_invalid).where(stage::store).message(message);
}

} // namespace

result<sealing_key> sealing_key::make(std::string id, secret octets)
{
    if (!detail::is_key_id(id))
        return bad_keys("The id of a sealing key is 1 to 64 letters, digits, '.', '_' and '-'.");
    if (octets.size() != detail::sealing_key_size)
        return bad_keys("The sealing key '" + id + "' does not have 32 octets.");
    return sealing_key(std::move(id), std::move(octets));
}

result<sealing_key> sealing_key::generate()
{
    auto octets = detail::random_octets(detail::sealing_key_size);
    if (!octets)
        return octets.error();
    const auto id = detail::random_octets(8);
    if (!id)
        return id.error();
    return make("k" + detail::hex_of(id->reveal()), std::move(*octets));
}

result<key_ring> key_ring::make(sealing_key active, std::vector<sealing_key> others)
{
    std::vector<sealing_key> keys;
    keys.reserve(1 + others.size());
    keys.push_back(std::move(active));
    for (auto& k : others)
    {
        const bool twice = std::any_of(keys.begin(), keys.end(), [&](const auto& other) {
            return other.id() == k.id();
        });
        if (twice)
            return bad_keys("Two sealing keys have the id '" + k.id() + "'.");
        keys.push_back(std::move(k));
    }
    return key_ring(std::move(keys));
}

const sealing_key* key_ring::find(std::string_view id) const noexcept
{
    const auto it =
        std::find_if(keys_.begin(), keys_.end(), [&](const auto& k) { return k.id() == id; });
    return it == keys_.end() ? nullptr : &*it;
}

namespace detail {

result<key_ring>
read_key_lines(std::string_view text, std::string_view separators, std::string_view where)
{
    std::vector<sealing_key> keys;
    for (int number = 1; !text.empty(); ++number)
    {
        const auto end = std::min(text.find_first_of(separators), text.size());
        const auto line = trimmed(text.substr(0, end), blanks);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#')
            continue;
        // Nothing of the line goes into a message: who leaves the id out has the key there.
        const auto bad = [&] {
            return bad_keys(
                "Line " + std::to_string(number) + " of " + std::string(where)
                + " is not an id and a key of 32 octets in base64url."
            );
        };
        const auto space = line.find_first_of(" \t");
        if (space == std::string_view::npos || !is_key_id(line.substr(0, space)))
            return bad();
        auto decoded = base64url_decode(trimmed(line.substr(space), blanks));
        if (!decoded)
            return bad();
        const wiped_text octets(std::move(*decoded));
        auto key = sealing_key::make(std::string(line.substr(0, space)), secret(octets.text));
        if (!key)
            return bad();
        keys.push_back(std::move(*key));
    }
    if (keys.empty())
        return bad_keys("There is no key in " + std::string(where) + ".");
    sealing_key active = std::move(keys.back());
    keys.pop_back();
    return key_ring::make(std::move(active), std::move(keys));
}

secret key_line(const sealing_key& key)
{
    const wiped_text encoded(base64url_encode(key.octets().reveal()));
    wiped_text out;
    out.text.reserve(key.id().size() + encoded.text.size() + 2);
    out.text.append(key.id()).append(" ").append(encoded.text).append("\n");
    return secret(out.text);
}

} // namespace detail

} // namespace asioauth
