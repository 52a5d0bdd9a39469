// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/detail/config.hpp>

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace asioauth {

/** A string that must not be shown: a token, a code, a client secret, a verifier.

    It owns its bytes on the heap, wipes them when it is destroyed, assigned to or moved from, has
    no stream operator (the deleted one below makes an attempt a compile error), and gives its
    content out only through @ref reveal. Comparison takes the same time wherever two values differ.

    @par Thread safety
    @e Distinct @e objects: safe. @e Shared @e objects: unsafe to modify, safe to read.
*/
class secret
{
public:
    secret() noexcept = default;
    /// A copy of `text`, which the caller wipes, see wipe().
    ASIOAUTH_DECL explicit secret(std::string_view text);
    /// @{
    /// What is replaced and what is moved from is wiped.
    ASIOAUTH_DECL secret(const secret& other);
    ASIOAUTH_DECL secret(secret&& other) noexcept;
    ASIOAUTH_DECL secret& operator=(const secret& other);
    ASIOAUTH_DECL secret& operator=(secret&& other) noexcept;
    /// @}
    ASIOAUTH_DECL ~secret();

    /// The content. The view is valid until the object changes or goes; do not log it.
    std::string_view reveal() const noexcept { return {data_, size_}; }

    /// True if there is no content.
    bool empty() const noexcept { return size_ == 0; }
    /// Bytes of the content.
    std::size_t size() const noexcept { return size_; }

    /// Equal if the contents are; takes the same time wherever they differ.
    ASIOAUTH_DECL friend bool operator==(const secret& a, const secret& b) noexcept;

private:
    void wipe() noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Whether two texts are equal; takes the same time wherever they differ. For what is no @ref secret
/// but is compared with what somebody may be guessing.
ASIOAUTH_DECL bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// A secret cannot be printed. Use secret::reveal where the value really has to leave the program.
std::ostream& operator<<(std::ostream&, const secret&) = delete;

/// Overwrite the bytes of `text` so that the compiler cannot drop it, then clear it.
ASIOAUTH_DECL void wipe(std::string& text) noexcept;

} // namespace asioauth
