// Copyright (c) 2026 The asioauth authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE
// or copy at https://www.boost.org/LICENSE_1_0.txt)

#pragma once

// The folder and the files of a store, before SQLite sees them: who owns them and who may look.

#include <asioauth/diagnostics.hpp>

#include <string>

namespace asioauth::detail {

/** Make the folder and an empty file if they are missing, and check both and SQLite's files beside.

    @return the path without symbolic links, which SQLite would refuse
*/
result<std::string> prepare_sqlite_file(const std::string& path);

} // namespace asioauth::detail
