// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <cstddef>

namespace asioauth::test {

/// How many descriptors this process has open.
std::size_t open_descriptors();

/** Whether the system owes this process nothing but time.

    Nothing that was sent is on its way between two sockets of this process, and no thread is at
    work beside those that were there when this was made. A machine that is busy takes its time for
    both, and a packet that it loses comes again after 200 ms: no wait of a fixed length could tell.
*/
class quiet_system
{
public:
    quiet_system();

    /// What had arrived by then is found by whoever polls afterwards.
    bool is_quiet() const;

private:
    const std::size_t threads_;
};

} // namespace asioauth::test
