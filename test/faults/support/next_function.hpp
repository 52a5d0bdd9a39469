// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <dlfcn.h>

namespace asioauth::test {

/// The function of that name that this program's own stands before.
template <class Function>
Function* next_function(const char* name) noexcept
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

} // namespace asioauth::test
