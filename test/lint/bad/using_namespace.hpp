// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: include/asioauth/sample.hpp
// lint-wants: using_namespace 1

#pragma once

using namespace std;
