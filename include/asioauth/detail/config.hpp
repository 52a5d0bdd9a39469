// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// ASIOAUTH_DECL marks what the compiled library exports; everything else stays hidden.
#if defined(_WIN32)
#if defined(ASIOAUTH_SHARED) && defined(ASIOAUTH_SOURCE)
#define ASIOAUTH_DECL __declspec(dllexport)
#elif defined(ASIOAUTH_SHARED)
#define ASIOAUTH_DECL __declspec(dllimport)
#else
#define ASIOAUTH_DECL
#endif
#else
#define ASIOAUTH_DECL __attribute__((visibility("default")))
#endif
