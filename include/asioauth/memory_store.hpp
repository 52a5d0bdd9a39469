// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/store.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace asioauth {

/** A @ref store in memory: for tests and for programs that need not remember anything.

    Bounded: at most 65,536 records and as many leases; further ones are refused with
    errc::store_full.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: safe.
*/
class memory_store final : public store
{
public:
    /// @param ex where handlers run
    ASIOAUTH_DECL explicit memory_store(boost::asio::any_io_executor ex);
    memory_store(const memory_store&) = delete;
    memory_store& operator=(const memory_store&) = delete;
    ASIOAUTH_DECL ~memory_store() override;

    ASIOAUTH_DECL void async_load(record_key key, load_handler h) override;
    ASIOAUTH_DECL void async_commit(
        record_key key,
        generation expected,
        generation next,
        std::optional<record> value,
        commit_handler h
    ) override;
    ASIOAUTH_DECL void async_take(record_key key, take_guard guard, load_handler h) override;
    ASIOAUTH_DECL void async_lease(
        record_key key, std::string owner, std::chrono::milliseconds ttl, lease_handler h
    ) override;
    ASIOAUTH_DECL void async_renew_lease(
        record_key key,
        std::string owner,
        std::uint64_t fence,
        std::chrono::milliseconds ttl,
        lease_handler h
    ) override;
    ASIOAUTH_DECL void async_release_lease(
        record_key key, std::string owner, std::uint64_t fence, done_handler h
    ) override;
    ASIOAUTH_DECL void async_list(record_filter filter, list_handler h) override;
    ASIOAUTH_DECL void async_erase(record_filter filter, count_handler h) override;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace asioauth
