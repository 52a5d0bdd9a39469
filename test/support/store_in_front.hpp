// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/store.hpp>

#include <memory>
#include <utility>

namespace asioauth::test {

/// Hands everything on; a test overrides what it wants to see or to spoil.
class store_in_front : public store
{
public:
    explicit store_in_front(std::shared_ptr<store> s) : behind(std::move(s)) {}

    void async_load(record_key key, load_handler h) override
    {
        behind->async_load(std::move(key), std::move(h));
    }

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        behind->async_commit(std::move(key), expected, next, std::move(value), std::move(h));
    }

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        behind->async_take(std::move(key), std::move(guard), std::move(h));
    }

    void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override
    {
        behind->async_lease(std::move(key), std::move(owner), ttl, std::move(h));
    }

    void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override
    {
        behind->async_renew_lease(std::move(key), std::move(owner), fence, ttl, std::move(h));
    }

    void async_release_lease(record_key key, std::string owner, std::uint64_t fence, done_handler h)
        override
    {
        behind->async_release_lease(std::move(key), std::move(owner), fence, std::move(h));
    }

    void async_list(record_filter filter, list_handler h) override
    {
        behind->async_list(std::move(filter), std::move(h));
    }

    void async_erase(record_filter filter, count_handler h) override
    {
        behind->async_erase(std::move(filter), std::move(h));
    }

    std::shared_ptr<store> behind;
};

} // namespace asioauth::test
