// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// A store of one's own, as small as one can be: a map under a mutex. One that keeps its records in a
// database does in one statement what is done under one lock here.

#pragma once

#include <asioauth/store.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace example {

class map_store final : public asioauth::store
{
public:
    explicit map_store(boost::asio::any_io_executor ex) : ex_(std::move(ex)) {}

    // [load]
    void async_load(asioauth::record_key key, load_handler h) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["load"];
        const auto at = living(key);
        complete<asioauth::stored_record>(
            std::move(h), at == records_.end() ? asioauth::stored_record() : at->second
        );
    }
    // [load]

    // [commit]
    void async_commit(
        asioauth::record_key key,
        asioauth::generation expected,
        asioauth::generation next,
        std::optional<asioauth::record> value,
        commit_handler h
    ) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["commit"];
        const auto at = living(key);
        if ((at == records_.end() ? 0 : at->second.at) != expected)
            return complete<asioauth::generation>(std::move(h), wrong(conflict));
        if (value && next <= expected)
            return complete<asioauth::generation>(std::move(h), wrong(invalid));
        if (!value)
        {
            records_.erase(key);
            return complete<asioauth::generation>(std::move(h), asioauth::generation(0));
        }
        asioauth::stored_record& stored = records_[key];
        stored.at = next;
        stored.value = std::move(*value);
        complete<asioauth::generation>(std::move(h), next);
    }
    // [commit]

    // [take]
    void async_take(asioauth::record_key key, asioauth::take_guard guard, load_handler h) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["take"];
        const auto at = living(key);
        if (at == records_.end())
            return complete<asioauth::stored_record>(std::move(h), asioauth::stored_record());
        const asioauth::record& kept = at->second.value;
        if (kept.issuer != guard.issuer || kept.binding != guard.binding)
            return complete<asioauth::stored_record>(std::move(h), wrong(refused));
        complete<asioauth::stored_record>(std::move(h), std::move(at->second));
        records_.erase(at);
    }
    // [take]

    // [lease]
    void async_lease(
        asioauth::record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["lease"];
        held_lease& held = leases_[key];
        const bool is_free = held.until <= clock::now();
        if (!is_free && held.owner != owner)
            return complete<asioauth::lease>(std::move(h), answer(held, false));
        if (is_free)
            held.fence = ++last_fence_;
        held.owner = std::move(owner);
        held.until = clock::now() + ttl;
        complete<asioauth::lease>(std::move(h), answer(held, true));
    }
    // [lease]

    void async_renew_lease(
        asioauth::record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["renew"];
        const auto at = leases_.find(key);
        if (at == leases_.end() || at->second.until <= clock::now())
            return complete<asioauth::lease>(std::move(h), asioauth::lease());
        held_lease& held = at->second;
        const bool is_mine = held.owner == owner && held.fence == fence;
        if (is_mine)
            held.until = clock::now() + ttl;
        complete<asioauth::lease>(std::move(h), answer(held, is_mine));
    }

    void async_release_lease(
        asioauth::record_key key, std::string owner, std::uint64_t fence, done_handler h
    ) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["release"];
        const auto at = leases_.find(key);
        if (at != leases_.end() && at->second.owner == owner && at->second.fence == fence)
            leases_.erase(at);
        complete<void>(std::move(h), asioauth::result<void>());
    }

    void async_list(asioauth::record_filter filter, list_handler h) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["list"];
        std::vector<asioauth::listed_record> out;
        auto at = filter.after() ? records_.upper_bound(*filter.after()) : records_.begin();
        for (; at != records_.end() && out.size() < filter.limit(); ++at)
        {
            if (matches(*at, filter) && !is_over(at->second))
                out.emplace_back(at->first, at->second);
        }
        complete<std::vector<asioauth::listed_record>>(std::move(h), std::move(out));
    }

    void async_erase(asioauth::record_filter filter, count_handler h) override
    {
        const std::lock_guard lock(mutex_);
        ++asked_["erase"];
        const std::uint64_t gone =
            std::erase_if(records_, [&](const auto& r) { return matches(r, filter); });
        complete<std::uint64_t>(std::move(h), gone);
    }

    /// How often each operation was asked for since the last call.
    std::map<std::string, int> asked()
    {
        const std::lock_guard lock(mutex_);
        return std::exchange(asked_, {});
    }

private:
    using clock = std::chrono::steady_clock;
    using records = std::map<asioauth::record_key, asioauth::stored_record>;

    struct held_lease
    {
        std::string owner;
        std::uint64_t fence = 0;
        clock::time_point until;
    };

    static constexpr auto conflict = asioauth::errc::store_conflict;
    static constexpr auto refused = asioauth::errc::store_guard_refused;
    static constexpr auto invalid = asioauth::errc::invalid_argument;

    static asioauth::failure wrong(asioauth::errc code)
    {
        return asioauth::failure(code).where(asioauth::stage::store);
    }

    static asioauth::lease answer(const held_lease& held, bool acquired)
    {
        asioauth::lease out;
        out.acquired = acquired;
        out.fence = acquired ? held.fence : 0;
        out.remaining = std::chrono::ceil<std::chrono::milliseconds>(held.until - clock::now());
        return out;
    }

    static bool is_over(const asioauth::stored_record& r)
    {
        return r.value.expires_at && *r.value.expires_at <= std::chrono::system_clock::now();
    }

    static bool matches(const records::value_type& r, const asioauth::record_filter& filter)
    {
        return (!filter.kind() || r.first.kind == *filter.kind())
            && (!filter.user() || r.second.value.user == *filter.user())
            && (!filter.issuer() || r.second.value.issuer == *filter.issuer());
    }

    // A record that has expired does not exist.
    records::iterator living(const asioauth::record_key& key)
    {
        const auto at = records_.find(key);
        if (at == records_.end() || !is_over(at->second))
            return at;
        records_.erase(at);
        return records_.end();
    }

    // [complete]
    // Never inside of the operation, exactly once.
    template <class T, class Handler>
    void complete(Handler h, asioauth::result<T> r) const
    {
        boost::asio::post(ex_, [h = std::move(h), r = std::move(r)]() mutable {
            std::move(h)(std::move(r));
        });
    }
    // [complete]

    const boost::asio::any_io_executor ex_;
    std::mutex mutex_;
    records records_;
    std::map<asioauth::record_key, held_lease> leases_;
    std::uint64_t last_fence_ = 0;
    std::map<std::string, int> asked_;
};

} // namespace example
