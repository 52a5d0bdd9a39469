// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "faults/support/tally.hpp"

#include <cstddef>

namespace asioauth::test {

/** Whole flows, each again and again, with one more thing failing each time until there is no more.

    They run in child processes, since one may bring its process down.
*/
class torture
{
public:
    const char* what = "";  ///< for messages, in the singular
    std::size_t stride = 1; ///< every how many fails, unless all are wanted
    void (*fail_at)(std::size_t number) noexcept = nullptr; ///< 0: nothing fails
    bool (*has_struck)() noexcept = nullptr;
    const char* (*struck)() noexcept = nullptr; ///< what it was; may be null

    /// Print what was found, and a line with counts.
    tally run(bool tls) const;

private:
    bool attempt(scenery& where, const whole_flow& flow, std::size_t at, tally& t) const;
};

} // namespace asioauth::test
