// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

// lint-as: test/net/support.hpp
// lint-wants: sleep 5

#pragma once

inline void wait()
{
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::this_thread::sleep_until(when);
    usleep(1);
    ::sleep(1);
    nanosleep(&t, nullptr);
    // sleep_for in a comment, and "sleep(1)" in a string, are nothing
    say("sleep(1)");
}
