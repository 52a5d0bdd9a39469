// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/secret.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace asioauth {

/// What a stored record is about.
enum class record_kind
{
    registration,  ///< a client at one authorization server
    grant,         ///< tokens of one user at one resource
    pending_login, ///< a user who was sent away and has not come back yet
    integration,   ///< what a user has added through a hub, and what the hub keeps beside it
};

/// Where a record is kept: its kind and an identifier that the library makes.
class record_key
{
public:
    record_key() = default;
    /// @param k the kind @param i the identifier
    record_key(record_kind k, std::string i) : kind(k), id(std::move(i)) {}

    record_kind kind = record_kind::registration; ///< what the record is about
    std::string id;                               ///< unique among those of its kind

    /// By kind, then by identifier.
    friend auto operator<=>(const record_key&, const record_key&) = default;
};

/** Grows with each change of a record; 0 means that there is none.

    Whoever changes a record chooses the next one (see next_generation()), so that it can be sealed
    together with the document, and so that a record which was deleted and made again is not taken
    for the old one. Fits into 63 bits.
*/
using generation = std::uint64_t;

/** The generation that follows `seen` at this moment: the microseconds of the wall clock, or one more
    than `seen` if the clock is behind that.
*/
ASIOAUTH_DECL generation
next_generation(generation seen, std::chrono::system_clock::time_point now) noexcept;

/** A record as a store keeps it: an opaque document (versioned JSON, or what a @ref sealed_store
    makes of it: any octets) that contains secrets, and the plain attributes that a store may list
    and guard by.
*/
class record
{
public:
    record() = default;

    secret document;     ///< what is kept; any octets
    std::string user;    ///< whose it is; empty for records that belong to no user
    std::string issuer;  ///< of the authorization server
    std::string binding; ///< who alone may take it; see take_guard. No secret.
    /// From then on the record counts as gone, and a store may delete it. Whole milliseconds.
    std::optional<std::chrono::system_clock::time_point> expires_at;

    /// Equal if all members are.
    friend bool operator==(const record&, const record&) = default;
};

/// A record and the generation it was read at.
class stored_record
{
public:
    stored_record() = default;

    generation at = 0; ///< 0: there is no such record
    record value;      ///< empty if there is none
};

} // namespace asioauth
