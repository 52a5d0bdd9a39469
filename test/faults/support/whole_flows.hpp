// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "faults/support/whole_login.hpp"

#include <memory>
#include <span>

namespace asioauth::test {

/// Something that a program does with the library, from nothing to its end: one operation after
/// another, each if the one before it went well.
class whole_flow
{
public:
    const char* name;
    void (*run)(customer& c, const std::shared_ptr<outcome>& o);
};

std::span<const whole_flow> whole_flows() noexcept;

} // namespace asioauth::test
