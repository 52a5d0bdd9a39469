// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <stdexcept>

namespace asioauth::test {

/// While it lives this process gets no further descriptor.
class no_descriptors
{
public:
    no_descriptors()
    {
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        bool good = lowest_free >= 0 && ::getrlimit(RLIMIT_NOFILE, &before_) == 0;
        rlimit tight = before_;
        tight.rlim_cur = static_cast<rlim_t>(lowest_free);
        good = good && ::setrlimit(RLIMIT_NOFILE, &tight) == 0;
        if (!good)
            throw std::runtime_error("the limit of descriptors cannot be set");
    }
    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;
    ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_ = {};
};

} // namespace asioauth::test
