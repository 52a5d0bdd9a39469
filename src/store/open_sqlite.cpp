// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/key_source.hpp>
#include <asioauth/sealed_store.hpp>
#include <asioauth/sqlite_store.hpp>

#include <cstdlib>
#include <utility>

namespace asioauth {

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
    return std::make_shared<sealed_store>(std::move(file), std::move(keys));
}

} // namespace asioauth
