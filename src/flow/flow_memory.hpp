// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "base/counters.hpp"
#include "flow/document_cache.hpp"

#include <asioauth/diagnostics.hpp>
#include <asioauth/protocol/client_auth.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace asioauth::detail {

/// A few values that are worth remembering; the oldest goes first. Peers choose the names, so it
/// has to be bounded.
template <class T, std::size_t Most>
class short_memory
{
public:
    const T* find(const std::string& name) const noexcept
    {
        for (const auto& e : entries_)
        {
            if (e.first == name)
                return &e.second;
        }
        return nullptr;
    }

    void put(const std::string& name, T value)
    {
        entries_.remove_if([&](const auto& e) { return e.first == name; });
        entries_.emplace_front(name, std::move(value));
        if (entries_.size() > Most)
            entries_.pop_back();
    }

    void forget(const std::string& name)
    {
        entries_.remove_if([&](const auto& e) { return e.first == name; });
    }

private:
    std::list<std::pair<std::string, T>> entries_;
};

/** Which grants are not to be refreshed for now, since that has failed in a way that may pass. */
class renewal_pauses
{
public:
    /// Why there is a pause now; nothing if there is none.
    std::optional<failure>
    find(const std::string& name, std::chrono::steady_clock::time_point now) const
    {
        const auto it = entries_.find(name);
        if (it == entries_.end() || now >= it->second.until)
            return std::nullopt;
        return it->second.why;
    }

    /// How often it has failed in a row.
    int failures(const std::string& name) const
    {
        const auto it = entries_.find(name);
        return it == entries_.end() ? 0 : it->second.failures;
    }

    void put(const std::string& name, std::chrono::steady_clock::time_point until, failure why)
    {
        if (entries_.size() >= most && entries_.count(name) == 0)
            entries_.clear(); // it just must not grow
        auto& e = entries_[name];
        ++e.failures;
        e.until = until;
        e.why = std::move(why);
    }

    void forget(const std::string& name) { entries_.erase(name); }

private:
    static constexpr std::size_t most = 65'536;

    class entry
    {
    public:
        int failures = 0;
        std::chrono::steady_clock::time_point until;
        failure why;
    };

    std::map<std::string, entry> entries_;
};

/** What the flows of one client know of servers beside what is stored. Nothing of it is needed: it
    saves requests. Only the client's strand touches it.
*/
class flow_memory
{
public:
    /// The last DPoP nonce of an origin (RFC 9449 section 8.2: each server has its own).
    short_memory<std::string, 256> dpop_nonces;
    /// The authentication method that a server took after it had refused another, by issuer and
    /// client.
    short_memory<token_endpoint_auth_method, 256> auth_methods;
    renewal_pauses pauses;    ///< by what a grant is stored as
    document_cache documents; ///< metadata, and keys
    client_counts counts;     ///< what was done; may be read by any thread
};

} // namespace asioauth::detail
