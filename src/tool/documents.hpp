// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace asioauth::tool {

// What documents the tool. Commands and options are those of the parser, so that nothing can be
// missing or be named wrongly.

const char* description();
const char* footer();

/// The manual page, in roff.
void print_manual(const CLI::App& app);

/// A script for `bash`, `zsh` or `fish`.
void print_completion(const CLI::App& app, std::string_view shell);

} // namespace asioauth::tool
