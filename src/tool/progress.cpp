// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#include "progress.hpp"

#include "output.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace asioauth::tool {

progress::progress()
    : begun_(std::chrono::steady_clock::now())
    , terminal_(::isatty(STDERR_FILENO) == 1)
{}

void progress::tell(const event& e)
{
    const bool waiting = e.what == event::kind::note && e.where == stage::authorization;
    if (!shown_ || (e.what != event::kind::step && !waiting))
        return;
    if (terminal_)
    {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
        char text[32] = "";
        std::snprintf(text, sizeof(text), "%6.1f s  ", took.count());
        std::cerr << colored_error(text, color::dim);
    }
    std::cerr << presentable(e.text) << '\n';
}

} // namespace asioauth::tool
