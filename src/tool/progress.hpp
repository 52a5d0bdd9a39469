// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <asioauth/event.hpp>

#include <chrono>

namespace asioauth::tool {

/// Tells the steps of a login on the standard error while they happen: with the time they took on a
/// terminal, as plain lines elsewhere.
class progress
{
public:
    progress();

    void show(bool v) noexcept { shown_ = v; }
    void tell(const event& e);

private:
    std::chrono::steady_clock::time_point begun_;
    bool shown_ = false;
    bool terminal_;
};

} // namespace asioauth::tool
