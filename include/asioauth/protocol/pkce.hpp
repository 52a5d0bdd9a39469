// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/diagnostics.hpp>
#include <asioauth/secret.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace asioauth {

/// Random octets for one value; 32 of them, as RFC 7636 recommends.
using random_octets = std::array<std::uint8_t, 32>;

/// A code verifier of 43 characters from 32 random octets (RFC 7636 section 4.1).
ASIOAUTH_DECL secret make_code_verifier(const random_octets& random);

/// The `S256` challenge of a verifier (RFC 7636 section 4.2).
ASIOAUTH_DECL std::string make_code_challenge(const secret& code_verifier);

/// A `state` value of 43 characters from 32 random octets.
ASIOAUTH_DECL std::string make_state(const random_octets& random);

/** 32 octets from OpenSSL's generator.

    A thread draws those of 32 calls at once. What is drawn in advance is wiped as it is given out, when
    the thread ends, and by the kernel in a process that is forked (where that cannot be had, nothing is
    drawn in advance). Any thread may call it.

    @return the octets, or errc::entropy_unavailable or errc::out_of_memory
*/
ASIOAUTH_DECL result<random_octets> system_entropy();

} // namespace asioauth
