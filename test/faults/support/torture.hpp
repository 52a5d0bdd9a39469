// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "faults/support/tally.hpp"

#include <cstddef>
#include <string>

namespace asioauth::test {

/** Whole flows, each again and again, with one more thing failing each time until there is no more.

    They run in child processes, since one may bring its process down.
*/
class torture
{
public:
    const char* what = "";  ///< for messages, in the singular
    const char* whats = ""; ///< likewise, in the plural
    std::size_t stride = 1; ///< every how many fails, unless all are wanted
    /// Before those, unless all are wanted: the first ones at each place, which a run without a failure
    /// finds that begins with fail_at(noting). May be null.
    std::size_t (*firsts)(std::size_t* numbers, std::size_t room) noexcept = nullptr;
    std::size_t noting = 0;
    void (*fail_at)(std::size_t number) noexcept = nullptr; ///< 0: nothing fails
    bool (*has_struck)() noexcept = nullptr;
    const char* (*struck)() noexcept = nullptr; ///< what it was; may be null
    /// What else is wrong with how a flow has ended that was struck; empty if nothing is. May be null.
    std::string (*fault)(const outcome& o) = nullptr;
    /// How much is kept that has to be given back, and where the newest of it is from. May be null.
    std::size_t (*kept)() noexcept = nullptr;
    std::string (*newest)(std::size_t how_many) = nullptr;
    bool warm = false; ///< every flow was there once before, undisturbed

    /// Print what was found, and a line with counts.
    tally run(bool tls) const;

private:
    class page;
    class shared_page;

    void attempt_firsts(scenery& where, const whole_flow& flow, page& both) const;
    void attempts(scenery& where, const whole_flow& flow, page& both) const;
    bool attempt(scenery& where, const whole_flow& flow, std::size_t at, tally& t) const;
    bool once(scenery& where, const whole_flow& flow, std::size_t at, tally& t) const;
};

} // namespace asioauth::test
