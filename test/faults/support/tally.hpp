// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "faults/support/whole_flows.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace asioauth::test {

/** What came of disturbing whole flows, each with a client of its own.

    Made of numbers alone, so that a child process can leave it to its parent.
*/
class tally
{
public:
    std::size_t runs = 0;
    std::size_t struck = 0;  ///< the disturbance was there
    std::size_t failed = 0;  ///< the flow did not end well, which is no finding
    std::size_t refused = 0; ///< for want of memory, by the function that begins it
    std::size_t hangs = 0;
    std::size_t untyped = 0;
    std::size_t leaks = 0;
    std::size_t dead = 0;    ///< clients that could not log in afterwards
    std::size_t crashes = 0; ///< of the process

    std::size_t bad() const { return hangs + untyped + leaks + dead + crashes; }
    std::string text() const;
};

/// One flow that is disturbed.
class disturbance
{
public:
    std::string what;                               ///< for messages
    std::function<void(customer&, outcome&)> begin; ///< before the flow
    std::function<bool()> has_struck;               ///< after it
    std::function<void()> end;                      ///< nothing is disturbed any more
    /// What else is wrong with how it has ended; empty if nothing is. May be empty itself.
    std::function<std::string(const outcome&)> fault;
    bool cancels = false;     ///< operations say so
    bool lingers = false;     ///< whoever uses a connection next may be the one to find out
    bool ends_client = false; ///< neither its last operation nor its client has to go on
};

/// Run it and look at everything that may be wrong. Findings are printed, some of each kind.
void run_disturbed(scenery& where, const whole_flow& flow, const disturbance& d, tally& t);

} // namespace asioauth::test
