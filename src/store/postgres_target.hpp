// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace asioauth::detail {

class postgres_finish
{
public:
    void operator()(PGconn* c) const noexcept { PQfinish(c); }
};

using postgres_handle = std::unique_ptr<PGconn, postgres_finish>;

/** What a connection string says, taken apart so that names can be looked up beside the event loop:
    libpq would do it in PQconnectStart and PQconnectPoll, which then block.

    libpq is given the addresses (`hostaddr`) together with the names (`host`), which it still needs
    to verify certificates and to find passwords.
*/
class postgres_target
{
public:
    static result<postgres_target> parse(const secret& connection_string);

    /// The names to look up; empty if there is none.
    std::vector<std::string> names() const;

    using address_book = std::map<std::string, std::vector<std::string>>;

    /** Begin to connect. Names that are not in the book are left out.
        @param first which of the addresses to try first, modulo their number
        @return null if there is no address or no memory
    */
    postgres_handle start(const address_book& book, std::size_t first) const;

    /// A message of libpq without anything secret.
    std::string presentable(std::string_view message) const;

private:
    class place
    {
    public:
        std::string host; // a name, an address or the folder of a Unix socket
        std::string address;
        std::string port;

        bool needs_lookup() const;
    };

    std::vector<std::pair<std::string, secret>> options_;
    std::vector<place> places_;
    bool by_service_ = false; // libpq alone knows where
};

} // namespace asioauth::detail
