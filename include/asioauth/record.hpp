// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/secret.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace asioauth {

/// What a stored record is about.
enum class record_kind
{
    registration, ///< a client at one authorization server
    grant,        ///< tokens of one user at one resource
};

/// Where a record is kept: its kind and an identifier that the library makes.
class record_key
{
public:
    record_key() = default;
    record_key(record_kind k, std::string i) : kind(k), id(std::move(i)) {}

    record_kind kind = record_kind::registration;
    std::string id;

    friend auto operator<=>(const record_key&, const record_key&) = default;
};

/// Counts the changes of a record; 0 means that there is none.
using generation = std::uint64_t;

/** A record as a store keeps it: an opaque document (versioned JSON) that contains secrets, and the
    plain attributes that a store may list by.
*/
class record
{
public:
    record() = default;

    secret document;
    std::string user;   ///< whose it is; empty for records that belong to no user
    std::string issuer; ///< of the authorization server

    friend bool operator==(const record&, const record&) = default;
};

/// A record and the generation it was read at.
class stored_record
{
public:
    stored_record() = default;

    generation at = 0; ///< 0: there is no such record
    record value;
};

} // namespace asioauth
