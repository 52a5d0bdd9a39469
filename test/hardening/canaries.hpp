// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// Secrets whose values a test knows, and a search for them, also by whoever must not know them.

#include <asioauth/protocol/form.hpp>
#include <asioauth/protocol/pkce.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace asioauth::testing {

enum class canary_kind : std::uint8_t
{
    access_token,
    refresh_token,
    id_token,
    code,
    verifier,
    state,
    client_secret,
    registration_access_token,
    initial_access_token,
    private_key, ///< that assertions are signed with: the member `d` of its JWK
    assertion,
    basic_header,
    dpop_key,        ///< likewise `d`
    session_binding, ///< the cookie that binds a login to its browser
};

inline constexpr std::array<const char*, 14> canary_names = {
    "access token",
    "refresh token",
    "ID token",
    "code",
    "verifier",
    "state",
    "client secret",
    "registration access token",
    "initial access token",
    "private key",
    "assertion",
    "Basic header",
    "DPoP key",
    "session binding",
};

inline const char* name_of(canary_kind k)
{
    return canary_names.at(static_cast<std::size_t>(k));
}

/// Octets nobody has seen before, as text of 43 characters.
inline std::string fresh_text()
{
    return make_state(system_entropy().value());
}

class canary
{
public:
    canary_kind kind = canary_kind::access_token;
    std::string text;
};

/// What is looked for. From any thread.
class canary_list
{
public:
    void add(canary_kind k, std::string_view text)
    {
        const std::lock_guard lock(mutex_);
        if (!text.empty() && known_.insert(std::string(text)).second)
            all_.push_back(canary{k, std::string(text)});
    }

    /// A new one, of a kind that others make up.
    std::string make(canary_kind k)
    {
        // A client secret may have characters that a form and a Basic header escape.
        auto out = k == canary_kind::client_secret ? fresh_text() + "/+ " + fresh_text()
                                                   : fresh_text() + fresh_text();
        add(k, out);
        if (k == canary_kind::client_secret)
            add(k, form_encode(out));
        return out;
    }

    std::vector<canary> all() const
    {
        const std::lock_guard lock(mutex_);
        return all_;
    }

    std::size_t kinds() const
    {
        std::set<canary_kind> out;
        for (const auto& c : all())
            out.insert(c.kind);
        return out.size();
    }

private:
    mutable std::mutex mutex_;
    std::vector<canary> all_;
    std::set<std::string> known_;
};

/// Keeps what it is told from whoever looks through memory.
inline constexpr unsigned char mask = 0x5a;

inline std::string masked(std::string_view text)
{
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(c ^ mask);
    return out;
}

/** Finds pieces of canaries: any 31 octets of one that are together, wherever they begin.

    Knows only what is masked, so that it does not find itself.
*/
class canary_scanner
{
public:
    static constexpr std::size_t piece = 16;

    /// What to know of a canary: its pieces, masked.
    static std::vector<std::string> pieces_of(std::string_view text)
    {
        // The beginnings of signed tokens are alike, and no secret.
        if (text.starts_with("ey") && std::count(text.begin(), text.end(), '.') == 2)
            text.remove_prefix(text.rfind('.') + 1);
        std::vector<std::string> out;
        for (std::size_t i = 0; i + piece <= text.size(); i += piece)
            out.push_back(masked(text.substr(i, piece)));
        if (text.size() > piece && text.size() % piece != 0)
            out.push_back(masked(text.substr(text.size() - piece)));
        return out;
    }

    void add(const canary& c)
    {
        for (const auto& p : pieces_of(c.text))
            add(c.kind, p);
    }

    void add(canary_kind k, std::string_view masked_piece)
    {
        if (masked_piece.size() != piece)
            return;
        const auto first = load(masked_piece.data());
        starts_.set(first & 0xffffU);
        pieces_.emplace(first, std::pair(load(masked_piece.data() + 8), k));
    }

    /// @param found is called with the kind and the place of each piece that is there
    template <class Found>
    void look(const char* begin, std::size_t size, Found found) const
    {
        for (std::size_t i = 0; i + piece <= size; ++i)
        {
            const auto first = load(begin + i) ^ all_masked;
            if (!starts_.test(first & 0xffffU))
                continue;
            const auto [at, end] = pieces_.equal_range(first);
            for (auto p = at; p != end; ++p)
            {
                if (p->second.first == (load(begin + i + 8) ^ all_masked))
                    found(p->second.second, begin + i);
            }
        }
    }

    /// The kinds that are in a text.
    std::set<canary_kind> kinds_in(std::string_view text) const
    {
        std::set<canary_kind> out;
        look(text.data(), text.size(), [&](canary_kind k, const char*) { out.insert(k); });
        return out;
    }

    std::size_t size() const { return pieces_.size(); }

private:
    static constexpr std::uint64_t all_masked = 0x0101010101010101U * mask;

    static std::uint64_t load(const char* p)
    {
        std::uint64_t out = 0;
        std::memcpy(&out, p, sizeof(out));
        return out;
    }

    std::bitset<0x10000> starts_;
    std::unordered_multimap<std::uint64_t, std::pair<std::uint64_t, canary_kind>> pieces_;
};

} // namespace asioauth::testing
