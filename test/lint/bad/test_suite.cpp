// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: test/unit/sample.cpp
// lint-wants: test_suite 1

BOOST_AUTO_TEST_SUITE(sample)

BOOST_AUTO_TEST_CASE(this_is_run) {}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(this_is_not_run) {}
