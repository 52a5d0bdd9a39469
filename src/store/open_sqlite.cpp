// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "store/reply_to.hpp"

#include <asioauth/key_source.hpp>
#include <asioauth/sealed_store.hpp>
#include <asioauth/sqlite_store.hpp>

#include <cstdlib>
#include <utility>
#include <vector>

namespace asioauth {

namespace {

/// Keys that are not made before the file turned out to be a store: a mistyped path is no place for
/// a key.
class keys_beside_a_store final : public key_source
{
public:
    keys_beside_a_store(std::shared_ptr<store> file, std::shared_ptr<key_source> keys)
        : file_(std::move(file))
        , keys_(std::move(keys))
    {}

    void async_keys(handler h) override
    {
        record_filter any;
        any.limit(1);
        const detail::reply_to<key_ring> reply(std::move(h));
        file_->async_list(
            any,
            reply.step([keys = keys_, reply](const result<std::vector<listed_record>>& opened) {
                if (!opened)
                    return reply(opened.error());
                keys->async_keys(reply);
            })
        );
    }

    void async_existing_keys(handler h) override { keys_->async_existing_keys(std::move(h)); }

private:
    std::shared_ptr<store> file_;
    std::shared_ptr<key_source> keys_;
};

} // namespace

std::shared_ptr<store> open_sqlite(
    boost::asio::any_io_executor ex,
    sqlite_settings settings,
    std::function<void(std::string_view)> on_note
)
{
    constexpr const char* variable = "ASIOAUTH_STORE_KEY";
    std::shared_ptr<key_source> keys;
    // Read only; a program that changes its environment while threads run has other worries.
    if (std::getenv(variable) != nullptr) // NOLINT(concurrency-mt-unsafe)
    {
        keys = environment_keys(ex, variable);
    }
    else
    {
        keyring_settings keyring;
        keyring.fallback(file_keys(ex, settings.path() + ".key")).on_fallback(std::move(on_note));
        keys = keyring_keys(ex, std::move(keyring));
    }
    auto file = std::make_shared<sqlite_store>(ex, std::move(settings));
    keys = std::make_shared<keys_beside_a_store>(file, std::move(keys));
    return std::make_shared<sealed_store>(std::move(file), std::move(keys));
}

} // namespace asioauth
