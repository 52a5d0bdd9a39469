// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "store/stores.hpp"
#include "support/store_in_front.hpp"

#include <asioauth/memory_store.hpp>
#include <asioauth/sealed_store.hpp>

#include <atomic>
#include <mutex>

namespace asioauth::test {

inline sealing_key key_named(std::string id, char octet)
{
    return sealing_key::make(std::move(id), secret(std::string(32, octet))).value();
}

/// Keys that a test changes as it goes.
class changing_keys
{
public:
    explicit changing_keys(key_ring r) : ring_(std::move(r)) {}

    void set(result<key_ring> r)
    {
        const std::lock_guard lock(mutex_);
        ring_ = std::move(r);
    }

    int asked() const { return asked_; }

    static std::shared_ptr<key_source>
    source(const std::shared_ptr<changing_keys>& keys, const boost::asio::any_io_executor& ex)
    {
        return callback_keys(ex, [keys](key_source::handler h) {
            ++keys->asked_;
            const std::lock_guard lock(keys->mutex_);
            std::move(h)(keys->ring_);
        });
    }

private:
    std::mutex mutex_;
    result<key_ring> ring_;
    std::atomic<int> asked_{0};
};

/// Counts what reaches the store behind, and does something else with the next commit.
class watched_store final : public store_in_front
{
public:
    using store_in_front::store_in_front;

    void async_load(record_key key, load_handler h) override
    {
        ++calls;
        store_in_front::async_load(std::move(key), std::move(h));
    }

    void async_take(record_key key, take_guard guard, load_handler h) override
    {
        ++calls;
        store_in_front::async_take(std::move(key), std::move(guard), std::move(h));
    }

    void async_list(record_filter filter, list_handler h) override
    {
        ++calls;
        store_in_front::async_list(std::move(filter), std::move(h));
    }

    void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override
    {
        ++calls;
        if (refuse_commits)
            return behind->async_load(
                std::move(key),
                [h = std::move(h)](const result<stored_record>&) mutable {
                    std::move(h)(failure(errc::store_full));
                }
            );
        if (instead_of_commit > 0)
        {
            --instead_of_commit;
            return on_commit(std::move(key), std::move(h));
        }
        store_in_front::async_commit(
            std::move(key), expected, next, std::move(value), std::move(h)
        );
    }

    std::atomic<int> calls{0};
    std::atomic<bool> refuse_commits{false};
    std::atomic<int> instead_of_commit{0};
    std::function<void(record_key, commit_handler)> on_commit;
};

/// A memory store, seen as it is and through seals.
class sealed_fixture
{
public:
    using handle = testing::detail::store_handle;

    sealed_fixture()
        : ex(context.get_executor())
        , behind(std::make_shared<watched_store>(std::make_shared<memory_store>(ex)))
        , raw(of(behind->behind))
        , keys(std::make_shared<changing_keys>(key_ring::make(key_a).value()))
        , sealed(of(with(keys)))
    {
        value.document = secret("a document that nobody may read");
        value.user = "alice";
        value.issuer = "https://as.example";
        value.binding = "browser";
        value.expires_at =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())
            + std::chrono::hours(1);
    }

    std::shared_ptr<store> with(const std::shared_ptr<changing_keys>& k)
    {
        return std::make_shared<sealed_store>(behind, changing_keys::source(k, ex));
    }

    std::shared_ptr<store> with(const key_ring& ring)
    {
        return with(std::make_shared<changing_keys>(ring));
    }

    static std::unique_ptr<handle> of(std::shared_ptr<store> s)
    {
        return std::make_unique<handle>([s](const boost::asio::any_io_executor&) { return s; });
    }

    /// Put a record into the store behind, whatever is there.
    void put_raw(const record_key& where, const stored_record& r)
    {
        const auto there = raw->load(where).value().at;
        static_cast<void>(raw->commit(where, there, 0, std::nullopt).value());
        static_cast<void>(raw->commit(where, 0, r.at, r.value).value());
    }

    running_context context;
    boost::asio::any_io_executor ex;
    sealing_key key_a = key_named("a", 'A');
    sealing_key key_b = key_named("b", 'B');
    std::shared_ptr<watched_store> behind;
    std::unique_ptr<handle> raw;
    std::shared_ptr<changing_keys> keys;
    std::unique_ptr<handle> sealed;
    record_key key{record_kind::grant, "grant"};
    record value;
};

} // namespace asioauth::test
