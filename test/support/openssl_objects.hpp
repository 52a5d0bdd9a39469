// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <boost/test/unit_test.hpp>

#include <openssl/crypto.h>

#include <atomic>

namespace asioauth::testing {

/// How many objects of one kind OpenSSL holds, of those that were made after the first question.
/// @tparam Kind CRYPTO_EX_INDEX_...
template <int Kind>
class openssl_objects
{
public:
    static int now()
    {
        static const int index = CRYPTO_get_ex_new_index(
            Kind,
            0,
            nullptr,
            [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++live_; },
            nullptr,
            [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { --live_; }
        );
        BOOST_REQUIRE(index >= 0);
        return live_;
    }

private:
    static inline std::atomic<int> live_ = 0;
};

} // namespace asioauth::testing
