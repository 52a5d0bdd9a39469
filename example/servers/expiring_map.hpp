// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A map whose entries expire and whose size is bounded: what a server needs for everything a
// stranger can make it remember (half-finished logins, codes, grants).

#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace example {

template <class Value>
class expiring_map
{
public:
    using clock = std::chrono::steady_clock;

    explicit expiring_map(std::size_t capacity) : capacity_(capacity) {}

    /// False when the map is full of live entries: the caller tells its client to come back later.
    [[nodiscard]] bool insert(const std::string& key, Value value, clock::duration lifetime)
    {
        const auto now = clock::now();
        if (entries_.size() >= capacity_)
            std::erase_if(entries_, [now](const auto& item) { return item.second.expiry <= now; });
        if (entries_.size() >= capacity_)
            return false;
        return entries_.try_emplace(key, std::move(value), now + lifetime).second;
    }

    /// Null when unknown or expired. The pointer is good until the next change of the map.
    Value* find(const std::string& key)
    {
        const auto found = entries_.find(key);
        if (found == entries_.end() || found->second.expiry <= clock::now())
            return nullptr;
        return &found->second.value;
    }

    /// Finds and removes in one step: for things that may be used once.
    std::optional<Value> take(const std::string& key)
    {
        auto node = entries_.extract(key);
        if (node.empty() || node.mapped().expiry <= clock::now())
            return std::nullopt;
        return std::move(node.mapped().value);
    }

    bool erase(const std::string& key) { return entries_.erase(key) != 0; }

private:
    struct entry
    {
        entry(Value v, clock::time_point e) : value(std::move(v)), expiry(e) {}

        Value value;
        clock::time_point expiry;
    };

    std::map<std::string, entry> entries_;
    std::size_t capacity_;
};

} // namespace example
