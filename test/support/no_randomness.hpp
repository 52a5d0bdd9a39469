// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include "protocol/entropy.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace asioauth::test {

/// While it lives OpenSSL has no random octets for anybody in the program, and this thread none from
/// before.
class no_randomness
{
public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    no_randomness()
    {
        static const RAND_METHOD failing = [] {
            RAND_METHOD m{};
            m.bytes = [](unsigned char*, int) { return 0; };
            m.pseudorand = m.bytes;
            return m;
        }();
        if (RAND_set_rand_method(&failing) != 1)
            throw std::runtime_error("OpenSSL does not let go of its random octets");
        detail::drop_entropy();
    }
    no_randomness(const no_randomness&) = delete;
    no_randomness& operator=(const no_randomness&) = delete;
    ~no_randomness()
    {
        RAND_set_rand_method(nullptr);
    }
#pragma GCC diagnostic pop
};

} // namespace asioauth::test
