// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <unistd.h>

#if defined(ASIOAUTH_COUNTED)
extern "C" void __gcov_dump();
#endif

namespace asioauth::test {

/// The end of a process that shares its memory with who made it: no destructor runs. What it has
/// counted is written first, if this is a build that counts (see test/coverage.sh).
[[noreturn]] inline void leave(int code)
{
#if defined(ASIOAUTH_COUNTED)
    __gcov_dump();
#endif
    ::_exit(code);
}

} // namespace asioauth::test
