// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/record.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <optional>

namespace asioauth {

/** Port: where registrations and grants are kept.

    Handlers are invoked exactly once, never inside the function. The compare-and-swap in
    async_commit is the only way to change anything, so that of two who read the same record only
    one can replace or delete it.
*/
class store
{
public:
    using load_handler = boost::asio::any_completion_handler<void(result<stored_record>)>;
    using commit_handler = boost::asio::any_completion_handler<void(result<generation>)>;

    virtual ~store() = default;

    /// Read a record; one that does not exist is a success with generation 0.
    virtual void async_load(record_key key, load_handler h) = 0;

    /** Replace (or with no value delete) a record if it is still at `expected`; 0 stands for "does
        not exist".

        Durable before it completes. @return the new generation (0 after a deletion), or
        errc::store_conflict if somebody else was faster: read again and decide again.
    */
    virtual void async_commit(
        record_key key, generation expected, std::optional<record> value, commit_handler h
    ) = 0;
};

} // namespace asioauth
