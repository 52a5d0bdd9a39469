// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include <asioauth/local_client.hpp>
#include <asioauth/sqlite_store.hpp>

#include <utility>

namespace asioauth {
namespace {

client_settings with_store(const client::executor_type& ex, client_settings settings)
{
    if (settings.store() == nullptr)
        settings.store(open_sqlite(ex));
    return settings;
}

} // namespace

local_client::local_client(executor_type ex, client_settings settings)
    : client(ex, with_store(ex, std::move(settings)))
{}

} // namespace asioauth
